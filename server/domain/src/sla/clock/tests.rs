//! Clocks of told stories and of random ones. In the random ones the working time of every pause and every run is
//! measured on its own and must sum up exactly.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::appeal::event::Writer;
use crate::appeal::lane::Lane;
use crate::appeal::outcome::Outcome;
use crate::appeal::tests::{employee, facts, id, opened, organisation};
use crate::sla::calendar::Overrides;
use crate::sla::target::{Minutes, Version};
use crate::sla::week::Week;
use crate::sla::year::CalendarPolicy;
use crate::sla::year::tests::calendar;

/// A medchat of Khabarovsk krai, ten hours east of Greenwich.
pub(crate) fn room() -> Opening {
    let zone = "Asia/Vladivostok".parse().expect("a zone");
    Opening::new(zone, Week::default(), CalendarPolicy::SixDay, Overrides::new(), Arc::new(calendar()))
}

fn local(text: &str) -> Moment {
    Moment::parse_rfc3339(&format!("{text}+10:00")).expect("a moment")
}

pub(in crate::sla) fn asked() -> Fact {
    Fact::Asked { by: employee(1), lane: Lane::Private, entry: id(7) }
}
pub(in crate::sla) fn reply() -> Fact {
    said(Writer::Resident)
}
fn said(by: Writer) -> Fact {
    Fact::Messaged { by, lane: Lane::Public, entry: id(7), personal: false }
}
fn answered() -> Fact {
    Fact::Answered { by: employee(1), outcome: Outcome::Resolved, lane: Lane::Public, entry: id(7) }
}
fn contested() -> Fact {
    Fact::Contested { reason: "не помогло".into() }
}

/// An appeal told event by event, in local time.
pub(in crate::sla) struct Story {
    pub(in crate::sla) log: Vec<Event>,
}
impl Story {
    pub(in crate::sla) fn opened(at: &str) -> Self {
        Self { log: vec![Event { at: local(at), fact: opened() }] }
    }
    pub(in crate::sla) fn then(&mut self, at: &str, fact: Fact) -> &mut Self {
        let appeal = Appeal::fold(&self.log).expect("a log");
        self.log.push(appeal.admit(local(at), fact).expect("possible"));
        self
    }
    /// Each clock in one line, as it stands at `now`.
    fn shows(&self, now: &str) -> Vec<String> {
        let (room, now) = (room(), local(now));
        let clocks = clocks(&self.log, &room, &Targets::default()).expect("clocks");
        let line = |clock: &Clock| {
            let mut line = format!("{} {}", clock.kind.word(), clock.cycle);
            line += &format!(" from {}", &room.local_time(clock.started_at)[5..16]);
            line += &format!(" due {}", &room.local_time(clock.due_at)[5..16]);
            if clock.is_paused() {
                line += " paused";
            }
            if let Some(stopped) = clock.stopped_at() {
                line += &format!(" stopped {}", &room.local_time(stopped)[5..16]);
            }
            if clock.is_void() {
                line += " void";
            }
            if clock.is_breached(now) {
                line += " breached";
            }
            format!("{line} used {}", clock.used(&room, now).minutes())
        };
        clocks.iter().map(line).collect()
    }
}

#[test]
fn from_the_question_to_the_answer() {
    let mut story = Story::opened("2026-11-21T19:30:00");
    let first = story.shows("2026-11-21T20:00:00");
    assert_eq!(first[0], "first_answer 1 from 11-21T19:30 due 11-23T09:30 used 30");
    story
        .then("2026-11-23T08:05:00", Fact::Accepted { by: employee(1) })
        .then("2026-11-23T08:06:00", said(Writer::Template))
        .then("2026-11-23T08:07:00", said(Writer::Machine))
        .then("2026-11-23T08:08:00", reply());
    assert!(!story.shows("2026-11-23T08:10:00")[0].contains("stopped"), "nobody named has spoken");
    story
        .then("2026-11-23T09:30:00", said(Writer::Staff(employee(1))))
        .then("2026-11-23T12:00:00", said(Writer::Staff(employee(1))));
    assert_eq!(
        story.shows("2026-11-23T19:31:00"),
        [
            "first_answer 1 from 11-21T19:30 due 11-23T09:30 stopped 11-23T09:30 used 120",
            "final_answer 1 from 11-21T19:30 due 11-23T19:30 breached used 721",
        ]
    );
    story.then("2026-11-23T19:31:00", answered());
    assert_eq!(
        story.shows("2027-01-01T00:00:00")[1],
        "final_answer 1 from 11-21T19:30 due 11-23T19:30 stopped 11-23T19:31 breached used 721"
    );
}

#[test]
fn outside_the_hours_nothing_counts() {
    let mut story = Story::opened("2026-11-21T20:00:00");
    assert_eq!(
        story.shows("2026-11-22T12:00:00")[0],
        "first_answer 1 from 11-23T08:00 due 11-23T10:00 used 0"
    );
    // Somebody answers on Sunday all the same.
    story.then("2026-11-22T12:00:00", answered());
    assert_eq!(
        story.shows("2026-11-24T12:00:00"),
        [
            "first_answer 1 from 11-23T08:00 due 11-23T10:00 stopped 11-22T12:00 used 0",
            "final_answer 1 from 11-23T08:00 due 11-23T20:00 stopped 11-22T12:00 used 0",
        ]
    );
}

#[test]
fn a_question_pauses_and_the_reply_gives_what_is_left() {
    let mut story = Story::opened("2026-11-23T08:00:00");
    story.then("2026-11-23T10:00:00", asked());
    let paused = "final_answer 1 from 11-23T08:00 due 11-23T20:00 paused used 120";
    assert_eq!(story.shows("2026-11-23T19:00:00")[1], paused);
    assert_eq!(story.shows("2026-12-23T19:00:00")[1], paused, "however long it takes");
    assert!(story.shows("2026-11-23T19:00:00")[0].contains("due 11-23T10:00 stopped 11-23T10:00"));
    // Asking again keeps it paused; the reply comes at night, so the rest begins in the morning.
    story.then("2026-11-24T10:00:00", asked()).then("2026-11-25T22:00:00", reply());
    assert_eq!(
        story.shows("2026-11-26T09:00:00")[1],
        "final_answer 1 from 11-23T08:00 due 11-26T18:00 used 180"
    );
}

#[test]
fn a_late_clock_stays_due_when_it_was() {
    let mut story = Story::opened("2026-11-23T08:00:00");
    story.then("2026-11-24T08:01:00", asked()).then("2026-11-24T12:00:00", reply());
    let late = "final_answer 1 from 11-23T08:00 due 11-23T20:00 breached used 721";
    assert_eq!(story.shows("2026-11-24T12:00:00")[1], late);
}

#[test]
fn a_transfer_keeps_the_clocks_and_ends_the_pause() {
    let to = organisation(0);
    let transferred = || Fact::Transferred { by: employee(1), to, reason: "наш участок".into() };
    let mut story = Story::opened("2026-11-23T08:00:00");
    story.then("2026-11-23T09:00:00", transferred());
    assert_eq!(
        story.shows("2026-11-23T09:30:00"),
        [
            "first_answer 1 from 11-23T08:00 due 11-23T10:00 used 90",
            "final_answer 1 from 11-23T08:00 due 11-23T20:00 used 90",
        ]
    );
    story.then("2026-11-23T10:00:00", asked()).then("2026-11-23T12:00:00", transferred());
    assert_eq!(
        story.shows("2026-11-23T13:00:00"),
        [
            "first_answer 1 from 11-23T08:00 due 11-23T10:00 stopped 11-23T10:00 used 120",
            "final_answer 1 from 11-23T08:00 due 11-24T10:00 used 180",
        ]
    );
}

#[test]
fn a_contest_begins_the_next_cycle() {
    let mut story = Story::opened("2026-11-23T08:00:00");
    story
        .then("2026-11-23T09:00:00", answered())
        .then("2026-11-23T09:01:00", reply())
        .then("2026-11-23T21:00:00", contested())
        .then("2026-11-24T08:30:00", said(Writer::Staff(employee(1))));
    assert_eq!(
        story.shows("2026-11-24T09:00:00"),
        [
            "first_answer 1 from 11-23T08:00 due 11-23T10:00 stopped 11-23T09:00 used 60",
            "final_answer 1 from 11-23T08:00 due 11-23T20:00 stopped 11-23T09:00 used 60",
            "first_answer 2 from 11-24T08:00 due 11-24T10:00 stopped 11-24T08:30 used 30",
            "final_answer 2 from 11-24T08:00 due 11-24T20:00 used 60",
        ]
    );
}

#[test]
fn an_appeal_that_takes_nothing_owes_nothing() {
    let mut story = Story::opened("2026-11-23T08:00:00");
    story.then("2026-11-23T11:00:00", Fact::Withdrawn);
    assert_eq!(
        story.shows("2026-12-01T09:00:00"),
        [
            "first_answer 1 from 11-23T08:00 due 11-23T10:00 void breached used 180",
            "final_answer 1 from 11-23T08:00 due 11-23T20:00 void used 180",
        ]
    );
}

#[test]
fn silence_is_three_working_days_whatever_is_said() {
    let mut story = Story::opened("2026-11-23T08:00:00");
    story.then("2026-11-27T19:00:00", answered());
    let due = |story: &Story| {
        let appeal = Appeal::fold(&story.log).expect("a log");
        let due = silence_due(&appeal, &room(), &Targets::default()).expect("opens");
        due.map(|due| room().local_time(due))
    };
    assert_eq!(due(&story).as_deref(), Some("2026-12-01T19:00:00"));
    story.then("2026-11-28T10:00:00", reply());
    assert_eq!(due(&story).as_deref(), Some("2026-12-01T19:00:00"));
    story.then("2026-12-01T19:00:00", Fact::ClosedSilently);
    assert_eq!(due(&story), None);
}

#[test]
fn a_new_version_of_the_targets_moves_no_promise_given() {
    let hour = Minutes::new(60).expect("minutes");
    let changed = Version {
        from: local("2026-11-23T09:00:00"),
        target: Target { first_answer: hour, ..Target::default() },
        categories: std::collections::BTreeMap::new(),
    };
    let targets = Targets::new(vec![changed]).expect("targets");
    let mut story = Story::opened("2026-11-23T08:00:00");
    story.then("2026-11-23T09:30:00", answered()).then("2026-11-23T10:00:00", contested());
    let clocks = clocks(&story.log, &room(), &targets).expect("clocks");
    let first = clocks.iter().filter(|clock| clock.kind == ClockKind::FirstAnswer);
    assert_eq!(first.map(|clock| clock.target.minutes()).collect::<Vec<_>>(), [120, 60]);
}

#[test]
fn what_is_no_log_has_no_clocks() {
    let fold = |log: &[Event]| clocks(log, &room(), &Targets::default()).map(|clocks| clocks.len());
    assert_eq!(fold(&[]), Err(ClockFault::BrokenLog(BrokenLog::NotOpened)));
    let at = local("2026-11-23T08:00:00");
    let log = [Event { at, fact: opened() }, Event { at, fact: Fact::Confirmed }];
    assert!(matches!(fold(&log), Err(ClockFault::BrokenLog(BrokenLog::Impossible { place: 1, .. }))));
}

/// Logs as acts write them: any possible acts, seconds to days apart, from any moment of two years on.
pub(crate) fn logs() -> impl Strategy<Value = Vec<Event>> {
    let start = local("2025-12-01T00:00:00").millis();
    let gap = prop_oneof![0..3 * 3_600_000_i64, 0..40 * 3_600_000_i64];
    let steps = prop::collection::vec((gap, prop::sample::select(facts())), 0..25);
    (0..400 * 86_400_000_i64, steps).prop_map(move |(offset, steps)| {
        let mut at = Moment::from_millis(start + offset);
        let mut log = vec![Event { at, fact: opened() }];
        let mut appeal = Appeal::open(&log[0]).expect("opened");
        for (gap, fact) in steps {
            at = at.plus_millis(gap);
            if let Ok(event) = appeal.admit(at, fact) {
                appeal = appeal.after(&event).expect("admitted");
                log.push(event);
            }
        }
        log
    })
}

/// The stretches a cycle's final answer waited for the resident, told from the states alone.
fn pauses(log: &[Event], cycle: u32) -> Vec<(Moment, Moment)> {
    let mut pauses = Vec::new();
    let mut since = None;
    for length in 1..=log.len() {
        let appeal = Appeal::fold(&log[..length]).expect("a log");
        let waits = appeal.cycle() == cycle && appeal.kind() == StateKind::WaitingForResident;
        match (since, waits) {
            (None, true) => since = Some(log[length - 1].at),
            (Some(from), false) => {
                pauses.push((from, log[length - 1].at));
                since = None;
            }
            _ => {}
        }
    }
    pauses.extend(since.map(|from| (from, Moment::from_millis(i64::MAX))));
    pauses
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn pauses_are_subtracted_exactly(log in logs(), later in 0..10 * 86_400_000_i64) {
        let room = room();
        let now = log.last().expect("an event").at.plus_millis(later);
        let ends = Appeal::fold(&log).expect("a log").kind().takes_nothing();
        for clock in clocks(&log, &room, &Targets::default()).expect("clocks") {
            let last = if ends { log.last().expect("an event").at } else { now };
            let until = clock.stopped_at().unwrap_or(last);
            let paused: WorkingTime = match clock.kind {
                ClockKind::FirstAnswer => WorkingTime::ZERO,
                ClockKind::FinalAnswer => pauses(&log, clock.cycle).into_iter()
                    .map(|(from, to)| working::between(&room, from.min(until), to.min(until)))
                    .sum(),
            };
            let told: Vec<(Moment, Moment)> = match clock.kind {
                ClockKind::FirstAnswer => Vec::new(),
                ClockKind::FinalAnswer => pauses(&log, clock.cycle),
            };
            let ended = clock.stopped_at().is_some() || clock.is_void();
            let shown = clock.pauses().map(|(from, to)| (from, to.unwrap_or(Moment::from_millis(i64::MAX))));
            // A pause that ends with the clock is no pause of it any more: nothing runs afterwards.
            let told = told.into_iter().filter(|(_, to)| !(ended && *to >= until));
            prop_assert_eq!(shown.collect::<Vec<_>>(), told.collect::<Vec<_>>());
            let whole = working::between(&room, clock.begun_at, until);
            prop_assert_eq!(clock.used(&room, now) + paused, whole, "{:?}", clock);
        }
    }

    #[test]
    fn a_clock_is_due_when_its_target_is_used(log in logs()) {
        let room = room();
        for clock in clocks(&log, &room, &Targets::default()).expect("clocks") {
            prop_assert_eq!(clock.started_at, working::start(&room, clock.begun_at).expect("opens"));
            prop_assert!(clock.due_at > clock.begun_at);
            if clock.is_running() && !clock.late {
                prop_assert_eq!(clock.used(&room, clock.due_at), clock.target);
                prop_assert!(!clock.is_breached(clock.due_at));
                prop_assert!(clock.is_breached(clock.due_at.plus_millis(1)));
            }
            if let Some(stopped) = clock.stopped_at() {
                prop_assert_eq!(clock.is_breached(stopped), clock.late);
                prop_assert_eq!(clock.late, clock.is_breached(Moment::from_millis(i64::MAX)));
                // More than the target is late; less, or as much inside the hours, is not.
                let used = clock.used(&room, stopped);
                prop_assert!(used <= clock.target || clock.late);
                prop_assert!(used >= clock.target || !clock.late);
            }
        }
    }

    /// Two clocks a cycle; the first stops with the first named word, the final one with the final answer alone; at
    /// most one cycle is open; what was stopped stays as it was.
    #[test]
    fn each_clock_has_one_start_and_one_stop(log in logs()) {
        let room = room();
        let appeal = Appeal::fold(&log).expect("a log");
        let all = clocks(&log, &room, &Targets::default()).expect("clocks");
        prop_assert_eq!(all.len(), 2 * usize::try_from(appeal.cycle()).expect("small"));
        let open = all.iter().filter(|clock| clock.stopped_at().is_none() && !clock.is_void());
        let cycles: std::collections::BTreeSet<u32> = open.map(|clock| clock.cycle).collect();
        let unanswered = appeal.kind().is_open();
        prop_assert!(cycles.iter().all(|cycle| unanswered && *cycle == appeal.cycle()));
        for clock in &all {
            let mut cycle = 0;
            let mut stop = None;
            for event in &log {
                cycle += u32::from(matches!(event.fact, Fact::Opened { .. } | Fact::Contested { .. }));
                let met = match clock.kind {
                    ClockKind::FirstAnswer => event.fact.is_named_answer(),
                    ClockKind::FinalAnswer => matches!(event.fact, Fact::Answered { .. }),
                };
                if met && cycle == clock.cycle && stop.is_none() {
                    stop = Some(event.at);
                }
            }
            prop_assert_eq!(clock.stopped_at(), stop);
            let waiting = appeal.kind() == StateKind::WaitingForResident;
            let owed = clock.kind == ClockKind::FinalAnswer && clock.cycle == appeal.cycle();
            prop_assert_eq!(clock.is_paused(), waiting && owed);
        }
    }
}
