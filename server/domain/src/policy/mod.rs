//! The only gate. [`admit`] takes who asks, what for and to what, and gives an [`Admitted`] that nothing else
//! can make; acts that write take one, so a forgotten check does not compile.

mod act;
mod table;

pub use act::{Act, TargetKind};
pub use table::{Cell, Standing, cell};

use crate::actor::{Actor, Kind};
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
}

impl Target<'_> {
    /// The target as the table tells it apart.
    pub fn kind(&self) -> TargetKind {
        match self {
            Self::Service => TargetKind::Service,
            Self::Grant => TargetKind::Grant,
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
    let held = actor.person().into_iter().flat_map(move |person| {
        person.holding().filter(move |grant| match target {
            Target::Room { room, .. } => grant.scope.covers(room),
            Target::Service | Target::Grant => true,
        })
    });
    std::iter::once(own).chain(held.map(|grant| Standing::Holds(grant.role)))
}

const fn is_member(target: Target<'_>) -> bool {
    matches!(target, Target::Room { member: true, .. })
}
