//! A feed is what one entitlement covers whole, numbered 1, 2, 3 … without a hole. Entries are never taken
//! out: an edit or a hiding is an entry of its own, and only the shown text of an old one may give way to a
//! placeholder.

use std::fmt;
use std::str::FromStr;

use crate::appeal::card::Card;
use crate::appeal::lane::Lane;
use crate::author::Author;
use crate::id::{AccountId, AppealId, EntryId, NotAnId, OrganisationId, RoomId};
use crate::moment::Moment;
use crate::notice::Notice;

/// The name of a feed: `room:ID`, `appeal:ID:public`, `appeal:ID:private`, `desk:ID`, `person:ID`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feed {
    /// What is said in one room.
    Room(RoomId),
    /// A lane of an appeal.
    Appeal(AppealId, Lane),
    /// What happens to the appeals an organisation owes an answer.
    Desk(OrganisationId),
    /// What one person is told.
    Person(AccountId),
}

impl Feed {
    /// Whether its entries are for named people alone. A bus then carries their numbers, never what they say.
    pub const fn is_private(&self) -> bool {
        !matches!(self, Self::Room(_) | Self::Appeal(_, Lane::Public))
    }
}

impl fmt::Display for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Room(id) => write!(f, "room:{id}"),
            Self::Appeal(id, lane) => write!(f, "appeal:{id}:{}", lane.word()),
            Self::Desk(id) => write!(f, "desk:{id}"),
            Self::Person(id) => write!(f, "person:{id}"),
        }
    }
}

impl FromStr for Feed {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        match text.split_once(':') {
            Some(("room", id)) => id.parse().map(Self::Room),
            Some(("appeal", name)) => {
                let (id, lane) = name.split_once(':').ok_or(NotAnId)?;
                Ok(Self::Appeal(id.parse()?, Lane::from_word(lane).ok_or(NotAnId)?))
            }
            Some(("desk", id)) => id.parse().map(Self::Desk),
            Some(("person", id)) => id.parse().map(Self::Person),
            _ => Err(NotAnId),
        }
    }
}

/// A text that only its owner's data key opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Whose data key seals it.
    pub owner: AccountId,
    /// A mark of the key, nonce and ciphertext in base64.
    pub data: String,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// A message; `None` once a moderator has hidden it.
    Message {
        /// The text as posted.
        text: Option<String>,
    },
    /// A message of a private lane, as it is kept.
    Sealed(Sealed),
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
    /// An appeal was opened or has changed. The entry's author is that of the appeal.
    Appeal {
        /// How it stands since.
        card: Box<Card>,
        /// Whether it was opened: this entry stands for the appeal in the history of its room.
        opening: bool,
    },
    /// Something the reader should know.
    Notice(Box<Notice>),
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
    /// The highest number read by staff who owe it an answer.
    pub seen: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_feeds_and_nothing_else_does() {
        const ID: &str = "01939f6e-7c3a-7000-8000-0123456789ab";
        for kind in ["room:ID", "appeal:ID:public", "appeal:ID:private", "desk:ID", "person:ID"] {
            let text = kind.replace("ID", ID);
            assert_eq!(text.parse::<Feed>().unwrap().to_string(), text);
        }
        for other in
            ["", "room", "room:", "room:1", "ROOM:ID", "appeal:ID", "appeal:ID:secret", "desk:ID:public"]
        {
            assert!(other.replace("ID", ID).parse::<Feed>().is_err(), "{other}");
        }
    }

    #[test]
    fn what_named_people_read_is_private() {
        const ID: &str = "01939f6e-7c3a-7000-8000-0123456789ab";
        let private = |kind: &str| kind.replace("ID", ID).parse::<Feed>().unwrap().is_private();
        assert!(["appeal:ID:private", "desk:ID", "person:ID"].into_iter().all(private));
        assert!(!["room:ID", "appeal:ID:public"].into_iter().any(private));
    }
}
