//! Grants of roles.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Where a role is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// `organisation`, `room`, `region` or `federation`.
    pub kind: String,
    /// The id of what the kind names, a region's code; `null` for the federation.
    #[serde(default)]
    pub id: Option<String>,
}

/// A grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Grant {
    /// The id.
    pub id: String,
    /// The role.
    pub role: String,
    /// Where it is held.
    pub scope: Scope,
    /// The first moment it holds.
    pub from: String,
    /// The first moment it holds no longer; `null` for an open end.
    pub until: Option<String>,
}

/// `POST /grants`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeGrant {
    /// The account that is to hold the role.
    pub account: String,
    /// The role.
    pub role: String,
    /// Where it is to be held.
    pub scope: Scope,
    /// The first moment it holds; left out: the approval.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub from: Option<String>,
    /// The first moment it holds no longer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub until: Option<String>,
}

/// A grant that waits for a second administrator, or got one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct GrantState {
    /// The id.
    pub id: String,
    /// `pending` or `approved`.
    pub state: String,
}
