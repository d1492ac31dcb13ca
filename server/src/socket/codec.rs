//! RFC 6455 from the server's side: what a client's bytes say, however they are cut, and the control frames we
//! answer with. Pure: bytes in, messages out. What is not whole yet is kept in a small box that is there only as
//! long as something is missing.

use wire::frame::MAX_FRAME;

use crate::live::encode::Bytes;

/// The largest payload of a control frame.
const CONTROL: usize = 125;

/// What a client said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A text message.
    Text(String),
    /// A binary message. We speak text alone, so what it says does not matter.
    Binary,
    /// It asks whether we are there: these bytes are to be sent back.
    Ping(Vec<u8>),
    /// It is there.
    Pong,
    /// It closes, with this code.
    Close(Option<u16>),
}

/// Why a client cannot be listened to any longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It breaks the protocol.
    Protocol,
    /// A frame or a message is larger than agreed.
    TooBig,
    /// A text is not UTF-8.
    NotUtf8,
}

/// What has arrived and is not a whole message yet.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Half {
    /// Bytes that have not been looked at: a piece of a frame, or frames behind the one that was heard last.
    bytes: Vec<u8>,
    /// How many of them were taken.
    taken: usize,
    /// The message whose frames are coming.
    message: Option<Message>,
}

impl Half {
    /// Bytes that came before anybody listened.
    pub fn of(early: &[u8]) -> Option<Box<Self>> {
        (!early.is_empty()).then(|| Box::new(Self { bytes: early.to_vec(), ..Self::default() }))
    }
}

/// A message whose last frame has not come yet.
#[derive(Debug, Default, PartialEq, Eq)]
struct Message {
    text: bool,
    payload: Vec<u8>,
}

/// The next thing the client said, out of what is kept in `half` and the `fresh` bytes behind it; `None` when more
/// must come first. All that remains is kept in `half`.
///
/// # Errors
/// Why it must be closed.
pub fn next(half: &mut Option<Box<Half>>, fresh: &mut [u8]) -> Result<Option<Heard>, Fault> {
    let Some(mut kept) = half.take() else {
        // Most frames come whole and alone: nothing is copied and nothing kept.
        let mut message = None;
        let (heard, taken) = decode(fresh, &mut message)?;
        let rest = fresh.get(taken..).unwrap_or_default();
        if !rest.is_empty() || message.is_some() {
            *half = Some(Box::new(Half { bytes: rest.to_vec(), taken: 0, message }));
        }
        return Ok(heard);
    };
    kept.bytes.extend_from_slice(fresh);
    let Half { bytes, taken, message } = &mut *kept;
    let (heard, more) = decode(bytes.get_mut(*taken..).unwrap_or_default(), message)?;
    *taken = taken.saturating_add(more);
    if heard.is_none() {
        // Whatever was taken has become part of the message.
        bytes.drain(..*taken);
        *taken = 0;
    }
    if *taken < bytes.len() || message.is_some() {
        *half = Some(kept);
    }
    Ok(heard)
}

/// Takes whole frames from the beginning of `bytes` until they say something; gives how many bytes were taken.
fn decode(bytes: &mut [u8], message: &mut Option<Message>) -> Result<(Option<Heard>, usize), Fault> {
    let mut taken: usize = 0;
    loop {
        let rest = bytes.get_mut(taken..).unwrap_or_default();
        let Some(header) = Header::read(rest, message.as_ref())? else { return Ok((None, taken)) };
        let Some(payload) = rest.get_mut(header.size..header.size.saturating_add(header.length)) else {
            return Ok((None, taken));
        };
        unmask(payload, header.mask);
        taken = taken.saturating_add(header.size).saturating_add(header.length);
        if let Some(heard) = header.say(payload, message)? {
            return Ok((Some(heard), taken));
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Continuation,
    Text,
    Binary,
    Close,
    Ping,
    Pong,
}

/// The header of a frame.
struct Header {
    last: bool,
    kind: Kind,
    mask: [u8; 4],
    /// The bytes of the header itself.
    size: usize,
    /// The bytes of its payload.
    length: usize,
}

impl Header {
    /// Reads a header, and refuses it as early as can be; `None` when it is not whole.
    fn read(bytes: &[u8], message: Option<&Message>) -> Result<Option<Self>, Fault> {
        let [first, second, rest @ ..] = bytes else { return Ok(None) };
        let kind = match first & 0x7f {
            0 => Kind::Continuation,
            1 => Kind::Text,
            2 => Kind::Binary,
            8 => Kind::Close,
            9 => Kind::Ping,
            10 => Kind::Pong,
            // An extension we did not agree on, or an opcode nobody knows.
            _ => return Err(Fault::Protocol),
        };
        let last = first & 0x80 != 0;
        let short = usize::from(second & 0x7f);
        let control = matches!(kind, Kind::Close | Kind::Ping | Kind::Pong);
        let out_of_turn = match kind {
            Kind::Continuation => message.is_none(),
            Kind::Text | Kind::Binary => message.is_some(),
            Kind::Close | Kind::Ping | Kind::Pong => !last || short > CONTROL,
        };
        // Clients mask, RFC 6455 §5.1.
        if out_of_turn || second & 0x80 == 0 {
            return Err(Fault::Protocol);
        }
        let Some((length, rest)) = length(short, rest)? else { return Ok(None) };
        let before = message.map_or(0, |message| message.payload.len());
        if !control && length.saturating_add(before as u64) > MAX_FRAME as u64 {
            return Err(Fault::TooBig);
        }
        let Some(mask) = rest.first_chunk::<4>() else { return Ok(None) };
        let size = bytes.len().saturating_sub(rest.len()).saturating_add(mask.len());
        let length = usize::try_from(length).map_err(|_| Fault::TooBig)?;
        Ok(Some(Self { last, kind, mask: *mask, size, length }))
    }

    /// What the frame with this payload says; `None` when its message goes on.
    fn say(&self, payload: &[u8], message: &mut Option<Message>) -> Result<Option<Heard>, Fault> {
        match self.kind {
            Kind::Ping => return Ok(Some(Heard::Ping(payload.to_vec()))),
            Kind::Pong => return Ok(Some(Heard::Pong)),
            Kind::Close => return close_code(payload).map(|code| Some(Heard::Close(code))),
            Kind::Text | Kind::Binary if self.last => {
                return whole(self.kind == Kind::Text, payload).map(Some);
            }
            Kind::Text | Kind::Binary => {
                *message = Some(Message { text: self.kind == Kind::Text, payload: payload.to_vec() });
            }
            Kind::Continuation => {
                if let Some(message) = message {
                    message.payload.extend_from_slice(payload);
                }
            }
        }
        match message.take_if(|_| self.last) {
            Some(Message { text, payload }) => whole(text, &payload).map(Some),
            None => Ok(None),
        }
    }
}

/// The length of a payload, and what comes behind it; `None` when it is not whole. It must be written as shortly as
/// can be.
fn length(short: usize, bytes: &[u8]) -> Result<Option<(u64, &[u8])>, Fault> {
    let (length, least, rest) = match short {
        126 => match bytes.split_first_chunk::<2>() {
            Some((long, rest)) => (u64::from(u16::from_be_bytes(*long)), 126, rest),
            None => return Ok(None),
        },
        127 => match bytes.split_first_chunk::<8>() {
            Some((long, rest)) => (u64::from_be_bytes(*long), 1 << 16, rest),
            None => return Ok(None),
        },
        short => (short as u64, 0, bytes),
    };
    if length < least || length >> 63 != 0 { Err(Fault::Protocol) } else { Ok(Some((length, rest))) }
}

fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    let (chunks, rest) = payload.as_chunks_mut::<4>();
    for chunk in chunks {
        *chunk = (u32::from_ne_bytes(*chunk) ^ u32::from_ne_bytes(mask)).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask) {
        *byte ^= mask;
    }
}

fn whole(text: bool, payload: &[u8]) -> Result<Heard, Fault> {
    if !text {
        return Ok(Heard::Binary);
    }
    std::str::from_utf8(payload).map(|text| Heard::Text(text.to_owned())).map_err(|_| Fault::NotUtf8)
}

/// The code a client closes with. Codes that must not travel are a fault, RFC 6455 §7.4, and so is a reason that is
/// no text.
fn close_code(payload: &[u8]) -> Result<Option<u16>, Fault> {
    let Some((code, reason)) = payload.split_first_chunk::<2>() else {
        return if payload.is_empty() { Ok(None) } else { Err(Fault::Protocol) };
    };
    let code = u16::from_be_bytes(*code);
    let travels = matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
    if travels && std::str::from_utf8(reason).is_ok() { Ok(Some(code)) } else { Err(Fault::Protocol) }
}

/// A ping without anything in it.
pub const fn ping() -> Bytes {
    Bytes::from_static(&[0x89, 0])
}

/// The answer to a ping.
pub fn pong(payload: &[u8]) -> Bytes {
    control(0x8a, payload)
}

/// A close with a code and a reason; without both for `None`.
pub fn close(why: Option<(u16, &str)>) -> Bytes {
    let mut payload = Vec::new();
    if let Some((code, reason)) = why {
        payload.extend(code.to_be_bytes());
        payload.extend(reason.bytes());
    }
    control(0x88, &payload)
}

fn control(first: u8, payload: &[u8]) -> Bytes {
    let payload = payload.get(..CONTROL).unwrap_or(payload);
    let length = u8::try_from(payload.len()).unwrap_or_default();
    [&[first, length], payload].concat().into()
}

#[cfg(test)]
mod tests;
