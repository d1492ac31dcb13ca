//! What frames mean: who heard which entry, whose post was answered, who is here. Knows no socket.

use wire::frame::{ClientFrame, ServerFrame};

use crate::clock;
use crate::crowd::feed::Feed;
use crate::crowd::order::Begin;
use crate::crowd::posting::{AllUnanswered, Posting};
use crate::crowd::seat::{Seat, Stage};
use crate::crowd::tally::Tally;
use crate::delivery::{Deliveries, Faults};
use crate::stamp::Stamp;

/// The places of the feeds in a [`Seat`].
const ROOM: usize = 0;
const ANNOUNCEMENTS: usize = 1;
const MAILBOX: usize = 2;

/// What a member does after a frame.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing.
    Listen,
    /// Subscribes.
    Subscribe,
    /// Is here now.
    Arrive,
    /// Gives the socket up.
    Leave(String),
}

/// Where everybody meets.
pub struct Hall {
    run: u32,
    feeds: Vec<Feed>,
    /// For each room: its feed and its announcements.
    rooms: Vec<(usize, Option<usize>)>,
    /// The plans under way.
    pub posting: Vec<Posting>,
    /// Posts without an answer.
    pub unanswered: AllUnanswered,
    /// What is counted.
    pub tally: Tally,
}

impl Hall {
    /// An empty hall for these people.
    ///
    /// # Errors
    /// Never.
    pub fn new(begin: &Begin, seats: &[Seat]) -> anyhow::Result<Self> {
        let mut feeds: Vec<Feed> = Vec::new();
        let mut place = |name: &String| {
            feeds.iter().position(|feed| feed.name == *name).unwrap_or_else(|| {
                feeds.push(Feed::new(name.clone()));
                feeds.len() - 1
            })
        };
        let rooms: Vec<_> = begin
            .rooms
            .iter()
            .map(|room| (place(&room.feed), room.announcements.as_ref().map(&mut place)))
            .collect();
        for feed in &mut feeds {
            feed.is_apart = begin.rooms.iter().any(|room| room.apart && room.feed == feed.name);
        }
        let mut hall = Self {
            run: begin.run,
            feeds,
            rooms,
            posting: Vec::new(),
            unanswered: AllUnanswered::new(),
            tally: Tally::new()?,
        };
        for seat in seats {
            for feed in [ROOM, ANNOUNCEMENTS] {
                if let Some(feed) = hall.feed_of(seat, feed).and_then(|feed| hall.feeds.get_mut(feed)) {
                    feed.followers += 1;
                }
            }
        }
        Ok(hall)
    }

    fn feed_of(&self, seat: &Seat, which: usize) -> Option<usize> {
        let (room, announcements) = *self.rooms.get(usize::try_from(seat.room).ok()?)?;
        match which {
            ROOM => Some(room),
            ANNOUNCEMENTS => announcements,
            _ => None,
        }
    }

    fn name_of(&self, seat: &Seat, which: usize) -> Option<&str> {
        self.feeds.get(self.feed_of(seat, which)?).map(|feed| feed.name.as_str())
    }

    /// The subscriptions of a member; who was here before asks for what they missed.
    pub fn subscriptions(&self, seat: &Seat, mailbox: Option<String>) -> Vec<ClientFrame> {
        let names = [
            self.name_of(seat, ROOM).map(str::to_owned),
            self.name_of(seat, ANNOUNCEMENTS).map(str::to_owned),
            mailbox,
        ];
        let named = names.into_iter().zip(&seat.heard).filter_map(|(name, heard)| Some((name?, heard)));
        let subscribe = |(feed, heard): (String, &Deliveries)| ClientFrame::Subscribe {
            feed,
            after: seat.was_here.then(|| heard.heard()),
            epoch: None,
        };
        named.map(subscribe).collect()
    }

    /// Which of a member's feeds has this name.
    fn which(&self, seat: &Seat, name: &str) -> Option<usize> {
        if name.starts_with("person:") {
            return Some(MAILBOX);
        }
        [ROOM, ANNOUNCEMENTS].into_iter().find(|which| self.name_of(seat, *which) == Some(name))
    }

    /// Takes the text of a frame.
    pub fn take(&mut self, seat: &mut Seat, text: &[u8]) -> Next {
        if let Some((feed, seq)) = entry(text) {
            self.hear(seat, feed, seq, text);
            return Next::Listen;
        }
        match serde_json::from_slice(text) {
            Ok(frame) => self.take_other(seat, frame, text),
            Err(error) => Next::Leave(format!("no frame: {error}")),
        }
    }

    fn take_other(&mut self, seat: &mut Seat, frame: ServerFrame, text: &[u8]) -> Next {
        match frame {
            ServerFrame::Hello { .. } => Next::Subscribe,
            ServerFrame::Subscribed { feed, head, .. } => self.subscribed(seat, &feed, head),
            ServerFrame::Entry { feed, seq, .. } => {
                self.hear(seat, &feed, seq, text);
                Next::Listen
            }
            ServerFrame::Ack { cid, feed, seq, .. } => {
                self.acknowledged(&cid, feed, seq);
                Next::Listen
            }
            ServerFrame::Error { cid: Some(cid), code, .. } => {
                if self.answered(&cid).is_some() {
                    self.tally.refuse(format!("{code:?}"));
                }
                Next::Listen
            }
            ServerFrame::Error { code, .. } => Next::Leave(format!("error {code:?}")),
            ServerFrame::Reset { feed, .. } => Next::Leave(format!("reset of {feed}")),
            ServerFrame::Closing { retry_ms } => {
                seat.retry_ms = retry_ms.map(|millis| u32::try_from(millis).unwrap_or(u32::MAX));
                Next::Listen
            }
            _ => Next::Listen,
        }
    }

    fn subscribed(&mut self, seat: &mut Seat, name: &str, head: u64) -> Next {
        let which = self.which(seat, name);
        if let Some(feed) = which.and_then(|which| self.feed_of(seat, which)) {
            self.feeds.get_mut(feed).into_iter().for_each(|feed| feed.stands_at(head));
        }
        if let Some(heard) = which.and_then(|which| seat.heard.get_mut(which)).filter(|_| !seat.was_here) {
            *heard = Deliveries::after(head);
        }
        match seat.stage {
            Stage::Joining(1) => Next::Arrive,
            Stage::Joining(left) => {
                seat.stage = Stage::Joining(left.saturating_sub(1));
                Next::Listen
            }
            _ => Next::Listen,
        }
    }

    fn hear(&mut self, seat: &mut Seat, name: &str, seq: u64, frame: &[u8]) {
        self.tally.tick.heard += 1;
        let Some(which) = self.which(seat, name) else { return };
        if let Some(heard) = seat.heard.get_mut(which) {
            heard.take(seq);
        }
        let Some(place) = self.feed_of(seat, which) else { return };
        let Some(feed) = self.feeds.get_mut(place) else { return };
        let is_apart = feed.is_apart;
        let heard = feed.hear(seq, frame);
        self.tally.renumbered += u64::from(!heard.agrees);
        let Some(stamp) = heard.stamp.filter(|stamp| stamp.run == self.run) else { return };
        let latencies = match which {
            ANNOUNCEMENTS => &mut self.tally.news,
            _ if is_apart => &mut self.tally.apart,
            _ => &mut self.tally.deliveries,
        };
        latencies.record(clock::since(stamp.due));
        if heard.by_all {
            self.posting.iter_mut().for_each(|posting| posting.heard(stamp.index));
        }
    }

    fn answered(&mut self, cid: &str) -> Option<u64> {
        let index = Stamp::index_of_cid(self.run, cid)?;
        let unanswered = self.unanswered.remove(&index)?;
        self.posting.iter_mut().for_each(|posting| posting.answered(index));
        Some(unanswered.due)
    }

    fn acknowledged(&mut self, cid: &str, feed: String, seq: u64) {
        // Whoever repeats a post after a cut gets its first answer again, perhaps twice.
        let Some(due) = self.answered(cid) else { return };
        self.tally.acks.record(clock::since(due));
        self.tally.acknowledge(feed, seq);
    }

    /// Whether a member has heard everything up to these numbers.
    pub fn has_all(&self, seat: &Seat, heads: &std::collections::BTreeMap<String, u64>) -> bool {
        (ROOM..).zip(&seat.heard).all(|(which, heard)| {
            let head = self.name_of(seat, which).and_then(|name| heads.get(name));
            head.is_none_or(|head| heard.has_all(*head))
        })
    }

    /// What went wrong for a member when the feeds ended at these numbers; others ended with what came last.
    pub fn faults(&self, seat: &Seat, heads: &std::collections::BTreeMap<String, u64>) -> Faults {
        let mut faults = Faults::default();
        for (which, heard) in (ROOM..).zip(&seat.heard) {
            let head = self.name_of(seat, which).and_then(|name| heads.get(name)).copied();
            faults += heard.faults(head.unwrap_or_default().max(heard.heard()));
        }
        faults
    }

    /// Index and number of every post heard, in the order of indices.
    pub fn numbers(&self) -> Vec<(u32, u64)> {
        let mut numbers: Vec<(u32, u64)> =
            self.feeds.iter().flat_map(|feed| feed.numbers(self.run)).collect();
        numbers.sort_unstable();
        numbers
    }
}

/// Feed and number of an entry, when the frame is written in the order everybody writes it; anything else is
/// read by the book. This runs for every delivery.
fn entry(text: &[u8]) -> Option<(&str, u64)> {
    let rest = text.strip_prefix(br#"{"ev":"entry","feed":""#)?;
    let end = rest.iter().position(|byte| *byte == b'"')?;
    let (feed, rest) = rest.split_at_checked(end)?;
    let rest = rest.strip_prefix(br#"","seq":"#)?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit());
    let seq = digits.fold(0_u64, |seq, digit| seq.wrapping_mul(10).wrapping_add(u64::from(digit - b'0')));
    Some((str::from_utf8(feed).ok()?, seq))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_known_by_its_beginning() {
        let text = br#"{"ev":"entry","feed":"room:1","seq":120,"entry":{"kind":"message"}}"#;
        assert_eq!(entry(text), Some(("room:1", 120)));
        assert_eq!(entry(br#"{"ev":"pong"}"#), None);
        assert_eq!(entry(br#"{"ev":"entry","seq":1,"feed":"room:1"}"#), None, "read by the book");
    }
}
