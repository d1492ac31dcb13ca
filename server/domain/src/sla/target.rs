//! How much working time an answer may take: targets by category, in versions. A version holds for every cycle that
//! begins while it is in force, so a change never moves a promise already given, and the past is recomputed with the
//! version it was measured by. What a clock has used is `clock`'s work.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::moment::Moment;
use crate::sla::working::WorkingTime;
use crate::topic::Topic;

/// The longest target, in working minutes. Even the last rung of the ladder, at twice the target, then falls into the
/// 400 days for which due moments are looked for in a usual week.
const LONGEST: i64 = 60_000;

/// A target in working minutes: 1 to 60 000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Minutes(u32);

/// Why targets cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TargetFault {
    /// Zero or negative minutes.
    #[error("a target has at least one working minute, not {0}")]
    NotPositive(i64),
    /// More minutes than anybody may be kept waiting.
    #[error("a target has at most 60000 working minutes, not {0}")]
    TooLong(i64),
    /// A target for a topic no appeal can have.
    #[error("\"{0}\" is no category of an appeal")]
    NotACategory(&'static str),
    /// A version comes into force before or with the one it follows.
    #[error("each version of the targets comes into force after the one before it")]
    OutOfOrder,
}

impl TargetFault {
    /// The stable code of the fault.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotPositive(_) => "not_positive",
            Self::TooLong(_) => "too_long",
            Self::NotACategory(_) => "not_a_category",
            Self::OutOfOrder => "out_of_order",
        }
    }
}

impl Minutes {
    /// So many working minutes.
    ///
    /// # Errors
    /// [`TargetFault`] outside 1 to 60 000.
    pub fn new(minutes: i64) -> Result<Self, TargetFault> {
        match u32::try_from(minutes) {
            Ok(positive @ 1..) if minutes <= LONGEST => Ok(Self(positive)),
            _ if minutes > LONGEST => Err(TargetFault::TooLong(minutes)),
            _ => Err(TargetFault::NotPositive(minutes)),
        }
    }

    /// As working time.
    pub const fn time(self) -> WorkingTime {
        WorkingTime::from_minutes(self.0)
    }
}
impl TryFrom<i64> for Minutes {
    type Error = TargetFault;
    fn try_from(minutes: i64) -> Result<Self, TargetFault> {
        Self::new(minutes)
    }
}
impl From<Minutes> for i64 {
    fn from(minutes: Minutes) -> Self {
        Self::from(minutes.0)
    }
}

/// The targets of one cycle of an appeal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Target {
    /// Until a named employee's first message.
    pub first_answer: Minutes,
    /// Until the final answer.
    pub final_answer: Minutes,
    /// From the final answer until the resident's silence closes the appeal.
    pub silence: Minutes,
}

/// Two hours, one working day of twelve hours and three such days: the promise of every medchat.
impl Default for Target {
    fn default() -> Self {
        Self { first_answer: Minutes(120), final_answer: Minutes(720), silence: Minutes(2160) }
    }
}

/// Targets in force from a moment on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// The first moment they hold.
    pub from: Moment,
    /// For every category without its own.
    pub target: Target,
    /// What differs by category.
    #[serde(default)]
    pub categories: BTreeMap<Topic, Exception>,
}

/// The targets of one category that differ from those of its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Exception {
    /// In place of [`Target::first_answer`].
    pub first_answer: Option<Minutes>,
    /// In place of [`Target::final_answer`].
    pub final_answer: Option<Minutes>,
    /// In place of [`Target::silence`].
    pub silence: Option<Minutes>,
}

impl Exception {
    pub(crate) fn over(self, usual: Target) -> Target {
        Target {
            first_answer: self.first_answer.unwrap_or(usual.first_answer),
            final_answer: self.final_answer.unwrap_or(usual.final_answer),
            silence: self.silence.unwrap_or(usual.silence),
        }
    }
}

/// All versions of a region's targets, oldest first. Before the first one, and without any, the default holds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<Version>", into = "Vec<Version>")]
pub struct Targets(Vec<Version>);

impl Targets {
    /// Versions in the order in which they come into force.
    ///
    /// # Errors
    /// [`TargetFault::OutOfOrder`] and [`TargetFault::NotACategory`].
    pub fn new(versions: Vec<Version>) -> Result<Self, TargetFault> {
        let in_order = versions.windows(2).all(|pair| match pair {
            [earlier, later] => earlier.from < later.from,
            _ => true,
        });
        let stray = versions.iter().flat_map(|version| version.categories.keys()).find(|t| !t.is_category());
        match (in_order, stray) {
            (false, _) => Err(TargetFault::OutOfOrder),
            (true, Some(topic)) => Err(TargetFault::NotACategory(topic.key())),
            (true, None) => Ok(Self(versions)),
        }
    }

    /// Whether there is no version, so that every medchat's promise holds.
    pub const fn are_usual(&self) -> bool {
        self.0.is_empty()
    }

    /// The versions, oldest first.
    pub fn versions(&self) -> &[Version] {
        &self.0
    }

    /// The targets of a cycle of an appeal of `category` that begins at `begun`.
    pub fn at(&self, begun: Moment, category: Topic) -> Target {
        let version = self.0.iter().rev().find(|version| version.from <= begun);
        version.map_or_else(Target::default, |version| {
            version.categories.get(&category).copied().unwrap_or_default().over(version.target)
        })
    }
}
impl TryFrom<Vec<Version>> for Targets {
    type Error = TargetFault;
    fn try_from(versions: Vec<Version>) -> Result<Self, TargetFault> {
        Self::new(versions)
    }
}
impl From<Targets> for Vec<Version> {
    fn from(targets: Targets) -> Self {
        targets.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(first_answer: i64) -> Target {
        Target { first_answer: Minutes::new(first_answer).expect("minutes"), ..Target::default() }
    }
    fn version(from: i64, first: i64) -> Version {
        Version { from: Moment::from_millis(from), target: target(first), categories: BTreeMap::new() }
    }

    #[test]
    fn the_default_is_what_medchats_promise() {
        let target = Targets::default().at(Moment::from_millis(0), Topic::Other);
        let minutes = [target.first_answer, target.final_answer, target.silence].map(i64::from);
        assert_eq!(minutes, [120, 720, 2160]);
        assert_eq!(target.first_answer.time(), WorkingTime::from_minutes(120));
    }

    #[test]
    fn a_version_holds_from_its_first_moment_for_what_begins_then() {
        let mut second = version(100, 60);
        let four_hours = Minutes::new(240).expect("minutes");
        let exception = Exception { first_answer: Some(four_hours), ..Exception::default() };
        second.categories.insert(Topic::Ethics, exception);
        let targets = Targets::new(vec![version(10, 90), second]).expect("targets");
        let first = |at, category| i64::from(targets.at(Moment::from_millis(at), category).first_answer);
        assert_eq!([9, 10, 99, 100].map(|at| first(at, Topic::Queue)), [120, 90, 90, 60]);
        assert_eq!([99, 100].map(|at| first(at, Topic::Ethics)), [90, 240]);
    }

    #[test]
    fn targets_that_cannot_be_kept_are_refused() {
        for wrong in [0, -1, i64::MIN] {
            assert_eq!(Minutes::new(wrong), Err(TargetFault::NotPositive(wrong)));
        }
        for wrong in [60_001, i64::from(u32::MAX) + 1, i64::MAX] {
            assert_eq!(Minutes::new(wrong), Err(TargetFault::TooLong(wrong)));
        }
        assert_eq!(Targets::new(vec![version(10, 1), version(10, 2)]), Err(TargetFault::OutOfOrder));
        let mut stray = version(10, 1);
        stray.categories.insert(Topic::Therapy, Exception::default());
        let fault = Targets::new(vec![stray]).expect_err("refused");
        assert_eq!((fault, fault.code()), (TargetFault::NotACategory("therapy"), "not_a_category"));
    }

    #[test]
    fn targets_survive_being_a_row() {
        let text = r#"[{"from":5,"target":{"first_answer":60},"categories":{"queue":{"final_answer":30}}}]"#;
        let targets: Targets = serde_json::from_str(text).expect("targets");
        let queue = targets.at(Moment::from_millis(5), Topic::Queue);
        assert_eq!((i64::from(queue.first_answer), i64::from(queue.final_answer)), (60, 30));
        let again = serde_json::to_string(&targets).expect("json");
        assert_eq!(serde_json::from_str::<Targets>(&again).expect("targets"), targets);
        assert!(serde_json::from_str::<Targets>(r#"[{"from":5,"target":{"silence":0}}]"#).is_err());
    }
}
