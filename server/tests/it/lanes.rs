//! The two lanes of an appeal: which text goes where, who reads the private one, and what becomes of that when the
//! appeal finds an owner or is passed on.

use std::time::Duration;

use serde_json::{Value, json};
use store::testing::Engine;
use tokio::time::timeout;

use crate::asking::Appeal;
use crate::people::Person;
use crate::sockets::{Heard, Socket};
use crate::world::World;

const PERSONAL: &str = "Мой телефон 8 914 123-45-67";
const MASKED: &str = "Мой телефон •••";

/// Says it in the lane asked for; gives the lane it landed in.
async fn lands(who: &Person<'_>, appeal: &Appeal, text: &str, lane: Option<&str>) -> String {
    let mut message = json!({"text": text});
    if let Some(lane) = lane {
        message["lane"] = json!(lane);
    }
    let landed = who.tries_to_write(appeal, message).await.with(201).json();
    landed["feed"].as_str().unwrap().rsplit(':').next().unwrap().to_owned()
}

async fn a_text_finds_its_lane(engine: Engine) {
    let world = World::on(engine).await;
    let cast = world.cast();
    let a = world.organisation("rukha", "a");
    let appeal = cast.nina.asks_clinic_of(&world.medchat("rukha"), &a, "Нет талонов").await;
    assert_eq!(cast.viktor.appeal(&appeal).await["has_private"], false);
    for who in [&cast.nina, &cast.oleg] {
        assert_eq!(lands(who, &appeal, "Слово", None).await, "public");
        assert_eq!(lands(who, &appeal, PERSONAL, None).await, "private", "who asks for nothing is protected");
        assert_eq!(lands(who, &appeal, PERSONAL, Some("public")).await, "public");
        assert_eq!(lands(who, &appeal, PERSONAL, Some("private")).await, "private");
        assert_eq!(lands(who, &appeal, "Тайна", Some("private")).await, "private");
    }
    cast.oleg.does("ask", &appeal, json!({"text": PERSONAL, "lane": "public"})).await;
    cast.oleg.does("final-answer", &appeal, json!({"text": PERSONAL, "outcome": "explained"})).await;
    let public = ["Нет талонов", "Слово", MASKED, "Слово", MASKED, MASKED];
    let private =
        [PERSONAL, PERSONAL, PERSONAL, "Тайна", PERSONAL, PERSONAL, PERSONAL, "Тайна", PERSONAL, PERSONAL];
    for who in [&cast.nina, &cast.oleg, &cast.chief] {
        assert_eq!(who.texts(&appeal, "public").await.unwrap(), public, "{}", who.login);
        assert_eq!(who.texts(&appeal, "private").await.unwrap(), private, "{}", who.login);
    }
    let unfit = json!({"text": "Слово", "lane": "secret"});
    cast.nina.tries_to_write(&appeal, unfit).await.refused(422, "invalid");
    // Everybody else sees that there is something private and nothing of it.
    for who in
        [&cast.viktor, &cast.petr, &cast.moderator, &cast.curator, &world.person("registrar.rukha@demo")]
    {
        let seen = who.appeal(&appeal).await;
        assert_eq!(who.texts(&appeal, "public").await.unwrap(), public, "{}", who.login);
        assert!(seen["lanes"].get("private").is_none(), "{}", who.login);
        assert_eq!(seen["has_private"], true);
    }
    let messages = cast.oleg.appeal(&appeal).await["lanes"]["private"]["messages"].clone();
    assert_eq!(messages[4]["author"]["signature"]["organisation"], "Поликлиника А (вымышленная)");
}

async fn a_private_lane_waits_for_the_first_act(engine: Engine) {
    let world = World::on(engine).await;
    let cast = world.cast();
    let question = json!({"room": world.medchat("rukha"), "text": "Нет талонов", "private_text": "Тайна"});
    let appeal = cast.nina.asks_clinic_with(question).await;
    let lane = appeal.lane("private");
    let mut console = cast.oleg.opens_socket().await;
    let subscribe = json!({"op": "subscribe", "feed": lane, "after": 0});
    for who in [&cast.oleg, &cast.petr] {
        let seen = who.appeal(&appeal).await;
        assert_eq!(
            (&seen["has_private"], seen["lanes"].get("private")),
            (&json!(true), None),
            "{}",
            who.login
        );
    }
    console.is_refused(subscribe.clone(), "not_found").await;
    let accepted = cast.oleg.accepts(&appeal).await;
    assert_eq!(accepted["lanes"]["private"]["messages"][0]["text"], "Тайна", "the first act makes an owner");
    assert_eq!(accepted["organisation"]["id"], json!(world.organisation("rukha", "a")));
    console.says(subscribe.clone()).await;
    assert_eq!(console.hears("subscribed").await["head"], 1);
    assert_eq!(console.next_entry().await["entry"]["text"], "Тайна");
    // The others' acts are no longer theirs to do, and the lane never was there for them.
    let petr = &cast.petr;
    for (act, body) in [
        ("accept", json!({})),
        ("transfer", json!({"organisation": world.organisation("rukha", "a"), "reason": "верните"})),
        ("ask", json!({"text": "К кому?"})),
        ("final-answer", json!({"text": "Ответ", "outcome": "resolved"})),
        ("refuse", json!({"reason": "не наше"})),
        ("merge", json!({"into": appeal.id})),
        ("messages", json!({"cid": "1", "text": "Слово"})),
    ] {
        petr.tries(act, &appeal, body).await.refused(403, "not_allowed");
    }
    assert!(petr.appeal(&appeal).await["lanes"].get("private").is_none());
    petr.opens_socket().await.is_refused(subscribe, "not_found").await;
}

/// What comes of the lane on a socket until it has answered a ping.
async fn until_pong(socket: &mut Socket) -> Vec<Value> {
    socket.says(json!({"op": "ping"})).await;
    let mut heard = Vec::new();
    loop {
        match socket.next().await {
            Heard::Frame(frame) if frame["ev"] == "pong" => return heard,
            Heard::Frame(frame) => heard.push(frame),
            Heard::Closed(code) => panic!("closed with {code}"),
        }
    }
}

async fn a_transfer_takes_the_private_lane_along(engine: Engine) {
    let world = World::on(engine).await;
    let cast = world.cast();
    let (a, b) = (world.organisation("rukha", "a"), world.organisation("rukha", "b"));
    let question = json!({"room": world.medchat("rukha"), "organisation": a, "text": "Нет талонов", "private_text": "Тайна"});
    let appeal = cast.nina.asks_clinic_with(question).await;
    let (private, public) = (appeal.lane("private"), appeal.lane("public"));
    let mut old = [cast.oleg.follows_feed(&private).await, cast.chief.follows_feed(&private).await];
    for socket in &mut old {
        socket.subscribes(&public, None).await;
        assert_eq!(socket.next_entry().await["entry"]["text"], "Тайна");
    }
    let mut author = cast.nina.follows_feed(&private).await;
    author.next_entry().await;
    cast.head.transfers(&appeal, &b, "не наше").await;
    for socket in &mut old {
        let lost =
            timeout(Duration::from_secs(1), socket.hears("error")).await.expect("lost within a second");
        assert_eq!((&lost["feed"], &lost["code"]), (&json!(private), &json!("not_found")));
    }
    let mut new = cast.petr.follows_feed(&private).await;
    assert_eq!(new.next_entry().await["entry"]["text"], "Тайна", "the new owner reads all of it");
    cast.nina.confides(&appeal, "Ещё тайна").await;
    cast.petr.confides(&appeal, "Для вас одной").await;
    cast.petr.writes(&appeal, "Для всех").await;
    for socket in [&mut new, &mut author] {
        assert_eq!(socket.next_entry().await["entry"]["text"], "Ещё тайна");
        assert_eq!(socket.next_entry().await["entry"]["text"], "Для вас одной");
    }
    for (socket, who) in old.iter_mut().zip([&cast.oleg, &cast.chief]) {
        let entry = socket.next_entry().await;
        assert_eq!((&entry["feed"], &entry["entry"]["text"]), (&json!(public), &json!("Для всех")));
        assert_eq!(until_pong(socket).await, Vec::<Value>::new(), "{} hears nothing more", who.login);
        socket.is_refused(json!({"op": "subscribe", "feed": private, "after": 0}), "not_found").await;
        assert!(who.appeal(&appeal).await["lanes"].get("private").is_none(), "{}", who.login);
        who.tries_to_write(&appeal, json!({"text": "Слово"})).await.refused(403, "not_allowed");
    }
    // And back again.
    cast.petr.transfers(&appeal, &a, "это ваше").await;
    let lost = new.hears("error").await;
    assert_eq!((&lost["feed"], &lost["code"]), (&json!(private), &json!("not_found")));
    old[0].subscribes(&private, Some(2)).await;
    assert_eq!(old[0].next_entry().await["entry"]["text"], "Для вас одной");
}

async fn who_follows_while_it_is_passed_on_does_not_keep_it(engine: Engine) {
    let world = World::lifted(engine).await;
    let cast = world.cast();
    let (a, b) = (world.organisation("rukha", "a"), world.organisation("rukha", "b"));
    let mut sockets = [cast.oleg.opens_socket().await, cast.chief.opens_socket().await];
    cast.head.session().await;
    for round in 0..15 {
        let appeal = cast.nina.asks_clinic_of(&world.medchat("rukha"), &a, "Нет талонов").await;
        let private = appeal.lane("private");
        let [first, second] = &mut sockets;
        let subscribe = json!({"op": "subscribe", "feed": private, "after": 0});
        let late = Duration::from_millis(round % 8);
        tokio::join!(cast.head.transfers(&appeal, &b, "не наше"), first.says(subscribe.clone()), async {
            tokio::time::sleep(late).await;
            second.says(subscribe.clone()).await;
        },);
        cast.petr.confides(&appeal, "Для вас одной").await;
        for socket in &mut sockets {
            // Once more after a while, since frames of feeds come on their own.
            let heard = [until_pong(socket).await, until_pong(socket).await].concat();
            let secrets: Vec<&Value> =
                heard.iter().filter(|frame| frame["entry"]["text"] == "Для вас одной").collect();
            assert!(secrets.is_empty(), "{round}: {secrets:?}");
            let lost = heard.iter().filter(|frame| frame["ev"] == "error" && frame["code"] == "not_found");
            assert_eq!(lost.count(), 1, "{round}: refused, or taken away: {heard:?}");
        }
    }
}

async fn colleagues_who_read_leave_a_trace(engine: Engine) {
    let world = World::on(engine).await;
    let cast = world.cast();
    let a = world.organisation("rukha", "a");
    let question = json!({"room": world.medchat("rukha"), "organisation": a, "text": "Нет талонов", "private_text": "Тайна"});
    let appeal = cast.nina.asks_clinic_with(question).await;
    let empty = cast.nina.asks_clinic_of(&world.medchat("rukha"), &a, "И рецепта").await;
    cast.nina.appeal(&appeal).await;
    cast.nina.follows_feed(&appeal.lane("private")).await;
    cast.viktor.appeal(&appeal).await;
    cast.petr.appeal(&appeal).await;
    cast.oleg.appeal(&empty).await;
    cast.oleg.queue("").await;
    assert_eq!(world.audited(&appeal, "appeal.read_private", "").await, 0, "nobody else has read it");
    assert_eq!(world.audited(&empty, "appeal.read_private", "").await, 0, "there is nothing to read");
    cast.oleg.appeal(&appeal).await;
    cast.head.follows_feed(&appeal.lane("private")).await;
    let rows = store::audit::about(&world.store(), &format!("appeal:{}", appeal.id)).await.unwrap();
    let mut readers: Vec<String> = rows
        .iter()
        .filter(|row| row.act == "appeal.read_private")
        .map(|row| row.actor.unwrap().to_string())
        .collect();
    let mut known = [cast.oleg.account().await, cast.head.account().await];
    readers.sort_unstable();
    known.sort_unstable();
    assert_eq!(readers, known);
}

on_both_engines!(
    a_text_finds_its_lane,
    a_private_lane_waits_for_the_first_act,
    a_transfer_takes_the_private_lane_along,
    who_follows_while_it_is_passed_on_does_not_keep_it,
    colleagues_who_read_leave_a_trace,
);
