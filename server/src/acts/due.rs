//! When an answer is due, for whoever asks without a database: an operator who checks a calendar, a region that doubts
//! a promise. It works by what is compiled in.

use domain::sla::calendar::civil;
use domain::sla::target::TargetFault;
use domain::sla::working::{self, NeverOpens, WorkingTime};

use crate::acts::error::ActError;
use crate::acts::subject;

/// A due time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// In the region's own time: `2026-11-23T09:30:00`.
    pub local: String,
    /// What it rests on that may turn out otherwise.
    pub warnings: Vec<String>,
}

/// Why no due time can be told.
#[derive(Debug, thiserror::Error)]
pub enum DueFault {
    /// The beginning is no local time.
    #[error("\"{0}\" is no local time, such as 2026-11-21T19:30:00")]
    NotATime(String),
    /// Zero or negative minutes.
    #[error(transparent)]
    Minutes(#[from] TargetFault),
    /// The rooms are not open for so long.
    #[error(transparent)]
    NeverOpens(#[from] NeverOpens),
    /// A fault of what is compiled in.
    #[error(transparent)]
    Broken(#[from] ActError),
}

/// When `minutes` of working time have passed since the local time `from` in the rooms of a region.
///
/// # Errors
/// [`DueFault`].
pub fn due(code: &str, from: &str, minutes: i64) -> Result<Due, DueFault> {
    let mut warnings = Vec::new();
    let region = match subject::region(code)? {
        Some(region) => region,
        None => {
            warnings.push(format!("there is no region \"{code}\": this is the federal default, Moscow time"));
            subject::federation()?
        }
    };
    if minutes < 1 {
        return Err(TargetFault::NotPositive(minutes).into());
    }
    let time = WorkingTime::from_minutes(u32::try_from(minutes).map_err(|_| NeverOpens)?);
    let not_a_time = || DueFault::NotATime(from.to_owned());
    let calendar = subject::calendar()?;
    let opening = subject::opening(&region, region.week.clone(), &calendar);
    let first = civil(from).ok_or_else(not_a_time)?.year();
    let due = working::add(&opening, opening.from_local(from).ok_or_else(not_a_time)?, time)?;
    let last = region.time_zone.local(due).year();
    for year in (first..=last).filter(|year| !calendar.knows(*year)) {
        warnings.push(format!("the days off of {year} are not in the calendar and were worked out by rule"));
    }
    Ok(Due { local: opening.local_time(due), warnings })
}
