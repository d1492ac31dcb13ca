//! The main job from end to end: a resident finds a room, asks, the clinic answers, everybody reads both once and in
//! order, and after a restart it is all still there.

use serde_json::json;
use store::testing::Engine;

use crate::world::{World, feed};

async fn a_resident_asks_and_the_clinic_answers(engine: Engine) {
    let world = World::on(engine).await;
    let found = world.asks("GET", "/rooms?region=RU-KHA&kind=medchat", None, None).await.with(200).json();
    let code = found["items"][0]["invitation_code"].as_str().unwrap().to_owned();
    let opened = world.asks("GET", &format!("/invitations/{code}"), None, None).await.with(200).json();
    let room = opened["room"]["id"].as_str().unwrap().to_owned();

    let (nina, neighbour, clinic) = (world.resident(1), world.resident(2), world.responder("rukha"));
    nina.joins(&room).await;
    neighbour.joins(&room).await;
    let mut console = clinic.follows(&room).await;
    let mut phone = neighbour.follows(&room).await;

    let question = nina.posts(&room, "Когда принимает терапевт?").await;
    let heard = console.next_entry().await;
    assert_eq!(heard["entry"]["text"], "Когда принимает терапевт?");
    assert_eq!(heard["entry"]["author"]["kind"], "resident");
    let answer = clinic.answers(&room, "С восьми до двух.").await;
    assert_eq!((question.seq, answer.seq), (1, 2));
    assert_eq!(console.next_entry().await["seq"], 2);
    for seq in [1, 2] {
        let heard = phone.next_entry().await;
        assert_eq!(heard["seq"], seq);
        assert_eq!(heard["entry"]["author"].get("signature").is_some(), seq == 2, "{heard}");
    }
    drop((console, phone));

    let epoch = neighbour.opens_socket().await.subscribes(&feed(&room), None).await["epoch"].clone();
    world.restarts().await;
    let mut phone = neighbour.opens_socket().await;
    let subscribed = phone.subscribes(&feed(&room), Some(1)).await;
    assert_eq!((&subscribed["epoch"], &subscribed["head"]), (&epoch, &json!(2)));
    assert_eq!(phone.next_entry().await["entry"]["text"], "С восьми до двух.");
    phone.stays().await;
    assert_eq!(nina.history(&room).await.len(), 2);
}

on_both_engines!(a_resident_asks_and_the_clinic_answers);
