//! Whether a room is open at a moment: its week, the region's zone, the official days off and the region's own
//! exceptions together. Built once per room, asked per request; nothing is parsed or allocated on the way (only a
//! local time is printed). It does no working-minute arithmetic and knows no deadlines.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::moment::Moment;
use crate::sla::week::{DAY_MINUTES, Hours, Week};
use crate::sla::year::{Calendar, CalendarPolicy, Holiday};

/// How far an opening is looked for. No calendar closes a room longer; a room without hours is simply closed.
pub(super) const HORIZON_DAYS: usize = 400;

/// A time zone by its IANA name, resolved once from the bundled data.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone {
    name: Arc<str>,
    zone: TimeZone,
}

/// The bundled data has no zone of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no time zone \"{0}\"; a zone looks like Asia/Vladivostok")]
pub struct NoSuchZone(String);

impl Zone {
    /// The IANA name.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// The capital's zone, in which the country as a whole counts its days.
    pub fn capital() -> Self {
        // The bundled data has it: a test says so. Without it days would be counted in UTC.
        let zone = TimeZone::get("Europe/Moscow").unwrap_or(TimeZone::UTC);
        Self { name: zone.iana_name().unwrap_or("UTC").into(), zone }
    }

    /// The first moment of the date in `text` (`2026-11-23`), or of a date so many days `later`; `None` when the text is
    /// no date.
    pub fn midnight(&self, text: &str, later: i64) -> Option<Moment> {
        let date: Date = text.parse().ok()?;
        let date = date.checked_add(jiff::Span::new().try_days(later).ok()?).ok()?;
        let instant = self.zone.to_ambiguous_timestamp(date.at(0, 0, 0, 0)).compatible().ok()?;
        Some(Moment::from_millis(instant.as_millisecond()))
    }

    /// The Monday of the week in which a moment falls here.
    pub fn first_day_of_week(&self, moment: Moment) -> Date {
        let date = self.local(moment).date();
        let since = i64::from(date.weekday().to_monday_zero_offset());
        let back = jiff::Span::new().try_days(since).and_then(|back| date.checked_sub(back));
        back.unwrap_or(date)
    }

    /// The civil time of a moment; past the ends of the calendar, its ends.
    pub fn local(&self, moment: Moment) -> DateTime {
        let edge = if moment.millis() < 0 { Timestamp::MIN } else { Timestamp::MAX };
        self.zone.to_datetime(Timestamp::from_millisecond(moment.millis()).unwrap_or(edge))
    }

    /// The moment of a civil time, `None` past the ends of the calendar. A local time that a change of the clocks skips
    /// or repeats, which no Russian zone has had since 2014, takes the offset before the change.
    pub fn moment(&self, local: DateTime) -> Option<Moment> {
        let instant = self.zone.to_ambiguous_timestamp(local).compatible().ok()?;
        Some(Moment::from_millis(instant.as_millisecond()))
    }
}

/// The civil time written `2026-11-23T12:20:00`, with neither zone nor offset; seconds or their fractions may be left out.
pub fn civil(text: &str) -> Option<DateTime> {
    let plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b':' | b'.' | b'T');
    if text.len() < "2026-11-23T12:20".len() || !text.bytes().all(plain) {
        return None;
    }
    text.parse().ok()
}
impl FromStr for Zone {
    type Err = NoSuchZone;
    fn from_str(name: &str) -> Result<Self, NoSuchZone> {
        let zone = TimeZone::get(name).map_err(|_| NoSuchZone(name.to_owned()))?;
        // The lookup ignores case; a name is kept only as the data writes it, so that one zone has one spelling.
        if zone.iana_name() == Some(name) {
            Ok(Self { name: name.into(), zone })
        } else {
            Err(NoSuchZone(name.to_owned()))
        }
    }
}
impl TryFrom<String> for Zone {
    type Error = NoSuchZone;
    fn try_from(name: String) -> Result<Self, NoSuchZone> {
        name.parse()
    }
}
impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name.as_ref().to_owned()
    }
}
impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Zone").field(&self.name).finish()
    }
}

/// One date with hours of its own, whatever week and law say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayOverride {
    /// The hours of that day, in order; none closes it.
    pub hours: Vec<Hours>,
    /// Why, in the region's words.
    pub reason: String,
}

/// The dates a region or room decides itself.
pub type Overrides = BTreeMap<Date, DayOverride>;

/// What one may say about a room at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenState {
    /// True inside the hours.
    pub open: bool,
    /// When it closes next; `None` while closed, and for a room that never closes.
    pub closes: Option<Moment>,
    /// The first opening after the moment, also while open; `None` when there is none.
    pub next_opening: Option<Moment>,
    /// Why the day is a day off, when it is one.
    pub holiday: Option<Holiday>,
}

/// The opening hours of a room in full.
#[derive(Debug, Clone)]
pub struct Opening {
    zone: Zone,
    week: Arc<Week>,
    policy: CalendarPolicy,
    overrides: Arc<Overrides>,
    calendar: Arc<Calendar>,
}

impl Opening {
    /// Puts week, zone, policy, exceptions and the country's calendar together. Cloning the result is cheap.
    pub fn new(
        zone: Zone,
        week: Week,
        policy: CalendarPolicy,
        overrides: Overrides,
        calendar: Arc<Calendar>,
    ) -> Self {
        Self { zone, week: Arc::new(week), policy, overrides: Arc::new(overrides), calendar }
    }

    /// Whether the room is open at a moment, until when, and when it opens next.
    pub fn at(&self, moment: Moment) -> OpenState {
        let now = self.zone.local(moment);
        let today = now.date();
        let (hours, holiday) = self.day(today);
        let inside = |hours: &&Hours| {
            minute(today, hours.from()) <= Some(now) && Some(now) < minute(today, hours.until())
        };
        let current = hours.iter().find(inside);
        OpenState {
            open: current.is_some(),
            closes: current.and_then(|hours| self.closing(today, *hours)),
            next_opening: self.opening_after(now),
            holiday,
        }
    }

    /// The room's civil time, `2026-11-23T12:20:00`.
    pub fn local_time(&self, moment: Moment) -> String {
        self.zone.local(moment).strftime("%Y-%m-%dT%H:%M:%S").to_string()
    }

    /// The moment at which the room's civil time is `2026-11-23T12:20:00`; `None` when the text is no civil time.
    pub fn from_local(&self, text: &str) -> Option<Moment> {
        self.zone.moment(civil(text)?)
    }

    pub(super) fn local(&self, moment: Moment) -> DateTime {
        self.zone.local(moment)
    }

    /// A minute of a local day as a moment.
    pub(super) fn moment(&self, date: Date, of_day: u16) -> Option<Moment> {
        self.zone.moment(minute(date, of_day)?)
    }

    /// The hours of a date, in order; none when it is closed.
    pub(super) fn hours(&self, date: Date) -> &[Hours] {
        match self.overrides.get(&date) {
            Some(own) => &own.hours,
            None if self.calendar.is_day_off(date, self.policy) => &[],
            None => self.week.day(date.weekday()),
        }
    }

    /// The hours of a date and, if it is a day off, why.
    fn day(&self, date: Date) -> (&[Hours], Option<Holiday>) {
        if let Some(own) = self.overrides.get(&date) {
            let holiday = own.hours.is_empty().then(|| Holiday::Special(own.reason.clone()));
            return (&own.hours, holiday);
        }
        match self.calendar.day_off(date, self.policy) {
            Some(holiday) => (&[], Some(holiday)),
            None => (self.week.day(date.weekday()), None),
        }
    }

    /// When an interval ends, going on over midnight as long as the next day begins where the last one ended.
    fn closing(&self, date: Date, hours: Hours) -> Option<Moment> {
        let (mut date, mut until) = (date, hours.until());
        for _ in 0..HORIZON_DAYS {
            if until < DAY_MINUTES {
                return self.moment(date, until);
            }
            let tomorrow = date.tomorrow().ok()?;
            match self.hours(tomorrow).first() {
                Some(first) if first.from() == 0 => (date, until) = (tomorrow, first.until()),
                _ => return self.moment(date, until),
            }
        }
        None
    }

    /// The first opening after a local time. Midnight between two touching days is none.
    fn opening_after(&self, now: DateTime) -> Option<Moment> {
        let mut date = now.date();
        let mut touching = date.yesterday().is_ok_and(|day| self.runs_to_midnight(day));
        for _ in 0..HORIZON_DAYS {
            let hours = self.hours(date);
            let opens =
                |hours: &&Hours| !(touching && hours.from() == 0) && minute(date, hours.from()) > Some(now);
            if let Some(next) = hours.iter().find(opens) {
                return self.moment(date, next.from());
            }
            touching = self.runs_to_midnight(date);
            date = date.tomorrow().ok()?;
        }
        None
    }

    fn runs_to_midnight(&self, date: Date) -> bool {
        self.hours(date).last().is_some_and(|hours| hours.until() == DAY_MINUTES)
    }
}

/// A minute of a day as civil time; minute 1440 is the next day's midnight. `None` past the end of the calendar.
fn minute(date: Date, of_day: u16) -> Option<DateTime> {
    let midnight = if of_day == DAY_MINUTES { date.tomorrow().ok()? } else { date };
    let (hour, minute) = ((of_day / 60) % 24, of_day % 60);
    Some(midnight.at(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0))
}

#[cfg(test)]
pub(super) mod tests;
