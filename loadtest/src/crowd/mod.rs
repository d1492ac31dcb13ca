//! A crowd: thousands of members in one thread, on epoll, a hundred bytes each. A process of its own, so that
//! the limits of one process are not the limits of a run. It does as its orders say and tells how it goes.

mod dial;
mod door;
mod ear;
mod feed;
mod hall;
pub mod order;
mod posting;
mod seat;
mod tally;

use std::collections::BTreeMap;
use std::io::Write as _;

use anyhow::{Context as _, bail};
use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, Event, EventData, EventFlags};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::{RecvFlags, recv, sockopt};

use crate::clock;
use crate::crowd::dial::Dial;
use crate::crowd::door::Door;
use crate::crowd::ear::Orders;
use crate::crowd::hall::{Hall, Next};
use crate::crowd::order::{Begin, Order, Word};
use crate::crowd::posting::{Posting, Unanswered};
use crate::crowd::seat::{Seat, Stage};
use crate::delivery::Faults;
use crate::framing::{self, Frame};
use crate::stamp::Stamp;

/// How much is read at once; shared by everybody.
const READ: usize = 256 * 1024;
/// How many events are taken at once.
const EVENTS: usize = 1024;
/// How often it is told how things stand, in microseconds.
const TELL: u64 = 200_000;
/// The event of standard input; the others are members' places.
const ORDERS: u64 = u64::MAX;

/// Runs a crowd until its standard input ends.
///
/// # Errors
/// One clear line.
pub fn run() -> anyhow::Result<()> {
    let mut orders = Orders::new()?;
    let Some(Order::Begin(begin)) = orders.wait()? else { bail!("the first order begins") };
    let mut crowd = Crowd::new(begin, &orders)?;
    let mut events = Vec::with_capacity(EVENTS);
    loop {
        crowd.work()?;
        let timeout = crowd.timeout();
        match epoll::wait(&crowd.epoll, spare_capacity(&mut events), Some(&timeout)) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error).context("waiting"),
        }
        for Event { data, flags } in events.drain(..) {
            if data.u64() == ORDERS {
                let Some(taken) = orders.take()? else { return Ok(()) };
                taken.into_iter().try_for_each(|order| crowd.obey(order))?;
            } else {
                crowd.happen(u32::try_from(data.u64())?, flags);
            }
        }
    }
}

struct Crowd {
    begin: Begin,
    epoll: OwnedFd,
    seats: Vec<Seat>,
    dial: Dial,
    door: Door,
    hall: Hall,
    scratch: Vec<u8>,
    /// What everybody must have heard, and until when that is waited for.
    awaited: Option<(BTreeMap<String, u64>, u64)>,
    tell_at: u64,
}

impl Crowd {
    fn new(begin: Begin, orders: &Orders) -> anyhow::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        epoll::add(&epoll, &orders.input, EventData::new_u64(ORDERS), EventFlags::IN)?;
        let (door, seats) = Door::new(&begin)?;
        let dial = Dial::new(&begin)?;
        let hall = Hall::new(&begin, &seats)?;
        let (scratch, tell_at) = (vec![0; READ], clock::micros());
        Ok(Self { begin, epoll, seats, dial, door, hall, scratch, awaited: None, tell_at })
    }

    fn obey(&mut self, order: Order) -> anyhow::Result<()> {
        match order {
            Order::Begin(_) => bail!("it has begun already"),
            Order::Open { at_once } => {
                self.door.at_once = at_once;
                let now = clock::micros();
                for (place, seat) in (0..).zip(&mut self.seats).filter(|(_, seat)| seat.stage == Stage::Away)
                {
                    seat.since = now;
                    self.door.enter(place);
                }
            }
            Order::Post(plan) => self.hall.posting.push(Posting::new(plan)),
            Order::Hush => self.hall.posting.iter_mut().for_each(Posting::hush),
            Order::Storm => self.storm(),
            Order::Stall => self.seats.iter().filter_map(|seat| seat.socket.as_ref()).for_each(|socket| {
                let _ = epoll::delete(&self.epoll, socket);
            }),
            Order::Wake => {
                for (place, seat) in (0..).zip(&self.seats) {
                    if let Some(socket) = &seat.socket {
                        epoll::add(&self.epoll, socket, EventData::new_u64(place), EventFlags::IN)?;
                    }
                }
            }
            Order::Await { heads, patience } => {
                self.awaited = Some((heads, clock::micros() + patience * 1000));
            }
        }
        Ok(())
    }

    /// Everybody's socket is gone at once, and everybody wants back.
    fn storm(&mut self) {
        self.door.clear();
        self.door.at_once = u32::MAX;
        let now = clock::micros();
        for (place, seat) in (0..).zip(&mut self.seats) {
            seat.socket = None;
            seat.stage = Stage::Away;
            seat.since = now;
            seat.partial = Vec::new();
            seat.unsent = Vec::new();
            self.door.enter(place);
        }
        self.hall.tally.tick.here = 0;
    }

    /// Does what is due.
    fn work(&mut self) -> anyhow::Result<()> {
        let now = clock::micros();
        while let Some(place) = self.door.next(now) {
            self.open(place);
        }
        self.post(now);
        if now >= self.tell_at {
            self.tell_at = now + TELL;
            self.tell(now)?;
        }
        Ok(())
    }

    fn timeout(&self) -> Timespec {
        let posts = self.hall.posting.iter().filter_map(Posting::due);
        let next = posts.chain(self.door.due()).chain([self.tell_at]).min().unwrap_or_default();
        // A wait has the grain of a millisecond, and rounds up.
        let wait = next.saturating_sub(clock::micros()).min(TELL);
        Timespec { tv_sec: 0, tv_nsec: i64::try_from(wait * 1000).unwrap_or_default() }
    }

    fn tell(&mut self, now: u64) -> anyhow::Result<()> {
        say(&Word::Tick(self.hall.tally.tick))?;
        let Some((heads, until)) = &self.awaited else { return Ok(()) };
        let has_all = |seat: &Seat| self.hall.has_all(seat, heads);
        if now < *until && !(self.hall.unanswered.is_empty() && self.seats.iter().all(has_all)) {
            return Ok(());
        }
        let mut faults = Faults::default();
        self.seats.iter().for_each(|seat| faults += self.hall.faults(seat, heads));
        say(&Word::Sums(Box::new(self.hall.tally.sums(faults, self.hall.numbers()))))?;
        self.awaited = None;
        Ok(())
    }

    fn open(&mut self, place: u32) {
        let Some(seat) = at(&mut self.seats, place) else { return };
        if seat.stage != Stage::Away {
            self.door.opening = self.door.opening.saturating_sub(1);
            return;
        }
        let Some(address) = self.begin.node(place, seat.detours) else { return };
        let dialled = self.dial.dial(address).and_then(|socket| {
            let data = EventData::new_u64(u64::from(place));
            epoll::add(&self.epoll, &socket, data, EventFlags::OUT)?;
            Ok(socket)
        });
        match dialled {
            Ok(socket) => {
                seat.socket = Some(socket);
                seat.stage = Stage::Connecting;
            }
            Err(error) => self.cut(place, &format!("connecting: {error}")),
        }
    }

    /// Something happened on a member's socket.
    fn happen(&mut self, place: u32, flags: EventFlags) {
        let outcome = self.advance(place, flags);
        if let Err(why) = outcome {
            self.cut(place, &why);
        }
    }

    fn advance(&mut self, place: u32, flags: EventFlags) -> Result<(), String> {
        let Some(seat) = at(&mut self.seats, place) else { return Ok(()) };
        if seat.stage == Stage::Connecting {
            return self.connected(place);
        }
        if flags.contains(EventFlags::OUT) {
            seat.send_rest().map_err(|error| error.to_string())?;
            if seat.unsent.is_empty() {
                self.listen_for(place, EventFlags::IN)?;
            }
        }
        if flags.intersects(EventFlags::IN | EventFlags::HUP | EventFlags::ERR) {
            return self.read(place);
        }
        Ok(())
    }

    fn listen_for(&self, place: u32, flags: EventFlags) -> Result<(), String> {
        let socket = usize::try_from(place).ok().and_then(|at| self.seats.get(at)?.socket.as_ref());
        let Some(socket) = socket else { return Ok(()) };
        let data = EventData::new_u64(u64::from(place));
        epoll::modify(&self.epoll, socket, data, flags).map_err(|error| error.to_string())
    }

    fn connected(&mut self, place: u32) -> Result<(), String> {
        let Some(seat) = at(&mut self.seats, place) else { return Ok(()) };
        let Some(socket) = &seat.socket else { return Ok(()) };
        let made = sockopt::socket_error(socket).and_then(|made| made);
        made.map_err(|error| format!("connecting: {error}"))?;
        let token = self.door.token(seat).map_err(|error| format!("token: {error}"))?;
        seat.stage = Stage::Upgrading;
        seat.send(door::upgrade(&self.begin, &token).as_bytes()).map_err(|error| error.to_string())?;
        self.listen_for(place, EventFlags::IN)
    }

    fn read(&mut self, place: u32) -> Result<(), String> {
        let Some(seat) = at(&mut self.seats, place) else { return Ok(()) };
        let Some(socket) = &seat.socket else { return Ok(()) };
        let mut scratch = std::mem::take(&mut self.scratch);
        let read = recv(socket, scratch.as_mut_slice(), RecvFlags::empty());
        let outcome = match read {
            Ok((_, 0)) => Err("no farewell".to_owned()),
            Ok((_, length)) => {
                let fresh = scratch.get(..length).unwrap_or_default();
                let partial = std::mem::take(&mut seat.partial);
                if partial.is_empty() {
                    self.take(place, fresh)
                } else {
                    self.take(place, &[&partial, fresh].concat())
                }
            }
            Err(Errno::AGAIN | Errno::INTR) => Ok(()),
            Err(error) => Err(error.to_string()),
        };
        self.scratch = scratch;
        outcome
    }

    /// Takes the bytes of a stream and keeps what is not whole.
    fn take(&mut self, place: u32, mut bytes: &[u8]) -> Result<(), String> {
        let Some(seat) = at(&mut self.seats, place) else { return Ok(()) };
        if seat.stage == Stage::Upgrading {
            let Some(length) = door::upgraded(bytes)? else {
                seat.partial = bytes.to_vec();
                return Ok(());
            };
            seat.stage = Stage::Joining(0);
            bytes = bytes.get(length..).unwrap_or_default();
        }
        loop {
            match Frame::first(bytes) {
                Ok(Some(frame)) => {
                    self.take_frame(place, &frame)?;
                    bytes = bytes.get(frame.length..).unwrap_or_default();
                }
                Ok(None) => break,
                Err(framing::Broken) => return Err("bytes that are no frames".into()),
            }
        }
        if !bytes.is_empty()
            && let Some(seat) = at(&mut self.seats, place)
        {
            seat.partial = bytes.to_vec();
        }
        Ok(())
    }

    fn take_frame(&mut self, place: u32, frame: &Frame<'_>) -> Result<(), String> {
        let Some(seat) = at(&mut self.seats, place) else { return Ok(()) };
        match frame.opcode {
            framing::TEXT => match self.hall.take(seat, frame.payload) {
                Next::Listen => Ok(()),
                Next::Subscribe => self.subscribe(place),
                Next::Arrive => self.arrive(place),
                Next::Leave(why) => Err(why),
            },
            framing::PING => {
                let mut pong = Vec::new();
                framing::put_masked(&mut pong, framing::PONG, frame.payload);
                seat.send(&pong).map_err(|error| error.to_string())
            }
            framing::CLOSE => Err(frame.close_code().map_or("closed".into(), |code| code.to_string())),
            _ => Ok(()),
        }
    }

    fn subscribe(&mut self, place: u32) -> Result<(), String> {
        let Some(seat) = at(&mut self.seats, place) else { return Ok(()) };
        let mailbox = if self.begin.mailbox {
            let token = self.door.token(seat).map_err(|error| format!("token: {error}"))?;
            door::mailbox(&token)
        } else {
            None
        };
        let frames = self.hall.subscriptions(seat, mailbox);
        seat.stage = Stage::Joining(u8::try_from(frames.len()).unwrap_or(u8::MAX));
        let mut bytes = Vec::new();
        for frame in frames {
            let text = serde_json::to_vec(&frame).map_err(|error| error.to_string())?;
            framing::put_masked(&mut bytes, framing::TEXT, &text);
        }
        seat.send(&bytes).map_err(|error| error.to_string())
    }

    /// Somebody is here, perhaps again: then posts they have no answer to are made again, under their old names.
    fn arrive(&mut self, place: u32) -> Result<(), String> {
        let Some(seat) = at(&mut self.seats, place) else { return Ok(()) };
        let is_back = seat.was_here;
        seat.stage = Stage::Here;
        seat.was_here = true;
        self.door.opening = self.door.opening.saturating_sub(1);
        self.hall.tally.tick.here += 1;
        if is_back {
            self.hall.tally.tick.back += 1;
            self.hall.tally.returns.record(clock::since(seat.since));
            let of_mine = self.hall.unanswered.iter().filter(|(_, post)| post.sender == place);
            let again: Vec<(u32, Unanswered)> = of_mine.map(|(index, post)| (*index, post.clone())).collect();
            again.iter().try_for_each(|(index, post)| self.send_post(*index, post))?;
        }
        Ok(())
    }

    /// A member's socket is gone.
    fn cut(&mut self, place: u32, why: &str) {
        let Some(seat) = at(&mut self.seats, place) else { return };
        let was_here = seat.stage == Stage::Here;
        let comes_again = !was_here || self.begin.returns;
        seat.socket = None;
        seat.stage = Stage::Away;
        seat.detours += 1;
        seat.partial = Vec::new();
        seat.unsent = Vec::new();
        let now = clock::micros();
        if was_here {
            seat.since = now;
            self.hall.tally.tick.here = self.hall.tally.tick.here.saturating_sub(1);
        } else {
            self.door.opening = self.door.opening.saturating_sub(1);
        }
        if comes_again {
            self.door.enter_later(place, now, seat.retry_ms);
        }
        self.hall.tally.cut(why);
    }

    fn post(&mut self, now: u64) {
        let mut due = Vec::new();
        for posting in &mut self.hall.posting {
            while let Some(post) = posting.next(now) {
                due.push((post.index, posting.work(post)));
            }
        }
        for (index, post) in due {
            self.hall.tally.tick.sent += 1;
            // Who is away posts when they are back.
            let is_here = at(&mut self.seats, post.sender).is_some_and(|seat| seat.stage == Stage::Here);
            let sent = if is_here { self.send_post(index, &post) } else { Ok(()) };
            let sender = post.sender;
            self.hall.unanswered.insert(index, post);
            if let Err(why) = sent {
                self.cut(sender, &why);
            }
        }
    }

    fn send_post(&mut self, index: u32, post: &Unanswered) -> Result<(), String> {
        let Some(seat) = at(&mut self.seats, post.sender) else { return Ok(()) };
        let own = usize::try_from(seat.room).ok().and_then(|room| self.begin.rooms.get(room));
        let Some(room) = post.room.as_ref().or(own.map(|room| &room.id)) else { return Ok(()) };
        let stamp = Stamp { run: self.begin.run, index, due: post.due };
        let mut text = stamp.text();
        text.extend((0..post.padding).map(|at| if at % 8 == 0 { ' ' } else { 'я' }));
        let frame = wire::frame::ClientFrame::post(stamp.cid(), room, text);
        let text = serde_json::to_vec(&frame).map_err(|error| error.to_string())?;
        let mut bytes = Vec::with_capacity(text.len() + 16);
        framing::put_masked(&mut bytes, framing::TEXT, &text);
        seat.send(&bytes).map_err(|error| error.to_string())?;
        if seat.unsent.is_empty() {
            Ok(())
        } else {
            self.listen_for(post.sender, EventFlags::IN | EventFlags::OUT)
        }
    }
}

fn at(seats: &mut [Seat], place: u32) -> Option<&mut Seat> {
    usize::try_from(place).ok().and_then(|place| seats.get_mut(place))
}

fn say(word: &Word) -> anyhow::Result<()> {
    let mut line = serde_json::to_vec(word)?;
    line.push(b'\n');
    std::io::stdout().lock().write_all(&line)?;
    Ok(())
}
