//! Feeds a connection follows: what it missed is read from the store page by page and sent in between other
//! frames, then the hub takes over exactly there. `subscribed` comes before every entry of the feed.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use domain::feed::{Feed, Head};
use tokio_tungstenite::tungstenite::Utf8Bytes;
use wire::frame::ServerFrame;
use wire::problem::Code;

use crate::acts::error::ActError;
use crate::live::encode;
use crate::live::hub::Hub;
use crate::live::outlet::Outlet;

/// Where a feed stands on this connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Entries after this number are still to be read from the store.
    CatchingUp(u64),
    /// The hub sends.
    Live,
}

/// All feeds a connection follows.
#[derive(Default)]
pub struct Subscriptions {
    stages: HashMap<Feed, Stage>,
    /// Feeds that catch up, each in its turn.
    queue: VecDeque<Feed>,
}

impl Subscriptions {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.stages.len()
    }

    /// Whether the named feed is one of them.
    pub fn has(&self, feed: &str) -> bool {
        feed.parse().is_ok_and(|feed: Feed| self.stages.contains_key(&feed))
    }

    /// Whether something is still to be read from the store.
    pub fn is_catching_up(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Begins to follow `feed`, which has come as far as `head`; gives the frames that say so.
    pub fn begin(
        &mut self,
        hub: &Hub,
        outlet: &Arc<Outlet>,
        feed: Feed,
        head: Head,
        after: Option<u64>,
        epoch: Option<&str>,
    ) -> Vec<Utf8Bytes> {
        let mut frames = Vec::new();
        if self.stages.contains_key(&feed) {
            self.leave(hub, outlet, feed);
            // What waits of the subscription before goes out before this one begins, or it would come twice.
            frames.extend(outlet.take());
        }
        let name = feed.to_string();
        let foreign =
            epoch.is_some_and(|epoch| epoch != head.epoch) || after.is_some_and(|after| after > head.seq);
        if foreign {
            frames.push(encode::frame(&ServerFrame::Reset { feed: name, epoch: head.epoch, head: head.seq }));
            return frames;
        }
        hub.begin_joining(feed);
        self.stages.insert(feed, Stage::CatchingUp(after.unwrap_or(head.seq)));
        self.queue.push_back(feed);
        frames.push(encode::frame(&ServerFrame::Subscribed {
            feed: name,
            epoch: head.epoch,
            head: head.seq,
        }));
        frames
    }

    /// Stops following the named feed.
    pub fn end(&mut self, hub: &Hub, outlet: &Outlet, feed: &str) {
        if let Ok(feed) = feed.parse() {
            self.leave(hub, outlet, feed);
        }
    }

    /// Stops following feeds that may no longer be read; gives the frames that say so, as if they had never been there.
    pub fn lose(&mut self, hub: &Hub, outlet: &Outlet, feeds: &[Feed]) -> Vec<Utf8Bytes> {
        let followed: Vec<Feed> =
            feeds.iter().copied().filter(|feed| self.stages.contains_key(feed)).collect();
        let gone = |feed: Feed| {
            self.leave(hub, outlet, feed);
            encode::frame(&ServerFrame::Error {
                cid: None,
                feed: Some(feed.to_string()),
                code: Code::NotFound,
                detail: "this feed is no longer yours to read".into(),
                retry_after: None,
                missing: None,
            })
        };
        followed.into_iter().map(gone).collect()
    }

    /// Stops following everything.
    pub fn leave_all(&mut self, hub: &Hub, outlet: &Outlet) {
        let feeds: Vec<Feed> = self.stages.keys().copied().collect();
        for feed in feeds {
            self.leave(hub, outlet, feed);
        }
    }

    fn leave(&mut self, hub: &Hub, outlet: &Outlet, feed: Feed) {
        match self.stages.remove(&feed) {
            None => {}
            Some(Stage::CatchingUp(_)) => {
                self.queue.retain(|other| *other != feed);
                hub.end_joining(feed);
            }
            Some(Stage::Live) => hub.leave(feed, outlet),
        }
    }

    /// Reads one page of the feed whose turn it is. When the store has no more, the hub takes over from that
    /// very number, under the feed's lock: nothing falls between.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn next_page(&mut self, hub: &Hub, outlet: &Arc<Outlet>) -> Result<Vec<Utf8Bytes>, ActError> {
        let Some(feed) = self.queue.pop_front() else { return Ok(Vec::new()) };
        let Some(Stage::CatchingUp(after)) = self.stages.get(&feed).copied() else { return Ok(Vec::new()) };
        let page = hub.page(feed, after).await?;
        let reached = page.last().map_or(after, |(seq, _)| *seq);
        let complete = page.len() < crate::live::hub::PAGE as usize;
        if complete && hub.join(feed, outlet, reached).is_ok() {
            hub.end_joining(feed);
            self.stages.insert(feed, Stage::Live);
        } else {
            self.stages.insert(feed, Stage::CatchingUp(reached));
            self.queue.push_back(feed);
        }
        Ok(page.into_iter().map(|(_, bytes)| bytes).collect())
    }
}
