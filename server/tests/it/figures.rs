//! Figures: a small fortnight played by people, counted by the server and, from the raw log alone, by the few lines of
//! this file; who may ask for what; and a record that went wrong is found and put right.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use store::testing::{Engine, spoil};

use crate::asking::{Appeal, utc};
use crate::people::Person;
use crate::world::World;

const HOUR: i64 = 3_600_000;
/// How much working time the promises give.
const TARGETS: [i64; 2] = [2 * HOUR, 12 * HOUR];
/// When everything is counted.
const COUNTED_AT: &str = "2026-11-30 11:00";

/// Milliseconds of a time in Khabarovsk.
fn millis(local: &str) -> i64 {
    domain::moment::Moment::parse_rfc3339(&utc(local)).unwrap().millis()
}

/// Working time between two moments: from eight to twenty, and nothing on Sundays. No holiday falls into the story.
fn worked(from: i64, until: i64) -> i64 {
    let (day, zone) = (24 * HOUR, 10 * HOUR);
    let first = (from + zone).div_euclid(day);
    let hours = (first..=(until + zone).div_euclid(day)).map(|number| {
        // Day 0 of the epoch was a Thursday.
        let sunday = (number + 4).rem_euclid(7) == 0;
        let (opens, closes) = (number * day - zone + 8 * HOUR, number * day - zone + 20 * HOUR);
        if sunday { 0 } else { (until.min(closes) - from.max(opens)).max(0) }
    });
    hours.sum()
}

/// What one cycle of a log comes to.
#[derive(Default)]
struct Cycle {
    /// Working time, wall time and whether it was in time, of the two answers.
    answers: [Option<(i64, i64, bool)>; 2],
    /// Whether each is owed and late at the moment of counting.
    overdue: [bool; 2],
    outcome: Option<String>,
    ended: Option<&'static str>,
    score: Option<u64>,
}

/// The cycles of a log, told from its raw rows.
fn cycles(log: &Value, now: i64) -> Vec<Cycle> {
    let mut cycles = Vec::new();
    let (mut cycle, mut begun, mut paused_at, mut paused) = (Cycle::default(), 0, None, 0);
    let mut over = false;
    for event in log.as_array().unwrap() {
        let (at, fact) = (event["at"].as_i64().unwrap(), &event["fact"]);
        let kind = fact["kind"].as_str().unwrap();
        let by_staff = kind == "asked" || kind == "answered" || fact["by"]["kind"] == "staff";
        if paused_at.is_some() && (fact["by"]["kind"] == "resident" || kind == "answered") {
            paused += worked(paused_at.take().unwrap(), at);
        }
        if by_staff && cycle.answers[0].is_none() {
            let used = worked(begun, at);
            cycle.answers[0] = Some((used, at - begun, used <= TARGETS[0]));
        }
        match kind {
            "opened" => begun = at,
            "asked" => paused_at = paused_at.or(Some(at)),
            "answered" => {
                let used = worked(begun, at) - paused;
                cycle.answers[1] = Some((used, at - begun, used <= TARGETS[1]));
                cycle.outcome = fact["outcome"].as_str().map(ToOwned::to_owned);
            }
            "rated" => cycle.score = fact["score"].as_u64(),
            "confirmed" => cycle.ended = Some("confirmed"),
            "closed_silently" => cycle.ended = Some("silent"),
            "contested" => {
                cycle.ended = Some("contested");
                cycles.push(std::mem::take(&mut cycle));
                (begun, paused) = (at, 0);
            }
            "withdrawn" | "refused" | "merged" => over = true,
            _ => {}
        }
    }
    let used = worked(begun, now);
    cycle.overdue = [0, 1].map(|kind| {
        !over
            && paused_at.is_none()
            && cycle.answers[kind].is_none()
            && used - paused * kind as i64 > TARGETS[kind]
    });
    cycles.push(cycle);
    cycles
}

fn spread(mut values: Vec<i64>) -> [Value; 3] {
    values.sort_unstable();
    let count = values.len();
    if count == 0 {
        return [Value::Null, Value::Null, Value::Null];
    }
    let seconds = |millis: f64| json!(millis / 1000.0);
    let mean = values.iter().sum::<i64>() as f64 / count as f64;
    let median = (values[(count - 1) / 2] + values[count / 2]) as f64 / 2.0;
    let rank = (count as f64 * 0.9).ceil() as usize;
    [seconds(mean), seconds(median), seconds(values[rank - 1] as f64)]
}

fn share(part: usize, whole: usize) -> Value {
    if whole == 0 { Value::Null } else { json!(part as f64 / whole as f64) }
}

/// The figures over some logs.
fn count(logs: &[&Value]) -> Value {
    let appeals: Vec<Vec<Cycle>> = logs.iter().map(|log| cycles(log, millis(COUNTED_AT))).collect();
    let all: Vec<&Cycle> = appeals.iter().flatten().collect();
    let waits = |kind: usize| {
        let answers: Vec<(i64, i64, bool)> = all.iter().filter_map(|cycle| cycle.answers[kind]).collect();
        let overdue = all.iter().filter(|cycle| cycle.overdue[kind]).count();
        let [mean, median, p90] = spread(answers.iter().map(|answer| answer.0).collect());
        let wall = spread(answers.iter().map(|answer| answer.1).collect());
        let within = share(answers.iter().filter(|answer| answer.2).count(), answers.len() + overdue);
        json!({"mean": mean, "median": median, "p90": p90, "within": within,
            "wall": {"mean": wall[0], "median": wall[1], "p90": wall[2]}})
    };
    let ended = |how: &str| appeals.iter().filter(|it| it.last().unwrap().ended == Some(how)).count();
    let last_outcome = |cycles: &Vec<Cycle>| cycles.iter().rev().find_map(|cycle| cycle.outcome.clone());
    let scores: Vec<u64> = all.iter().filter_map(|cycle| cycle.score).collect();
    let answers = all.iter().filter(|cycle| cycle.outcome.is_some()).count();
    json!({
        "appeals": appeals.len(),
        "declared": appeals.iter().filter(|it| last_outcome(it).as_deref() == Some("resolved")).count(),
        "confirmed": ended("confirmed"),
        "contested": appeals.iter().filter(|it| it[0].ended == Some("contested")).count(),
        "silent": ended("silent"),
        "first_answer": waits(0),
        "final_answer": waits(1),
        "satisfaction": {"mean": share(scores.iter().sum::<u64>() as usize, scores.len()),
            "responses": scores.len(), "rate": share(scores.len(), answers)},
    })
}

/// The same figures, but for the last digits of fractions.
fn agree(counted: &Value, expected: &Value, case: &str) {
    for (name, value) in expected.as_object().unwrap() {
        let case = format!("{case}: {name}");
        match (&counted[name], value) {
            (counted, Value::Object(_)) => agree(counted, value, &case),
            (Value::Number(one), Value::Number(other)) => {
                let (one, other) = (one.as_f64().unwrap(), other.as_f64().unwrap());
                assert!((one - other).abs() < 1e-6, "{case}: {one}, not {other}");
            }
            (counted, value) => assert_eq!(counted, value, "{case}"),
        }
    }
}

/// An appeal of the story: what it is and its log.
struct Told {
    appeal: Appeal,
    opened: &'static str,
    card: Value,
    log: Value,
}

impl Told {
    fn belongs_to(&self, organisation: &str) -> bool {
        self.card["organisation"]["id"] == json!(organisation)
    }
}

/// A fortnight of two organisations in two rooms.
async fn story(world: &World) -> Vec<Told> {
    let rooms = world.medchats("rukha");
    let [a, b] = ["a", "b"].map(|which| world.organisation("rukha", which));
    let mut opened: Vec<(Appeal, &'static str)> = Vec::new();
    let ask =
        async |who: Person<'_>, at: &'static str, room: &str, organisation: Option<&str>, category: &str| {
            world.rings_until(at).await;
            let mut question = json!({"room": room, "category": category, "text": "Нет талонов"});
            if let Some(organisation) = organisation {
                question["organisation"] = json!(organisation);
            }
            (who.asks_clinic_with(question).await, at)
        };
    let at = async |time: &str| {
        world.rings_until(time).await;
        world.cast()
    };
    opened.push(ask(world.cast().nina, "2026-11-23 16:00", &rooms[0], Some(&a), "appointment").await);
    opened.push(ask(world.cast().viktor, "2026-11-23 16:30", &rooms[0], None, "queue").await);
    let [confirmed, contested] = [opened[0].0.clone(), opened[1].0.clone()];
    at("2026-11-23 17:00").await.oleg.writes(&confirmed, "Смотрим").await;
    opened.push(ask(world.cast().nina, "2026-11-23 21:00", &rooms[1], Some(&b), "appointment").await);
    let silent = opened[2].0.clone();
    // Monday in UTC, Tuesday where they live, and never answered.
    opened.push(ask(world.resident(4), "2026-11-24 07:00", &rooms[1], Some(&a), "ethics").await);
    at("2026-11-24 09:00").await.petr.answers_finally(&silent, "resolved").await;
    at("2026-11-24 10:00").await.oleg.answers_finally(&confirmed, "resolved").await;
    let cast = at("2026-11-24 10:30").await;
    cast.nina.rates(&confirmed, 5).await;
    cast.nina.confirms(&confirmed).await;
    at("2026-11-24 12:00").await.petr.asks_back(&contested, "В какой очереди?").await;
    at("2026-11-25 12:00").await.viktor.writes(&contested, "В регистратуру").await;
    at("2026-11-25 13:00").await.petr.answers_finally(&contested, "explained").await;
    at("2026-11-25 14:00").await.viktor.contests(&contested, "Очередь стоит").await;
    at("2026-11-25 15:00").await.petr.writes(&contested, "Разбираемся").await;
    opened.push(ask(world.resident(5), "2026-11-26 10:00", &rooms[0], None, "other").await);
    let withdrawn = opened[4].0.clone();
    world.rings_until("2026-11-26 10:30").await;
    world.resident(5).withdraws(&withdrawn).await;
    opened.push(ask(world.cast().nina, "2026-11-26 11:00", &rooms[0], Some(&a), "tests_booking").await);
    let passed = opened[5].0.clone();
    at("2026-11-26 11:30").await.oleg.writes(&passed, "Смотрим").await;
    at("2026-11-26 12:00").await.oleg.transfers(&passed, &b, "не наше").await;
    at("2026-11-26 15:00").await.petr.answers_finally(&contested, "resolved").await;
    at("2026-11-26 15:30").await.viktor.rates(&contested, 2).await;
    at("2026-11-27 11:00").await.petr.answers_finally(&passed, "unfounded").await;
    opened.push(ask(world.cast().viktor, "2026-11-27 19:30", &rooms[0], Some(&a), "appointment").await);
    opened.push(ask(world.cast().nina, "2026-11-30 10:00", &rooms[0], Some(&a), "appointment").await);
    let elsewhere =
        world.person("resident1.ruba@demo").asks_clinic(&world.medchat("ruba"), "Нет талонов").await;
    world.person("responder.ruba@demo").answers_finally(&elsewhere, "resolved").await;
    world.rings_until(COUNTED_AT).await;
    let mut told = Vec::new();
    for (appeal, opened) in opened {
        let card = world.cast().curator.appeal(&appeal).await;
        let log = serde_json::to_value(world.log(&appeal).await).unwrap();
        told.push(Told { appeal, opened, card, log });
    }
    assert_eq!(told[2].card["state"], "closed_silent", "silence closed it on the way");
    told
}

impl World {
    /// Moves the clock, once everything due before is done.
    async fn rings_until(&self, local: &str) {
        self.is(local);
        self.rings().await;
    }
}

/// The figures somebody asks for.
async fn figures(who: &Person<'_>, query: &str) -> Value {
    who.reads(&format!("/figures?{query}")).await
}

async fn figures_are_what_the_logs_say(engine: Engine) {
    let world = World::on(engine).await;
    let told = story(&world).await;
    let [a, b] = ["a", "b"].map(|which| world.organisation("rukha", which));
    let rooms = world.medchats("rukha");
    let cast = world.cast();
    let over = |keep: &dyn Fn(&Told) -> bool| {
        count(&told.iter().filter(|it| keep(it)).map(|it| &it.log).collect::<Vec<_>>())
    };
    let all = over(&|_| true);
    // A look at the numbers themselves, counted on paper.
    assert_eq!(
        (&all["appeals"], &all["declared"], &all["contested"], &all["silent"]),
        (&json!(8), &json!(3), &json!(1), &json!(1))
    );
    assert_eq!(all["first_answer"]["median"], json!(3600.0));
    assert_eq!(all["satisfaction"], json!({"mean": 3.5, "responses": 2, "rate": 0.4}));
    let of = |who: &str| world.person(&format!("{who}.rukha@demo"));
    for who in [&cast.curator, &of("observer")] {
        agree(&figures(who, "").await, &all, &who.login);
    }
    agree(&figures(&world.administrator(1), "region=RU-KHA").await, &all, "the administrator");
    let federal = figures(&world.administrator(1), "").await;
    assert_eq!(federal["appeals"], 9, "the other region counts too");
    assert_eq!(figures(&world.person("curator.ruba@demo"), "").await["appeals"], 1);
    for who in [&cast.chief, &cast.head] {
        agree(&figures(who, "").await, &over(&|it| it.belongs_to(&a)), &who.login);
    }
    let curator = &cast.curator;
    for (query, keep) in [
        (format!("organisation={b}"), &(|it: &Told| it.belongs_to(&b)) as &dyn Fn(&Told) -> bool),
        (format!("room={}", rooms[1]), &|it: &Told| it.card["room"] == json!(rooms[1])),
        ("category=appointment".into(), &|it: &Told| it.card["category"] == "appointment"),
        (format!("category=appointment&organisation={a}"), &|it: &Told| {
            it.belongs_to(&a) && it.card["category"] == "appointment"
        }),
        ("from=2026-11-24".into(), &|it: &Told| it.opened >= "2026-11-24"),
        ("to=2026-11-24".into(), &|it: &Told| it.opened < "2026-11-25"),
        ("from=2026-11-24&to=2026-11-26".into(), &|it: &Told| {
            ("2026-11-24".."2026-11-27").contains(&it.opened)
        }),
        (format!("from={}&to={}", utc("2026-11-23 16:30"), utc("2026-11-26 10:00")), &|it: &Told| {
            ("2026-11-23 16:30".."2026-11-26 10:00").contains(&it.opened)
        }),
        ("to=2026-11-22".into(), &|_: &Told| false),
    ] {
        agree(&figures(curator, &query).await, &over(keep), &query);
    }

    let by_week = figures(curator, "by=week").await;
    agree(&by_week, &all, "all of the weeks");
    let keys: Vec<&str> =
        by_week["groups"].as_array().unwrap().iter().map(|it| it["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["2026-11-23", "2026-11-30"]);
    agree(&by_week["groups"][0], &over(&|it| it.opened < "2026-11-30"), "the first week");
    agree(&by_week["groups"][1], &over(&|it| it.opened >= "2026-11-30"), "the second week");
    let by_organisation = figures(curator, "by=organisation").await;
    let groups = by_organisation["groups"].as_array().unwrap();
    assert_eq!(groups.len(), 2, "what nobody owns is in no group");
    for group in groups {
        let key = group["key"].as_str().unwrap();
        agree(group, &over(&|it| it.belongs_to(key)), key);
    }
    let names: BTreeSet<&str> = groups.iter().map(|group| group["name"].as_str().unwrap()).collect();
    assert_eq!(names, BTreeSet::from(["Больница Б (вымышленная)", "Поликлиника А (вымышленная)"]));
    let by_day = figures(curator, "by=day").await;
    assert_eq!(by_day["groups"][1]["key"], "2026-11-24", "a day is a day where they live");
    assert_eq!(
        (&by_day["time_zone"], &by_day["counted_at"]),
        (&json!("Asia/Vladivostok"), &json!(utc(COUNTED_AT)))
    );
    assert_eq!(federal["time_zone"], "Europe/Moscow");
}

async fn a_record_that_went_wrong_is_put_right(engine: Engine) {
    let world = World::on(engine).await;
    let told = story(&world).await;
    let (acts, store) = (world.acts(), world.store());
    let curator = world.cast().curator;
    let before = figures(&curator, "by=organisation").await;
    assert_eq!(acts.check_figures().await.unwrap(), 0, "nothing is wrong yet");
    let changed =
        spoil(&store, "update cycles set record = replace(record, '\"resolved\"', '\"explained\"')").await;
    assert!(changed >= 3, "{changed}");
    assert_eq!(spoil(&store, "delete from cycles where cycle = 2").await, 1);
    assert_ne!(figures(&curator, "by=organisation").await, before);
    // Of four that say they are resolved one lost a cycle as well: four appeals are wrong.
    assert_eq!(acts.check_figures().await.unwrap(), 4);
    assert_eq!(figures(&curator, "by=organisation").await, before);
    assert_eq!(acts.check_figures().await.unwrap(), 0);
    let mut recounted = 0;
    for it in &told {
        recounted += world.audited(&it.appeal, "figures.recount", "drift").await;
    }
    assert_eq!(recounted, 3, "and one of the other region");
    // A whole appeal whose records are gone is missed too.
    assert_ne!(spoil(&store, "delete from cycles").await, 0);
    assert_eq!(acts.check_figures().await.unwrap(), 9);
    assert_eq!(figures(&curator, "by=organisation").await, before);
}

on_both_engines!(figures_are_what_the_logs_say, a_record_that_went_wrong_is_put_right);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_are_for_those_who_lead_and_watch() {
    let world = World::new().await;
    let [a, b] = ["a", "b"].map(|which| world.organisation("rukha", which));
    let abroad = world.organisation("ruba", "a");
    world.asks("GET", "/figures", None, None).await.refused(401, "unauthenticated");
    let person = |who: &str| world.person(&format!("{who}@demo"));
    for who in [
        "resident1.rukha",
        "guest.rukha",
        "responder.rukha",
        "registrar.rukha",
        "moderator.rukha",
        "volunteer.rukha",
        "auditor",
    ] {
        for query in ["", "region=RU-KHA", &format!("organisation={a}"), "region=nowhere"] {
            person(who).asks("GET", &format!("/figures?{query}"), None).await.refused(403, "not_allowed");
        }
    }
    for (who, query, status) in [
        ("chief.rukha", format!("organisation={a}"), 200),
        ("chief.rukha", "region=RU-KHA".into(), 200),
        ("chief.rukha", format!("room={}", world.medchat("rukha")), 200),
        ("chief.rukha", format!("organisation={b}"), 403),
        ("chief.rukha", "region=RU-BA".into(), 403),
        ("chief.rukha", format!("room={}", world.medchat("ruba")), 403),
        ("curator.rukha", format!("organisation={b}"), 200),
        ("curator.rukha", format!("organisation={abroad}"), 403),
        ("curator.rukha", "region=RU-BA".into(), 403),
        ("observer.rukha", format!("room={}", world.medchat("ruba")), 403),
        ("admin", format!("organisation={abroad}"), 200),
        ("curator.rukha", "region=RU-XX".into(), 404),
        ("curator.rukha", "organisation=no-id".into(), 404),
        ("curator.rukha", "room=no-id".into(), 404),
        ("curator.rukha", "category=therapy".into(), 422),
        ("curator.rukha", "by=colour".into(), 422),
        ("curator.rukha", "from=tomorrow".into(), 422),
        ("curator.rukha", "to=2026-13-01".into(), 422),
        ("curator.rukha", "colour=red".into(), 422),
    ] {
        let answer = person(who).asks("GET", &format!("/figures?{query}"), None).await;
        assert_eq!(answer.status, status, "{who} {query}: {answer:?}");
    }
    let filter = figures(&person("chief.rukha"), "region=RU-KHA").await["filter"].clone();
    assert_eq!(filter["organisations"], json!([a]), "what was left out was limited to what one may ask");
    let filter = figures(&person("curator.rukha"), "category=queue").await["filter"].clone();
    assert_eq!((&filter["regions"], &filter["category"]), (&json!(["RU-KHA"]), &json!("queue")));
}
