//! What happened, told by everyone who took part: what was sent, what the servers said, what is stored and what
//! everybody read. It says nothing about what should have happened (`check`), and knows no server, no socket and no
//! database.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A place in the order in which everything happened.
pub type Moment = u64;

/// Hands out moments: what begins after something else has ended has the later one, whoever notes it.
#[derive(Debug, Clone, Default)]
pub struct Order(Arc<AtomicU64>);

impl Order {
    /// The next moment.
    pub fn next(&self) -> Moment {
        self.0.fetch_add(1, Ordering::SeqCst)
    }

    /// How many there were: a measure of how much has happened.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A post, as its writer made it. Names of tries are unique over all writers here.
#[derive(Debug, Clone)]
pub struct Sent {
    pub cid: String,
    pub author: String,
    pub feed: String,
    pub text: String,
    /// By which node it was sent first.
    pub node: usize,
    /// When it was about to be sent first.
    pub at: Moment,
}

/// What the server said became of a try; for a try sent again there are several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ack {
    pub cid: String,
    pub seq: u64,
    pub id: String,
    /// Which node said so.
    pub node: usize,
    /// When it had been heard.
    pub at: Moment,
}

/// One entry, as it is stored or as a reader got it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub seq: u64,
    pub id: String,
    pub author: String,
    pub cid: String,
    pub text: String,
}

/// A feed as the database holds it.
#[derive(Debug, Clone, Default)]
pub struct Stored {
    pub head: u64,
    pub lines: Vec<Line>,
}

/// All that one reader got of one feed, over all its connections and whatever nodes they were with.
#[derive(Debug, Clone)]
pub struct Transcript {
    pub reader: String,
    pub feed: String,
    pub lines: Vec<Line>,
    /// For whoever lost the right to read it: the feed's head when the loss had to have reached every socket.
    pub silent_after: Option<u64>,
}

/// A time in which the database stood still, so that nothing can have become durable.
#[derive(Debug, Clone, Copy)]
pub struct Away {
    /// It stood still by now.
    pub from: Moment,
    /// It was about to go on.
    pub until: Moment,
}

/// That a step of the clock of a promise has come, as it is told in a feed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Notice {
    pub feed: String,
    /// The appeal, the clock, the cycle and the step.
    pub about: String,
}

/// Everything that happened.
#[derive(Debug, Clone, Default)]
pub struct History {
    pub sent: Vec<Sent>,
    pub acks: Vec<Ack>,
    /// The tries of which a server said that they are given up for ever.
    pub cancelled: Vec<String>,
    pub stored: BTreeMap<String, Stored>,
    pub transcripts: Vec<Transcript>,
    pub away: Vec<Away>,
    /// What had to be told, and what was.
    pub due: Vec<Notice>,
    pub told: Vec<Notice>,
}
