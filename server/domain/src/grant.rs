//! A grant: a person holds a role in a scope between two dates. Nothing here says what a role may do;
//! that is the policy's table.

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, GrantId, OrganisationId, RoomId};
use crate::moment::Moment;
use crate::region::RegionCode;
use crate::room::Room;

/// The roles of `domain.md`. A resident needs no grant and so is no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Главный врач.
    ChiefPhysician,
    /// Заместитель главного врача.
    DeputyChiefPhysician,
    /// Заведующий отделением.
    DepartmentHead,
    /// Отвечающий сотрудник.
    Responder,
    /// Регистратор: выдаёт коды.
    Registrar,
    /// Модератор медчата.
    Moderator,
    /// Волонтёр медчата.
    Volunteer,
    /// Куратор министерства.
    Curator,
    /// Наблюдатель: Общественная палата, Росздравнадзор, прокурор, союз пациентов.
    Observer,
    /// Администратор системы.
    Administrator,
    /// Аудитор.
    Auditor,
}

impl Role {
    /// Every role, in the order tables print them.
    pub const ALL: [Self; 11] = [
        Self::ChiefPhysician,
        Self::DeputyChiefPhysician,
        Self::DepartmentHead,
        Self::Responder,
        Self::Registrar,
        Self::Moderator,
        Self::Volunteer,
        Self::Curator,
        Self::Observer,
        Self::Administrator,
        Self::Auditor,
    ];

    /// The role's word in the API, the database and the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ChiefPhysician => "chief_physician",
            Self::DeputyChiefPhysician => "deputy_chief_physician",
            Self::DepartmentHead => "department_head",
            Self::Responder => "responder",
            Self::Registrar => "registrar",
            Self::Moderator => "moderator",
            Self::Volunteer => "volunteer",
            Self::Curator => "curator",
            Self::Observer => "observer",
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
        }
    }

    /// The role with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// Whether the role may be held in a scope of this kind: a responder of a whole region does not exist.
    pub const fn fits(self, scope: ScopeKind) -> bool {
        match self {
            Self::ChiefPhysician
            | Self::DeputyChiefPhysician
            | Self::DepartmentHead
            | Self::Responder
            | Self::Registrar => matches!(scope, ScopeKind::Organisation),
            Self::Moderator | Self::Volunteer => matches!(scope, ScopeKind::Room),
            Self::Curator | Self::Observer => matches!(scope, ScopeKind::Region),
            Self::Administrator | Self::Auditor => matches!(scope, ScopeKind::Federation),
        }
    }

    /// Whether holders of this role owe residents an answer: their reading is what "seen" means.
    pub const fn answers(self) -> bool {
        matches!(
            self,
            Self::ChiefPhysician | Self::DeputyChiefPhysician | Self::DepartmentHead | Self::Responder
        )
    }
}

/// The kinds of scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeKind {
    /// One medical organisation.
    Organisation,
    /// One room.
    Room,
    /// One region.
    Region,
    /// Everything.
    Federation,
}

impl ScopeKind {
    /// The kind's word in the API, the database and the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Room => "room",
            Self::Region => "region",
            Self::Federation => "federation",
        }
    }
}

/// Where a role is held.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    /// In one organisation: covers the medchats it serves, its staff room, its region's announcements.
    Organisation(OrganisationId),
    /// In one room.
    Room(RoomId),
    /// In all open rooms of one region.
    Region(RegionCode),
    /// In all open rooms.
    Federation,
}

impl Scope {
    /// The kind of this scope.
    pub const fn kind(&self) -> ScopeKind {
        match self {
            Self::Organisation(_) => ScopeKind::Organisation,
            Self::Room(_) => ScopeKind::Room,
            Self::Region(_) => ScopeKind::Region,
            Self::Federation => ScopeKind::Federation,
        }
    }

    /// The id of what the scope names; `None` for the federation.
    pub fn id(&self) -> Option<String> {
        match self {
            Self::Organisation(id) => Some(id.to_string()),
            Self::Room(id) => Some(id.to_string()),
            Self::Region(code) => Some(code.to_string()),
            Self::Federation => None,
        }
    }

    /// The scope of this kind and id; `None` when they do not belong together.
    pub fn from_parts(kind: &str, id: Option<&str>) -> Option<Self> {
        match (kind, id) {
            ("organisation", Some(id)) => id.parse().ok().map(Self::Organisation),
            ("room", Some(id)) => id.parse().ok().map(Self::Room),
            ("region", Some(id)) => id.parse().ok().map(Self::Region),
            ("federation", None) => Some(Self::Federation),
            _ => None,
        }
    }

    /// Whether a grant in this scope concerns `room`. A staff room is closed: only its organisation's own.
    pub fn covers(&self, room: &Room) -> bool {
        match self {
            Self::Organisation(id) => room.organisations.contains(id),
            Self::Room(id) => room.id == *id,
            Self::Region(code) => room.region == *code && !room.is_closed(),
            Self::Federation => !room.is_closed(),
        }
    }
}

/// A role held in a scope from one moment until another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The grant's id.
    pub id: GrantId,
    /// Who holds it.
    pub account: AccountId,
    /// The role.
    pub role: Role,
    /// Where it is held.
    pub scope: Scope,
    /// The first moment it holds.
    pub from: Moment,
    /// The first moment it holds no longer; `None` for an open end.
    pub until: Option<Moment>,
}

impl Grant {
    /// Whether the grant holds at `now`. Half-open: it holds at `from`, no longer at `until`.
    pub fn holds_at(&self, now: Moment) -> bool {
        self.from <= now && self.until.is_none_or(|until| now < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_holds_from_its_first_moment_until_its_last() {
        let moment = Moment::from_millis;
        let id = |byte| uuid::Uuid::from_bytes([byte; 16]);
        let mut grant = Grant {
            id: GrantId::from_uuid(id(1)),
            account: AccountId::from_uuid(id(2)),
            role: Role::Responder,
            scope: Scope::Federation,
            from: moment(10),
            until: Some(moment(20)),
        };
        assert_eq!([9, 10, 19, 20].map(|at| grant.holds_at(moment(at))), [false, true, true, false]);
        grant.until = None;
        assert!(grant.holds_at(moment(i64::MAX)));
    }

    #[test]
    fn words_lead_back_to_roles_and_scopes() {
        for role in Role::ALL {
            assert_eq!(Role::from_word(role.word()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.word());
        }
        for scope in [Scope::Federation, Scope::Region("RU-KHA".parse().unwrap())] {
            assert_eq!(Scope::from_parts(scope.kind().word(), scope.id().as_deref()), Some(scope));
        }
        assert_eq!(Scope::from_parts("federation", Some("x")), None);
        assert_eq!(Scope::from_parts("room", Some("x")), None);
    }
}
