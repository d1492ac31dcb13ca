//! One person: an account, its token, its sockets. Everything by the contract, as any client would.

use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::{Client, Response, StatusCode};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::header;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};
use wire::frame::{ClientFrame, SUBPROTOCOL, ServerFrame};
use wire::page::Page;
use wire::person::SignUp;
use wire::room::{JoinRoom, Room, RoomKind};
use wire::session::{SignIn, Tokens};

use crate::target::Target;

/// How long any single answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The password of people made for a load; they own nothing.
const PASSWORD: &str = "nagruzka-2026";

/// An HTTP client for everybody.
///
/// # Errors
/// When it cannot be made.
pub fn http() -> anyhow::Result<Client> {
    Ok(Client::builder().timeout(PATIENCE).build()?)
}

/// Somebody who is signed in.
#[derive(Clone)]
pub struct Person {
    http: Client,
    target: Target,
    token: String,
}

impl Person {
    /// Signs in.
    ///
    /// # Errors
    /// When the server refuses or does not answer.
    pub async fn sign_in(
        http: &Client,
        target: &Target,
        login: &str,
        password: &str,
    ) -> anyhow::Result<Self> {
        let body = SignIn { login: login.into(), password: password.into(), second_factor: None };
        let answer = http.post(target.api("sessions")).json(&body).send().await?;
        let answer = good(answer).await.with_context(|| format!("signing {login} in"))?;
        let Tokens { access_token, .. } = answer.json().await?;
        Ok(Self { http: http.clone(), target: target.clone(), token: access_token })
    }

    /// Member number `number` of every load: signed up the first time, signed in each time.
    ///
    /// # Errors
    /// When the server refuses or does not answer.
    pub async fn member(http: &Client, target: &Target, number: u32) -> anyhow::Result<Self> {
        let login = format!("load-{number}");
        let alias = format!("Нагрузка {number}");
        let body = SignUp { login: login.clone(), password: PASSWORD.into(), alias };
        let answer = http.post(target.api("accounts")).json(&body).send().await?;
        if answer.status() != StatusCode::CONFLICT {
            good(answer).await.with_context(|| format!("signing {login} up"))?;
        }
        Self::sign_in(http, target, &login, PASSWORD).await
    }

    /// The room of this id or, without one, the first medchat of the region.
    ///
    /// # Errors
    /// When there is none, or the server does not answer.
    pub async fn room(&self, region: &str, id: Option<&str>) -> anyhow::Result<Room> {
        if let Some(id) = id {
            return Ok(self.get(&format!("rooms/{id}")).await?.json().await?);
        }
        let rooms: Page<Room> = self.get(&format!("rooms?region={region}")).await?.json().await?;
        let medchat = rooms.items.into_iter().find(|room| room.kind == RoomKind::Medchat);
        medchat.with_context(|| format!("the region {region} has no medchat"))
    }

    async fn get(&self, path: &str) -> anyhow::Result<Response> {
        let request = self.http.get(self.target.api(path)).bearer_auth(&self.token);
        good(request.send().await?).await.with_context(|| format!("reading {path}"))
    }

    /// Becomes a member of a room.
    ///
    /// # Errors
    /// When the server refuses or does not answer.
    pub async fn join(&self, room: &Room) -> anyhow::Result<()> {
        let url = self.target.api(&format!("rooms/{}/members", room.id));
        let answer = self.http.post(url).bearer_auth(&self.token).json(&JoinRoom {}).send().await?;
        good(answer).await.context("joining the room").map(|_| ())
    }

    /// Opens a socket.
    ///
    /// # Errors
    /// When the server refuses or does not answer.
    pub async fn socket(&self) -> anyhow::Result<Socket> {
        let mut request = self.target.socket().into_client_request()?;
        let bearer = format!("Bearer {}", self.token).parse()?;
        request.headers_mut().insert(header::AUTHORIZATION, bearer);
        request.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL.parse()?);
        // The library's own buffers are 128 KiB a socket; thousands of people share this machine.
        let config = WebSocketConfig::default().read_buffer_size(2048).write_buffer_size(0);
        let opening = async {
            let stream = TcpStream::connect(self.target.address).await?;
            stream.set_nodelay(true)?;
            anyhow::Ok(client_async_with_config(request, stream, Some(config)).await?.0)
        };
        Ok(Socket(timeout(PATIENCE, opening).await.context("opening a socket")??))
    }

    /// Opens a socket that follows the feed of a room from now on; gives its head too.
    ///
    /// # Errors
    /// When the server refuses or does not answer.
    pub async fn follow(&self, room: &Room) -> anyhow::Result<(Socket, u64)> {
        let mut socket = self.socket().await?;
        let feed = room.feed.clone();
        socket.say(&ClientFrame::Subscribe { feed, after: None, epoch: None }).await?;
        let subscribing = async {
            loop {
                match socket.hear().await {
                    Ok(ServerFrame::Subscribed { head, .. }) => return Ok(head),
                    Ok(ServerFrame::Hello { .. }) => {}
                    Ok(other) => bail!("instead of `subscribed` came {other:?}"),
                    Err(cut) => return Err(anyhow!("the server closed: {cut}")),
                }
            }
        };
        let head = timeout(PATIENCE, subscribing).await.context("following the room")??;
        Ok((socket, head))
    }
}

/// The answer, when it is a good one; otherwise what the server said.
async fn good(answer: Response) -> anyhow::Result<Response> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    bail!("{status}: {}", answer.text().await.unwrap_or_default())
}

/// How a socket ended that should not have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cut(String);

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A socket of somebody who is signed in.
pub struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    /// Says something.
    ///
    /// # Errors
    /// When the server is gone.
    pub async fn say(&mut self, frame: &ClientFrame) -> anyhow::Result<()> {
        Ok(self.0.send(Message::text(serde_json::to_string(frame)?)).await?)
    }

    /// Waits for the next frame. Pings are answered on the way; giving up waiting loses nothing.
    ///
    /// # Errors
    /// Why there will be none.
    pub async fn hear(&mut self) -> Result<ServerFrame, Cut> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => {
                    return serde_json::from_str(&text).map_err(|error| Cut(format!("no frame: {error}")));
                }
                Some(Ok(Message::Close(Some(frame)))) => {
                    return Err(Cut(format!("{} {}", u16::from(frame.code), frame.reason)));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(Cut(error.to_string())),
                None => return Err(Cut("no farewell".into())),
            }
        }
    }
}
