//! Opening an appeal: who may, what is fit, one cid for one appeal, what happens outside the hours, and the number
//! with which anybody asks how it stands.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use store::testing::Engine;

use crate::asking::{Appeal, clock, utc};
use crate::world::{Setting, World};

async fn one_cid_opens_one_appeal(engine: Engine) {
    let world = World::on(engine).await;
    let room = world.medchat("rukha");
    let cast = world.cast();
    let question = json!({"cid": "a cid", "room": room, "text": "Нет талонов", "private_text": "Полис 123"});
    let first = cast.nina.tries_to_ask_clinic(question.clone()).await.with(201);
    let again = cast.nina.tries_to_ask_clinic(question.clone()).await.with(200);
    assert_eq!(first.body, again.body, "a repeat answers the same");
    let appeal = Appeal::of(&first.json());
    for (name, value) in [
        ("text", json!("Нет талонов!")),
        ("private_text", json!("Полис 124")),
        ("category", json!("queue")),
        ("organisation", json!(world.organisation("rukha", "a"))),
        ("room", json!(world.medchats("rukha").remove(1))),
    ] {
        let mut other = question.clone();
        other[name] = value;
        cast.nina.tries_to_ask_clinic(other).await.refused(409, "cid_conflict");
    }
    let neighbour = Appeal::of(&cast.viktor.tries_to_ask_clinic(question.clone()).await.with(201).json());
    assert_ne!(neighbour.id, appeal.id, "the cid of another author is another cid");
    assert!(neighbour.number.starts_with("27-0002-"), "a repeat takes no number: {}", neighbour.number);
    // The appeal has moved on, and the repeat still names the same one.
    cast.oleg.accepts(&appeal).await;
    world.restarts().await;
    let late = cast.nina.tries_to_ask_clinic(question).await.with(200).json();
    assert_eq!((Appeal::of(&late), &late["state"]), (appeal.clone(), &json!("accepted")));
    assert_eq!(world.history_of(&appeal).await, ["open", "accept"]);
    assert_eq!(world.head_of(&appeal.lane("public")).await, 1);
    assert_eq!(world.head_of(&appeal.lane("private")).await, 1);
}

async fn rooms_and_appeals_share_their_cids(engine: Engine) {
    let world = World::on(engine).await;
    let room = world.medchat("rukha");
    let cast = world.cast();
    cast.nina.joins(&room).await;
    let ask = |cid: &str| json!({"cid": cid, "room": room, "text": "Нет талонов"});
    cast.nina.tries_to_post(&room, "of a post", "Нет талонов").await.with(201);
    cast.nina.tries_to_ask_clinic(ask("of a post")).await.refused(409, "cid_conflict");
    let appeal = Appeal::of(&cast.nina.tries_to_ask_clinic(ask("of an appeal")).await.with(201).json());
    cast.nina.tries_to_post(&room, "of an appeal", "Нет талонов").await.refused(409, "cid_conflict");
    let message = |cid: &str, text: &str| json!({"cid": cid, "text": text});
    let first = cast.nina.tries_to_write(&appeal, message("of a message", "Ещё вот что")).await.with(201);
    let again = cast.nina.tries_to_write(&appeal, message("of a message", "Ещё вот что")).await.with(200);
    assert_eq!(first.body, again.body);
    assert_eq!(first.json()["feed"], json!(appeal.lane("public")));
    cast.nina.tries_to_write(&appeal, message("of a message", "Другое")).await.refused(409, "cid_conflict");
    for cid in ["of a post", "of an appeal"] {
        cast.nina.tries_to_write(&appeal, message(cid, "Нет талонов")).await.refused(409, "cid_conflict");
    }
    cast.nina.tries_to_post(&room, "of a message", "Ещё вот что").await.refused(409, "cid_conflict");
    let lane = json!({"cid": "of a message", "text": "Ещё вот что", "lane": "private"});
    cast.nina.tries_to_write(&appeal, lane).await.refused(409, "cid_conflict");

    let mut socket = cast.nina.opens_socket().await;
    let post = json!({"op": "post", "cid": "of a message", "appeal": appeal.id, "text": "Ещё вот что"});
    socket.says(post).await;
    let ack = socket.hears("ack").await;
    assert_eq!(
        (&ack["seq"], &ack["id"]),
        (&first.json()["seq"], &first.json()["id"]),
        "one space for both doors"
    );
    for cid in ["given up 1", "given up 2"] {
        socket.says(json!({"op": "cancel", "cid": cid})).await;
        socket.hears("cancelled").await;
    }
    cast.nina.tries_to_ask_clinic(ask("given up 1")).await.refused(409, "cid_conflict");
    cast.nina.tries_to_write(&appeal, message("given up 2", "Слово")).await.refused(409, "cid_conflict");
    let post = json!({"op": "post", "cid": "given up 2", "appeal": appeal.id, "text": "Слово"});
    socket.is_refused(post, "cid_conflict").await;
    socket.says(json!({"op": "cancel", "cid": "of an appeal"})).await;
    let ack = socket.hears("ack").await;
    assert_eq!(ack["feed"], json!(appeal.lane("public")), "what has landed cannot be given up");
    assert_eq!(world.head_of(&appeal.lane("public")).await, 2);
    assert_eq!(cast.nina.queue("").await.len(), 1);
}

on_both_engines!(one_cid_opens_one_appeal, rooms_and_appeals_share_their_cids);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeat_stays_a_repeat_after_the_end() {
    let world = World::new().await;
    let cast = world.cast();
    let appeal = cast.nina.asks_clinic(&world.medchat("rukha"), "Нет талонов").await;
    let message = json!({"cid": "in time", "text": "Ещё вот что"});
    let first = cast.nina.tries_to_write(&appeal, message.clone()).await.with(201);
    cast.nina.withdraws(&appeal).await;
    assert_eq!(cast.nina.tries_to_write(&appeal, message).await.with(200).body, first.body);
    cast.nina
        .tries_to_write(&appeal, json!({"cid": "too late", "text": "Слово"}))
        .await
        .refused(409, "wrong_state");
    assert_eq!(world.head_of(&appeal.lane("public")).await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_appeal_is_opened_by_verified_adults_in_medchats() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let question = |room: &str| json!({"cid": "1", "room": room, "text": "Нет талонов"});
    world.asks("POST", "/appeals", None, Some(question(&room))).await.refused(401, "unauthenticated");
    world.newcomer("rukha").tries_to_ask_clinic(question(&room)).await.refused(403, "not_verified");
    let cast = world.cast();
    for staff in [&cast.oleg, &cast.moderator, &cast.curator] {
        staff.tries_to_ask_clinic(question(&room)).await.refused(403, "not_allowed");
    }
    let announcements = world.announcements("rukha");
    cast.nina.tries_to_ask_clinic(question(&announcements)).await.refused(403, "not_allowed");
    for hidden in
        [world.staff_room("rukha", "a"), "no-id".into(), "01939f6e-7c3a-7000-8000-0123456789ab".into()]
    {
        cast.nina.tries_to_ask_clinic(question(&hidden)).await.refused(404, "not_found");
    }
    // The same cid may be used for the first that is taken; who asks need not have joined.
    assert_eq!(cast.nina.room(&room).await["my"]["member"], false);
    cast.nina.tries_to_ask_clinic(question(&room)).await.with(201);
    assert_eq!(world.entries(&room).await.len(), 1, "what was refused left nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unfit_question_is_told_what_is_wrong_with_it() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let cast = world.cast();
    cast.nina.joins(&room).await;
    cast.viktor.joins(&room).await;
    let (own, foreign) =
        (cast.nina.posts(&room, "Нет талонов").await, cast.viktor.posts(&room, "И у меня").await);
    let good = json!({"room": room, "text": "Нет талонов"});
    for (name, value, code) in [
        ("cid", json!("ж"), "not_a_cid"),
        ("text", json!(" "), "empty"),
        ("text", json!("ж".repeat(4001)), "too_long"),
        ("private_text", json!("ж".repeat(4001)), "too_long"),
        ("category", json!("emergency"), "unknown"),
        ("category", json!("therapy"), "unknown"),
        ("organisation", json!(world.organisation("ruba", "a")), "unknown"),
        ("organisation", json!("no-id"), "unknown"),
        ("from", json!([foreign.id]), "unknown"),
        ("from", json!(["no-id"]), "unknown"),
        ("from", json!([own.id, "01939f6e-7c3a-7000-8000-0123456789ab"]), "unknown"),
        ("from", json!(vec![&own.id; 21]), "too_many"),
        ("from", json!(own.id), "wrong_type"),
        ("number", json!("27-0001-1"), "unknown_field"),
    ] {
        let mut question = good.clone();
        question[name] = value;
        let invalid = cast.nina.tries_to_ask_clinic(question.clone()).await.invalid();
        assert_eq!(invalid, (name.to_owned(), code.to_owned()), "{question}");
    }
    cast.nina.asks("POST", "/appeals", Some(good.clone())).await.invalid();
    let mut full = good;
    for (name, value) in [
        ("category", json!("appointment")),
        ("organisation", json!(world.organisation("rukha", "b"))),
        ("private_text", json!("Полис ЕНП в приложении")),
        ("from", json!([own.id])),
        ("acknowledged", json!(true)),
    ] {
        full[name] = value;
    }
    let appeal = cast.nina.asks_clinic_with(full).await;
    assert!(appeal.number.starts_with("27-0001-"), "nothing refused took a number: {}", appeal.number);
    let seen = cast.nina.appeal(&appeal).await;
    assert_eq!(
        (&seen["category"], &seen["from"], &seen["has_private"]),
        (&json!("appointment"), &json!([own.id]), &json!(true))
    );
    assert_eq!(seen["organisation"]["name"], "Больница Б (вымышленная)");
    assert_eq!(cast.nina.texts(&appeal, "private").await.unwrap(), ["Полис ЕНП в приложении"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outside_the_hours_the_promise_starts_at_the_next_opening() {
    let world = World::new().await;
    // Saturday evening; the next opening is Monday morning.
    world.is("2026-11-28 20:00");
    let nina = world.cast().nina;
    let question = json!({"room": world.medchat("rukha"), "text": "Нет талонов"});
    let opened = nina.tries_to_ask_clinic(question).await.with(201).json();
    let first = clock(&opened, "first_answer", 1);
    assert_eq!(
        (&first["started_at"], &first["due_at"]),
        (&json!(utc("2026-11-30 08:00")), &json!(utc("2026-11-30 10:00")))
    );
    assert_eq!(clock(&opened, "final_answer", 1)["due_at"], json!(utc("2026-11-30 20:00")));
    assert_eq!(nina.appeal(&Appeal::of(&opened)).await["opened_at"], json!(utc("2026-11-28 20:00")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_region_takes_no_appeal_while_closed() {
    let change = |plans: &mut Vec<domain::region_file::RegionPlan>| {
        plans[0].region.outside_hours = domain::region::OutsideHours::ReadOnly;
    };
    let world = World::with(Setting { change: Some(change), ..Setting::default() }).await;
    let room = world.medchat("rukha");
    let question = |cid: &str| json!({"cid": cid, "room": room, "text": "Нет талонов"});
    let first = world.cast().nina.tries_to_ask_clinic(question("in time")).await.with(201);
    let appeal = Appeal::of(&first.json());
    world.is("2026-11-28 20:00");
    let cast = world.cast();
    let closed = cast.nina.tries_to_ask_clinic(question("too late")).await.refused(409, "wrong_state");
    assert_eq!(
        (&closed["state"], &closed["next_opening"]),
        (&json!("closed"), &json!(utc("2026-11-30 08:00")))
    );
    let closed =
        cast.nina.tries_to_write(&appeal, json!({"text": "Ещё вот что"})).await.refused(409, "wrong_state");
    assert_eq!(
        (&closed["state"], &closed["next_opening"]),
        (&json!("closed"), &json!(utc("2026-11-30 08:00")))
    );
    assert_eq!(
        Appeal::of(&cast.nina.tries_to_ask_clinic(question("in time")).await.with(200).json()),
        appeal
    );
    cast.oleg.writes(&appeal, "Клиника пишет и в нерабочее время").await;
    assert_eq!(world.history_of(&appeal).await, ["open", "messages"]);
    world.is("2026-11-30 08:00");
    world.cast().nina.tries_to_ask_clinic(question("too late")).await.with(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_state_is_told_to_whoever_holds_number_and_code() {
    let world = World::new().await;
    let cast = world.cast();
    let appeal = cast.nina.asks_clinic(&world.medchat("rukha"), "Нет талонов").await;
    let other = cast.nina.asks_clinic(&world.medchat("rukha"), "И рецепта").await;
    cast.oleg.accepts(&appeal).await;
    let status = async |number: &str, code: &str| {
        world.asks("GET", &format!("/status?number={number}&code={code}"), None, None).await
    };
    let typed = appeal.number.replace('-', "%20");
    let told = status(&typed, &appeal.status_code.to_lowercase()).await.with(200).json();
    assert_eq!((&told["number"], &told["state"]), (&json!(appeal.number), &json!("accepted")));
    assert_eq!(told["organisation"], "Поликлиника А (вымышленная)");
    let names: BTreeSet<&str> = told.as_object().unwrap().keys().map(String::as_str).collect();
    let known = ["category", "clocks", "number", "opened_at", "organisation", "room", "state", "time_zone"];
    assert_eq!(names, BTreeSet::from(known), "no word of what was asked, and by whom");
    status(&appeal.number, &other.status_code).await.refused(404, "not_found");
    let mistyped = appeal.number.replace("27-", "28-");
    assert_eq!(status(&mistyped, &appeal.status_code).await.invalid(), ("number".into(), "mistyped".into()));
    assert_eq!(status(&appeal.number, "AB").await.invalid().0, "code");
    status(&appeal.number, "").await.invalid();
    let seen = cast.nina.appeal(&appeal).await;
    assert_eq!(seen["status_code"], json!(appeal.status_code), "its author may look it up");
    for other in [&cast.oleg, &cast.viktor, &cast.curator] {
        assert_eq!(other.appeal(&appeal).await["status_code"], Value::Null, "{}", other.login);
    }
}
