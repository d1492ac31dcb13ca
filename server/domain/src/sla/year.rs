//! What the law closes: public holidays and moved days off, read from the signed calendar data, and the policies by
//! which a room follows them. A year without data works by rule. Knows dates alone, no hours and no zones.
//!
//! Ready-made five-day calendars are wrong for a medchat, whose Saturday is a working day: a moved *Saturday* is no
//! day off in a six-day week, a moved *Sunday* is, and a "working Saturday" changes nothing.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// Why a day is closed although it is in the room's week. `key` names its label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holiday {
    /// 1–6 and 8 January.
    NewYear,
    /// 7 January.
    Christmas,
    /// 23 February.
    DefenderDay,
    /// 8 March.
    WomensDay,
    /// 1 May.
    LabourDay,
    /// 9 May.
    VictoryDay,
    /// 12 June.
    RussiaDay,
    /// 4 November.
    UnityDay,
    /// A day off moved here from a Sunday or a holiday.
    MovedDayOff,
    /// The region or the room closed this day itself and says why.
    Special(String),
}

impl Holiday {
    /// The key of its label.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::NewYear => "new_year",
            Self::Christmas => "christmas",
            Self::DefenderDay => "defender_day",
            Self::WomensDay => "womens_day",
            Self::LabourDay => "labour_day",
            Self::VictoryDay => "victory_day",
            Self::RussiaDay => "russia_day",
            Self::UnityDay => "unity_day",
            Self::MovedDayOff => "moved_day_off",
            Self::Special(_) => "special",
        }
    }
}

/// Which official days off a room follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalendarPolicy {
    /// None: the room's week, every week.
    None,
    /// The fourteen dates of the Labour Code, art. 112, and no moved days.
    PublicHolidaysOnly,
    /// Public holidays and the days off moved from a Sunday: the six-day week.
    #[default]
    SixDay,
    /// The official five-day calendar with Saturdays added: every moved day is off.
    #[serde(rename = "production_5d_plus_sat")]
    FiveDayPlusSaturday,
}

/// Public holidays and the moved days off of the years the Government has decreed.
#[derive(Debug, Clone)]
pub struct Calendar {
    version: String,
    holidays: Vec<(i8, i8, Holiday)>,
    years: BTreeMap<i16, BTreeMap<Date, Date>>,
}

/// Why calendar data cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CalendarFault {
    /// Not JSON of the expected shape.
    #[error("the calendar data is not readable")]
    Unreadable(#[from] serde_json::Error),
    /// A holiday's day is not a month and a day.
    #[error("\"{0}\" is not a day of the year, written 02-23")]
    NotADay(String),
    /// A moved day off stands under another year than its own.
    #[error("the day off moved to {to} does not belong to {year}")]
    OtherYear {
        /// The year it stands under.
        year: i16,
        /// Where the day off was moved to.
        to: Date,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarForm {
    version: String,
    #[serde(rename = "source")]
    _source: String,
    public_holidays: Vec<HolidayForm>,
    years: BTreeMap<i16, YearForm>,
}
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidayForm {
    day: String,
    name: Holiday,
}
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YearForm {
    #[serde(rename = "decree")]
    _decree: String,
    transfers: Vec<TransferForm>,
}
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TransferForm {
    from: Date,
    to: Date,
}

impl Calendar {
    /// Reads calendar data: JSON with `version`, `source`, `public_holidays` and, by year, the decree's `transfers`.
    pub fn read(text: &str) -> Result<Self, CalendarFault> {
        let form: CalendarForm = serde_json::from_str(text)?;
        let mut holidays = Vec::new();
        for holiday in form.public_holidays {
            // 2024 was a leap year, so 29 February would be a day too.
            let day = format!("2024-{}", holiday.day).parse::<Date>();
            let day = day.map_err(|_| CalendarFault::NotADay(holiday.day))?;
            holidays.push((day.month(), day.day(), holiday.name));
        }
        let mut years = BTreeMap::new();
        for (year, data) in form.years {
            let mut moved = BTreeMap::new();
            for TransferForm { from, to } in data.transfers {
                if to.year() != year {
                    return Err(CalendarFault::OtherYear { year, to });
                }
                moved.insert(to, from);
            }
            years.insert(year, moved);
        }
        Ok(Self { version: form.version, holidays, years })
    }

    /// The version of the data, kept with everything computed from it.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// False when the year's days off are only predicted by rule: its decree is not in the data.
    pub fn knows(&self, year: i16) -> bool {
        self.years.contains_key(&year)
    }

    /// Why `date` is a day off under `policy`; `None` when it is not.
    pub fn day_off(&self, date: Date, policy: CalendarPolicy) -> Option<Holiday> {
        if policy == CalendarPolicy::None {
            return None;
        }
        if let Some(holiday) = self.holiday_on(date) {
            return Some(holiday.clone());
        }
        self.is_moved_day_off(date, policy).then_some(Holiday::MovedDayOff)
    }

    /// Whether `date` is a day off under `policy`, without the reason and its allocation.
    pub fn is_day_off(&self, date: Date, policy: CalendarPolicy) -> bool {
        let holiday = policy != CalendarPolicy::None && self.holiday_on(date).is_some();
        holiday || self.is_moved_day_off(date, policy)
    }

    fn is_moved_day_off(&self, date: Date, policy: CalendarPolicy) -> bool {
        match policy {
            CalendarPolicy::None | CalendarPolicy::PublicHolidaysOnly => false,
            CalendarPolicy::SixDay => {
                self.moved_from(date).is_some_and(|from| from.weekday() == Weekday::Sunday)
            }
            CalendarPolicy::FiveDayPlusSaturday => self.moved_from(date).is_some(),
        }
    }

    fn holiday_on(&self, date: Date) -> Option<&Holiday> {
        let of_date = |(month, day, _): &&(i8, i8, Holiday)| (*month, *day) == (date.month(), date.day());
        self.holidays.iter().find(of_date).map(|(_, _, holiday)| holiday)
    }

    /// The day off that was moved to `date`: by the year's decree or, without one, by the Labour Code's own rule (a
    /// weekend holiday moves to the next working day, the January ones excepted, which only a decree can move).
    fn moved_from(&self, date: Date) -> Option<Date> {
        if let Some(moved) = self.years.get(&date.year()) {
            return moved.get(&date).copied();
        }
        if date.weekday() != Weekday::Monday {
            return None;
        }
        let sunday = date.yesterday().ok()?;
        let saturday = sunday.yesterday().ok()?;
        [sunday, saturday].into_iter().find(|day| day.month() != 1 && self.holiday_on(*day).is_some())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::civil::date;

    use super::*;

    pub(crate) fn calendar() -> Calendar {
        Calendar::read(include_str!("../../../../deploy/calendars/ru-2024-2027.json")).expect("calendar data")
    }

    fn closed_mon_sat(year: i16, policy: CalendarPolicy) -> Vec<String> {
        let calendar = calendar();
        let mut day = date(year, 1, 1);
        let mut closed = Vec::new();
        while day.year() == year {
            if day.weekday() != Weekday::Sunday && calendar.day_off(day, policy).is_some() {
                closed.push(format!("{:02}.{:02}", day.day(), day.month()));
            }
            day = day.tomorrow().expect("a day");
        }
        closed
    }

    #[test]
    fn a_six_day_week_closes_fourteen_days_a_year() {
        let expected = [
            (2024, "01.01 02.01 03.01 04.01 05.01 06.01 08.01 23.02 08.03 01.05 09.05 12.06 04.11 31.12"),
            (2025, "01.01 02.01 03.01 04.01 06.01 07.01 08.01 08.03 01.05 08.05 09.05 12.06 04.11 31.12"),
            (2026, "01.01 02.01 03.01 05.01 06.01 07.01 08.01 23.02 09.03 01.05 09.05 12.06 04.11 31.12"),
            (2027, "01.01 02.01 04.01 05.01 06.01 07.01 08.01 23.02 08.03 01.05 10.05 12.06 04.11 31.12"),
        ];
        for (year, days) in expected {
            assert_eq!(closed_mon_sat(year, CalendarPolicy::SixDay).join(" "), days, "{year}");
            assert!(calendar().knows(year));
        }
    }

    #[test]
    fn the_five_day_calendar_closes_every_moved_day() {
        let days =
            "01.01 02.01 03.01 05.01 06.01 07.01 08.01 09.01 23.02 09.03 01.05 09.05 11.05 12.06 04.11 31.12";
        assert_eq!(closed_mon_sat(2026, CalendarPolicy::FiveDayPlusSaturday).join(" "), days);
    }

    #[test]
    fn the_other_policies_follow_less() {
        let calendar = calendar();
        let moved = date(2026, 3, 9);
        let victory = date(2026, 5, 9);
        assert_eq!(calendar.day_off(moved, CalendarPolicy::SixDay), Some(Holiday::MovedDayOff));
        assert_eq!(calendar.day_off(moved, CalendarPolicy::PublicHolidaysOnly), None);
        assert_eq!(calendar.day_off(victory, CalendarPolicy::PublicHolidaysOnly), Some(Holiday::VictoryDay));
        assert_eq!(calendar.day_off(victory, CalendarPolicy::None), None);
    }

    #[test]
    fn a_year_without_data_works_by_rule() {
        let calendar = calendar();
        assert!(!calendar.knows(2033));
        // 2033: 12 June is a Sunday, 1 January a Saturday, 2 January a Sunday.
        assert_eq!(calendar.day_off(date(2033, 6, 12), CalendarPolicy::SixDay), Some(Holiday::RussiaDay));
        assert_eq!(calendar.day_off(date(2033, 6, 13), CalendarPolicy::SixDay), Some(Holiday::MovedDayOff));
        assert_eq!(calendar.day_off(date(2033, 6, 13), CalendarPolicy::PublicHolidaysOnly), None);
        assert_eq!(calendar.day_off(date(2033, 1, 10), CalendarPolicy::SixDay), None);
        // 2028: 4 November is a Saturday, a day off moved in a five-day week only.
        assert_eq!(calendar.day_off(date(2028, 11, 6), CalendarPolicy::SixDay), None);
        let five_day = CalendarPolicy::FiveDayPlusSaturday;
        assert_eq!(calendar.day_off(date(2028, 11, 6), five_day), Some(Holiday::MovedDayOff));
    }

    #[test]
    fn broken_data_is_refused() {
        let data = |day: &str, to: &str| {
            format!(
                r#"{{"version":"1","source":"s","public_holidays":[{{"day":"{day}","name":"new_year"}}],
                "years":{{"2026":{{"decree":"d","transfers":[{{"from":"2026-01-04","to":"{to}"}}]}}}}}}"#
            )
        };
        assert!(Calendar::read(&data("01-01", "2026-12-31")).is_ok());
        assert!(matches!(Calendar::read(&data("01-32", "2026-12-31")), Err(CalendarFault::NotADay(_))));
        assert!(matches!(Calendar::read(&data("01-01", "2027-12-31")), Err(CalendarFault::OtherYear { .. })));
        assert!(matches!(Calendar::read("{}"), Err(CalendarFault::Unreadable(_))));
    }
}
