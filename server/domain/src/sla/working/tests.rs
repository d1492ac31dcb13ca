//! Working time against a naive oracle that looks at every single minute. The oracle shares nothing with the code it
//! checks: fixed offsets instead of zone data, days counted from 1970, closed days typed from the published calendars.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use proptest::prelude::*;

use super::*;
use crate::sla::calendar::tests::{ZONES, opening};
use crate::sla::calendar::{DayOverride, Overrides};
use crate::sla::week::{Week, WeekForm};
use crate::sla::year::CalendarPolicy;
use crate::sla::year::tests::calendar;

/// Hours east of Greenwich of [`ZONES`], in force from 2024 to 2027.
const OFFSETS: [i64; 11] = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

/// Labour Code, art. 112.
const HOLIDAYS: &str = "01.01 02.01 03.01 04.01 05.01 06.01 07.01 08.01 23.02 08.03 01.05 09.05 12.06 04.11";

/// Where the decrees and the Code moved days off to; `s` marks a day off that was a Sunday.
const MOVED: [(i64, &str); 4] = [
    (2024, "10.05 31.12s 29.04 30.04 30.12"),
    (2025, "02.05 31.12s 08.05s 13.06 03.11"),
    (2026, "09.01 31.12s 09.03s 11.05"),
    (2027, "05.11 31.12s 22.02 03.05 10.05s 14.06"),
];

/// Days since 1970-01-01 by counting them, year by year and month by month.
fn day_number(year: i64, month: usize, day: i64) -> i64 {
    let leap = |year: i64| year % 4 == 0;
    let years: i64 = (1970..year).map(|year| if leap(year) { 366 } else { 365 }).sum();
    let lengths = [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    years + lengths[..month - 1].iter().sum::<i64>() + day - 1
}

fn numbers(year: i64, list: &str) -> impl Iterator<Item = (i64, bool)> {
    list.split(' ').map(move |written| {
        let (day, month) = written.trim_end_matches('s').split_once('.').expect("a day");
        let number = day_number(year, month.parse().expect("a month"), day.parse().expect("a day"));
        (number, written.ends_with('s'))
    })
}

static CLOSED: LazyLock<BTreeMap<&'static str, BTreeSet<i64>>> = LazyLock::new(|| {
    let mut closed: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
    for (year, moved) in MOVED {
        for (day, _) in numbers(year, HOLIDAYS) {
            for policy in ["public", "six", "five"] {
                closed.entry(policy).or_default().insert(day);
            }
        }
        for (day, was_sunday) in numbers(year, moved) {
            closed.entry("five").or_default().insert(day);
            if was_sunday {
                closed.entry("six").or_default().insert(day);
            }
        }
    }
    closed
});

/// A room as the oracle sees it.
#[derive(Debug, Clone)]
struct Oracle {
    offset: i64,
    policy: &'static str,
    /// Hours of its own by day number.
    own: BTreeMap<i64, Vec<(i64, i64)>>,
}

impl Oracle {
    /// Whether the minute that begins `minute` minutes after 1970 is open. 1970-01-01 was a Thursday.
    fn is_open(&self, minute: i64) -> bool {
        let local = minute + self.offset * 60;
        let (day, of_day) = (local.div_euclid(1440), local.rem_euclid(1440));
        if let Some(hours) = self.own.get(&day) {
            return hours.iter().any(|(from, until)| (*from..*until).contains(&of_day));
        }
        let sunday = (day + 4).rem_euclid(7) == 0;
        let off = CLOSED.get(self.policy).is_some_and(|days| days.contains(&day));
        !sunday && !off && (480..1200).contains(&of_day)
    }

    /// The due minute, walked minute by minute.
    fn add(&self, from: i64, minutes: i64) -> i64 {
        let mut at = from;
        while !self.is_open(at) {
            at += 1;
        }
        let mut left = minutes;
        while left > 0 {
            if self.is_open(at) {
                left -= 1;
            }
            at += 1;
        }
        at
    }

    /// Open milliseconds between two moments, cell by cell.
    fn between(&self, from: i64, to: i64) -> i64 {
        (from.div_euclid(MINUTE)..=to.div_euclid(MINUTE))
            .filter(|minute| self.is_open(*minute))
            .map(|minute| (to.min((minute + 1) * MINUTE) - from.max(minute * MINUTE)).max(0))
            .sum()
    }
}

/// A room and its oracle: any zone, any policy, some days with hours of their own (also none at all).
fn rooms() -> impl Strategy<Value = (Opening, Oracle)> {
    let policies = prop::sample::select(vec![
        (CalendarPolicy::None, "none"),
        (CalendarPolicy::PublicHolidaysOnly, "public"),
        (CalendarPolicy::SixDay, "six"),
        (CalendarPolicy::FiveDayPlusSaturday, "five"),
    ]);
    let hours = prop::sample::select(vec![
        vec![],
        vec![(480, 840)],
        vec![(0, 1440)],
        vec![(600, 720), (780, 781)],
        vec![(0, 120), (1380, 1440)],
    ]);
    let own = prop::collection::btree_map(0_i64..1461, hours, 0..40);
    (0_usize..11, policies, own).prop_map(|(zone, (policy, word), own)| {
        let first = day_number(2024, 1, 1);
        let own: BTreeMap<i64, Vec<(i64, i64)>> =
            own.into_iter().map(|(day, hours)| (first + day, hours)).collect();
        let overrides = own.iter().map(|(day, hours)| {
            let date = jiff::civil::date(1970, 1, 1) + jiff::Span::new().days(*day);
            let hours = hours.iter().map(|(from, until)| {
                let part = |minute: &i64| u16::try_from(*minute).expect("of a day");
                crate::sla::week::Hours::new(part(from), part(until)).expect("hours")
            });
            (date, DayOverride { hours: hours.collect(), reason: "решение региона".into() })
        });
        let room = Opening::new(
            ZONES[zone].parse().expect("a zone"),
            Week::default(),
            policy,
            overrides.collect::<Overrides>(),
            Arc::new(calendar()),
        );
        (room, Oracle { offset: OFFSETS[zone], policy: word, own })
    })
}

/// Minutes from 2024 to 2027, with year ends, leap days and closing times often among them.
fn minutes() -> impl Strategy<Value = i64> {
    let (first, last) = (day_number(2024, 1, 1) * 1440, day_number(2027, 11, 30) * 1440);
    let days = [(2024, 2, 28), (2024, 12, 29), (2025, 12, 29), (2026, 5, 7), (2026, 12, 29), (2027, 2, 19)];
    let near = prop::sample::select(days.to_vec()).prop_flat_map(|(year, month, day)| {
        (0..4_i64 * 1440).prop_map(move |minute| day_number(year, month, day) * 1440 + minute)
    });
    let edge = (first / 60..last / 60).prop_map(|hour| hour * 60);
    prop_oneof![first..last, near, edge]
}

/// Promises of any length, often of whole hours: from whole hours they end at closing times.
fn lengths() -> impl Strategy<Value = u32> {
    prop_oneof![0_u32..3000, (0_u32..50).prop_map(|hours| hours * 60)]
}

fn at(minute: i64) -> Moment {
    Moment::from_millis(minute * MINUTE)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn due_is_what_counting_minutes_gives((room, oracle) in rooms(), from in minutes(), time in lengths()) {
        let due = add(&room, at(from), WorkingTime::from_minutes(time)).expect("opens");
        prop_assert_eq!(due, at(oracle.add(from, i64::from(time))));
    }

    #[test]
    fn used_is_what_counting_minutes_gives(
        (room, oracle) in rooms(), from in minutes(), ms in 0..MINUTE, later in 0..12 * 1440 * MINUTE,
    ) {
        let from = from * MINUTE + ms;
        let used = between(&room, Moment::from_millis(from), Moment::from_millis(from + later));
        prop_assert_eq!(used.millis(), oracle.between(from, from + later));
    }

    #[test]
    fn adding_and_measuring_are_inverse(
        (room, _) in rooms(), from in minutes(), ms in 0..MINUTE, time in 0..3000 * MINUTE, later in 0..10_000_i64,
    ) {
        let from = at(from).plus_millis(ms);
        let time = WorkingTime::from_millis(time);
        let due = add(&room, from, time).expect("opens");
        prop_assert_eq!(between(&room, from, due), time);
        // And the other way round, for every moment that is open or just closing.
        let to = from.plus_millis(later * MINUTE);
        let passed = between(&room, from, to);
        let inside = room.at(to).open || (passed > WorkingTime::ZERO && room.at(to.plus_millis(-1)).open);
        if inside {
            prop_assert_eq!(add(&room, from, passed), Ok(to));
        }
        // A due moment is open, or the instant of closing.
        let closing = time > WorkingTime::ZERO && room.at(due.plus_millis(-1)).open;
        prop_assert!(room.at(due).open || closing);
    }

    #[test]
    fn later_questions_and_longer_promises_are_due_later(
        (room, _) in rooms(), from in minutes(), later in 0..5 * 1440 * MINUTE,
        time in 0..3000 * MINUTE, more in 0..500 * MINUTE,
    ) {
        let due = |from: Moment, time| add(&room, from, WorkingTime::from_millis(time)).expect("opens");
        let first = due(at(from), time);
        prop_assert!(first >= at(from));
        prop_assert!(due(at(from).plus_millis(later), time) >= first);
        prop_assert!(due(at(from), time + more) >= first);
        // Two promises in a row are one promise.
        if more > 0 {
            prop_assert_eq!(due(first, more), due(at(from), time + more));
        }
    }

    #[test]
    fn parts_sum_up_to_the_whole(
        (room, _) in rooms(), from in minutes(), one in 0..9 * 1440 * MINUTE, two in 0..9 * 1440 * MINUTE,
    ) {
        let (a, b) = (at(from), at(from).plus_millis(one));
        let c = b.plus_millis(two);
        prop_assert_eq!(between(&room, a, b) + between(&room, b, c), between(&room, a, c));
        prop_assert_eq!(between(&room, c, a), WorkingTime::ZERO);
    }
}

#[test]
fn the_edges_of_a_day() {
    let room = opening("Asia/Vladivostok", CalendarPolicy::SixDay);
    let local = |text: &str| Moment::parse_rfc3339(&format!("{text}+10:00")).expect("a moment");
    let due = |from: &str, millis| {
        room.local_time(add(&room, local(from), WorkingTime::from_millis(millis)).expect("opens"))
    };
    // Saturday's closing instant belongs to Monday, the last millisecond before it does not.
    assert_eq!(due("2026-11-21T20:00:00", 0), "2026-11-23T08:00:00");
    assert_eq!(due("2026-11-21T19:59:59.999", 1), "2026-11-21T20:00:00");
    assert_eq!(due("2026-11-21T19:59:59.999", 2), "2026-11-23T08:00:00");
    assert_eq!(due("2026-11-23T18:00:00", 120 * MINUTE), "2026-11-23T20:00:00");
    assert_eq!(due("2026-11-23T08:00:00", 0), "2026-11-23T08:00:00");
}

#[test]
fn a_room_that_never_opens_gives_no_due_moment() {
    let week = Week::new(WeekForm::default()).expect("a week");
    let zone = "Europe/Moscow".parse().expect("a zone");
    let room = Opening::new(zone, week, CalendarPolicy::None, Overrides::new(), Arc::new(calendar()));
    let from = Moment::parse_rfc3339("2026-11-23T08:00:00Z").expect("a moment");
    assert_eq!(add(&room, from, WorkingTime::ZERO), Err(NeverOpens));
    assert_eq!(start(&room, from), Err(NeverOpens));
    assert_eq!(between(&room, from, from.plus_millis(i64::from(i32::MAX))), WorkingTime::ZERO);
    let usual = opening("Europe/Moscow", CalendarPolicy::SixDay);
    assert!(add(&usual, from, WorkingTime::from_minutes(200_000)).is_ok());
    assert_eq!(add(&usual, from, WorkingTime::from_minutes(300_000)), Err(NeverOpens));
    for edge in [i64::MIN, i64::MAX] {
        let edge = Moment::from_millis(edge);
        assert_eq!(between(&usual, Moment::from_millis(i64::MAX), edge), WorkingTime::ZERO);
    }
    assert_eq!(start(&usual, Moment::from_millis(i64::MAX)), Err(NeverOpens));
}

#[test]
fn amounts_are_exact_and_never_negative() {
    let two_hours = WorkingTime::from_minutes(120);
    assert_eq!((two_hours.millis(), two_hours.minutes()), (7_200_000, 120));
    assert_eq!(two_hours.percent(75), WorkingTime::from_minutes(90));
    assert_eq!(two_hours.minus(WorkingTime::from_minutes(121)), WorkingTime::ZERO);
    assert_eq!(WorkingTime::from_millis(-1), WorkingTime::ZERO);
    assert_eq!(serde_json::to_string(&two_hours).expect("json"), "7200000");
    assert_eq!(serde_json::from_str::<WorkingTime>("-5").expect("an amount"), WorkingTime::ZERO);
}
