//! Feeds a connection follows: what it missed comes from memory or is read from the store page by page and sent in
//! between other frames, then the hub takes over exactly there. `subscribed` comes before every entry of the feed.

use std::sync::Arc;

use domain::feed::Feed;
use wire::close::Close;
use wire::frame::ServerFrame;
use wire::problem::Code;

use crate::acts::error::ActError;
use crate::live::encode;
use crate::live::enter::{Entrance, Way, Wish};
use crate::live::heads::Unread;
use crate::live::hub::{Hub, PAGE};
use crate::live::outlet::{Frames, Outlet};

/// All feeds a connection follows: three, as most do, and so no more than two short lists.
#[derive(Default)]
pub struct Subscriptions {
    /// Those the hub sends.
    live: Vec<Feed>,
    /// Those that catch up, each in its turn; entries after the number are still to be read from the store.
    catching_up: Vec<(Feed, u64)>,
}

impl Subscriptions {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.live.len().saturating_add(self.catching_up.len())
    }

    /// Whether the named feed is one of them.
    pub fn has(&self, feed: &str) -> bool {
        feed.parse().is_ok_and(|feed: Feed| self.follows(feed))
    }

    fn follows(&self, feed: Feed) -> bool {
        self.live.contains(&feed) || self.catching_up.iter().any(|(other, _)| *other == feed)
    }

    /// Whether something is still to be read from the store.
    pub fn is_catching_up(&self) -> bool {
        !self.catching_up.is_empty()
    }

    /// Begins to follow a feed; puts the frames that say so behind the `answers`, with what was missed and is
    /// remembered.
    ///
    /// # Errors
    /// Those of the store. Then the feed is not followed; who had followed it before is closed, to come back for it.
    pub async fn begin(
        &mut self,
        hub: &Hub,
        outlet: &Arc<Outlet>,
        wish: Wish<'_>,
        answers: &mut Frames,
    ) -> Result<(), ActError> {
        let feed = wish.feed;
        let again = self.follows(feed);
        if again {
            self.leave(hub, outlet, feed);
            // What waits of the subscription before goes out before this one begins, or it would come twice.
            answers.extend(outlet.take());
        }
        let Entrance { epoch, head, way } = match hub.enter(outlet, wish).await {
            Ok(entrance) => entrance,
            Err(unread) => {
                if again {
                    outlet.close(Close::DependencyDown);
                }
                return Err(unread.into());
            }
        };
        let name = feed.to_string();
        let mut missed = Frames::new();
        match way {
            Way::Foreign => {
                answers.push(encode::frame(&ServerFrame::Reset { feed: name, epoch, head }));
                return Ok(());
            }
            Way::Listening(remembered) => {
                missed = remembered;
                self.live.push(feed);
            }
            Way::Behind(after) => self.catching_up.push((feed, after)),
        }
        answers.push(encode::frame(&ServerFrame::Subscribed { feed: name, epoch, head }));
        answers.extend(missed);
        Ok(())
    }

    /// Stops following the named feed.
    pub fn end(&mut self, hub: &Hub, outlet: &Outlet, feed: &str) {
        if let Ok(feed) = feed.parse() {
            self.leave(hub, outlet, feed);
        }
    }

    /// Stops following feeds that may no longer be read; gives the frames that say so, as if they had never been there.
    pub fn lose(&mut self, hub: &Hub, outlet: &Outlet, feeds: &[Feed]) -> Frames {
        let followed: Vec<Feed> = feeds.iter().copied().filter(|feed| self.follows(*feed)).collect();
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
        for feed in std::mem::take(&mut self.live) {
            hub.leave(feed, outlet);
        }
        for (feed, _) in std::mem::take(&mut self.catching_up) {
            hub.end_joining(feed);
        }
    }

    fn leave(&mut self, hub: &Hub, outlet: &Outlet, feed: Feed) {
        if let Some(place) = self.live.iter().position(|other| *other == feed) {
            self.live.swap_remove(place);
            hub.leave(feed, outlet);
        }
        if let Some(place) = self.catching_up.iter().position(|(other, _)| *other == feed) {
            self.catching_up.remove(place);
            hub.end_joining(feed);
        }
    }

    /// Reads one page of the feed whose turn it is. When the store has no more, the hub takes over from that
    /// very number, under the feed's lock: nothing falls between.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn next_page(&mut self, hub: &Hub, outlet: &Arc<Outlet>) -> Result<Frames, ActError> {
        let Some((feed, after)) = self.catching_up.first().copied() else { return Ok(Frames::new()) };
        let page = hub.page(feed, after, PAGE).await?;
        let reached = page.last().map_or(after, |ready| ready.seq);
        let complete = page.len() < PAGE as usize;
        self.catching_up.remove(0);
        if complete && hub.join(feed, outlet, reached).is_ok() {
            hub.end_joining(feed);
            self.live.push(feed);
        } else {
            self.catching_up.push((feed, reached));
        }
        if self.catching_up.is_empty() {
            // Whoever has caught up needs no room for more.
            self.catching_up = Vec::new();
        }
        Ok(page.into_iter().map(|ready| ready.bytes).collect())
    }
}

impl From<Unread> for ActError {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Store(error) => error.into(),
            Unread::Shared => Self::Busy(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::id::Id;
    use store::testing::{Engine, fresh, fresh_keys};

    use super::*;
    use crate::vault::Vault;

    #[test]
    fn a_subscription_is_small() {
        assert!(size_of::<Feed>() <= 18, "{} bytes", size_of::<Feed>());
        assert!(size_of::<Subscriptions>() <= 48, "{} bytes", size_of::<Subscriptions>());
    }

    #[tokio::test]
    async fn what_waits_is_not_lost_when_a_feed_cannot_be_followed_again() {
        let (db, keys) = (fresh(Engine::Sqlite).await, fresh_keys(Engine::Sqlite).await);
        let vault = Vault::open(keys.store.clone(), Vec::new(), crate::app::sources());
        let hub = Hub::new(db.store.clone(), vault);
        let uuid = uuid::Uuid::from_bytes([1; 16]);
        let outlet = Arc::new(Outlet::new(Id::from_uuid(uuid), Id::from_uuid(uuid)));
        let wish =
            || Wish { feed: Feed::Person(Id::from_uuid(uuid)), after: Some(0), epoch: None, unwritten: "" };
        let (mut subscriptions, mut answers) = (Subscriptions::default(), Frames::new());
        subscriptions.begin(&hub, &outlet, wish(), &mut answers).await.unwrap();
        outlet.push("of another feed".into());
        answers.clear();
        db.store.close().await;
        assert!(subscriptions.begin(&hub, &outlet, wish(), &mut answers).await.is_err());
        assert_eq!(answers[..], ["of another feed"]);
        assert_eq!((outlet.closing().await, subscriptions.count()), (Close::DependencyDown, 0));
    }
}
