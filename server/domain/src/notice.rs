//! A notice: something a person or a desk is told. It names what it is about and holds no word of any thread.

use serde::{Deserialize, Serialize};

use crate::appeal::number::AppealNumber;
use crate::grant::Role;
use crate::id::AppealId;
use crate::moment::Moment;
use crate::sla::clock::ClockKind;
use crate::sla::ladder::Step;

/// A clock of an appeal has reached a step of the ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Which appeal.
    pub appeal: AppealId,
    /// Its number.
    pub number: AppealNumber,
    /// Which clock.
    pub clock: ClockKind,
    /// Of which cycle.
    pub cycle: u32,
    /// Which step.
    pub step: Step,
    /// When what the clock waits for is due, or was.
    pub due_at: Moment,
    /// The roles that are told; empty when it is the assignee alone.
    pub told: Vec<Role>,
}
