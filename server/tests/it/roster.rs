//! The roster: who keeps it, what is a fit shift, and how waiting appeals find those on duty.

use std::time::Duration;

use serde_json::{Value, json};
use store::testing::Engine;

use crate::asking::{Appeal, utc};
use crate::people::{Answer, Person, insists};
use crate::world::{Setting, World};

/// Tries to put somebody on duty, times as in Khabarovsk.
async fn tries_to_roster(
    who: &Person<'_>,
    organisation: &str,
    staff: &str,
    from: &str,
    until: &str,
) -> Answer {
    let body = json!({"staff": staff, "from": utc(from), "until": utc(until)});
    who.asks("POST", &format!("/organisations/{organisation}/shifts"), Some(body)).await
}

/// Puts somebody on duty; gives the shift's id.
async fn rosters(
    who: &Person<'_>,
    organisation: &str,
    staff: &Person<'_>,
    from: &str,
    until: &str,
) -> String {
    let added = tries_to_roster(who, organisation, staff.account().await, from, until).await.with(201).json();
    assert_eq!((&added["from"], &added["until"]), (&json!(utc(from)), &json!(utc(until))));
    added["id"].as_str().unwrap().to_owned()
}

async fn roster(who: &Person<'_>, organisation: &str) -> Answer {
    let stretch = format!("from={}&to={}", utc("2026-11-23 00:00"), utc("2026-11-30 00:00"));
    who.asks("GET", &format!("/organisations/{organisation}/roster?{stretch}"), None).await
}

/// The name of whoever has the appeal.
async fn has(who: &Person<'_>, appeal: &Appeal) -> Value {
    who.appeal(appeal).await["assignee"]["name"].clone()
}

async fn a_roster_is_kept_by_those_who_lead(engine: Engine) {
    let world = World::on(engine).await;
    let cast = world.cast();
    let [a, b] = ["a", "b"].map(|which| world.organisation("rukha", which));
    let (from, until) = ("2026-11-23 08:00", "2026-11-23 20:00");
    let oleg = cast.oleg.account().await;
    let shift = rosters(&cast.head, &a, &cast.oleg, from, until).await;
    let next = rosters(&cast.chief, &a, &cast.oleg, "2026-11-23 20:00", "2026-11-24 08:00").await;
    rosters(&cast.head, &a, &cast.head, from, until).await;
    let shown = roster(&cast.oleg, &a).await.with(200).json();
    assert_eq!((&shown["may_keep"], &shown["time_zone"]), (&json!(false), &json!("Asia/Vladivostok")));
    assert_eq!(shown["shifts"].as_array().unwrap().len(), 3);
    assert_eq!(shown["shifts"][2]["id"], json!(next), "in order of time");
    let names: Vec<&str> =
        shown["people"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Анна Примерова", "Ирина Образцова", "Олег Показательный"], "who answers, by name");
    assert_eq!(shown["open"].as_array().unwrap().len(), 6, "Monday to Saturday");
    assert_eq!(roster(&cast.head, &a).await.with(200).json()["may_keep"], true);
    assert_eq!(roster(&cast.curator, &a).await.with(200).json()["may_keep"], false);

    for (who, code) in [(&cast.oleg, (403, "not_allowed")), (&cast.curator, (403, "not_allowed"))] {
        tries_to_roster(who, &a, oleg, from, until).await.refused(code.0, code.1);
    }
    for who in [&cast.petr, &cast.nina, &cast.moderator, &world.administrator(1)] {
        tries_to_roster(who, &a, oleg, from, until).await.refused(404, "not_found");
        roster(who, &a).await.refused(404, "not_found");
    }
    roster(&cast.oleg, &b).await.refused(404, "not_found");
    let remove = |organisation: &str, shift: &str| format!("/organisations/{organisation}/shifts/{shift}");
    cast.oleg.asks("DELETE", &remove(&a, &shift), None).await.refused(403, "not_allowed");
    cast.petr.asks("DELETE", &remove(&b, &shift), None).await.refused(403, "not_allowed");
    for other in ["no-id", "01939f6e-7c3a-7000-8000-0123456789ab"] {
        cast.head.asks("DELETE", &remove(&a, other), None).await.refused(404, "not_found");
    }
    // Later than the additions: rows of one moment have no order.
    world.clock().advance(Duration::from_secs(1));
    cast.head.asks("DELETE", &remove(&a, &shift), None).await.with(204);
    cast.head.asks("DELETE", &remove(&a, &shift), None).await.refused(404, "not_found");
    let left = roster(&cast.head, &a).await.json();
    assert_eq!(left["shifts"].as_array().unwrap().len(), 2);
    let rows = store::audit::about(&world.store(), &format!("organisation:{a}")).await.unwrap();
    let mut acts: Vec<&str> = rows.iter().map(|row| row.act.as_str()).collect();
    // The clock stands still, and rows of one moment have no order.
    acts.sort_unstable();
    assert_eq!(acts, ["roster.add", "roster.add", "roster.add", "roster.remove"]);
}

async fn an_unfit_shift_is_told_what_is_wrong_with_it(engine: Engine) {
    let world = World::on(engine).await;
    let cast = world.cast();
    let a = world.organisation("rukha", "a");
    let (oleg, petr) = (cast.oleg.account().await, cast.petr.account().await);
    let registrar = world.person("registrar.rukha@demo");
    rosters(&cast.head, &a, &cast.oleg, "2026-11-23 08:00", "2026-11-23 20:00").await;
    for (staff, from, until, fault) in [
        (oleg, "2026-11-23 19:59", "2026-11-23 21:00", ("from", "overlap")),
        (oleg, "2026-11-23 06:00", "2026-11-23 08:01", ("from", "overlap")),
        (oleg, "2026-11-23 09:00", "2026-11-23 10:00", ("from", "overlap")),
        (oleg, "2026-11-23 07:00", "2026-11-23 21:00", ("from", "overlap")),
        (oleg, "2026-11-24 08:00", "2026-11-25 08:01", ("until", "out_of_range")),
        (oleg, "2026-11-24 08:00", "2026-11-24 08:00", ("until", "out_of_range")),
        (oleg, "2026-11-24 08:00", "2026-11-24 07:00", ("until", "out_of_range")),
        (petr, "2026-11-24 08:00", "2026-11-24 20:00", ("staff", "unknown")),
        (registrar.account().await, "2026-11-24 08:00", "2026-11-24 20:00", ("staff", "unknown")),
        (cast.nina.account().await, "2026-11-24 08:00", "2026-11-24 20:00", ("staff", "unknown")),
        ("no-id", "2026-11-24 08:00", "2026-11-24 20:00", ("staff", "unknown")),
    ] {
        let invalid = tries_to_roster(&cast.head, &a, staff, from, until).await.invalid();
        assert_eq!((invalid.0.as_str(), invalid.1.as_str()), fault, "{staff} {from} {until}");
    }
    let body = json!({"staff": oleg, "from": "tomorrow", "until": utc("2026-11-24 20:00")});
    assert_eq!(
        cast.head.asks("POST", &format!("/organisations/{a}/shifts"), Some(body)).await.invalid().0,
        "from"
    );
    for query in [
        "from=2026-11-23T00:00:00Z&to=2026-11-23T00:00:00Z",
        "from=2026-11-23T00:00:00Z&to=2027-11-23T00:00:00Z",
        "from=x&to=y",
    ] {
        cast.head.asks("GET", &format!("/organisations/{a}/roster?{query}"), None).await.invalid();
    }
    tries_to_roster(&cast.head, &a, oleg, "2026-11-24 08:00", "2026-11-25 08:00").await.with(201);
    assert_eq!(roster(&cast.head, &a).await.json()["shifts"].as_array().unwrap().len(), 2);
}

async fn the_same_hours_are_rostered_once(engine: Engine) {
    let world = World::on(engine).await;
    let cast = world.cast();
    let a = world.organisation("rukha", "a");
    let oleg = cast.oleg.account().await;
    cast.head.session().await;
    let (from, until) = ("2026-11-24 08:00", "2026-11-24 20:00");
    let tries = (0..20).map(|_| insists(|| tries_to_roster(&cast.head, &a, oleg, from, until)));
    let answers = futures_util::future::join_all(tries).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1, "one of them was first");
    assert_eq!(roster(&cast.head, &a).await.json()["shifts"].as_array().unwrap().len(), 1);
}

async fn waiting_appeals_find_who_is_on_duty(engine: Engine) {
    let world = World::on(engine).await;
    let (room, acts) = (world.medchat("rukha"), world.acts());
    let [a, b] = ["a", "b"].map(|which| world.organisation("rukha", which));
    let mut waiting = Vec::new();
    for _ in 0..3 {
        waiting.push(world.cast().nina.asks_clinic_of(&room, &a, "Нет талонов").await);
        world.clock().advance(Duration::from_secs(60));
    }
    let cast = world.cast();
    let of_b = cast.viktor.asks_clinic_of(&room, &b, "Нет рецепта").await;
    let nobodys = world.resident(4).asks_clinic(&room, "Нет врача").await;
    acts.assign_waiting().await.unwrap();
    for appeal in waiting.iter().chain([&of_b, &nobodys]) {
        assert_eq!(cast.nina.state(appeal).await, "new", "nobody is on duty");
    }
    rosters(&cast.head, &a, &cast.oleg, "2026-11-23 12:00", "2026-11-23 17:00").await;
    rosters(&cast.head, &a, &cast.head, "2026-11-23 17:00", "2026-11-23 20:00").await;
    acts.assign_waiting().await.unwrap();
    for appeal in &waiting {
        assert_eq!(has(&cast.head, appeal).await, "Олег Показательный");
        assert_eq!(cast.nina.state(appeal).await, "accepted");
        assert_eq!(world.history_of(appeal).await, ["open", "assign"], "each once");
    }
    assert_eq!((cast.nina.state(&of_b).await, cast.nina.state(&nobodys).await), ("new".into(), "new".into()));
    // Whose clinic is known by an earlier question goes there, though every desk of the room owes the answer.
    let attached = cast.viktor.asks_clinic(&room, "И ещё вопрос").await;
    let known = cast.nina.asks_clinic(&room, "И ещё вопрос").await;
    acts.assign_waiting().await.unwrap();
    assert_eq!(has(&cast.head, &known).await, "Олег Показательный");
    assert_eq!(cast.viktor.appeal(&attached).await["organisation"], Value::Null, "nobody of B is on duty");
    assert_eq!(cast.viktor.state(&attached).await, "new");
    acts.assign_waiting().await.unwrap();
    assert_eq!(world.history_of(&known).await, ["open", "assign"], "nothing is given twice");
}

async fn the_oldest_goes_first_and_the_least_laden_gets_it(engine: Engine) {
    let world = World::on(engine).await;
    let (room, acts, a) = (world.medchat("rukha"), world.acts(), world.organisation("rukha", "a"));
    let cast = world.cast();
    let laden = cast.nina.asks_clinic_of(&room, &a, "Нет талонов").await;
    cast.oleg.accepts(&laden).await;
    let mut waiting = Vec::new();
    for _ in 0..3 {
        waiting.push(cast.nina.asks_clinic_of(&room, &a, "Нет талонов").await);
        world.clock().advance(Duration::from_secs(60));
    }
    rosters(&cast.head, &a, &cast.oleg, "2026-11-23 12:00", "2026-11-23 20:00").await;
    rosters(&cast.head, &a, &cast.head, "2026-11-23 12:00", "2026-11-23 20:00").await;
    acts.assign_waiting().await.unwrap();
    assert_eq!(has(&cast.head, &waiting[0]).await, "Ирина Образцова", "she has none");
    let mut load = std::collections::BTreeMap::<String, u32>::new();
    for appeal in waiting.iter().chain([&laden]) {
        *load.entry(has(&cast.head, appeal).await.as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!(load.into_values().collect::<Vec<_>>(), [2, 2]);
    let people = roster(&cast.head, &a).await.json()["people"].clone();
    let open: Vec<u64> =
        people.as_array().unwrap().iter().map(|it| it["open_appeals"].as_u64().unwrap()).collect();
    assert_eq!(open, [0, 2, 2]);
}

async fn who_goes_off_duty_hands_over(engine: Engine) {
    let world = World::on(engine).await;
    let (room, acts, a) = (world.medchat("rukha"), world.acts(), world.organisation("rukha", "a"));
    let cast = world.cast();
    let (open, answered) = (
        cast.nina.asks_clinic_of(&room, &a, "Нет талонов").await,
        cast.nina.asks_clinic_of(&room, &a, "Нет врача").await,
    );
    rosters(&cast.head, &a, &cast.oleg, "2026-11-23 12:00", "2026-11-23 17:00").await;
    rosters(&cast.head, &a, &cast.head, "2026-11-23 17:00", "2026-11-23 18:00").await;
    acts.assign_waiting().await.unwrap();
    cast.oleg.writes(&open, "Смотрим").await;
    cast.oleg.answers_finally(&answered, "resolved").await;
    world.is("2026-11-23 17:00");
    acts.assign_waiting().await.unwrap();
    let cast = world.cast();
    assert_eq!(has(&cast.head, &open).await, "Ирина Образцова");
    assert_eq!(cast.nina.state(&open).await, "in_work", "a hand-over is no step back");
    assert_eq!(has(&cast.head, &answered).await, "Олег Показательный", "what is answered stays whose it was");
    let log = serde_json::to_value(world.log(&open).await).unwrap();
    assert_eq!(log.as_array().unwrap().last().unwrap()["fact"]["by"], Value::Null, "the roster gave it");
    // Nobody comes after her: she keeps it.
    world.is("2026-11-23 18:00");
    acts.assign_waiting().await.unwrap();
    assert_eq!(has(&world.cast().head, &open).await, "Ирина Образцова");
    assert_eq!(world.history_of(&open).await, ["open", "assign", "messages", "assign"]);
}

async fn who_took_it_off_duty_keeps_it(engine: Engine) {
    let world = World::on(engine).await;
    let (room, acts, a) = (world.medchat("rukha"), world.acts(), world.organisation("rukha", "a"));
    let cast = world.cast();
    rosters(&cast.head, &a, &cast.oleg, "2026-11-23 12:00", "2026-11-23 17:00").await;
    let [taken, given, late] = [(); 3].map(|()| cast.nina.asks_clinic_of(&room, &a, "Нет талонов"));
    let (taken, given, late) = (taken.await, given.await, late.await);
    cast.chief.does("assign", &taken, json!({"staff": cast.chief.account().await})).await;
    cast.chief.assigns(&given, &cast.head).await;
    acts.assign_waiting().await.unwrap();
    assert_eq!(has(&cast.head, &taken).await, "Анна Примерова", "nobody takes away what she took herself");
    assert_eq!(has(&cast.head, &given).await, "Ирина Образцова", "nor what somebody was given by hand");
    assert_eq!(has(&cast.head, &late).await, "Олег Показательный");
    // His shift ends and hers begins; what he is given by hand after that is his.
    rosters(&cast.head, &a, &cast.head, "2026-11-23 17:00", "2026-11-23 20:00").await;
    world.is("2026-11-23 17:30");
    acts.assign_waiting().await.unwrap();
    let cast = world.cast();
    assert_eq!(has(&cast.head, &late).await, "Ирина Образцова");
    cast.chief.assigns(&late, &cast.oleg).await;
    acts.assign_waiting().await.unwrap();
    assert_eq!(has(&cast.head, &late).await, "Олег Показательный");
    assert_eq!(has(&cast.head, &taken).await, "Анна Примерова");
}

async fn who_gives_it_back_does_not_get_it_again(engine: Engine) {
    let world = World::on(engine).await;
    let (room, acts, a) = (world.medchat("rukha"), world.acts(), world.organisation("rukha", "a"));
    let cast = world.cast();
    let appeal = cast.nina.asks_clinic_of(&room, &a, "Нет талонов").await;
    cast.oleg.accepts(&appeal).await;
    let released = cast.oleg.tries("release", &appeal, json!({})).await.with(200).json();
    assert_eq!((&released["state"], &released["assignee"]), (&json!("new"), &Value::Null));
    assert!(cast.nina.appeal(&appeal).await["may"].as_array().unwrap().iter().all(|it| it != "release"));
    cast.oleg.tries("release", &appeal, json!({})).await.refused(409, "wrong_state");
    rosters(&cast.head, &a, &cast.oleg, "2026-11-23 12:00", "2026-11-23 20:00").await;
    acts.assign_waiting().await.unwrap();
    assert_eq!(cast.nina.state(&appeal).await, "new", "he could not answer it");
    rosters(&cast.head, &a, &cast.head, "2026-11-23 12:00", "2026-11-23 20:00").await;
    acts.assign_waiting().await.unwrap();
    assert_eq!(has(&cast.head, &appeal).await, "Ирина Образцова");
    assert_eq!(world.history_of(&appeal).await, ["open", "accept", "release", "assign"]);
}

async fn who_answers_there_no_longer_hands_over_and_is_given_nothing(engine: Engine) {
    let world = World::on(engine).await;
    let (room, acts, a) = (world.medchat("rukha"), world.acts(), world.organisation("rukha", "a"));
    let cast = world.cast();
    let [taken, new] = [(); 2].map(|()| cast.nina.asks_clinic_of(&room, &a, "Нет талонов"));
    let (taken, new) = (taken.await, new.await);
    cast.oleg.accepts(&taken).await;
    rosters(&cast.head, &a, &cast.oleg, "2026-11-23 12:00", "2026-11-23 20:00").await;
    let me = cast.oleg.asks("GET", "/me", None).await.with(200).json();
    for grant in me["grants"].as_array().unwrap() {
        let path = format!("/grants/{}", grant["id"].as_str().unwrap());
        world.administrator(1).asks("DELETE", &path, None).await.with(204);
    }
    acts.assign_waiting().await.unwrap();
    let cast = world.cast();
    assert_eq!(has(&cast.head, &taken).await, "Олег Показательный", "nobody is on duty to take it over");
    assert_eq!(cast.nina.state(&new).await, "new", "his shift outlived his right, and gives him nothing");
    rosters(&cast.head, &a, &cast.head, "2026-11-23 12:00", "2026-11-23 20:00").await;
    acts.assign_waiting().await.unwrap();
    for appeal in [&taken, &new] {
        assert_eq!(has(&cast.head, appeal).await, "Ирина Образцова");
    }
}

on_both_engines!(
    who_gives_it_back_does_not_get_it_again,
    who_answers_there_no_longer_hands_over_and_is_given_nothing,
    who_took_it_off_duty_keeps_it,
    a_roster_is_kept_by_those_who_lead,
    an_unfit_shift_is_told_what_is_wrong_with_it,
    the_same_hours_are_rostered_once,
    waiting_appeals_find_who_is_on_duty,
    the_oldest_goes_first_and_the_least_laden_gets_it,
    who_goes_off_duty_hands_over,
);

/// Two nodes give out the same appeals at the same time, while people take some of them by hand.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_give_each_appeal_once() {
    let world = World::with(Setting { engine: Engine::Postgres, lifted: true, ..Setting::default() }).await;
    let (room, own, other) = (world.medchat("rukha"), world.acts(), world.another_node().await);
    let a = world.organisation("rukha", "a");
    let cast = world.cast();
    let mut appeals = Vec::new();
    for _ in 0..24 {
        appeals.push(cast.nina.asks_clinic_of(&room, &a, "Нет талонов").await);
    }
    cast.chief.session().await;
    for who in [&cast.oleg, &cast.head] {
        rosters(&cast.head, &a, who, "2026-11-23 12:00", "2026-11-23 20:00").await;
    }
    let by_hand = futures_util::future::join_all(appeals.iter().rev().step_by(3).map(|appeal| {
        let chief = &cast.chief;
        insists(move || chief.tries("accept", appeal, json!({})))
    }));
    let (first, second, third, taken) =
        tokio::join!(own.assign_waiting(), other.assign_waiting(), own.assign_waiting(), by_hand);
    let given = first.unwrap() + second.unwrap() + third.unwrap();
    let taken = taken.iter().filter(|answer| answer.status == 200).count();
    assert!(given + taken <= appeals.len(), "{given} given and {taken} taken");
    own.assign_waiting().await.unwrap();
    for appeal in &appeals {
        assert_eq!(world.history_of(appeal).await.len(), 2, "given or taken, once");
        assert_eq!(cast.nina.state(appeal).await, "accepted");
    }
}
