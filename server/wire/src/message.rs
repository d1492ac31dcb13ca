//! Messages and what stands under them.

use domain::actor::Kind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::appeal::AppealCard;

/// Resident or staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PersonKind {
    /// Житель.
    Resident,
    /// Представитель медорганизации.
    Staff,
}

impl From<Kind> for PersonKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Resident => Self::Resident,
            Kind::Staff => Self::Staff,
        }
    }
}

/// What the server puts under a staff message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema, JsonSchema)]
pub struct Signature {
    /// The employee's name.
    pub name: String,
    /// The employee's position.
    pub position: String,
    /// The organisation they answer for.
    pub organisation: String,
}

/// Who wrote a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema, JsonSchema)]
pub struct Author {
    /// The account.
    pub id: String,
    /// Resident or staff.
    pub kind: PersonKind,
    /// The name others see.
    pub alias: String,
    /// Staff alone have one; the server makes it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub signature: Option<Signature>,
}

impl From<&domain::person::Signature> for Signature {
    fn from(signature: &domain::person::Signature) -> Self {
        let domain::person::Signature { name, position, organisation } = signature.clone();
        Self { name, position, organisation }
    }
}

impl From<&domain::author::Author> for Author {
    fn from(author: &domain::author::Author) -> Self {
        Self {
            id: author.account.to_string(),
            kind: author.kind.into(),
            alias: author.alias.clone(),
            signature: author.signature.as_ref().map(Signature::from),
        }
    }
}

/// What a room's history holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Item {
    /// A message.
    Message(Message),
    /// An appeal, at its opening entry, in its present state.
    Appeal(AppealItem),
}

/// An appeal among the messages of its room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct AppealItem {
    /// The number of its opening entry in the room's feed.
    #[ts(type = "number")]
    pub seq: u64,
    /// How it stands.
    #[serde(flatten)]
    #[ts(flatten)]
    pub card: AppealCard,
}

/// A message in its present state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema, JsonSchema)]
pub struct Message {
    /// The number in the room's feed.
    #[ts(type = "number")]
    pub seq: u64,
    /// The id.
    pub id: String,
    /// When it was written.
    pub at: String,
    /// Who wrote it.
    pub author: Author,
    /// The text; empty when hidden.
    pub text: String,
    /// Whether its author changed it.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    #[ts(optional, as = "Option<bool>")]
    pub edited: bool,
    /// Whether a moderator hid it.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    #[ts(optional, as = "Option<bool>")]
    pub hidden: bool,
    /// Why, when hidden.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub reason: Option<String>,
}

/// `POST /rooms/{id}/messages`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostMessage {
    /// The client's own name for this try.
    pub cid: String,
    /// The text, at most 4 000 characters.
    pub text: String,
    /// The author saw the emergency card and goes on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub acknowledged: Option<bool>,
}

/// `PATCH /rooms/{id}/messages/{mid}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditMessage {
    /// The client's own name for this try.
    pub cid: String,
    /// The new text.
    pub text: String,
}

/// `POST /rooms/{id}/messages/{mid}/hide`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HideMessage {
    /// Why; shown to all readers.
    pub reason: String,
}

/// Where a write landed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Written {
    /// The number in the room's feed.
    #[ts(type = "number")]
    pub seq: u64,
    /// The id.
    pub id: String,
    /// When.
    pub at: String,
}
