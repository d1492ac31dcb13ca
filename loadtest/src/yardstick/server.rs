//! The yardstick: a server that does nothing but what no server can do without. One thread on epoll, no object
//! per message, each entry made once as the bytes of a frame, and whatever a round of events brought goes to each
//! reader in one `send`. It speaks enough of `medchat.v1` for a crowd not to notice; it checks, keeps and numbers
//! nothing beyond one room.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Context as _;
use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, Event, EventData, EventFlags};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, accept_with, bind, getsockname, listen,
    recv, send, socket_with, sockopt,
};
use wire::frame::{ClientFrame, Entry, ServerFrame};
use wire::message::{Author, PersonKind};

use crate::framing::{self, Frame};

/// The id of its only room.
pub const ROOM: &str = "01900000-0000-7000-8000-000000000001";
/// How many connections may wait to be accepted.
const BACKLOG: i32 = 4096;
const EVENTS: usize = 1024;
const READ: usize = 64 * 1024;
/// The event of the listener.
const LISTENER: u64 = u64::MAX;
/// Whoever is this many bytes behind is cut off; nobody is, in a yardstick's runs.
const BEHIND: usize = 16 * 1024 * 1024;

/// Serves on a free port of loopback until the process is ended; gives the address to `said`.
///
/// # Errors
/// When there is no port or no file left.
pub fn run(said: impl FnOnce(SocketAddr) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let listener = socket_with(AddressFamily::INET, SocketType::STREAM, flags, None)?;
    bind(&listener, &SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    listen(&listener, BACKLOG)?;
    said(getsockname(&listener)?.try_into()?)?;
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    epoll::add(&epoll, &listener, EventData::new_u64(LISTENER), EventFlags::IN)?;
    let mut room = Room { epoll, listener, readers: BTreeMap::new(), next: 0, head: 0, round: Vec::new() };
    let mut events = Vec::with_capacity(EVENTS);
    let mut scratch = vec![0; READ];
    loop {
        match epoll::wait(&room.epoll, spare_capacity(&mut events), None) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error).context("waiting"),
        }
        for Event { data, flags } in events.drain(..) {
            room.happen(data.u64(), flags, &mut scratch);
        }
        room.broadcast();
    }
}

struct Room {
    epoll: OwnedFd,
    listener: OwnedFd,
    readers: BTreeMap<u64, Reader>,
    next: u64,
    head: u64,
    /// The frames of this round of events, for everybody.
    round: Vec<u8>,
}

struct Reader {
    socket: OwnedFd,
    is_upgraded: bool,
    is_subscribed: bool,
    partial: Vec<u8>,
    /// What is for this reader alone.
    own: Vec<u8>,
    /// What the socket did not take.
    unsent: Vec<u8>,
}

/// The reader is gone.
struct Gone;

impl Room {
    fn happen(&mut self, id: u64, flags: EventFlags, scratch: &mut [u8]) {
        if id == LISTENER {
            self.accept();
            return;
        }
        let Some(reader) = self.readers.get_mut(&id) else { return };
        let mut outcome = Ok(());
        if flags.contains(EventFlags::OUT) {
            outcome = reader.send(&[]);
            if reader.unsent.is_empty() {
                let _ = epoll::modify(&self.epoll, &reader.socket, EventData::new_u64(id), EventFlags::IN);
            }
        }
        if outcome.is_ok() && flags.intersects(EventFlags::IN | EventFlags::HUP | EventFlags::ERR) {
            outcome = match recv(&reader.socket, &mut *scratch, RecvFlags::empty()) {
                Ok((_, length)) if length > 0 => self.take(id, scratch.get(..length).unwrap_or_default()),
                Err(Errno::AGAIN | Errno::INTR) => Ok(()),
                _ => Err(Gone),
            };
        }
        if outcome.is_err() {
            self.readers.remove(&id);
        }
    }

    fn accept(&mut self) {
        while let Ok(socket) = accept_with(&self.listener, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC) {
            let id = self.next;
            self.next += 1;
            let ready = sockopt::set_tcp_nodelay(&socket, true)
                .and_then(|()| epoll::add(&self.epoll, &socket, EventData::new_u64(id), EventFlags::IN));
            if ready.is_ok() {
                let (partial, own, unsent) = (Vec::new(), Vec::new(), Vec::new());
                let reader =
                    Reader { socket, is_upgraded: false, is_subscribed: false, partial, own, unsent };
                self.readers.insert(id, reader);
            }
        }
    }

    fn take(&mut self, id: u64, fresh: &[u8]) -> Result<(), Gone> {
        let Some(reader) = self.readers.get_mut(&id) else { return Err(Gone) };
        let mut bytes = std::mem::take(&mut reader.partial);
        bytes.extend_from_slice(fresh);
        let mut rest = bytes.as_slice();
        if !reader.is_upgraded {
            let Some(end) = rest.windows(4).position(|window| window == b"\r\n\r\n") else {
                reader.partial = bytes;
                return Ok(());
            };
            rest = rest.get(end + 4..).unwrap_or_default();
            reader.greet();
        }
        while let Some(frame) = Frame::first(rest).map_err(|_| Gone)? {
            if frame.opcode == framing::TEXT {
                let said = serde_json::from_slice(&frame.unmasked()).map_err(|_| Gone)?;
                self.answer(id, said);
            } else if frame.opcode == framing::CLOSE {
                return Err(Gone);
            }
            rest = rest.get(frame.length..).unwrap_or_default();
        }
        let Some(reader) = self.readers.get_mut(&id) else { return Err(Gone) };
        reader.partial = rest.to_vec();
        // What comes of a post leaves with the round.
        if self.round.is_empty() { reader.send(&[]) } else { Ok(()) }
    }

    fn answer(&mut self, id: u64, said: ClientFrame) {
        let Some(reader) = self.readers.get_mut(&id) else { return };
        match said {
            ClientFrame::Subscribe { feed, .. } => {
                reader.is_subscribed = true;
                put(
                    &mut reader.own,
                    &ServerFrame::Subscribed { feed, epoch: "bare".into(), head: self.head },
                );
            }
            ClientFrame::Post { cid, text, .. } => {
                self.head += 1;
                let (feed, seq) = (format!("room:{ROOM}"), self.head);
                put(&mut self.round, &entry(&feed, seq, &cid, text));
                let ack = ServerFrame::Ack { cid, feed, seq, id: ROOM.into(), at: AT.into() };
                put(&mut reader.own, &ack);
            }
            _ => {}
        }
    }

    /// One `send` to each reader, with everything this round brought.
    fn broadcast(&mut self) {
        if self.round.is_empty() {
            return;
        }
        let round = std::mem::take(&mut self.round);
        let mut gone = Vec::new();
        for (id, reader) in self.readers.iter_mut().filter(|(_, reader)| reader.is_subscribed) {
            let was_behind = !reader.unsent.is_empty();
            if reader.send(&round).is_err() {
                gone.push(*id);
            } else if !was_behind && !reader.unsent.is_empty() {
                let flags = EventFlags::IN | EventFlags::OUT;
                let _ = epoll::modify(&self.epoll, &reader.socket, EventData::new_u64(*id), flags);
            }
        }
        gone.iter().for_each(|id| drop(self.readers.remove(id)));
        self.round = round;
        self.round.clear();
    }
}

impl Reader {
    fn greet(&mut self) {
        self.is_upgraded = true;
        self.own.extend_from_slice(
            b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
              Sec-WebSocket-Protocol: medchat.v1\r\n\r\n",
        );
        let hello = ServerFrame::Hello { session: ROOM.into(), server_time: AT.into() };
        put(&mut self.own, &hello);
    }

    /// Sends what had to wait, what is for this reader, and `round`; keeps what the socket does not take.
    fn send(&mut self, round: &[u8]) -> Result<(), Gone> {
        if self.unsent.is_empty() && self.own.is_empty() {
            return self.send_now(round);
        }
        let mut bytes = std::mem::take(&mut self.unsent);
        bytes.append(&mut self.own);
        bytes.extend_from_slice(round);
        self.send_now(&bytes)
    }

    fn send_now(&mut self, bytes: &[u8]) -> Result<(), Gone> {
        if bytes.is_empty() {
            return Ok(());
        }
        let taken = match send(&self.socket, bytes, SendFlags::NOSIGNAL) {
            Ok(taken) => taken,
            Err(Errno::AGAIN) => 0,
            Err(_) => return Err(Gone),
        };
        self.unsent.extend_from_slice(bytes.get(taken..).unwrap_or_default());
        if self.unsent.len() > BEHIND { Err(Gone) } else { Ok(()) }
    }
}

/// A moment, as long as any other.
const AT: &str = "2026-01-01T00:00:00.000Z";

/// An entry as long as those of the product.
fn entry(feed: &str, seq: u64, cid: &str, text: String) -> ServerFrame {
    let author =
        Author {
            id: ROOM.into(), kind: PersonKind::Resident, alias: "Житель 1".into(), signature: None
        };
    let (id, at, cid) = (ROOM.into(), AT.into(), Some(cid.to_owned()));
    let entry = Entry::Message { id, at, author, text, cid, hidden: false };
    ServerFrame::Entry { feed: feed.to_owned(), seq, entry }
}

fn put(out: &mut Vec<u8>, frame: &ServerFrame) {
    let text = serde_json::to_vec(frame).unwrap_or_default();
    framing::put(out, framing::TEXT, &text);
}
