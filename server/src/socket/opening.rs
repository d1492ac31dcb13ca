//! The opening of a connection: who is it, and may they. What it needs for that is gone once the connection idles.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use wire::close::Close;
use wire::frame::{ClientFrame, ServerFrame};
use wire::problem::Code;

use crate::acts::error::ActError;
use crate::auth::token::Access;
use crate::http::extract::decode;
use crate::live::encode::{self, Bytes};
use crate::live::outlet::Outlet;
use crate::socket::Sockets;
use crate::socket::codec::{self, Fault, Heard};
use crate::socket::session::{Connection, farewell};
use crate::socket::stream::{End, Stream};

/// How long a client has to sign in.
const SIGN_IN: Duration = Duration::from_secs(5);

/// What is known about a socket before its first frame.
#[derive(Debug, Clone, Copy)]
pub enum Opening {
    /// The upgrade carried a token.
    SignedIn(Access),
    /// The first frame must.
    Unknown,
    /// It is to be closed at once for this reason.
    Refused(Close),
}

/// Lets a client in, greeted and ready to be listened to; `None` when it had to be sent away or went by itself. `answer` is
/// what it is still to be told before anything else: the answer to the upgrade, where nobody has written it.
pub async fn open(
    sockets: Arc<Sockets>,
    mut stream: Stream,
    opening: Opening,
    mut answer: Bytes,
) -> Option<Connection> {
    let access = match opening {
        Opening::SignedIn(access) => Ok(access),
        Opening::Refused(why) => Err(why),
        Opening::Unknown => {
            // Only who has been answered goes on to sign in.
            stream.write([std::mem::take(&mut answer)].into()).await.ok()?;
            sign_in(&sockets, &mut stream).await
        }
    };
    let access = match access {
        Ok(access) => access,
        Err(why) => {
            farewell(&mut stream, [answer].into(), why).await;
            return None;
        }
    };
    let outlet = Arc::new(Outlet::new(access.account, access.session));
    // Registered before its rights are read, so that no taking away falls between.
    if !sockets.hub.register(&outlet) {
        farewell(&mut stream, [answer].into(), Close::TooManySockets).await;
        return None;
    }
    let mut connection = Connection::new(sockets, outlet, stream);
    match welcome(&mut connection).await {
        Ok(hello) => {
            connection.answers.extend([answer, hello]);
            Some(connection)
        }
        Err(why) => {
            connection.part(answer, why).await;
            None
        }
    }
}

/// Reads who it is; gives the greeting.
async fn welcome(connection: &mut Connection) -> Result<Bytes, Close> {
    // The drain may have passed this account while its client was signing in.
    if connection.sockets.health.is_draining() {
        return Err(Close::Draining);
    }
    let sockets = connection.sockets.clone();
    let _turn = sockets.admission.turn().await.ok_or(Close::Overloaded)?;
    match connection.person().await {
        Ok(_) => {}
        Err(ActError::Busy(_)) => return Err(Close::DependencyDown),
        // The token is good, so the session it names has ended.
        Err(_) => return Err(Close::SessionEnded),
    }
    let hello = ServerFrame::Hello {
        session: connection.outlet.session().to_string(),
        server_time: connection.sockets.acts.now().rfc3339(),
    };
    Ok(encode::frame(&hello))
}

/// Waits for `{"op":"auth"}`.
async fn sign_in(sockets: &Sockets, stream: &mut Stream) -> Result<Access, Close> {
    let text = match timeout(SIGN_IN, first(stream)).await {
        Ok(Ok(Heard::Text(text))) => text,
        Ok(Ok(Heard::Binary) | Err(End::Fault(Fault::NotUtf8))) => return Err(Close::NotJson),
        Ok(Err(End::Fault(Fault::TooBig))) => return Err(Close::FrameTooBig),
        _ => return Err(Close::NotSignedIn),
    };
    let token = match decode(&text) {
        Ok(ClientFrame::Auth { token }) => token,
        Err(refusal) if refusal.problem.code == Code::Malformed => return Err(Close::NotJson),
        Ok(_) | Err(_) => return Err(Close::NotSignedIn),
    };
    sockets.acts.bearer_of(&token).map_err(|error| match error {
        ActError::TokenExpired => Close::TokenExpired,
        _ => Close::NotSignedIn,
    })
}

/// The first message; pings before it are answered.
async fn first(stream: &mut Stream) -> Result<Heard, End> {
    loop {
        match stream.hear().await? {
            Heard::Ping(payload) => {
                stream.write([codec::pong(&payload)].into()).await.map_err(|_| End::Gone)?;
            }
            Heard::Pong => {}
            other => return Ok(other),
        }
    }
}
