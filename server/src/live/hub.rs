//! The hub: which outlet listens to which feed, in shards so that rooms do not wait for each other, and
//! which outlets belong to which person, so that a right taken away reaches them.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use domain::event::{Taken, Taking};
use domain::feed::Feed;
use domain::id::{AccountId, SessionId};
use parking_lot::Mutex;
use smallvec::SmallVec;
use store::{Store, StoreResult};
use tokio::sync::watch;
use wire::close::Close;

use crate::live::desk::Desk;
use crate::live::encode;
use crate::live::envelope::Envelope;
use crate::live::feed::{LiveFeed, Offered, Ready};
use crate::live::heads::Heads;
use crate::live::outlet::Outlet;
use crate::vault::Vault;

const SHARDS: usize = 64;
/// How many entries one read of the store brings.
pub const PAGE: u32 = 200;
/// How many sockets one account may hold.
pub const SOCKETS_PER_ACCOUNT: usize = 20;
/// How many sweeps, one a second, a pinged peer has to answer.
const ANSWER_WITHIN: u32 = 8;
/// How many until a connection lets go of what it keeps for a peer who speaks.
const COOL_AFTER: u32 = 3;
/// For how many sweeps a room's last entries are remembered when nobody listens: people come back.
const RESTS_FOR: u32 = 120;

/// A map in parts that do not wait for each other.
type Shards<K, V> = [Mutex<HashMap<K, V>>; SHARDS];

/// Everyone who listens on this node.
pub struct Hub {
    feeds: Shards<Feed, LiveFeed>,
    /// Rooms nobody listens to whose last entries are remembered, and for how many sweeps still.
    resting: Mutex<HashMap<Feed, u32>>,
    /// Rooms whose last entries are being read; each tells whether they were.
    pub(super) loading: Mutex<HashMap<Feed, watch::Receiver<Option<bool>>>>,
    /// The outlets of each account; most have one.
    people: Shards<AccountId, SmallVec<[Arc<Outlet>; 1]>>,
    /// Who of the staff looks at which appeal.
    pub desk: Desk,
    pub(super) heads: Heads,
    store: Store,
    vault: Vault,
}

impl Hub {
    /// A hub that fills gaps from `store`, opening with `vault` what is sealed there.
    pub fn new(store: Store, vault: Vault) -> Self {
        Self {
            feeds: std::array::from_fn(|_| Mutex::default()),
            people: std::array::from_fn(|_| Mutex::default()),
            resting: Mutex::default(),
            loading: Mutex::default(),
            desk: Desk::default(),
            heads: Heads::new(store.clone()),
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
    pub(super) fn begin_joining(&self, feed: Feed) {
        self.look(feed, LiveFeed::begin_joining);
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
        self.look(feed, |live| live.join(outlet, after))
    }

    /// Ends the listening of `outlet`.
    pub fn leave(&self, feed: Feed, outlet: &Outlet) {
        self.change(feed, |live| live.leave(outlet));
    }

    fn change(&self, feed: Feed, change: impl FnOnce(&mut LiveFeed)) {
        let mut feeds = shard(&self.feeds, &feed).lock();
        let Some(live) = feeds.get_mut(&feed) else { return };
        change(live);
        if live.is_idle() {
            if live.known().is_some() {
                self.resting.lock().insert(feed, RESTS_FOR);
            } else {
                feeds.remove(&feed);
            }
        }
    }

    /// Looks at a feed that somebody listens to or is about to.
    pub(super) fn look<T>(&self, feed: Feed, look: impl FnOnce(&mut LiveFeed) -> T) -> T {
        look(shard(&self.feeds, &feed).lock().entry(feed).or_default())
    }

    /// Hands on what happened. Gives the feeds with holes.
    pub fn tell(&self, envelopes: Vec<Envelope>) -> Vec<Feed> {
        let mut gaps = Vec::new();
        let mut entries = BTreeMap::<Feed, Vec<Ready>>::new();
        for envelope in envelopes {
            if let Envelope::Entry { feed, entry } = envelope {
                entries.entry(feed).or_default().push(entry);
                continue;
            }
            // What else happened came after the entries before it.
            self.tell_entries(std::mem::take(&mut entries), &mut gaps);
            match envelope {
                Envelope::Entry { .. } => {}
                Envelope::Raised { feed, seq } => {
                    let mut feeds = shard(&self.feeds, &feed).lock();
                    if let Some(Offered::Gap(_)) = feeds.get_mut(&feed).map(|live| live.raise(seq)) {
                        gaps.push(feed);
                    }
                }
                Envelope::Seen { feed, seq } => {
                    let feeds = shard(&self.feeds, &feed).lock();
                    if let Some(live) = feeds.get(&feed) {
                        live.hint(&encode::seen(feed, seq));
                    }
                }
                Envelope::Taken(Taking { account, what, .. }) => match what {
                    Taken::Everything => self.close(account, None),
                    Taken::Session(session) => self.close(account, Some(session)),
                    Taken::Feed(feed) => self.dismiss(feed, &[account]),
                },
            }
        }
        self.tell_entries(entries, &mut gaps);
        gaps
    }

    /// Hands on entries: all of one feed at once, so that each listener is woken once. Whoever begins to listen from now
    /// on finds them in the store.
    fn tell_entries(&self, entries: BTreeMap<Feed, Vec<Ready>>, gaps: &mut Vec<Feed>) {
        for (feed, entries) in entries {
            let mut feeds = shard(&self.feeds, &feed).lock();
            if let Some(Offered::Gap(_)) = feeds.get_mut(&feed).map(|live| live.offer(entries)) {
                gaps.push(feed);
            }
        }
    }

    /// Up to `limit` entries of a feed from the store, after number `after`, encoded.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn page(&self, feed: Feed, after: u64, limit: u32) -> StoreResult<Vec<Ready>> {
        let page = store::entry::after(&self.store, feed, after, limit).await?;
        let (entries, cids): (Vec<_>, Vec<_>) = page.into_iter().unzip();
        let entries = self.vault.reveal(entries).await?;
        Ok(entries.iter().zip(&cids).map(|(entry, cid)| encode::ready(entry, cid.as_deref())).collect())
    }

    /// Reads from the store what is missing in `feed` after number `after`, and hands it on.
    ///
    /// # Errors
    /// Those of the store; the next check of the newest numbers tries again.
    pub async fn fill(&self, feed: Feed, mut after: u64) -> StoreResult<()> {
        loop {
            let page = self.page(feed, after, PAGE).await?;
            let full = page.len() >= PAGE as usize;
            after = page.last().map_or(after, |ready| ready.seq);
            if let Some(live) = shard(&self.feeds, &feed).lock().get_mut(&feed) {
                live.offer(page);
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

    /// Pings peers that have been silent for `ping_after` sweeps and gives up those that stay so. To be called once a second.
    pub fn sweep(&self, ping_after: u32) {
        self.desk.sweep();
        self.forget_the_rested();
        self.each(|outlet| match outlet.count_silence() {
            silence if silence >= ping_after.saturating_add(ANSWER_WITHIN) => {
                outlet.close(Close::CannotContinue)
            }
            silence if silence == ping_after => outlet.ping(),
            COOL_AFTER => outlet.cool(),
            _ => {}
        });
    }

    /// Forgets rooms to which nobody has listened for a while.
    fn forget_the_rested(&self) {
        let mut rested = Vec::new();
        self.resting.lock().retain(|feed, sweeps| {
            *sweeps = sweeps.saturating_sub(1);
            if *sweeps == 0 {
                rested.push(*feed);
            }
            *sweeps > 0
        });
        for feed in rested {
            let mut feeds = shard(&self.feeds, &feed).lock();
            if feeds.get(&feed).is_some_and(LiveFeed::is_idle) {
                feeds.remove(&feed);
            }
        }
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

fn shard<'a, K: Hash, V>(shards: &'a Shards<K, V>, key: &K) -> &'a Mutex<HashMap<K, V>> {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    let index = usize::try_from(hasher.finish() % SHARDS as u64).unwrap_or_default();
    // The index is a remainder, so the first shard stands in for nobody.
    shards.get(index).unwrap_or(&shards[0])
}
