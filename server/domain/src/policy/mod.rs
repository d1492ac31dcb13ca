//! The only gate. [`admit`] takes who asks, what for and to what, and gives an [`Admitted`] that nothing else
//! can make; acts that write take one, so a forgotten check does not compile.

mod act;
mod table;

pub use act::{Act, TargetKind};
pub use table::{Cell, Standing, cell};

use crate::actor::{Actor, Kind, Person};
use crate::grant::Scope;
use crate::id::{AccountId, OrganisationId};
use crate::region::RegionCode;
use crate::room::{Room, RoomKind};

/// Proof that the gate let an act pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admitted(Act);

impl Admitted {
    /// The act that may be done.
    pub const fn act(self) -> Act {
        self.0
    }
}

/// Why the gate let nothing pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// For this actor the target does not exist.
    #[error("not found")]
    Unseen,
    /// Nobody has signed in, and an account is needed.
    #[error("sign in first")]
    Unauthenticated,
    /// The actor sees the target and may not do this.
    #[error("not allowed")]
    NotAllowed,
    /// The actor must be shown to be 18 or older first.
    #[error("not verified as an adult")]
    NotVerified,
}

/// What an act is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'a> {
    /// The service as a whole, or oneself.
    Service,
    /// Somebody's grant.
    Grant,
    /// A room, and whether the actor is its member.
    Room {
        /// The room.
        room: &'a Room,
        /// Whether the actor is its member.
        member: bool,
    },
    /// What everybody sees of an appeal.
    Appeal(Appealed<'a>),
    /// The private lane of an appeal.
    PrivateLane(Appealed<'a>),
    /// The desk of an organisation, and its region.
    Desk(OrganisationId, &'a RegionCode),
    /// What this person is told.
    Mailbox(AccountId),
    /// The roster of an organisation, and its region.
    Roster(OrganisationId, &'a RegionCode),
    /// Figures: of which part is the act's own check, see [`scopes`].
    Figures,
}

/// What the gate must know of an appeal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appealed<'a> {
    /// Its room.
    pub room: &'a Room,
    /// The organisation that owes the answer.
    pub owner: Option<OrganisationId>,
    /// Who opened it.
    pub author: AccountId,
}

impl Target<'_> {
    /// Whose it is.
    const fn whose(&self) -> Option<AccountId> {
        match self {
            Self::Appeal(appeal) | Self::PrivateLane(appeal) => Some(appeal.author),
            Self::Mailbox(account) => Some(*account),
            _ => None,
        }
    }

    /// Whether a grant in this scope concerns the target.
    fn concerns(&self, scope: &Scope) -> bool {
        match (self, scope) {
            (Self::Service | Self::Grant | Self::Figures, _) => true,
            (Self::Room { room, .. }, _) => scope.covers(room),
            (Self::Appeal(appeal), Scope::Organisation(id)) => {
                appeal.owner.map_or_else(|| scope.covers(appeal.room), |owner| owner == *id)
            }
            (Self::PrivateLane(appeal), Scope::Organisation(id)) => appeal.owner == Some(*id),
            (Self::Appeal(appeal) | Self::PrivateLane(appeal), _) => scope.covers(appeal.room),
            (Self::Desk(desk, _) | Self::Roster(desk, _), Scope::Organisation(id)) => desk == id,
            (Self::Desk(_, region) | Self::Roster(_, region), Scope::Region(code)) => *region == code,
            (Self::Desk(..) | Self::Roster(..), Scope::Federation) => true,
            (Self::Desk(..) | Self::Roster(..), Scope::Room(_)) | (Self::Mailbox(_), _) => false,
        }
    }

    /// The target as the table tells it apart.
    pub fn kind(&self) -> TargetKind {
        match self {
            Self::Service => TargetKind::Service,
            Self::Grant => TargetKind::Grant,
            Self::Appeal(appeal) if appeal.room.anonymous_reading => TargetKind::Appeal,
            Self::Appeal(_) => TargetKind::QuietAppeal,
            Self::PrivateLane(_) => TargetKind::PrivateLane,
            Self::Desk(..) => TargetKind::Desk,
            Self::Mailbox(_) => TargetKind::Mailbox,
            Self::Roster(..) => TargetKind::Roster,
            Self::Figures => TargetKind::Figures,
            Self::Room { room, .. } => match (room.kind, room.anonymous_reading) {
                (RoomKind::Medchat, true) => TargetKind::Medchat,
                (RoomKind::Medchat, false) => TargetKind::QuietMedchat,
                (RoomKind::Announcements, true) => TargetKind::Announcements,
                (RoomKind::Announcements, false) => TargetKind::QuietAnnouncements,
                (RoomKind::Staff, _) => TargetKind::StaffRoom,
            },
        }
    }
}

/// Decides whether `actor` may do `act` to `target`.
///
/// # Errors
/// [`Denied`], worst first: what the actor may not see does not exist for them.
pub fn admit(actor: &Actor, act: Act, target: Target<'_>) -> Result<Admitted, Denied> {
    let kind = target.kind();
    let best =
        standings(actor, target).map(|standing| cell(standing, act, kind)).max().unwrap_or(Cell::Unseen);
    match (best, actor) {
        (Cell::Yes, _) => Ok(Admitted(act)),
        (Cell::AfterVerification, _) => Err(Denied::NotVerified),
        (Cell::No, Actor::Guest) => Err(Denied::Unauthenticated),
        (Cell::No, Actor::Person(_)) => Err(Denied::NotAllowed),
        (Cell::Unseen, _) => Err(Denied::Unseen),
    }
}

/// All ways in which `actor` stands towards `target`.
fn standings<'a>(actor: &'a Actor, target: Target<'a>) -> impl Iterator<Item = Standing> + 'a {
    let own = match actor {
        Actor::Guest => Standing::Guest,
        Actor::Person(person) => match (person.kind, person.verified_adult, is_member(target)) {
            (Kind::Staff, _, _) => Standing::Colleague,
            (Kind::Resident, false, _) => Standing::Newcomer,
            (Kind::Resident, true, false) => Standing::Adult,
            (Kind::Resident, true, true) => Standing::Member,
        },
    };
    let held = actor
        .person()
        .into_iter()
        .flat_map(move |person| person.holding().filter(move |grant| target.concerns(&grant.scope)));
    let whose = target.whose().filter(|owner| actor.person().is_some_and(|person| person.account == *owner));
    std::iter::once(own)
        .chain(whose.map(|_| Standing::Own))
        .chain(held.map(|grant| Standing::Holds(grant.role)))
}

/// The scopes in which `person` may do `act` to a target of this kind: what a list may show, what figures may count.
pub fn scopes(person: &Person, act: Act, kind: TargetKind) -> Vec<Scope> {
    let allowed = person.holding().filter(|grant| cell(Standing::Holds(grant.role), act, kind) == Cell::Yes);
    allowed.map(|grant| grant.scope.clone()).collect()
}

const fn is_member(target: Target<'_>) -> bool {
    matches!(target, Target::Room { member: true, .. })
}
