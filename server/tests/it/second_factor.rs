//! The second factor of staff outside the demo: no grant holds before it is confirmed, then it is asked for at every sign-in,
//! no code counts twice, and who has lost everything turns to the operator.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use totp_rs::{Builder, Secret};

use crate::people::{Answer, PASSWORD, Person};
use crate::world::{Setting, World};

const STEP: Duration = Duration::from_secs(30);

/// What an authenticator shows now for this secret.
pub fn shown(world: &World, secret: &str) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let seconds = u64::try_from(world.now().seconds()).unwrap();
    Builder::new().with_secret(secret).build_noncompliant().generate(seconds).to_string()
}

impl Person<'_> {
    /// Gives their authenticator a secret if they may, and reads the code of now; nothing for who may not.
    pub async fn sets_up_second_factor(&self) -> String {
        let setup = self.asks("POST", "/me/second-factor", None).await;
        if setup.status != 200 {
            return String::new();
        }
        shown(self.world, setup.json()["secret"].as_str().unwrap())
    }
}

/// Tries to sign in with a code.
async fn tries(world: &World, login: &str, code: &str) -> Answer {
    let body = json!({"login": login, "password": PASSWORD, "second_factor": code});
    world.asks("POST", "/sessions", None, Some(body)).await
}

/// An open world, its responder, their secret and their recovery codes.
async fn set_up() -> (World, String, Vec<String>) {
    let world = World::with(Setting { is_open: true, ..Setting::default() }).await;
    let oleg = world.responder("rukha");
    let setup = oleg.asks("POST", "/me/second-factor", None).await.with(200).json();
    let secret = setup["secret"].as_str().unwrap().to_owned();
    assert!(setup["link"].as_str().unwrap().contains(&secret));
    let code = json!({"code": shown(&world, &secret)});
    let answer = oleg.asks("POST", "/me/second-factor/confirm", Some(code)).await.with(200).json();
    let codes =
        answer["codes"].as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect();
    world.clock().advance(STEP);
    (world, secret, codes)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_grant_holds_before_it_is_confirmed() {
    let world = World::with(Setting { is_open: true, ..Setting::default() }).await;
    let oleg = world.responder("rukha");
    let me = oleg.reads("/me").await;
    assert_eq!((&me["second_factor"], me["grants"].as_array().unwrap().len()), (&json!("missing"), 0));
    let room = world.staff_room("rukha", "a");
    oleg.asks("GET", &format!("/rooms/{room}"), None).await.refused(404, "not_found");
    // Setting it up alone is not enough, nor is a wrong code.
    let secret = oleg.asks("POST", "/me/second-factor", None).await.with(200).json();
    let code = shown(&world, secret["secret"].as_str().unwrap());
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let confirm =
        async |code: &str| oleg.asks("POST", "/me/second-factor/confirm", Some(json!({"code": code}))).await;
    assert_eq!(confirm(wrong).await.invalid(), ("code".into(), "wrong".into()));
    oleg.asks("GET", &format!("/rooms/{room}"), None).await.refused(404, "not_found");
    confirm(&code).await.with(200);
    oleg.asks("GET", &format!("/rooms/{room}"), None).await.with(200);
    assert_eq!(oleg.reads("/me").await["second_factor"], "confirmed");
    confirm(&code).await.refused(409, "already_done");
    oleg.asks("POST", "/me/second-factor", None).await.refused(409, "already_done");
    // Residents have none, and need none.
    let nina = world.resident(2);
    assert_eq!(nina.reads("/me").await["second_factor"], "not_needed");
    nina.asks("POST", "/me/second-factor", None).await.refused(403, "not_allowed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_asked_for_and_no_code_counts_twice() {
    let (world, secret, _) = set_up().await;
    let login = "responder.rukha@demo";
    world.tries_to_sign_in(login, PASSWORD).await.refused(401, "second_factor_required");
    // Whoever has not the password learns nothing of a second factor.
    world.tries_to_sign_in(login, "not the password").await.refused(401, "unauthenticated");
    let code = shown(&world, &secret);
    let answers = join_all((0..5).map(|_| tries(&world, login, &code))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    tries(&world, login, &code).await.refused(401, "unauthenticated");
    world.clock().advance(STEP);
    tries(&world, login, &shown(&world, &secret)).await.with(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recovery_code_stands_in_once() {
    let (world, _, codes) = set_up().await;
    let login = "responder.rukha@demo";
    assert_eq!(codes.len(), 10);
    let answers = join_all((0..5).map(|_| tries(&world, login, &codes[0]))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    world.clock().advance(30 * STEP);
    tries(&world, login, &codes[1].replace('-', " ")).await.with(201);
    tries(&world, login, &codes[0]).await.refused(401, "unauthenticated");
    let account = world.responder("rukha");
    let rows = store::audit::search(
        &world.store(),
        &store::audit::Asked { act: Some("second_factor".into()), ..Default::default() },
        9,
    )
    .await
    .unwrap();
    let acts: Vec<&str> = rows.iter().map(|row| row.act.as_str()).collect();
    assert_eq!(acts, ["second_factor.recover", "second_factor.recover", "second_factor.confirm"]);
    drop(account);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guessing_is_slowed() {
    let (world, secret, _) = set_up().await;
    let login = "responder.rukha@demo";
    let mut refused = 0;
    for _ in 0..9 {
        refused += u32::from(tries(&world, login, "000000").await.status == 401);
    }
    // One was spent on confirming.
    assert_eq!(refused, 9);
    tries(&world, login, &shown(&world, &secret)).await.refused(429, "rate_limited");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_lost_everything_turns_to_the_operator() {
    let (world, secret, _) = set_up().await;
    let login = "responder.rukha@demo";
    let session = tries(&world, login, &shown(&world, &secret)).await.with(201).json();
    let token = session["access_token"].as_str().unwrap();
    world.acts().remove_second_factor(login).await.unwrap();
    world.asks("GET", "/me", Some(token), None).await.refused(401, "unauthenticated");
    let again = world.responder("rukha");
    assert_eq!(again.reads("/me").await["second_factor"], "missing");
    assert!(world.acts().remove_second_factor(login).await.is_err());
    assert!(world.acts().remove_second_factor("nobody@demo").await.is_err());
}
