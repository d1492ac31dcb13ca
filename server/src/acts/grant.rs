//! Giving and taking roles. One administrator proposes, another approves; nobody gives anything to themselves.
//! Taking away needs one, at once: it reaches open sockets with the commit.

use domain::actor::{Actor, Kind, Person};
use domain::event::Taken;
use domain::grant::{Grant, Role, Scope};
use domain::id::{AccountId, GrantId};
use domain::moment::Moment;
use domain::policy::{Act, Admitted, Target, admit};

use crate::acts::Acts;
use crate::acts::error::{ActError, ActResult};

/// A role somebody is to be given, as sent.
pub struct Proposal {
    /// The account.
    pub account: String,
    /// The role's word.
    pub role: String,
    /// The scope's kind.
    pub scope_kind: String,
    /// The scope's id.
    pub scope_id: Option<String>,
    /// The first moment it holds; `None` for now.
    pub from: Option<Moment>,
    /// The first moment it holds no longer.
    pub until: Option<Moment>,
}

impl Acts {
    /// Proposes a grant.
    ///
    /// # Errors
    /// [`ActError::FourEyes`] for a grant to oneself; [`ActError::Invalid`]; any other [`ActError`].
    pub async fn propose_grant(&self, person: &Person, proposal: Proposal) -> ActResult<GrantId> {
        let admitted = admit_to_grants(person, Act::ProposeGrant)?;
        let role = Role::from_word(&proposal.role)
            .ok_or_else(|| ActError::invalid("role", "unknown", "there is no such role"))?;
        let scope = self.scope(role, &proposal)?;
        let account = self.holder(role, &proposal.account).await?;
        if account == person.account {
            return Err(ActError::FourEyes);
        }
        let mut unit = self.writer.begin(admitted).await?;
        let from = proposal.from.unwrap_or(unit.now);
        if proposal.until.is_some_and(|until| until <= from) {
            return Err(ActError::invalid("until", "too_early", "a grant ends after it begins"));
        }
        let grant = Grant { id: self.sources.id(), account, role, scope, from, until: proposal.until };
        let now = unit.now;
        store::grant::add(&mut unit.tx, &grant, Some(person.account), now, false).await?;
        unit.audit(Some(person.account), "grant.propose", format!("grant:{}", grant.id), role.word()).await?;
        unit.commit().await?;
        Ok(grant.id)
    }

    /// Approves a grant somebody else proposed for somebody else.
    ///
    /// # Errors
    /// [`ActError::FourEyes`] for one's own proposal or grant; [`ActError::AlreadyDone`]; any other.
    pub async fn approve_grant(&self, person: &Person, grant: &str) -> ActResult<GrantId> {
        let admitted = admit_to_grants(person, Act::ApproveGrant)?;
        let id = grant.parse().map_err(|_| ActError::not_found())?;
        let mut unit = self.writer.begin(admitted).await?;
        let proposal = store::grant::find(&mut unit.tx, id).await?.ok_or_else(ActError::not_found)?;
        if proposal.revoked {
            return Err(ActError::WrongState { state: "revoked", next_opening: None });
        }
        if proposal.approved {
            return Err(ActError::AlreadyDone);
        }
        if proposal.proposed_by == Some(person.account) || proposal.grant.account == person.account {
            return Err(ActError::FourEyes);
        }
        let now = unit.now;
        store::grant::approve(&mut unit.tx, id, person.account, now).await?;
        unit.audit(Some(person.account), "grant.approve", format!("grant:{id}"), proposal.grant.role.word())
            .await?;
        unit.commit().await?;
        Ok(id)
    }

    /// Takes a role away; its holder's sockets close.
    ///
    /// # Errors
    /// [`ActError::AlreadyDone`] when it was taken before; any other.
    pub async fn revoke_grant(&self, person: &Person, grant: &str) -> ActResult<()> {
        let admitted = admit_to_grants(person, Act::RevokeGrant)?;
        let id = grant.parse().map_err(|_| ActError::not_found())?;
        let mut unit = self.writer.begin(admitted).await?;
        let proposal = store::grant::find(&mut unit.tx, id).await?.ok_or_else(ActError::not_found)?;
        let now = unit.now;
        if !store::grant::revoke(&mut unit.tx, id, person.account, now).await? {
            return Err(ActError::AlreadyDone);
        }
        unit.audit(Some(person.account), "grant.revoke", format!("grant:{id}"), proposal.grant.role.word())
            .await?;
        unit.take(proposal.grant.account, Taken::Everything).await?;
        unit.commit().await?;
        Ok(())
    }

    /// Closes the sockets of those whose grants ended between two looks at the clock. One that began needs nothing:
    /// rights are read at every frame.
    ///
    /// # Errors
    /// Those of the store; the next look covers the same time again.
    pub async fn notice_turned_grants(&self, since: Moment, now: Moment) -> ActResult<()> {
        let ended = |grant: &Grant| grant.until.is_some_and(|until| since < until && until <= now);
        for account in store::grant::turned(&self.store, since, now).await? {
            if store::grant::of_account(&self.store, account).await?.iter().any(ended) {
                self.writer.notice(account);
            }
        }
        Ok(())
    }

    /// The scope, if it exists and the role may be held in it.
    fn scope(&self, role: Role, proposal: &Proposal) -> ActResult<Scope> {
        let unknown = || ActError::invalid("scope", "unknown", "there is no such scope");
        let scope =
            Scope::from_parts(&proposal.scope_kind, proposal.scope_id.as_deref()).ok_or_else(unknown)?;
        if !role.fits(scope.kind()) {
            return Err(ActError::invalid("scope.kind", "unfit", "this role is not held in such a scope"));
        }
        if self.catalogue().has_scope(&scope) { Ok(scope) } else { Err(unknown()) }
    }

    /// The account that is to hold the role. Who is resident and staff has two accounts; only a volunteer may
    /// be a resident.
    async fn holder(&self, role: Role, account: &str) -> ActResult<AccountId> {
        let unknown = || ActError::invalid("account", "unknown", "there is no such account");
        let id = account.parse().map_err(|_| unknown())?;
        let account = store::account::by_id(&self.store, id).await?.ok_or_else(unknown)?;
        if account.kind == Kind::Resident && role != Role::Volunteer {
            return Err(ActError::invalid("account", "resident", "a resident cannot hold this role"));
        }
        Ok(account.id)
    }
}

fn admit_to_grants(person: &Person, act: Act) -> ActResult<Admitted> {
    Ok(admit(&Actor::Person(person.clone()), act, Target::Grant)?)
}
