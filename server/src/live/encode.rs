//! What happened, as the bytes every listener gets. Encoded once, shared by all.

use domain::feed::{Body, Entry, Feed};
use tokio_tungstenite::tungstenite::Utf8Bytes;
use wire::appeal::AppealCard;
use wire::frame::{Entry as WireEntry, ServerFrame};
use wire::notice::Notice;

/// A frame as text; sharing it copies a pointer.
pub type Bytes = Utf8Bytes;

/// The bytes of a frame. A frame of ours always encodes: it has no maps with odd keys and no floats.
pub fn frame(frame: &ServerFrame) -> Bytes {
    serde_json::to_string(frame).unwrap_or_default().into()
}

/// The bytes of an entry of a feed.
pub fn entry(entry: &Entry, cid: Option<&str>) -> Bytes {
    frame(&ServerFrame::Entry { feed: entry.feed.to_string(), seq: entry.seq, entry: wire_entry(entry, cid) })
}

/// The bytes that tell how far staff have read.
pub fn seen(feed: Feed, seq: u64) -> Bytes {
    frame(&ServerFrame::Seen { feed: feed.to_string(), seq })
}

fn wire_entry(entry: &Entry, cid: Option<&str>) -> WireEntry {
    let at = entry.at.rfc3339();
    match &entry.body {
        Body::Message { text } => WireEntry::Message {
            id: entry.id.to_string(),
            at,
            author: (&entry.author).into(),
            hidden: text.is_none(),
            text: text.clone().unwrap_or_default(),
            cid: cid.map(Into::into),
        },
        Body::Edit { target, text } => {
            WireEntry::Edit { target: target.to_string(), text: text.clone().unwrap_or_default(), at }
        }
        Body::Hide { target, reason } => {
            WireEntry::Hide { target: target.to_string(), reason: reason.clone(), at }
        }
        Body::Appeal { card, .. } => WireEntry::Appeal(Box::new(AppealCard::new(card, &entry.author))),
        Body::Notice(notice) => WireEntry::Notice(Box::new(Notice::new(notice, entry.at))),
        // What the vault did not open is erased: its place stays, as with everything hidden.
        Body::Sealed(_) => WireEntry::Message {
            id: entry.id.to_string(),
            at,
            author: (&entry.author).into(),
            hidden: true,
            text: String::new(),
            cid: cid.map(Into::into),
        },
    }
}
