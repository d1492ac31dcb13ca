//! One feed with listeners: lets number n+1 follow n, drops repeats, keeps what came too early until the gap
//! before it is filled from the store, and remembers the last entries of a room for those who come back. Pure state
//! under the hub's lock.

use std::collections::BTreeMap;
use std::sync::Arc;

use smallvec::SmallVec;

use crate::live::encode::Bytes;
use crate::live::outlet::{Frames, Outlet};
use crate::live::tail::Tail;

/// How many early entries are kept; beyond that they are read from the store like the gap.
const EARLY: usize = 1024;

/// An entry ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// Its number.
    pub seq: u64,
    /// Its frame.
    pub bytes: Bytes,
    /// Whether it hides what an earlier one says, which is shown to nobody from then on.
    pub hides: bool,
}

/// A listener, and the number after which it listens.
struct Listener {
    outlet: Arc<Outlet>,
    after: u64,
}

/// A feed that somebody listens to. Most are somebody's own and have one listener, so whatever else there is to one
/// is there only when it is needed.
#[derive(Default)]
pub struct LiveFeed {
    /// The highest number handed on; `None` until the first listener has caught up with the store.
    head: Option<u64>,
    #[expect(clippy::box_collection, reason = "two words less in each of a million feeds")]
    early: Option<Box<BTreeMap<u64, Ready>>>,
    /// The highest number heard of without what it says, as private feeds announce theirs.
    raised: u64,
    listeners: SmallVec<[Listener; 1]>,
    /// Connections that are reading the store and will listen next.
    joining: u32,
    /// A room's last entries, once they were read.
    tail: Option<Box<Tail>>,
}

/// What the hub must do after an offer.
#[derive(Debug, PartialEq, Eq)]
pub enum Offered {
    /// Nothing.
    Fine,
    /// Numbers after this one are missing: read them from the store.
    Gap(u64),
}

impl LiveFeed {
    /// A connection is about to read the store; from now on nothing is forgotten.
    pub fn begin_joining(&mut self) {
        self.joining = self.joining.saturating_add(1);
    }

    /// A connection that was reading the store gave up.
    pub fn end_joining(&mut self) {
        self.joining = self.joining.saturating_sub(1);
    }

    /// Lets `outlet`, which is no listener yet, listen from `after` on, if that is as far as this feed has come. If
    /// not, gives how far it has come: read up to there and ask again.
    pub fn join(&mut self, outlet: &Arc<Outlet>, after: u64) -> Result<(), u64> {
        match self.head {
            Some(head) if head > after => Err(head),
            _ if self.raised > after => Err(self.raised),
            head => {
                self.listeners.push(Listener { outlet: outlet.clone(), after });
                if head.is_none() {
                    self.head = Some(after);
                    self.hand_on();
                }
                Ok(())
            }
        }
    }

    /// Remembers what the store says of a room: its history, how far it has come, and its last entries.
    pub fn learn(&mut self, epoch: String, head: u64, last: Vec<Ready>) {
        if self.tail.is_some() {
            return;
        }
        let mut tail = Tail::new(epoch);
        for ready in last {
            tail.add(ready.bytes);
        }
        self.tail = Some(Box::new(tail));
        self.head = Some(head);
        self.hand_on();
    }

    /// The history and the head of a room whose last entries are remembered.
    pub fn known(&self) -> Option<(&str, u64)> {
        self.tail.as_ref().map(|tail| tail.epoch()).zip(self.head)
    }

    /// Lets `outlet` listen to a room from its head on; gives what it has missed since `after`. `None` when that is
    /// not remembered.
    pub fn resume(&mut self, outlet: &Arc<Outlet>, after: u64) -> Option<Frames> {
        let head = self.head?;
        let missed = self.tail.as_ref()?.last(head.checked_sub(after)?)?;
        self.join(outlet, head).ok()?;
        Some(missed)
    }

    /// Ends the listening of everybody whose outlet `lost` names.
    pub fn dismiss(&mut self, lost: impl Fn(&Outlet) -> bool) {
        self.listeners.retain(|listener| !lost(&listener.outlet));
    }

    /// Ends the listening of `outlet`.
    pub fn leave(&mut self, outlet: &Outlet) {
        let place = self.listeners.iter().position(|listener| std::ptr::eq(&*listener.outlet, outlet));
        if let Some(place) = place {
            self.listeners.swap_remove(place);
        }
    }

    /// Whether nobody listens or is about to.
    pub fn is_idle(&self) -> bool {
        self.listeners.is_empty() && self.joining == 0
    }

    /// Takes entries that are durable, such as those of one commit. Each listener is given all of them at once.
    pub fn offer(&mut self, entries: impl IntoIterator<Item = Ready>) -> Offered {
        let mut highest = 0;
        let head = self.head.unwrap_or_default();
        for ready in entries {
            highest = highest.max(ready.seq);
            if ready.seq > head {
                self.keep(ready);
            }
        }
        self.hand_on();
        match self.head {
            Some(head) if highest > head => Offered::Gap(head),
            _ => Offered::Fine,
        }
    }

    /// Hears that the feed has come to `seq`, without what it says.
    pub fn raise(&mut self, seq: u64) -> Offered {
        self.raised = self.raised.max(seq);
        match self.head {
            Some(head) if head < seq => Offered::Gap(head),
            _ => Offered::Fine,
        }
    }

    /// How far the feed has come when it is known to go further.
    pub fn gap(&self) -> Option<u64> {
        self.head.filter(|head| *head < self.raised || self.early.is_some())
    }

    /// Hands a frame without a number to every listener.
    pub fn hint(&self, bytes: &Bytes) {
        for listener in &self.listeners {
            listener.outlet.push(bytes.clone());
        }
    }

    fn keep(&mut self, ready: Ready) {
        let early = self.early.get_or_insert_default();
        early.insert(ready.seq, ready);
        if early.len() > EARLY {
            early.pop_last();
        }
    }

    /// Hands on what follows the head without a gap.
    fn hand_on(&mut self) {
        let Some(head) = self.head else { return };
        let run = self.take_run(head);
        let Some(last) = run.last() else { return };
        self.head = Some(last.seq);
        if let Some(tail) = &mut self.tail {
            for ready in &run {
                if ready.hides {
                    tail.forget();
                }
                tail.add(ready.bytes.clone());
            }
        }
        let all = join(&run);
        for listener in &self.listeners {
            if listener.after <= head {
                listener.outlet.push(all.clone());
            } else if listener.after < last.seq {
                // Whoever had read further than this feed had come gets the rest alone.
                let known = run.iter().filter(|ready| ready.seq <= listener.after);
                listener.outlet.push(all.slice(known.map(|ready| ready.bytes.len()).sum::<usize>()..));
            }
        }
    }

    /// Takes from what came early all that follows `head` without a gap.
    fn take_run(&mut self, mut head: u64) -> Vec<Ready> {
        let mut run = Vec::new();
        let Some(early) = &mut self.early else { return run };
        while let Some(first) = early.first_entry() {
            if *first.key() > head.saturating_add(1) {
                break;
            }
            let ready = first.remove();
            if ready.seq > head {
                head = ready.seq;
                run.push(ready);
            }
        }
        if early.is_empty() {
            self.early = None;
        }
        run
    }
}

/// The frames of a run as one piece that all listeners share.
fn join(run: &[Ready]) -> Bytes {
    match run {
        [only] => only.bytes.clone(),
        many => many.iter().flat_map(|ready| ready.bytes.iter().copied()).collect::<Vec<u8>>().into(),
    }
}

#[cfg(test)]
mod tests {
    use domain::id::Id;

    use super::*;
    use crate::live::outlet::Due;

    fn outlet() -> Arc<Outlet> {
        let uuid = uuid::Uuid::from_bytes([1; 16]);
        Arc::new(Outlet::new(Id::from_uuid(uuid), Id::from_uuid(uuid)))
    }

    /// Entries of these numbers, each saying its own.
    fn entries(numbers: impl IntoIterator<Item = u64>) -> Vec<Ready> {
        let ready = |seq: u64| Ready { seq, bytes: seq.to_string().into(), hides: false };
        numbers.into_iter().map(ready).collect()
    }

    /// What waits in the outlet, one piece a push.
    async fn frames(outlet: &Outlet) -> Vec<String> {
        outlet.push("end".into());
        let Due::Frames(frames) = outlet.due().await else { panic!("not closed") };
        let text = |frame: &Bytes| String::from_utf8(frame.to_vec()).unwrap();
        frames.iter().map(text).filter(|frame| frame != "end").collect()
    }

    fn text(frames: &Frames) -> String {
        frames.iter().map(|frame| String::from_utf8(frame.to_vec()).unwrap()).collect::<Vec<_>>().join(" ")
    }

    #[tokio::test]
    async fn numbers_come_in_order_once_whatever_order_they_arrive_in() {
        let mut feed = LiveFeed::default();
        let reader = outlet();
        feed.join(&reader, 4).unwrap();
        assert_eq!(feed.offer(entries([6])), Offered::Gap(4));
        assert_eq!(feed.offer(entries([5])), Offered::Fine);
        assert_eq!(feed.offer(entries([5])), Offered::Fine);
        assert_eq!(feed.offer(entries([8])), Offered::Gap(6));
        assert_eq!(feed.offer(entries([3])), Offered::Fine);
        assert_eq!(frames(&reader).await, ["56"], "in one piece");
        assert_eq!(feed.offer(entries([9, 7, 6])), Offered::Fine);
        assert_eq!(frames(&reader).await, ["789"]);
        assert!(feed.early.is_none(), "nothing is kept for nothing");
    }

    #[tokio::test]
    async fn what_came_while_the_first_reader_read_the_store_is_not_lost() {
        let mut feed = LiveFeed::default();
        feed.begin_joining();
        feed.offer(entries([7, 8]));
        let reader = outlet();
        assert_eq!(feed.join(&reader, 7), Ok(()));
        assert_eq!(frames(&reader).await, ["8"]);
        let late = outlet();
        assert_eq!(feed.join(&late, 7), Err(8), "it must read 8 from the store first");
    }

    #[tokio::test]
    async fn a_number_heard_of_while_the_first_reader_read_is_read_too() {
        let mut feed = LiveFeed::default();
        feed.begin_joining();
        assert_eq!(feed.raise(8), Offered::Fine);
        let reader = outlet();
        assert_eq!(feed.join(&reader, 7), Err(8));
        assert_eq!(feed.join(&reader, 8), Ok(()));
        assert_eq!(feed.raise(10), Offered::Gap(8));
        assert_eq!(feed.raise(8), Offered::Fine);
        feed.offer(entries([9]));
        feed.dismiss(|_| true);
        feed.offer(entries([10]));
        assert_eq!(frames(&reader).await, ["9"]);
    }

    #[tokio::test]
    async fn a_reader_ahead_of_the_feed_gets_nothing_twice() {
        let mut feed = LiveFeed::default();
        let (level, ahead) = (outlet(), outlet());
        feed.join(&level, 4).unwrap();
        feed.join(&ahead, 6).unwrap();
        feed.offer(entries(5..=7));
        assert_eq!((frames(&level).await, frames(&ahead).await), (vec!["567".into()], vec!["7".into()]));
        feed.leave(&level);
        feed.offer(entries([8]));
        assert_eq!((frames(&level).await.len(), frames(&ahead).await), (0, vec!["8".into()]));
        assert_eq!(feed.gap(), None);
        feed.raise(9);
        assert_eq!(feed.gap(), Some(8));
    }

    #[tokio::test]
    async fn who_comes_back_is_given_what_is_remembered_and_then_what_is_new() {
        let mut feed = LiveFeed::default();
        feed.begin_joining();
        // Told while the store was read: 7 is in both, 9 is early.
        feed.offer(entries([7, 9]));
        assert_eq!(feed.known(), None);
        feed.learn("first".into(), 7, entries([5, 6, 7]));
        assert_eq!(feed.known(), Some(("first", 7)));
        let reader = outlet();
        assert_eq!(text(&feed.resume(&reader, 4).unwrap()), "5 6 7");
        feed.offer(entries([8]));
        assert_eq!(frames(&reader).await, ["89"]);
        let late = outlet();
        assert!(feed.resume(&late, 3).is_none(), "4 is not remembered");
        assert!(feed.resume(&late, 10).is_none(), "there may be more than memory knows");
        assert_eq!(text(&feed.resume(&late, 9).unwrap()), "");
        feed.offer(entries([10]));
        assert_eq!(frames(&late).await, ["10"]);
        feed.learn("second".into(), 3, Vec::new());
        assert_eq!(feed.known(), Some(("first", 10)), "what is known is not learnt again");
    }

    #[test]
    fn what_was_hidden_is_remembered_no_longer() {
        let mut feed = LiveFeed::default();
        feed.learn("first".into(), 2, entries([1, 2]));
        feed.offer([Ready { seq: 3, bytes: "hide".into(), hides: true }]);
        assert!(feed.resume(&outlet(), 1).is_none(), "the store has the placeholder");
        assert_eq!(text(&feed.resume(&outlet(), 2).unwrap()), "hide");
    }

    #[test]
    fn a_feed_with_one_listener_is_small() {
        assert!(size_of::<LiveFeed>() <= 72, "{} bytes", size_of::<LiveFeed>());
        let mut feed = LiveFeed::default();
        feed.join(&outlet(), 0).unwrap();
        assert!(
            !feed.listeners.spilled() && feed.early.is_none() && feed.tail.is_none(),
            "all of it is there"
        );
    }
}
