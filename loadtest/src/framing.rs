//! WebSocket frames (RFC 6455 §5.2) by hand, for both ends: a library's object per connection would cost more
//! than everything else a member of a crowd needs. No fragments, no extensions: the server makes none.

/// The opcode of a text frame.
pub const TEXT: u8 = 0x1;
/// The opcode of a close frame.
pub const CLOSE: u8 = 0x8;
/// The opcode of a ping.
pub const PING: u8 = 0x9;
/// The opcode of a pong.
pub const PONG: u8 = 0xa;

const FINAL: u8 = 0x80;
const MASKED: u8 = 0x80;
/// Nobody sends longer frames here; a longer one means that the stream is out of step.
const LONGEST: u64 = 1024 * 1024;

/// A frame in the bytes of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What kind it is.
    pub opcode: u8,
    /// The mask, on frames of clients.
    pub mask: Option<[u8; 4]>,
    /// What it carries, still masked.
    pub payload: &'a [u8],
    /// How many bytes of the stream it takes.
    pub length: usize,
}

/// The bytes are no frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

impl<'a> Frame<'a> {
    /// The first frame in `bytes`; `None` while it is not whole.
    ///
    /// # Errors
    /// [`Broken`] for a fragment, a reserved bit, or a length nobody sends.
    pub fn first(bytes: &'a [u8]) -> Result<Option<Self>, Broken> {
        let [head, second, rest @ ..] = bytes else { return Ok(None) };
        if head & 0xf0 != FINAL {
            return Err(Broken);
        }
        let Some((length, rest)) = length(second & !MASKED, rest) else { return Ok(None) };
        if length > LONGEST {
            return Err(Broken);
        }
        let (mask, rest) = if second & MASKED == 0 {
            (None, rest)
        } else {
            let Some((mask, rest)) = rest.split_first_chunk::<4>() else { return Ok(None) };
            (Some(*mask), rest)
        };
        let Some(payload) = usize::try_from(length).ok().and_then(|length| rest.get(..length)) else {
            return Ok(None);
        };
        let length = bytes.len() - rest.len() + payload.len();
        Ok(Some(Self { opcode: head & 0x0f, mask, payload, length }))
    }

    /// What it carries, in the clear.
    pub fn unmasked(&self) -> Vec<u8> {
        let mut bytes = self.payload.to_vec();
        if let Some(mask) = self.mask {
            apply(&mut bytes, mask);
        }
        bytes
    }

    /// The code of a close frame.
    pub fn close_code(&self) -> Option<u16> {
        self.payload.first_chunk().map(|code| u16::from_be_bytes(*code))
    }
}

/// The length that `short` stands for, and what follows it.
fn length(short: u8, rest: &[u8]) -> Option<(u64, &[u8])> {
    match short {
        126 => rest.split_first_chunk().map(|(length, rest)| (u64::from(u16::from_be_bytes(*length)), rest)),
        127 => rest.split_first_chunk().map(|(length, rest)| (u64::from_be_bytes(*length), rest)),
        short => Some((u64::from(short), rest)),
    }
}

fn put_head(out: &mut Vec<u8>, opcode: u8, length: usize, mask: u8) {
    out.push(FINAL | opcode);
    if let Ok(short @ 0..126) = u8::try_from(length) {
        out.push(mask | short);
    } else if let Ok(length) = u16::try_from(length) {
        out.push(mask | 126);
        out.extend(length.to_be_bytes());
    } else {
        out.push(mask | 127);
        out.extend((length as u64).to_be_bytes());
    }
}

/// Appends a frame as a server sends it.
pub fn put(out: &mut Vec<u8>, opcode: u8, payload: &[u8]) {
    put_head(out, opcode, payload.len(), 0);
    out.extend_from_slice(payload);
}

/// Appends a frame as a client sends it. The mask protects caches of the web from chosen bytes; here any will do.
pub fn put_masked(out: &mut Vec<u8>, opcode: u8, payload: &[u8]) {
    const MASK: [u8; 4] = [0x6d, 0x65, 0x64, 0x21];
    put_head(out, opcode, payload.len(), MASKED);
    out.extend(MASK);
    let from = out.len();
    out.extend_from_slice(payload);
    if let Some(put) = out.get_mut(from..) {
        apply(put, MASK);
    }
}

fn apply(bytes: &mut [u8], mask: [u8; 4]) {
    bytes.iter_mut().zip(mask.iter().cycle()).for_each(|(byte, mask)| *byte ^= mask);
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use tokio_tungstenite::tungstenite::protocol::{Role, WebSocket};
    use tokio_tungstenite::tungstenite::{Bytes, Message};

    use super::*;

    const LENGTHS: [usize; 6] = [0, 1, 125, 126, 65_535, 65_536];

    /// What the library reads when our bytes come over the wire.
    fn read_by_library(bytes: Vec<u8>, role: Role) -> Message {
        WebSocket::from_raw_socket(Cursor::new(bytes), role, None).read().unwrap()
    }

    /// The bytes the library writes.
    fn written_by_library(message: Message, role: Role) -> Vec<u8> {
        let mut socket = WebSocket::from_raw_socket(Cursor::new(Vec::new()), role, None);
        socket.send(message).unwrap();
        socket.get_ref().get_ref().clone()
    }

    #[test]
    fn the_library_reads_what_we_write() {
        for length in LENGTHS {
            let text = "я".repeat(length);
            let (mut ours, mut theirs) = (Vec::new(), Vec::new());
            put_masked(&mut ours, TEXT, text.as_bytes());
            put(&mut theirs, TEXT, text.as_bytes());
            assert_eq!(read_by_library(ours, Role::Server), Message::text(text.as_str()), "{length}");
            assert_eq!(read_by_library(theirs, Role::Client), Message::text(text), "{length}");
        }
        let mut pong = Vec::new();
        put_masked(&mut pong, PONG, b"here");
        assert_eq!(read_by_library(pong, Role::Server), Message::Pong(Bytes::from_static(b"here")));
    }

    #[test]
    fn we_read_what_the_library_writes() {
        for length in LENGTHS {
            let text = "q".repeat(length);
            for role in [Role::Server, Role::Client] {
                let bytes = written_by_library(Message::text(text.as_str()), role);
                let frame = Frame::first(&bytes).unwrap().unwrap();
                assert_eq!((frame.opcode, frame.length), (TEXT, bytes.len()));
                assert_eq!(frame.mask.is_some(), role == Role::Client);
                assert_eq!(frame.unmasked(), text.as_bytes());
            }
        }
    }

    #[test]
    fn a_part_of_a_frame_is_none_yet() {
        let bytes = written_by_library(Message::text("q".repeat(300)), Role::Client);
        for whole in 0..bytes.len() {
            assert_eq!(Frame::first(&bytes[..whole]), Ok(None), "{whole} bytes");
        }
    }

    #[test]
    fn what_is_out_of_step_is_told() {
        assert_eq!(Frame::first(&[0x01, 0]), Err(Broken), "a fragment");
        assert_eq!(Frame::first(&[0xc1, 0]), Err(Broken), "a reserved bit");
        assert_eq!(Frame::first(&[0x81, 127, 1, 0, 0, 0, 0, 0, 0, 0]), Err(Broken), "too long");
    }

    #[test]
    fn a_close_frame_says_why() {
        let bytes = [0x88, 2, 0x0f, 0xa1];
        assert_eq!(Frame::first(&bytes).unwrap().unwrap().close_code(), Some(4001));
    }
}
