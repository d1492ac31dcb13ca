//! The second factor of staff: setting it up, showing it, and losing it. Nobody's grants hold before
//! theirs is confirmed. Residents have none: what they may do is little, and a phone is what elderly people lose first.

use domain::actor::{Actor, Kind, Person};
use domain::id::AccountId;
use domain::person::Login;
use domain::policy::Act;
use store::account::Account;
use store::second_factor::SecondFactor;

use crate::acts::Acts;
use crate::acts::error::{ActError, ActResult};
use crate::auth::second_factor::{SecondFactors, Setup};

/// How the second factor of somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorState {
    /// Nobody asks for one.
    NotNeeded,
    /// It must be set up before any grant holds.
    Missing,
    /// It is asked for at every sign-in.
    Confirmed,
}

impl FactorState {
    /// The word used in answers.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotNeeded => "not_needed",
            Self::Missing => "missing",
            Self::Confirmed => "confirmed",
        }
    }
}

impl Acts {
    /// How the second factor of `person` stands.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn factor_state(&self, person: &Person) -> ActResult<FactorState> {
        if person.kind == Kind::Resident {
            return Ok(FactorState::NotNeeded);
        }
        Ok(match self.confirmed_factor(person.account).await? {
            Some(_) => FactorState::Confirmed,
            None if self.factor_is_demanded => FactorState::Missing,
            None => FactorState::NotNeeded,
        })
    }

    /// Begins to set one up: what an authenticator is given, told this once. It counts once it is confirmed.
    ///
    /// # Errors
    /// [`ActError::Denied`] for residents; [`ActError::AlreadyDone`] when one is confirmed.
    pub async fn set_up_second_factor(&self, person: &Person) -> ActResult<Setup> {
        self.limits.change(person.account)?;
        let admitted = Self::admit_to_service(&Actor::Person(person.clone()), Act::SetUpSecondFactor)?;
        let account = store::account::by_id(&self.store, person.account).await?;
        let account = account.ok_or(ActError::Unauthenticated)?;
        let nonce = format!("{:016x}", self.sources.number());
        let mut unit = self.writer.begin(admitted).await?;
        let now = unit.now;
        if !store::second_factor::begin(&mut unit.tx, account.id, &nonce, now).await? {
            return Err(ActError::AlreadyDone);
        }
        unit.commit().await?;
        Ok(self.second_factors.setup(account.id, &nonce, &account.login))
    }

    /// Confirms it by a code of the authenticator; gives the recovery codes, told this once.
    ///
    /// # Errors
    /// [`ActError::Invalid`] for a code that is not right; [`ActError::AlreadyDone`]; [`ActError::RateLimited`].
    pub async fn confirm_second_factor(&self, person: &Person, code: &str) -> ActResult<Vec<String>> {
        let admitted = Self::admit_to_service(&Actor::Person(person.clone()), Act::SetUpSecondFactor)?;
        self.limits.second_factor(person.account)?;
        let wrong = || ActError::invalid("code", "wrong", "this is not the code of now");
        let factor = store::second_factor::of(&self.store, person.account).await?.ok_or_else(wrong)?;
        if factor.confirmed_at.is_some() {
            return Err(ActError::AlreadyDone);
        }
        let step = self.step(person.account, &factor, code).ok_or_else(wrong)?;
        let codes = SecondFactors::recovery_codes(&self.sources);
        let digests: Vec<String> =
            codes.iter().map(|code| self.second_factors.kept(person.account, code)).collect();
        let mut unit = self.writer.begin(admitted).await?;
        let now = unit.now;
        if !store::second_factor::confirm(&mut unit.tx, person.account, &factor.nonce, step, now).await? {
            return Err(ActError::AlreadyDone);
        }
        store::second_factor::put_recovery_codes(&mut unit.tx, person.account, &digests).await?;
        let target = format!("account:{}", person.account);
        unit.audit(Some(person.account), "second_factor.confirm", target, "").await?;
        unit.commit().await?;
        Ok(codes)
    }

    /// Takes away the second factor of who has lost it and the recovery codes too, for the operator; all their sessions
    /// end. They set up another one when they next sign in.
    ///
    /// # Errors
    /// Not found when there is no such account; [`ActError::AlreadyDone`] when it has none.
    pub async fn remove_second_factor(&self, login: &str) -> ActResult<()> {
        let login = Login::new(login).map_err(|_| ActError::not_found())?;
        let found = store::account::by_login(&self.store, login.as_str()).await?;
        let (Account { id, .. }, _) = found.ok_or_else(ActError::not_found)?;
        let mut unit = self.writer.begin_as_operator().await?;
        if !store::second_factor::remove(&mut unit.tx, id).await? {
            return Err(ActError::AlreadyDone);
        }
        let now = unit.now;
        for session in store::session::end_all(&mut unit.tx, id, None, now).await? {
            unit.take(id, domain::event::Taken::Session(session)).await?;
        }
        unit.audit(None, "second_factor.remove", format!("account:{id}"), "").await?;
        unit.commit().await?;
        Ok(())
    }

    /// The confirmed second factor of an account.
    pub(crate) async fn confirmed_factor(&self, account: AccountId) -> ActResult<Option<SecondFactor>> {
        let factor = store::second_factor::of(&self.store, account).await?;
        Ok(factor.filter(|factor| factor.confirmed_at.is_some()))
    }

    /// Asks for the second factor of an account that has one: the digits of now, or a recovery code. Each counts once.
    ///
    /// # Errors
    /// [`ActError::SecondFactorRequired`] when it was not shown; [`ActError::Unauthenticated`] when it is wrong or was shown
    /// before; [`ActError::RateLimited`].
    pub(crate) async fn ask_for_factor(&self, account: AccountId, shown: Option<&str>) -> ActResult<()> {
        let Some(factor) = self.confirmed_factor(account).await? else { return Ok(()) };
        let shown = shown.ok_or(ActError::SecondFactorRequired)?;
        self.limits.second_factor(account)?;
        let admitted = Self::admit_to_service(&Actor::Guest, Act::SignIn)?;
        let mut unit = self.writer.begin(admitted).await?;
        let now = unit.now;
        let taken = if let Some(step) = self.step(account, &factor, shown) {
            store::second_factor::take_step(&mut unit.tx, account, step).await?
        } else {
            let digest = self.second_factors.kept(account, shown);
            let taken = store::second_factor::take_recovery_code(&mut unit.tx, account, &digest, now).await?;
            if taken {
                let target = format!("account:{account}");
                unit.audit(Some(account), "second_factor.recover", target, "").await?;
            }
            taken
        };
        if !taken {
            return Err(ActError::Unauthenticated);
        }
        unit.commit().await?;
        Ok(())
    }

    fn step(&self, account: AccountId, factor: &SecondFactor, code: &str) -> Option<u64> {
        let seconds = self.sources.now().seconds().max(0).unsigned_abs();
        self.second_factors.step(account, &factor.nonce, code, seconds)
    }
}
