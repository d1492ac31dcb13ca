//! Runs the table of due moments that people have read. Each row is local time in and local time out, by region,
//! calendar policy and a day of its own; the reason stands beside it.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::sync::Arc;

use domain::moment::Moment;
use domain::sla::calendar::{DayOverride, Opening, Overrides, Zone};
use domain::sla::week::Week;
use domain::sla::working::{self, WorkingTime};
use domain::sla::year::{Calendar, CalendarPolicy};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const CALENDAR: &str = include_str!("../../../deploy/calendars/ru-2024-2027.json");
const TABLE: &str = include_str!("golden/sla_cases.tsv");

struct Case<'a> {
    line: usize,
    zone: &'a str,
    policy: CalendarPolicy,
    own: Overrides,
    from: DateTime,
    weekday: &'a str,
    minutes: u32,
    due: DateTime,
    due_weekday: &'a str,
}

fn cases() -> Vec<Case<'static>> {
    let rows = TABLE.lines().enumerate().filter(|(_, row)| !row.starts_with('#')).skip(1);
    rows.map(|(line, row)| {
        let fields: Vec<&str> = row.split('\t').collect();
        let [_region, zone, policy, own, from, weekday, minutes, due, due_weekday, why] =
            <[&str; 10]>::try_from(fields).unwrap();
        assert!(!why.is_empty(), "line {}", line + 1);
        Case {
            line: line + 1,
            zone,
            policy: serde_json::from_value(policy.into()).unwrap(),
            own: own_day(own),
            from: from.parse().unwrap(),
            weekday,
            minutes: minutes.parse().unwrap(),
            due: due.parse().unwrap(),
            due_weekday,
        }
    })
    .collect()
}

/// `2026-12-30 08:00-14:00`, `2026-11-24 closed`, or `-` for none.
fn own_day(text: &str) -> Overrides {
    let Some((date, hours)) = text.split_once(' ') else { return Overrides::new() };
    let hours = match hours {
        "closed" => Vec::new(),
        open => open.split(", ").map(|hours| hours.parse().unwrap()).collect(),
    };
    Overrides::from([(date.parse().unwrap(), DayOverride { hours, reason: "решение региона".into() })])
}

fn weekday(at: DateTime) -> &'static str {
    let days = ["понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"];
    days.get(usize::try_from(at.weekday().to_monday_zero_offset()).unwrap()).unwrap()
}

#[test]
fn every_case_is_due_when_people_say() {
    let calendar = Arc::new(Calendar::read(CALENDAR).unwrap());
    for case in cases() {
        let zone: Zone = case.zone.parse().unwrap();
        let room = Opening::new(zone, Week::default(), case.policy, case.own, Arc::clone(&calendar));
        let tz = TimeZone::get(case.zone).unwrap();
        let from = Moment::from_millis(tz.to_timestamp(case.from).unwrap().as_millisecond());
        let time = WorkingTime::from_minutes(case.minutes);
        let due = working::add(&room, from, time).unwrap();
        let written = case.due.strftime("%Y-%m-%dT%H:%M:%S").to_string();
        assert_eq!(room.local_time(due), written, "line {}", case.line);
        assert_eq!(working::between(&room, from, due), time, "line {}", case.line);
        assert_eq!(
            (weekday(case.from), weekday(case.due)),
            (case.weekday, case.due_weekday),
            "line {}",
            case.line
        );
    }
}

/// The table stays as large and as wide as it is meant to be.
#[test]
fn the_table_covers_zones_policies_and_years() {
    let cases = cases();
    assert!(cases.len() >= 200, "{} cases", cases.len());
    let mut zones: Vec<&str> = cases.iter().map(|case| case.zone).collect();
    zones.sort_unstable();
    zones.dedup();
    assert_eq!(zones.len(), 11);
    for policy in [
        CalendarPolicy::None,
        CalendarPolicy::PublicHolidaysOnly,
        CalendarPolicy::SixDay,
        CalendarPolicy::FiveDayPlusSaturday,
    ] {
        assert!(cases.iter().any(|case| case.policy == policy), "{policy:?}");
    }
    for year in 2024..=2027 {
        assert!(cases.iter().any(|case| case.from.year() == year), "{year}");
    }
}
