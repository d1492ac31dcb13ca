//! Those who write and read while the server dies: each keeps what it sent, what was acknowledged and what it
//! got, over any number of connections. They speak the contract and know nothing of the server's insides.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde::Serialize;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{WebSocketStream, client_async};
use wire::frame::{ClientFrame, Entry, SUBPROTOCOL, ServerFrame};
use wire::message::{PostMessage, Written};
use wire::page::Page;
use wire::room::{Room, RoomKind};
use wire::session::{SignIn, Tokens};

use crate::history::{Ack, Line, Sent, Transcript};

/// How many posts of one writer may be under way.
const WINDOW: usize = 4;
/// How many of the last acknowledged posts are sent again after a cut, as if their answers had been lost.
const AGAIN: usize = 3;
/// Every so many posts one is sent twice in a row, as an impatient client would.
const DOUBLED: usize = 7;
/// Silence this long, while something is owed, is a fault of the server.
const PATIENCE: Duration = Duration::from_secs(20);

/// A place to write to.
#[derive(Debug, Clone)]
pub struct Place {
    pub room: String,
    pub feed: String,
}

/// Who takes part, with a token that outlives the server.
#[derive(Debug, Clone)]
pub struct Person {
    pub account: String,
    token: String,
    http: reqwest::Client,
}

impl Person {
    /// Signs a demo person in.
    pub async fn sign_in(address: SocketAddr, login: &str) -> Self {
        let http = reqwest::Client::new();
        let body = SignIn {
            login: login.into(),
            password: medchat::acts::demo::PASSWORD.into(),
            second_factor: None,
        };
        let answer = http.post(format!("http://{address}/api/v1/sessions")).json(&body).send().await;
        let tokens: Tokens = answer.expect("an answer").json().await.expect("tokens");
        Self { account: tokens.account.id, token: tokens.access_token, http }
    }

    /// The first `count` medchats of a region.
    pub async fn places(&self, address: SocketAddr, region: &str, count: usize) -> Vec<Place> {
        let url = format!("http://{address}/api/v1/rooms?region={region}");
        let answer = self.http.get(url).bearer_auth(&self.token).send().await.expect("an answer");
        let rooms: Page<Room> = answer.json().await.expect("rooms");
        let medchats = rooms.items.into_iter().filter(|room| room.kind == RoomKind::Medchat);
        medchats.take(count).map(|room| Place { room: room.id, feed: room.feed }).collect()
    }

    /// Becomes a member.
    pub async fn join(&self, address: SocketAddr, place: &Place) {
        let url = format!("http://{address}/api/v1/rooms/{}/members", place.room);
        let answer = self.http.post(url).bearer_auth(&self.token).send().await.expect("an answer");
        assert!(answer.status().is_success(), "joining: {}", answer.status());
    }

    /// Does something on a server that stays alive.
    pub async fn does(
        &self,
        address: SocketAddr,
        path: &str,
        body: &(impl Serialize + ?Sized),
    ) -> reqwest::Response {
        let url = format!("http://{address}/api/v1/{path}");
        let sent = self.http.post(url).bearer_auth(&self.token).json(body).send().await;
        let answer = sent.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer
    }

    async fn post(
        &self,
        address: SocketAddr,
        room: &str,
        post: &PostMessage,
    ) -> reqwest::Result<reqwest::Response> {
        let url = format!("http://{address}/api/v1/rooms/{room}/messages");
        self.http.post(url).bearer_auth(&self.token).timeout(PATIENCE).json(post).send().await
    }

    /// A socket; `None` when the server is gone.
    async fn socket(&self, address: SocketAddr) -> Option<Socket> {
        let mut request = format!("ws://{address}/api/v1/socket").into_client_request().expect("a request");
        let bearer = format!("Bearer {}", self.token);
        request.headers_mut().insert("authorization", bearer.parse().expect("a header"));
        request.headers_mut().insert("sec-websocket-protocol", SUBPROTOCOL.parse().expect("a header"));
        let stream = TcpStream::connect(address).await.ok()?;
        stream.set_nodelay(true).ok()?;
        Some(Socket(client_async(request, stream).await.ok()?.0))
    }
}

struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    /// `None` when the server is gone.
    async fn say(&mut self, frame: &ClientFrame) -> Option<()> {
        let text = serde_json::to_string(frame).expect("a frame encodes");
        self.0.send(Message::text(text)).await.ok()
    }

    /// The next frame; `None` when the server is gone or going.
    async fn hear(&mut self) -> Option<ServerFrame> {
        loop {
            match timeout(PATIENCE, self.0.next()).await.expect("the server says something") {
                Some(Ok(Message::Text(text))) => {
                    return Some(serde_json::from_str(&text).expect("a frame of the contract"));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => return None,
            }
        }
    }
}

/// By which way a writer posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Http,
    Socket,
}

/// What a writer is up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Resends what is open, then writes on and on until the server is gone.
    Busy,
    /// Resends what is open and is content.
    Finishing,
}

/// Somebody who writes, and resends with the same cid until it is acknowledged.
pub struct Writer {
    pub name: String,
    person: Person,
    way: Way,
    places: Vec<Place>,
    pub sent: Vec<Sent>,
    pub acks: Vec<Ack>,
    /// Tries without an acknowledgement, by index into `sent`.
    open: VecDeque<usize>,
    indices: HashMap<String, usize>,
    heads: HashMap<String, u64>,
    /// Rung at every acknowledgement, for whoever waits for traffic.
    bell: Arc<Notify>,
}

impl Writer {
    pub fn new(name: String, person: Person, way: Way, places: Vec<Place>, bell: Arc<Notify>) -> Self {
        Self {
            name,
            person,
            way,
            places,
            sent: Vec::new(),
            acks: Vec::new(),
            open: VecDeque::new(),
            indices: HashMap::new(),
            heads: HashMap::new(),
            bell,
        }
    }

    /// How many tries have an unknown outcome.
    pub fn unknown(&self) -> usize {
        self.open.len()
    }

    /// Writes to the server at `address` until it is gone or, when finishing, nothing is open.
    pub async fn write(&mut self, address: SocketAddr, mood: Mood) {
        // That the server goes away in the middle is what this is about: `None` ends a visit.
        let _ = match self.way {
            Way::Http => self.write_over_http(address, mood).await,
            Way::Socket => self.write_over_socket(address, mood).await,
        };
    }

    async fn write_over_http(&mut self, address: SocketAddr, mood: Mood) -> Option<()> {
        let mut tries = self.to_resend();
        loop {
            let index = match tries.pop_front() {
                Some(index) => index,
                None if mood == Mood::Busy => self.compose(),
                None => return Some(()),
            };
            let Sent { cid, text, .. } = self.sent[index].clone();
            let room = self.room(index);
            let post = PostMessage { cid: cid.clone(), text, acknowledged: None };
            let answer = self.person.post(address, &room, &post).await.ok()?;
            // Going down, it says so; the outcome is unknown then.
            if answer.status() == reqwest::StatusCode::SERVICE_UNAVAILABLE {
                return None;
            }
            assert!(answer.status().is_success(), "{cid}: {}", answer.status());
            let Written { seq, id, .. } = answer.json().await.ok()?;
            self.note(Ack { cid, seq, id });
        }
    }

    async fn write_over_socket(&mut self, address: SocketAddr, mood: Mood) -> Option<()> {
        let mut socket = self.person.socket(address).await?;
        let mut owed = 0;
        for index in self.to_resend() {
            socket.say(&self.frame(index)).await?;
            owed += 1;
        }
        while mood == Mood::Busy || owed > 0 {
            while mood == Mood::Busy && owed < WINDOW {
                let index = self.compose();
                let times = if index.is_multiple_of(DOUBLED) { 2 } else { 1 };
                for _ in 0..times {
                    socket.say(&self.frame(index)).await?;
                    owed += 1;
                }
            }
            match socket.hear().await? {
                ServerFrame::Ack { cid, seq, id, .. } => {
                    owed -= 1;
                    self.note(Ack { cid, seq, id });
                }
                ServerFrame::Hello { .. } | ServerFrame::Closing { .. } => {}
                other => panic!("{} got {other:?}", self.name),
            }
        }
        Some(())
    }

    /// What is open, and a few that are not, as if their answers had been lost.
    fn to_resend(&self) -> VecDeque<usize> {
        let known = self.acks.iter().rev().take(AGAIN).map(|ack| self.indices[&ack.cid]);
        self.open.iter().copied().chain(known).collect()
    }

    fn compose(&mut self) -> usize {
        let index = self.sent.len();
        let Place { feed, .. } = self.places[index % self.places.len()].clone();
        let sent = Sent {
            cid: format!("{}-{index}", self.name),
            author: self.person.account.clone(),
            text: format!("Сообщение {index} от {}", self.name),
            after: self.heads.get(&feed).copied().unwrap_or_default(),
            feed,
        };
        self.indices.insert(sent.cid.clone(), index);
        self.sent.push(sent);
        self.open.push_back(index);
        index
    }

    fn room(&self, index: usize) -> String {
        self.places[index % self.places.len()].room.clone()
    }

    fn frame(&self, index: usize) -> ClientFrame {
        let Sent { cid, text, .. } = self.sent[index].clone();
        ClientFrame::post(cid, self.room(index), text)
    }

    fn note(&mut self, ack: Ack) {
        let index = *self.indices.get(&ack.cid).unwrap_or_else(|| panic!("{ack:?} was never asked for"));
        self.open.retain(|open| *open != index);
        let head = self.heads.entry(self.sent[index].feed.clone()).or_default();
        *head = ack.seq.max(*head);
        self.acks.push(ack);
        self.bell.notify_one();
    }
}

/// How far a reader follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// Until the server is gone.
    TheEnd,
    /// Until everything is read that was there when it came.
    TheHead,
}

/// Somebody who follows feeds, and resumes by number and epoch.
pub struct Reader {
    name: String,
    person: Person,
    feeds: BTreeMap<String, Followed>,
}

#[derive(Default)]
struct Followed {
    epoch: Option<String>,
    /// The head the server told on this connection.
    head: Option<u64>,
    lines: Vec<Line>,
}

impl Followed {
    fn reached(&self) -> u64 {
        self.lines.last().map_or(0, |line| line.seq)
    }
}

impl Reader {
    pub fn new(name: String, person: Person, places: &[Place]) -> Self {
        let feeds = places.iter().map(|place| (place.feed.clone(), Followed::default())).collect();
        Self { name, person, feeds }
    }

    /// All it got.
    pub fn transcripts(&self) -> impl Iterator<Item = Transcript> {
        self.feeds.iter().map(|(feed, followed)| Transcript {
            reader: self.name.clone(),
            feed: feed.clone(),
            lines: followed.lines.clone(),
        })
    }

    /// Follows the server at `address`.
    pub async fn follow(&mut self, address: SocketAddr, until: Until) {
        let _ = self.listen(address, until).await;
    }

    async fn listen(&mut self, address: SocketAddr, until: Until) -> Option<()> {
        let mut socket = self.person.socket(address).await?;
        for (feed, followed) in &mut self.feeds {
            followed.head = None;
            let (after, epoch) = (Some(followed.reached()), followed.epoch.clone());
            socket.say(&ClientFrame::Subscribe { feed: feed.clone(), after, epoch }).await?;
        }
        while until == Until::TheEnd || !self.has_all() {
            self.take(socket.hear().await?);
        }
        Some(())
    }

    fn has_all(&self) -> bool {
        self.feeds.values().all(|followed| followed.head.is_some_and(|head| followed.reached() >= head))
    }

    fn take(&mut self, frame: ServerFrame) {
        match frame {
            ServerFrame::Subscribed { feed, epoch, head } => {
                let followed = self.feeds.get_mut(&feed).expect("it was asked for");
                let known = followed.epoch.get_or_insert_with(|| epoch.clone());
                assert_eq!(*known, epoch, "{}: a crash is no restore", self.name);
                followed.head = Some(head);
            }
            ServerFrame::Entry { feed, seq, entry: Entry::Message { id, author, text, cid, .. } } => {
                let followed = self.feeds.get_mut(&feed).expect("it was asked for");
                assert!(followed.head.is_some(), "{}: `subscribed` comes first", self.name);
                let cid = cid.unwrap_or_default();
                followed.lines.push(Line { seq, id, author: author.id, cid, text });
            }
            ServerFrame::Hello { .. } | ServerFrame::Closing { .. } => {}
            other => panic!("{} got {other:?}", self.name),
        }
    }
}
