//! Going down: readiness falls first, sockets are asked to leave and told when to come back, and what was acknowledged
//! is there afterwards.

use std::collections::HashMap;
use std::time::Duration;

use http::Request;
use http_body_util::Full;
use serde_json::json;
use store::testing::Engine;
use tokio::time::{Instant, timeout};

use crate::people::Answer;
use crate::sockets::Heard;
use crate::world::{PATIENCE, World};

async fn get(world: &World, path: &str) -> Answer {
    let request = Request::get(format!("http://{}{path}", world.address));
    world.sends(request.body(Full::default()).unwrap()).await
}

async fn readiness_falls_sockets_leave_and_nothing_is_lost(engine: Engine) {
    let world = World::lifted(engine).await;
    let room = world.medchat("rukha");
    get(&world, "/healthz").await.with(200);
    get(&world, "/readyz").await.with(200);
    let people: Vec<_> = (1..=5).map(|number| world.resident(number)).collect();
    let mut sockets = Vec::new();
    for person in &people {
        person.joins(&room).await;
        sockets.push(person.opens_socket().await);
        sockets.push(person.follows(&room).await);
    }
    let (mut sending, mut hearing) = people[0].opens_socket().await.split();
    let started = Instant::now();
    let down = world.asks_to_stop();

    get_until_not_ready(&world).await;
    get(&world, "/healthz").await.with(200);
    let refused = world.opens_socket(&[]).await.err().expect("no new sockets");
    assert_eq!((refused.status, refused.code().as_str()), (503, "dependency_down"));

    let writing = async {
        let mut number = 0;
        while sending
            .says(json!({"op": "post", "cid": format!("{number}"), "room": room, "text": "Ещё"}))
            .await
        {
            number += 1;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let hearing = async {
        let mut acked = HashMap::new();
        let mut asked = None;
        loop {
            match hearing.next().await {
                Heard::Frame(frame) if frame["ev"] == "ack" => {
                    acked.insert(frame["seq"].as_u64().unwrap(), frame["id"].as_str().unwrap().to_owned());
                }
                Heard::Frame(frame) if frame["ev"] == "closing" => asked = Some(frame["retry_ms"].clone()),
                Heard::Frame(_) => {}
                Heard::Closed(code) => return (acked, asked, code),
            }
        }
    };
    let leaving = futures_util::future::join_all(sockets.iter_mut().map(|socket| async {
        let asked = socket.hears("closing").await["retry_ms"].clone();
        (asked, socket.closes().await)
    }));
    let ((acked, asked, code), left, ()) = tokio::join!(hearing, leaving, writing);
    assert_eq!((asked, code), (Some(json!([0, 8000])), 1012));
    assert!(left.iter().all(|end| *end == (json!([0, 8000]), 1012)), "{left:?}");
    timeout(PATIENCE, down).await.expect("it goes down").unwrap();
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());

    world.comes_back().await;
    let entries = world.entries(&room).await;
    world.is_gapless(&room).await;
    for (seq, id) in &acked {
        assert_eq!(entries[usize::try_from(*seq).unwrap() - 1].id.to_string(), *id);
    }
    get(&world, "/readyz").await.with(200);
}

async fn get_until_not_ready(world: &World) {
    let waiting = async {
        loop {
            let answer = get(world, "/readyz").await;
            if answer.status == 503 {
                assert_eq!(&answer.body[..], b"draining\n");
                return;
            }
        }
    };
    timeout(Duration::from_secs(1), waiting).await.expect("readiness falls at once, and it can be seen");
}

on_both_engines!(readiness_falls_sockets_leave_and_nothing_is_lost);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_signs_in_during_the_drain_is_asked_to_leave_too() {
    let world = World::new().await;
    let nina = world.resident(1);
    let token = nina.token().await.to_owned();
    let mut late = world.opens_socket(&[]).await.unwrap_or_else(|_| panic!("101"));
    let mut other = world.resident(2).opens_socket().await;
    let down = world.asks_to_stop();
    get_until_not_ready(&world).await;
    late.says(json!({"op": "auth", "token": token})).await;
    assert_eq!(late.closes().await, 1012);
    assert_eq!(other.closes().await, 1012);
    timeout(PATIENCE, down).await.expect("it goes down").unwrap();
}
