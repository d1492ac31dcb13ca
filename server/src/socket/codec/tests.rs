//! Whatever a client of the library sends, in whatever pieces it arrives, is heard as it was said; whatever nobody may
//! send is refused as soon as its header is there.

use std::io::{Cursor, Read, Write};

use proptest::prelude::*;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{CloseFrame, Frame};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocket};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::*;

/// What a client writes, kept.
#[derive(Default)]
struct Wire(Vec<u8>);

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Read for Wire {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::WouldBlock.into())
    }
}

/// The bytes the library's client sends for these messages.
fn sent(messages: Vec<Message>) -> Vec<u8> {
    let mut client = WebSocket::from_raw_socket(Wire::default(), Role::Client, None);
    for message in messages {
        client.send(message).unwrap();
    }
    std::mem::take(&mut client.get_mut().0)
}

/// Everything heard when the bytes arrive in pieces of these sizes, and what is kept at the end.
fn heard(bytes: &[u8], pieces: &[usize]) -> (Vec<Heard>, Result<Option<Box<Half>>, Fault>) {
    let (mut half, mut all) = (None, Vec::new());
    let mut sizes = pieces.iter().copied().cycle();
    let mut rest = bytes.to_vec();
    while !rest.is_empty() {
        let size = sizes.next().unwrap_or(rest.len()).clamp(1, rest.len());
        let mut piece: Vec<u8> = rest.drain(..size).collect();
        let mut fresh = piece.as_mut_slice();
        loop {
            match next(&mut half, fresh) {
                Ok(Some(said)) => all.push(said),
                Ok(None) => break,
                Err(fault) => return (all, Err(fault)),
            }
            fresh = &mut [];
        }
    }
    (all, Ok(half))
}

/// A message, cut into frames, with control frames between them.
#[derive(Debug, Clone)]
struct Said {
    text: Option<String>,
    cuts: Vec<usize>,
    between: Vec<(bool, Vec<u8>)>,
}

impl Said {
    fn payload(&self) -> Vec<u8> {
        self.text.clone().map_or_else(|| vec![0xff, 0, 1], String::into_bytes)
    }

    fn frames(&self) -> Vec<Message> {
        let mut rest = self.payload();
        let mut pieces: Vec<Vec<u8>> =
            self.cuts.iter().map(|cut| rest.drain(..*cut.min(&rest.len())).collect()).collect();
        pieces.push(rest);
        let count = pieces.len();
        let mut frames = Vec::new();
        for (index, piece) in pieces.into_iter().enumerate() {
            let kind = match (index, &self.text) {
                (0, Some(_)) => Data::Text,
                (0, None) => Data::Binary,
                _ => Data::Continue,
            };
            frames.push(Message::Frame(Frame::message(piece, OpCode::Data(kind), index + 1 == count)));
            if index + 1 < count {
                frames.extend(self.between.iter().map(|(ping, payload)| match ping {
                    true => Message::Ping(payload.clone().into()),
                    false => Message::Pong(payload.clone().into()),
                }));
            }
        }
        frames
    }

    fn heard(&self) -> Vec<Heard> {
        let mut all = Vec::new();
        for _ in 0..self.cuts.len() {
            all.extend(self.between.iter().map(|(ping, payload)| match ping {
                true => Heard::Ping(payload.clone()),
                false => Heard::Pong,
            }));
        }
        all.push(self.text.clone().map_or(Heard::Binary, Heard::Text));
        all
    }
}

fn said() -> impl Strategy<Value = Said> {
    let text = prop_oneof![
        4 => "\\PC{0,200}".prop_map(Some),
        1 => (16_000_usize..=MAX_FRAME).prop_map(|length| Some("x".repeat(length))),
        1 => Just(None),
    ];
    let control = (any::<bool>(), prop::collection::vec(any::<u8>(), 0..=CONTROL));
    (text, prop::collection::vec(0_usize..300, 0..4), prop::collection::vec(control, 0..3))
        .prop_map(|(text, cuts, between)| Said { text, cuts, between })
}

fn pieces() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![
        Just(vec![usize::MAX]),
        Just(vec![1]),
        prop::collection::vec(1_usize..40, 1..20),
        prop::collection::vec(1_usize..20_000, 1..5),
    ]
}

proptest! {
    #[test]
    fn what_a_client_says_is_heard_however_it_is_cut(
        all in prop::collection::vec(said(), 1..6),
        pieces in pieces(),
        goodbye in prop::option::of((3000_u16..5000, "\\PC{0,30}")),
    ) {
        let mut frames: Vec<Message> = all.iter().flat_map(Said::frames).collect();
        let code = goodbye.as_ref().map(|(code, _)| *code);
        let close = goodbye.map(|(code, reason)| CloseFrame { code: code.into(), reason: reason.into() });
        frames.push(Message::Close(close));
        let mut expected: Vec<Heard> = all.iter().flat_map(Said::heard).collect();
        expected.push(Heard::Close(code));
        prop_assert_eq!(heard(&sent(frames), &pieces), (expected, Ok(None)), "and nothing is kept");
    }

    #[test]
    fn no_bytes_make_it_panic_or_keep_more_than_a_frame(
        bytes in prop::collection::vec(any::<u8>(), 0..2000),
        pieces in pieces(),
    ) {
        let (_, kept) = heard(&bytes, &pieces);
        if let Ok(Some(half)) = kept {
            let message = half.message.map_or(0, |message| message.payload.len());
            prop_assert!(message <= MAX_FRAME);
            prop_assert!(half.bytes.len() - half.taken <= bytes.len());
        }
    }

    #[test]
    fn a_spoiled_header_is_heard_alike_however_it_is_cut(
        text in "\\PC{0,50}", at in 0_usize..8, bits in 1_u8..=255, pieces in pieces(),
    ) {
        let mut bytes = sent(vec![Message::text(text), Message::Ping(vec![1].into())]);
        let at = at % bytes.len();
        bytes[at] ^= bits;
        prop_assert_eq!(heard(&bytes, &pieces), heard(&bytes, &[usize::MAX]));
    }
}

/// A frame by hand, masked with nothing.
fn by_hand(first: u8, length: &[u8], payload: &[u8]) -> Vec<u8> {
    [&[first], length, &[0; 4], payload].concat()
}

#[test]
fn what_nobody_may_send_is_refused_by_its_header() {
    let fault = |bytes: &[u8]| heard(bytes, &[1]).1;
    for (what, bytes) in [
        ("not masked", vec![0x81, 0x00]),
        ("an extension", by_hand(0xc1, &[0x80], b"")),
        ("another extension", by_hand(0x91, &[0x80], b"")),
        ("an opcode nobody knows", by_hand(0x83, &[0x80], b"")),
        ("a control opcode nobody knows", by_hand(0x8b, &[0x80], b"")),
        ("a ping in pieces", by_hand(0x09, &[0x80], b"")),
        ("a long ping", vec![0x89, 0xfe]),
        ("a close too long", vec![0x88, 0xff]),
        ("a continuation of nothing", by_hand(0x80, &[0x80], b"")),
        ("a message within another", [by_hand(0x01, &[0x81], b"a"), by_hand(0x81, &[0x80], b"")].concat()),
        ("a length longer than it need be", by_hand(0x81, &[0xfe, 0, 125], b"")),
        ("a much longer one", by_hand(0x81, &[0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff], b"")),
        ("a negative length", by_hand(0x82, &[0xff, 0x80, 0, 0, 0, 0, 0, 0, 0], b"")),
        ("half a close code", by_hand(0x88, &[0x81], &[3])),
        ("a close code that must not travel", by_hand(0x88, &[0x82], &1005_u16.to_be_bytes())),
        ("a code nobody gave out", by_hand(0x88, &[0x82], &2000_u16.to_be_bytes())),
        ("a reason that is no text", by_hand(0x88, &[0x83], &[3, 232, 0xff])),
    ] {
        assert_eq!(fault(&bytes), Err(Fault::Protocol), "{what}");
    }
    assert_eq!(fault(&by_hand(0x81, &[0x81], &[0xff])), Err(Fault::NotUtf8));
    // Before the payload comes.
    assert_eq!(fault(&[0x82, 0xfe, 0x40, 0x01]), Err(Fault::TooBig));
    assert_eq!(fault(&[0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0]), Err(Fault::TooBig));
    let pieces = [by_hand(0x01, &[0xfe, 0x20, 0], &[b' '; 0x2000]), by_hand(0x80, &[0xfe, 0x20, 1], b"")];
    assert_eq!(fault(&pieces.concat()), Err(Fault::TooBig), "no piece is too big, the whole is");
}

#[test]
fn the_library_understands_our_control_frames() {
    let bytes = [ping(), pong(&[7; 125]), close(Some((4001, "slow")))].concat();
    // It answers what it reads.
    struct Both(Cursor<Vec<u8>>);
    impl Read for Both {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            self.0.read(into)
        }
    }
    impl Write for Both {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut client = WebSocket::from_raw_socket(Both(Cursor::new(bytes)), Role::Client, None);
    assert_eq!(client.read().unwrap(), Message::Ping(Vec::new().into()));
    assert_eq!(client.read().unwrap(), Message::Pong(vec![7; 125].into()));
    let goodbye = CloseFrame { code: CloseCode::from(4001), reason: Utf8Bytes::from_static("slow") };
    assert_eq!(client.read().unwrap(), Message::Close(Some(goodbye)));
    let mut client = WebSocket::from_raw_socket(Both(Cursor::new(close(None).to_vec())), Role::Client, None);
    assert_eq!(client.read().unwrap(), Message::Close(None));
}
