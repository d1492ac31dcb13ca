//! Repeated changes: a client may give a change a key of its own and, when the answer got lost, send it again
//! under the same key. Posts and edits do not come here: their cid does more. An answer may hold what only its reader
//! may read, so it is kept sealed under their own key.

use domain::actor::Person;
use domain::feed::{Feed, Sealed};
use domain::id::EntryId;
use domain::message::Cid;
pub use store::answer::Claim;

use crate::acts::Acts;
use crate::acts::error::{ActError, ActResult};

/// How long answers are kept: a day, in milliseconds.
const KEPT: i64 = 24 * 60 * 60 * 1000;
/// For how long takings are kept, in milliseconds: many times what the slowest node needs to look for them.
const TAKINGS_KEPT: i64 = 60 * 60 * 1000;
/// After how long a claim without an answer was surely made by a process that died, in milliseconds.
const STALE: i64 = 60_000;

impl Acts {
    /// Claims `key` for the change `what` with this body.
    ///
    /// # Errors
    /// [`ActError::Invalid`] for what is no key; those of the store.
    pub async fn claim_answer(
        &self,
        person: &Person,
        key: &str,
        what: &str,
        body: &str,
    ) -> ActResult<(Cid, Claim)> {
        let key = Cid::new(key).map_err(|error| ActError::invalid("Idempotency-Key", "not_a_key", error))?;
        let digest = self.digests.of(&["change", what, body]);
        let mut unit = self.writer.begin_as_operator().await?;
        let now = unit.now;
        let stale = now.plus_millis(-STALE);
        let claim = store::answer::claim(&mut unit.tx, person.account, &key, &digest, now, stale).await?;
        unit.commit().await?;
        let claim = match claim {
            Claim::Answered { status, body: data } => {
                let sealed = Sealed { owner: person.account, data };
                let (feed, place) = self.place_of(person, &key);
                let body = self.vault.open_text(feed, place, &sealed).await?;
                Claim::Answered { status, body: body.ok_or_else(ActError::not_found)? }
            }
            other => other,
        };
        Ok((key, claim))
    }

    /// What an answer is sealed for: this person and this key, so that it opens nowhere else.
    fn place_of(&self, person: &Person, key: &Cid) -> (Feed, EntryId) {
        let number = self.digests.number(&["answer", key.as_str()]);
        (Feed::Person(person.account), EntryId::from_uuid(uuid::Uuid::from_u64_pair(number, 0)))
    }

    /// Keeps the answer to a claimed key; `None` gives the claim back, since nothing happened.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn settle_answer(
        &self,
        person: &Person,
        key: &Cid,
        answer: Option<(u16, &str)>,
    ) -> ActResult<()> {
        let (feed, place) = self.place_of(person, key);
        let answer = match answer {
            None => None,
            Some((status, body)) => Some((status, self.vault.seal(person.account, feed, place, body).await?)),
        };
        let mut unit = self.writer.begin_as_operator().await?;
        match answer {
            Some((status, sealed)) => {
                store::answer::keep(&mut unit.tx, person.account, key, status, &sealed.data).await?;
            }
            None => store::answer::give_back(&mut unit.tx, person.account, key).await?,
        }
        unit.commit().await?;
        Ok(())
    }

    /// Forgets answers that are older than a day, and takings that every node knows of since long.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn forget_answers(&self) -> ActResult<()> {
        let mut unit = self.writer.begin_as_operator().await?;
        let now = unit.now;
        store::answer::forget(&mut unit.tx, now.plus_millis(-KEPT)).await?;
        store::taking::forget(&mut unit.tx, now.plus_millis(-TAKINGS_KEPT)).await?;
        unit.commit().await?;
        Ok(())
    }
}
