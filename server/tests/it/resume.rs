//! Coming back: whoever names the last number they have gets everything later, in order, once, of any age, and then
//! what is new, however hard others write meanwhile. What every reader saw is exactly what the database holds.

use std::sync::Arc;

use domain::feed::{Body, Entry};
use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};
use store::testing::Engine;

use crate::people::Person;
use crate::sockets::{Heard, Socket};
use crate::world::{World, feed};

/// What a reader notes of an entry.
fn line(frame: &Value) -> (u64, String) {
    let entry = &frame["entry"];
    let what = match entry["kind"].as_str().unwrap() {
        "message" => format!("message {} {}", entry["id"], entry["text"]),
        kind => format!("{kind} {} {}", entry["target"], entry["text"]),
    };
    (frame["seq"].as_u64().unwrap(), what)
}

/// The same of what the database holds.
fn kept(entry: &Entry) -> (u64, String) {
    let what = match &entry.body {
        Body::Message { text } => format!("message {} {}", json!(entry.id.to_string()), json!(text)),
        Body::Edit { target, text } => format!("edit {} {}", json!(target.to_string()), json!(text)),
        Body::Hide { target, .. } => format!("hide {} null", json!(target.to_string())),
        Body::Sealed(_) | Body::Appeal { .. } | Body::Notice(_) => unreachable!("nobody wrote one here"),
    };
    (entry.seq, what)
}

async fn everything_of_any_age_then_what_is_new(engine: Engine) {
    let world = World::lifted(engine).await;
    let room = world.medchat("rukha");
    let nina = world.resident(1);
    nina.joins(&room).await;
    // More than two pages of the store.
    for group in 0..9 {
        let posts = (0..50).map(|number| {
            let cid = format!("{group} {number}");
            let nina = &nina;
            let room = &room;
            async move { nina.tries_to_post(room, &cid, "Слово").await.with(201) }
        });
        join_all(posts).await;
    }
    let mut reader = world.resident(2).opens_socket().await;
    reader.says(json!({"op": "subscribe", "feed": feed(&room), "after": 0})).await;
    let Heard::Frame(subscribed) = reader.next().await else { panic!("subscribed comes first") };
    assert_eq!((&subscribed["ev"], &subscribed["head"]), (&json!("subscribed"), &json!(450)));
    for seq in 1..=450 {
        let Heard::Frame(frame) = reader.next().await else { panic!("entries come next") };
        assert_eq!((&frame["ev"], &frame["seq"]), (&json!("entry"), &json!(seq)));
    }
    nina.posts(&room, "Новое").await;
    assert_eq!(reader.next_entry().await["seq"], 451);
    let mut late = world.resident(3).opens_socket().await;
    late.subscribes(&feed(&room), Some(449)).await;
    assert_eq!([late.next_entry().await["seq"].clone(), late.next_entry().await["seq"].clone()], [450, 451]);
    let mut only_new = world.resident(3).opens_socket().await;
    only_new.subscribes(&feed(&room), None).await;
    nina.posts(&room, "Новейшее").await;
    assert_eq!(only_new.next_entry().await["seq"], 452);
}

/// One reader that cuts its connection again and again, until it has all.
async fn reads_with_cuts(reader: &Person<'_>, room: &str, all: u64, seed: u64) -> Vec<(u64, String)> {
    let mut dice = StdRng::seed_from_u64(seed);
    let mut seen: Vec<(u64, String)> = Vec::new();
    let mut epoch = None::<String>;
    while (seen.len() as u64) < all {
        let mut socket = reader.opens_socket().await;
        let subscribe = json!({"op": "subscribe", "feed": feed(room), "after": seen.len(), "epoch": epoch});
        socket.says(subscribe).await;
        let Heard::Frame(subscribed) = socket.next().await else { panic!("it answers") };
        assert_eq!(subscribed["ev"], "subscribed", "{subscribed}");
        epoch = subscribed["epoch"].as_str().map(ToOwned::to_owned);
        for _ in 0..dice.random_range(1..60) {
            if seen.len() as u64 == all {
                break;
            }
            let Heard::Frame(frame) = socket.next().await else { panic!("it stays") };
            let line = line(&frame);
            assert_eq!(line.0, seen.len() as u64 + 1, "no hole, no repetition");
            seen.push(line);
        }
        if dice.random_bool(0.5) {
            socket.sends(tokio_tungstenite::tungstenite::Message::Close(None)).await;
        }
        // Otherwise the connection is simply cut.
    }
    seen
}

/// Posts `count` messages as fast as acks come, four at a time on the way, and changes every tenth.
async fn writes(writer: &Person<'_>, room: &str, count: usize) -> usize {
    let mut socket = writer.opens_socket().await;
    let mut acked: Vec<String> = Vec::new();
    for number in 0..count {
        let cid = writer.world.cid();
        let text = format!("{} говорит {number}", writer.login);
        socket.says(json!({"op": "post", "cid": cid, "room": room, "text": text})).await;
        if number % 4 == 3 {
            for _ in 0..4 {
                acked.push(socket.hears("ack").await["id"].as_str().unwrap().to_owned());
            }
        }
    }
    while acked.len() < count {
        acked.push(socket.hears("ack").await["id"].as_str().unwrap().to_owned());
    }
    let changed: Vec<&String> = acked.iter().step_by(10).collect();
    for message in &changed {
        writer.edits(room, message, "Исправлено").await;
    }
    changed.len()
}

async fn every_transcript_equals_the_database(engine: Engine) {
    let world = Arc::new(World::lifted(engine).await);
    let room = world.medchat("rukha");
    let people: Vec<Person<'_>> = (1..=4).map(|number| world.resident(number)).collect();
    for person in &people {
        person.joins(&room).await;
    }
    // 4 × 75 messages and 4 × 8 edits.
    let all = 332;
    let readers: Vec<Person<'_>> = (0..20).map(|number| world.resident(1 + number % 5)).collect();
    let writing = join_all(people.iter().map(|writer| writes(writer, &room, 75)));
    let reading =
        join_all(readers.iter().zip(1..).map(|(reader, seed)| reads_with_cuts(reader, &room, all, seed)));
    let (edits, transcripts) = tokio::join!(writing, reading);
    assert_eq!(edits.iter().sum::<usize>(), 32);
    assert_eq!(world.is_gapless(&room).await, all);
    let truth: Vec<(u64, String)> = world.entries(&room).await.iter().map(kept).collect();
    for (reader, transcript) in transcripts.iter().enumerate() {
        assert_eq!(transcript, &truth, "reader {reader}");
    }
}

async fn numbers_of_another_history_are_reset(engine: Engine) {
    let world = World::on(engine).await;
    let room = world.medchat("rukha");
    let nina = world.resident(1);
    nina.joins(&room).await;
    nina.posts(&room, "Первое").await;
    let mut socket = nina.opens_socket().await;
    let epoch = socket.subscribes(&feed(&room), Some(0)).await["epoch"].clone();
    assert_eq!(socket.next_entry().await["seq"], 1);
    let name = feed(&room);
    for foreign in [
        json!({"op": "subscribe", "feed": name, "after": 0, "epoch": "another"}),
        json!({"op": "subscribe", "feed": name, "after": 1, "epoch": ""}),
        json!({"op": "subscribe", "feed": name, "after": 2}),
        json!({"op": "subscribe", "feed": name, "after": 2, "epoch": epoch}),
        json!({"op": "subscribe", "feed": name, "after": u64::MAX}),
        json!({"op": "subscribe", "feed": name, "epoch": "another"}),
    ] {
        socket.says(foreign.clone()).await;
        let reset = socket.hears("reset").await;
        assert_eq!(
            (&reset["feed"], &reset["epoch"], &reset["head"]),
            (&json!(name), &epoch, &json!(1)),
            "{foreign}"
        );
    }
    nina.posts(&room, "Второе").await;
    socket.says(json!({"op": "ping"})).await;
    assert_eq!(socket.next().await, Heard::Frame(json!({"ev": "pong"})), "after a reset nothing is followed");
    socket.says(json!({"op": "subscribe", "feed": name, "after": 1, "epoch": epoch})).await;
    assert_eq!(socket.next_entry().await["seq"], 2);
}

on_both_engines!(
    everything_of_any_age_then_what_is_new,
    every_transcript_equals_the_database,
    numbers_of_another_history_are_reset,
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_socket_of_a_person_gets_everything() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let nina = world.resident(1);
    nina.joins(&room).await;
    let mut sockets: Vec<Socket> = Vec::new();
    for _ in 0..5 {
        sockets.push(nina.follows(&room).await);
    }
    for number in 0..20 {
        sockets[number % 5].posts(&room, &format!("{number}"), "Слово").await;
    }
    for socket in &mut sockets {
        for seq in 1..=20 {
            let entry = socket.next_entry().await;
            assert_eq!(
                (&entry["seq"], &entry["entry"]["cid"]),
                (&json!(seq), &json!(format!("{}", seq - 1)))
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn edits_and_hides_are_replayed_in_their_places() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let (nina, moderator) = (world.resident(1), world.moderator("rukha"));
    nina.joins(&room).await;
    let mut live = world.resident(2).follows(&room).await;
    let said = nina.posts(&room, "Одно").await;
    let other = nina.posts(&room, "Другое").await;
    nina.edits(&room, &said.id, "Одно, но верно").await;
    moderator.hides(&room, &other.id, "повтор").await;
    let mut late = world.resident(3).follows(&room).await;
    for seq in 1..=4 {
        let (heard, replayed) = (live.next_entry().await, late.next_entry().await);
        assert_eq!((&heard["seq"], &replayed["seq"]), (&json!(seq), &json!(seq)));
        assert_eq!(heard["entry"]["kind"], replayed["entry"]["kind"]);
        // Heard live before it was hidden, replayed as a placeholder after.
        let hidden = seq == 2;
        assert_eq!(heard["entry"] == replayed["entry"], !hidden, "{heard} {replayed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn following_again_on_the_same_socket_repeats_nothing_by_itself() {
    let world = World::lifted(Engine::Sqlite).await;
    let room = world.medchat("rukha");
    let (nina, viktor) = (world.resident(1), world.resident(2));
    nina.joins(&room).await;
    let mut socket = viktor.opens_socket().await;
    socket.subscribes(&feed(&room), Some(0)).await;
    let mut last = 0;
    let writing = async {
        for number in 0..100 {
            nina.tries_to_post(&room, &format!("{number}"), "Слово").await.with(201);
        }
    };
    let reading = async {
        while last < 100 {
            let Heard::Frame(frame) = socket.next().await else { panic!("it stays") };
            if frame["ev"] == "entry" {
                assert_eq!(frame["seq"], last + 1, "between two subscriptions too");
                last += 1;
            }
            if last % 10 == 5 && frame["ev"] == "entry" {
                // Following again from what one has: what was on the way comes before `subscribed`.
                socket.says(json!({"op": "subscribe", "feed": feed(&room), "after": last})).await;
                last = reads_up_to_subscribed(&mut socket, last).await;
            }
        }
    };
    tokio::join!(writing, reading);
    assert_eq!(world.is_gapless(&room).await, 100);
}

/// Reads what was on the way; the new subscription begins again after `asked`.
async fn reads_up_to_subscribed(socket: &mut Socket, asked: u64) -> u64 {
    let mut last = asked;
    loop {
        let Heard::Frame(frame) = socket.next().await else { panic!("it stays") };
        if frame["ev"] == "subscribed" {
            return asked;
        }
        assert_eq!(frame["seq"], last + 1);
        last += 1;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_stops_following_hears_no_more() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let nina = world.resident(1);
    nina.joins(&room).await;
    let mut socket = world.resident(2).follows(&room).await;
    nina.posts(&room, "Слышно").await;
    assert_eq!(socket.next_entry().await["seq"], 1);
    socket.says(json!({"op": "unsubscribe", "feed": feed(&room)})).await;
    socket.stays().await;
    nina.posts(&room, "Не слышно").await;
    socket.says(json!({"op": "ping"})).await;
    assert_eq!(socket.next().await, Heard::Frame(json!({"ev": "pong"})));
    socket.subscribes(&feed(&room), Some(1)).await;
    assert_eq!(socket.next_entry().await["seq"], 2);
}
