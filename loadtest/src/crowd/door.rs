//! Getting in: tokens and upgrades. Who may go in next, and who waits before trying again.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Seek as _, SeekFrom};
use std::os::unix::fs::FileExt as _;

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use wire::frame::SUBPROTOCOL;

use crate::crowd::order::Begin;
use crate::crowd::seat::Seat;

/// Who goes in, and when.
pub struct Door {
    tokens: Option<File>,
    /// Who goes in next.
    queue: VecDeque<u32>,
    /// Who waits for a moment to come.
    waiting: BinaryHeap<Reverse<(u64, u32)>>,
    /// How many openings are under way.
    pub opening: u32,
    /// How many may be.
    pub at_once: u32,
    dice: u64,
}

impl Door {
    /// A closed door in front of these people, and the people.
    ///
    /// # Errors
    /// When there are fewer tokens than people.
    pub fn new(begin: &Begin) -> anyhow::Result<(Self, Vec<Seat>)> {
        let tokens = begin.tokens.as_ref().map(File::open).transpose().context("the file of tokens")?;
        let seats = match &tokens {
            Some(file) => read_seats(begin, file)?,
            None => members(begin).map(|room| Seat::new(0, 0, room)).collect(),
        };
        let dice = u64::from(begin.run) << 32 | u64::from(begin.first) | 1;
        let (queue, waiting) = (VecDeque::new(), BinaryHeap::new());
        Ok((Self { tokens, queue, waiting, opening: 0, at_once: 0, dice }, seats))
    }

    /// Lets somebody go in as soon as there is room.
    pub fn enter(&mut self, seat: u32) {
        self.queue.push_back(seat);
    }

    /// Lets somebody go in after a wait between these milliseconds.
    pub fn enter_later(&mut self, seat: u32, now: u64, [shortest, longest]: [u32; 2]) {
        let span = u64::from(longest.saturating_sub(shortest)) * 1000 + 1;
        let wait = u64::from(shortest) * 1000 + self.roll() % span;
        self.waiting.push(Reverse((now + wait, seat)));
    }

    /// Who may go in now.
    pub fn next(&mut self, now: u64) -> Option<u32> {
        while let Some(Reverse((_, seat))) = self.waiting.pop_if_due(now) {
            self.queue.push_back(seat);
        }
        if self.opening >= self.at_once {
            return None;
        }
        let seat = self.queue.pop_front()?;
        self.opening += 1;
        Some(seat)
    }

    /// When somebody's wait ends.
    pub fn due(&self) -> Option<u64> {
        self.waiting.peek().map(|Reverse((at, _))| *at)
    }

    /// Forgets who waits and who is on the way.
    pub fn clear(&mut self) {
        self.queue.clear();
        self.waiting.clear();
        self.opening = 0;
    }

    /// The token of a member; empty when nobody signs in.
    ///
    /// # Errors
    /// When the file has become shorter.
    pub fn token(&self, seat: &Seat) -> anyhow::Result<String> {
        let Some(file) = &self.tokens else { return Ok(String::new()) };
        let mut bytes = vec![0; usize::try_from(seat.token_length)?];
        file.read_exact_at(&mut bytes, seat.token_at)?;
        Ok(String::from_utf8(bytes)?)
    }

    /// Xorshift: waits must differ from each other, not surprise anybody.
    const fn roll(&mut self) -> u64 {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        self.dice
    }
}

trait PopIfDue {
    fn pop_if_due(&mut self, now: u64) -> Option<Reverse<(u64, u32)>>;
}

impl PopIfDue for BinaryHeap<Reverse<(u64, u32)>> {
    fn pop_if_due(&mut self, now: u64) -> Option<Reverse<(u64, u32)>> {
        self.peek().is_some_and(|Reverse((at, _))| *at <= now).then(|| self.pop())?
    }
}

/// The room of each member, in order.
fn members(begin: &Begin) -> impl Iterator<Item = u32> {
    let rooms = begin.groups.iter().map(|group| (group.count, u32::try_from(group.room).unwrap_or(u32::MAX)));
    rooms.flat_map(|(count, room)| (0..count).map(move |_| room))
}

fn read_seats(begin: &Begin, file: &File) -> anyhow::Result<Vec<Seat>> {
    let mut lines = BufReader::new(file);
    lines.seek(SeekFrom::Start(begin.from))?;
    let mut at = begin.from;
    let mut line = String::new();
    members(begin)
        .map(|room| {
            line.clear();
            let length = lines.read_line(&mut line)?;
            if length == 0 {
                bail!("there are fewer tokens than people");
            }
            let token = u32::try_from(line.trim_end().len())?;
            let seat = Seat::new(at, token, room);
            at += length as u64;
            Ok(seat)
        })
        .collect()
}

/// The feed of the mailbox of whoever this access token speaks for: its `sub` is the account.
pub fn mailbox(token: &str) -> Option<String> {
    let claims = BASE64.decode(token.split('.').nth(1)?).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
    Some(format!("person:{}", claims.get("sub")?.as_str()?))
}

/// The request that turns a connection into a socket.
pub fn upgrade(begin: &Begin, token: &str) -> String {
    let authority = &begin.authority;
    let bearer = if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
    format!(
        "GET /api/v1/socket HTTP/1.1\r\nHost: {authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: bG9hZCBvZiBtZWRjaGF0cw==\r\n\
         Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\n{bearer}\r\n"
    )
}

/// The answer to an upgrade in the first bytes of a stream: its length, once it is whole.
///
/// # Errors
/// The status, when it is a refusal.
pub fn upgraded(bytes: &[u8]) -> Result<Option<usize>, String> {
    const END: &[u8] = b"\r\n\r\n";
    let Some(end) = bytes.windows(END.len()).position(|window| window == END) else { return Ok(None) };
    if bytes.starts_with(b"HTTP/1.1 101") {
        return Ok(Some(end + END.len()));
    }
    let first = bytes.split(|byte| *byte == b'\r').next().unwrap_or_default();
    Err(String::from_utf8_lossy(first).trim_start_matches("HTTP/1.1 ").to_owned())
}

/// A crowd of nobody, for tests.
#[cfg(test)]
pub fn nobody() -> Begin {
    Begin {
        run: 1,
        addresses: Vec::new(),
        authority: "127.0.0.1:1".into(),
        source: None,
        tokens: None,
        from: 0,
        first: 0,
        groups: Vec::new(),
        rooms: Vec::new(),
        mailbox: false,
        returns: false,
        receive_buffer: None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::crowd::order::Group;

    fn begin() -> Begin {
        let groups = vec![Group { count: 2, room: 0 }, Group { count: 1, room: 1 }];
        Begin { groups, ..nobody() }
    }

    #[test]
    fn everybody_finds_their_token() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"skipped\none\nthree\nfour\nfive\n").unwrap();
        let begin = Begin { tokens: Some(file.path().into()), from: 8, ..begin() };
        let (door, seats) = Door::new(&begin).unwrap();
        let tokens: Vec<String> = seats.iter().map(|seat| door.token(seat).unwrap()).collect();
        assert_eq!(tokens, ["one", "three", "four"]);
        assert_eq!(seats.iter().map(|seat| seat.room).collect::<Vec<_>>(), [0, 0, 1]);
        let begin = Begin { from: 18, ..begin };
        assert!(Door::new(&begin).is_err(), "two tokens for three");
    }

    #[test]
    fn so_many_go_in_at_once_and_the_rest_wait() {
        let (mut door, _) = Door::new(&begin()).unwrap();
        door.at_once = 1;
        door.enter(0);
        door.enter(1);
        assert_eq!((door.next(0), door.next(0)), (Some(0), None));
        door.opening = 0;
        assert_eq!(door.next(0), Some(1));
        door.opening = 0;
        door.enter_later(2, 1_000_000, [10, 20]);
        let due = door.due().unwrap();
        assert!((1_010_000..=1_020_000).contains(&due), "{due}");
        assert_eq!((door.next(due - 1), door.next(due)), (None, Some(2)));
    }

    #[test]
    fn a_token_names_its_mailbox() {
        let claims = BASE64.encode(r#"{"sub":"0190-a","sid":"x"}"#);
        assert_eq!(mailbox(&format!("head.{claims}.mark")).as_deref(), Some("person:0190-a"));
        assert_eq!(mailbox("no token"), None);
    }

    #[test]
    fn an_upgrade_is_whole_refused_or_not_here_yet() {
        let good = b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n\x81\x00";
        assert_eq!(upgraded(good), Ok(Some(good.len() - 2)));
        assert_eq!(upgraded(&good[..30]), Ok(None));
        let busy = b"HTTP/1.1 503 Service Unavailable\r\n\r\n";
        assert_eq!(upgraded(busy), Err("503 Service Unavailable".into()));
    }
}
