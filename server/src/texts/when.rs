//! Moments in words, in a region's own zone: the hour, the day of a day line, «в понедельник в 08:00». Agrees word
//! for word with the web clients' `web/ui/when.ts`, so that a page says the same before and after its script.
//! Never asks for the present: it is handed in.

use domain::moment::Moment;
use domain::sla::calendar::Zone;
use jiff::civil::Date;

use crate::texts::Texts;

/// Says moments as people of one zone say them now.
#[derive(Debug, Clone, Copy)]
pub struct When<'a> {
    /// The words.
    pub texts: &'a Texts,
    /// The zone all is meant in.
    pub zone: &'a Zone,
    /// The present.
    pub now: Moment,
}

impl When<'_> {
    fn date(&self, at: Moment) -> Date {
        self.zone.local(at).date()
    }

    /// How many midnights lie between now and a date; fewer than none for the past.
    fn days_ahead(&self, date: Date) -> i64 {
        date.duration_since(self.date(self.now)).as_hours() / 24
    }

    /// `08:05`.
    pub fn time(&self, at: Moment) -> String {
        self.zone.local(at).strftime("%H:%M").to_string()
    }

    /// «сегодня в 20:00», «в понедельник в 08:00»: when something begins.
    pub fn at(&self, at: Moment) -> String {
        self.texts.say("time.at", &[("day", &self.on_day(at)), ("time", &self.time(at))])
    }

    /// «понедельника, 08:00» after «до»; today only the hour.
    pub fn until(&self, at: Moment) -> String {
        let time = self.time(at);
        if self.days_ahead(self.date(at)) == 0 {
            return time;
        }
        let day = self.day(at, |weekday| self.texts.nth("time.weekdays_until", weekday));
        self.texts.say("time.until", &[("day", &day), ("time", &time)])
    }

    /// «завтра», «в понедельник», «27 ноября»: the day alone.
    pub fn on_day(&self, at: Moment) -> String {
        self.day(at, |weekday| self.texts.nth("time.weekdays_on", weekday))
    }

    /// «Сегодня», «Вчера», «20 ноября»: what stands on a day line.
    pub fn day_line(&self, at: Moment) -> String {
        let date = self.date(at);
        match self.days_ahead(date) {
            0 => self.texts.word("time.today_line").to_owned(),
            -1 => self.texts.word("time.yesterday_line").to_owned(),
            _ => self.calendar_date(date),
        }
    }

    /// «сегодня», «завтра», then the weekday within a week, then the date.
    fn day<'w>(&self, at: Moment, weekday: impl Fn(usize) -> &'w str) -> String {
        let date = self.date(at);
        match self.days_ahead(date) {
            0 => self.texts.word("time.today").to_owned(),
            1 => self.texts.word("time.tomorrow").to_owned(),
            2..7 => weekday(usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default())
                .to_owned(),
            _ => self.calendar_date(date),
        }
    }

    /// «20 ноября», in another year «20 ноября 2027».
    fn calendar_date(&self, date: Date) -> String {
        let month = usize::try_from(date.month() - 1).unwrap_or_default();
        let (day, year) = (date.day().to_string(), date.year().to_string());
        let parts = [("day", day.as_str()), ("month", self.texts.nth("time.months", month)), ("year", &year)];
        if date.year() == self.date(self.now).year() {
            self.texts.say("time.day_month", &parts)
        } else {
            self.texts.say("time.day_month_year", &parts)
        }
    }
}

/// The cases of `web/ui/when.test.ts`.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    /// A moment by Khabarovsk's clock, which is UTC+10 all year.
    fn at(civil: &str) -> Moment {
        Moment::parse_rfc3339(&format!("{civil}:00+10:00")).expect("a moment")
    }

    /// What `say` says on a Saturday evening.
    fn said(say: impl Fn(When<'_>, Moment) -> String, civil: &str) -> String {
        let zone = "Asia/Vladivostok".parse().expect("a zone");
        let texts = Texts::of(Language::Russian);
        say(When { texts, zone: &zone, now: at("2026-11-21T19:30") }, at(civil))
    }

    #[test]
    fn when_something_begins() {
        for (civil, words) in [
            ("2026-11-21T20:00", "сегодня в 20:00"),
            ("2026-11-22T08:00", "завтра в 08:00"),
            ("2026-11-23T08:00", "в понедельник в 08:00"),
            ("2026-11-24T08:00", "во вторник в 08:00"),
            ("2026-11-27T08:00", "в пятницу в 08:00"),
            ("2026-11-28T08:00", "28 ноября в 08:00"),
            ("2027-01-09T08:00", "9 января 2027 в 08:00"),
        ] {
            assert_eq!(said(|when, at| when.at(at), civil), words);
        }
    }

    #[test]
    fn until_when_something_lasts() {
        for (civil, words) in [
            ("2026-11-21T20:00", "20:00"),
            ("2026-11-22T08:00", "завтра, 08:00"),
            ("2026-11-23T08:00", "понедельника, 08:00"),
            ("2026-11-28T08:00", "28 ноября, 08:00"),
        ] {
            assert_eq!(said(|when, at| when.until(at), civil), words);
        }
    }

    #[test]
    fn day_lines_change_at_the_regions_own_midnight() {
        for (civil, words) in [
            ("2026-11-21T00:00", "Сегодня"),
            ("2026-11-20T23:59", "Вчера"),
            ("2026-11-19T12:00", "19 ноября"),
            ("2025-12-31T12:00", "31 декабря 2025"),
        ] {
            assert_eq!(said(|when, at| when.day_line(at), civil), words);
        }
        assert_eq!(said(|when, at| when.time(at), "2026-11-21T00:01"), "00:01");
    }

    #[test]
    fn a_day_alone() {
        assert_eq!(said(|when, at| when.on_day(at), "2026-11-22T23:59"), "завтра");
        assert_eq!(said(|when, at| when.on_day(at), "2026-11-20T08:00"), "20 ноября");
    }
}
