//! Facts that others may be told, once they are durable. An act collects them while it writes; whoever
//! commits hands them on.

use crate::feed::{Entry, Feed};
use crate::id::{AccountId, SessionId, TakingId};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// An entry was appended to its feed.
    Appended {
        /// The entry.
        entry: Box<Entry>,
        /// Its author's name for the try that made it.
        cid: Option<String>,
    },
    /// A private feed has come to a number: who may read it fetches what it says.
    Raised {
        /// The feed.
        feed: Feed,
        /// Its head.
        seq: u64,
    },
    /// Those who owe the feed an answer have read up to a number.
    Seen {
        /// The feed.
        feed: Feed,
        /// The number.
        seq: u64,
    },
    /// A right was taken away.
    Taken(Taking),
}

/// A right that was taken away. It is told on several ways and has an id, so that each node takes it to heart once:
/// whoever came back meanwhile stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taking {
    /// Which one.
    pub id: TakingId,
    /// Whose right it was.
    pub account: AccountId,
    /// What ends with it.
    pub what: Taken,
}

/// What ends when a right is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Every open socket of the account: its rights are read anew when it comes back.
    Everything,
    /// This session.
    Session(SessionId),
    /// The reading of this feed.
    Feed(Feed),
}
