//! The client's end of a socket: what it says, what it hears, and the number it is closed with.

use std::collections::VecDeque;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, Stream, StreamExt as _};
use http::HeaderValue;
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{self, Message};

use crate::people::{Answer, Landed};
use crate::world::{PATIENCE, World, feed};

impl World {
    /// Opens a socket with these headers; the status of the refusal when there is one.
    pub async fn opens_socket(&self, headers: &[(&str, &str)]) -> Result<Socket, Answer> {
        let stream = TcpStream::connect(self.address).await.unwrap();
        self.opens_socket_on(stream, headers).await
    }

    /// Opens a socket whose reading side has room for a few kilobytes alone.
    pub async fn opens_narrow_socket(&self, headers: &[(&str, &str)]) -> Result<Socket, Answer> {
        let narrow = TcpSocket::new_v4().unwrap();
        narrow.set_recv_buffer_size(4096).unwrap();
        let stream = narrow.connect(self.address).await.unwrap();
        self.opens_socket_on(stream, headers).await
    }

    async fn opens_socket_on(&self, stream: TcpStream, headers: &[(&str, &str)]) -> Result<Socket, Answer> {
        // As browsers do; else two frames in a row wait for each other's acknowledgement.
        stream.set_nodelay(true).unwrap();
        let mut request = format!("ws://{}/api/v1/socket", self.address).into_client_request().unwrap();
        for (name, value) in headers {
            let name = http::HeaderName::try_from(*name).unwrap();
            request.headers_mut().append(name, HeaderValue::from_str(value).unwrap());
        }
        let opening = tokio_tungstenite::client_async(request, stream);
        match timeout(PATIENCE, opening).await.expect("an upgrade in time") {
            Ok((stream, _)) => Ok(Socket { stream, aside: VecDeque::new() }),
            Err(tungstenite::Error::Http(response)) => {
                let (head, body) = response.into_parts();
                let body = body.unwrap_or_default().into();
                Err(Answer { status: head.status.as_u16(), headers: head.headers, body })
            }
            Err(error) => panic!("no upgrade: {error}"),
        }
    }
}

/// What came out of a socket.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// A frame.
    Frame(Value),
    /// The end, with its code; 1006 when there was none.
    Closed(u16),
}

/// The client's end of a socket.
pub struct Socket {
    stream: WebSocketStream<TcpStream>,
    aside: VecDeque<Value>,
}

impl Socket {
    /// Its two halves, for a test that sends and hears at once.
    pub fn split(self) -> (Sending, Hearing) {
        let (sink, stream) = self.stream.split();
        (Sending(sink), Hearing(stream))
    }

    /// Sends a frame; whoever hangs up is heard when reading.
    pub async fn says(&mut self, frame: Value) {
        self.sends(Message::text(frame.to_string())).await;
    }

    /// Sends anything.
    pub async fn sends(&mut self, message: Message) {
        let _ = timeout(PATIENCE, self.stream.send(message)).await.expect("it takes a frame in time");
    }

    /// The next frame, or the end.
    pub async fn next(&mut self) -> Heard {
        match self.aside.pop_front() {
            Some(frame) => Heard::Frame(frame),
            None => timeout(PATIENCE, self.reads()).await.expect("a frame in time"),
        }
    }

    async fn reads(&mut self) -> Heard {
        heard(&mut self.stream).await
    }

    /// The next frame with this event; others are kept for later.
    pub async fn hears(&mut self, event: &str) -> Value {
        if let Some(index) = self.aside.iter().position(|frame| frame["ev"] == event) {
            return self.aside.remove(index).unwrap();
        }
        loop {
            match timeout(PATIENCE, self.reads()).await.unwrap_or_else(|_| panic!("no `{event}` in time")) {
                Heard::Frame(frame) if frame["ev"] == event => return frame,
                Heard::Frame(frame) => self.aside.push_back(frame),
                Heard::Closed(code) => {
                    panic!("closed with {code} while waiting for `{event}`; heard {:?}", self.aside)
                }
            }
        }
    }

    /// The next entry.
    pub async fn next_entry(&mut self) -> Value {
        self.hears("entry").await
    }

    /// The code it is closed with.
    pub async fn closes(&mut self) -> u16 {
        loop {
            if let Heard::Closed(code) = self.next().await {
                return code;
            }
        }
    }

    /// Follows a feed.
    pub async fn subscribes(&mut self, feed: &str, after: Option<u64>) -> Value {
        self.says(json!({"op": "subscribe", "feed": feed, "after": after})).await;
        self.hears("subscribed").await
    }

    /// Says something in a room and hears that it is durable.
    pub async fn posts(&mut self, room: &str, cid: &str, text: &str) -> Landed {
        self.says(json!({"op": "post", "cid": cid, "room": room, "text": text})).await;
        let ack = self.hears("ack").await;
        assert_eq!((&ack["cid"], &ack["feed"]), (&json!(cid), &json!(feed(room))));
        Landed::of(&ack)
    }

    /// Says a frame that is refused; gives the `error`.
    pub async fn is_refused(&mut self, frame: Value, code: &str) -> Value {
        self.says(frame).await;
        let error = self.hears("error").await;
        assert_eq!(error["code"], code, "{error}");
        error
    }

    /// All that was sent before has been taken, and the socket is still there.
    pub async fn stays(&mut self) {
        self.says(json!({"op": "ping"})).await;
        self.hears("pong").await;
    }
}

/// The half of a socket that sends.
pub struct Sending(SplitSink<WebSocketStream<TcpStream>, Message>);

impl Sending {
    /// Sends a frame; `false` when nobody takes it.
    pub async fn says(&mut self, frame: Value) -> bool {
        let sent = timeout(PATIENCE, self.0.send(Message::text(frame.to_string()))).await;
        matches!(sent, Ok(Ok(())))
    }
}

/// The half of a socket that hears.
pub struct Hearing(SplitStream<WebSocketStream<TcpStream>>);

impl Hearing {
    /// The next frame, or the end.
    pub async fn next(&mut self) -> Heard {
        timeout(PATIENCE, heard(&mut self.0)).await.expect("a frame in time")
    }
}

/// What comes next out of a stream.
async fn heard(stream: &mut (impl Stream<Item = Result<Message, tungstenite::Error>> + Unpin)) -> Heard {
    loop {
        match stream.next().await {
            Some(Ok(Message::Text(text))) => return Heard::Frame(serde_json::from_str(&text).unwrap()),
            Some(Ok(Message::Close(frame))) => {
                // Reading on sends the answer to the close.
                let _ = timeout(PATIENCE, stream.next()).await;
                return Heard::Closed(frame.map_or(1005, |frame| frame.code.into()));
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return Heard::Closed(1006),
        }
    }
}
