//! From an HTTP request to a socket: the page must be ours, the request a WebSocket's, the token, if it is
//! there already, a good one. The stream is taken out of the HTTP connection and given to a task of its own,
//! so that nothing of the request stays in memory with it.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use wire::close::Close;
use wire::frame::SUBPROTOCOL;
use wire::problem::Code;

use crate::acts::error::ActError;
use crate::http::extract::bearer;
use crate::http::problem::Refusal;
use crate::live::encode::Bytes;
use crate::socket::Sockets;
use crate::socket::admission::Place;
use crate::socket::opening::{Opening, open};
use crate::socket::stream::Stream;

/// A request for a socket that is granted.
pub struct Switch {
    /// What proves that the request was understood.
    pub accept: HeaderValue,
    /// The subprotocol to speak.
    pub protocol: Option<HeaderValue>,
    /// How the socket begins.
    pub opening: Opening,
}

/// Why a request for a socket is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It comes from a page that is not ours.
    Foreign,
    /// It asks for no WebSocket, or for one of a version nobody knows.
    NoUpgrade,
    /// The node is not ready.
    NotReady,
    /// The node is so full that it cannot even say so over a socket.
    Full,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let busy = |seconds, detail| {
            let refusal = Refusal::new(Code::DependencyDown, detail);
            Refusal { retry_after: Some(seconds), ..refusal }.into_response()
        };
        match self {
            Self::Foreign => {
                Refusal::new(Code::NotAllowed, "this page may not open a socket").into_response()
            }
            Self::NoUpgrade => {
                (StatusCode::UPGRADE_REQUIRED, [(header::UPGRADE, "websocket")]).into_response()
            }
            Self::NotReady => busy(2, "not ready"),
            Self::Full => busy(5, "this node is full"),
        }
    }
}

/// Judges a request for a socket by its headers.
///
/// # Errors
/// Why it is refused.
pub fn judge(sockets: &Sockets, headers: &HeaderMap) -> Result<Switch, Refused> {
    if !sockets.origins.admit(headers) {
        return Err(Refused::Foreign);
    }
    let accept = accept_key(headers).ok_or(Refused::NoUpgrade)?;
    if !sockets.health.is_fit() {
        return Err(Refused::NotReady);
    }
    let opening = match sockets.admission.place(sockets.tasks.len()) {
        Place::Free => opening(sockets, headers),
        Place::Taken => Opening::Refused(Close::Overloaded),
        Place::Crowded => return Err(Refused::Full),
    };
    let protocol = protocol(headers);
    let is_ours = protocol.as_ref().is_none_or(|name| name == SUBPROTOCOL);
    let opening = if is_ours { opening } else { Opening::Refused(Close::ClientTooOld) };
    Ok(Switch { accept, protocol, opening })
}

/// Answers `101` and starts the socket's task.
pub async fn upgrade(State(sockets): State<Arc<Sockets>>, mut request: Request) -> Response {
    let Switch { accept, protocol, opening } = match judge(&sockets, request.headers()) {
        Ok(switch) => switch,
        Err(refused) => {
            if refused == Refused::Full {
                metrics::counter!("medchat_socket_refused_total").increment(1);
            }
            return refused.into_response();
        }
    };
    let Some(on_upgrade) = request.extensions_mut().remove::<OnUpgrade>() else {
        return Refusal::new(Code::Malformed, "this connection cannot be upgraded").into_response();
    };
    // The HTTP server writes the answer.
    let stream = async { stream(on_upgrade.await.ok()?) };
    begin(sockets, stream, opening, Bytes::new());
    switching(accept, protocol)
}

/// Starts the task of a socket whose stream is on its way; `answer` as in [`open`].
pub fn begin(
    sockets: Arc<Sockets>,
    stream: impl Future<Output = Option<Stream>> + Send + 'static,
    opening: Opening,
    answer: Bytes,
) {
    let tasks = sockets.tasks.clone();
    tasks.clone().spawn(async move {
        if let Some(stream) = stream.await
            && let Some(connection) = open(sockets, stream, opening, answer).await
        {
            // A fresh task: this one has the size of an opening.
            tasks.spawn(connection.run());
        }
    });
}

fn switching(accept: HeaderValue, protocol: Option<HeaderValue>) -> Response {
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    headers.extend(protocol.map(|name| (header::SEC_WEBSOCKET_PROTOCOL, name)));
    response
}

/// The key to answer with, if this is a WebSocket's request (RFC 6455 §4.2.1).
fn accept_key(headers: &HeaderMap) -> Option<HeaderValue> {
    let has = |name, word: &str| {
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|part| part.trim().eq_ignore_ascii_case(word))
    };
    let asks = has(header::CONNECTION, "upgrade")
        && has(header::UPGRADE, "websocket")
        && has(header::SEC_WEBSOCKET_VERSION, "13");
    let key = headers.get(header::SEC_WEBSOCKET_KEY).filter(|_| asks)?;
    HeaderValue::from_str(&derive_accept_key(key.as_bytes())).ok()
}

/// The subprotocol to speak: ours if the client offers it. Of others the first is taken, to close it at once with
/// 4510: a browser whose offers are all declined fails the upgrade and never learns why. `None` without an offer.
fn protocol(headers: &HeaderMap) -> Option<HeaderValue> {
    let values =
        headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    let offered: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
    let ours = offered.iter().find(|name| **name == SUBPROTOCOL);
    HeaderValue::from_str(ours.or(offered.first())?).ok()
}

/// What the `Authorization` header says. A token that is no good is told by a close code, as it is when it
/// comes in the first frame.
fn opening(sockets: &Sockets, headers: &HeaderMap) -> Opening {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Opening::Unknown };
    match bearer(value).map(|token| sockets.acts.bearer_of(token)) {
        Some(Ok(access)) => Opening::SignedIn(access),
        Some(Err(ActError::TokenExpired)) => Opening::Refused(Close::TokenExpired),
        Some(Err(_)) | None => Opening::Refused(Close::NotSignedIn),
    }
}

/// The bare stream. Nothing else of the request stays.
fn stream(upgraded: Upgraded) -> Option<Stream> {
    let parts = upgraded.downcast::<TokioIo<TcpStream>>().ok()?;
    Some(Stream::new(parts.io.into_inner(), &parts.read_buf))
}
