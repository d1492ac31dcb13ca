//! The one door of this node through which everything that happened reaches those who listen here: what its own acts
//! did, what other nodes tell over the bus, what a look into the store brings. It repairs holes from the store and takes
//! each taken right to heart once.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use domain::feed::Feed;
use domain::id::TakingId;
use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::live::envelope::Envelope;
use crate::live::hub::Hub;

/// How many taken rights are remembered. Beyond that somebody may have to come back twice.
const REMEMBERED: usize = 4096;
/// How long a hole in a shared feed may close by itself: two nodes that write in one room overtake each other on the
/// bus by less than that, and each time would cost a read.
const OVERTAKING: Duration = Duration::from_millis(50);

/// What is told on this node.
pub struct Local {
    hub: Arc<Hub>,
    /// Feeds that are being read.
    filling: Mutex<HashMap<Feed, Seen>>,
    takings: Mutex<Known>,
    behind: Notify,
}

impl Local {
    /// The door of `hub`.
    pub fn new(hub: Arc<Hub>) -> Self {
        Self { hub, filling: Mutex::default(), takings: Mutex::default(), behind: Notify::new() }
    }

    /// Tells those who listen here.
    pub fn tell(self: &Arc<Self>, mut envelopes: Vec<Envelope>) {
        envelopes.retain(|envelope| match envelope {
            Envelope::Taken(taking) => self.takings.lock().is_news(taking.id),
            _ => true,
        });
        for feed in self.hub.tell(envelopes) {
            self.fill(feed);
        }
    }

    /// Something may have been lost on the way: let the store be asked at once.
    pub fn suspect(&self) {
        self.behind.notify_one();
    }

    /// Waits until something may have been lost.
    pub async fn suspects(&self) {
        self.behind.notified().await;
    }

    /// Fills a hole in a feed, beside whatever else goes on; a feed is read by one at a time.
    fn fill(self: &Arc<Self>, feed: Feed) {
        metrics::counter!("medchat_feed_gaps_total").increment(1);
        let under_way = self.filling.lock().insert(feed, Seen::Anew).is_some();
        if !under_way {
            let local = self.clone();
            tokio::spawn(async move { local.read(feed).await });
        }
    }

    /// Reads until no hole shows while it reads.
    async fn read(self: Arc<Self>, feed: Feed) {
        loop {
            if !feed.is_private() {
                tokio::time::sleep(OVERTAKING).await;
            }
            self.filling.lock().insert(feed, Seen::Before);
            if let Some(after) = self.hub.gap(feed)
                && let Err(error) = self.hub.fill(feed, after).await
            {
                tracing::warn!(feed.id = %feed, error = %error, "a hole in a feed could not be filled yet");
            }
            let mut filling = self.filling.lock();
            if filling.get(&feed) == Some(&Seen::Before) {
                filling.remove(&feed);
                return;
            }
        }
    }
}

/// When a hole in a feed was seen last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// Since its reading began, or before anybody read.
    Anew,
    /// Before its reading began.
    Before,
}

/// The latest takings this node knows of.
#[derive(Default)]
struct Known {
    all: HashSet<TakingId>,
    order: VecDeque<TakingId>,
}

impl Known {
    fn is_news(&mut self, taking: TakingId) -> bool {
        if !self.all.insert(taking) {
            return false;
        }
        self.order.push_back(taking);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.all.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use domain::id::Id;

    use super::*;

    #[test]
    fn a_taking_is_news_once() {
        let mut known = Known::default();
        let id = |number: usize| Id::from_uuid(uuid::Uuid::from_u128(number as u128));
        assert!((0..REMEMBERED).all(|number| known.is_news(id(number))));
        assert!(!known.is_news(id(0)));
        assert!(known.is_news(id(REMEMBERED)), "the oldest makes room");
        assert!(known.is_news(id(0)));
        assert_eq!((known.all.len(), known.order.len()), (REMEMBERED, REMEMBERED));
    }
}
