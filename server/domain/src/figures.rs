//! Honest figures: how long people waited, what share was kept within the promise, and what came of it. Every figure is
//! made from per-cycle records, and every record is folded from an appeal's log; filters choose appeals, not formulas.
//! A record holds as long as the log does: only the figures depend on the present moment.
//!
//! Definitions:
//! * **mean, median, p90** are over the cycles in which the clock stopped. The median of an even number is the mean of
//!   the two in the middle. p90 is the nearest rank: of `n` values in order the `⌈0.9·n⌉`-th, so it is always a wait
//!   that somebody had. Working time leaves out closed hours and, for the final answer, pauses; wall time leaves out
//!   nothing.
//! * **within** is the share answered in time among the cycles that were answered or are overdue. An appeal nobody
//!   answers counts against it from the moment it is due; an appeal that is not yet due says nothing.
//! * **declared, confirmed, contested, silent** count appeals and stay apart: the last final answer given says
//!   `resolved`, contested or not; the appeal is confirmed; any final answer was contested; it is closed after silence.
//! * **satisfaction** is the mean score, never without the number of scores and their share of all final answers.

use serde::{Deserialize, Serialize};

use crate::appeal::Appeal;
use crate::appeal::event::{Event, Fact};
use crate::appeal::outcome::{Outcome, Score};
use crate::moment::Moment;
use crate::sla::calendar::Opening;
use crate::sla::clock::{self, Clock, ClockFault, ClockKind};
use crate::sla::target::Targets;
use crate::sla::working::WorkingTime;

/// How one clock of one cycle ended, or has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Wait {
    /// It was answered.
    Answered {
        /// Working time used, pauses left out.
        working: WorkingTime,
        /// Milliseconds from the resident's message.
        wall: i64,
        /// Whether it was in time.
        in_time: bool,
    },
    /// It is not answered and was due before it paused or ended.
    Overdue,
    /// It is not answered, and the clock runs.
    Running {
        /// When it is due; after this moment it is overdue.
        due_at: Moment,
    },
    /// It is not answered; the clock paused or ended before it was due.
    Open,
}

/// What the resident said of a final answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// That it is so.
    Confirmed,
    /// That it is not.
    Contested,
    /// Nothing, until the appeal was closed.
    Silent,
}

/// One cycle of one appeal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The cycle, from 1: each appeal has exactly one first cycle.
    pub cycle: u32,
    /// Whether it is the appeal's last cycle so far.
    pub last: bool,
    /// Whether its final answer is the last one the appeal got: that of the last cycle or, once this is contested and
    /// not answered again, of the one before.
    pub last_answer: bool,
    /// The wait for a named employee's first message.
    pub first_answer: Wait,
    /// The wait for the final answer.
    pub final_answer: Wait,
    /// What the final answer declared, when there is one.
    pub outcome: Option<Outcome>,
    /// What the resident said of it.
    pub verdict: Option<Verdict>,
    /// How the resident rated it.
    pub rating: Option<Score>,
}

/// The records of one appeal as its log stands, cycle by cycle.
///
/// # Errors
/// [`ClockFault`] when the log gives no clocks.
pub fn records(events: &[Event], opening: &Opening, targets: &Targets) -> Result<Vec<Record>, ClockFault> {
    let clocks = clock::clocks(events, opening, targets)?;
    let cycles = Appeal::fold(events)?.cycle();
    let wait = |cycle, kind| {
        let clock = clocks.iter().find(|clock| clock.cycle == cycle && clock.kind == kind);
        clock.map_or(Wait::Open, |clock| Wait::of(clock, opening))
    };
    let blank = |cycle| Record {
        cycle,
        last: cycle == cycles,
        last_answer: false,
        first_answer: wait(cycle, ClockKind::FirstAnswer),
        final_answer: wait(cycle, ClockKind::FinalAnswer),
        outcome: None,
        verdict: None,
        rating: None,
    };
    let mut records: Vec<Record> = (1..=cycles).map(blank).collect();
    let mut rest = records.iter_mut();
    let mut current = rest.next();
    for event in events {
        if let Some(record) = &mut current {
            record.note(&event.fact);
        }
        if matches!(event.fact, Fact::Contested { .. }) {
            current = rest.next();
        }
    }
    if let Some(answered) = records.iter_mut().rev().find(|record| record.outcome.is_some()) {
        answered.last_answer = true;
    }
    Ok(records)
}

impl Wait {
    fn of(clock: &Clock, opening: &Opening) -> Self {
        match (clock.stopped_at(), clock.waited()) {
            (Some(stopped), Some(wall)) => Self::Answered {
                working: clock.used(opening, stopped),
                wall,
                in_time: !clock.is_breached(stopped),
            },
            _ if clock.is_late() => Self::Overdue,
            _ if clock.is_running() => Self::Running { due_at: clock.due_at },
            _ => Self::Open,
        }
    }

    /// Whether nobody answered although it was due before `now`. On the moment is in time.
    pub fn is_overdue(self, now: Moment) -> bool {
        match self {
            Self::Overdue => true,
            Self::Running { due_at } => due_at < now,
            Self::Answered { .. } | Self::Open => false,
        }
    }
}

impl Record {
    fn note(&mut self, fact: &Fact) {
        match fact {
            Fact::Answered { outcome, .. } => self.outcome = Some(*outcome),
            Fact::Confirmed => self.verdict = Some(Verdict::Confirmed),
            Fact::Contested { .. } => self.verdict = Some(Verdict::Contested),
            Fact::ClosedSilently => self.verdict = Some(Verdict::Silent),
            Fact::Rated { score, .. } => self.rating = Some(*score),
            _ => {}
        }
    }
}

/// Mean, median and p90 in seconds; none without values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// The arithmetic mean.
    pub mean: f64,
    /// The median.
    pub median: f64,
    /// The nearest-rank ninetieth percentile.
    pub p90: f64,
}

/// The waits for one kind of answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Waits {
    /// In working time.
    pub working: Option<Spread>,
    /// In wall time.
    pub wall: Option<Spread>,
    /// The share answered in time, 0 to 1; none while nothing was answered or due.
    pub within: Option<f64>,
}

/// What residents think of final answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Satisfaction {
    /// The mean score, 1 to 5; none without scores.
    pub mean: Option<f64>,
    /// How many scores there are.
    pub responses: usize,
    /// Their share of all final answers, 0 to 1; none without final answers.
    pub rate: Option<f64>,
}

/// The figures over some appeals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// How many appeals.
    pub appeals: usize,
    /// Those whose last final answer says they are resolved.
    pub declared: usize,
    /// Those confirmed by the resident.
    pub confirmed: usize,
    /// Those contested at least once.
    pub contested: usize,
    /// Those closed after silence.
    pub silent: usize,
    /// The waits for the first answer.
    pub first_answer: Waits,
    /// The waits for the final answer.
    pub final_answer: Waits,
    /// The scores.
    pub satisfaction: Satisfaction,
}

impl Figures {
    /// The figures at `now` over all cycles of some appeals, in any order.
    pub fn over(records: &[Record], now: Moment) -> Self {
        let count = |is: fn(&Record) -> bool| records.iter().filter(|record| is(record)).count();
        Self {
            appeals: count(|record| record.cycle == 1),
            declared: count(|record| record.last_answer && record.outcome == Some(Outcome::Resolved)),
            confirmed: count(|record| record.last && record.verdict == Some(Verdict::Confirmed)),
            contested: count(|record| record.cycle == 1 && record.verdict == Some(Verdict::Contested)),
            silent: count(|record| record.last && record.verdict == Some(Verdict::Silent)),
            first_answer: Waits::over(records.iter().map(|record| record.first_answer), now),
            final_answer: Waits::over(records.iter().map(|record| record.final_answer), now),
            satisfaction: Satisfaction::over(records),
        }
    }
}

impl Waits {
    fn over(waits: impl Iterator<Item = Wait>, now: Moment) -> Self {
        let (mut working, mut wall) = (Vec::new(), Vec::new());
        let (mut kept, mut owed) = (0, 0);
        for wait in waits {
            if let Wait::Answered { working: used, wall: waited, in_time } = wait {
                working.push(used.millis());
                wall.push(waited);
                owed += 1;
                kept += usize::from(in_time);
            }
            owed += usize::from(wait.is_overdue(now));
        }
        Self { working: Spread::over(working), wall: Spread::over(wall), within: share(kept, owed) }
    }
}

impl Spread {
    /// Over values in milliseconds.
    fn over(mut values: Vec<i64>) -> Option<Self> {
        values.sort_unstable();
        let count = values.len();
        let sum: i128 = values.iter().copied().map(i128::from).sum();
        let middle = (nth(&values, count.div_ceil(2))?, nth(&values, count / 2 + 1)?);
        Some(Self {
            mean: seconds(sum) / number(count),
            median: seconds(i128::from(middle.0) + i128::from(middle.1)) / 2.0,
            p90: seconds(i128::from(nth(&values, (count * 9).div_ceil(10))?)),
        })
    }
}

/// The value at a rank counted from 1.
fn nth(values: &[i64], rank: usize) -> Option<i64> {
    values.get(rank.checked_sub(1)?).copied()
}

impl Satisfaction {
    fn over(records: &[Record]) -> Self {
        let scores =
            records.iter().filter_map(|record| record.rating).map(|score| usize::from(score.value()));
        let (responses, sum) = scores.fold((0, 0), |(count, sum), score| (count + 1, sum + score));
        let answers = records.iter().filter(|record| record.outcome.is_some()).count();
        Self { mean: share(sum, responses), responses, rate: share(responses, answers) }
    }
}

/// `part / whole`; none of nothing.
fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| number(part) / number(whole))
}

fn seconds(millis: i128) -> f64 {
    number_of(millis) / 1000.0
}

fn number(count: usize) -> f64 {
    number_of(i128::try_from(count).unwrap_or(i128::MAX))
}

/// Exact below 2^53: a thousand people waiting for three centuries.
fn number_of(value: i128) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests;
