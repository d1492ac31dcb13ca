//! A room and what the policy must know of it. How many are in it, what was said and who has read how far
//! are no facts of the room.

use serde::{Deserialize, Serialize};

use crate::id::{OrganisationId, RoomId};
use crate::region::RegionCode;

/// The kinds of room. An appeal is not a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// Медчат: public, one per okrug.
    Medchat,
    /// Объявления: staff post, all read.
    Announcements,
    /// Комната сотрудников: one organisation, closed.
    Staff,
}

impl RoomKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Medchat, Self::Announcements, Self::Staff];

    /// The kind's word in the API and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Medchat => "medchat",
            Self::Announcements => "announcements",
            Self::Staff => "staff",
        }
    }

    /// The kind with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A room as the policy sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// The room's id.
    pub id: RoomId,
    /// Its kind.
    pub kind: RoomKind,
    /// The region that owns it.
    pub region: RegionCode,
    /// The organisations whose grants cover it: those that serve a medchat, the owner of a staff room, all of
    /// the region for its announcements.
    pub organisations: Vec<OrganisationId>,
    /// Whether the region lets people without an account read it.
    pub anonymous_reading: bool,
}

impl Room {
    /// Whether only its organisation's own people may know that it exists.
    pub fn is_closed(&self) -> bool {
        self.kind == RoomKind::Staff
    }
}
