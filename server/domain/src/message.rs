//! A message of a room as a reader sees it, folded from the entries of the feed, and the client's own name
//! for a try to send one (`cid`).

use std::fmt;

use crate::author::Author;
use crate::feed::{Body, Entry};
use crate::id::EntryId;
use crate::moment::Moment;

/// How long an author may change a message: 15 minutes, in milliseconds.
pub const EDIT_WINDOW: i64 = 15 * 60 * 1000;

/// A client's name for one try to write: 1–64 printable ASCII characters, one space per author.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cid(String);

/// The text is not a cid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a cid has 1 to 64 printable ASCII characters")]
pub struct NotACid;

impl Cid {
    /// The cid `text`.
    pub fn new(text: &str) -> Result<Self, NotACid> {
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        if fits { Ok(Self(text.to_owned())) } else { Err(NotACid) }
    }

    /// The cid as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Cid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A message in its present state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The number of the entry that brought it.
    pub seq: u64,
    /// Its id.
    pub id: EntryId,
    /// When it was written.
    pub at: Moment,
    /// Who wrote it.
    pub author: Author,
    /// The text now; `None` when hidden.
    pub text: Option<String>,
    /// Whether its author changed it.
    pub edited: bool,
    /// Why a moderator hid it.
    pub reason: Option<String>,
}

impl Message {
    /// Folds a message out of the entry that brought it and `later` entries about it, oldest first.
    /// `None` when the entry is no message.
    pub fn fold<'a>(entry: Entry, later: impl Iterator<Item = &'a Entry>) -> Option<Self> {
        let Entry { seq, id, at, author, body: Body::Message { text }, .. } = entry else { return None };
        let mut message = Self { seq, id, at, author, text, edited: false, reason: None };
        for entry in later {
            match &entry.body {
                Body::Edit { target, text } if *target == message.id => {
                    message.edited = true;
                    message.text = if message.text.is_some() { text.clone() } else { None };
                }
                Body::Hide { target, reason } if *target == message.id => {
                    message.text = None;
                    message.reason = Some(reason.clone());
                }
                _ => {}
            }
        }
        Some(message)
    }

    /// Whether a moderator has hidden it.
    pub const fn hidden(&self) -> bool {
        self.text.is_none()
    }

    /// Whether its author may still change it at `now`.
    pub fn is_editable_at(&self, now: Moment) -> bool {
        !self.hidden() && now < self.at.plus_millis(EDIT_WINDOW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Kind;
    use crate::feed::Feed;
    use crate::id::{Id, RoomId};

    fn id<N>(byte: u8) -> Id<N> {
        Id::from_uuid(uuid::Uuid::from_bytes([byte; 16]))
    }

    fn entry(seq: u64, body: Body) -> Entry {
        let author =
            Author { account: id(9), kind: Kind::Resident, alias: "Нина К.".into(), signature: None };
        let room: RoomId = id(7);
        let at = Moment::from_millis(seq.cast_signed());
        Entry { feed: Feed::Room(room), seq, id: id(u8::try_from(seq).unwrap()), at, author, body }
    }

    fn said(text: Option<&str>) -> Entry {
        entry(1, Body::Message { text: text.map(Into::into) })
    }

    fn edit(seq: u64, text: Option<&str>) -> Entry {
        entry(seq, Body::Edit { target: id(1), text: text.map(Into::into) })
    }

    #[test]
    fn the_last_edit_is_what_stands() {
        let edits = [edit(2, Some("б")), edit(3, Some("в"))];
        let message = Message::fold(said(Some("а")), edits.iter()).unwrap();
        assert_eq!((message.text.as_deref(), message.edited), (Some("в"), true));
    }

    #[test]
    fn hidden_stays_hidden_whatever_was_edited_and_says_why() {
        let hide = entry(3, Body::Hide { target: id(1), reason: "телефон".into() });
        let message = Message::fold(said(None), [edit(2, Some("б")), hide].iter()).unwrap();
        assert!(message.hidden());
        assert_eq!(message.reason.as_deref(), Some("телефон"));
        assert!(!message.is_editable_at(Moment::from_millis(2)));
    }

    #[test]
    fn only_a_message_is_a_message() {
        assert_eq!(Message::fold(edit(2, Some("б")), [].iter()), None);
    }

    #[test]
    fn an_author_has_fifteen_minutes() {
        let message = Message::fold(said(Some("а")), [].iter()).unwrap();
        assert!(message.is_editable_at(Moment::from_millis(EDIT_WINDOW)));
        assert!(!message.is_editable_at(Moment::from_millis(EDIT_WINDOW + 1)));
    }

    #[test]
    fn a_cid_is_printable_ascii() {
        for bad in ["", "a\n", "ж", &"x".repeat(65)] {
            assert_eq!(Cid::new(bad), Err(NotACid), "{bad:?}");
        }
        assert_eq!(Cid::new(&"x".repeat(64)).unwrap().as_str().len(), 64);
    }
}
