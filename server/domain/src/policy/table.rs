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
    /// Whose it is: the author of an appeal, whoever a mailbox is for.
    Own,
    /// Staff whose grants do not concern the target.
    Colleague,
    /// Staff with a grant that concerns the target.
    Holds(Role),
}

impl Standing {
    /// Every standing, in the order tables print them.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Guest, Self::Newcomer, Self::Adult, Self::Member, Self::Own, Self::Colleague]
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
    Administrator, Auditor, ChiefPhysician, Curator, DepartmentHead, DeputyChiefPhysician, Moderator,
    Observer, Registrar, Responder,
};
use Standing::{Guest, Holds, Member, Newcomer, Own};

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
        TargetKind::Appeal => appeal(standing, act, true),
        TargetKind::QuietAppeal => appeal(standing, act, false),
        TargetKind::PrivateLane => private_lane(standing, act),
        TargetKind::Desk => desk(standing, act),
        TargetKind::Mailbox => mailbox(standing, act),
        TargetKind::Roster => roster(standing, act),
        TargetKind::Figures => figures(standing, act),
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
        | Act::SeeStatus
        | Act::SeeApi => Yes,
        Act::HandOutCodes => yes_if(standing == Holds(Registrar)),
        Act::SetUpSecondFactor => yes_if(standing == Standing::Colleague || matches!(standing, Holds(_))),
        Act::SeeAudit => yes_if(standing == Holds(Auditor)),
        Act::Verify => yes_if(is_resident(standing)),
        Act::ListAppeals => yes_if(standing != Guest),
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
        Act::OpenAppeal => match standing {
            Standing::Adult | Member => Yes,
            Newcomer => AfterVerification,
            _ => No,
        },
        Act::Hide => yes_if(standing == Holds(Moderator)),
        _ => No,
    }
}

/// What everybody who may read the room sees of an appeal. Organisations count only when they owe it: their own grants
/// concern an appeal as soon as nobody owns it and they serve its room, or they own it.
fn appeal(standing: Standing, act: Act, anonymous: bool) -> Cell {
    let answers = matches!(standing, Holds(role) if role.answers());
    match act {
        Act::Read => yes_if(anonymous || standing != Guest),
        Act::Subscribe | Act::MarkRead => yes_if(standing != Guest),
        Act::WriteToAppeal => yes_if(answers || standing == Own),
        Act::ConfirmAnswer | Act::ContestAnswer | Act::RateAnswer | Act::WithdrawAppeal => {
            yes_if(standing == Own)
        }
        Act::AcceptAppeal
        | Act::ReleaseAppeal
        | Act::TransferAppeal
        | Act::AskResident
        | Act::AnswerFinally
        | Act::MergeAppeals
        | Act::ViewAppeal => yes_if(answers),
        Act::AssignAppeal => yes_if(leads(standing)),
        Act::RefuseAppeal => yes_if(answers || standing == Holds(Moderator)),
        _ => No,
    }
}

/// For the author and the people who answer in the organisation that owns the appeal; for all others it is not there.
fn private_lane(standing: Standing, act: Act) -> Cell {
    let reads = standing == Own || matches!(standing, Holds(role) if role.answers());
    match act {
        Act::Read | Act::Subscribe | Act::MarkRead if reads => Yes,
        _ if reads => No,
        _ => Unseen,
    }
}

/// The queue of an organisation: for those who answer in it, and for the region's curators and observers.
fn desk(standing: Standing, act: Act) -> Cell {
    let sees = matches!(standing, Holds(role) if role.answers() || matches!(role, Curator | Observer));
    match act {
        Act::Read | Act::Subscribe | Act::MarkRead if sees => Yes,
        _ if sees => No,
        _ => Unseen,
    }
}

fn mailbox(standing: Standing, act: Act) -> Cell {
    match act {
        Act::Read | Act::Subscribe | Act::MarkRead if standing == Own => Yes,
        _ if standing == Own => No,
        _ => Unseen,
    }
}

fn roster(standing: Standing, act: Act) -> Cell {
    match (standing, act) {
        (Holds(role), Act::SeeRoster) if role.answers() || matches!(role, Registrar | Curator) => Yes,
        (Holds(_), Act::KeepRoster) if leads(standing) => Yes,
        (Holds(role), _) if role.answers() || matches!(role, Registrar | Curator) => No,
        _ => Unseen,
    }
}

/// Leaders see those of their organisation, curators and observers those of their region, administrators all.
fn figures(standing: Standing, act: Act) -> Cell {
    let sees = leads(standing) || matches!(standing, Holds(Curator | Observer | Administrator));
    yes_if(act == Act::SeeFigures && sees)
}

const fn leads(standing: Standing) -> bool {
    matches!(standing, Holds(ChiefPhysician | DeputyChiefPhysician | DepartmentHead))
}

fn announcements(standing: Standing, act: Act, anonymous: bool) -> Cell {
    match act {
        Act::Post | Act::Edit => match standing {
            Holds(role) => yes_if(role.answers() || role == Curator),
            _ => No,
        },
        Act::Hide => yes_if(standing == Holds(Curator)),
        Act::OpenAppeal => No,
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
