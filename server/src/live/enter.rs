//! Beginning to listen: interest is registered first, then it is found out how far the feed has come, and then the
//! hub takes over from exactly there. A room's last entries are in memory, read once for all who come meanwhile; of
//! any other feed the head is read, and nothing more by those who have all of it.

use std::sync::Arc;

use domain::feed::{Feed, Head};
use tokio::sync::watch;

use crate::live::feed::LiveFeed;
use crate::live::heads::Unread;
use crate::live::hub::Hub;
use crate::live::outlet::{Frames, Outlet};
use crate::live::tail;

/// What a reader wants to follow.
pub struct Wish<'a> {
    /// The feed.
    pub feed: Feed,
    /// The last number it has; without one it wants only what is new.
    pub after: Option<u64>,
    /// The history that number belongs to; without one the present.
    pub epoch: Option<&'a str>,
    /// The history of a feed that has no row yet.
    pub unwritten: &'a str,
}

/// Where a feed stands, and what is to come of the wish.
pub struct Entrance {
    /// The feed's history.
    pub epoch: String,
    /// How far it has come.
    pub head: u64,
    /// How it goes on.
    pub way: Way,
}

/// How it goes on.
pub enum Way {
    /// The reader listens; this is what it had missed.
    Listening(Frames),
    /// The reader is counted as joining; it must read the store after this number, then ask to join.
    Behind(u64),
    /// The reader's numbers belong to another history. It does not listen.
    Foreign,
}

impl Hub {
    /// Lets `outlet`, which does not listen to that feed, begin to.
    ///
    /// # Errors
    /// When the store could not be read. Then it does not listen.
    pub async fn enter(&self, outlet: &Arc<Outlet>, wish: Wish<'_>) -> Result<Entrance, Unread> {
        let feed = wish.feed;
        self.begin_joining(feed);
        let entrance = match feed {
            Feed::Room(_) => self.enter_room(outlet, &wish).await,
            _ => self.enter_by_head(outlet, &wish).await,
        };
        if !matches!(entrance, Ok(Entrance { way: Way::Behind(_), .. })) {
            self.end_joining(feed);
        }
        entrance
    }

    async fn enter_room(&self, outlet: &Arc<Outlet>, wish: &Wish<'_>) -> Result<Entrance, Unread> {
        self.load(wish).await?;
        if let Some(entrance) = self.look(wish.feed, |live| by_memory(live, outlet, wish)) {
            return Ok(entrance);
        }
        // The reader knows more than we: it comes from a node that is ahead, or from another history.
        self.enter_by_head(outlet, wish).await
    }

    async fn enter_by_head(&self, outlet: &Arc<Outlet>, wish: &Wish<'_>) -> Result<Entrance, Unread> {
        let Head { epoch, seq: head, .. } = self.head(wish).await?;
        let after = wish.after.unwrap_or(head);
        let way = if is_foreign(wish, &epoch) || after > head {
            Way::Foreign
        } else if after == head && self.join(wish.feed, outlet, head).is_ok() {
            Way::Listening(Frames::new())
        } else {
            Way::Behind(after)
        };
        Ok(Entrance { epoch, head, way })
    }

    /// How far the feed has come by the store.
    async fn head(&self, wish: &Wish<'_>) -> Result<Head, Unread> {
        let unwritten = || Head { epoch: wish.unwritten.into(), seq: 0, seen: 0 };
        Ok(self.heads.read(wish.feed).await?.unwrap_or_else(unwritten))
    }

    /// Sees to it that a room's last entries are in memory. The first who asks reads them; whoever asks meanwhile
    /// waits for that reading and shares its fate.
    async fn load(&self, wish: &Wish<'_>) -> Result<(), Unread> {
        let feed = wish.feed;
        let is_known = || self.look(feed, |live| live.known().is_some());
        if is_known() {
            return Ok(());
        }
        let (done, read) = watch::channel(None);
        let others = {
            let mut loading = self.loading.lock();
            // One whose reader is gone tells nothing any more.
            let others = loading.get(&feed).filter(|other| other.has_changed().is_ok()).cloned();
            if others.is_none() {
                loading.insert(feed, read);
            }
            others
        };
        if let Some(mut others) = others {
            return match others.wait_for(Option::is_some).await.as_deref() {
                Ok(Some(true)) => Ok(()),
                _ => Err(Unread::Shared),
            };
        }
        // Somebody may have finished between the two looks.
        let learnt = if is_known() { Ok(()) } else { self.learn(wish).await };
        self.loading.lock().remove(&feed);
        done.send_replace(Some(learnt.is_ok()));
        learnt
    }

    /// Reads how far a room has come and its last entries: two readings, one for a room where nothing was said.
    async fn learn(&self, wish: &Wish<'_>) -> Result<(), Unread> {
        let Head { epoch, seq, .. } = self.head(wish).await?;
        let last = match seq.checked_sub(tail::ENTRIES as u64) {
            None if seq == 0 => Vec::new(),
            after => self.page(wish.feed, after.unwrap_or_default(), tail::ENTRIES as u32).await?,
        };
        let head = last.last().map_or(seq, |ready| ready.seq);
        self.look(wish.feed, |live| live.learn(epoch, head, last));
        Ok(())
    }
}

/// What memory makes of the wish; `None` when the reader has come further than we know of.
fn by_memory(live: &mut LiveFeed, outlet: &Arc<Outlet>, wish: &Wish<'_>) -> Option<Entrance> {
    let (epoch, head) = live.known().map(|(epoch, head)| (epoch.to_owned(), head))?;
    let after = wish.after.unwrap_or(head);
    let way = if is_foreign(wish, &epoch) {
        Way::Foreign
    } else if after > head {
        return None;
    } else {
        live.resume(outlet, after).map_or(Way::Behind(after), Way::Listening)
    };
    Some(Entrance { epoch, head, way })
}

fn is_foreign(wish: &Wish<'_>, epoch: &str) -> bool {
    wish.epoch.is_some_and(|named| named != epoch)
}

#[cfg(test)]
mod tests {
    use domain::id::Id;
    use domain::moment::Moment;
    use domain::source::{Clock, Dice, Sources};
    use futures_util::future::join_all;
    use store::testing::{Engine, Fresh, fresh, fresh_keys};

    use super::*;
    use crate::live::feed::Ready;
    use crate::vault::Vault;

    struct Still;

    impl Clock for Still {
        fn now(&self) -> Moment {
            Moment::from_millis(0)
        }
    }

    impl Dice for Still {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    struct Scene {
        db: Fresh,
        _keys: Fresh,
        hub: Hub,
    }

    impl Scene {
        /// A hub on a database with one room, where nothing was said.
        async fn new() -> Self {
            let (db, keys) = (fresh(Engine::Sqlite).await, fresh_keys(Engine::Sqlite).await);
            let mut tx = db.store.begin().await.unwrap();
            store::feed::create(&mut tx, room(), "first").await.unwrap();
            tx.commit().await.unwrap();
            let sources = Sources::new(Arc::new(Still), Arc::new(Still));
            let vault = Vault::open(keys.store.clone(), Vec::new(), sources);
            Self { hub: Hub::new(db.store.clone(), vault), db, _keys: keys }
        }

        async fn enters(&self, feed: Feed, after: Option<u64>, epoch: Option<&str>) -> String {
            let wish = Wish { feed, after, epoch, unwritten: "unwritten" };
            match self.hub.enter(&outlet(), wish).await {
                Ok(Entrance { epoch, head, way }) => {
                    let way = match way {
                        Way::Foreign => "foreign".into(),
                        Way::Behind(after) => format!("behind {after}"),
                        Way::Listening(missed) => {
                            let texts = missed.iter().map(|it| String::from_utf8(it.to_vec()).unwrap());
                            format!("listening [{}]", texts.collect::<Vec<_>>().join(" "))
                        }
                    };
                    format!("{epoch} {head} {way}")
                }
                Err(unread) => format!("{unread}"),
            }
        }

        fn says(&self, numbers: std::ops::RangeInclusive<u64>) {
            let ready = |seq: u64| Ready { seq, bytes: seq.to_string().into(), hides: false };
            self.hub.look(room(), |live| live.offer(numbers.map(ready)));
        }
    }

    fn uuid(number: u8) -> uuid::Uuid {
        uuid::Uuid::from_bytes([number; 16])
    }

    fn room() -> Feed {
        Feed::Room(Id::from_uuid(uuid(1)))
    }

    fn mailbox() -> Feed {
        Feed::Person(Id::from_uuid(uuid(2)))
    }

    fn outlet() -> Arc<Outlet> {
        Arc::new(Outlet::new(Id::from_uuid(uuid(3)), Id::from_uuid(uuid(3))))
    }

    #[tokio::test]
    async fn a_room_is_read_once_and_then_nobody_who_comes_back_needs_the_store() {
        let scene = Scene::new().await;
        let first = join_all((0..20).map(|_| scene.enters(room(), Some(0), None))).await;
        assert!(first.iter().all(|entrance| entrance == "first 0 listening []"), "{first:?}");
        scene.says(1..=5);
        scene.db.store.close().await;
        for (after, epoch, expected) in [
            (Some(2), None, "first 5 listening [3 4 5]"),
            (Some(0), Some("first"), "first 5 listening [1 2 3 4 5]"),
            (Some(5), Some("first"), "first 5 listening []"),
            (None, None, "first 5 listening []"),
            (Some(2), Some("second"), "first 5 foreign"),
        ] {
            assert_eq!(scene.enters(room(), after, epoch).await, expected);
        }
        // Another node may have come further than we know: the store is asked before anybody is sent away.
        assert_eq!(scene.enters(room(), Some(6), None).await, "the database does not answer");
    }

    #[tokio::test]
    async fn numbers_ahead_of_memory_are_looked_up_before_they_are_foreign() {
        let scene = Scene::new().await;
        assert_eq!(scene.enters(room(), None, None).await, "first 0 listening []");
        assert_eq!(scene.enters(room(), Some(3), None).await, "first 0 foreign");
        scene.says(1..=300);
        assert_eq!(scene.enters(room(), Some(10), None).await, "first 300 behind 10", "not remembered");
    }

    #[tokio::test]
    async fn a_reading_that_fails_fails_for_all_who_wait_and_is_tried_again() {
        let scene = Scene::new().await;
        let closed = scene.db.store.clone();
        closed.close().await;
        let failed = join_all((0..20).map(|_| scene.enters(room(), Some(0), None))).await;
        assert!(failed.iter().all(|it| !it.contains("first")), "{failed:?}");
        assert!(scene.hub.loading.lock().is_empty());
        assert_eq!(scene.enters(room(), Some(0), None).await, "the database does not answer");
    }

    #[tokio::test]
    async fn a_mailbox_without_a_row_is_followed_and_none_is_written() {
        let scene = Scene::new().await;
        let readers = join_all((0..40).map(|_| scene.enters(mailbox(), Some(0), Some("unwritten")))).await;
        assert!(readers.iter().all(|entrance| entrance == "unwritten 0 listening []"), "{readers:?}");
        assert_eq!(scene.enters(mailbox(), None, None).await, "unwritten 0 listening []");
        assert_eq!(scene.enters(mailbox(), Some(1), None).await, "unwritten 0 foreign");
        assert_eq!(scene.enters(mailbox(), Some(0), Some("first")).await, "unwritten 0 foreign");
        assert_eq!(store::feed::head(&scene.db.store, mailbox()).await.unwrap(), None);
    }
}
