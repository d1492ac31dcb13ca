//! The hub: which outlet listens to which feed, in shards so that rooms do not wait for each other, and
//! which outlets belong to which person, so that a right taken away reaches them.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use domain::event::{Taken, Taking};
use domain::feed::{Entry, Feed};
use domain::id::{AccountId, SessionId};
use parking_lot::Mutex;
use store::{Store, StoreResult};
use wire::close::Close;

use crate::live::desk::Desk;
use crate::live::encode::{self, Bytes};
use crate::live::envelope::Envelope;
use crate::live::feed::{LiveFeed, Offered};
use crate::live::outlet::Outlet;
use crate::vault::Vault;

const SHARDS: usize = 64;
/// How many entries one read of the store brings.
pub const PAGE: u32 = 200;
/// How many sockets one account may hold.
pub const SOCKETS_PER_ACCOUNT: usize = 20;
/// How many sweeps of silence, one a second, until a peer is pinged, and until it is given up.
const PING_AFTER: u32 = 25;
const GIVE_UP_AFTER: u32 = 33;

/// Everyone who listens on this node.
pub struct Hub {
    feeds: [Mutex<HashMap<Feed, LiveFeed>>; SHARDS],
    people: [Mutex<HashMap<AccountId, Vec<Arc<Outlet>>>>; SHARDS],
    /// Who of the staff looks at which appeal.
    pub desk: Desk,
    store: Store,
    vault: Vault,
}

impl Hub {
    /// A hub that fills gaps from `store`, opening with `vault` what is sealed there.
    pub fn new(store: Store, vault: Vault) -> Self {
        Self {
            feeds: std::array::from_fn(|_| Mutex::default()),
            people: std::array::from_fn(|_| Mutex::default()),
            desk: Desk::default(),
            store,
            vault,
        }
    }

    /// Registers a connection; `false` when the account holds too many. Do it before reading its rights, so
    /// that no taking away can fall between.
    pub fn register(&self, outlet: &Arc<Outlet>) -> bool {
        let mut people = shard(&self.people, &outlet.account()).lock();
        let outlets = people.entry(outlet.account()).or_default();
        if outlets.len() >= SOCKETS_PER_ACCOUNT {
            return false;
        }
        outlets.push(outlet.clone());
        metrics::gauge!("medchat_sockets").increment(1.0);
        true
    }

    /// Forgets a connection.
    pub fn forget(&self, outlet: &Arc<Outlet>) {
        let mut people = shard(&self.people, &outlet.account()).lock();
        if let Some(outlets) = people.get_mut(&outlet.account()) {
            let before = outlets.len();
            outlets.retain(|other| !Arc::ptr_eq(other, outlet));
            if outlets.len() < before {
                metrics::gauge!("medchat_sockets").decrement(1.0);
            }
            if outlets.is_empty() {
                people.remove(&outlet.account());
            }
        }
    }

    /// A connection is about to read `feed` from the store.
    pub fn begin_joining(&self, feed: Feed) {
        shard(&self.feeds, &feed).lock().entry(feed).or_default().begin_joining();
    }

    /// The connection reads no longer, whether it listens now or gave up.
    pub fn end_joining(&self, feed: Feed) {
        self.change(feed, LiveFeed::end_joining);
    }

    /// Lets `outlet` listen from `after` on, unless the feed has come further.
    ///
    /// # Errors
    /// How far it has come: read up to there and ask again.
    pub fn join(&self, feed: Feed, outlet: &Arc<Outlet>, after: u64) -> Result<(), u64> {
        shard(&self.feeds, &feed).lock().entry(feed).or_default().join(outlet, after)
    }

    /// Ends the listening of `outlet`.
    pub fn leave(&self, feed: Feed, outlet: &Outlet) {
        self.change(feed, |live| live.leave(outlet));
    }

    fn change(&self, feed: Feed, change: impl FnOnce(&mut LiveFeed)) {
        let mut feeds = shard(&self.feeds, &feed).lock();
        if let Some(live) = feeds.get_mut(&feed) {
            change(live);
            if live.is_idle() {
                feeds.remove(&feed);
            }
        }
    }

    /// Hands on what happened. Gives the feeds with holes.
    pub fn tell(&self, envelopes: &[Envelope]) -> Vec<Feed> {
        let mut gaps = Vec::new();
        for envelope in envelopes {
            match envelope {
                Envelope::Entry { feed, seq, frame } => {
                    let mut feeds = shard(&self.feeds, feed).lock();
                    let offered = feeds.get_mut(feed).map(|live| live.offer(*seq, frame.clone()));
                    if let Some(Offered::Gap(_)) = offered {
                        gaps.push(*feed);
                    }
                }
                Envelope::Raised { feed, seq } => {
                    let mut feeds = shard(&self.feeds, feed).lock();
                    if let Some(Offered::Gap(_)) = feeds.get_mut(feed).map(|live| live.raise(*seq)) {
                        gaps.push(*feed);
                    }
                }
                Envelope::Seen { feed, seq } => {
                    let feeds = shard(&self.feeds, feed).lock();
                    if let Some(live) = feeds.get(feed) {
                        live.hint(&encode::seen(*feed, *seq));
                    }
                }
                Envelope::Taken(Taking { account, what, .. }) => match what {
                    Taken::Everything => self.close(*account, None),
                    Taken::Session(session) => self.close(*account, Some(*session)),
                    Taken::Feed(feed) => self.dismiss(*feed, &[*account]),
                },
            }
        }
        gaps
    }

    /// One page of a feed from the store, after number `after`, encoded.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn page(&self, feed: Feed, after: u64) -> StoreResult<Vec<(u64, Bytes)>> {
        let page = store::entry::after(&self.store, feed, after, PAGE).await?;
        let (entries, cids): (Vec<_>, Vec<_>) = page.into_iter().unzip();
        let entries = self.vault.reveal(entries).await?;
        let encode =
            |(entry, cid): (&Entry, &Option<String>)| (entry.seq, encode::entry(entry, cid.as_deref()));
        Ok(entries.iter().zip(&cids).map(encode).collect())
    }

    /// Reads from the store what is missing in `feed` after number `after`, and hands it on.
    ///
    /// # Errors
    /// Those of the store; the next check of the newest numbers tries again.
    pub async fn fill(&self, feed: Feed, mut after: u64) -> StoreResult<()> {
        loop {
            let page = self.page(feed, after).await?;
            let full = page.len() >= PAGE as usize;
            for (seq, bytes) in page {
                after = seq;
                if let Some(live) = shard(&self.feeds, &feed).lock().get_mut(&feed) {
                    live.offer(seq, bytes);
                }
            }
            if !full {
                return Ok(());
            }
        }
    }

    /// How far a feed has come that is known to go further; `None` when nothing is missing or nobody listens.
    pub fn gap(&self, feed: Feed) -> Option<u64> {
        shard(&self.feeds, &feed).lock().get(&feed)?.gap()
    }

    /// Ends the listening of some people to a feed, on every socket they hold; who may no longer read an appeal's
    /// private lane no longer works on it either.
    fn dismiss(&self, feed: Feed, accounts: &[AccountId]) {
        if let Feed::Appeal(appeal, _) = feed {
            self.desk.dismiss(appeal, accounts);
        }
        self.change(feed, |live| live.dismiss(|outlet| accounts.contains(&outlet.account())));
        for account in accounts {
            for outlet in shard(&self.people, account).lock().get(account).into_iter().flatten() {
                outlet.lose(feed);
            }
        }
    }

    /// Closes the sockets of one session of an account, or all of them.
    fn close(&self, account: AccountId, session: Option<SessionId>) {
        for outlet in shard(&self.people, &account).lock().get(&account).into_iter().flatten() {
            if session.is_none_or(|session| outlet.session() == session) {
                outlet.close(Close::SessionEnded);
            }
        }
    }

    /// Pings peers that have been silent and gives up those that stay so. To be called once a second.
    pub fn sweep(&self) {
        self.desk.sweep();
        self.each(|outlet| match outlet.count_silence() {
            GIVE_UP_AFTER.. => outlet.close(Close::CannotContinue),
            PING_AFTER => outlet.ping(),
            _ => {}
        });
    }

    /// Closes part `part` of `parts` of all connections, for a drain spread over seconds.
    pub fn drain(&self, part: usize, parts: usize) {
        for people in self.people.iter().skip(part).step_by(parts.max(1)) {
            for outlet in people.lock().values().flatten() {
                outlet.close(Close::Draining);
            }
        }
    }

    fn each(&self, act: impl Fn(&Outlet)) {
        for people in &self.people {
            for outlet in people.lock().values().flatten() {
                act(outlet);
            }
        }
    }
}

fn shard<'a, K: Hash, V>(shards: &'a [Mutex<HashMap<K, V>>; SHARDS], key: &K) -> &'a Mutex<HashMap<K, V>> {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    let index = usize::try_from(hasher.finish() % SHARDS as u64).unwrap_or_default();
    // The index is a remainder, so the first shard stands in for nobody.
    shards.get(index).unwrap_or(&shards[0])
}
