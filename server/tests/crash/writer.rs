//! Somebody who writes while servers die: resends with the same cid, to whatever node there is, until an answer comes,
//! or gives up and insists on hearing that it is given up. Keeps what was sent and what the servers said.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use reqwest::StatusCode;
use tokio::sync::watch;
use tokio::time::sleep;
use wire::frame::{ClientFrame, ServerFrame};
use wire::message::{PostMessage, Written};
use wire::problem::Code;

use crate::history::{Ack, Order, Sent};
use crate::people::{Door, Person, Place};

/// How many posts of one writer may be under way.
const WINDOW: usize = 4;
/// How many of the last answered tries are sent again after a cut, as if their answers had been lost.
const AGAIN: usize = 3;
/// Every so many posts one is sent twice in a row, as an impatient client would.
const DOUBLED: usize = 7;
/// Every so many posts one is given up in the same breath, and every so many one before it is sent.
const REGRETTED: usize = 11;
const FORESTALLED: usize = 13;
/// Every so many posts one is given up when no answer came, instead of being sent again.
const FICKLE: usize = 5;

/// Rung at every acknowledgement, with the node it came from, for whoever waits for the moment.
pub type Bell = watch::Sender<usize>;

/// By which way a writer posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Over HTTP nothing can be given up.
    Http,
    Socket,
}

/// What a writer is up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Settles what is open, then writes on and on until the server is gone, with this pause before each.
    Busy { pause: Duration },
    /// Settles what is open and is content.
    Finishing,
}

impl Mood {
    /// As fast as answers come.
    pub const HURRIED: Self = Self::Busy { pause: Duration::ZERO };
}

/// Somebody who writes.
pub struct Writer {
    pub name: String,
    person: Person,
    way: Way,
    places: Vec<Place>,
    pub sent: Vec<Sent>,
    pub acks: Vec<Ack>,
    pub cancelled: Vec<String>,
    /// How often a server said that it cannot reach its database.
    pub refused: usize,
    /// Tries without an answer, by index into `sent`.
    open: VecDeque<usize>,
    /// Tries that a server was asked to give up; some had landed before.
    regretted: HashSet<usize>,
    indices: HashMap<String, usize>,
    order: Order,
    bell: Bell,
}

impl Writer {
    pub fn new(name: String, person: Person, way: Way, places: Vec<Place>, order: Order, bell: Bell) -> Self {
        Self {
            name,
            person,
            way,
            places,
            sent: Vec::new(),
            acks: Vec::new(),
            cancelled: Vec::new(),
            refused: 0,
            open: VecDeque::new(),
            regretted: HashSet::new(),
            indices: HashMap::new(),
            order,
            bell,
        }
    }

    /// How many tries have an unknown outcome.
    pub fn unknown(&self) -> usize {
        self.open.len()
    }

    /// Writes to this node until it is gone or, when finishing, nothing is open.
    pub async fn write(&mut self, door: Door, mood: Mood) {
        // That the server goes away in the middle is what this is about: `None` ends a visit.
        let _ = match self.way {
            Way::Http => self.write_over_http(door, mood).await,
            Way::Socket => self.write_over_socket(door, mood).await,
        };
    }

    async fn write_over_http(&mut self, door: Door, mood: Mood) -> Option<()> {
        let mut tries: VecDeque<usize> = self.open.iter().copied().chain(self.answered()).collect();
        loop {
            let index = match (tries.pop_front(), mood) {
                (Some(index), _) => index,
                (None, Mood::Busy { pause }) => self.compose(door, pause).await,
                (None, Mood::Finishing) => return Some(()),
            };
            let Sent { cid, text, .. } = self.sent[index].clone();
            let room = self.room(index);
            let post = PostMessage { cid: cid.clone(), text, acknowledged: None };
            let answer = self.person.post(door.address, &room, &post).await.ok()?;
            // Going down, or without its database, it says so; the outcome is unknown then.
            if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
                self.refused += 1;
                return None;
            }
            assert!(answer.status().is_success(), "{cid}: {}", answer.status());
            let Written { seq, id, .. } = answer.json().await.ok()?;
            self.note(cid, seq, id, door);
        }
    }

    async fn write_over_socket(&mut self, door: Door, mood: Mood) -> Option<()> {
        let mut socket = self.person.socket(door.address).await?;
        let mut owed = 0;
        for frame in self.unsettled() {
            socket.say(&frame).await?;
            owed += 1;
        }
        loop {
            if let Mood::Busy { pause } = mood {
                while owed < WINDOW {
                    let index = self.compose(door, pause).await;
                    for frame in self.fresh(index) {
                        socket.say(&frame).await?;
                        owed += 1;
                    }
                }
            } else if owed == 0 {
                return Some(());
            }
            if self.heed(socket.hear().await?, door)? {
                owed -= 1;
            }
        }
    }

    /// Whether this answers something; `None` when the server cannot.
    fn heed(&mut self, frame: ServerFrame, door: Door) -> Option<bool> {
        match frame {
            ServerFrame::Ack { cid, seq, id, .. } => self.note(cid, seq, id, door),
            ServerFrame::Cancelled { cid } => {
                self.settle(&cid);
                self.cancelled.push(cid);
            }
            ServerFrame::Error { code: Code::CidConflict, cid: Some(cid), .. }
                if self.regretted.contains(&self.indices[&cid]) => {}
            ServerFrame::Error { code: Code::DependencyDown, .. } => {
                self.refused += 1;
                return None;
            }
            ServerFrame::Hello { .. } | ServerFrame::Closing { .. } => return Some(false),
            other => panic!("{} got {other:?}", self.name),
        }
        Some(true)
    }

    /// What is open is sent again or given up; a few that were answered come once more.
    fn unsettled(&mut self) -> Vec<ClientFrame> {
        let fickle = self.open.iter().filter(|index| index.is_multiple_of(FICKLE));
        self.regretted.extend(fickle);
        let open = self.open.iter().map(|index| {
            if self.regretted.contains(index) { self.cancel(*index) } else { self.post(*index) }
        });
        open.chain(self.answered().map(|index| self.post(index))).collect()
    }

    /// The last ones that were answered, either way: what was given up must stay so, however late a frame comes.
    fn answered(&self) -> impl Iterator<Item = usize> {
        let acked = self.acks.iter().rev().take(AGAIN).map(|ack| &ack.cid);
        acked.chain(self.cancelled.iter().rev().take(AGAIN)).map(|cid| self.indices[cid])
    }

    /// What is said for a new try.
    fn fresh(&mut self, index: usize) -> Vec<ClientFrame> {
        if index % REGRETTED == 1 {
            self.regretted.insert(index);
            vec![self.post(index), self.cancel(index)]
        } else if index % FORESTALLED == 1 {
            self.regretted.insert(index);
            vec![self.cancel(index), self.post(index)]
        } else if index.is_multiple_of(DOUBLED) {
            vec![self.post(index); 2]
        } else {
            vec![self.post(index)]
        }
    }

    async fn compose(&mut self, door: Door, pause: Duration) -> usize {
        if !pause.is_zero() {
            sleep(pause).await;
        }
        let index = self.sent.len();
        let sent = Sent {
            cid: format!("{}-{index}", self.name),
            author: self.person.account.clone(),
            feed: self.places[index % self.places.len()].feed.clone(),
            text: format!("Сообщение {index} от {}", self.name),
            node: door.node,
            at: self.order.next(),
        };
        self.indices.insert(sent.cid.clone(), index);
        self.sent.push(sent);
        self.open.push_back(index);
        index
    }

    fn room(&self, index: usize) -> String {
        self.places[index % self.places.len()].room.clone()
    }

    fn post(&self, index: usize) -> ClientFrame {
        let Sent { cid, text, .. } = self.sent[index].clone();
        ClientFrame::post(cid, self.room(index), text)
    }

    fn cancel(&self, index: usize) -> ClientFrame {
        ClientFrame::Cancel { cid: self.sent[index].cid.clone() }
    }

    fn note(&mut self, cid: String, seq: u64, id: String, door: Door) {
        self.settle(&cid);
        self.acks.push(Ack { cid, seq, id, node: door.node, at: self.order.next() });
        self.bell.send_replace(door.node);
    }

    fn settle(&mut self, cid: &str) {
        let index = *self.indices.get(cid).unwrap_or_else(|| panic!("{cid} was never asked for"));
        self.open.retain(|open| *open != index);
    }
}
