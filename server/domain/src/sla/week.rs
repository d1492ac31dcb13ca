//! The week of a room: for each weekday the half-open intervals in which people may write. Civil time of no
//! particular date and zone; holidays are `year`'s, the two meet in `calendar`.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};

/// Minutes of a civil day.
pub const DAY_MINUTES: u16 = 24 * 60;

/// A half-open interval of one day: 20:00 is no longer inside `08:00-20:00`. `24:00` ends a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hours {
    from: u16,
    until: u16,
}

/// Why hours cannot stand in a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HoursFault {
    /// Not two times of day joined by a hyphen.
    #[error("hours look like 08:00-20:00")]
    Unreadable,
    /// They end before they begin, or when they begin.
    #[error("the hours are reversed: they end before they begin")]
    Reversed,
    /// The intervals of one day overlap, touch or are not in order.
    #[error("the intervals of one day must follow each other with a gap between them")]
    Overlapping,
}

impl Hours {
    /// From and until in minutes of the day; `until` itself is outside.
    pub fn new(from: u16, until: u16) -> Result<Self, HoursFault> {
        if from.max(until) > DAY_MINUTES {
            return Err(HoursFault::Unreadable);
        }
        if from < until { Ok(Self { from, until }) } else { Err(HoursFault::Reversed) }
    }

    /// First minute of the day inside.
    pub const fn from(self) -> u16 {
        self.from
    }

    /// First minute of the day outside again.
    pub const fn until(self) -> u16 {
        self.until
    }

    /// Checks that the intervals of one day follow each other with gaps between them.
    pub fn check_day(day: &[Self]) -> Result<(), HoursFault> {
        let apart = day.windows(2).all(|pair| match pair {
            [earlier, later] => earlier.until < later.from,
            _ => true,
        });
        if apart { Ok(()) } else { Err(HoursFault::Overlapping) }
    }
}

fn minute_of(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two_digits = |part: &str| {
        (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse::<u16>().ok())
            .flatten()
    };
    let (hour, minute) = (two_digits(hour)?, two_digits(minute)?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= DAY_MINUTES).then_some(total)
}

impl FromStr for Hours {
    type Err = HoursFault;
    fn from_str(text: &str) -> Result<Self, HoursFault> {
        let (from, until) = text.split_once('-').ok_or(HoursFault::Unreadable)?;
        let from = minute_of(from).ok_or(HoursFault::Unreadable)?;
        let until = minute_of(until).ok_or(HoursFault::Unreadable)?;
        Self::new(from, until)
    }
}
impl TryFrom<String> for Hours {
    type Error = HoursFault;
    fn try_from(text: String) -> Result<Self, HoursFault> {
        text.parse()
    }
}
impl From<Hours> for String {
    fn from(hours: Hours) -> Self {
        hours.to_string()
    }
}
impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, until) = (self.from, self.until);
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, until / 60, until % 60)
    }
}

/// The hours of each weekday; a day without any is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WeekForm", into = "WeekForm")]
pub struct Week(WeekForm);

/// A week as rows and files spell it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WeekForm {
    /// Monday.
    pub mon: Vec<Hours>,
    /// Tuesday.
    pub tue: Vec<Hours>,
    /// Wednesday.
    pub wed: Vec<Hours>,
    /// Thursday.
    pub thu: Vec<Hours>,
    /// Friday.
    pub fri: Vec<Hours>,
    /// Saturday.
    pub sat: Vec<Hours>,
    /// Sunday.
    pub sun: Vec<Hours>,
}

impl WeekForm {
    /// The hours of a weekday.
    pub fn day(&self, weekday: Weekday) -> &[Hours] {
        match weekday {
            Weekday::Monday => &self.mon,
            Weekday::Tuesday => &self.tue,
            Weekday::Wednesday => &self.wed,
            Weekday::Thursday => &self.thu,
            Weekday::Friday => &self.fri,
            Weekday::Saturday => &self.sat,
            Weekday::Sunday => &self.sun,
        }
    }
}

impl Week {
    /// A week whose every day is in order, or the first day's fault.
    pub fn new(form: WeekForm) -> Result<Self, HoursFault> {
        for day in [&form.mon, &form.tue, &form.wed, &form.thu, &form.fri, &form.sat, &form.sun] {
            Hours::check_day(day)?;
        }
        Ok(Self(form))
    }

    /// The hours of a weekday, in order.
    pub fn day(&self, weekday: Weekday) -> &[Hours] {
        self.0.day(weekday)
    }
}

/// Monday to Saturday 08:00–20:00: the week of every medchat in the founding documents.
impl Default for Week {
    fn default() -> Self {
        let day = vec![Hours { from: 8 * 60, until: 20 * 60 }];
        Self(WeekForm {
            mon: day.clone(),
            tue: day.clone(),
            wed: day.clone(),
            thu: day.clone(),
            fri: day.clone(),
            sat: day,
            sun: Vec::new(),
        })
    }
}
impl TryFrom<WeekForm> for Week {
    type Error = HoursFault;
    fn try_from(form: WeekForm) -> Result<Self, HoursFault> {
        Self::new(form)
    }
}
impl From<Week> for WeekForm {
    fn from(week: Week) -> Self {
        week.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_and_written() {
        for text in ["08:00-20:00", "00:00-24:00", "09:30-09:31"] {
            assert_eq!(text.parse::<Hours>().map(|hours| hours.to_string()), Ok(text.to_owned()));
        }
        for text in ["20:00-08:00", "08:00-08:00"] {
            assert_eq!(text.parse::<Hours>(), Err(HoursFault::Reversed));
        }
        for text in
            ["", "08:00", "8:00-20:00", "08:60-20:00", "08:00-24:01", "08:00-20:00-21:00", "+8:00-20:00"]
        {
            assert_eq!(text.parse::<Hours>(), Err(HoursFault::Unreadable), "{text}");
        }
    }

    #[test]
    fn a_day_with_a_break_is_fine_and_an_overlap_is_not() {
        let day =
            |list: &[&str]| list.iter().map(|text| text.parse().expect("hours")).collect::<Vec<Hours>>();
        let week = |mon| Week::new(WeekForm { mon, ..WeekForm::default() });
        assert!(week(day(&["08:00-12:00", "13:00-20:00"])).is_ok());
        for wrong in
            [["08:00-13:00", "12:00-20:00"], ["13:00-20:00", "08:00-12:00"], ["08:00-12:00", "12:00-20:00"]]
        {
            assert_eq!(week(day(&wrong)), Err(HoursFault::Overlapping));
        }
    }

    #[test]
    fn a_week_survives_being_a_row() {
        let text = serde_json::to_string(&Week::default()).expect("json");
        assert!(text.starts_with(r#"{"mon":["08:00-20:00"],"#) && text.ends_with(r#""sun":[]}"#), "{text}");
        assert_eq!(serde_json::from_str::<Week>(&text).expect("a week"), Week::default());
        assert!(serde_json::from_str::<Week>(r#"{"mon":["08:00-12:00","11:00-13:00"]}"#).is_err());
    }
}
