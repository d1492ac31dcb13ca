//! One account that posts ten thousand times in a burst is slowed, then closed; others are served as ever and nothing
//! is stored half.

use std::collections::HashMap;
use std::time::Duration;

use domain::feed::Body;
use serde_json::json;
use tokio::time::Instant;

use crate::sockets::Heard;
use crate::world::{World, feed};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_posts_in_a_burst_are_slowed_then_closed() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let (flooder, neighbour) = (world.resident(1), world.resident(2));
    flooder.joins(&room).await;
    neighbour.joins(&room).await;
    let mut onlooker = world.responder("rukha").follows(&room).await;
    let (mut sending, mut hearing) = flooder.opens_socket().await.split();

    let room_of_flood = room.clone();
    let flood = tokio::spawn(async move {
        for number in 0..10_000 {
            let frame = json!({"op": "post", "cid": format!("flood {number}"), "room": room_of_flood, "text": "Поток"});
            if !sending.says(frame).await {
                break;
            }
        }
        sending
    });
    let served = async {
        let mut slowest = Duration::ZERO;
        for _ in 0..20 {
            let since = Instant::now();
            neighbour.posts(&room, "Я тоже здесь").await;
            slowest = slowest.max(since.elapsed());
        }
        slowest
    };
    let heard = async {
        let mut acks = HashMap::new();
        let mut errors = 0_u64;
        let mut closing = None;
        loop {
            match hearing.next().await {
                Heard::Frame(frame) if frame["ev"] == "ack" => {
                    let seq = frame["seq"].as_u64().unwrap();
                    acks.insert(frame["cid"].as_str().unwrap().to_owned(), seq);
                }
                Heard::Frame(frame) if frame["ev"] == "error" => {
                    assert_eq!(frame["code"], "rate_limited");
                    assert!(
                        frame["cid"].is_string() && frame["retry_after"].as_u64().unwrap() >= 1,
                        "{frame}"
                    );
                    errors += 1;
                }
                Heard::Frame(frame) => {
                    assert_eq!(frame["ev"], "closing");
                    closing = Some(frame["retry_ms"].clone());
                }
                Heard::Closed(code) => return (acks, errors, closing, code),
            }
        }
    };
    let (slowest, (acks, errors, closing, code)) = tokio::join!(served, heard);
    drop(flood.await.unwrap());
    assert_eq!(code, 4429);
    let retry = closing.expect("`closing` comes before 4429");
    assert!(retry[0].as_u64() < retry[1].as_u64(), "{retry}");
    assert!(acks.len() < 1000 && errors >= 10, "{} acks, {errors} errors", acks.len());
    assert!(slowest < Duration::from_secs(2), "the neighbour waited {slowest:?}");

    let head = world.is_gapless(&room).await;
    assert_eq!(head, acks.len() as u64 + 20, "what was refused is nowhere");
    let entries = world.entries(&room).await;
    for seq in acks.values() {
        let entry = &entries[usize::try_from(*seq).unwrap() - 1];
        assert_eq!(entry.body, Body::Message { text: Some("Поток".into()) });
        assert_eq!(entry.author.account.to_string(), flooder.account().await);
    }
    for seq in 1..=head {
        assert_eq!(onlooker.next_entry().await["seq"], seq);
    }
    let late = flooder.tries_to_post(&room, "more", "Ещё").await;
    assert!(late.headers.contains_key("retry-after"));
    late.refused(429, "rate_limited");
    world.clock().advance(Duration::from_secs(60));
    assert_eq!(world.resident(1).posts(&room, "Уже спокойно").await.seq, head + 1);
    onlooker.subscribes(&feed(&room), Some(head)).await;
}
