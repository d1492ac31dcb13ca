//! The life of an appeal as a story: asked, taken, asked back, answered, confirmed or contested, rated; taken back,
//! refused, passed on, joined to another, closed by silence.

use serde_json::{Value, json};
use store::testing::Engine;

use crate::asking::{Appeal, clock, utc};
use crate::world::World;

async fn from_the_question_to_the_rating(engine: Engine) {
    let world = World::on(engine).await;
    let room = world.medchat("rukha");
    let cast = world.cast();
    let opened = cast.nina.tries_to_ask_clinic(json!({"room": room, "text": "Когда примет терапевт?"})).await;
    let opened = opened.with(201).json();
    assert_eq!(opened["state"], "new");
    assert!(opened["number"].as_str().unwrap().starts_with("27-0001-"), "{opened}");
    assert_eq!(clock(&opened, "first_answer", 1)["started_at"], json!(utc("2026-11-23 16:00")));
    assert_eq!(clock(&opened, "first_answer", 1)["due_at"], json!(utc("2026-11-23 18:00")));
    assert_eq!(clock(&opened, "final_answer", 1)["due_at"], json!(utc("2026-11-24 16:00")));
    let appeal = Appeal::of(&opened);

    let accepted = cast.oleg.accepts(&appeal).await;
    assert_eq!(
        (&accepted["state"], &accepted["assignee"]["name"]),
        (&json!("accepted"), &json!("Олег Показательный"))
    );
    assert_eq!(clock(&accepted, "first_answer", 1)["stopped_at"], Value::Null, "taking it is no answer");
    world.is("2026-11-23 17:00");
    let cast = world.cast();
    let asked = cast.oleg.asks_back(&appeal, "К какому врачу?").await;
    assert_eq!(asked["state"], "waiting_for_resident");
    assert_eq!(clock(&asked, "first_answer", 1)["stopped_at"], json!(utc("2026-11-23 17:00")));
    assert_eq!(clock(&asked, "final_answer", 1)["paused"], true);
    world.is("2026-11-23 18:30");
    let cast = world.cast();
    cast.nina.writes(&appeal, "К участковому").await;
    let replied = cast.nina.appeal(&appeal).await;
    assert_eq!(replied["state"], "in_work");
    let last = clock(&replied, "final_answer", 1);
    assert_eq!(
        (&last["paused"], &last["due_at"]),
        (&json!(false), &json!(utc("2026-11-24 17:30"))),
        "{last}"
    );
    let answered = cast.head.answers_finally(&appeal, "resolved").await;
    assert_eq!((&answered["state"], &answered["outcome"]), (&json!("answered"), &json!("resolved")));
    assert_eq!(clock(&answered, "final_answer", 1)["stopped_at"], json!(utc("2026-11-23 18:30")));
    assert_eq!(cast.nina.rates(&appeal, 5).await["rating"], 5);
    assert_eq!(cast.nina.confirms(&appeal).await["state"], "confirmed");
    cast.nina.tries("rate", &appeal, json!({"score": 4})).await.refused(409, "already_done");
    cast.nina.writes(&appeal, "Спасибо").await;
    cast.oleg.writes(&appeal, "Будьте здоровы").await;
    let end = cast.nina.appeal(&appeal).await;
    assert_eq!((&end["state"], &end["rating"]), (&json!("confirmed"), &json!(5)), "thanks reopen nothing");
    let acts =
        ["open", "accept", "ask", "messages", "final-answer", "rate", "confirm", "messages", "messages"];
    assert_eq!(world.history_of(&appeal).await, acts);
    let kinds: Vec<&str> =
        end["events"].as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap()).collect();
    let told =
        ["opened", "accepted", "asked", "messaged", "answered", "rated", "confirmed", "messaged", "messaged"];
    assert_eq!(kinds, told, "its author knows all of it");
    assert_eq!(world.head_of(&appeal.lane("public")).await, 6);
    assert_eq!(world.head_of(&appeal.lane("private")).await, 0);
}

async fn a_contested_answer_begins_the_next_cycle(engine: Engine) {
    let world = World::on(engine).await;
    let cast = world.cast();
    let appeal = cast.nina.asks_clinic(&world.medchat("rukha"), "Нет талонов").await;
    cast.oleg.answers_finally(&appeal, "resolved").await;
    cast.nina.rates(&appeal, 1).await;
    world.is("2026-11-23 19:00");
    let cast = world.cast();
    let contested = cast.nina.contests(&appeal, "Талонов так и нет, звоните 8 914 123-45-67").await;
    assert_eq!((&contested["state"], &contested["cycle"]), (&json!("contested"), &json!(2)));
    assert_eq!(
        contested["events"].as_array().unwrap().last().unwrap()["reason"],
        "Талонов так и нет, звоните •••"
    );
    assert_eq!(contested["rating"], Value::Null, "the new cycle has no answer to rate");
    assert_eq!(contested["outcome"], Value::Null);
    assert_eq!(contested["clocks"].as_array().unwrap().len(), 4);
    assert_eq!(clock(&contested, "first_answer", 1)["stopped_at"], json!(utc("2026-11-23 16:00")));
    assert_eq!(clock(&contested, "first_answer", 2)["started_at"], json!(utc("2026-11-23 19:00")));
    assert_eq!(clock(&contested, "first_answer", 2)["due_at"], json!(utc("2026-11-24 09:00")), "over night");
    assert_eq!(clock(&contested, "final_answer", 2)["due_at"], json!(utc("2026-11-24 19:00")));
    let state = cast.oleg.tries("accept", &appeal, json!({})).await.refused(409, "wrong_state");
    assert_eq!(state["state"], "contested");
    cast.nina.tries("rate", &appeal, json!({"score": 5})).await.refused(409, "wrong_state");
    cast.nina.tries("withdraw", &appeal, json!({})).await.refused(409, "wrong_state");
    cast.oleg.writes(&appeal, "Разбираемся").await;
    assert_eq!(cast.nina.state(&appeal).await, "in_work");
    cast.oleg.answers_finally(&appeal, "explained").await;
    cast.nina.rates(&appeal, 4).await;
    let end = cast.nina.confirms(&appeal).await;
    assert_eq!(
        (&end["state"], &end["rating"], &end["outcome"]),
        (&json!("confirmed"), &json!(4), &json!("explained"))
    );
}

async fn silence_closes_and_may_be_broken(engine: Engine) {
    let world = World::on(engine).await;
    let cast = world.cast();
    let appeal = cast.nina.asks_clinic(&world.medchat("rukha"), "Нет талонов").await;
    cast.oleg.answers_finally(&appeal, "resolved").await;
    // 2 160 working minutes: four hours of Monday, two whole days, eight hours of Thursday.
    world.is("2026-11-26 15:59");
    world.rings().await;
    assert_eq!(world.cast().nina.state(&appeal).await, "answered");
    world.is("2026-11-26 16:00");
    world.rings().await;
    let cast = world.cast();
    assert_eq!(cast.nina.state(&appeal).await, "closed_silent");
    assert_eq!(world.history_of(&appeal).await, ["open", "final-answer", "close silently"]);
    let rows = store::audit::about(&world.store(), &format!("appeal:{}", appeal.id)).await.unwrap();
    let closing = rows.iter().find(|row| row.act == "appeal.close_silently").unwrap();
    assert_eq!(closing.actor, None, "nobody did it");
    let state = cast.nina.tries("rate", &appeal, json!({"score": 5})).await.refused(409, "wrong_state");
    assert_eq!(state["state"], "closed_silent");
    cast.nina.writes(&appeal, "Была в отъезде").await;
    assert_eq!(cast.nina.state(&appeal).await, "closed_silent", "a message alone reopens nothing");
    assert_eq!(cast.nina.contests(&appeal, "Не решено").await["state"], "contested");
}

async fn an_appeal_ends_without_an_answer(engine: Engine) {
    let world = World::on(engine).await;
    let room = world.medchat("rukha");
    let cast = world.cast();
    let withdrawn = cast.nina.asks_clinic(&room, "Уже не нужно").await;
    let [by_staff, by_moderator] = [
        cast.nina.asks_clinic(&room, "Выпишите рецепт").await,
        cast.nina.asks_clinic(&room, "Продам гараж").await,
    ];
    cast.oleg.accepts(&by_staff).await;
    assert_eq!(cast.nina.withdraws(&withdrawn).await["state"], "withdrawn");
    let refused =
        cast.oleg.refuses(&by_staff, "Рецепт выпишет врач; ваш телефон +7 914 123-45-67 скрыт").await;
    let last = refused["events"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["reason"], "Рецепт выпишет врач; ваш телефон ••• скрыт");
    assert_eq!(last["by"]["name"], "Олег Показательный");
    assert_eq!(cast.moderator.refuses(&by_moderator, "Не по теме").await["state"], "refused");
    let seen = cast.nina.appeal(&by_moderator).await;
    assert_eq!(seen["organisation"], Value::Null, "a moderator's refusal makes nobody the owner");
    assert_eq!(seen["events"].as_array().unwrap().last().unwrap()["reason"], "Не по теме");
    for (appeal, state) in [(&withdrawn, "withdrawn"), (&by_staff, "refused"), (&by_moderator, "refused")] {
        let problem = cast.nina.tries_to_write(appeal, json!({"text": "Ещё вот что"})).await;
        assert_eq!(problem.refused(409, "wrong_state")["state"], state);
        for clock in cast.nina.appeal(appeal).await["clocks"].as_array().unwrap() {
            assert_eq!(
                (&clock["stopped_at"], &clock["paused"], &clock["breached"]),
                (&Value::Null, &json!(false), &json!(false))
            );
        }
    }
    // A week later nobody has broken a promise that nobody owes any more.
    world.is("2026-11-30 16:00");
    world.rings().await;
    let nina = world.cast().nina;
    for appeal in [&withdrawn, &by_staff, &by_moderator] {
        let clocks = nina.appeal(appeal).await["clocks"].clone();
        assert!(clocks.as_array().unwrap().iter().all(|clock| clock["breached"] == false), "{clocks}");
    }
}

async fn a_transfer_keeps_the_clocks_and_shows_the_way(engine: Engine) {
    let world = World::on(engine).await;
    let (a, b) = (world.organisation("rukha", "a"), world.organisation("rukha", "b"));
    let cast = world.cast();
    let appeal = cast.nina.asks_clinic(&world.medchat("rukha"), "Где сделать рентген?").await;
    cast.oleg.accepts(&appeal).await;
    for (organisation, code) in
        [(a.as_str(), "same"), ("no-id", "unknown"), (&world.organisation("ruba", "a"), "unknown")]
    {
        let body = json!({"organisation": organisation, "reason": "не наш"});
        let invalid = cast.oleg.tries("transfer", &appeal, body).await.invalid();
        assert_eq!(invalid, ("organisation".into(), code.into()), "{organisation}");
    }
    cast.oleg.tries("transfer", &appeal, json!({"organisation": b, "reason": " "})).await.invalid();
    world.is("2026-11-23 17:00");
    let cast = world.cast();
    let passed = cast.oleg.transfers(&appeal, &b, "Рентген у соседей").await;
    assert_eq!((&passed["state"], &passed["organisation"]["id"]), (&json!("new"), &json!(b)));
    assert_eq!(clock(&passed, "first_answer", 1)["started_at"], json!(utc("2026-11-23 16:00")));
    assert_eq!(
        clock(&passed, "first_answer", 1)["due_at"],
        json!(utc("2026-11-23 18:00")),
        "the promise stays"
    );
    let seen = cast.nina.appeal(&appeal).await;
    let event = seen["events"]
        .as_array()
        .unwrap()
        .iter()
        .find(|event| event["kind"] == "transferred")
        .unwrap()
        .clone();
    assert_eq!((&event["organisation"]["id"], &event["to"]["id"]), (&json!(a), &json!(b)), "both are shown");
    assert_eq!(event["reason"], "Рентген у соседей");
    let guest = world.asks("GET", &format!("/appeals/{}", appeal.id), None, None).await.with(200).json();
    let event = guest["events"]
        .as_array()
        .unwrap()
        .iter()
        .find(|event| event["kind"] == "transferred")
        .unwrap()
        .clone();
    assert_eq!((&event["organisation"]["id"], &event["to"]["id"]), (&json!(a), &json!(b)), "to everybody");

    cast.oleg.tries("accept", &appeal, json!({})).await.refused(403, "not_allowed");
    assert_eq!(cast.petr.appeal(&appeal).await["assignee"], Value::Null, "nobody there has it yet");
    assert_eq!(cast.petr.accepts(&appeal).await["assignee"]["name"], "Пётр Учебный");
    cast.petr.answers_finally(&appeal, "redirected").await;
    let state = cast.petr.tries("transfer", &appeal, json!({"organisation": a, "reason": "обратно"})).await;
    assert_eq!(state.refused(409, "wrong_state")["state"], "answered");
}

async fn one_appeal_goes_on_for_two(engine: Engine) {
    let world = World::on(engine).await;
    let room = world.medchat("rukha");
    let cast = world.cast();
    let first = cast.nina.asks_clinic(&room, "Нет талонов").await;
    let again = cast.nina.asks_clinic(&room, "Талонов нет").await;
    let elsewhere = cast.nina.asks_clinic(&world.medchats("rukha").remove(1), "Нет талонов").await;
    cast.oleg.accepts(&again).await;
    let nobody = "01939f6e-7c3a-7000-8000-0123456789ab";
    for into in [again.id.as_str(), &elsewhere.id, nobody, "no-id"] {
        let invalid = cast.oleg.tries("merge", &again, json!({"into": into})).await.invalid();
        assert_eq!(invalid, ("into".into(), "unknown".into()), "{into}");
    }
    let merged = cast.oleg.merges(&again, &first).await;
    assert_eq!((&merged["state"], &merged["merged_into"]), (&json!("merged"), &json!(first.id)));
    let state = cast.oleg.tries("accept", &again, json!({})).await.refused(409, "wrong_state");
    assert_eq!(state["state"], "merged");
    let third = cast.nina.asks_clinic(&room, "И снова нет талонов").await;
    cast.oleg.tries("merge", &third, json!({"into": again.id})).await.refused(409, "wrong_state");
    assert_eq!(cast.nina.state(&third).await, "new", "nothing is half done");
    assert_eq!(cast.oleg.accepts(&first).await["state"], "accepted", "the other goes on");
}

on_both_engines!(
    from_the_question_to_the_rating,
    a_contested_answer_begins_the_next_cycle,
    silence_closes_and_may_be_broken,
    an_appeal_ends_without_an_answer,
    a_transfer_keeps_the_clocks_and_shows_the_way,
    one_appeal_goes_on_for_two,
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_appeal_is_given_by_those_who_lead_to_those_who_answer() {
    let world = World::new().await;
    let cast = world.cast();
    let appeal = cast.nina.asks_clinic(&world.medchat("rukha"), "Нет талонов").await;
    let registrar = world.person("registrar.rukha@demo");
    for other in [&registrar, &cast.petr, &cast.nina] {
        let body = json!({"staff": other.account().await});
        let invalid = cast.head.tries("assign", &appeal, body).await.invalid();
        assert_eq!(invalid, ("staff".into(), "unknown".into()), "{}", other.login);
    }
    cast.oleg
        .tries("assign", &appeal, json!({"staff": cast.oleg.account().await}))
        .await
        .refused(403, "not_allowed");
    let given = cast.head.assigns(&appeal, &cast.oleg).await;
    assert_eq!(
        (&given["state"], &given["assignee"]["id"]),
        (&json!("accepted"), &json!(cast.oleg.account().await))
    );
    let given = cast.chief.assigns(&appeal, &cast.head).await;
    assert_eq!(
        (&given["state"], &given["assignee"]["name"]),
        (&json!("accepted"), &json!("Ирина Образцова"))
    );
    assert_eq!(
        cast.nina.appeal(&appeal).await["assignee"],
        Value::Null,
        "who has it is the clinic's business"
    );
    assert_eq!(world.history_of(&appeal).await, ["open", "assign", "assign"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_score_is_one_to_five_and_a_comment_stays_with_the_clinic() {
    let world = World::new().await;
    let cast = world.cast();
    let appeal = cast.nina.asks_clinic(&world.medchat("rukha"), "Нет талонов").await;
    cast.oleg.answers_finally(&appeal, "unfounded").await;
    for score in [0, 6, -1, 255] {
        let invalid = cast.nina.tries("rate", &appeal, json!({"score": score})).await.invalid();
        assert_eq!(invalid, ("score".into(), "out_of_range".into()));
    }
    let long = json!({"score": 1, "comment": "ж".repeat(1001)});
    assert_eq!(cast.nina.tries("rate", &appeal, long).await.invalid().0, "comment");
    let rating = json!({"score": 2, "comment": "Перезвоните мне: 8 914 123-45-67"});
    assert_eq!(cast.nina.does("rate", &appeal, rating).await["rating"], 2);
    let log = serde_json::to_string(&world.log(&appeal).await).unwrap();
    assert!(log.contains("Перезвоните мне: •••") && !log.contains("123-45-67"), "{log}");
    let bad = json!({"text": "Ответ", "outcome": "done"});
    cast.oleg.tries("final-answer", &appeal, bad).await.refused(422, "invalid");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_with_a_key_is_done_once_however_long_its_answer() {
    let world = World::new().await;
    let cast = world.cast();
    let a = world.organisation("rukha", "a");
    let appeal = cast.nina.asks_clinic_of(&world.medchat("rukha"), &a, "Нет талонов").await;
    for lane in ["public", "private"].repeat(6) {
        let message = json!({"lane": lane, "text": "ж".repeat(4000)});
        cast.nina.tries_to_write(&appeal, message).await.with(201);
    }
    let first = cast.oleg.tries_with_key("accept", &appeal, "take", json!({})).await.with(200);
    assert!(first.body.len() > 12 * 8000, "{}", first.body.len());
    let again = cast.oleg.tries_with_key("accept", &appeal, "take", json!({})).await.with(200);
    assert_eq!(first.body, again.body);
    cast.oleg.tries("accept", &appeal, json!({})).await.refused(409, "wrong_state");
    assert_eq!(world.history_of(&appeal).await.iter().filter(|act| **act == "accept").count(), 1);
}
