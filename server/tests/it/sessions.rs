//! Where one is signed in, and signing out there from here: what is ended there is silent at once.

use std::time::Duration;

use http::{Request, header};
use http_body_util::Full;
use serde_json::{Value, json};
use store::testing::Engine;
use tokio::time::timeout;

use crate::people::{PASSWORD, Person};
use crate::world::World;

/// Signs in with a browser that calls itself so.
async fn signs_in_on(world: &World, login: &str, agent: &str) {
    let request = Request::builder()
        .method("POST")
        .uri(format!("http://{}/api/v1/sessions", world.address))
        .header(header::USER_AGENT, agent);
    let body = json!({"login": login, "password": PASSWORD}).to_string();
    world.sends(request.body(Full::from(body)).unwrap()).await.with(201);
}

async fn listed(who: &Person<'_>) -> Vec<Value> {
    who.reads("/sessions").await["items"].as_array().unwrap().clone()
}

async fn one_signs_out_elsewhere_from_here(engine: Engine) {
    let world = World::on(engine).await;
    let (here, there) = (world.resident(1), world.resident(1));
    let mut socket = there.opens_socket().await;
    world.clock().advance(Duration::from_secs(60));
    here.session().await;
    world.clock().advance(Duration::from_secs(60));
    signs_in_on(
        &world,
        "resident1.rukha@demo",
        "Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile Safari/537.36",
    )
    .await;
    let sessions = listed(&here).await;
    let devices: Vec<&Value> = sessions.iter().map(|session| &session["device"]).collect();
    assert_eq!(devices, [&json!("Chrome · Android"), &Value::Null, &Value::Null]);
    let current: Vec<bool> = sessions.iter().map(|session| session["current"] == true).collect();
    assert_eq!(current, [false, true, false], "the last seen first");

    let of_the_other = sessions[2]["id"].as_str().unwrap();
    // Somebody else does not see it, and does not end it.
    let stranger = world.resident(2);
    stranger.asks("DELETE", &format!("/sessions/{of_the_other}"), None).await.refused(404, "not_found");
    socket.stays().await;
    here.asks("DELETE", &format!("/sessions/{of_the_other}"), None).await.with(204);
    let closed = timeout(Duration::from_secs(1), socket.closes()).await.expect("closed within a second");
    assert_eq!(closed, 4503);
    there.asks("GET", "/me", None).await.refused(401, "unauthenticated");
    world.refreshes(&there.session().await.cookie).await.refused(401, "unauthenticated");
    here.asks("DELETE", &format!("/sessions/{of_the_other}"), None).await.refused(404, "not_found");

    here.asks("DELETE", "/sessions", None).await.with(204);
    let left = listed(&here).await;
    assert_eq!((left.len(), &left[0]["current"]), (1, &json!(true)));
    let asked = store::audit::Asked { act: Some("session.end".into()), ..Default::default() };
    assert_eq!(store::audit::search(&world.store(), &asked, 9).await.unwrap().len(), 2);
}

on_both_engines!(one_signs_out_elsewhere_from_here);
