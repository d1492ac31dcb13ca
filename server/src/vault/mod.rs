//! The vault: seals what people write in confidence under a key of their own, and opens it again. It keeps data keys
//! in the key store, wrapped, and a few of them in memory. It knows the feeds a text belongs to, but neither who may
//! read them nor where sealed texts are kept.

mod cipher;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use domain::feed::{Body, Entry, Feed, Sealed};
use domain::id::{AccountId, EntryId};
use domain::moment::Moment;
use domain::source::Sources;
use parking_lot::Mutex;
use store::data_key::{self, DataKey};
use store::{Store, StoreError, StoreResult};

use crate::auth::secrets::Key;
use crate::vault::cipher::{Opened, PlainKey};

/// How many keys are kept in memory: those of the people of a busy day.
const REMEMBERED: usize = 10_000;
/// How long one is kept there, in milliseconds. A key that another node destroys opens nothing here after that.
const KEPT: i64 = 10 * 60 * 1000;

/// Seals and opens what people write in confidence.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    keys: Store,
    /// The first wraps, all unwrap.
    data: Vec<Key>,
    sources: Sources,
    memory: Mutex<Memory>,
}

impl Vault {
    /// A vault on an opened and migrated key store. `data` are the keys that wrap, the present one first.
    pub fn open(keys: Store, data: Vec<Key>, sources: Sources) -> Self {
        Self(Arc::new(Inner { keys, data, sources, memory: Mutex::default() }))
    }

    /// Makes sure that a person has a data key. It is durable before this returns, so call it before the transaction
    /// that first keeps something sealed: a key nobody uses does no harm, a lost one does.
    ///
    /// # Errors
    /// Those of the key store.
    pub async fn prepare(&self, account: AccountId) -> StoreResult<()> {
        self.key_or_new(account).await.map(|_| ())
    }

    /// Seals the text of an entry for its owner.
    ///
    /// # Errors
    /// Those of [`Vault::prepare`].
    pub async fn seal(
        &self,
        owner: AccountId,
        feed: Feed,
        entry: EntryId,
        text: &str,
    ) -> StoreResult<Sealed> {
        let key = self.key_or_new(owner).await?;
        let sealed = cipher::seal(&key, feed, entry, text, self.0.sources.bytes());
        Ok(Sealed { owner, data: sealed.ok_or_else(|| refused("a text could not be sealed"))? })
    }

    /// The text of an entry; `None` when the key that sealed it is there no longer.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when this is not what was sealed for this entry; those of the key store.
    pub async fn open_text(
        &self,
        feed: Feed,
        entry: EntryId,
        sealed: &Sealed,
    ) -> StoreResult<Option<String>> {
        let Some(key) = self.key(sealed.owner).await? else { return Ok(None) };
        match cipher::open(&key, feed, entry, &sealed.data) {
            Opened::Text(text) => Ok(Some(text)),
            Opened::OtherKey => Ok(None),
            Opened::Broken => Err(StoreError::Corrupt { table: "entries", column: "text" }),
        }
    }

    /// The entries as those entitled to their feeds read them: what was sealed is a message, and a placeholder where
    /// its key is there no longer.
    ///
    /// # Errors
    /// Those of [`Vault::open_text`].
    pub async fn reveal(&self, mut entries: Vec<Entry>) -> StoreResult<Vec<Entry>> {
        for entry in &mut entries {
            if let Body::Sealed(sealed) = &entry.body {
                let text = self.open_text(entry.feed, entry.id, sealed).await?;
                entry.body = Body::Message { text };
            }
        }
        Ok(entries)
    }

    /// Whether the key store answers at all.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not.
    pub async fn answers(&self) -> StoreResult<()> {
        self.0.keys.answers().await
    }

    async fn key_or_new(&self, account: AccountId) -> StoreResult<PlainKey> {
        if let Some(key) = self.key(account).await? {
            return Ok(key);
        }
        self.make(account).await?;
        // Another node may have been first: what the store has counts.
        self.key(account).await?.ok_or_else(|| refused("a data key was destroyed while it was made"))
    }

    async fn key(&self, account: AccountId) -> StoreResult<Option<PlainKey>> {
        let Inner { keys, data, sources, memory } = &*self.0;
        if let Some(key) = memory.lock().find(account, sources.now()) {
            return Ok(Some(key));
        }
        let Some(row) = data_key::find(keys, account).await? else { return Ok(None) };
        let kek = data.iter().find(|key| key.id == row.kek);
        let key = kek
            .and_then(|kek| cipher::unwrap(kek, account, &row.wrapped))
            .ok_or(StoreError::Corrupt { table: "data_keys", column: "wrapped" })?;
        memory.lock().keep(account, key.clone(), sources.now());
        Ok(Some(key))
    }

    async fn make(&self, account: AccountId) -> StoreResult<()> {
        let Inner { keys, data, sources, .. } = &*self.0;
        let kek = data.first().ok_or_else(|| refused("there is no key to wrap data keys under"))?;
        let wrapped = cipher::wrap(kek, account, &PlainKey::new(sources.bytes()), sources.bytes())
            .ok_or_else(|| refused("a data key could not be wrapped"))?;
        let row = DataKey { account, wrapped, kek: kek.id.clone(), created_at: sources.now() };
        let mut tx = keys.begin().await?;
        data_key::add(&mut tx, &row).await?;
        tx.commit().await.inspect_err(|error| {
            if error.is_of_the_disk() {
                // As under a commit of an act: what the disk holds now, nobody knows.
                tracing::error!(error = %error, "the disk failed under a commit of the key store: stopping");
                std::process::exit(70);
            }
        })
    }
}

fn refused(why: &str) -> StoreError {
    StoreError::Refused(why.into())
}

/// Keys out of their wrapping, the longest remembered first.
#[derive(Default)]
struct Memory {
    keys: HashMap<AccountId, (PlainKey, Moment)>,
    order: VecDeque<AccountId>,
}

impl Memory {
    fn find(&self, account: AccountId, now: Moment) -> Option<PlainKey> {
        let (key, since) = self.keys.get(&account)?;
        (now < since.plus_millis(KEPT)).then(|| key.clone())
    }

    fn keep(&mut self, account: AccountId, key: PlainKey, now: Moment) {
        if self.keys.insert(account, (key, now)).is_none() {
            self.order.push_back(account);
        }
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.keys.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests;
