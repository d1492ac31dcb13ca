//! What a process with a crowd in it is told, and what it tells: one JSON object per line, on its standard input
//! and output.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::delivery::Faults;
use crate::latency::Buckets;

/// What a crowd is told.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Order {
    /// Who they are and where they go; the first order, once.
    Begin(Begin),
    /// Everybody who is away opens a socket, so many at once.
    Open {
        /// How many openings may be under way.
        at_once: u32,
    },
    /// Posts on a schedule.
    Post(Plan),
    /// No further post is begun.
    Hush,
    /// Every socket is dropped without a farewell, and everybody comes back at once.
    Storm,
    /// Nobody reads any more.
    Stall,
    /// Everybody reads again.
    Wake,
    /// Says how it went once every feed was heard up to its number by everybody, or when patience ends.
    Await {
        /// Feeds and their last numbers.
        heads: BTreeMap<String, u64>,
        /// How long to wait, in milliseconds.
        patience: u64,
    },
}

/// Who a crowd is and where it goes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Begin {
    /// Tells the posts of this run from others.
    pub run: u32,
    /// The nodes; members take turns.
    pub addresses: Vec<SocketAddr>,
    /// Host and port as the server knows itself.
    pub authority: String,
    /// The address to come from, when ports of one are too few.
    pub source: Option<Ipv4Addr>,
    /// The file of tokens; without one nobody signs in.
    pub tokens: Option<PathBuf>,
    /// Where in it the first member's token begins, in bytes.
    pub from: u64,
    /// The number of the first member in the whole run.
    pub first: u32,
    /// The members in the order of their tokens: how many, of which room.
    pub groups: Vec<Group>,
    /// The rooms.
    pub rooms: Vec<RoomFeeds>,
    /// Whether everybody follows their own mailbox.
    pub mailbox: bool,
    /// Whether who is cut off comes back.
    pub returns: bool,
    /// The size of the sockets' receive buffers, to have small ones.
    pub receive_buffer: Option<u32>,
}

impl Begin {
    /// Where the member at `place` goes: members take turns, and who turned away from a node goes to one of the
    /// others, those of one node each to another.
    pub fn node(&self, place: u32, detours: u32) -> Option<SocketAddr> {
        let nodes = u32::try_from(self.addresses.len()).ok()?;
        let number = self.first + place;
        let others = nodes.saturating_sub(1).max(1);
        let step = 1 + number.checked_div(nodes)? % others;
        let turn = number.wrapping_add(step.wrapping_mul(detours)) % nodes;
        self.addresses.get(usize::try_from(turn).ok()?).copied()
    }
}

/// Members of one room whose tokens follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// How many.
    pub count: u32,
    /// The room's place in the list of rooms.
    pub room: usize,
}

/// A room as its members know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomFeeds {
    /// Its id.
    pub id: String,
    /// Its feed.
    pub feed: String,
    /// The feed of its region's announcements.
    pub announcements: Option<String>,
    /// Whether its latencies are reported apart.
    pub apart: bool,
}

/// What is posted, and when.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Plan {
    /// The index of the first post.
    pub first: u32,
    /// How many posts.
    pub count: u32,
    /// When they are due.
    pub pace: Pace,
    /// None is begun from this moment on, on the clock.
    pub until: u64,
    /// The members who take turns, by their places in this crowd.
    pub senders: Vec<u32>,
    /// The rooms that take turns with them, by id; without any everybody posts in their own.
    pub rooms: Vec<String>,
    /// How many characters are added to each text.
    pub padding: u32,
}

/// When posts are due.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// So many a second from this moment on, whatever the server does.
    Rate {
        /// Posts a second.
        rate: f64,
        /// When the first is due, on the clock.
        start: u64,
    },
    /// So many in flight: the next when one was heard by every member of its room.
    Heard {
        /// How many in flight.
        window: u32,
    },
    /// So many in flight: the next when one was acknowledged.
    Acked {
        /// How many in flight.
        window: u32,
    },
}

/// What a crowd tells.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "word", rename_all = "snake_case")]
pub enum Word {
    /// How things stand, several times a second.
    Tick(Tick),
    /// How it went; the answer to [`Order::Await`].
    Sums(Box<Sums>),
}

/// How things stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// Members with a socket, signed in and subscribed.
    pub here: u64,
    /// Entries heard.
    pub heard: u64,
    /// Posts sent.
    pub sent: u64,
    /// Posts acknowledged.
    pub acked: u64,
    /// Posts refused.
    pub refused: u64,
    /// Times somebody came back after being cut off.
    pub back: u64,
    /// Times a socket ended that should not have.
    pub cut: u64,
}

/// How it went.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Sums {
    /// The counts.
    pub tick: Tick,
    /// What went wrong with deliveries.
    pub faults: Faults,
    /// From the moment a post was due to each delivery.
    pub deliveries: Buckets,
    /// The same in rooms that are reported apart.
    pub apart: Buckets,
    /// The same of announcements.
    pub news: Buckets,
    /// From the moment a post was due to its acknowledgement.
    pub acks: Buckets,
    /// From the loss of a socket to being subscribed again.
    pub returns: Buckets,
    /// Posts refused, by code.
    pub refused: BTreeMap<String, u64>,
    /// Sockets that ended, by reason.
    pub cut: BTreeMap<String, u64>,
    /// The numbers acknowledged in each feed.
    pub acked: BTreeMap<String, Span>,
    /// Index and number of every post heard, in the order of indices.
    pub numbers: Vec<(u32, u64)>,
}

/// The numbers that posts of a feed were acknowledged under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The lowest.
    pub first: u64,
    /// The highest.
    pub last: u64,
    /// How many.
    pub count: u64,
}

impl Span {
    /// One number.
    pub const fn of(seq: u64) -> Self {
        Self { first: seq, last: seq, count: 1 }
    }

    /// Both together.
    pub fn with(self, other: Self) -> Self {
        let (first, last) = (self.first.min(other.first), self.last.max(other.last));
        Self { first, last, count: self.count + other.count }
    }

    /// How many numbers in between were acknowledged to nobody, or one of them twice. Nothing when nobody else posts
    /// in the feed.
    pub const fn strays(self) -> u64 {
        (self.last - self.first + 1).abs_diff(self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_people_of_a_lost_node_go_to_all_others() {
        let address = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let addresses = (1..=4).map(address).collect();
        let begin = Begin { addresses, ..crate::crowd::door::nobody() };
        let mut counts = [0; 5];
        for place in (0..120).filter(|place| begin.node(*place, 0) == Some(address(4))) {
            counts[usize::from(begin.node(place, 1).unwrap().port())] += 1;
        }
        assert_eq!(counts, [0, 10, 10, 10, 0]);
        let one = Begin { addresses: vec![address(1)], ..begin };
        assert_eq!(one.node(7, 3), Some(address(1)));
    }

    #[test]
    fn a_number_left_out_or_given_twice_strays() {
        let span = |seqs: &[u64]| seqs.iter().map(|seq| Span::of(*seq)).reduce(Span::with).unwrap();
        assert_eq!(span(&[7, 5, 6]), Span { first: 5, last: 7, count: 3 });
        assert_eq!(span(&[5, 6, 7]).strays(), 0);
        assert_eq!(span(&[5, 7]).strays(), 1);
        assert_eq!(span(&[5, 6, 6]).strays(), 1);
    }
}
