//! Somebody who follows feeds at whatever node there is, and resumes by number and epoch. Keeps all that came.

use std::collections::BTreeMap;

use wire::frame::{ClientFrame, Entry, ServerFrame};
use wire::problem::Code;

use crate::history::{Line, Transcript};
use crate::people::{Door, Person, Place};

/// How far a reader follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until<'a> {
    /// Until the server is gone.
    TheEnd,
    /// Until everything is read that the server said was there when one came.
    TheHead,
    /// Until these numbers are reached.
    These(&'a BTreeMap<String, u64>),
}

/// Somebody who follows feeds.
pub struct Reader {
    pub name: String,
    person: Person,
    feeds: BTreeMap<String, Followed>,
    /// For whoever lost the right to what they read: the head when that had to have reached them.
    pub silent_after: Option<u64>,
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
        Self { name, person, feeds, silent_after: None }
    }

    /// All it got.
    pub fn transcripts(&self) -> impl Iterator<Item = Transcript> {
        self.feeds.iter().map(|(feed, followed)| Transcript {
            reader: self.name.clone(),
            feed: feed.clone(),
            lines: followed.lines.clone(),
            silent_after: self.silent_after,
        })
    }

    /// Follows this node.
    pub async fn follow(&mut self, door: Door, until: Until<'_>) {
        let _ = self.listen(door, until).await;
    }

    async fn listen(&mut self, door: Door, until: Until<'_>) -> Option<()> {
        let mut socket = self.person.socket(door.address).await?;
        for (feed, followed) in &mut self.feeds {
            followed.head = None;
            let (after, epoch) = (Some(followed.reached()), followed.epoch.clone());
            socket.say(&ClientFrame::Subscribe { feed: feed.clone(), after, epoch }).await?;
        }
        while !self.has_read(until) {
            self.take(socket.hear().await?)?;
        }
        Some(())
    }

    /// Whether it has read so far.
    pub fn has_read(&self, until: Until<'_>) -> bool {
        self.feeds.iter().all(|(feed, followed)| match until {
            Until::TheEnd => false,
            Until::TheHead => followed.head.is_some_and(|head| followed.reached() >= head),
            Until::These(heads) => followed.reached() >= heads[feed],
        })
    }

    /// `None` when this connection leads nowhere.
    fn take(&mut self, frame: ServerFrame) -> Option<()> {
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
            // Whoever lost the right sees nothing there, and a node without its database can show nothing.
            ServerFrame::Error { code: Code::NotFound | Code::DependencyDown, .. } => return None,
            other => panic!("{} got {other:?}", self.name),
        }
        Some(())
    }
}
