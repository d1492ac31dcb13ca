//! Rights that are given and taken: two administrators give, one takes, and what is taken reaches open sockets within a
//! second, with traffic flowing.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use store::testing::Engine;
use tokio::time::timeout;

use crate::people::Person;
use crate::world::{World, feed};

const SECOND: Duration = Duration::from_secs(1);

/// The only grant somebody has.
async fn grant_of(person: &Person<'_>) -> String {
    let me = person.reads("/me").await;
    assert_eq!(me["grants"].as_array().unwrap().len(), 1);
    me["grants"][0]["id"].as_str().unwrap().to_owned()
}

/// A role in organisation A of Khabarovsk krai for somebody.
pub async fn proposal(person: &Person<'_>, role: &str) -> Value {
    let staff_room = person.world.room(&person.world.staff_room("rukha", "a"));
    let organisation = staff_room.room.organisations[0].to_string();
    let scope = json!({"kind": "organisation", "id": organisation});
    json!({"account": person.account().await, "role": role, "scope": scope})
}

/// Gives a grant with four eyes.
pub async fn is_given(world: &World, proposal: Value) -> String {
    let pending = world.administrator(1).asks("POST", "/grants", Some(proposal)).await.with(202).json();
    assert_eq!(pending["state"], "pending");
    let id = pending["id"].as_str().unwrap().to_owned();
    let approved =
        world.administrator(2).asks("POST", &format!("/grants/{id}/approve"), None).await.with(200);
    assert_eq!(approved.json(), json!({"id": id, "state": "approved"}));
    id
}

async fn a_right_taken_away_reaches_open_sockets(engine: Engine) {
    let world = World::lifted(engine).await;
    let (room, staff_room) = (world.medchat("rukha"), world.staff_room("rukha", "a"));
    let (nina, chief) = (world.resident(1), world.person("chief.rukha@demo"));
    let (responder, admin) = (world.responder("rukha"), world.administrator(1));
    nina.joins(&room).await;
    let grant = grant_of(&responder).await;
    let mut sockets = [responder.follows(&room).await, responder.follows(&staff_room).await];
    let mut neighbour = chief.follows(&staff_room).await;
    responder.answers(&room, "Пока можно").await;

    let over = AtomicBool::new(false);
    let traffic = async {
        let mut said = 0;
        while !over.load(Ordering::Relaxed) {
            nina.posts(&room, "Поток").await;
            chief.answers(&staff_room, "Внутренний поток").await;
            said += 1;
        }
        said
    };
    let taking = async {
        for socket in &mut sockets {
            socket.next_entry().await;
        }
        let taken_at = world.is_gapless(&staff_room).await;
        admin.asks("DELETE", &format!("/grants/{grant}"), None).await.with(204);
        let [first, second] = &mut sockets;
        let closed = timeout(SECOND, async { (first.closes().await, second.closes().await) }).await;
        assert_eq!(closed.expect("closed within a second"), (4503, 4503));
        over.store(true, Ordering::Relaxed);
        taken_at
    };
    let (said, taken_at) = tokio::join!(traffic, taking);
    assert!(said > 0 && taken_at > 0);

    responder.tries_to_post(&room, "after", "Уже нельзя").await.refused(403, "not_allowed");
    responder.asks("GET", &format!("/rooms/{staff_room}"), None).await.refused(404, "not_found");
    responder.asks("GET", &format!("/rooms/{staff_room}/messages"), None).await.refused(404, "not_found");
    // The session goes on, without the right.
    let mut socket = responder.opens_socket().await;
    let subscribe = json!({"op": "subscribe", "feed": feed(&staff_room), "after": 0});
    socket.is_refused(subscribe, "not_found").await;
    let post = json!({"op": "post", "cid": "after", "room": room, "text": "Уже нельзя"});
    socket.is_refused(post, "not_allowed").await;
    assert_eq!(responder.reads("/me").await["grants"], json!([]));
    admin.asks("DELETE", &format!("/grants/{grant}"), None).await.refused(409, "already_done");
    let rows = store::audit::about(&world.store(), &format!("grant:{grant}")).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.act.as_str()).collect::<Vec<_>>(), ["grant.revoke"]);
    // The others of the room never noticed.
    for seq in 1..=world.is_gapless(&staff_room).await {
        assert_eq!(neighbour.next_entry().await["seq"], seq);
    }
}

on_both_engines!(a_right_taken_away_reaches_open_sockets);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_ends_on_its_day() {
    let world = World::new().await;
    let observer = world.person("observer.rukha@demo");
    let room = world.medchat("rukha");
    observer.tries_to_post(&room, "1", "Рано").await.refused(403, "not_allowed");
    let mut body = proposal(&observer, "responder").await;
    body["until"] = json!("2026-11-23T06:05:00.000Z");
    is_given(&world, body).await;
    observer.answers(&room, "Теперь можно").await;
    let mut socket = observer.follows(&world.staff_room("rukha", "a")).await;
    world.clock().advance(Duration::from_secs(299));
    tokio::time::sleep(SECOND).await;
    socket.stays().await;
    world.clock().advance(SECOND);
    observer.tries_to_post(&room, "2", "Поздно").await.refused(403, "not_allowed");
    let closed = timeout(SECOND, socket.closes()).await.expect("closed within a second");
    assert_eq!(closed, 4503);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_that_begins_disturbs_nobody() {
    let world = World::new().await;
    let observer = world.person("observer.rukha@demo");
    let room = world.medchat("rukha");
    let mut body = proposal(&observer, "responder").await;
    body["from"] = json!("2026-11-23T06:05:00.000Z");
    is_given(&world, body).await;
    let mut socket = observer.opens_socket().await;
    observer.tries_to_post(&room, "1", "Рано").await.refused(403, "not_allowed");
    world.clock().advance(Duration::from_secs(300));
    assert_eq!(socket.posts(&room, "1", "Теперь можно").await.seq, 1);
    // Two looks of the server at its clock.
    tokio::time::sleep(SECOND + SECOND / 5).await;
    socket.stays().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_administrators_give_and_nobody_gives_to_oneself() {
    let world = World::new().await;
    let (first, second) = (world.administrator(1), world.administrator(2));
    let observer = world.person("observer.rukha@demo");
    let room = world.medchat("rukha");
    let body = proposal(&observer, "responder").await;
    let pending = first.asks("POST", "/grants", Some(body.clone())).await.with(202).json();
    let path = format!("/grants/{}/approve", pending["id"].as_str().unwrap());
    observer.tries_to_post(&room, "1", "Ещё не").await.refused(403, "not_allowed");
    assert_eq!(
        observer.reads("/me").await["grants"].as_array().unwrap().len(),
        1,
        "what is pending is no grant"
    );
    first.asks("POST", &path, None).await.refused(403, "four_eyes");
    second.asks("POST", &path, None).await.with(200);
    observer.answers(&room, "Теперь да").await;
    second.asks("POST", &path, None).await.refused(409, "already_done");

    let to_oneself =
        json!({"account": first.account().await, "role": "auditor", "scope": {"kind": "federation"}});
    first.asks("POST", "/grants", Some(to_oneself)).await.refused(403, "four_eyes");
    let to_each_other =
        json!({"account": second.account().await, "role": "auditor", "scope": {"kind": "federation"}});
    let pending = first.asks("POST", "/grants", Some(to_each_other)).await.with(202).json();
    let path = format!("/grants/{}/approve", pending["id"].as_str().unwrap());
    second.asks("POST", &path, None).await.refused(403, "four_eyes");

    let pending = first.asks("POST", "/grants", Some(body)).await.with(202).json();
    let path = format!("/grants/{}", pending["id"].as_str().unwrap());
    first.asks("DELETE", &path, None).await.with(204);
    let state = second.asks("POST", &format!("{path}/approve"), None).await.refused(409, "wrong_state");
    assert_eq!(state["state"], "revoked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_approvals_at_once_approve_once() {
    let world = World::new().await;
    let observer = world.person("observer.rukha@demo");
    let body = proposal(&observer, "responder").await;
    let pending = world.administrator(1).asks("POST", "/grants", Some(body)).await.with(202).json();
    let path = format!("/grants/{}/approve", pending["id"].as_str().unwrap());
    let second = world.administrator(2);
    second.session().await;
    let answers = futures_util::future::join_all((0..50).map(|_| second.asks("POST", &path, None))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.code() == "already_done").count(), 49);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_fits_its_holder_and_its_scope() {
    let world = World::new().await;
    let admin = world.administrator(1);
    let (nina, observer) = (world.resident(1), world.person("observer.rukha@demo"));
    let good = proposal(&observer, "responder").await;
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    let region = json!({"kind": "region", "id": "RU-KHA"});
    let nobody = "01939f6e-7c3a-7000-8000-0123456789ab";
    for (body, field) in [
        (with("role", json!("king")), "role"),
        (with("account", json!(nobody)), "account"),
        (with("account", json!("no id")), "account"),
        (with("account", json!(nina.account().await)), "account"),
        (with("scope", region.clone()), "scope.kind"),
        (with("scope", json!({"kind": "organisation", "id": nobody})), "scope"),
        (with("scope", json!({"kind": "kitchen", "id": nobody})), "scope"),
        (with("scope", json!({"kind": "federation", "id": nobody})), "scope"),
        (with("scope", json!({"kind": "region", "id": "RU-XX"})), "scope"),
        (with("from", json!("tomorrow")), "from"),
        (with("until", json!("2026-11-23T05:00:00.000Z")), "until"),
        (with("reason", json!("x")), "reason"),
    ] {
        let invalid = admin.asks("POST", "/grants", Some(body.clone())).await.invalid();
        assert!(invalid.0.starts_with(field), "{body}: {invalid:?}");
    }
    let volunteer = json!({"account": nina.account().await, "role": "volunteer",
        "scope": {"kind": "room", "id": world.medchat("rukha")}});
    admin.asks("POST", "/grants", Some(volunteer)).await.with(202);
}
