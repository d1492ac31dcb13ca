//! Figures: how long people waited, what share was kept within the promise, and what came of it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Waits in seconds; `null` where nobody waited for anything yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct Spread {
    /// The mean.
    pub mean: Option<f64>,
    /// The median.
    pub median: Option<f64>,
    /// The ninetieth percentile, nearest rank.
    pub p90: Option<f64>,
}

/// The waits for one kind of answer, in seconds of working time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct Waits {
    /// The mean.
    pub mean: Option<f64>,
    /// The median.
    pub median: Option<f64>,
    /// The ninetieth percentile, nearest rank.
    pub p90: Option<f64>,
    /// The share answered in time among those answered or overdue, 0 to 1.
    pub within: Option<f64>,
    /// The same waits in wall time.
    pub wall: Spread,
}

/// What residents think of final answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct Satisfaction {
    /// The mean score, 1 to 5.
    pub mean: Option<f64>,
    /// How many scores there are.
    #[ts(type = "number")]
    pub responses: usize,
    /// Their share of all final answers, 0 to 1.
    pub rate: Option<f64>,
}

/// The figures over some appeals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct Tally {
    /// How many appeals.
    #[ts(type = "number")]
    pub appeals: usize,
    /// Those whose last final answer says they are resolved.
    #[ts(type = "number")]
    pub declared: usize,
    /// Those confirmed by the resident.
    #[ts(type = "number")]
    pub confirmed: usize,
    /// Those contested at least once.
    #[ts(type = "number")]
    pub contested: usize,
    /// Those closed after silence.
    #[ts(type = "number")]
    pub silent: usize,
    /// The waits for the first answer.
    pub first_answer: Waits,
    /// The waits for the final answer.
    pub final_answer: Waits,
    /// The scores.
    pub satisfaction: Satisfaction,
}

/// The figures of one organisation, room, category or stretch of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct Group {
    /// The id, category or first day of what is grouped.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Its figures.
    #[serde(flatten)]
    #[ts(flatten)]
    pub figures: Tally,
}

/// `GET /figures`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct Figures {
    /// Over all appeals asked for.
    #[serde(flatten)]
    #[ts(flatten)]
    pub all: Tally,
    /// Group by group, where `by` asked for it.
    pub groups: Vec<Group>,
    /// The zone in which days begin and end.
    pub time_zone: String,
    /// When it was counted.
    pub counted_at: String,
    /// What was counted, in the words of the filters; what was left out there was limited to what one may ask.
    pub filter: Filter,
}

/// What was counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct Filter {
    /// Regions, by code.
    pub regions: Vec<String>,
    /// Organisations, by id; empty: all.
    pub organisations: Vec<String>,
    /// The room's id.
    pub room: Option<String>,
    /// The category.
    pub category: Option<String>,
    /// The first moment.
    pub from: Option<String>,
    /// The first moment no longer counted.
    pub to: Option<String>,
}
