//! One connection: sign in, then read frames, send what is due and catch up with feeds, until somebody
//! closes. Nothing here has a timer or a channel of its own once the client has signed in.
//!
//! Whatever happens now and then is boxed: a task is as large as the largest thing it may ever wait for, and a
//! connection that idles must not keep room for a post, a page of history or a farewell.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use domain::actor::Person;
use domain::feed::Feed;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};
use wire::close::Close;
use wire::frame::{ClientFrame, ServerFrame};
use wire::problem::Code;

use crate::acts::error::ActError;
use crate::auth::token::Access;
use crate::http::extract::decode;
use crate::live::encode;
use crate::live::outlet::{Due, Outlet};
use crate::socket::Sockets;
use crate::socket::inbound::{self, Strikes};
use crate::socket::resume::Subscriptions;
use crate::socket::upgrade::{Opening, Stream};

/// How long a client has to sign in.
const SIGN_IN: Duration = Duration::from_secs(5);
/// How long the other side has to take what is sent at the end.
const FAREWELL: Duration = Duration::from_secs(5);
/// The same for a slow reader, who must first read what is on the way before the reason. It costs a few kilobytes.
const FAREWELL_TO_THE_SLOW: Duration = Duration::from_secs(30);

/// A connection whose client has signed in.
pub struct Connection {
    pub(super) sockets: Sockets,
    pub(super) access: Access,
    pub(super) outlet: Arc<Outlet>,
    pub(super) subscriptions: Subscriptions,
    pub(super) strikes: Strikes,
    /// Answers to this client alone, in order.
    pub(super) answers: VecDeque<Utf8Bytes>,
}

/// Runs a connection from its first frame to its end.
pub async fn run(sockets: Sockets, mut stream: Stream, opening: Opening) {
    let access = match opening {
        Opening::SignedIn(access) => Ok(access),
        Opening::Refused(why) => Err(why),
        Opening::Unknown => Box::pin(sign_in(&sockets, &mut stream)).await,
    };
    let access = match access {
        Ok(access) => access,
        Err(why) => return Box::pin(farewell(&mut stream, why)).await,
    };
    let outlet = Arc::new(Outlet::new(access.account, access.session));
    // Registered before its rights are read, so that no taking away falls between.
    if !sockets.hub.register(&outlet) {
        return Box::pin(farewell(&mut stream, Close::TooManySockets)).await;
    }
    // The drain may have passed this account while its client was signing in.
    if sockets.health.is_draining() {
        sockets.hub.forget(&outlet);
        return Box::pin(farewell(&mut stream, Close::Draining)).await;
    }
    let mut connection = Connection {
        sockets,
        access,
        outlet,
        subscriptions: Subscriptions::default(),
        strikes: Strikes::default(),
        answers: VecDeque::new(),
    };
    let end = connection.converse(&mut stream).await;
    connection.subscriptions.leave_all(&connection.sockets.hub, &connection.outlet);
    connection.sockets.hub.forget(&connection.outlet);
    connection.sockets.hub.desk.leave(&connection.outlet);
    if let End::Close(why) = end {
        metrics::counter!("medchat_socket_closed_total", "why" => why.word()).increment(1);
        Box::pin(farewell(&mut stream, why)).await;
    }
}

/// Why a conversation ended.
enum End {
    /// The server closes.
    Close(Close),
    /// The client has gone.
    Gone,
}

/// Waits for `{"op":"auth"}`.
async fn sign_in(sockets: &Sockets, stream: &mut Stream) -> Result<Access, Close> {
    let first = timeout(SIGN_IN, async {
        loop {
            match stream.next().await {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => return other,
            }
        }
    });
    let text = match first.await {
        Ok(Some(Ok(Message::Text(text)))) => text,
        Ok(Some(Ok(Message::Binary(_)) | Err(Error::Utf8(_)))) => return Err(Close::NotJson),
        Ok(Some(Err(Error::Capacity(_)))) => return Err(Close::FrameTooBig),
        _ => return Err(Close::NotSignedIn),
    };
    let token = match decode(text.as_str()) {
        Ok(ClientFrame::Auth { token }) => token,
        Err(refusal) if refusal.problem.code == Code::Malformed => return Err(Close::NotJson),
        Ok(_) | Err(_) => return Err(Close::NotSignedIn),
    };
    sockets.acts.bearer_of(&token).map_err(|error| match error {
        ActError::TokenExpired => Close::TokenExpired,
        _ => Close::NotSignedIn,
    })
}

impl Connection {
    /// Whoever holds this socket, as they stand now.
    pub(super) async fn person(&self) -> Result<Person, ActError> {
        self.sockets.acts.person(self.access).await
    }

    /// Reads the rights of whoever holds this socket for the first time, when it is their turn.
    async fn enter(&self) -> Result<(), Close> {
        let _turn = self.sockets.admission.turn().await.ok_or(Close::Overloaded)?;
        match self.person().await {
            Ok(_) => Ok(()),
            Err(ActError::Busy(_)) => Err(Close::DependencyDown),
            // The token is good, so the session it names has ended.
            Err(_) => Err(Close::SessionEnded),
        }
    }

    async fn converse(&mut self, stream: &mut Stream) -> End {
        if let Err(why) = Box::pin(self.enter()).await {
            return End::Close(why);
        }
        let hello = ServerFrame::Hello {
            session: self.access.session.to_string(),
            server_time: self.sockets.acts.now().rfc3339(),
        };
        self.answers.push_back(encode::frame(&hello));
        loop {
            if let Err(end) = self.send_answers(stream).await {
                return end;
            }
            let step = if self.subscriptions.is_catching_up() {
                self.catch_up_beside(stream).await
            } else {
                self.wait(stream).await
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    /// Waits for whatever comes first: a frame from the client or something to send.
    async fn wait(&mut self, stream: &mut Stream) -> Result<(), End> {
        tokio::select! {
            biased;
            due = self.outlet.due() => self.send_due(stream, due).await,
            message = stream.next() => self.hear(message).await,
        }
    }

    /// Reads one page of a feed from the store, then looks whether something else is due or was said meanwhile:
    /// feeds that are live already must not fill the outlet while a long one catches up.
    async fn catch_up_beside(&mut self, stream: &mut Stream) -> Result<(), End> {
        let page = Box::pin(self.subscriptions.next_page(&self.sockets.hub, &self.outlet)).await;
        let frames = page.map_err(|_| End::Close(Close::DependencyDown))?;
        self.send(stream, frames.into()).await?;
        tokio::select! {
            biased;
            due = self.outlet.due() => self.send_due(stream, due).await,
            message = stream.next() => self.hear(message).await,
            () = std::future::ready(()) => Ok(()),
        }
    }

    async fn hear(&mut self, message: Option<Result<Message, Error>>) -> Result<(), End> {
        self.outlet.hear();
        match message {
            Some(Ok(Message::Text(text))) => {
                Box::pin(inbound::take(self, text.as_str())).await.map_err(End::Close)
            }
            Some(Ok(Message::Binary(_))) => Err(End::Close(Close::NotJson)),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Ok(()),
            // The library answers a close by itself; reading on until the end lets it finish.
            Some(Ok(Message::Close(_))) => Ok(()),
            Some(Err(Error::Capacity(_))) => Err(End::Close(Close::FrameTooBig)),
            Some(Err(Error::Utf8(_))) => Err(End::Close(Close::NotJson)),
            Some(Err(_)) | None => Err(End::Gone),
        }
    }

    async fn send_answers(&mut self, stream: &mut Stream) -> Result<(), End> {
        if self.answers.is_empty() {
            return Ok(());
        }
        let answers = std::mem::take(&mut self.answers);
        self.send(stream, answers).await
    }

    async fn send_due(&mut self, stream: &mut Stream, due: Due) -> Result<(), End> {
        match due {
            Due::Lost(feeds) => {
                let (hub, outlet) = (&self.sockets.hub, &self.outlet);
                for feed in &feeds {
                    if let Feed::Appeal(appeal, _) = feed {
                        hub.desk.look_away(outlet, *appeal);
                    }
                }
                self.answers.extend(self.subscriptions.lose(hub, outlet, &feeds));
                Ok(())
            }
            Due::Frames(frames) => self.send(stream, frames).await,
            Due::Ping => {
                let sent = stream.send(Message::Ping(bytes::Bytes::new())).await;
                sent.map_err(|_| End::Gone)
            }
            Due::Close(why) => Err(End::Close(why)),
        }
    }

    /// Writes all frames and flushes once. A reader who takes nothing is not waited for: its outlet fills up
    /// and asks to be closed.
    async fn send(&self, stream: &mut Stream, frames: VecDeque<Utf8Bytes>) -> Result<(), End> {
        let writing = async {
            for frame in frames {
                stream.feed(Message::Text(frame)).await?;
            }
            stream.flush().await
        };
        tokio::select! {
            biased;
            written = writing => written.map_err(|_| End::Gone),
            why = self.outlet.closing() => Err(End::Close(why)),
        }
    }
}

/// Says why, as politely as the other side lets us, and closes.
async fn farewell(stream: &mut Stream, why: Close) {
    let goodbye = async {
        if let Some(retry_ms) = why.retry_ms() {
            let closing = encode::frame(&ServerFrame::Closing { retry_ms });
            stream.send(Message::Text(closing)).await?;
        }
        let frame =
            CloseFrame { code: CloseCode::from(why.code()), reason: Utf8Bytes::from_static(why.word()) };
        stream.close(Some(frame)).await?;
        while let Some(Ok(_)) = stream.next().await {}
        Ok::<(), Error>(())
    };
    // Whoever does not take it is cut off when the stream is dropped.
    let patience = if why == Close::Slow { FAREWELL_TO_THE_SLOW } else { FAREWELL };
    let _ = timeout(patience, goodbye).await;
}
