//! Working time: the time a room is open, and nothing else. [`add`] says when a promise is due, [`between`] how much
//! of it was used. It knows no clocks, no targets and no appeals.
//!
//! Working time is kept in **milliseconds**, because moments are: counted in whole minutes, `between` would have to
//! round, and then neither "add what is between" leads back to the same moment, nor do a pause and the time around it
//! sum up to the whole. With milliseconds, for every `from` and every `time`:
//!
//! * `between(from, add(from, time)) == time`;
//! * `add(from, between(from, to)) == to` for every later `to` that lies inside the hours or is their closing instant,
//!   unless nothing was open in between (then `add` gives the first open instant);
//! * `between(a, b) + between(b, c) == between(a, c)` for `a <= b <= c`.
//!
//! Intervals are half-open: what arrives at exactly 20:00:00 starts at the next opening, while a due moment that falls
//! on the closing instant stays there, since until then the promise was kept.

use std::fmt;
use std::ops::Add;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::moment::Moment;
use crate::sla::calendar::{HORIZON_DAYS, Opening};

const MINUTE: i64 = 60_000;

/// An amount of working time, in milliseconds, never negative.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(from = "i64", into = "i64")]
pub struct WorkingTime(i64);

impl WorkingTime {
    /// None at all.
    pub const ZERO: Self = Self(0);

    /// So many working minutes.
    pub const fn from_minutes(minutes: u32) -> Self {
        Self(minutes as i64 * MINUTE)
    }

    /// So many working milliseconds; a negative amount is none.
    pub const fn from_millis(millis: i64) -> Self {
        if millis < 0 { Self::ZERO } else { Self(millis) }
    }

    /// In milliseconds.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// In whole minutes, rounded down.
    pub const fn minutes(self) -> i64 {
        self.0 / MINUTE
    }

    /// What is left of it after `used`; nothing when more was used.
    pub const fn minus(self, used: Self) -> Self {
        Self::from_millis(self.0.saturating_sub(used.0))
    }

    /// So many hundredths of it. Exact for whole minutes, as every target is.
    pub const fn percent(self, percent: u32) -> Self {
        Self(self.0.saturating_mul(percent as i64) / 100)
    }

    /// The working time of a stretch that is open throughout.
    const fn of_stretch(start: Moment, end: Moment) -> Self {
        Self::from_millis(end.millis().saturating_sub(start.millis()))
    }
}
impl Add for WorkingTime {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}
impl std::iter::Sum for WorkingTime {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}
impl From<i64> for WorkingTime {
    fn from(millis: i64) -> Self {
        Self::from_millis(millis)
    }
}
impl From<WorkingTime> for i64 {
    fn from(time: WorkingTime) -> Self {
        time.0
    }
}
impl fmt::Debug for WorkingTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03} s", self.0 / 1000, self.0 % 1000)
    }
}

/// The room is not open for that long within 400 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the room is not open for that long within 400 days")]
pub struct NeverOpens;

/// The moment at which `time` of working time has passed since `from`: inside the hours, or their closing instant.
/// With no time at all it is the moment at which working time begins to pass.
///
/// # Errors
/// [`NeverOpens`] when the room's calendar does not give that much within 400 days.
pub fn add(opening: &Opening, from: Moment, time: WorkingTime) -> Result<Moment, NeverOpens> {
    let mut left = time;
    for (start, end) in stretches(opening, from, days(opening, from).take(HORIZON_DAYS)) {
        let length = WorkingTime::of_stretch(start, end);
        if left <= length {
            return Ok(start.plus_millis(left.0));
        }
        left = left.minus(length);
    }
    Err(NeverOpens)
}

/// The working time from `from` until `to`; none when `to` is not later.
pub fn between(opening: &Opening, from: Moment, to: Moment) -> WorkingTime {
    cut(opening, from, to).map(|(start, end)| WorkingTime::of_stretch(start, end)).sum()
}

/// When the room is open from `from` until `to`, in order: every stretch of open time, cut at the edges.
pub fn stretches_between(opening: &Opening, from: Moment, to: Moment) -> Vec<(Moment, Moment)> {
    cut(opening, from, to).collect()
}

fn cut(opening: &Opening, from: Moment, to: Moment) -> impl Iterator<Item = (Moment, Moment)> {
    let last = opening.local(to).date();
    stretches(opening, from, days(opening, from).take_while(move |date| *date <= last))
        .take_while(move |(start, _)| *start < to)
        .map(move |(start, end)| (start, end.min(to)))
}

/// The first moment at or after `at` that lies inside the hours: when a message sent at `at` begins to count.
///
/// # Errors
/// [`NeverOpens`] when there is none within 400 days.
pub fn start(opening: &Opening, at: Moment) -> Result<Moment, NeverOpens> {
    add(opening, at, WorkingTime::ZERO)
}

/// The local dates from `from` on.
fn days(opening: &Opening, from: Moment) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(opening.local(from).date()), |date| date.tomorrow().ok())
}

/// The open stretches of some dates, in order and not before `from`; none is empty.
fn stretches(
    opening: &Opening,
    from: Moment,
    dates: impl Iterator<Item = Date>,
) -> impl Iterator<Item = (Moment, Moment)> {
    dates.flat_map(move |date| {
        opening.hours(date).iter().filter_map(move |hours| {
            let start = opening.moment(date, hours.from())?.max(from);
            let end = opening.moment(date, hours.until())?;
            (start < end).then_some((start, end))
        })
    })
}

#[cfg(test)]
mod tests;
