//! A feed is what one entitlement covers whole, numbered 1, 2, 3 … without a hole. Entries are never taken
//! out: an edit or a hiding is an entry of its own, and only the shown text of an old one may give way to a
//! placeholder.

use std::fmt;
use std::str::FromStr;

use crate::author::Author;
use crate::id::{EntryId, NotAnId, RoomId};
use crate::moment::Moment;

/// The name of a feed: `room:ID`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feed {
    /// What is said in one room.
    Room(RoomId),
}

impl fmt::Display for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Room(id) => write!(f, "room:{id}"),
        }
    }
}

impl FromStr for Feed {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        match text.split_once(':') {
            Some(("room", id)) => id.parse().map(Self::Room),
            _ => Err(NotAnId),
        }
    }
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// A message; `None` once a moderator has hidden it.
    Message {
        /// The text as posted.
        text: Option<String>,
    },
    /// Its author changed a message; `None` once it is hidden.
    Edit {
        /// The message.
        target: EntryId,
        /// The new text.
        text: Option<String>,
    },
    /// A moderator hid a message.
    Hide {
        /// The message.
        target: EntryId,
        /// Why, shown to all readers.
        reason: String,
    },
}

/// One numbered entry of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The feed.
    pub feed: Feed,
    /// The number in it, from 1.
    pub seq: u64,
    /// The entry's id; a message's id is that of the entry that brought it.
    pub id: EntryId,
    /// When it was written; never earlier than the entry before it.
    pub at: Moment,
    /// Who wrote it.
    pub author: Author,
    /// What it says.
    pub body: Body,
}

/// How far a feed has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The history these numbers belong to; only a restore begins a new one.
    pub epoch: String,
    /// The highest number; 0 for an empty feed.
    pub seq: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_feeds_and_nothing_else_does() {
        let text = "room:01939f6e-7c3a-7000-8000-0123456789ab";
        assert_eq!(text.parse::<Feed>().unwrap().to_string(), text);
        for other in ["", "room", "room:", "room:1", "desk:01939f6e-7c3a-7000-8000-0123456789ab", "ROOM:x"] {
            assert!(other.parse::<Feed>().is_err(), "{other}");
        }
    }
}
