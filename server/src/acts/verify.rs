//! Showing that one is an adult. Whatever the method, no more is kept than that it was shown, how, when and until when; no
//! date of birth and no document comes near this.

use std::net::IpAddr;

use domain::actor::{Actor, Person};
use domain::desk_code::DeskCode;
use domain::policy::Act;
use domain::verification::Method;
use store::account::Verification;

use crate::acts::Acts;
use crate::acts::desk_code::Fate;
use crate::acts::error::{ActError, ActResult};

impl Acts {
    /// Redeems a code from a desk: of many who try one at the same moment one does.
    ///
    /// # Errors
    /// [`ActError::Invalid`] for a text that is no code, or one nobody handed out; [`ActError::CodeUsed`];
    /// [`ActError::CodeExpired`]; [`ActError::AlreadyDone`] for who was verified before, and the code stays good;
    /// [`ActError::RateLimited`].
    pub async fn verify_by_desk_code(
        &self,
        person: &Person,
        code: &str,
        from: IpAddr,
    ) -> ActResult<Verification> {
        let admitted = Self::admit_to_service(&Actor::Person(person.clone()), Act::Verify)?;
        self.limits.redeem(person.account, from)?;
        let code = DeskCode::parse(code).map_err(|fault| ActError::invalid("code", fault.code(), fault))?;
        let mut unit = self.writer.begin(admitted).await?;
        let (now, digest) = (unit.now, self.digest_of(&code));
        let found = store::desk_code::find(&mut unit.tx, &digest).await?;
        let found =
            found.ok_or_else(|| ActError::invalid("code", "unknown", "no desk has handed out this code"))?;
        match Fate::of(&found, now) {
            Fate::Open if person.verified_adult => return Err(ActError::AlreadyDone),
            Fate::Open => {}
            Fate::Redeemed => return Err(ActError::CodeUsed),
            Fate::Revoked | Fate::Expired => return Err(ActError::CodeExpired),
        }
        if !store::desk_code::redeem(&mut unit.tx, found.id, person.account, now).await? {
            // Somebody was quicker.
            return Err(ActError::CodeUsed);
        }
        let verification = Verification { method: Method::DeskCode, at: now, expires_at: None };
        store::account::verify(&mut unit.tx, person.account, &verification).await?;
        unit.audit(Some(person.account), "verify.desk_code", format!("desk_code:{}", found.id), "").await?;
        unit.commit().await?;
        Ok(verification)
    }
}
