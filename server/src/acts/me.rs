//! Oneself: account, signature, grants and rooms.

use std::sync::Arc;

use domain::actor::{Actor, Kind, Person};
use domain::appeal::card::Named;
use domain::grant::Grant;
use domain::id::OrganisationId;
use domain::person::Signature;
use domain::policy::Act;

use crate::acts::Acts;
use crate::acts::account::AccountView;
use crate::acts::catalogue::RoomEntry;
use crate::acts::error::ActResult;
use crate::acts::room::RoomView;
use crate::acts::second_factor::FactorState;

/// Oneself.
pub struct MeView {
    /// The account.
    pub account: AccountView,
    /// How their second factor stands.
    pub factor: FactorState,
    /// Staff: what stands under their messages.
    pub signature: Option<Signature>,
    /// A resident: the organisation they last asked by name.
    pub clinic: Option<Named<OrganisationId>>,
    /// The grants that hold now or later.
    pub grants: Vec<Grant>,
    /// A resident's rooms; staff: all their grants concern.
    pub rooms: Vec<RoomView>,
}

impl Acts {
    /// Oneself, as one stands now.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn me(&self, person: &Person) -> ActResult<MeView> {
        let actor = Actor::Person(person.clone());
        Self::admit_to_service(&actor, Act::SeeMe)?;
        let joined = store::member::rooms_of(&self.store, person.account).await?;
        let catalogue = self.catalogue();
        let concerns = |entry: &&Arc<RoomEntry>| match person.kind {
            Kind::Resident => joined.contains(&entry.room.id),
            // Administrators and auditors hold the whole federation and answer in none of its rooms.
            Kind::Staff => person.holding().any(|grant| {
                grant.scope != domain::grant::Scope::Federation && grant.scope.covers(&entry.room)
            }),
        };
        let rooms = catalogue.rooms().filter(concerns).cloned().collect();
        let signature = match person.kind {
            Kind::Resident => None,
            Kind::Staff => self.signature(person, None).await?,
        };
        let current = |grant: &&Grant| grant.until.is_none_or(|until| person.seen_at < until);
        Ok(MeView {
            account: AccountView::of(person),
            factor: self.factor_state(person).await?,
            signature,
            clinic: self.clinic_of(person).await?,
            grants: person.grants.iter().filter(current).cloned().collect(),
            rooms: self.views(&actor, rooms).await?,
        })
    }

    async fn clinic_of(&self, person: &Person) -> ActResult<Option<Named<OrganisationId>>> {
        if person.kind == Kind::Staff {
            return Ok(None);
        }
        let clinic = store::clinic::of(&self.store, person.account).await?;
        let catalogue = self.catalogue();
        let found = clinic.and_then(|id| catalogue.organisation(id));
        Ok(found.map(|it| Named { id: it.id, name: it.name.clone() }))
    }
}
