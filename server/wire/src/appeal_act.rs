//! The bodies of what is done to appeals, and where a message of one landed.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::appeal::{Lane, Outcome};

/// `POST /appeals`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenAppeal {
    /// The client's own name for this try.
    pub cid: String,
    /// The room's id.
    pub room: String,
    /// The organisation asked; left out: the room's default, else every desk of the room.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub organisation: Option<String>,
    /// One of the eleven accepted topics; left out: `other`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub category: Option<String>,
    /// The question, for the public lane; personal data in it is masked there and kept in the private lane.
    pub text: String,
    /// Details for the private lane.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub private_text: Option<String>,
    /// Own messages of the room it is made from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub from: Option<Vec<String>>,
    /// The author saw the emergency card and goes on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub acknowledged: Option<bool>,
}

/// `POST /appeals/{id}/assign`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignAppeal {
    /// The employee's id.
    pub staff: String,
}

/// `POST /appeals/{id}/transfer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferAppeal {
    /// The organisation's id.
    pub organisation: String,
    /// Why; the resident reads it.
    pub reason: String,
}

/// `POST /appeals/{id}/messages`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostToAppeal {
    /// The client's own name for this try.
    pub cid: String,
    /// The lane; left out: public, but private where the text holds personal data.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub lane: Option<Lane>,
    /// The text, at most 4 000 characters.
    pub text: String,
    /// Staff: the lane's head they last saw.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional, type = "number")]
    pub seen: Option<u64>,
    /// The author saw the emergency card and goes on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub acknowledged: Option<bool>,
}

/// `POST /appeals/{id}/ask`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskResident {
    /// The question.
    pub text: String,
    /// The lane; left out: public, but private where the text holds personal data.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub lane: Option<Lane>,
    /// Staff: the lane's head they last saw.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional, type = "number")]
    pub seen: Option<u64>,
}

/// `POST /appeals/{id}/final-answer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiveFinalAnswer {
    /// The answer.
    pub text: String,
    /// What it declares.
    pub outcome: Outcome,
    /// The lane; left out: public, but private where the text holds personal data.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub lane: Option<Lane>,
    /// Staff: the lane's head they last saw.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional, type = "number")]
    pub seen: Option<u64>,
}

/// `POST /appeals/{id}/refuse`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefuseAppeal {
    /// Why, and where to turn instead.
    pub reason: String,
}

/// `POST /appeals/{id}/contest`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContestAppeal {
    /// Why.
    pub reason: String,
}

/// `POST /appeals/{id}/rate`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RateAppeal {
    /// From 1 to 5.
    #[ts(type = "number")]
    pub score: i64,
    /// In one's own words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub comment: Option<String>,
}

/// `POST /appeals/{id}/merge`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeAppeal {
    /// The id of the appeal that goes on.
    pub into: String,
}

/// `POST /appeals/{id}/accept`, `release`, `confirm`, `withdraw`: nothing to say.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActOnAppeal {}

/// Where a message of an appeal landed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct WrittenInLane {
    /// The number in the lane's feed.
    #[ts(type = "number")]
    pub seq: u64,
    /// The id.
    pub id: String,
    /// When.
    pub at: String,
    /// The name of the lane's feed.
    pub feed: String,
}
