//! Giving up a try: it is barred for ever or has landed, and a race between the two has one outcome.

use serde_json::json;
use store::testing::Engine;

use crate::sockets::Heard;
use crate::world::World;

async fn a_try_is_given_up_for_ever_or_has_landed(engine: Engine) {
    let world = World::on(engine).await;
    let room = world.medchat("rukha");
    let nina = world.resident(1);
    nina.joins(&room).await;
    let mut socket = nina.opens_socket().await;
    for _ in 0..2 {
        socket.says(json!({"op": "cancel", "cid": "given up"})).await;
        assert_eq!(socket.hears("cancelled").await["cid"], "given up");
    }
    let post = json!({"op": "post", "cid": "given up", "room": room, "text": "Поздно"});
    assert_eq!(socket.is_refused(post, "cid_conflict").await["cid"], "given up");
    nina.tries_to_post(&room, "given up", "Поздно").await.refused(409, "cid_conflict");

    let landed = socket.posts(&room, "landed", "Уже там").await;
    socket.says(json!({"op": "cancel", "cid": "landed"})).await;
    let ack = socket.hears("ack").await;
    assert_eq!((&ack["cid"], &ack["seq"], &ack["id"]), (&json!("landed"), &json!(1), &json!(landed.id)));
    // Nobody gives up for another.
    let neighbour = world.resident(2);
    neighbour.joins(&room).await;
    neighbour.tries_to_post(&room, "given up", "Не моя отмена").await.with(201);
    world.restarts().await;
    nina.tries_to_post(&room, "given up", "Поздно").await.refused(409, "cid_conflict");
    assert_eq!(world.is_gapless(&room).await, 2);
}

async fn post_and_cancel_race_to_one_outcome(engine: Engine) {
    let world = World::lifted(engine).await;
    let room = world.medchat("rukha");
    let nina = world.resident(1);
    nina.joins(&room).await;
    let (mut writer, mut canceller) = (nina.opens_socket().await, nina.opens_socket().await);
    let mut landed = 0;
    for number in 0..30 {
        let cid = format!("race {number}");
        let post = json!({"op": "post", "cid": cid, "room": room, "text": "Кто первый"});
        let cancel = json!({"op": "cancel", "cid": cid});
        tokio::join!(writer.says(post), canceller.says(cancel));
        let (Heard::Frame(posted), Heard::Frame(cancelled)) = (writer.next().await, canceller.next().await)
        else {
            panic!("both answer")
        };
        let words = (posted["ev"].as_str().unwrap(), cancelled["ev"].as_str().unwrap());
        match words {
            ("ack", "ack") => {
                assert_eq!(posted["seq"], cancelled["seq"]);
                landed += 1;
            }
            ("error", "cancelled") => assert_eq!(posted["code"], "cid_conflict"),
            other => panic!("{other:?}: {posted} {cancelled}"),
        }
    }
    assert_eq!(world.is_gapless(&room).await, landed);
}

on_both_engines!(a_try_is_given_up_for_ever_or_has_landed, post_and_cancel_race_to_one_outcome);
