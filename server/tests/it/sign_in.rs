//! Accounts and sessions: nothing tells who has a login, a refresh token turns once and its thief is caught, signing out
//! reaches open sockets, and no forged token passes.

use std::collections::HashSet;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use futures_util::future::join_all;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{Request, header};
use http_body_util::Full;
use serde_json::{Value, json};
use sha2::Sha256;
use store::testing::Engine;
use tokio::time::{Instant, timeout};

use crate::people::{Answer, PASSWORD, Socket};
use crate::world::{World, keys};

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

async fn one_login_is_taken_once(engine: Engine) {
    let world = World::on(engine).await;
    let body = json!({"login": "anna@example.org", "password": "длинный пароль", "alias": "Анна С."});
    let answers = join_all((0..10).map(|_| world.asks("POST", "/accounts", None, Some(body.clone())))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.code() == "login_taken").count(), 9);
}

on_both_engines!(
    one_login_is_taken_once,
    a_refresh_token_turns_once_and_its_thief_is_caught,
    fifty_parallel_refreshes_have_one_child,
);

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

/// A socket on which the first frame signed in with this token.
async fn auth(world: &World, token: &str) -> Socket {
    let mut socket = world.opens_socket(&[]).await.unwrap_or_else(|_| panic!("101"));
    socket.says(json!({"op": "auth", "token": token})).await;
    socket
}

fn claims(token: &str) -> Value {
    serde_json::from_slice(&BASE64.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

fn signed(header: &Value, claims: &str, key: &[u8]) -> String {
    let body = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(body.as_bytes());
    format!("{body}.{}", BASE64.encode(mac.finalize().into_bytes()))
}

/// Tokens with a claim that is missing or wrong, all signed with our own key.
fn with_wrong_claims(good: &Value) -> Vec<(String, String)> {
    let now = good["iat"].as_i64().unwrap();
    let wrong = [
        ("exp", json!("9999999999")),
        ("exp", json!(now as f64 + 600.5)),
        ("exp", json!(u64::MAX)),
        ("exp", json!(true)),
        ("nbf", json!(now + 31)),
        ("nbf", json!("0")),
        ("nbf", json!(i64::MAX)),
        ("iat", json!(now + 31)),
        ("aud", json!("another")),
        ("aud", json!(["another"])),
        ("iss", json!("another")),
        ("sub", json!("")),
        ("sub", json!("01939f6e-7c3a-7000-8000-0123456789ab")),
        ("sub", json!("' or 1=1 --")),
        ("sid", json!("01939f6e-7c3a-7000-8000-0123456789ab")),
        ("sid", json!(1)),
        ("role", json!("administrator")),
    ];
    let key = keys().token[0].bytes;
    let header = json!({"alg": "HS256", "typ": "JWT", "kid": "k-token"});
    let mut tokens = Vec::new();
    for (name, value) in wrong {
        let mut claims = good.clone();
        claims[name] = value.clone();
        tokens.push((format!("{name} {value}"), signed(&header, &claims.to_string(), &key)));
    }
    for name in ["sub", "sid", "exp", "nbf", "iat", "iss", "aud", "jti"] {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(name);
        tokens.push((format!("no {name}"), signed(&header, &claims.to_string(), &key)));
        claims[name] = Value::Null;
        tokens.push((format!("{name} null"), signed(&header, &claims.to_string(), &key)));
    }
    tokens
}

/// Tokens with a header that lies, or another signature.
fn with_wrong_headers(token: &str, good: &Value) -> Vec<(String, String)> {
    let key = keys().token[0].bytes;
    let claims = good.to_string();
    let headers = [
        json!({"alg": "none", "kid": "k-token"}),
        json!({"alg": "None", "kid": "k-token"}),
        json!({"alg": "HS384", "kid": "k-token"}),
        json!({"alg": "RS256", "kid": "k-token"}),
        json!({"alg": "EdDSA", "kid": "k-token"}),
        json!({"alg": "HS256"}),
        json!({"kid": "k-token"}),
        json!({"alg": "HS256", "kid": "another"}),
        json!({"alg": "HS256", "kid": ""}),
        json!({"alg": "HS256", "kid": 7}),
        json!({"alg": "HS256", "kid": "../../../../dev/null"}),
        json!({"alg": "HS256", "kid": "x' union select 'k-token"}),
        json!({"alg": "HS256", "kid": "k-evil", "jku": "https://evil.example/jwks.json"}),
    ];
    let mut tokens: Vec<(String, String)> =
        headers.iter().map(|header| (header.to_string(), signed(header, &claims, &key))).collect();
    let header = json!({"alg": "HS256", "kid": "k-token"});
    let unsigned = format!("{}.{}.", BASE64.encode(headers[0].to_string()), BASE64.encode(&claims));
    let (body, signature) = token.rsplit_once('.').unwrap();
    let mut parts = token.split('.');
    let (head, _) = (parts.next().unwrap(), parts.next());
    tokens.extend([
        ("no signature".into(), unsigned),
        ("an empty key".into(), signed(&header, &claims, b"")),
        ("another key".into(), signed(&header, &claims, &[8; 32])),
        ("the refresh key".into(), signed(&header, &claims, &keys().refresh.bytes)),
        ("half a signature".into(), format!("{body}.{}", &signature[..20])),
        ("another payload".into(), format!("{head}.{}.{signature}", BASE64.encode("{\"sub\":\"x\"}"))),
        ("a longer token".into(), format!("{token}{}", "A".repeat(8000))),
        ("twice".into(), format!("{token}.{token}")),
        ("nothing".into(), String::new()),
        ("dots".into(), "..".into()),
        ("words".into(), "not a token".into()),
    ]);
    tokens
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_forged_token_passes() {
    let world = World::new().await;
    let nina = world.resident(1);
    let token = nina.token().await;
    let good = claims(token);
    let key = keys().token[0].bytes;
    let header = json!({"alg": "HS256", "typ": "JWT", "kid": "k-token"});
    let own = signed(&header, &good.to_string(), &key);
    world.asks("GET", "/me", Some(&own), None).await.with(200);

    let mut hostile = with_wrong_claims(&good);
    hostile.extend(with_wrong_headers(token, &good));
    hostile
        .push(("a refresh token".into(), nina.session().await.cookie.split_once('=').unwrap().1.to_owned()));
    assert!(hostile.len() >= 50, "{}", hostile.len());
    for (what, token) in &hostile {
        let answer = world.asks("GET", "/me", Some(token), None).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "unauthenticated"), "{what}");
        assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer", "{what}");
        let code = auth(&world, token).await.closes().await;
        // A good token of ours that names a session which is none is that of a session which has ended.
        assert!(
            if what.contains("01939f6e") { [4501, 4503].contains(&code) } else { code == 4501 },
            "{what}: {code}"
        );
        let bearer = format!("Bearer {token}");
        let opened = world.opens_socket(&[("authorization", &bearer)]).await;
        let mut opened = opened.unwrap_or_else(|answer| panic!("{what}: {answer:?}"));
        assert_eq!(opened.closes().await, code, "{what}");
        // A bad token is no guest: even what everybody may see is refused.
        world.asks("GET", "/regions", Some(token), None).await.refused(401, "unauthenticated");
    }
    for exp in [i64::MIN, -1, 0, 1, good["iat"].as_i64().unwrap() - 30] {
        let mut claims = good.clone();
        claims["exp"] = json!(exp);
        let token = signed(&header, &claims.to_string(), &key);
        let answer = world.asks("GET", "/me", Some(&token), None).await.with(401);
        assert!(exp < 0 || answer.code() == "token_expired", "{exp}");
    }
    for scheme in ["bearer", "BEARER"] {
        let request = Request::builder()
            .uri(format!("http://{}/api/v1/me", world.address))
            .header(header::AUTHORIZATION, format!("{scheme} {token}"));
        world.sends(request.body(Full::default()).unwrap()).await.with(200);
    }
    for broken in ["", "Basic bmluYTpuaW5h", "Bearer", "Bearer \u{fffd}"] {
        let request = Request::builder()
            .uri(format!("http://{}/api/v1/me", world.address))
            .header(header::AUTHORIZATION, header::HeaderValue::from_bytes(broken.as_bytes()).unwrap());
        let answer = world.sends(request.body(Full::default()).unwrap()).await;
        answer.refused(401, "unauthenticated");
    }
    nina.reads("/me").await;
}

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
