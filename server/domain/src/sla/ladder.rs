//! Warnings and escalation: who hears of a clock when, in working time. A rung falls due at an open instant only, so
//! nobody is woken by it; each rung of each clock of each cycle exists once. Delivering notices is not its work.

use serde::{Deserialize, Serialize};

use crate::grant::Role;
use crate::moment::Moment;
use crate::sla::calendar::Opening;
use crate::sla::clock::{Clock, ClockKind};

/// A rung of the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Half of the target is used.
    Half,
    /// Three quarters are used.
    ThreeQuarters,
    /// All of it is used.
    Full,
    /// Twice the target is used.
    Double,
}

/// Somebody a step is told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addressee {
    /// The employee who has the appeal or, while nobody has it, the desks that owe it.
    Assignee,
    /// Whoever holds this role: in the owning organisation, a curator in the region.
    Holder(Role),
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 4] = [Self::Half, Self::ThreeQuarters, Self::Full, Self::Double];

    /// How many hundredths of the target are used when it is due.
    pub const fn percent(self) -> u32 {
        match self {
            Self::Half => 50,
            Self::ThreeQuarters => 75,
            Self::Full => 100,
            Self::Double => 200,
        }
    }

    /// The step with this percentage.
    pub fn from_percent(percent: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.percent() == percent)
    }

    /// Whom it is told to.
    pub const fn addressees(self) -> &'static [Addressee] {
        match self {
            Self::Half => &[Addressee::Assignee],
            Self::ThreeQuarters => &[Addressee::Holder(Role::DepartmentHead)],
            Self::Full => {
                &[Addressee::Holder(Role::DeputyChiefPhysician), Addressee::Holder(Role::ChiefPhysician)]
            }
            Self::Double => &[Addressee::Holder(Role::Curator)],
        }
    }
}

/// A step of one clock with its moment. The first three fields name it for ever: a store keeps each at most once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DueStep {
    /// Which clock.
    pub clock: ClockKind,
    /// Of which cycle.
    pub cycle: u32,
    /// Which step.
    pub step: Step,
    /// When: always inside the hours.
    pub due_at: Moment,
}

/// Every step the clocks have reached or, as they run now, will reach; in order of time. A paused clock promises
/// nothing: its later steps come back with new moments when it runs again.
pub fn steps(clocks: &[Clock], opening: &Opening) -> Vec<DueStep> {
    let of_clock = |clock: &Clock| {
        let row = |step: Step| {
            let due_at = clock.reaches(opening, clock.target.percent(step.percent()))?;
            Some(DueStep { clock: clock.kind, cycle: clock.cycle, step, due_at })
        };
        Step::ALL.map(row).into_iter().flatten().collect::<Vec<_>>()
    };
    let mut steps: Vec<DueStep> = clocks.iter().flat_map(of_clock).collect();
    steps.sort_by_key(|step| (step.due_at, step.cycle, step.clock, step.step));
    steps
}

/// The steps still to come after `now`: the rows a store keeps due.
pub fn next_steps(clocks: &[Clock], opening: &Opening, now: Moment) -> Vec<DueStep> {
    let mut steps = steps(clocks, opening);
    steps.retain(|step| step.due_at > now);
    steps
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::appeal::event::{Event, Fact};
    use crate::sla::clock::clocks;
    use crate::sla::clock::tests::{Story, asked, logs, reply, room};
    use crate::sla::target::Targets;

    fn told(events: &[Event], kind: ClockKind) -> Vec<String> {
        let room = room();
        let clocks = clocks(events, &room, &Targets::default()).expect("clocks");
        let of_kind = steps(&clocks, &room).into_iter().filter(|row| row.clock == kind);
        of_kind
            .map(|row| format!("{} {}% {}", row.cycle, row.step.percent(), room.local_time(row.due_at)))
            .collect()
    }

    #[test]
    fn the_ladder_of_a_question_nobody_answers() {
        let story = Story::opened("2026-11-21T19:00:00");
        assert_eq!(
            told(&story.log, ClockKind::FirstAnswer),
            [
                // Half falls on Saturday's closing instant, and is told when the room opens again.
                "1 50% 2026-11-23T08:00:00",
                "1 75% 2026-11-23T08:30:00",
                "1 100% 2026-11-23T09:00:00",
                "1 200% 2026-11-23T11:00:00",
            ]
        );
    }

    #[test]
    fn an_answer_ends_the_ladder_and_a_pause_moves_it() {
        let mut story = Story::opened("2026-11-23T08:00:00");
        story.then("2026-11-23T09:30:00", asked());
        assert_eq!(
            told(&story.log, ClockKind::FirstAnswer),
            ["1 50% 2026-11-23T09:00:00"],
            "the answer came with the second step"
        );
        assert_eq!(told(&story.log, ClockKind::FinalAnswer), Vec::<String>::new());
        story.then("2026-11-23T11:30:00", reply());
        assert_eq!(
            told(&story.log, ClockKind::FinalAnswer),
            [
                "1 50% 2026-11-23T16:00:00",
                "1 75% 2026-11-23T19:00:00",
                "1 100% 2026-11-24T10:00:00",
                "1 200% 2026-11-25T10:00:00",
            ]
        );
    }

    #[test]
    fn each_step_has_its_people() {
        let roles = |step: Step| step.addressees().len();
        assert_eq!(Step::ALL.map(roles), [1, 1, 2, 1]);
        assert_eq!(Step::Double.addressees(), [Addressee::Holder(Role::Curator)]);
        for step in Step::ALL {
            assert_eq!(Step::from_percent(step.percent()), Some(step));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(150))]

        /// Each step exists once, falls into the hours and into a run of its clock, in order of the percentages, and
        /// nothing that happens later takes back or moves a step that was due.
        #[test]
        fn steps_are_due_once_inside_the_hours_and_for_ever(log in logs()) {
            let (room, targets) = (room(), Targets::default());
            let mut before: Vec<DueStep> = Vec::new();
            for length in 1..=log.len() {
                let clocks = clocks(&log[..length], &room, &targets).expect("clocks");
                let now = log[length - 1].at;
                let rows = steps(&clocks, &room);
                for row in &rows {
                    prop_assert!(room.at(row.due_at).open, "{:?}", row);
                    let same = rows.iter().filter(|other| {
                        (other.clock, other.cycle, other.step) == (row.clock, row.cycle, row.step)
                    });
                    prop_assert_eq!(same.count(), 1);
                    let clock = clocks.iter().find(|clock| (clock.kind, clock.cycle) == (row.clock, row.cycle));
                    let clock = clock.expect("its clock");
                    prop_assert!(clock.used(&room, row.due_at) >= clock.target.percent(row.step.percent()));
                    prop_assert!(clock.stopped_at().is_none_or(|stopped| row.due_at < stopped));
                }
                for passed in before.iter().filter(|row| row.due_at < now) {
                    prop_assert!(rows.contains(passed), "{:?} was due", passed);
                }
                let next = next_steps(&clocks, &room, now);
                prop_assert!(next.iter().all(|row| row.due_at > now));
                before = rows;
            }
            let last = log.last().expect("an event");
            if matches!(last.fact, Fact::Withdrawn | Fact::Refused { .. } | Fact::Merged { .. }) {
                let clocks = clocks(&log, &room, &targets).expect("clocks");
                prop_assert_eq!(next_steps(&clocks, &room, last.at), vec![]);
            }
        }
    }
}
