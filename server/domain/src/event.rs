//! Facts that others may be told, once they are durable. An act collects them while it writes; whoever
//! commits hands them on.

use crate::feed::{Entry, Feed};
use crate::id::{AccountId, SessionId};

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
    /// These people may no longer read the feed.
    Withdrawn {
        /// The feed.
        feed: Feed,
        /// Whose right ended.
        accounts: Vec<AccountId>,
    },
    /// Those who owe the feed an answer have read up to a number.
    Seen {
        /// The feed.
        feed: Feed,
        /// The number.
        seq: u64,
    },
    /// A session has ended.
    SessionEnded {
        /// The session.
        session: SessionId,
        /// Whose it was.
        account: AccountId,
    },
    /// A right of this account was taken away.
    RightTaken(AccountId),
}
