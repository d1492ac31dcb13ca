//! Accounts and oneself.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::appeal::Named;
use crate::grant::Grant;
use crate::message::{PersonKind, Signature};
use crate::room::Room;

/// `POST /accounts`: a resident signs up.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    /// What one signs in with.
    pub login: String,
    /// The password, at least 10 characters.
    pub password: String,
    /// The name others see.
    pub alias: String,
}

/// An account in a few words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Account {
    /// The id.
    pub id: String,
    /// Resident or staff; fixed for ever.
    pub kind: PersonKind,
    /// The name others see.
    pub alias: String,
    /// Whether an accepted method has shown them to be 18 or older.
    pub verified_adult: bool,
}

/// `GET /me`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Me {
    /// The id.
    pub id: String,
    /// Resident or staff.
    pub kind: PersonKind,
    /// The name others see.
    pub alias: String,
    /// Whether an accepted method has shown them to be 18 or older.
    pub verified_adult: bool,
    /// `confirmed`, `missing` when it must be set up before any grant holds, or `not_needed`.
    pub second_factor: String,
    /// Staff: what the server puts under their messages.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub signature: Option<Signature>,
    /// The grants that hold now or later.
    pub grants: Vec<Grant>,
    /// The organisation a resident last asked: where the next question goes unless they say otherwise.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub clinic: Option<Named>,
    /// A resident's rooms; staff: all rooms their grants concern.
    pub rooms: Vec<Room>,
}
