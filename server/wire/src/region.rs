//! Regions as anyone may see them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::appeal::Named;

/// A territory inside a region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Okrug {
    /// Its stable key in the region's file.
    pub key: String,
    /// Its name.
    pub name: String,
    /// The units it covers by name; empty when it covers all but some.
    pub units: Vec<String>,
    /// The units it leaves out, when it covers all others.
    pub except: Vec<String>,
    /// The id of its medchat.
    pub room: String,
}

/// What a region answers and what it does not. The words are topics of `domain.md`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct TopicPolicy {
    /// Answered, in the order screens show them.
    pub accepted: Vec<String>,
    /// Not answered, in the order screens show them; `emergency_hospitalisation` where only that is refused.
    pub refused: Vec<String>,
    /// Answered as a reference question though others refuse them.
    pub reference: Vec<String>,
}

/// Whether one is answered now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Now {
    /// Whether the acceptance window is open.
    pub open: bool,
    /// The region's civil time, `2026-11-23T12:20:00`.
    pub local_time: String,
    /// When it opens next; `null` only if it never does.
    pub next_opening: Option<String>,
    /// When it closes, while open.
    pub closes_at: Option<String>,
    /// The name of today's holiday, when there is one.
    pub holiday: Option<String>,
}

/// A subject of the federation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Region {
    /// `RU-KHA`.
    pub code: String,
    /// The name.
    pub name: String,
    /// The IANA name of its zone.
    pub time_zone: String,
    /// Its territories.
    pub okrugs: Vec<Okrug>,
    /// What is answered.
    pub topic_policy: TopicPolicy,
    /// Whether it is open now.
    pub now: Now,
    /// What happens to writing outside the window: `queue` or `read_only`.
    pub outside_hours: String,
    /// Its organisations, by name.
    pub organisations: Vec<Named>,
    /// A year, this one or from October on the next, without a signed calendar: its days off are taken by rule.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional, type = "number")]
    pub unsigned_year: Option<i16>,
}
