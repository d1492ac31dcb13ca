//! The clocks of an appeal, folded from its log with the room's opening hours and the targets in force. Each cycle has
//! two: `first_answer` stops at a named employee's first message, `final_answer` at the final-answer act and nothing
//! else. Nothing here is stored that the log does not say, so every due moment can be computed again.
//!
//! A clock runs in working time and pauses exactly while the appeal waits for the resident. What it has used is the
//! working time of its runs; after a pause its due moment is found from what is left.

use serde::{Deserialize, Serialize};

use crate::appeal::event::{Event, Fact};
use crate::appeal::state::{State, StateKind};
use crate::appeal::{Appeal, BrokenLog};
use crate::moment::Moment;
use crate::sla::calendar::Opening;
use crate::sla::target::{Target, Targets};
use crate::sla::working::{self, NeverOpens, WorkingTime};

/// What a clock waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// A named employee's first message of the cycle.
    FirstAnswer,
    /// The final answer of the cycle.
    FinalAnswer,
}

impl ClockKind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::FirstAnswer, Self::FinalAnswer];

    /// The word in the API and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::FirstAnswer => "first_answer",
            Self::FinalAnswer => "final_answer",
        }
    }

    /// The kind with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    const fn target(self, target: Target) -> WorkingTime {
        match self {
            Self::FirstAnswer => target.first_answer.time(),
            Self::FinalAnswer => target.final_answer.time(),
        }
    }
}

/// A stretch in which a clock runs, closed hours included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    from: Moment,
    until: Option<Moment>,
}

/// How a clock came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// What it waited for happened.
    Stopped(Moment),
    /// The appeal was refused, withdrawn or merged: nobody owes anything any more.
    Void,
}

/// One clock of one cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// What it waits for.
    pub kind: ClockKind,
    /// The cycle, from 1.
    pub cycle: u32,
    /// When the resident wrote what began the cycle.
    pub begun_at: Moment,
    /// When it began to count: the same moment, or the next opening.
    pub started_at: Moment,
    /// When it is due. While it is paused, the due moment it had before; it moves when the pause ends.
    pub due_at: Moment,
    /// How much working time it may take.
    pub target: WorkingTime,
    runs: Vec<Run>,
    late: bool,
    end: Option<End>,
}

/// A clock as people read it at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// What it waits for.
    pub kind: ClockKind,
    /// The cycle, from 1.
    pub cycle: u32,
    /// When it began to count.
    pub started_at: Moment,
    /// When it is due; while it is paused, the due moment it had before.
    pub due_at: Moment,
    /// Whether it waits for the resident.
    pub paused: bool,
    /// When what it waits for happened.
    pub stopped_at: Option<Moment>,
    /// Whether the promise was broken.
    pub breached: bool,
}

/// Why a log gives no clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClockFault {
    /// The events are no log of an appeal.
    #[error("the log cannot be folded")]
    BrokenLog(#[from] BrokenLog),
    /// The room's calendar does not give the time.
    #[error("the promise has no due moment")]
    NeverOpens(#[from] NeverOpens),
}

impl Clock {
    fn begin(
        kind: ClockKind,
        cycle: u32,
        at: Moment,
        target: Target,
        opening: &Opening,
    ) -> Result<Self, NeverOpens> {
        let target = kind.target(target);
        Ok(Self {
            kind,
            cycle,
            begun_at: at,
            started_at: working::start(opening, at)?,
            due_at: working::add(opening, at, target)?,
            target,
            runs: vec![Run { from: at, until: None }],
            late: false,
            end: None,
        })
    }

    /// Whether it counts, or would if the room were open.
    pub fn is_running(&self) -> bool {
        self.runs.last().is_some_and(|run| run.until.is_none())
    }

    /// Whether it waits for the resident's reply.
    pub fn is_paused(&self) -> bool {
        self.end.is_none() && !self.is_running()
    }

    /// Whether the appeal ended without what it waited for.
    pub fn is_void(&self) -> bool {
        self.end == Some(End::Void)
    }

    /// Whether nothing can happen to it any more.
    pub const fn has_ended(&self) -> bool {
        self.end.is_some()
    }

    /// When what it waits for happened.
    pub const fn stopped_at(&self) -> Option<Moment> {
        match self.end {
            Some(End::Stopped(at)) => Some(at),
            Some(End::Void) | None => None,
        }
    }

    /// Whether the promise is broken whatever time it is: a run that is over went beyond the due moment.
    pub const fn is_late(&self) -> bool {
        self.late
    }

    /// Whether the promise was broken before `now`: the clock ran beyond its due moment. On the moment is in time.
    pub fn is_breached(&self, now: Moment) -> bool {
        self.late || (self.is_running() && now > self.due_at)
    }

    /// How it reads at `now`.
    pub fn reading(&self, now: Moment) -> Reading {
        Reading {
            kind: self.kind,
            cycle: self.cycle,
            started_at: self.started_at,
            due_at: self.due_at,
            paused: self.is_paused(),
            stopped_at: self.stopped_at(),
            breached: self.is_breached(now),
        }
    }

    /// The working time it has used until `now`, pauses left out.
    pub fn used(&self, opening: &Opening, now: Moment) -> WorkingTime {
        self.runs.iter().map(|run| working::between(opening, run.from, run.until.unwrap_or(now))).sum()
    }

    /// When it waited for the resident, in order; the last pause has no end while it lasts.
    pub fn pauses(&self) -> impl Iterator<Item = (Moment, Option<Moment>)> {
        let begins = self.runs.iter().skip(1).map(|run| Some(run.from));
        let ends = begins.chain(self.is_paused().then_some(None));
        self.runs.iter().filter_map(|run| run.until).zip(ends)
    }

    /// From the resident's message to what the clock waited for, in milliseconds of wall time.
    pub fn waited(&self) -> Option<i64> {
        self.stopped_at().map(|at| at.millis().saturating_sub(self.begun_at.millis()))
    }

    /// The first open instant, while it runs, at which it has used `amount`. `None` when it stopped or paused before,
    /// or when the room does not open for that long.
    pub fn reaches(&self, opening: &Opening, amount: WorkingTime) -> Option<Moment> {
        let mut used = WorkingTime::ZERO;
        for run in &self.runs {
            let reached = working::add(opening, run.from, amount.minus(used)).ok()?;
            // A moment that falls on the closing instant is met when the room opens again.
            let open = working::start(opening, reached).ok()?;
            match run.until {
                Some(until) if open >= until => used = used + working::between(opening, run.from, until),
                _ => return Some(open),
            }
        }
        None
    }

    fn leave_run(&mut self, at: Moment) {
        self.late = self.is_breached(at);
        if let Some(run) = self.runs.last_mut().filter(|run| run.until.is_none()) {
            run.until = Some(at);
        }
    }

    fn end(&mut self, at: Moment, end: End) {
        if self.end.is_none() {
            self.leave_run(at);
            self.end = Some(end);
        }
    }

    /// A clock that is late stays due when it was; any other gets what is left of its target.
    fn resume(&mut self, at: Moment, opening: &Opening) -> Result<(), NeverOpens> {
        if !self.late {
            let left = self.target.minus(self.used(opening, at));
            self.due_at = working::add(opening, at, left)?;
        }
        self.runs.push(Run { from: at, until: None });
        Ok(())
    }
}

/// All clocks of an appeal, cycle by cycle, the first answer's before the final answer's.
///
/// # Errors
/// [`ClockFault`] when the events are no log, or the room never opens for as long as the targets ask.
pub fn clocks(events: &[Event], opening: &Opening, targets: &Targets) -> Result<Vec<Clock>, ClockFault> {
    let first = events.first().ok_or(BrokenLog::NotOpened)?;
    let mut appeal = Appeal::open(first).ok_or(BrokenLog::NotOpened)?;
    let mut clocks = begin_cycle(&appeal, first.at, opening, targets)?;
    for (place, event) in events.iter().enumerate().skip(1) {
        appeal = appeal.after(event).map_err(|source| BrokenLog::Impossible { place, source })?;
        for clock in &mut clocks {
            tick(clock, event, appeal.kind(), opening)?;
        }
        if matches!(event.fact, Fact::Contested { .. }) {
            clocks.extend(begin_cycle(&appeal, event.at, opening, targets)?);
        }
    }
    Ok(clocks)
}

/// The clocks of the cycle that begins at `at`.
fn begin_cycle(
    appeal: &Appeal,
    at: Moment,
    opening: &Opening,
    targets: &Targets,
) -> Result<Vec<Clock>, NeverOpens> {
    let target = targets.at(at, appeal.category());
    ClockKind::ALL.into_iter().map(|kind| Clock::begin(kind, appeal.cycle(), at, target, opening)).collect()
}

/// What an event that left the appeal in `state` does to a clock.
fn tick(clock: &mut Clock, event: &Event, state: StateKind, opening: &Opening) -> Result<(), NeverOpens> {
    let met = match clock.kind {
        ClockKind::FirstAnswer => event.fact.is_named_answer(),
        ClockKind::FinalAnswer => matches!(event.fact, Fact::Answered { .. }),
    };
    if met {
        clock.end(event.at, End::Stopped(event.at));
    } else if state.takes_nothing() {
        clock.end(event.at, End::Void);
    } else if state == StateKind::WaitingForResident && clock.is_running() {
        clock.leave_run(event.at);
    } else if state != StateKind::WaitingForResident && clock.is_paused() {
        clock.resume(event.at, opening)?;
    }
    Ok(())
}

/// When silence closes an answered appeal; `None` when it is not answered. Counted from the final answer: what the
/// resident writes afterwards neither confirms nor contests it.
///
/// # Errors
/// [`NeverOpens`] when the room's calendar does not give the time.
pub fn silence_due(
    appeal: &Appeal,
    opening: &Opening,
    targets: &Targets,
) -> Result<Option<Moment>, NeverOpens> {
    let State::Answered(answer) = appeal.state() else { return Ok(None) };
    let target = targets.at(answer.at, appeal.category());
    working::add(opening, answer.at, target.silence.time()).map(Some)
}

#[cfg(test)]
pub(crate) mod tests;
