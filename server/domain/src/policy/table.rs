//! The one table: what a standing may do to a kind of target. Everything else about rights follows from it.
//! It is printed whole in `tests/golden/who_may_what.txt`, for people who decide about rights and do not
//! read Rust.

use super::act::{Act, TargetKind};
use crate::grant::Role;

/// How somebody stands towards a target. One person often stands in several ways; the best one counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Nobody signed in.
    Guest,
    /// A resident whose age nobody has checked.
    Newcomer,
    /// A verified adult who is no member of the room.
    Adult,
    /// A verified adult and member of the room.
    Member,
    /// Staff whose grants do not concern the target.
    Colleague,
    /// Staff with a grant that concerns the target.
    Holds(Role),
}

impl Standing {
    /// Every standing, in the order tables print them.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Guest, Self::Newcomer, Self::Adult, Self::Member, Self::Colleague]
            .into_iter()
            .chain(Role::ALL.map(Self::Holds))
    }
}

/// What the table answers, from worst to best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cell {
    /// The target does not exist for this standing.
    Unseen,
    /// It is seen, but this is not allowed; a guest is asked to sign in.
    No,
    /// Allowed once somebody has checked that the person is 18 or older.
    AfterVerification,
    /// Allowed.
    Yes,
}

use Cell::{AfterVerification, No, Unseen, Yes};
use Role::{
    Administrator, ChiefPhysician, Curator, DepartmentHead, DeputyChiefPhysician, Moderator, Registrar,
    Responder,
};
use Standing::{Guest, Holds, Member, Newcomer};

/// The table.
pub fn cell(standing: Standing, act: Act, target: TargetKind) -> Cell {
    match target {
        TargetKind::Service => service(standing, act),
        TargetKind::Grant => grant(standing, act),
        TargetKind::Medchat => medchat(standing, act, true),
        TargetKind::QuietMedchat => medchat(standing, act, false),
        TargetKind::Announcements => announcements(standing, act, true),
        TargetKind::QuietAnnouncements => announcements(standing, act, false),
        TargetKind::StaffRoom => staff_room(standing, act),
    }
}

fn service(standing: Standing, act: Act) -> Cell {
    match act {
        Act::SignUp
        | Act::SignIn
        | Act::Refresh
        | Act::SeeRegions
        | Act::ListRooms
        | Act::OpenInvitation
        | Act::SeeApi => Yes,
        Act::SignOut | Act::SeeMe | Act::OpenSocket | Act::Cancel => yes_if(standing != Guest),
        _ => No,
    }
}

/// Administrators propose and, as a second person, approve; that the two differ is the act's own check.
fn grant(standing: Standing, act: Act) -> Cell {
    match (standing, act) {
        (Holds(Administrator), _) => Yes,
        (_, Act::ProposeGrant) | (Guest, _) => No,
        _ => Unseen,
    }
}

fn medchat(standing: Standing, act: Act, anonymous: bool) -> Cell {
    match act {
        Act::SeeRoom => Yes,
        Act::Read => yes_if(anonymous || standing != Guest),
        Act::Subscribe | Act::MarkRead => yes_if(standing != Guest),
        Act::Join | Act::Leave => yes_if(is_resident(standing)),
        Act::Post | Act::Edit => match standing {
            Member => Yes,
            Newcomer => AfterVerification,
            Holds(role) => yes_if(role.answers() || matches!(role, Moderator | Curator)),
            _ => No,
        },
        Act::Hide => yes_if(standing == Holds(Moderator)),
        _ => No,
    }
}

fn announcements(standing: Standing, act: Act, anonymous: bool) -> Cell {
    match act {
        Act::Post | Act::Edit => match standing {
            Holds(role) => yes_if(role.answers() || role == Curator),
            _ => No,
        },
        Act::Hide => yes_if(standing == Holds(Curator)),
        _ => medchat(standing, act, anonymous),
    }
}

/// Closed: who is not of the organisation cannot even learn that the room is there.
fn staff_room(standing: Standing, act: Act) -> Cell {
    match standing {
        Holds(ChiefPhysician | DeputyChiefPhysician | DepartmentHead | Responder | Registrar) => match act {
            Act::SeeRoom | Act::Read | Act::Subscribe | Act::Post | Act::Edit | Act::MarkRead => Yes,
            Act::Hide => yes_if(standing == Holds(ChiefPhysician)),
            _ => No,
        },
        _ => Unseen,
    }
}

const fn is_resident(standing: Standing) -> bool {
    matches!(standing, Newcomer | Standing::Adult | Member)
}

const fn yes_if(condition: bool) -> Cell {
    if condition { Yes } else { No }
}
