//! Figures of told records, and of logs against an independent count.

use proptest::prelude::*;

use super::*;
use crate::sla::clock::tests::{logs, room};

fn waited(minutes: i64, in_time: bool) -> Wait {
    Wait::Answered { working: WorkingTime::from_millis(minutes * 60_000), wall: minutes * 120_000, in_time }
}
/// When the figures of told records are asked for.
const NOW: Moment = Moment::from_millis(1_000);

fn running(due_at: i64) -> Wait {
    Wait::Running { due_at: Moment::from_millis(due_at) }
}
fn record(cycle: u32, first_answer: Wait) -> Record {
    Record {
        cycle,
        last: true,
        last_answer: false,
        first_answer,
        final_answer: Wait::Open,
        outcome: None,
        verdict: None,
        rating: None,
    }
}
fn spread(minutes: &[i64]) -> Option<(f64, f64, f64)> {
    let spread = Spread::over(minutes.iter().map(|minutes| minutes * 60_000).collect())?;
    Some((spread.mean / 60.0, spread.median / 60.0, spread.p90 / 60.0))
}

#[test]
fn mean_median_and_nearest_rank() {
    assert_eq!(spread(&[]), None);
    assert_eq!(spread(&[7]), Some((7.0, 7.0, 7.0)));
    assert_eq!(spread(&[9, 1]), Some((5.0, 5.0, 9.0)));
    assert_eq!(spread(&[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]), Some((5.5, 5.5, 9.0)));
    assert_eq!(spread(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1001]), Some((96.0, 6.0, 10.0)));
}

#[test]
fn who_is_never_answered_counts_against_the_promise() {
    let waits = [waited(100, true), waited(119, true), waited(121, false), Wait::Overdue, Wait::Open];
    let figures = Figures::over(&waits.map(|wait| record(1, wait)), NOW);
    assert_eq!(figures.appeals, 5);
    assert_eq!(figures.first_answer.within, Some(0.5));
    // Of those whose clock runs only the one due before now is owed; on the moment is in time.
    let later = [running(999), running(1_000), running(1_001)];
    let with = |later: &[Wait]| waits.iter().chain(later).map(|wait| record(1, *wait)).collect::<Vec<_>>();
    assert_eq!(Figures::over(&with(&later), NOW).first_answer.within, Some(0.4));
    assert_eq!(Figures::over(&with(&later[1..]), NOW).first_answer, figures.first_answer);
    let spread = figures.first_answer.working.expect("values");
    assert_eq!((spread.median, spread.p90), (119.0 * 60.0, 121.0 * 60.0));
    assert_eq!(figures.first_answer.wall.expect("values").median, 2.0 * 119.0 * 60.0);
    assert_eq!(figures.final_answer, Waits { working: None, wall: None, within: None });
    assert_eq!(Figures::over(&[], NOW).satisfaction, Satisfaction { mean: None, responses: 0, rate: None });
}

#[test]
fn outcomes_stay_apart_and_satisfaction_has_its_rate() {
    let answered = |cycle, last, outcome, verdict, score: Option<u8>| Record {
        last,
        last_answer: last,
        outcome: Some(outcome),
        verdict,
        rating: score.map(|score| Score::try_from(score).expect("a score")),
        ..record(cycle, waited(1, true))
    };
    let figures = Figures::over(
        &[
            // Declared resolved, contested with one star, then explained and confirmed: declared no more.
            answered(1, false, Outcome::Resolved, Some(Verdict::Contested), Some(1)),
            answered(2, true, Outcome::Explained, Some(Verdict::Confirmed), Some(4)),
            // Declared and silent, declared and open, and one just opened.
            answered(1, true, Outcome::Resolved, Some(Verdict::Silent), None),
            answered(1, true, Outcome::Resolved, None, None),
            record(1, Wait::Open),
        ],
        NOW,
    );
    assert_eq!((figures.appeals, figures.declared), (4, 2));
    assert_eq!((figures.confirmed, figures.contested, figures.silent), (1, 1, 1));
    assert_eq!(figures.satisfaction, Satisfaction { mean: Some(2.5), responses: 2, rate: Some(0.5) });
}

/// Counted from the log itself, without clocks and records.
fn count(log: &[Event], is: fn(&Fact) -> bool) -> usize {
    log.iter().filter(|event| is(&event.fact)).count()
}

/// The wall times from what began each cycle to the first event that is an answer, read off the log.
fn walls(log: &[Event], is_answer: fn(&Fact) -> bool) -> Vec<i64> {
    let mut begun = None;
    let mut walls = Vec::new();
    for event in log {
        if matches!(event.fact, Fact::Opened { .. } | Fact::Contested { .. }) {
            begun = Some(event.at);
        }
        if is_answer(&event.fact)
            && let Some(from) = begun.take()
        {
            walls.push(event.at.millis() - from.millis());
        }
    }
    walls
}

/// The share kept among the clocks of a kind that stopped or are broken at `now`, as the clocks say.
fn within(clocks: &[Clock], kind: ClockKind, now: Moment) -> Option<f64> {
    let of_kind = || clocks.iter().filter(|clock| clock.kind == kind);
    let owed = of_kind().filter(|clock| clock.stopped_at().is_some() || clock.is_breached(now)).count();
    let kept = of_kind().filter(|clock| clock.stopped_at().is_some_and(|at| !clock.is_breached(at))).count();
    share(kept, owed)
}

#[test]
fn a_record_survives_being_a_row() {
    let waits = [waited(7, true), Wait::Overdue, running(9), Wait::Open];
    let verdicts = [None, Some(Verdict::Confirmed), Some(Verdict::Contested), Some(Verdict::Silent)];
    for (wait, verdict) in waits.into_iter().zip(verdicts) {
        let outcome = verdict.map(|_| Outcome::Explained);
        let told = Record { final_answer: wait, verdict, outcome, ..record(2, Wait::Open) };
        let row = serde_json::to_string(&told).expect("json");
        assert_eq!(serde_json::from_str::<Record>(&row).expect("a record"), told, "{row}");
    }
}

proptest! {
    #[test]
    fn a_spread_is_what_sorting_says(values in prop::collection::vec(0_i64..1_000_000, 1..50)) {
        let spread = Spread::over(values.clone()).expect("values");
        let at_most = |limit: f64| values.iter().filter(|value| seconds(i128::from(**value)) <= limit).count();
        let below = |limit: f64| values.iter().filter(|value| seconds(i128::from(**value)) < limit).count();
        prop_assert!(at_most(spread.p90) * 10 >= values.len() * 9);
        prop_assert!(below(spread.p90) * 10 < values.len() * 9);
        prop_assert!(at_most(spread.median) * 2 >= values.len());
        prop_assert!(below(spread.median) * 2 <= values.len());
        prop_assert!(spread.median <= spread.p90);
        let total: i64 = values.iter().sum();
        prop_assert!((spread.mean * number(values.len()) - seconds(i128::from(total))).abs() < 1e-6);
        let mut turned = values.clone();
        turned.reverse();
        prop_assert_eq!(Spread::over(turned), Some(spread));
    }

    #[test]
    fn figures_are_what_the_log_says(
        logs in prop::collection::vec(logs(), 0..6), later in 0..30 * 86_400_000_i64,
    ) {
        let room = room();
        let mut all = Vec::new();
        let mut now = NOW;
        for log in &logs {
            now = log.last().expect("an event").at.plus_millis(later);
            let own = records(log, &room, &Targets::default()).expect("records");
            let clocks = clock::clocks(log, &room, &Targets::default()).expect("clocks");
            let figures = Figures::over(&own, now);
            for (kind, waits) in
                [(ClockKind::FirstAnswer, figures.first_answer), (ClockKind::FinalAnswer, figures.final_answer)]
            {
                prop_assert_eq!(waits.within, within(&clocks, kind, now));
            }
            all.extend(own);
        }
        let figures = Figures::over(&all, now);
        prop_assert_eq!(figures.appeals, logs.len());
        let contested = |fact: &Fact| matches!(fact, Fact::Contested { .. });
        let with = |is: fn(&Fact) -> bool| logs.iter().filter(|log| count(log, is) > 0).count();
        prop_assert_eq!(figures.contested, with(contested));
        prop_assert_eq!(figures.confirmed, with(|fact| matches!(fact, Fact::Confirmed)));
        let resolved = |log: &&Vec<Event>| {
            let mut outcomes = log.iter().filter_map(|event| match event.fact {
                Fact::Answered { outcome, .. } => Some(outcome),
                _ => None,
            });
            outcomes.next_back() == Some(Outcome::Resolved)
        };
        prop_assert_eq!(figures.declared, logs.iter().filter(resolved).count());
        let total = |is: fn(&Fact) -> bool| logs.iter().map(|log| count(log, is)).sum::<usize>();
        let answers = total(|fact| matches!(fact, Fact::Answered { .. }));
        let rated = total(|fact| matches!(fact, Fact::Rated { .. }));
        prop_assert_eq!(figures.satisfaction.responses, rated);
        prop_assert_eq!(figures.satisfaction.rate, share(rated, answers));
        prop_assert_eq!(figures.final_answer.working.is_some(), answers > 0);
        let told = |is| Spread::over(logs.iter().flat_map(|log| walls(log, is)).collect());
        prop_assert_eq!(figures.first_answer.wall, told(Fact::is_named_answer));
        prop_assert_eq!(figures.final_answer.wall, told(|fact| matches!(fact, Fact::Answered { .. })));
        let stopped = all.iter().filter(|record| matches!(record.final_answer, Wait::Answered { .. }));
        prop_assert_eq!(stopped.count(), answers);
        for record in &all {
            for wait in [record.first_answer, record.final_answer] {
                if let Wait::Answered { working, wall, .. } = wait {
                    prop_assert!(working.millis() <= wall);
                }
            }
        }
        for share in [figures.first_answer.within, figures.final_answer.within].into_iter().flatten() {
            prop_assert!((0.0..=1.0).contains(&share));
        }
        // The order of appeals is nobody's business.
        let mut turned = all.clone();
        turned.reverse();
        prop_assert_eq!(Figures::over(&turned, now), figures);
    }
}
