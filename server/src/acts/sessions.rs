//! One's own sessions: where one is signed in, and signing out there from here.

use domain::actor::{Actor, Person};
use domain::event::Taken;
use domain::id::SessionId;
use domain::policy::Act;
use store::session::Listed;

use crate::acts::Acts;
use crate::acts::error::{ActError, ActResult};

impl Acts {
    /// Where `person` is signed in, the last seen first.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sessions(&self, person: &Person) -> ActResult<Vec<Listed>> {
        Self::admit_to_service(&Actor::Person(person.clone()), Act::SeeMe)?;
        Ok(store::session::of_account(&self.store, person.account, self.sources.now()).await?)
    }

    /// Signs `person` out of one of their sessions.
    ///
    /// # Errors
    /// Not found for one that is over, or somebody else's.
    pub async fn end_session(&self, person: &Person, id: &str) -> ActResult<()> {
        self.limits.change(person.account)?;
        let id: SessionId = id.parse().map_err(|_| ActError::not_found())?;
        if !self.sessions(person).await?.iter().any(|session| session.id == id) {
            return Err(ActError::not_found());
        }
        let admitted = Self::admit_to_service(&Actor::Person(person.clone()), Act::SignOut)?;
        let mut unit = self.writer.begin(admitted).await?;
        let now = unit.now;
        if !store::session::end(&mut unit.tx, id, now).await? {
            return Err(ActError::not_found());
        }
        unit.take(person.account, Taken::Session(id)).await?;
        unit.audit(Some(person.account), "session.end", format!("session:{id}"), "").await?;
        unit.commit().await?;
        Ok(())
    }

    /// Signs `person` out everywhere but here.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn end_other_sessions(&self, person: &Person) -> ActResult<()> {
        self.limits.change(person.account)?;
        let admitted = Self::admit_to_service(&Actor::Person(person.clone()), Act::SignOut)?;
        let mut unit = self.writer.begin(admitted).await?;
        let now = unit.now;
        let ended = store::session::end_all(&mut unit.tx, person.account, Some(person.session), now).await?;
        for session in &ended {
            unit.take(person.account, Taken::Session(*session)).await?;
            unit.audit(Some(person.account), "session.end", format!("session:{session}"), "").await?;
        }
        unit.commit().await?;
        Ok(())
    }
}
