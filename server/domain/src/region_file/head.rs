//! The head of a region's file: the region's code, name, zone, week, calendar, topics, targets and switches.

use super::table::{At, Faults, Table};
use super::targets::read_targets;
use crate::region::{OutsideHours, Region};
use crate::sla::calendar::{DayOverride, Overrides};
use crate::sla::week::{Hours, Week, WeekForm};
use crate::topic::TopicPolicy;

/// The region, if all of its head can be read; every `None` stands for a fault already told.
pub(super) fn read_head(faults: &mut Faults<'_>, file: &mut Table<'_>) -> Option<Region> {
    file.require(faults, &["code", "number", "name", "time_zone"]);
    let code = file.parsed(faults, "code");
    let number = read_number(faults, file);
    let name = file.title(faults, "name");
    let time_zone = file.parsed(faults, "time_zone");
    let week = file.table(faults, "week").map(|week| read_week(faults, week));
    let calendar_policy = file.word(faults, "calendar").unwrap_or_default();
    let overrides = read_overrides(faults, file);
    let outside_hours: OutsideHours = file.word(faults, "outside_hours").unwrap_or_default();
    let anonymous_reading = file.flag(faults, "anonymous_reading").unwrap_or(true);
    let topic_policy = read_topics(faults, file);
    let targets = read_targets(faults, file, time_zone.as_ref().map(|zone| &zone.value));
    Some(Region {
        code: code?.value,
        number: number?,
        name: name?,
        time_zone: time_zone?.value,
        week: week.unwrap_or_else(|| Some(Week::default()))?,
        calendar_policy,
        overrides,
        outside_hours,
        anonymous_reading,
        topic_policy,
        targets: targets?,
    })
}

/// Two digits, as spoken at the head of an appeal's number.
fn read_number(faults: &mut Faults<'_>, file: &mut Table<'_>) -> Option<String> {
    let At { value, at } = file.text(faults, "number")?;
    let is_number = value.len() == 2 && value.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number {
        faults.add(at, "\"number\" must be two digits in quotes");
    }
    is_number.then(|| value.to_owned())
}

/// A week as a table of weekdays, each a list of hours; a day left out is closed.
pub(super) fn read_week(faults: &mut Faults<'_>, mut table: Table<'_>) -> Option<Week> {
    let before = faults.count();
    let mut day = |name| read_hours(faults, &mut table, name).unwrap_or_default();
    let form = WeekForm {
        mon: day("mon"),
        tue: day("tue"),
        wed: day("wed"),
        thu: day("thu"),
        fri: day("fri"),
        sat: day("sat"),
        sun: day("sun"),
    };
    table.close(faults);
    if faults.count() == before { Week::new(form).ok() } else { None }
}

/// The hours of one day, in order.
fn read_hours(faults: &mut Faults<'_>, table: &mut Table<'_>, field: &str) -> Option<Vec<Hours>> {
    let At { value, at } = table.list::<Hours>(faults, field)?;
    let hours: Vec<Hours> = value.into_iter().map(|hours| hours.value).collect();
    if let Err(reason) = Hours::check_day(&hours) {
        faults.add(at, format_args!("\"{field}\": {reason}"));
    }
    Some(hours)
}

fn read_overrides(faults: &mut Faults<'_>, file: &mut Table<'_>) -> Overrides {
    let mut overrides = Overrides::new();
    for mut table in file.tables(faults, "overrides") {
        table.require(faults, &["date", "hours", "reason"]);
        let date = table.parsed(faults, "date");
        let hours = read_hours(faults, &mut table, "hours");
        let reason = table.title(faults, "reason");
        table.close(faults);
        if let (Some(At { value: date, at }), Some(hours), Some(reason)) = (date, hours, reason)
            && overrides.insert(date, DayOverride { hours, reason }).is_some()
        {
            faults.add(at, format_args!("the date {date} is given twice"));
        }
    }
    overrides
}

/// The federal default, changed where the region says so.
fn read_topics(faults: &mut Faults<'_>, file: &mut Table<'_>) -> TopicPolicy {
    let default = TopicPolicy::FEDERAL;
    let Some(mut table) = file.table(faults, "topics") else { return default };
    let policy = TopicPolicy {
        hospitalisation: table.word(faults, "hospitalisation").unwrap_or(default.hospitalisation),
        drug_availability: table.word(faults, "drug_availability").unwrap_or(default.drug_availability),
        prices: table.word(faults, "prices").unwrap_or(default.prices),
    };
    table.close(faults);
    policy
}
