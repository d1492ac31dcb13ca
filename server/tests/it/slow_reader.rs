//! A reader that does not read is closed with 4001 and comes back for the rest; nobody else notices.

use std::time::Duration;

use serde_json::json;
use store::testing::Engine;
use tokio::time::{Instant, timeout};

use crate::sockets::Heard;
use crate::world::{World, feed};

/// 16 KB each.
const POSTS: u64 = 400;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_read_is_closed_and_nobody_else_notices() {
    let world = World::lifted(Engine::Sqlite).await;
    let room = world.medchat("rukha");
    let nina = world.resident(1);
    nina.joins(&room).await;
    let sleeper = world.resident(2);
    let bearer = format!("Bearer {}", sleeper.token().await);
    let opened = world.opens_narrow_socket(&[("authorization", &bearer)]).await;
    let mut asleep = opened.unwrap_or_else(|_| panic!("101"));
    asleep.hears("hello").await;
    asleep.subscribes(&feed(&room), Some(0)).await;
    let mut awake = world.resident(3).follows(&room).await;

    let text = "🏥".repeat(4000);
    let writing = async {
        for number in 0..POSTS {
            nina.tries_to_post(&room, &number.to_string(), &text).await.with(201);
        }
    };
    let reading = async {
        let mut slowest = Duration::ZERO;
        for seq in 1..=POSTS {
            let since = Instant::now();
            assert_eq!(awake.next_entry().await["seq"], seq);
            slowest = slowest.max(since.elapsed());
        }
        slowest
    };
    let ((), slowest) = tokio::join!(writing, reading);
    assert!(slowest < Duration::from_secs(2), "the neighbour waited {slowest:?}");

    // What had left before it was closed is a piece without a hole.
    let mut got = 0;
    let code = loop {
        match timeout(Duration::from_secs(10), asleep.next()).await.expect("it is over soon") {
            Heard::Frame(frame) if frame["ev"] == "entry" => {
                got += 1;
                assert_eq!(frame["seq"], got);
            }
            Heard::Frame(frame) => panic!("{frame}"),
            Heard::Closed(code) => break code,
        }
    };
    assert_eq!(code, 4001);
    assert!(got < POSTS, "it was cut off");
    let mut back = sleeper.opens_socket().await;
    back.subscribes(&feed(&room), Some(got)).await;
    for seq in got + 1..=POSTS {
        assert_eq!(back.next_entry().await["seq"], seq);
    }
    nina.posts(&room, "И дальше").await;
    assert_eq!(back.next_entry().await["entry"]["text"], json!("И дальше"));
}
