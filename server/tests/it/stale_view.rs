//! Answers that crossed: whoever names the head they saw is refused when staff have written since, and is shown what.

use serde_json::{Value, json};
use store::testing::Engine;

use crate::asking::Appeal;
use crate::people::{Answer, Landed, Person, insists};
use crate::world::World;

/// The texts a refused sender is shown.
fn missing(problem: &Value) -> Vec<&str> {
    problem["missing"].as_array().unwrap().iter().map(|entry| entry["text"].as_str().unwrap()).collect()
}

async fn says(who: &Person<'_>, appeal: &Appeal, text: &str, seen: u64) -> Answer {
    who.tries_to_write(appeal, json!({"text": text, "seen": seen})).await
}

async fn what_staff_have_not_seen_stops_them(engine: Engine) {
    let world = World::on(engine).await;
    let cast = world.cast();
    let appeal = cast.nina.asks_clinic(&world.medchat("rukha"), "Нет талонов").await;
    let first = Landed::of(&says(&cast.oleg, &appeal, "Смотрим", 1).await.with(201).json());
    assert_eq!(first.seq, 2);
    let stale = says(&cast.head, &appeal, "Уже смотрю", 1).await.refused(409, "stale_view");
    assert_eq!(missing(&stale), ["Смотрим"]);
    assert_eq!(stale["missing"][0]["seq"], 2);
    assert_eq!(stale["missing"][0]["author"]["signature"]["name"], "Олег Показательный");
    says(&cast.oleg, &appeal, "И ещё", 1).await.refused(409, "stale_view");
    let before = world.history_of(&appeal).await.len();
    let body = |text: &str, seen: u64| json!({"text": text, "seen": seen, "outcome": "resolved"});
    let ask = json!({"text": "К кому?", "seen": 1});
    assert_eq!(missing(&cast.head.tries("ask", &appeal, ask).await.refused(409, "stale_view")), ["Смотрим"]);
    cast.head.tries("final-answer", &appeal, body("Готово", 0)).await.refused(409, "stale_view");
    assert_eq!(world.history_of(&appeal).await.len(), before, "nothing of it was kept");
    assert_eq!(world.head_of(&appeal.lane("public")).await, 2);
    for (act, times) in [("appeal.message", 2), ("appeal.ask", 1), ("appeal.final_answer", 1)] {
        assert_eq!(world.audited(&appeal, act, "refused: stale_view").await, times, "{act}");
    }
    // What the resident has written since stops nobody, but is shown with the rest.
    cast.nina.writes(&appeal, "Жду").await;
    says(&cast.head, &appeal, "Смотрим вдвоём", 2).await.with(201);
    cast.nina.writes(&appeal, "Очень жду").await;
    let stale = says(&cast.oleg, &appeal, "Слово", 2).await.refused(409, "stale_view");
    assert_eq!(missing(&stale), ["Жду", "Смотрим вдвоём", "Очень жду"]);
    // Who does not say what they saw is not asked, and the resident never is.
    cast.oleg.writes(&appeal, "Вслепую").await;
    says(&cast.nina, &appeal, "Я тоже", 0).await.with(201);
    cast.head.does("final-answer", &appeal, body("Готово", 6)).await;
    says(&cast.oleg, &appeal, "После", u64::MAX).await.with(201);
}

async fn a_repeat_is_never_stale(engine: Engine) {
    let world = World::on(engine).await;
    let cast = world.cast();
    let appeal = cast.nina.asks_clinic(&world.medchat("rukha"), "Нет талонов").await;
    let message = json!({"cid": "once", "text": "Смотрим", "seen": 1});
    let first = cast.oleg.tries_to_write(&appeal, message.clone()).await.with(201);
    cast.head.writes(&appeal, "И я").await;
    assert_eq!(cast.oleg.tries_to_write(&appeal, message).await.with(200).body, first.body);
    assert_eq!(world.head_of(&appeal.lane("public")).await, 3);
    // A cid that was refused as stale is free: nothing of it was kept.
    let stale = json!({"cid": "twice", "text": "Слово", "seen": 2});
    cast.oleg.tries_to_write(&appeal, stale).await.refused(409, "stale_view");
    cast.oleg
        .tries_to_write(&appeal, json!({"cid": "twice", "text": "Другое слово", "seen": 3}))
        .await
        .with(201);
}

async fn of_twenty_answers_at_once_one_is_the_first(engine: Engine) {
    let world = World::lifted(engine).await;
    let cast = world.cast();
    let appeal = cast.nina.asks_clinic(&world.medchat("rukha"), "Нет талонов").await;
    let people = [&cast.oleg, &cast.head, &cast.chief];
    for who in people {
        who.session().await;
    }
    let appeal = &appeal;
    let tries = (0..20).map(|number| insists(move || says(people[number % 3], appeal, "Смотрим", 1)));
    let answers = futures_util::future::join_all(tries).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for refused in answers.into_iter().filter(|answer| answer.status != 201) {
        assert_eq!(missing(&refused.refused(409, "stale_view")), ["Смотрим"]);
    }
    assert_eq!(world.head_of(&appeal.lane("public")).await, 2);
}

on_both_engines!(
    what_staff_have_not_seen_stops_them,
    a_repeat_is_never_stale,
    of_twenty_answers_at_once_one_is_the_first,
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_lane_is_seen_for_itself() {
    let world = World::new().await;
    let cast = world.cast();
    let room = world.medchat("rukha");
    let appeal = cast.nina.asks_clinic_of(&room, &world.organisation("rukha", "a"), "Нет талонов").await;
    cast.oleg.confides(&appeal, "Ваш врач в отпуске").await;
    says(&cast.head, &appeal, "Смотрим", 1).await.with(201);
    let private = json!({"text": "Слово", "lane": "private", "seen": 0});
    let stale = cast.head.tries_to_write(&appeal, private).await.refused(409, "stale_view");
    assert_eq!(missing(&stale), ["Ваш врач в отпуске"], "colleagues read what they missed");
    // Without a lane it is chosen by the text, and so is what must have been seen.
    let personal = json!({"text": "Ваш телефон 8 914 123-45-67 верен?", "seen": 0});
    cast.head.tries_to_write(&appeal, personal).await.refused(409, "stale_view");
    let personal = json!({"text": "Ваш телефон 8 914 123-45-67 верен?", "seen": 1});
    let landed = cast.head.tries_to_write(&appeal, personal).await.with(201).json();
    assert_eq!(landed["feed"], json!(appeal.lane("private")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_is_told_what_it_missed() {
    let world = World::new().await;
    let cast = world.cast();
    let appeal = cast.nina.asks_clinic(&world.medchat("rukha"), "Нет талонов").await;
    cast.oleg.writes(&appeal, "Смотрим").await;
    let mut socket = cast.head.opens_socket().await;
    let post = |cid: &str, seen: u64| json!({"op": "post", "cid": cid, "appeal": appeal.id, "text": "Слово", "seen": seen});
    let error = socket.is_refused(post("1", 1), "stale_view").await;
    assert_eq!((&error["cid"], missing(&error)), (&json!("1"), vec!["Смотрим"]));
    socket.says(post("1", 2)).await;
    let ack = socket.hears("ack").await;
    assert_eq!(
        (&ack["cid"], &ack["feed"], &ack["seq"]),
        (&json!("1"), &json!(appeal.lane("public")), &json!(3))
    );
}
