//! One feed with listeners: lets number n+1 follow n, drops repeats, keeps what came too early until the gap
//! before it is filled from the store. Pure state under the hub's lock.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::live::encode::Bytes;
use crate::live::outlet::Outlet;

/// How many early entries are kept; beyond that they are read from the store like the gap.
const EARLY: usize = 1024;

/// A listener, and the number after which it listens.
struct Listener {
    outlet: Arc<Outlet>,
    after: u64,
}

/// A feed that somebody listens to.
#[derive(Default)]
pub struct LiveFeed {
    /// The highest number handed on; `None` until the first listener has caught up with the store.
    head: Option<u64>,
    early: BTreeMap<u64, Bytes>,
    /// The highest number heard of without what it says, as private feeds announce theirs.
    raised: u64,
    listeners: Vec<Listener>,
    /// Connections that are reading the store and will listen next.
    joining: usize,
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

    /// Lets `outlet` listen from `after` on, if that is as far as this feed has come. If not, gives how far
    /// it has come: read up to there and ask again.
    pub fn join(&mut self, outlet: &Arc<Outlet>, after: u64) -> Result<(), u64> {
        match self.head {
            Some(head) if head > after => Err(head),
            _ if self.raised > after => Err(self.raised),
            head => {
                self.listeners.retain(|listener| !Arc::ptr_eq(&listener.outlet, outlet));
                self.listeners.push(Listener { outlet: outlet.clone(), after });
                if head.is_none() {
                    self.head = Some(after);
                    self.hand_on();
                }
                Ok(())
            }
        }
    }

    /// Ends the listening of everybody whose outlet `lost` names.
    pub fn dismiss(&mut self, lost: impl Fn(&Outlet) -> bool) {
        self.listeners.retain(|listener| !lost(&listener.outlet));
    }

    /// Ends the listening of `outlet`.
    pub fn leave(&mut self, outlet: &Outlet) {
        self.dismiss(|other| std::ptr::eq(other, outlet));
    }

    /// Whether nobody listens or is about to.
    pub fn is_idle(&self) -> bool {
        self.listeners.is_empty() && self.joining == 0
    }

    /// Takes an entry that is durable.
    pub fn offer(&mut self, seq: u64, bytes: Bytes) -> Offered {
        let Some(head) = self.head else {
            self.keep(seq, bytes);
            return Offered::Fine;
        };
        if seq <= head {
            return Offered::Fine;
        }
        self.keep(seq, bytes);
        self.hand_on();
        match self.head {
            Some(head) if seq > head => Offered::Gap(head),
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
        self.head.filter(|head| *head < self.raised || !self.early.is_empty())
    }

    /// Hands a frame without a number to every listener.
    pub fn hint(&self, bytes: &Bytes) {
        for listener in &self.listeners {
            listener.outlet.push(bytes.clone());
        }
    }

    fn keep(&mut self, seq: u64, bytes: Bytes) {
        self.early.insert(seq, bytes);
        if self.early.len() > EARLY {
            self.early.pop_last();
        }
    }

    fn hand_on(&mut self) {
        let Some(mut head) = self.head else { return };
        while let Some((seq, bytes)) = self.early.pop_first() {
            if seq > head.saturating_add(1) {
                self.early.insert(seq, bytes);
                break;
            }
            if seq <= head {
                continue;
            }
            head = seq;
            for listener in self.listeners.iter().filter(|listener| listener.after < seq) {
                listener.outlet.push(bytes.clone());
            }
        }
        self.head = Some(head);
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

    async fn frames(outlet: &Outlet) -> Vec<String> {
        outlet.push("end".into());
        let Due::Frames(frames) = outlet.due().await else { panic!("not closed") };
        frames.iter().map(ToString::to_string).filter(|frame| frame != "end").collect()
    }

    #[tokio::test]
    async fn numbers_come_in_order_once_whatever_order_they_arrive_in() {
        let mut feed = LiveFeed::default();
        let reader = outlet();
        feed.join(&reader, 4).unwrap();
        assert_eq!(feed.offer(6, "6".into()), Offered::Gap(4));
        assert_eq!(feed.offer(5, "5".into()), Offered::Fine);
        assert_eq!(feed.offer(5, "5".into()), Offered::Fine);
        assert_eq!(feed.offer(8, "8".into()), Offered::Gap(6));
        assert_eq!(feed.offer(3, "3".into()), Offered::Fine);
        assert_eq!(frames(&reader).await, ["5", "6"]);
    }

    #[tokio::test]
    async fn what_came_while_the_first_reader_read_the_store_is_not_lost() {
        let mut feed = LiveFeed::default();
        feed.begin_joining();
        feed.offer(7, "7".into());
        feed.offer(8, "8".into());
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
        feed.offer(9, "9".into());
        feed.dismiss(|_| true);
        feed.offer(10, "10".into());
        assert_eq!(frames(&reader).await, ["9"]);
    }

    #[tokio::test]
    async fn a_reader_ahead_of_the_feed_gets_nothing_twice() {
        let mut feed = LiveFeed::default();
        feed.join(&outlet(), 4).unwrap();
        let ahead = outlet();
        feed.join(&ahead, 6).unwrap();
        for seq in 5..=7 {
            feed.offer(seq, seq.to_string().into());
        }
        assert_eq!(frames(&ahead).await, ["7"]);
        assert_eq!(feed.gap(), None);
        feed.raise(9);
        assert_eq!(feed.gap(), Some(7));
    }
}
