//! Rooms and invitations.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::appeal::Named;

/// The kinds of room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// Медчат.
    Medchat,
    /// Объявления.
    Announcements,
    /// Комната сотрудников.
    Staff,
}

impl From<domain::room::RoomKind> for RoomKind {
    fn from(kind: domain::room::RoomKind) -> Self {
        match kind {
            domain::room::RoomKind::Medchat => Self::Medchat,
            domain::room::RoomKind::Announcements => Self::Announcements,
            domain::room::RoomKind::Staff => Self::Staff,
        }
    }
}

/// A room's group in a messenger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Link {
    /// `telegram` or `max`.
    pub platform: String,
    /// The invitation's address.
    pub url: String,
    /// Whether it has the form such addresses have.
    pub valid: bool,
}

/// How the asking person stands towards a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct My {
    /// Whether they are a member.
    pub member: bool,
    /// The highest number they have read.
    #[ts(type = "number")]
    pub read: u64,
    /// How many messages of others came after it.
    #[ts(type = "number")]
    pub unread: u64,
    /// What they may do here: `read`, `post`, `hide`, `join`, `leave`, `post_after_verification`.
    pub may: Vec<String>,
}

/// A room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Room {
    /// The id.
    pub id: String,
    /// The kind.
    pub kind: RoomKind,
    /// The code of its region.
    pub region: String,
    /// The key of its okrug; `null` for a general room and for other kinds.
    pub okrug: Option<String>,
    /// The title.
    pub title: String,
    /// A line above the title: whose medchat it is.
    pub subtitle: Option<String>,
    /// How many residents have joined.
    #[ts(type = "number")]
    pub members: u64,
    /// Whether the acceptance window is open.
    pub open_now: bool,
    /// When it opens next.
    pub next_opening: Option<String>,
    /// When it closes, while open.
    pub closes_at: Option<String>,
    /// The name of today's holiday, when there is one.
    pub holiday: Option<String>,
    /// What a poster shows and anybody may type; `null` for a closed room.
    pub invitation_code: Option<String>,
    /// The name of its feed.
    pub feed: String,
    /// The highest number read by staff who owe this room an answer.
    #[ts(type = "number")]
    pub seen: u64,
    /// The organisations that answer here.
    pub organisations: Vec<Named>,
    /// The id of the organisation that gets what is asked of none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub default_organisation: Option<String>,
    /// Its groups in messengers.
    pub links: Vec<Link>,
    /// How the asking person stands; absent for a guest.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub my: Option<My>,
}

/// What an invitation code opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Invitation {
    /// The code in its canonical form.
    pub code: String,
    /// The room.
    pub room: Room,
}

/// `POST /rooms/{id}/members`: nothing to say.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinRoom {}
