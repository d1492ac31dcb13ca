//! Everything anyone can do. Acts ask the policy, write in one transaction and announce after its commit;
//! nothing else in the server writes or announces. They know no HTTP, no frames and no JSON shapes.

pub mod account;
pub mod answer;
pub mod appeal;
pub mod appeal_answer;
pub mod appeal_close;
pub mod appeal_list;
pub mod appeal_open;
pub mod appeal_read;
pub mod appeal_work;
pub mod audit_read;
pub mod catalogue;
pub mod clock_due;
pub mod demo;
pub mod desk_code;
pub mod due;
pub mod edit;
pub mod error;
pub mod failure;
pub mod figures;
pub mod grant;
pub mod hide;
pub mod limit;
pub mod me;
pub mod population;
pub mod post;
pub mod post_box;
pub mod provision;
pub mod read;
pub mod read_box;
pub mod room;
pub mod roster;
pub mod seal;
pub mod second_factor;
pub mod session;
pub mod sessions;
pub mod subject;
pub mod unit;
pub mod verify;

use std::sync::Arc;
use std::time::Duration;

use domain::actor::Actor;
use domain::policy::{Act, Admitted, Target, admit};
use domain::source::Sources;
use parking_lot::RwLock;
use store::Store;

use crate::acts::catalogue::{Catalogue, RoomEntry};
use crate::acts::error::{ActError, ActResult};
use crate::acts::limit::Limits;
use crate::acts::post_box::PostBox;
use crate::acts::read_box::ReadBoxes;
use crate::acts::unit::Writer;
use crate::auth::digest::Digests;
use crate::auth::password::Passwords;
use crate::auth::second_factor::SecondFactors;
use crate::auth::token::Tokens;
use crate::vault::Vault;

/// The fact that names the history feeds begin in.
const EPOCH: &str = "feeds.epoch";
/// How long whoever shares a read or a transaction with others waits for it: that a database hangs must be told
/// within 3 s.
const PATIENCE: Duration = Duration::from_millis(2500);

/// What acts need to be done.
pub struct Acts {
    pub(crate) store: Store,
    pub(crate) writer: Writer,
    pub(crate) sources: Sources,
    pub(crate) passwords: Passwords,
    pub(crate) tokens: Tokens,
    /// Makes digests of codes.
    pub(crate) digests: Digests,
    pub(crate) second_factors: SecondFactors,
    pub(crate) vault: Vault,
    pub(crate) limits: Limits,
    pub(crate) posts: PostBox,
    pub(crate) boxes: ReadBoxes,
    pub(crate) demo: bool,
    /// Whether staff must have a second factor.
    pub(crate) factor_is_demanded: bool,
    epoch: String,
    catalogue: RwLock<Arc<Catalogue>>,
}

/// The parts [`Acts`] are made of.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// Begins transactions and announces.
    pub writer: Writer,
    /// Clock and dice.
    pub sources: Sources,
    /// Hashes passwords.
    pub passwords: Passwords,
    /// Makes tokens.
    pub tokens: Tokens,
    /// Makes digests of codes.
    pub digests: Digests,
    /// Seals what people write in confidence.
    pub vault: Vault,
    /// Slows people down.
    pub limits: Limits,
    /// Posts in groups.
    pub posts: PostBox,
    /// Reads what many ask for in groups.
    pub boxes: ReadBoxes,
    /// Whether this is a demo, where password rules do not hold.
    pub demo: bool,
    /// Whether staff must have a second factor before any of their grants holds.
    pub factor_is_demanded: bool,
}

impl Acts {
    /// Acts on an opened and migrated database.
    ///
    /// # Errors
    /// When the catalogue cannot be read, or nothing can be written.
    pub async fn open(parts: Parts) -> ActResult<Self> {
        let epoch = epoch_of(&parts).await?;
        let catalogue = RwLock::new(Arc::new(Catalogue::read(&parts.store).await?));
        let Parts {
            store,
            writer,
            sources,
            passwords,
            tokens,
            digests,
            vault,
            limits,
            posts,
            boxes,
            demo,
            factor_is_demanded,
        } = parts;
        Ok(Self {
            store,
            writer,
            sources,
            passwords,
            tokens,
            second_factors: SecondFactors::new(digests.clone()),
            digests,
            vault,
            limits,
            posts,
            boxes,
            demo,
            factor_is_demanded,
            epoch,
            catalogue,
        })
    }

    /// Regions, organisations and rooms as they stand.
    pub fn catalogue(&self) -> Arc<Catalogue> {
        self.catalogue.read().clone()
    }

    /// The history that feeds begin in: a feed that is followed before its first entry has no row, and none is written
    /// for its readers. Whoever restores a backup must change it, as with the histories in rows.
    pub fn epoch(&self) -> &str {
        &self.epoch
    }

    /// Reads the catalogue again, after provisioning.
    ///
    /// # Errors
    /// When it cannot be read; then the old one stays.
    pub async fn reload_catalogue(&self) -> ActResult<()> {
        let fresh = Arc::new(Catalogue::read(&self.store).await?);
        *self.catalogue.write() = fresh;
        Ok(())
    }

    /// The current moment.
    pub fn now(&self) -> domain::moment::Moment {
        self.sources.now()
    }

    /// Lets limits forget those who have been quiet.
    pub fn forget_the_quiet(&self) {
        self.limits.forget_the_quiet();
    }

    /// Whether the database and the key store answer.
    ///
    /// # Errors
    /// [`ActError::Busy`] when one does not.
    pub async fn is_ready(&self) -> ActResult<()> {
        self.store.answers().await?;
        Ok(self.vault.answers().await?)
    }

    /// The gate for acts done to the service as a whole.
    ///
    /// # Errors
    /// [`ActError::Denied`].
    pub fn admit_to_service(actor: &Actor, act: Act) -> ActResult<Admitted> {
        Ok(admit(actor, act, Target::Service)?)
    }

    /// The gate for acts done to a room; reads the membership afresh.
    ///
    /// # Errors
    /// [`ActError::Denied`], or the store's.
    pub(crate) async fn admit_to_room(
        &self,
        actor: &Actor,
        act: Act,
        entry: &RoomEntry,
    ) -> ActResult<Admitted> {
        let member = match actor {
            Actor::Guest => false,
            Actor::Person(person) => self.boxes.members.ask((entry.room.id, person.account)).await?.is_some(),
        };
        Ok(admit(actor, act, Target::Room { room: &entry.room, member })?)
    }

    /// The room with this id, for those who may know of it: what `actor` may not see does not exist.
    ///
    /// # Errors
    /// [`ActError::Denied`] when it does not exist for `actor`.
    pub(crate) fn visible_room(&self, actor: &Actor, id: &str) -> ActResult<Arc<RoomEntry>> {
        let id = id.parse().map_err(|_| ActError::not_found())?;
        let entry = self.catalogue().room(id).ok_or_else(ActError::not_found)?;
        admit(actor, Act::SeeRoom, Target::Room { room: &entry.room, member: false })?;
        Ok(entry)
    }
}

/// The history that feeds of this database begin in; made by whoever asks first.
async fn epoch_of(parts: &Parts) -> ActResult<String> {
    if let Some(epoch) = store::fact::find(&parts.store, EPOCH).await? {
        return Ok(epoch);
    }
    let mut unit = parts.writer.begin_as_operator().await?;
    let fresh = format!("{:016x}", parts.sources.number());
    let epoch = store::fact::keep(&mut unit.tx, EPOCH, &fresh).await?;
    unit.commit().await?;
    Ok(epoch)
}
