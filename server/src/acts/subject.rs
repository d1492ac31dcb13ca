//! What of the country is compiled in: its calendar, the regions that have a file, all other subjects by the federal
//! default. Commands without a database work by it; the catalogue takes the calendar from here.

use std::sync::Arc;

use domain::region::Region;
use domain::region_file::{self, RegionPlan};
use domain::sla::calendar::Opening;
use domain::sla::week::Week;
use domain::sla::year::Calendar;
use domain::subject::{Subject, Subjects};

use crate::acts::error::{ActError, ActResult};

/// The country's calendar, signed year by year.
const CALENDAR: &str = include_str!("../../../deploy/calendars/ru-2024-2027.json");
/// Every subject: code, digits, name, zone.
const SUBJECTS: &str = include_str!("../../../deploy/regions/subjects.json");
/// The regions that decided something themselves.
const FILES: [(&str, &str); 3] = [
    ("khabarovsk.toml", include_str!("../../../deploy/regions/khabarovsk.toml")),
    ("bashkortostan.toml", include_str!("../../../deploy/regions/bashkortostan.toml")),
    ("rostov.toml", include_str!("../../../deploy/regions/rostov.toml")),
];

/// The country's calendar.
///
/// # Errors
/// [`ActError::Broken`] when what is compiled in has a fault.
pub fn calendar() -> ActResult<Arc<Calendar>> {
    Calendar::read(CALENDAR).map(Arc::new).map_err(broken)
}

/// The plans of the regions that have a file.
///
/// # Errors
/// [`ActError::Broken`] when what is compiled in has a fault.
pub fn plans() -> ActResult<Vec<RegionPlan>> {
    let plan = |(name, text): (&str, &str)| {
        region_file::read(text).map_err(|faults| {
            let lines: Vec<String> = faults.iter().map(|fault| format!("{name}: {fault}")).collect();
            ActError::Broken(lines.join("\n").into())
        })
    };
    FILES.into_iter().map(plan).collect()
}

/// The region with this code: as its file says, or as every subject without one; `None` when there is no such subject.
///
/// # Errors
/// [`ActError::Broken`] when what is compiled in has a fault.
pub fn region(code: &str) -> ActResult<Option<Region>> {
    if let Some(plan) = plans()?.into_iter().find(|plan| plan.region.code.as_str() == code) {
        return Ok(Some(plan.region));
    }
    Ok(subjects()?.find(code).cloned().map(Subject::region))
}

/// What holds for whoever names no subject: the country by the clock of its capital.
///
/// # Errors
/// [`ActError::Broken`] when what is compiled in has a fault.
pub fn federation() -> ActResult<Region> {
    Ok(subjects()?.federation.region())
}

/// The hours of a region's rooms in `week`.
pub fn opening(region: &Region, week: Week, calendar: &Arc<Calendar>) -> Opening {
    let Region { time_zone, calendar_policy, overrides, .. } = region.clone();
    Opening::new(time_zone, week, calendar_policy, overrides, calendar.clone())
}

fn subjects() -> ActResult<Subjects> {
    Subjects::read(SUBJECTS).map_err(broken)
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> ActError {
    ActError::Broken(Box::new(error))
}
