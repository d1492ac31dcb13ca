//! The region files and calendars that ship, read as they will be read in earnest and compared with the published
//! notices: numbers of rooms, zones, titles, topics, and links character by character.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::link::{Link, LinkFault, Platform};
use domain::moment::Moment;
use domain::region::Region;
use domain::region_file::{self, RegionPlan};
use domain::sla::calendar::Opening;
use domain::sla::week::Week;
use domain::sla::year::{Calendar, CalendarPolicy};
use domain::subject::{Subject, Subjects};
use domain::territory::OkrugCover;
use domain::topic::TopicPolicy;

const KHABAROVSK: &str = include_str!("../../../deploy/regions/khabarovsk.toml");
const BASHKORTOSTAN: &str = include_str!("../../../deploy/regions/bashkortostan.toml");
const SUBJECTS: &str = include_str!("../../../deploy/regions/subjects.json");
const ROSTOV: &str = include_str!("../../../deploy/regions/rostov.toml");

#[expect(clippy::expect_used, reason = "a shipped file with a fault fails whatever test reads it")]
fn plan(text: &str) -> RegionPlan {
    region_file::read(text).expect("a file without faults")
}
fn all() -> [RegionPlan; 3] {
    [KHABAROVSK, BASHKORTOSTAN, ROSTOV].map(plan)
}
fn url<'p>(plan: &'p RegionPlan, title: &str, platform: Platform) -> Option<&'p str> {
    let medchat = plan.medchats.iter().find(|medchat| medchat.title == title)?;
    medchat.links.iter().find(|link| link.platform == platform).map(|link| link.url.as_str())
}

#[test]
fn three_regions_with_their_rooms_and_zones() {
    let told = all().map(|plan| {
        let region = &plan.region;
        let general = plan.medchats.iter().filter(|medchat| medchat.cover == OkrugCover::General).count();
        format!(
            "{} {} {} {}: {} medchats, {general} general, {} units",
            region.code,
            region.number,
            region.name,
            region.time_zone.as_str(),
            plan.medchats.len(),
            plan.units.len()
        )
    });
    assert_eq!(
        told,
        [
            "RU-KHA 27 Хабаровский край Asia/Vladivostok: 3 medchats, 0 general, 3 units",
            "RU-BA 02 Республика Башкортостан Asia/Yekaterinburg: 10 medchats, 0 general, 10 units",
            "RU-ROS 61 Ростовская область Europe/Moscow: 56 medchats, 1 general, 55 units",
        ]
    );
    for plan in all() {
        assert_eq!(plan.assignment.len(), plan.units.len());
        assert_eq!(plan.region.week, Week::default());
        assert_eq!(plan.region.calendar_policy, CalendarPolicy::SixDay);
        assert!(plan.region.anonymous_reading);
        assert_eq!(plan.organisations, []);
        assert!(plan.medchats.iter().all(|medchat| medchat.weight == 1 && medchat.week.is_none()));
    }
}

#[test]
fn eighty_nine_subjects_and_the_regions_among_them() {
    let Subjects { federation, subjects, .. } = Subjects::read(SUBJECTS).expect("data of subjects");
    assert_eq!(subjects.len(), 89);
    let codes: BTreeSet<&str> = subjects.iter().map(|subject| subject.code.as_str()).collect();
    let numbers: BTreeSet<&str> = subjects.iter().map(|subject| subject.number.as_str()).collect();
    let names: BTreeSet<&str> = subjects.iter().map(|subject| subject.name.as_str()).collect();
    assert_eq!((codes.len(), numbers.len(), names.len()), (89, 89, 89));
    assert!(numbers.iter().all(|number| number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit())));
    let own: Vec<&str> =
        codes.iter().copied().filter(|code| code.bytes().any(|b| b.is_ascii_digit())).collect();
    assert_eq!(own, ["RU-90", "RU-91", "RU-92", "RU-93", "RU-94", "RU-95"]);
    assert!(!codes.contains(federation.code.as_str()) && !numbers.contains(federation.number.as_str()));
    let noon = Moment::parse_rfc3339("2026-11-23T12:00:00Z").expect("a moment");
    let local: BTreeSet<String> =
        subjects.iter().map(|subject| subject.time_zone.local(noon).to_string()).collect();
    assert_eq!(local.len(), 11, "the country has eleven zones: {local:?}");
    for Region { code, number, name, time_zone, .. } in all().map(|plan| plan.region) {
        let subject = subjects.iter().find(|subject| subject.code == code);
        assert_eq!(subject, Some(&Subject { code, number, name, time_zone }));
    }
}

#[test]
fn a_subject_without_a_file_promises_what_every_medchat_does() {
    let subjects = Subjects::read(SUBJECTS).expect("data of subjects");
    let moscow = subjects.find("RU-MOW").cloned().expect("a subject").region();
    let bashkortostan = plan(BASHKORTOSTAN).region;
    assert_eq!(moscow.week, bashkortostan.week);
    assert_eq!(moscow.calendar_policy, bashkortostan.calendar_policy);
    assert_eq!(moscow.targets, bashkortostan.targets);
    assert_eq!(moscow.topic_policy, TopicPolicy::FEDERAL);
    assert_eq!(subjects.find("RU-XXX"), None);
}

#[test]
fn titles_and_topics_as_published() {
    let [khabarovsk, bashkortostan, rostov] = all();
    let titles =
        |plan: &RegionPlan| plan.medchats.iter().map(|medchat| medchat.title.clone()).collect::<Vec<_>>();
    assert_eq!(
        titles(&khabarovsk),
        ["Хабаровск. Здоровье", "Комсомольск-на-Амуре. Здоровье", "Хабаровский край. Здоровье"]
    );
    assert_eq!(
        titles(&bashkortostan),
        [
            "Дуванский медицинский округ",
            "Нефтекамский медицинский округ",
            "Бирский медицинский округ",
            "Белорецкий медицинский округ",
            "Сибайский медицинский округ",
            "Кумертауский медицинский округ",
            "Октябрьский медицинский округ",
            "Стерлитамакский медицинский округ",
            "Медицинский округ города Уфа",
            "Центральный медицинский округ",
        ]
    );
    let cities = titles(&rostov).iter().filter(|title| title.starts_with("г. ")).count();
    let districts = titles(&rostov).iter().filter(|title| title.ends_with(" район")).count();
    assert_eq!((cities, districts), (12, 43));
    assert_eq!(khabarovsk.region.topic_policy, TopicPolicy::KHABAROVSK);
    assert_eq!(bashkortostan.region.topic_policy, TopicPolicy::FEDERAL);
    assert_eq!(rostov.region.topic_policy, TopicPolicy::FEDERAL);
}

#[test]
fn the_krai_room_covers_what_the_cities_leave() {
    let khabarovsk = plan(KHABAROVSK);
    let krai = &khabarovsk.medchats[2];
    assert!(matches!(&krai.cover, OkrugCover::AllExcept(cities) if cities.len() == 2));
    let covered: Vec<&str> = khabarovsk.assignment.units_of(&krai.key).map(|unit| unit.as_str()).collect();
    assert_eq!(covered, ["rest-of-krai"]);
}

#[test]
fn links_character_by_character() {
    let [khabarovsk, bashkortostan, rostov] = all();
    let telegram = [
        (&khabarovsk, "Хабаровск. Здоровье", "https://t.me/+ukQVzbZiVltmZTdi"),
        (&khabarovsk, "Хабаровский край. Здоровье", "https://t.me/+pZE5kxfvIR9hOTRi"),
        (&bashkortostan, "Дуванский медицинский округ", "https://t.me/+8Nc_asiOCJA5YTEy"),
        (&bashkortostan, "Октябрьский медицинский округ", "https://t.me/+MrE-g_Ue6hIxYTcy"),
        (&bashkortostan, "Центральный медицинский округ", "https://t.me/+qsiDHOAZWMk5NjFi"),
        (&rostov, "г. Ростов-на-Дону", "https://t.me/+U_XSlcT1T4gyMDRi"),
        (&rostov, "г. Донецк", "https://t.me/+_EuJG6HDypBkMjUy"),
        (&rostov, "Советский (с) район", "https://t.me/+KZESUfWayv1kYzgy"),
        (&rostov, "Шолоховский район", "https://t.me/+JTStfaxQ5xc50TQ6"),
    ];
    for (plan, title, expected) in telegram {
        assert_eq!(url(plan, title, Platform::Telegram), Some(expected));
    }
    let max = [
        ("Ростовская область", "https://max.ru/join/g94itnMGY5n35WB0ANvDz10HUoJkA5Xk_0Cy_eaWxGk"),
        ("г. Шахты", "https://max.ru/join/gU-iWyQGyZ650r4jX8Z11yAv4Mr4qMQDbU6wZw-xIEg"),
        ("г. Волгодонск", "https://max.ru/join/pVlhUroutiKuXcT45EaLCayV_X3jMcmw9U7Cjcbh2-g"),
        ("г. Новочеркасск", "https://max.ru/join/56I7oD8RfCrePhqpzygJ53G9h3p953dGK3IPzLtku_U"),
        ("г. Ростов-на-Дону", "https://max.ru/join/ErZONv6tXV_RXOmrEBQVpdjXfNFES2NvoXK_pH9wEaA"),
        ("г. Таганрог", "https://max.ru/join/gSNUOCMqzD3bAFPyLQwnee_12TKZ6EM2pz9Gg1RO094"),
        ("г. Батайск", "https://max.ru/join/taVQuiRP8kqMbvpxSo12wTdVyneXilZC5NUYYGLVQw"),
    ];
    for (title, expected) in max {
        assert_eq!(url(&rostov, title, Platform::Max), Some(expected));
    }
}

#[test]
fn exactly_four_links_of_seventy_five_are_broken() {
    let mut links = 0;
    let mut broken = Vec::new();
    let mut warnings = 0;
    for plan in all() {
        warnings += plan.warnings.len();
        for medchat in &plan.medchats {
            links += medchat.links.len();
            let wrong = |link: &&Link| !link.is_valid();
            broken.extend(medchat.links.iter().filter(wrong).map(|link| {
                assert!(matches!(link.check(), Err(LinkFault::WrongLength { .. })));
                format!("{} {}", link.platform.as_str(), medchat.title)
            }));
        }
    }
    assert_eq!(links, 75);
    assert_eq!(
        broken,
        ["max г. Батайск", "telegram г. Зверево", "telegram Азовский район", "telegram Тарасовский район"]
    );
    assert_eq!(warnings, 4);
}

#[test]
fn no_link_leads_into_two_rooms() {
    let plans = all();
    let mut urls: Vec<&str> = plans
        .iter()
        .flat_map(|plan| &plan.medchats)
        .flat_map(|medchat| medchat.links.iter().map(|link| link.url.as_str()))
        .collect();
    urls.sort_unstable();
    urls.dedup();
    assert_eq!(urls.len(), 75);
}

#[test]
fn the_regions_open_with_their_own_sun() {
    let calendar = include_str!("../../../deploy/calendars/ru-2024-2027.json");
    let calendar = Arc::new(Calendar::read(calendar).expect("calendar data"));
    let opens = all().map(|plan| {
        let region = plan.region;
        let opening = Opening::new(
            region.time_zone,
            region.week,
            region.calendar_policy,
            region.overrides,
            calendar.clone(),
        );
        let sunday = Moment::parse_rfc3339("2026-11-22T09:00:00Z").expect("a moment");
        opening.at(sunday).next_opening.map(Moment::rfc3339)
    });
    let utc = ["2026-11-22T22:00:00.000Z", "2026-11-23T03:00:00.000Z", "2026-11-23T05:00:00.000Z"];
    assert_eq!(opens, utc.map(|moment| Some(moment.to_owned())));
}
