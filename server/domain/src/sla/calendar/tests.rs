//! Opening hours of told days and of random moments, in all eleven zones.

use proptest::prelude::*;

use super::*;
use crate::sla::week::WeekForm;
use crate::sla::year::tests::calendar;

pub(in crate::sla) const ZONES: [&str; 11] = [
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Europe/Samara",
    "Asia/Yekaterinburg",
    "Asia/Omsk",
    "Asia/Krasnoyarsk",
    "Asia/Irkutsk",
    "Asia/Yakutsk",
    "Asia/Vladivostok",
    "Asia/Magadan",
    "Asia/Kamchatka",
];

pub(in crate::sla) fn opening(zone: &str, policy: CalendarPolicy) -> Opening {
    let zone = zone.parse().expect("a zone");
    Opening::new(zone, Week::default(), policy, Overrides::new(), Arc::new(calendar()))
}
fn with(week: WeekForm, overrides: &[(&str, &[&str])]) -> Opening {
    let overrides = overrides.iter().map(|(date, hours)| {
        let hours = hours.iter().map(|text| text.parse().expect("hours")).collect();
        (date.parse().expect("a date"), DayOverride { hours, reason: "санитарный день".into() })
    });
    Opening::new(
        "Asia/Vladivostok".parse().expect("a zone"),
        Week::new(week).expect("a week"),
        CalendarPolicy::SixDay,
        overrides.collect(),
        Arc::new(calendar()),
    )
}
fn moment(opening: &Opening, local: &str) -> Moment {
    opening.from_local(local).expect("civil time")
}
/// "open until …" or "closed", then the next opening, all in local time.
fn told(opening: &Opening, local: &str) -> String {
    let state = opening.at(moment(opening, local));
    let shown = |at: Option<Moment>| at.map_or("never".to_owned(), |at| opening.local_time(at));
    assert!(state.open || state.closes.is_none());
    if state.open {
        format!("open until {}, then {}", shown(state.closes), shown(state.next_opening))
    } else {
        format!("closed until {}", shown(state.next_opening))
    }
}

#[test]
fn the_same_week_in_every_zone() {
    for zone in ZONES {
        let room = opening(zone, CalendarPolicy::SixDay);
        let cases = [
            ("2026-11-23T08:00:00", "open until 2026-11-23T20:00:00, then 2026-11-24T08:00:00"),
            ("2026-11-23T12:20:00", "open until 2026-11-23T20:00:00, then 2026-11-24T08:00:00"),
            ("2026-11-23T07:59:59.999", "closed until 2026-11-23T08:00:00"),
            ("2026-11-21T19:59:59.999", "open until 2026-11-21T20:00:00, then 2026-11-23T08:00:00"),
            ("2026-11-21T20:00:00", "closed until 2026-11-23T08:00:00"),
            ("2026-11-22T12:00:00", "closed until 2026-11-23T08:00:00"),
            ("2025-12-30T20:00:00", "closed until 2026-01-09T08:00:00"),
            ("2025-12-31T10:00:00", "closed until 2026-01-09T08:00:00"),
            ("2026-01-09T10:00:00", "open until 2026-01-09T20:00:00, then 2026-01-10T08:00:00"),
            ("2026-03-07T19:00:00", "open until 2026-03-07T20:00:00, then 2026-03-10T08:00:00"),
            ("2027-02-20T10:00:00", "open until 2027-02-20T20:00:00, then 2027-02-22T08:00:00"),
            ("2026-12-30T20:00:00", "closed until 2027-01-09T08:00:00"),
        ];
        for (local, expected) in cases {
            assert_eq!(told(&room, local), expected, "{zone} {local}");
        }
    }
}

#[test]
fn zones_are_hours_apart() {
    let at = Moment::parse_rfc3339("2026-11-23T02:20:00Z").expect("a moment");
    let shown = |zone| opening(zone, CalendarPolicy::SixDay).local_time(at);
    assert_eq!(shown("Asia/Vladivostok"), "2026-11-23T12:20:00");
    assert_eq!(shown("Asia/Yekaterinburg"), "2026-11-23T07:20:00");
    assert_eq!(shown("Europe/Moscow"), "2026-11-23T05:20:00");
    let room = opening("Asia/Vladivostok", CalendarPolicy::SixDay);
    assert_eq!(room.from_local("2026-11-23T12:20:00"), Some(at));
    assert_eq!((room.from_local("2026-02-30T12:20:00"), room.from_local("завтра")), (None, None));
}

#[test]
fn a_holiday_is_named_and_policies_differ() {
    let six_day = opening("Europe/Moscow", CalendarPolicy::SixDay);
    let holiday = |room: &Opening, local| room.at(moment(room, local)).holiday;
    assert_eq!(holiday(&six_day, "2026-01-07T12:00:00"), Some(Holiday::Christmas));
    assert_eq!(holiday(&six_day, "2025-12-31T12:00:00"), Some(Holiday::MovedDayOff));
    assert_eq!(holiday(&six_day, "2026-01-12T12:00:00"), None);
    let tireless = opening("Europe/Moscow", CalendarPolicy::None);
    assert!(tireless.at(moment(&tireless, "2026-01-07T12:00:00")).open);
    let five_day = opening("Europe/Moscow", CalendarPolicy::FiveDayPlusSaturday);
    assert_eq!(told(&five_day, "2025-12-30T20:00:00"), "closed until 2026-01-10T08:00:00");
}

#[test]
fn a_date_of_its_own_beats_week_and_law() {
    let week = WeekForm::from(Week::default());
    let room = with(
        week,
        &[("2026-12-30", &["08:00-14:00"]), ("2026-11-04", &["10:00-12:00"]), ("2026-11-24", &[])],
    );
    assert_eq!(
        told(&room, "2026-12-30T13:00:00"),
        "open until 2026-12-30T14:00:00, then 2027-01-09T08:00:00"
    );
    assert_eq!(told(&room, "2026-11-03T20:00:00"), "closed until 2026-11-04T10:00:00");
    assert_eq!(told(&room, "2026-11-23T21:00:00"), "closed until 2026-11-25T08:00:00");
    let closed = room.at(moment(&room, "2026-11-24T12:00:00")).holiday.expect("closed by the region");
    assert_eq!((closed.key(), closed), ("special", Holiday::Special("санитарный день".into())));
}

#[test]
fn breaks_nights_and_rooms_that_never_close() {
    let day = |list: &[&str]| list.iter().map(|text| text.parse().expect("hours")).collect::<Vec<Hours>>();
    let night = WeekForm {
        mon: day(&["08:00-12:00", "13:00-24:00"]),
        tue: day(&["00:00-02:00", "08:00-20:00"]),
        ..WeekForm::default()
    };
    let room = with(night, &[]);
    assert_eq!(told(&room, "2026-11-23T12:00:00"), "closed until 2026-11-23T13:00:00");
    assert_eq!(
        told(&room, "2026-11-23T23:00:00"),
        "open until 2026-11-24T02:00:00, then 2026-11-24T08:00:00"
    );
    assert_eq!(
        told(&room, "2026-11-24T01:00:00"),
        "open until 2026-11-24T02:00:00, then 2026-11-24T08:00:00"
    );
    let all = day(&["00:00-24:00"]);
    let always = WeekForm {
        mon: all.clone(),
        tue: all.clone(),
        wed: all.clone(),
        thu: all.clone(),
        fri: all.clone(),
        sat: all.clone(),
        sun: all,
    };
    let mut room = with(always, &[]);
    room.policy = CalendarPolicy::None;
    assert_eq!(told(&room, "2026-11-24T01:00:00"), "open until never, then never");
    assert_eq!(told(&with(WeekForm::default(), &[]), "2026-11-24T01:00:00"), "closed until never");
}

#[test]
fn a_zone_is_named_exactly() {
    assert_eq!("Asia/Vladivostok".parse::<Zone>().map(String::from), Ok("Asia/Vladivostok".to_owned()));
    for wrong in ["Asia/Khabarovsk", "asia/vladivostok", "+10:00", "", "MSK"] {
        assert_eq!(wrong.parse::<Zone>(), Err(NoSuchZone(wrong.to_owned())));
    }
}

proptest! {
    #[test]
    fn states_agree_with_each_other(minutes in 28_000_000_i64..31_000_000, zone in 0_usize..11) {
        let room = opening(ZONES[zone], CalendarPolicy::SixDay);
        let at = Moment::from_millis(minutes * 60_000);
        let state = room.at(at);
        let next = state.next_opening.expect("opens again");
        prop_assert!(next > at);
        prop_assert!(room.at(next).open);
        prop_assert!(!room.at(next.plus_millis(-1)).open);
        prop_assert_eq!(state.open, state.closes.is_some());
        if let Some(closes) = state.closes {
            prop_assert!(at < closes && closes < next);
            prop_assert!(room.at(closes.plus_millis(-1)).open && !room.at(closes).open);
        }
    }

    #[test]
    fn no_moment_is_too_far(millis in any::<i64>()) {
        let room = opening("Asia/Kamchatka", CalendarPolicy::SixDay);
        let state = room.at(Moment::from_millis(millis));
        prop_assert!(state.open || state.closes.is_none());
        prop_assert!(!room.local_time(Moment::from_millis(millis)).is_empty());
    }
}
