//! The roster of an organisation: who works there and who is on duty when.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Somebody who answers for an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Colleague {
    /// The account's id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The position.
    pub position: String,
    /// The roles held in the organisation.
    pub roles: Vec<String>,
    /// How many open appeals they have.
    #[ts(type = "number")]
    pub open_appeals: u64,
}

/// A shift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Shift {
    /// The id.
    pub id: String,
    /// The employee's id.
    pub staff: String,
    /// The first moment of duty.
    pub from: String,
    /// The first moment off duty.
    pub until: String,
}

/// `GET /organisations/{id}/roster`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Roster {
    /// The organisation's id.
    pub organisation: String,
    /// Its name.
    pub name: String,
    /// The zone its times are meant in.
    pub time_zone: String,
    /// Who answers for it, by name.
    pub people: Vec<Colleague>,
    /// The shifts asked for, in order of time.
    pub shifts: Vec<Shift>,
    /// The hours in which somebody should be there: each opening and closing of the organisation's rooms in the time asked for.
    pub open: Vec<Stretch>,
    /// Whether the asking person keeps the roster.
    pub may_keep: bool,
}

/// A stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Stretch {
    /// Its first moment.
    pub from: String,
    /// The first moment after it.
    pub until: String,
}

/// `POST /organisations/{id}/shifts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddShift {
    /// The employee's id.
    pub staff: String,
    /// The first moment of duty.
    pub from: String,
    /// The first moment off duty.
    pub until: String,
}
