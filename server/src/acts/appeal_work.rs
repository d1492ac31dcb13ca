//! What staff do with an appeal beside speaking to its author: take it, give it to a colleague or back, pass it to another
//! organisation, refuse it, join it to another. A moderator refuses too.

use domain::actor::Person;
use domain::appeal::event::{Employee, Fact};
use domain::grant::Scope;
use domain::id::{AccountId, OrganisationId};
use domain::pii;
use domain::policy::Act;

use crate::acts::Acts;
use crate::acts::appeal::{Deed, Held};
use crate::acts::error::{ActError, ActResult};
use crate::acts::hide::parse_reason;

impl Acts {
    /// Takes an appeal.
    ///
    /// # Errors
    /// Any [`ActError`]; then nothing has changed.
    pub async fn accept_appeal(&self, person: &Person, id: &str) -> ActResult<()> {
        const ACT: &str = "appeal.accept";
        let work = |held: &mut Held| {
            let by = held.employee(person)?;
            held.happen(Fact::Accepted { by })
        };
        let done = self.work(person, Act::AcceptAppeal, id, ACT, "", work).await;
        self.judged(person, ACT, id, done).await
    }

    /// Gives an appeal back for a colleague to take.
    ///
    /// # Errors
    /// Any [`ActError`]; then nothing has changed.
    pub async fn release_appeal(&self, person: &Person, id: &str) -> ActResult<()> {
        const ACT: &str = "appeal.release";
        let work = |held: &mut Held| {
            let by = held.employee(person)?;
            held.happen(Fact::Released { by })
        };
        let done = self.work(person, Act::ReleaseAppeal, id, ACT, "", work).await;
        self.judged(person, ACT, id, done).await
    }

    /// Gives an appeal to somebody who answers for the organisation that owes it.
    ///
    /// # Errors
    /// [`ActError::Invalid`] when `staff` is nobody who answers there; any other [`ActError`].
    pub async fn assign_appeal(&self, person: &Person, id: &str, staff: &str) -> ActResult<()> {
        const ACT: &str = "appeal.assign";
        let done = self.assign(person, id, staff).await;
        self.judged(person, ACT, id, done).await
    }

    async fn assign(&self, person: &Person, id: &str, staff: &str) -> ActResult<()> {
        self.limits.change(person.account)?;
        let mut held = self.hold(person, Act::AssignAppeal, id).await?;
        let organisation = held.employee(person)?.organisation;
        let account = staff.parse().map_err(|_| nobody())?;
        if !self.answers_for(account, organisation).await? {
            return Err(nobody());
        }
        let to = Employee { account, organisation };
        held.happen(Fact::Assigned { to, by: Some(person.account) })?;
        let deed = Deed { by: Some(person.account), act: "appeal.assign", reason: staff };
        self.finish(held, deed).await.map(|_| ())
    }

    /// Whether the account may answer for the organisation now.
    pub(crate) async fn answers_for(
        &self,
        account: AccountId,
        organisation: OrganisationId,
    ) -> ActResult<bool> {
        let now = self.sources.now();
        let grants = store::grant::of_account(&self.store, account).await?;
        let scope = Scope::Organisation(organisation);
        Ok(grants.iter().any(|grant| grant.role.answers() && grant.scope == scope && grant.holds_at(now)))
    }

    /// Passes an appeal to another organisation of the region. The clocks go on.
    ///
    /// # Errors
    /// [`ActError::Invalid`] when there is no such organisation in the region, or it owes the answer already; any
    /// other [`ActError`].
    pub async fn transfer_appeal(
        &self,
        person: &Person,
        id: &str,
        organisation: &str,
        reason: &str,
    ) -> ActResult<()> {
        const ACT: &str = "appeal.transfer";
        let done = self.transfer(person, id, organisation, reason, ACT).await;
        self.judged(person, ACT, id, done).await
    }

    async fn transfer(
        &self,
        person: &Person,
        id: &str,
        organisation: &str,
        reason: &str,
        act: &'static str,
    ) -> ActResult<()> {
        let reason = pii::mask(&parse_reason(reason)?);
        let work = |held: &mut Held| {
            let by = held.employee(person)?;
            let to = self.organisation_in(held, organisation)?;
            if to == by.organisation {
                return Err(ActError::invalid(
                    "organisation",
                    "same",
                    "this organisation owes the answer already",
                ));
            }
            held.happen(Fact::Transferred { by, to, reason: reason.clone() })
        };
        self.work(person, Act::TransferAppeal, id, act, &reason, work).await
    }

    fn organisation_in(&self, held: &Held, id: &str) -> ActResult<OrganisationId> {
        let catalogue = self.catalogue();
        let found = id.parse().ok().and_then(|id| catalogue.organisation(id));
        let found = found.filter(|organisation| organisation.region == held.row.region);
        found.map(|organisation| organisation.id).ok_or_else(|| {
            ActError::invalid("organisation", "unknown", "there is no such organisation in this region")
        })
    }

    /// Refuses an appeal, with a reason its author reads.
    ///
    /// # Errors
    /// Any [`ActError`].
    pub async fn refuse_appeal(&self, person: &Person, id: &str, reason: &str) -> ActResult<()> {
        const ACT: &str = "appeal.refuse";
        let reason = pii::mask(&parse_reason(reason)?);
        let work = |held: &mut Held| {
            // A moderator acts for no organisation.
            let organisation = held.employee(person).ok().map(|employee| employee.organisation);
            held.happen(Fact::Refused { by: person.account, organisation, reason: reason.clone() })
        };
        let done = self.work(person, Act::RefuseAppeal, id, ACT, &reason, work).await;
        self.judged(person, ACT, id, done).await
    }

    /// Joins an appeal to another one of the same room, which goes on for both.
    ///
    /// # Errors
    /// [`ActError::Invalid`] for itself, for one of another room and for one that is not there;
    /// [`ActError::WrongState`] when either takes nothing any more; any other [`ActError`].
    pub async fn merge_appeals(&self, person: &Person, id: &str, into: &str) -> ActResult<()> {
        const ACT: &str = "appeal.merge";
        let done = self.merge(person, id, into, ACT).await;
        self.judged(person, ACT, id, done).await
    }

    async fn merge(&self, person: &Person, id: &str, into: &str, act: &'static str) -> ActResult<()> {
        let unfit = || ActError::invalid("into", "unknown", "there is no such appeal to join this one to");
        let target = into.parse().map_err(|_| unfit())?;
        let (_, events) = store::appeal::find(&self.store, target).await?.ok_or_else(unfit)?;
        let other = domain::appeal::Appeal::fold(&events)?;
        let work = |held: &mut Held| {
            let by = held.employee(person)?;
            if target == held.row.id || other.room() != held.row.room {
                return Err(unfit());
            }
            other.takes_merged()?;
            held.happen(Fact::Merged { by, into: target })
        };
        self.work(person, Act::MergeAppeals, id, act, into, work).await
    }

    /// Holds an appeal, lets `work` happen to it and makes it durable.
    pub(crate) async fn work(
        &self,
        person: &Person,
        gate: Act,
        id: &str,
        act: &'static str,
        reason: &str,
        work: impl FnOnce(&mut Held) -> ActResult<()>,
    ) -> ActResult<()> {
        self.limits.change(person.account)?;
        let mut held = self.hold(person, gate, id).await?;
        work(&mut held)?;
        self.finish(held, Deed { by: Some(person.account), act, reason }).await.map(|_| ())
    }
}

fn nobody() -> ActError {
    ActError::invalid("staff", "unknown", "nobody with this id answers for the organisation")
}
