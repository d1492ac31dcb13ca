//! Sessions: nothing tells who has a login, a refresh token turns once and its thief is caught, signing out
//! reaches open sockets.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::join_all;
use http::{Request, header};
use http_body_util::Full;
use store::testing::Engine;
use tokio::time::{Instant, timeout};

use crate::people::{Answer, PASSWORD};
use crate::tokens::{auth, claims};
use crate::world::{Setting, World};

const SECOND: Duration = Duration::from_secs(1);

fn without_date(answer: &Answer) -> (u16, Vec<(String, String)>, Vec<u8>) {
    let headers = answer.headers.iter().filter(|(name, _)| *name != header::DATE);
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    (answer.status, headers.collect(), answer.body.to_vec())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_tells_a_wrong_login_from_a_wrong_password() {
    let world = World::new().await;
    let wrong_password = world.tries_to_sign_in("resident1.rukha@demo", "not the password").await;
    for login in ["nobody@demo", "", "not a login \u{202E}", &"x".repeat(500)] {
        let wrong_login = world.tries_to_sign_in(login, PASSWORD).await;
        assert_eq!(without_date(&wrong_login), without_date(&wrong_password), "{login}");
    }
    wrong_password.refused(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_login_costs_a_hash_too() {
    let world = World::new().await;
    let mut fastest = [Duration::MAX; 2];
    for _ in 0..25 {
        for (fastest, login) in fastest.iter_mut().zip(["resident1.rukha@demo", "nobody@demo"]) {
            let started = Instant::now();
            world.tries_to_sign_in(login, "not the password").await.refused(401, "unauthenticated");
            *fastest = started.elapsed().min(*fastest);
        }
    }
    let [known, unknown] = fastest;
    // Without the hash it would be a twentieth; the rest is what a busy machine adds.
    assert!(unknown > known / 4 && known > unknown / 4, "known {known:?}, unknown {unknown:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guessing_waits_longer_each_time_and_locks_nobody_out() {
    let world = World::with(Setting { is_open: true, ..Setting::default() }).await;
    for wait in [0, 0, 0, 0, 2, 4, 8] {
        world
            .tries_to_sign_in("resident2.rukha@demo", "not the password")
            .await
            .refused(401, "unauthenticated");
        if wait > 0 {
            let answer = world.tries_to_sign_in("resident2.rukha@demo", PASSWORD).await;
            assert_eq!(answer.headers[header::RETRY_AFTER], wait.to_string());
            answer.refused(429, "rate_limited");
            world.clock().advance(wait * SECOND);
        }
    }
    // Whoever knows it has waited, and that is all.
    world.clock().advance(60 * SECOND);
    world.tries_to_sign_in("resident2.rukha@demo", PASSWORD).await.with(201);
    world.tries_to_sign_in("resident2.rukha@demo", "not the password").await.refused(401, "unauthenticated");
    world.tries_to_sign_in("resident2.rukha@demo", PASSWORD).await.with(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cookie_is_for_the_browser_alone() {
    let world = World::new().await;
    let answer = world.tries_to_sign_in("resident1.rukha@demo", PASSWORD).await.with(201);
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("medchat_refresh="), "{cookie}");
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=2592000"] {
        assert!(cookie.split("; ").any(|part| part == attribute), "{attribute}: {cookie}");
    }
    let body = answer.json();
    assert_eq!(body["expires_in"], 600);
    assert_eq!(body["account"]["verified_adult"], true);
    let secret = answer.cookie().unwrap().split_once('=').unwrap().1.to_owned();
    assert!(!String::from_utf8_lossy(&answer.body).contains(&secret), "no script may see it");
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
}

async fn a_refresh_token_turns_once_and_its_thief_is_caught(engine: Engine) {
    let world = World::on(engine).await;
    let nina = world.resident(1);
    let first = nina.session().await.cookie.clone();
    let mut socket = nina.opens_socket().await;

    let turned = world.refreshes(&first).await.with(200);
    let second = turned.cookie().unwrap();
    assert_ne!(first, second);
    let token = turned.json()["access_token"].as_str().unwrap().to_owned();
    world.asks("GET", "/me", Some(&token), None).await.with(200);

    world.clock().advance(10 * SECOND);
    let repeat = world.refreshes(&first).await.with(200);
    assert_eq!(repeat.cookie().unwrap(), second, "a lost answer is repeated");
    socket.stays().await;

    world.clock().advance(Duration::from_millis(1));
    world.refreshes(&first).await.refused(401, "unauthenticated");
    let closed = timeout(SECOND, socket.closes()).await.expect("closed within a second");
    assert_eq!(closed, 4503);
    world.refreshes(&second).await.refused(401, "unauthenticated");
    world.asks("GET", "/me", Some(&token), None).await.refused(401, "unauthenticated");
    let session = claims(&token)["sid"].as_str().unwrap().to_owned();
    let rows = store::audit::about(&world.store(), &format!("session:{session}")).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.act.as_str()).collect::<Vec<_>>(), ["session.theft"]);
    world.resident(1).opens_socket().await.stays().await;
}

async fn fifty_parallel_refreshes_have_one_child(engine: Engine) {
    let world = World::on(engine).await;
    let nina = world.resident(1);
    let cookie = nina.session().await.cookie.clone();
    let answers = join_all((0..50).map(|_| world.refreshes(&cookie))).await;
    let children: HashSet<String> = answers.iter().map(|answer| answer.cookie().unwrap()).collect();
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(children.len(), 1);
    let grandchild = world.refreshes(children.iter().next().unwrap()).await.with(200);
    assert!(!children.contains(&grandchild.cookie().unwrap()));
}

on_both_engines!(a_refresh_token_turns_once_and_its_thief_is_caught, fifty_parallel_refreshes_have_one_child,);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_needs_a_cookie_that_counts_and_a_page_of_ours() {
    let world = World::new().await;
    let nina = world.resident(1);
    let cookie = nina.session().await.cookie.clone();
    world.asks("POST", "/sessions/refresh", None, None).await.refused(401, "unauthenticated");
    for forged in ["medchat_refresh=", "medchat_refresh=x", "medchat_refresh=../../etc", "other=1"] {
        world.refreshes(forged).await.refused(401, "unauthenticated");
    }
    let from = |origin: &str| {
        let request = Request::builder()
            .method("POST")
            .uri(format!("http://{}/api/v1/sessions/refresh", world.address))
            .header(header::COOKIE, &cookie)
            .header(header::ORIGIN, origin);
        request.body(Full::default()).unwrap()
    };
    for foreign in ["null", "https://evil.example", "http://127.0.0.1:1"] {
        world.sends(from(foreign)).await.refused(403, "not_allowed");
    }
    world.sends(from(&format!("http://{}", world.address))).await.with(200);
    world.clock().advance(31 * 24 * 3600 * SECOND);
    let late = world.resident(1);
    let late = late.session().await.cookie.clone();
    world.clock().advance(30 * 24 * 3600 * SECOND);
    world.refreshes(&late).await.refused(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_kills_the_token_and_closes_the_sockets() {
    let world = World::new().await;
    let (phone, desktop) = (world.resident(1), world.resident(1));
    let mut of_phone = [phone.opens_socket().await, phone.opens_socket().await];
    let mut of_desktop = desktop.opens_socket().await;
    let gone = phone.asks("DELETE", "/sessions/current", None).await.with(204);
    assert!(gone.headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    for socket in &mut of_phone {
        let closed = timeout(SECOND, socket.closes()).await.expect("closed within a second");
        assert_eq!(closed, 4503);
    }
    phone.asks("GET", "/me", None).await.refused(401, "unauthenticated");
    phone.asks("DELETE", "/sessions/current", None).await.refused(401, "unauthenticated");
    world.refreshes(&phone.session().await.cookie).await.refused(401, "unauthenticated");
    assert_eq!(auth(&world, phone.token().await).await.closes().await, 4503);
    of_desktop.stays().await;
    desktop.reads("/me").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_may_have_many_sessions() {
    let world = World::new().await;
    let people = [0; 8].map(|_| world.resident(1));
    for person in &people {
        person.session().await;
    }
    for person in &people {
        person.opens_socket().await.stays().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_token_says_so_and_an_open_socket_outlives_it() {
    let world = World::new().await;
    let nina = world.resident(1);
    let mut socket = nina.opens_socket().await;
    world.clock().advance(629 * SECOND);
    nina.reads("/me").await;
    world.clock().advance(SECOND);
    nina.asks("GET", "/me", None).await.refused(401, "token_expired");
    let bearer = format!("Bearer {}", nina.token().await);
    let mut late = world.opens_socket(&[("authorization", &bearer)]).await.unwrap_or_else(|_| panic!("101"));
    assert_eq!(late.closes().await, 4004);
    assert_eq!(auth(&world, nina.token().await).await.closes().await, 4004);
    socket.stays().await;
    let fresh = world.refreshes(&nina.session().await.cookie).await.with(200).json();
    world.asks("GET", "/me", fresh["access_token"].as_str(), None).await.with(200);
}
