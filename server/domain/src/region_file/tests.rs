//! One file without a fault and, for every fault, the same file with that one fault in it.

use proptest::prelude::*;

use super::*;
use crate::region::OutsideHours;
use crate::sla::year::CalendarPolicy;
use crate::topic::Topic;

const GOOD: &str = r#"
code = "RU-KHA"
number = "27"
name = "Хабаровский край"
time_zone = "Asia/Vladivostok"

[week]
mon = ["08:00-20:00"]
sat = ["08:00-12:00", "13:00-20:00"]

[topics]
prices = "reference"

[announcements]
key = "announcements"
title = "Объявления"

[[overrides]]
date = "2026-12-30"
hours = ["08:00-14:00"]
reason = "короткий день"

[[units]]
key = "city"
name = "Город"

[[units]]
key = "rest"
name = "Остальное"

[[medchats]]
key = "city-room"
title = "Город. Здоровье"
units = ["city"]
telegram = "https://t.me/+MrE-g_Ue6hIxYTcy"

[[medchats]]
key = "krai-room"
title = "Край. Здоровье"
subtitle = "всё, кроме города"
all_except = ["city"]
max = "https://max.ru/join/g94itnMGY5n35WB0ANvDz10HUoJkA5Xk_0Cy_eaWxGk"
weight = 3

[medchats.week]
sun = ["10:00-14:00"]

[[organisations]]
key = "clinic-a"
name = "Поликлиника А"
serves = "all"
invented = true
staff_room_title = "Сотрудники"

[[targets]]
from = 2026-01-01T00:00:00
first_answer = 120
final_answer = 720
silence = 2160

[[targets]]
from = 2026-07-01T08:00:00
first_answer = 60

[targets.categories.queue]
final_answer = 240
"#;

/// The only fault of the good file with `old` replaced by `new`, which must stand at the line where `new` ends.
fn fault(old: &str, new: &str) -> String {
    assert_eq!(GOOD.matches(old).count(), 1, "{old} stands once");
    let text = GOOD.replace(old, new);
    let line = 1 + text[..text.find(new).unwrap_or(0) + new.len()].matches('\n').count();
    match read(&text).expect_err(new).as_slice() {
        [only] => {
            assert_eq!(only.line, line, "{only}");
            only.reason.clone()
        }
        several => panic!("{several:?}"),
    }
}

#[test]
fn a_good_file_is_read_whole() {
    let plan = read(GOOD).expect("no fault");
    assert_eq!(plan.region.code.as_str(), "RU-KHA");
    assert_eq!((plan.region.number.as_str(), plan.region.name.as_str()), ("27", "Хабаровский край"));
    assert_eq!(plan.region.calendar_policy, CalendarPolicy::SixDay);
    assert_eq!(plan.region.outside_hours, OutsideHours::Queue);
    assert!(plan.region.anonymous_reading);
    assert_eq!(plan.region.topic_policy.reference(), ["drug_availability", "prices"]);
    assert_eq!(plan.region.overrides.len(), 1);
    assert_eq!(plan.region.targets.versions().len(), 2);
    assert_eq!(plan.units.len(), 2);
    let [city, krai] = plan.medchats.as_slice() else { panic!("two medchats") };
    assert_eq!((city.weight, city.week.is_some(), city.links.len()), (1, false, 1));
    assert_eq!((krai.weight, krai.week.is_some(), krai.links.len()), (3, true, 1));
    assert_eq!((&city.organisation, &krai.organisation), (&None, &None));
    assert_eq!(krai.subtitle.as_deref(), Some("всё, кроме города"));
    assert_eq!(plan.assignment.len(), 2);
    assert_eq!(plan.announcements.title, "Объявления");
    assert!(matches!(
        plan.organisations.as_slice(),
        [OrganisationPlan { serves: Serves::All, invented: true, .. }]
    ));
    assert_eq!(plan.warnings, []);
}

#[test]
fn a_link_of_wrong_length_is_a_warning() {
    let plan = read(&GOOD.replace("MrE-g_Ue6hIxYTcy", "MrE-g_Ue6hIxYTc")).expect("taken");
    let told: Vec<String> = plan.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["line 35: the link's token has 15 characters, a whole one has 16"]);
    assert_eq!(plan.medchats[0].links[0].url, "https://t.me/+MrE-g_Ue6hIxYTc");
}

#[test]
fn any_other_wrong_link_is_a_fault() {
    let wrong_host = fault("telegram = \"https://t.me/+MrE", "telegram = \"http://t.me/+MrE");
    assert_eq!(wrong_host, "the link does not begin with \"https://t.me/+\"");
    assert_eq!(fault("+MrE-g_", "+MrE g_"), "the link's token holds \" \"");
}

#[test]
fn broken_toml() {
    let faults = read("code = \"RU-KHA\nname = 5").expect_err("no TOML");
    assert_eq!(faults.first().map(|fault| fault.line), Some(1));
    assert_eq!(fault("name = \"Город\"", "name = \"Город\"\nname = \"Два\"").as_str(), "duplicate key");
}

#[test]
fn unknown_fields() {
    assert_eq!(fault("number = \"27\"", "number = \"27\"\ncolour = 1"), "unknown field \"colour\"");
}

#[test]
fn a_missing_field() {
    let text = GOOD.replace("time_zone = \"Asia/Vladivostok\"", "");
    let faults = read(&text).expect_err("missing");
    assert_eq!(faults, [Fault { line: 1, reason: "\"time_zone\" is missing".into() }]);
    let faults = read(&GOOD.replace("key = \"rest\"\n", "")).expect_err("missing");
    assert_eq!(faults, [Fault { line: 27, reason: "\"key\" is missing".into() }]);
}

#[test]
fn wrong_types() {
    assert_eq!(fault("name = \"Город\"", "name = 5"), "\"name\" must be text, not integer");
    assert_eq!(fault("weight = 3", "weight = 0"), "\"weight\" must be a whole number above 0");
    assert_eq!(fault("weight = 3", "weight = \"3\""), "\"weight\" must be a whole number above 0");
    assert_eq!(
        fault("invented = true", "invented = \"yes\""),
        "\"invented\" must be true or false, not string"
    );
}

#[test]
fn wrong_words() {
    assert_eq!(
        fault("prices = \"reference\"", "prices = \"maybe\""),
        "\"prices\": unknown variant `maybe`, expected `refused` or `reference`"
    );
    assert!(
        fault("number = \"27\"", "number = \"27\"\noutside_hours = \"later\"")
            .starts_with("\"outside_hours\": ")
    );
}

#[test]
fn a_bad_code_number_key_and_title() {
    assert!(fault("\"RU-KHA\"", "\"KHA\"").starts_with("\"code\": "));
    assert_eq!(fault("\"27\"", "\"027\""), "\"number\" must be two digits in quotes");
    assert_eq!(fault("\"clinic-a\"", "\"Clinic A\""), "\"key\": a key has 1 to 40 of a-z, 0-9 and -");
    assert!(fault("\"Город. Здоровье\"", "\" Город\"").contains("visible characters"));
}

#[test]
fn a_bad_zone() {
    assert!(
        fault("\"Asia/Vladivostok\"", "\"Asia/Khabarovsk\"").contains("no time zone \"Asia/Khabarovsk\"")
    );
}

#[test]
fn bad_hours() {
    assert_eq!(
        fault("mon = [\"08:00-20:00\"]", "mon = [\"20:00-08:00\"]"),
        "\"mon\": the hours are reversed: they end before they begin"
    );
    assert_eq!(fault("\"08:00-14:00\"", "\"8-14\""), "\"hours\": hours look like 08:00-20:00");
    assert!(fault("sat = [\"08:00-12:00\"", "sat = [\"08:00-14:00\"").contains("with a gap between them"));
    assert!(fault("sun = [\"10:00-14:00\"", "sun = [\"15:00-14:00\"").contains("reversed"));
}

#[test]
fn a_bad_or_repeated_date() {
    assert!(fault("\"2026-12-30\"", "\"2026-02-30\"").starts_with("\"date\": "));
    let twice = "[[overrides]]\ndate = \"2026-12-30\"\nhours = []\nreason = \"ремонт\"\n\n[[overrides]]";
    let faults = read(&GOOD.replace("[[overrides]]", twice)).expect_err("twice");
    assert_eq!(faults, [Fault { line: 24, reason: "the date 2026-12-30 is given twice".into() }]);
}

#[test]
fn targets_hold_from_the_regions_own_midnight() {
    let targets = read(GOOD).expect("no fault").region.targets;
    let at = |moment: &str, category| {
        let begun = crate::moment::Moment::parse_rfc3339(moment).expect("a moment");
        let target = targets.at(begun, category);
        [target.first_answer, target.final_answer, target.silence].map(i64::from)
    };
    let (queue, other) = (Topic::Queue, Topic::Other);
    assert_eq!(at("2026-06-30T21:59:59.999Z", queue), [120, 720, 2160]);
    assert_eq!(at("2026-06-30T22:00:00Z", other), [60, 720, 2160]);
    assert_eq!(at("2026-06-30T22:00:00Z", queue), [60, 240, 2160]);
}

#[test]
fn targets_nobody_can_keep() {
    let minutes = |wrong| fault("first_answer = 60", wrong);
    assert_eq!(
        minutes("first_answer = 0"),
        "\"first_answer\": a target has at least one working minute, not 0"
    );
    assert!(minutes("first_answer = -5").ends_with("not -5"));
    assert!(minutes("first_answer = 60001").ends_with("not 60001"));
    for wrong in ["first_answer = \"60\"", "first_answer = 1.5", "first_answer = 99999999999999999999"] {
        assert_eq!(minutes(wrong), "\"first_answer\" must be a whole number of working minutes");
    }
    assert!(fault("final_answer = 240", "final_answer = 0").starts_with("\"final_answer\": "));
    assert_eq!(fault("final_answer = 240", "final = 240"), "unknown field \"final\"");
    assert_eq!(minutes("second_answer = 60"), "unknown field \"second_answer\"");
}

#[test]
fn targets_of_no_category() {
    for wrong in ["queues", "therapy"] {
        assert_eq!(
            fault("[targets.categories.queue]", &format!("[targets.categories.{wrong}]")),
            format!("\"{wrong}\" is no category of an appeal")
        );
    }
}

#[test]
fn targets_from_no_local_time_or_out_of_order() {
    let from = |wrong: &str| fault("from = 2026-07-01T08:00:00", &format!("from = {wrong}"));
    for wrong in ["2026-07-01", "08:00:00", "2026-07-01T08:00:00Z", "\"2026-07-01T08:00:00\"", "5"] {
        assert_eq!(from(wrong), "\"from\" must be a local time, such as 2026-01-01T00:00:00");
    }
    for wrong in ["2026-01-01T00:00:00 ", "2025-12-31T23:59:59"] {
        assert_eq!(from(wrong), "each version of the targets comes into force after the one before it");
    }
    let text = GOOD.replace("from = 2026-07-01T08:00:00\n", "");
    assert_eq!(read(&text).expect_err("missing"), [Fault { line: 61, reason: "\"from\" is missing".into() }]);
}

#[test]
fn a_default_organisation_is_one_that_serves() {
    let with = |organisation: &str| format!("weight = 3\norganisation = \"{organisation}\"");
    let good = GOOD.replace("weight = 3", &with("clinic-a"));
    let plan = read(&good).expect("no fault");
    assert_eq!(plan.medchats[1].organisation.as_ref().map(Key::as_str), Some("clinic-a"));
    assert_eq!(
        fault("weight = 3", &with("clinic-b")),
        "the medchat names an unknown organisation \"clinic-b\""
    );
    assert!(fault("weight = 3", &with("Clinic")).starts_with("\"organisation\": "));
    let faults = read(&good.replace("serves = \"all\"", "serves = [\"city-room\"]")).expect_err("not served");
    let reason = "the organisation \"clinic-a\" does not serve the medchat";
    assert_eq!(faults, [Fault { line: 44, reason: reason.into() }]);
}

#[test]
fn repeated_keys() {
    let second = "key = \"krai-room\"";
    assert_eq!(fault(second, "key = \"city-room\" "), "the medchat key \"city-room\" is given twice");
    assert_eq!(fault("key = \"rest\"", "key = \"city\" "), "the unit key \"city\" is given twice");
    assert_eq!(
        fault("key = \"announcements\"", "key = \"city-room\" "),
        "the key \"city-room\" is a medchat's already"
    );
    let again = "[[organisations]]\nkey = \"clinic-a\"\nname = \"Б\"\nserves = [\"city-room\"]\nstaff_room_title = \"Б\"";
    let faults = read(&format!("{GOOD}\n{again}")).expect_err("twice");
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].reason, "the organisation key \"clinic-a\" is given twice");
}

#[test]
fn an_unknown_unit() {
    assert_eq!(
        fault("all_except = [\"city\"]", "all_except = [\"city\", \"town\"]"),
        "the medchat \"krai-room\" names an unknown unit \"town\""
    );
}

#[test]
fn an_overlap() {
    let text = GOOD.replace("\nunits = [\"city\"]", "\nunits = [\"city\", \"rest\"]");
    let reason = "overlap: the unit \"rest\" is covered by \"city-room\" and \"krai-room\"";
    assert_eq!(read(&text).expect_err("an overlap"), [Fault { line: 41, reason: reason.into() }]);
}

#[test]
fn a_hole() {
    let text = GOOD.replace("all_except = [\"city\"]", "general = true");
    let faults = read(&text).expect_err("a hole");
    assert_eq!(faults, [Fault { line: 28, reason: "hole: no medchat covers the unit \"rest\"".into() }]);
}

#[test]
fn a_cover_given_twice_or_not_at_all() {
    let expected = "a medchat has exactly one of \"units\", \"all_except\" and \"general = true\"";
    for cover in ["", "general = false", "units = [\"rest\"]\nall_except = [\"city\"]"] {
        let faults = read(&GOOD.replace("all_except = [\"city\"]", cover)).expect_err("no cover");
        assert_eq!(faults, [Fault { line: 37, reason: expected.into() }], "{cover}");
    }
}

#[test]
fn no_medchats() {
    let start = GOOD.find("[[units]]").expect("units");
    let faults = read(&GOOD[..start]).expect_err("no medchat");
    assert_eq!(faults[0].reason, "a region has at least one medchat, written [[medchats]]");
}

#[test]
fn serving_what_is_not_there() {
    assert_eq!(
        fault("serves = \"all\"", "serves = [\"city-room\", \"moon\"]"),
        "the organisation serves an unknown medchat \"moon\""
    );
    assert_eq!(fault("serves = \"all\"", "serves = []"), "the organisation serves no medchat");
    assert_eq!(
        fault("serves = \"all\"", "serves = \"some\""),
        "\"serves\" must be \"all\" or a list of medchats"
    );
    assert_eq!(fault("serves = \"all\"", "serves = 1"), "\"serves\" must be a list, not integer");
}

#[test]
fn all_faults_at_once_in_order() {
    let text = GOOD
        .replace("Asia/Vladivostok", "Asia/Nowhere")
        .replace("\"27\"", "27")
        .replace("weight = 3", "wheight = 3")
        .replace("serves = \"all\"", "serves = [\"moon\"]");
    let lines: Vec<usize> = read(&text).expect_err("four faults").iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [3, 5, 43, 51]);
}

proptest! {
    /// Whatever is done to a file, it is read or refused with lines that are in it.
    #[test]
    fn no_file_breaks_the_reader(
        cut in any::<prop::sample::Index>(),
        keep in any::<prop::sample::Index>(),
        noise in "[\\[\\]{}=\"'#.,a-zё0-9\\n -]{0,12}",
    ) {
        let symbols: Vec<char> = GOOD.chars().collect();
        let start = cut.index(symbols.len());
        let end = start + keep.index(symbols.len() - start).min(30);
        let text: String =
            symbols[..start].iter().copied().chain(noise.chars()).chain(symbols[end..].iter().copied()).collect();
        if let Err(faults) = read(&text) {
            prop_assert!(!faults.is_empty());
            let lines = 1 + text.matches('\n').count();
            prop_assert!(faults.iter().all(|fault| (1..=lines).contains(&fault.line)));
        }
    }
}
