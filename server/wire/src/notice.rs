//! Notices: what a person or a desk is told.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::appeal::ClockKind;

/// A clock of an appeal has reached a step of the ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema, JsonSchema)]
pub struct Notice {
    /// When it was noticed.
    pub at: String,
    /// The appeal's id.
    pub appeal: String,
    /// Its number.
    pub number: String,
    /// Which clock.
    pub clock: ClockKind,
    /// Of which cycle.
    pub cycle: u32,
    /// How many hundredths of the target are used: 50, 75, 100 or 200.
    pub percent: u32,
    /// When what the clock waits for is due, or was.
    pub due_at: String,
    /// The roles that are told; empty when it is the assignee alone.
    pub told: Vec<String>,
}

impl Notice {
    /// The notice that was written at `at`.
    pub fn new(notice: &domain::notice::Notice, at: domain::moment::Moment) -> Self {
        Self {
            at: at.rfc3339(),
            appeal: notice.appeal.to_string(),
            number: notice.number.to_string(),
            clock: notice.clock.into(),
            cycle: notice.cycle,
            percent: notice.step.percent(),
            due_at: notice.due_at.rfc3339(),
            told: notice.told.iter().map(|role| role.word().into()).collect(),
        }
    }
}
