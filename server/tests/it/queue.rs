//! The list of appeals: what each sees in it, in which order, what narrows it, and turning its pages.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use store::testing::Engine;

use crate::asking::{Appeal, utc};
use crate::people::Person;
use crate::world::World;

/// The ids in a list.
async fn ids(who: &Person<'_>, query: &str) -> Vec<String> {
    who.queue(query).await.iter().map(|card| card["id"].as_str().unwrap().to_owned()).collect()
}

/// The numbers of the appeals in a list, in no order.
async fn seen(who: &Person<'_>, query: &str) -> BTreeSet<String> {
    ids(who, query).await.into_iter().collect()
}

fn set(appeals: &[&Appeal]) -> BTreeSet<String> {
    appeals.iter().map(|appeal| appeal.id.clone()).collect()
}

/// A text as it stands in a query.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn each_sees_their_own(engine: Engine) {
    let world = World::on(engine).await;
    let cast = world.cast();
    let [a, b] = ["a", "b"].map(|which| world.organisation("rukha", which));
    let [first, second] =
        world.medchats("rukha")[..2].to_owned().try_into().unwrap_or_else(|_| panic!("two rooms"));
    let nobodys = cast.nina.asks_clinic(&first, "Нет талонов").await;
    let of_a = cast.viktor.asks_clinic_of(&first, &a, "Нет рецепта").await;
    let of_b = cast.nina.asks_clinic_of(&second, &b, "Нет врача").await;
    let elsewhere =
        world.person("resident1.ruba@demo").asks_clinic(&world.medchat("ruba"), "Нет талонов").await;
    let person = |who: &str| world.person(&format!("{who}@demo"));
    for (who, appeals) in [
        ("resident2.rukha", vec![&nobodys, &of_b]),
        ("resident3.rukha", vec![&of_a]),
        ("resident1.rukha", vec![]),
        ("guest.rukha", vec![]),
        ("chief.rukha", vec![&nobodys, &of_a]),
        ("head.rukha", vec![&nobodys, &of_a]),
        ("responder.rukha", vec![&nobodys, &of_a]),
        ("responder2.rukha", vec![&nobodys, &of_b]),
        ("registrar.rukha", vec![]),
        ("moderator.rukha", vec![&nobodys, &of_a, &of_b]),
        ("volunteer.rukha", vec![]),
        ("curator.rukha", vec![&nobodys, &of_a, &of_b]),
        ("observer.rukha", vec![&nobodys, &of_a, &of_b]),
        ("responder.ruba", vec![&elsewhere]),
        ("curator.ruba", vec![&elsewhere]),
        ("admin", vec![]),
        ("auditor", vec![]),
    ] {
        assert_eq!(seen(&person(who), "").await, set(&appeals), "{who}");
        // No filter shows more than one may see.
        for query in [
            format!("&organisation={b}"),
            format!("&room={second}"),
            format!("&author={}", cast.nina.account().await),
        ] {
            let narrowed = seen(&person(who), &query).await;
            assert!(narrowed.is_subset(&set(&appeals)), "{who} {query}");
        }
    }
    world.asks("GET", "/appeals", None, None).await.refused(401, "unauthenticated");
    // Once it has an owner it is off the other desks.
    cast.oleg.accepts(&nobodys).await;
    assert_eq!(seen(&cast.oleg, "").await, set(&[&nobodys, &of_a]));
    assert_eq!(seen(&cast.petr, "").await, set(&[&of_b]));
    cast.oleg.transfers(&nobodys, &b, "не наше").await;
    assert_eq!(seen(&cast.oleg, "").await, set(&[&of_a]));
    assert_eq!(seen(&cast.petr, "").await, set(&[&nobodys, &of_b]));
}

async fn what_is_due_comes_first(engine: Engine) {
    let world = World::on(engine).await;
    let room = world.medchat("rukha");
    let cast = world.cast();
    let mut appeals = Vec::new();
    for minute in 0..6 {
        let cast = world.cast();
        appeals.push(cast.nina.asks_clinic(&room, &format!("Вопрос номер {minute}")).await);
        world.clock().advance(Duration::from_secs(60));
    }
    let [early, late, spoken, paused, answered, withdrawn] = &appeals[..] else { panic!("six") };
    cast.oleg.writes(spoken, "Смотрим").await;
    cast.oleg.asks_back(paused, "К кому?").await;
    cast.oleg.answers_finally(answered, "resolved").await;
    world.clock().advance(Duration::from_secs(60));
    cast.nina.withdraws(withdrawn).await;
    // What is spoken to waits for the final answer alone, and that is due a day later.
    let order = [early, late, spoken, paused, withdrawn, answered].map(|appeal| appeal.id.clone());
    for who in [&cast.oleg, &cast.curator, &cast.moderator] {
        assert_eq!(ids(who, "").await, order, "{}", who.login);
    }
    let newest: Vec<String> = appeals.iter().rev().map(|appeal| appeal.id.clone()).collect();
    assert_eq!(ids(&cast.nina, "").await, newest, "one's own come newest first");
    let soon = format!("&due_before={}", utc("2026-11-23 18:01"));
    assert_eq!(ids(&cast.oleg, &soon).await, order[..1]);
    let week = format!("&due_before={}", utc("2026-11-30 18:00"));
    assert_eq!(ids(&cast.oleg, &week).await, order[..3], "what is paused or over is not due");
}

async fn filters_narrow_and_say_what_they_do_not_know(engine: Engine) {
    let world = World::on(engine).await;
    let cast = world.cast();
    let [a, b] = ["a", "b"].map(|which| world.organisation("rukha", which));
    let rooms = world.medchats("rukha");
    let ask = async |who: &Person<'_>, room: &str, category: &str, organisation: &str| {
        let question =
            json!({"room": room, "category": category, "organisation": organisation, "text": "Нет талонов"});
        who.asks_clinic_with(question).await
    };
    let queue = ask(&cast.nina, &rooms[0], "queue", &a).await;
    let ethics = ask(&cast.viktor, &rooms[1], "ethics", &a).await;
    let other = ask(&cast.nina, &rooms[1], "other", &b).await;
    cast.oleg.accepts(&queue).await;
    cast.head.writes(&ethics, "Разберёмся").await;
    cast.head.assigns(&ethics, &cast.head).await;
    let curator = &cast.curator;
    for (query, appeals) in [
        ("&state=new".to_owned(), vec![&other]),
        ("&state=new,accepted".into(), vec![&other, &queue]),
        ("&state=open".into(), vec![&queue, &ethics, &other]),
        ("&state=answered".into(), vec![]),
        (format!("&organisation={a}"), vec![&queue, &ethics]),
        (format!("&organisation={b}&state=in_work"), vec![]),
        (format!("&room={}", rooms[1]), vec![&ethics, &other]),
        ("&category=ethics".into(), vec![&ethics]),
        ("&unassigned=true".into(), vec![&other]),
        (format!("&author={}", cast.viktor.account().await), vec![&ethics]),
    ] {
        assert_eq!(seen(curator, &query).await, set(&appeals), "{query}");
    }
    assert_eq!(seen(&cast.oleg, "&mine=true").await, set(&[&queue]));
    assert_eq!(seen(&cast.head, "&mine=true").await, set(&[&ethics]));
    assert_eq!(seen(curator, "&mine=true").await, set(&[]));
    assert_eq!(seen(&cast.nina, "&mine=true").await, set(&[&queue, &other]));
    for (query, field) in [
        ("state=nowhere", "state"),
        ("state=new,", "state"),
        ("organisation=no-id", "organisation"),
        ("room=no-id", "room"),
        ("category=therapy", "category"),
        ("due_before=tomorrow", "due_before"),
        ("author=no-id", "author"),
        ("after=nowhere", "after"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("colour=red", "colour"),
    ] {
        let invalid = curator.asks("GET", &format!("/appeals?{query}"), None).await.invalid();
        assert_eq!(invalid.0, field, "{query}");
    }
}

async fn pages_lose_and_repeat_nothing(engine: Engine) {
    let world = World::lifted(engine).await;
    let room = world.medchat("rukha");
    let cast = world.cast();
    let mut appeals = Vec::new();
    for number in 0..20 {
        // Several in the same moment, too.
        if number % 3 == 0 {
            world.clock().advance(Duration::from_secs(1));
        }
        appeals.push(cast.nina.asks_clinic(&room, "Нет талонов").await);
    }
    for appeal in &appeals[..4] {
        cast.oleg.asks_back(appeal, "К кому?").await;
    }
    for appeal in &appeals[4..8] {
        cast.oleg.answers_finally(appeal, "resolved").await;
    }
    for who in [&cast.oleg, &cast.nina] {
        let whole = ids(who, "").await;
        assert_eq!(whole.len(), 20);
        let (mut turned, mut after) = (Vec::new(), String::new());
        let mut pages = 0;
        loop {
            let page = who.reads(&format!("/appeals?limit=3{after}")).await;
            turned.extend(
                page["items"].as_array().unwrap().iter().map(|card| card["id"].as_str().unwrap().to_owned()),
            );
            pages += 1;
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
            if pages == 2 {
                // Somebody asks meanwhile: those who were there are still found, each once.
                cast.viktor.asks_clinic(&world.medchats("rukha")[1], "Нет рецепта").await;
            }
        }
        turned.retain(|id| whole.contains(id));
        assert_eq!(turned, whole, "{}", who.login);
    }
    let foreign = cast.nina.reads("/appeals?limit=3").await["next"].as_str().unwrap().to_owned();
    let page = cast.oleg.asks("GET", &format!("/appeals?after={foreign}"), None).await;
    assert!(
        page.status == 422 || page.json()["items"] == json!([]),
        "a place of another order is none: {page:?}"
    );
}

on_both_engines!(
    each_sees_their_own,
    what_is_due_comes_first,
    filters_narrow_and_say_what_they_do_not_know,
    pages_lose_and_repeat_nothing,
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_appeal_is_found_by_its_number_and_by_words() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let cast = world.cast();
    let first = cast.nina.asks_clinic(&room, "Мёд в столовой №2 за 100%").await;
    let second = cast.viktor.asks_clinic(&room, "Нет талонов к ЛОРу").await;
    for (words, appeals) in [
        (first.number.as_str(), vec![&first]),
        (&second.number.replace('-', ""), vec![&second]),
        (&second.number[..7], vec![&second]),
        ("27", vec![&first, &second]),
        ("мед", vec![&first]),
        ("СТОЛОВОЙ", vec![&first]),
        ("к лору", vec![&second]),
        ("100%", vec![&first]),
        ("%", vec![&first]),
        ("_", vec![]),
        ("столовой талонов", vec![]),
        ("  ", vec![&first, &second]),
    ] {
        assert_eq!(seen(&cast.oleg, &format!("&q={}", encoded(words))).await, set(&appeals), "{words:?}");
    }
    assert_eq!(
        seen(&cast.nina, &format!("&q={}", encoded("талонов"))).await,
        set(&[]),
        "only among one's own"
    );
    let card: Value = cast.oleg.queue(&format!("&q={}", encoded("мед"))).await.remove(0);
    assert_eq!((&card["number"], &card["state"]), (&json!(first.number), &json!("new")));
}
