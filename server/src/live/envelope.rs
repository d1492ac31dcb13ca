//! What one node tells another: what happened, encoded once. An entry that everybody in its feed's rooms may read
//! travels as the very frame their sockets get; of what named people read the number alone travels, and who may read
//! it reads the store.
//!
//! On the bus an envelope is a line of JSON and, after the line's end, the frame. A line that this version does not
//! understand is passed over: whatever it was about is found in the store two seconds later.

use domain::event::{Event, Taken, Taking};
use domain::feed::Feed;
use serde::{Deserialize, Serialize};

use crate::live::encode::{self, Bytes};
use crate::live::feed::Ready;

/// Something to be told to those who listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Envelope {
    /// An entry was appended.
    Entry {
        /// Its feed.
        feed: Feed,
        /// What its readers get.
        entry: Ready,
    },
    /// A feed has come to a number; what it says is in the store.
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

/// The line of an envelope.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Line {
    Entry {
        feed: String,
        seq: u64,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        hides: bool,
    },
    Raised {
        feed: String,
        seq: u64,
    },
    Seen {
        feed: String,
        seq: u64,
    },
    Taken {
        id: String,
        account: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        session: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        feed: Option<String>,
    },
}

impl Envelope {
    /// The envelope of an event.
    pub fn of(event: &Event) -> Self {
        match event {
            // Nothing of it may leave this process, whoever announced it in full.
            Event::Appended { entry, .. } if entry.feed.is_private() => {
                Self::Raised { feed: entry.feed, seq: entry.seq }
            }
            Event::Appended { entry, cid } => {
                Self::Entry { feed: entry.feed, entry: encode::ready(entry, cid.as_deref()) }
            }
            Event::Raised { feed, seq } => Self::Raised { feed: *feed, seq: *seq },
            Event::Seen { feed, seq } => Self::Seen { feed: *feed, seq: *seq },
            Event::Taken(taking) => Self::Taken(*taking),
        }
    }

    /// The feed it is about; `None` for a taking.
    pub const fn feed(&self) -> Option<Feed> {
        match self {
            Self::Entry { feed, .. } | Self::Raised { feed, .. } | Self::Seen { feed, .. } => Some(*feed),
            Self::Taken(_) => None,
        }
    }

    /// As it travels.
    pub fn seal(&self) -> bytes::Bytes {
        let mut bytes = serde_json::to_vec(&self.line()).unwrap_or_default();
        if let Self::Entry { entry, .. } = self {
            bytes.push(b'\n');
            bytes.extend_from_slice(&entry.bytes);
        }
        bytes.into()
    }

    /// What travelled; `None` when it is no envelope of this version.
    pub fn open(bytes: &[u8]) -> Option<Self> {
        let (line, frame) = match bytes.iter().position(|byte| *byte == b'\n') {
            Some(end) => (bytes.get(..end)?, bytes.get(end.saturating_add(1)..)),
            None => (bytes, None),
        };
        Some(match serde_json::from_slice(line).ok()? {
            Line::Entry { feed, seq, hides } => {
                let feed: Feed = feed.parse().ok()?;
                // A copy, since a slice would keep the whole buffer it was read into.
                let bytes = Bytes::copy_from_slice(frame.filter(|_| !feed.is_private())?);
                Self::Entry { feed, entry: Ready { seq, bytes, hides } }
            }
            Line::Raised { feed, seq } => Self::Raised { feed: feed.parse().ok()?, seq },
            Line::Seen { feed, seq } => Self::Seen { feed: feed.parse().ok()?, seq },
            Line::Taken { id, account, session, feed } => {
                let what = match (session, feed) {
                    (Some(session), _) => Taken::Session(session.parse().ok()?),
                    (None, Some(feed)) => Taken::Feed(feed.parse().ok()?),
                    (None, None) => Taken::Everything,
                };
                Self::Taken(Taking { id: id.parse().ok()?, account: account.parse().ok()?, what })
            }
        })
    }

    fn line(&self) -> Line {
        match self {
            Self::Entry { feed, entry: Ready { seq, hides, .. } } => {
                Line::Entry { feed: feed.to_string(), seq: *seq, hides: *hides }
            }
            Self::Raised { feed, seq } => Line::Raised { feed: feed.to_string(), seq: *seq },
            Self::Seen { feed, seq } => Line::Seen { feed: feed.to_string(), seq: *seq },
            Self::Taken(Taking { id, account, what }) => {
                let (session, feed) = match what {
                    Taken::Everything => (None, None),
                    Taken::Session(session) => (Some(session.to_string()), None),
                    Taken::Feed(feed) => (None, Some(feed.to_string())),
                };
                Line::Taken { id: id.to_string(), account: account.to_string(), session, feed }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::actor::Kind;
    use domain::author::Author;
    use domain::feed::{Body, Entry};
    use domain::id::Id;
    use domain::moment::Moment;

    use super::*;

    fn id<N>(number: u128) -> Id<N> {
        Id::from_uuid(uuid::Uuid::from_u128(number))
    }

    fn said(feed: &str) -> Event {
        let entry = Entry {
            feed: feed.replace("ID", &id::<()>(7).to_string()).parse().unwrap(),
            seq: 3,
            id: id(1),
            at: Moment::from_millis(0),
            author: Author {
                account: id(2), kind: Kind::Resident, alias: "Нина".into(), signature: None
            },
            body: Body::Message { text: Some("Вижу\nзимородка".into()) },
        };
        Event::Appended { entry: Box::new(entry), cid: Some("1".into()) }
    }

    #[test]
    fn what_is_sealed_opens_again() {
        let feed = "desk:00000000-0000-0000-0000-000000000007".parse().unwrap();
        let taken = |what| Envelope::Taken(Taking { id: id(1), account: id(2), what });
        for envelope in [
            Envelope::of(&said("room:ID")),
            Envelope::of(&said("appeal:ID:public")),
            Envelope::Raised { feed, seq: u64::MAX },
            Envelope::Seen { feed, seq: 0 },
            taken(Taken::Everything),
            taken(Taken::Session(id(3))),
            taken(Taken::Feed(feed)),
        ] {
            assert_eq!(Envelope::open(&envelope.seal()), Some(envelope));
        }
    }

    #[test]
    fn nothing_that_named_people_read_is_in_an_envelope() {
        for feed in ["appeal:ID:private", "desk:ID", "person:ID"] {
            let envelope = Envelope::of(&said(feed));
            assert!(matches!(envelope, Envelope::Raised { seq: 3, .. }), "{envelope:?}");
            let bytes = String::from_utf8(envelope.seal().to_vec()).unwrap();
            assert!(!bytes.contains("зимородка") && !bytes.contains("Нина"), "{bytes}");
        }
        let forged = br#"{"kind":"entry","feed":"person:00000000-0000-0000-0000-000000000007","seq":1}"#;
        assert_eq!(Envelope::open(&[&forged[..], b"\n{}"].concat()), None, "nor is it taken out of one");
    }

    #[test]
    fn what_is_not_understood_is_passed_over() {
        for bytes in [&b""[..], b"\n", b"{}", b"{\"kind\":\"dance\"}", b"\xff\n{}", b"{\"kind\":\"entry\"}"] {
            assert_eq!(Envelope::open(bytes), None);
        }
        let without_frame = br#"{"kind":"entry","feed":"room:00000000-0000-0000-0000-000000000007","seq":1}"#;
        assert_eq!(Envelope::open(without_frame), None);
    }
}
