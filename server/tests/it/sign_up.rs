//! Opening an account: what is refused, what one may then do, and how often one may try.

use std::time::Duration;

use futures_util::future::join_all;
use http::{Request, header};
use http_body_util::Full;
use serde_json::json;
use store::testing::Engine;

use crate::world::World;

async fn one_login_is_taken_once(engine: Engine) {
    let world = World::on(engine).await;
    let body = json!({"login": "anna@example.org", "password": "длинный пароль", "alias": "Анна С."});
    let answers = join_all((0..10).map(|_| world.asks("POST", "/accounts", None, Some(body.clone())))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.code() == "login_taken").count(), 9);
}

on_both_engines!(one_login_is_taken_once);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_signs_up_may_read_and_not_write() {
    let world = World::new().await;
    let sign_up = |login: &str, password: &str, alias: &str| {
        let body = json!({"login": login, "password": password, "alias": alias});
        let world = &world;
        async move { world.asks("POST", "/accounts", None, Some(body)).await }
    };
    let account = sign_up("anna@example.org", "длинный пароль", "Анна С.").await.with(201).json();
    assert_eq!((&account["kind"], &account["verified_adult"]), (&json!("resident"), &json!(false)));
    sign_up("anna@example.org", "другой пароль", "Анна Т.").await.refused(409, "login_taken");
    sign_up("ANNA@example.org", "другой пароль", "Анна Т.").await.refused(409, "login_taken");
    assert_eq!(sign_up("b@example.org", "девять ж.", "Вера").await.invalid().0, "password");
    assert_eq!(sign_up("b@example.org", &"x".repeat(201), "Вера").await.invalid().1, "too_long");
    for alias in ["Главврач", "Гл\u{430}вврaч", "Администратор", "", "\u{202E}"] {
        assert_eq!(sign_up("b@example.org", "длинный пароль", alias).await.invalid().0, "alias", "{alias}");
    }
    let faults = sign_up("", "", "").await.refused(422, "invalid");
    assert_eq!(faults["errors"].as_array().unwrap().len(), 3, "every fault at once: {faults}");
    let more =
        json!({"login": "c@example.org", "password": "длинный пароль", "alias": "Вера", "kind": "staff"});
    let invalid = world.asks("POST", "/accounts", None, Some(more)).await.invalid();
    assert_eq!(invalid, ("kind".into(), "unknown_field".into()));

    let body = world.tries_to_sign_in("anna@example.org", "длинный пароль").await.with(201).json();
    let token = body["access_token"].as_str();
    let room = world.medchat("rukha");
    world.asks("GET", &format!("/rooms/{room}/messages"), token, None).await.with(200);
    world.asks("POST", &format!("/rooms/{room}/members"), token, None).await.with(201);
    let post = json!({"cid": "1", "text": "Можно?"});
    let answer = world.asks("POST", &format!("/rooms/{room}/messages"), token, Some(post)).await;
    answer.refused(403, "not_verified");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn haste_is_counted_per_address_whatever_a_header_says() {
    let world = World::new().await;
    // Nothing in it is right, but it is a sign-up, so it counts.
    let empty = json!({"login": "", "password": "", "alias": ""}).to_string();
    let attempt = |number: u32| {
        let request = Request::builder()
            .method("POST")
            .uri(format!("http://{}/api/v1/accounts", world.address))
            .header("x-forwarded-for", format!("198.51.100.{}", number % 250))
            .header("forwarded", format!("for=198.51.100.{}", number % 250))
            .header("x-real-ip", format!("198.51.100.{}", number % 250));
        world.sends(request.body(Full::from(empty.clone())).unwrap())
    };
    let mut taken = 0;
    let refused = loop {
        let answer = attempt(taken).await;
        if answer.status == 429 {
            break answer;
        }
        answer.refused(422, "invalid");
        taken += 1;
        assert!(taken <= 1000, "there is no limit");
    };
    assert!((100..=300).contains(&taken), "{taken} sign-ups in a minute");
    let wait: u64 = refused.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    refused.refused(429, "rate_limited");
    world.clock().advance(Duration::from_secs(wait));
    attempt(0).await.refused(422, "invalid");
}
