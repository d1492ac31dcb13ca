//! What happened, as the bytes every listener gets: the frame of the socket with its header, ready to be written.
//! Encoded once, shared by all.

use domain::feed::{Body, Entry, Feed};
use wire::appeal::AppealCard;
use wire::frame::{Entry as WireEntry, ServerFrame};
use wire::notice::Notice;

use crate::live::feed::Ready;

/// One frame or several, ready to be written; sharing them copies a pointer.
pub type Bytes = bytes::Bytes;

/// The longest header of a frame that is not masked (RFC 6455 §5.2).
const HEADER: usize = 10;
/// A text frame that is a whole message.
const TEXT: u8 = 0x81;

/// The bytes of a frame. A frame of ours always encodes: it has no maps with odd keys and no floats.
pub fn frame(frame: &ServerFrame) -> Bytes {
    let mut bytes = vec![0; HEADER];
    if serde_json::to_writer(&mut bytes, frame).is_err() {
        bytes.truncate(HEADER);
    }
    with_header(bytes)
}

/// Puts the header into the room left for it, close to what it is the header of.
fn with_header(mut bytes: Vec<u8>) -> Bytes {
    let length = bytes.len().saturating_sub(HEADER);
    let mut header = vec![TEXT];
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ ..126), _) => header.push(short),
        (_, Ok(long)) => {
            header.push(126);
            header.extend(long.to_be_bytes());
        }
        _ => {
            header.push(127);
            header.extend((length as u64).to_be_bytes());
        }
    }
    let unused = HEADER.saturating_sub(header.len());
    for (room, byte) in bytes.iter_mut().skip(unused).zip(header) {
        *room = byte;
    }
    bytes.shrink_to_fit();
    let mut bytes = Bytes::from(bytes);
    bytes::Buf::advance(&mut bytes, unused);
    bytes
}

/// The bytes of an entry of a feed.
pub fn entry(entry: &Entry, cid: Option<&str>) -> Bytes {
    frame(&ServerFrame::Entry { feed: entry.feed.to_string(), seq: entry.seq, entry: wire_entry(entry, cid) })
}

/// An entry of a feed as its listeners get it.
pub fn ready(of: &Entry, cid: Option<&str>) -> Ready {
    Ready { seq: of.seq, bytes: entry(of, cid), hides: matches!(of.body, Body::Hide { .. }) }
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

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use tokio_tungstenite::tungstenite::protocol::{Role, WebSocket};

    use super::*;

    #[test]
    fn a_client_reads_frames_of_every_length_one_after_the_other() {
        let texts: Vec<String> =
            [0, 1, 90, 91, 92, 93, 65_000, 65_600, 300_000].map(|length| "х".repeat(length)).into();
        let frames = texts.iter().map(|text| ServerFrame::Cancelled { cid: text.clone() });
        let bytes: Vec<u8> = frames.clone().flat_map(|it| frame(&it)).collect();
        let mut client = WebSocket::from_raw_socket(Cursor::new(bytes), Role::Client, None);
        for sent in frames {
            let heard = client.read().unwrap().into_text().unwrap();
            assert_eq!(serde_json::from_str::<ServerFrame>(&heard).unwrap(), sent);
        }
    }
}
