//! The audit, as auditors read it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// What somebody did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct AuditRow {
    /// The id.
    pub id: String,
    /// When.
    pub at: String,
    /// Who; `null` for the server itself and for whoever holds its files.
    pub actor: Option<AuditActor>,
    /// What, in a word: `grant.give`.
    pub act: String,
    /// To what, as `kind:id`.
    pub target: String,
    /// Why, as the actor said; empty where nobody is asked.
    pub reason: String,
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct AuditActor {
    /// The account's id.
    pub id: String,
    /// The name colleagues know, a resident's public name.
    pub name: String,
}
