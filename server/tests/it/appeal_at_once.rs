//! Many at once: of fifty final answers one is given, fifty openings get fifty numbers without a hole, one try makes
//! one appeal, and two organisations cannot both take the same.

use std::collections::BTreeSet;

use domain::appeal::number::AppealNumber;
use futures_util::future::join_all;
use serde_json::{Value, json};
use store::testing::Engine;

use crate::asking::Appeal;
use crate::people::{Answer, insists};
use crate::world::{World, feed};

fn with_status(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

/// Every feed an appeal in a room of Khabarovsk krai leaves entries in; each is gapless. Gives their heads.
async fn heads(world: &World, appeal: &Appeal, room: &str, mailbox: &str) -> [usize; 6] {
    let [a, b] = ["a", "b"].map(|which| format!("desk:{}", world.organisation("rukha", which)));
    let feeds = [&appeal.lane("public"), &appeal.lane("private"), &feed(room), &a, &b, mailbox];
    let mut heads = [0; 6];
    for (head, feed) in heads.iter_mut().zip(feeds) {
        *head = world.all_of(feed).await.len();
    }
    heads
}

async fn of_fifty_final_answers_one_is_given(engine: Engine) {
    let world = World::lifted(engine).await;
    let room = world.medchat("rukha");
    let cast = world.cast();
    let mailbox = cast.nina.mailbox().await;
    let appeal = cast.nina.asks_clinic(&room, "Нет талонов").await;
    cast.oleg.accepts(&appeal).await;
    cast.nina.confides(&appeal, "Лично").await;
    let before = heads(&world, &appeal, &room, &mailbox).await;
    let people = [&cast.oleg, &cast.head, &cast.chief];
    for who in people {
        who.session().await;
    }
    let answers = join_all((0..50).map(|number| {
        let (who, appeal) = (people[number % 3], &appeal);
        let answer = json!({"text": format!("Ответ {number}"), "outcome": "resolved"});
        insists(move || who.tries("final-answer", appeal, answer.clone()))
    }));
    let answers = answers.await;
    assert_eq!(with_status(&answers, 200), 1);
    let given = answers.iter().find(|answer| answer.status == 200).unwrap().json();
    for refused in answers.into_iter().filter(|answer| answer.status != 200) {
        assert_eq!(refused.refused(409, "wrong_state")["state"], "answered");
    }
    assert_eq!(world.history_of(&appeal).await, ["open", "accept", "messages", "final-answer"]);
    let after = heads(&world, &appeal, &room, &mailbox).await;
    // One message, and one card for the room, A's desk and the mailbox.
    assert_eq!(
        after,
        std::array::from_fn(|place| before[place] + usize::from([0, 2, 3, 5].contains(&place)))
    );
    let texts = cast.nina.texts(&appeal, "public").await.unwrap();
    assert_eq!(
        texts.last(),
        given["lanes"]["public"]["messages"][1]["text"].as_str().map(ToOwned::to_owned).as_ref()
    );
    assert_eq!(world.audited(&appeal, "appeal.final_answer", "").await, 1);
    assert_eq!(world.audited(&appeal, "appeal.final_answer", "refused: wrong_state").await, 49);
}

async fn fifty_questions_get_fifty_numbers(engine: Engine) {
    let world = World::lifted(engine).await;
    let rooms = world.medchats("rukha");
    let people = [1, 2, 3, 4, 5].map(|number| world.resident(number));
    for who in &people {
        who.session().await;
    }
    let asking = (0..50).map(|number| {
        let question = json!({"cid": format!("{number}"), "room": rooms[number % 2], "text": "Нет талонов"});
        let who = &people[number % 5];
        insists(move || who.tries_to_ask_clinic(question.clone()))
    });
    let appeals: Vec<Appeal> =
        join_all(asking).await.iter().map(|answer| Appeal::of(&answer.json())).collect();
    let running = |appeal: &Appeal| AppealNumber::parse(&appeal.number).unwrap().running();
    let numbers: BTreeSet<u64> = appeals.iter().map(running).collect();
    assert_eq!(numbers, (1..=50).collect(), "each number once, and no hole");
    let ids: BTreeSet<&str> = appeals.iter().map(|appeal| appeal.id.as_str()).collect();
    let codes: BTreeSet<&str> = appeals.iter().map(|appeal| appeal.status_code.as_str()).collect();
    assert_eq!((ids.len(), codes.len()), (50, 50));
    assert_eq!((world.is_gapless(&rooms[0]).await, world.is_gapless(&rooms[1]).await), (25, 25));
    let elsewhere =
        world.person("resident1.ruba@demo").asks_clinic(&world.medchat("ruba"), "Нет талонов").await;
    assert_eq!(running(&elsewhere), 1, "each region counts for itself");
    for which in ["a", "b"] {
        assert_eq!(world.all_of(&format!("desk:{}", world.organisation("rukha", which))).await.len(), 50);
    }
}

async fn one_try_makes_one_appeal(engine: Engine) {
    let world = World::lifted(engine).await;
    let room = world.medchat("rukha");
    let cast = world.cast();
    let mailbox = cast.nina.mailbox().await;
    let question = json!({"cid": "storm", "room": room, "text": "Один раз", "private_text": "Лично"});
    let storm = (0..20).map(|_| insists(|| cast.nina.tries_to_ask_clinic(question.clone())));
    let answers = join_all(storm).await;
    assert_eq!((with_status(&answers, 201), with_status(&answers, 200)), (1, 19));
    assert!(answers.iter().all(|answer| answer.body == answers[0].body));
    let appeal = Appeal::of(&answers[0].json());
    assert_eq!(world.history_of(&appeal).await, ["open"]);
    assert_eq!(heads(&world, &appeal, &room, &mailbox).await, [1; 6]);
    assert_eq!(cast.nina.queue("").await.len(), 1);
    let next = cast.nina.asks_clinic(&room, "Ещё раз").await;
    assert!(next.number.starts_with("27-0002-"), "repeats take no number: {}", next.number);
    // The same cid with another content loses whenever it comes.
    let tries = (0..20).map(|number| {
        let question =
            json!({"cid": "race", "room": room, "text": if number % 2 == 0 { "Так" } else { "Иначе" }});
        let nina = &cast.nina;
        insists(move || nina.tries_to_ask_clinic(question.clone()))
    });
    let answers = join_all(tries).await;
    assert_eq!(
        (with_status(&answers, 201), with_status(&answers, 200), with_status(&answers, 409)),
        (1, 9, 10)
    );
    assert_eq!(cast.nina.queue("").await.len(), 3);
    let message = json!({"cid": "say", "text": "Слово"});
    let storm = (0..20).map(|_| insists(|| cast.nina.tries_to_write(&appeal, message.clone())));
    let messages = join_all(storm).await;
    assert_eq!((with_status(&messages, 201), with_status(&messages, 200)), (1, 19));
    assert!(messages.iter().all(|answer| answer.body == messages[0].body));
    assert_eq!(world.all_of(&appeal.lane("public")).await.len(), 2);
    assert_eq!(world.history_of(&appeal).await, ["open", "messages"]);
}

async fn two_organisations_cannot_both_take_it(engine: Engine) {
    let world = World::lifted(engine).await;
    let room = world.medchat("rukha");
    let cast = world.cast();
    for who in [&cast.oleg, &cast.petr] {
        who.session().await;
    }
    for number in 0..10 {
        let appeal = cast.nina.asks_clinic(&room, "Нет талонов").await;
        let (ours, theirs) = tokio::join!(
            cast.oleg.tries("accept", &appeal, json!({})),
            cast.petr.tries("accept", &appeal, json!({}))
        );
        let (first, second) = if ours.status == 200 { (ours, theirs) } else { (theirs, ours) };
        let owner = first.with(200).json()["organisation"]["id"].clone();
        second.refused(403, "not_allowed");
        assert_eq!(world.history_of(&appeal).await, ["open", "accept"], "{number}");
        assert_eq!(cast.nina.appeal(&appeal).await["organisation"]["id"], owner);
        assert_eq!(world.audited(&appeal, "appeal.accept", "refused: not_allowed").await, 1);
    }
}

async fn what_both_sides_write_at_once_is_all_there(engine: Engine) {
    let world = World::lifted(engine).await;
    let cast = world.cast();
    let a = world.organisation("rukha", "a");
    let appeal = cast.nina.asks_clinic_of(&world.medchat("rukha"), &a, "Нет талонов").await;
    let mut phone = cast.nina.follows_feed(&appeal.lane("private")).await;
    for who in [&cast.oleg, &cast.head] {
        who.session().await;
    }
    let writing = (0..30).map(|number| {
        let lane = if number % 2 == 0 { "public" } else { "private" };
        let who = [&cast.nina, &cast.oleg, &cast.head][number % 3];
        let message = json!({"cid": format!("{number}"), "text": format!("Слово {number}"), "lane": lane});
        let appeal = &appeal;
        insists(move || who.tries_to_write(appeal, message.clone()))
    });
    let answers = join_all(writing).await;
    assert_eq!(with_status(&answers, 201), 30);
    let [public, private] = ["public", "private"].map(|lane| appeal.lane(lane));
    assert_eq!((world.all_of(&public).await.len(), world.all_of(&private).await.len()), (16, 15));
    let mut heard: Vec<Value> = Vec::new();
    for seq in 1..=15 {
        let entry = phone.next_entry().await;
        assert_eq!(entry["seq"], seq, "in order, without a hole");
        heard.push(entry["entry"]["text"].clone());
    }
    let shown = cast.nina.texts(&appeal, "private").await.unwrap();
    assert_eq!(heard, shown.iter().map(|text| json!(text)).collect::<Vec<_>>());
    assert_eq!(world.history_of(&appeal).await.len(), 31);
}

on_both_engines!(
    of_fifty_final_answers_one_is_given,
    fifty_questions_get_fifty_numbers,
    one_try_makes_one_appeal,
    two_organisations_cannot_both_take_it,
    what_both_sides_write_at_once_is_all_there,
);
