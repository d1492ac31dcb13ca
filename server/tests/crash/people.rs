//! Those who take part, and their connections to the nodes. They speak the contract and know nothing of the servers'
//! insides.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::{Method, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{WebSocketStream, client_async};
use wire::frame::{ClientFrame, SUBPROTOCOL, ServerFrame};
use wire::message::PostMessage;
use wire::page::Page;
use wire::room::{Room, RoomKind};
use wire::session::{SignIn, Tokens};

/// A server that is silent for so long, while something is owed, is as good as gone: to those who can go nowhere else.
const PATIENCE: Duration = Duration::from_secs(20);

/// A node, by its number, and where it answers.
#[derive(Debug, Clone, Copy)]
pub struct Door {
    pub node: usize,
    pub address: SocketAddr,
}

impl Door {
    /// Of the only node there is.
    pub const fn only(address: SocketAddr) -> Self {
        Self { node: 0, address }
    }
}

/// A place to write to.
#[derive(Debug, Clone)]
pub struct Place {
    pub room: String,
    pub feed: String,
}

/// Who takes part, with a token that outlives the server. Clones are the same person in the same session.
#[derive(Debug, Clone)]
pub struct Person {
    pub account: String,
    login: String,
    token: Arc<Mutex<String>>,
    http: reqwest::Client,
    patience: Duration,
}

impl Person {
    /// Signs a demo person in.
    pub async fn sign_in(address: SocketAddr, login: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let token = Arc::default();
        let mut person =
            Self { account: String::new(), login: login.into(), token, http, patience: PATIENCE };
        person.account = person.renew(address).await;
        person
    }

    /// The same, who waits no longer than this.
    pub fn waiting(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Signs in again, before the token is over; gives the account.
    pub async fn renew(&self, address: SocketAddr) -> String {
        let (login, password) = (self.login.clone(), medchat::acts::demo::PASSWORD.into());
        let body = SignIn { login, password, second_factor: None };
        let answer = self.http.post(format!("http://{address}/api/v1/sessions")).json(&body).send().await;
        let tokens: Tokens = answer.expect("an answer").json().await.expect("tokens");
        *self.token.lock().expect("nobody panicked") = tokens.access_token;
        tokens.account.id
    }

    /// The first `count` medchats of a region.
    pub async fn places(&self, address: SocketAddr, region: &str, count: usize) -> Vec<Place> {
        self.rooms(address, region, RoomKind::Medchat).await.into_iter().take(count).collect()
    }

    /// The rooms of this kind that they see in a region.
    pub async fn rooms(&self, address: SocketAddr, region: &str, kind: RoomKind) -> Vec<Place> {
        let rooms: Page<Room> = self.reads(address, &format!("rooms?region={region}")).await;
        let of_kind = rooms.items.into_iter().filter(|room| room.kind == kind);
        of_kind.map(|room| Place { room: room.id, feed: room.feed }).collect()
    }

    /// Reads something on a server that stays alive.
    pub async fn reads<T: DeserializeOwned>(&self, address: SocketAddr, path: &str) -> T {
        let answer = self.request(Method::GET, address, path).timeout(PATIENCE).send().await;
        answer.expect("an answer").json().await.expect("what was asked for")
    }

    /// Becomes a member.
    pub async fn join(&self, address: SocketAddr, place: &Place) {
        self.does(address, &format!("rooms/{}/members", place.room), &serde_json::json!({})).await;
    }

    /// Does something on a server that stays alive.
    pub async fn does(&self, address: SocketAddr, path: &str, body: &(impl Serialize + ?Sized)) -> Response {
        let asked = self.request(Method::POST, address, path).timeout(PATIENCE).json(body);
        let answer = asked.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer
    }

    /// Posts into a room; an error when no answer came.
    pub async fn post(
        &self,
        address: SocketAddr,
        room: &str,
        post: &PostMessage,
    ) -> reqwest::Result<Response> {
        let asked = self.request(Method::POST, address, &format!("rooms/{room}/messages"));
        asked.timeout(self.patience).json(post).send().await
    }

    /// Takes something away; an error when no answer came.
    pub async fn deletes(&self, address: SocketAddr, path: &str) -> reqwest::Result<Response> {
        self.request(Method::DELETE, address, path).timeout(self.patience).send().await
    }

    fn request(&self, method: Method, address: SocketAddr, path: &str) -> RequestBuilder {
        self.http.request(method, format!("http://{address}/api/v1/{path}")).bearer_auth(self.token())
    }

    /// A socket; `None` when the server is gone.
    pub async fn socket(&self, address: SocketAddr) -> Option<Socket> {
        let mut request = format!("ws://{address}/api/v1/socket").into_client_request().expect("a request");
        let bearer = format!("Bearer {}", self.token());
        request.headers_mut().insert("authorization", bearer.parse().expect("a header"));
        request.headers_mut().insert("sec-websocket-protocol", SUBPROTOCOL.parse().expect("a header"));
        let opening = async {
            let stream = TcpStream::connect(address).await.ok()?;
            stream.set_nodelay(true).ok()?;
            let stream = client_async(request, stream).await.ok()?.0;
            Some(Socket { stream, patience: self.patience })
        };
        timeout(self.patience, opening).await.ok()?
    }

    fn token(&self) -> String {
        self.token.lock().expect("nobody panicked").clone()
    }
}

/// A connection of a person.
pub struct Socket {
    stream: WebSocketStream<TcpStream>,
    patience: Duration,
}

impl Socket {
    /// `None` when the server is gone.
    pub async fn say(&mut self, frame: &ClientFrame) -> Option<()> {
        let text = serde_json::to_string(frame).expect("a frame encodes");
        timeout(self.patience, self.stream.send(Message::text(text))).await.ok()?.ok()
    }

    /// The next frame; `None` when the server is gone, going or silent.
    pub async fn hear(&mut self) -> Option<ServerFrame> {
        loop {
            match timeout(self.patience, self.stream.next()).await.ok()? {
                Some(Ok(Message::Text(text))) => {
                    return Some(serde_json::from_str(&text).expect("a frame of the contract"));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => return None,
            }
        }
    }
}
