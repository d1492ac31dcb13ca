//! Codes from a desk: a registrar hands one out, its holder may write at once, nobody else gets anything for it, and nothing
//! that is kept tells the code.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use store::testing::Engine;

use crate::people::{Answer, Person};
use crate::world::World;

const HOUR: Duration = Duration::from_secs(3600);

async fn hands_out(registrar: &Person<'_>) -> String {
    let sheet = registrar.asks("POST", "/desk-codes", None).await.with(201).json();
    sheet["code"].as_str().unwrap().to_owned()
}

async fn redeems(who: &Person<'_>, code: &str) -> Answer {
    who.asks("POST", "/verifications", Some(json!({"method": "desk_code", "code": code}))).await
}

/// Ids and states of the listed codes.
async fn listed(registrar: &Person<'_>) -> Vec<(String, String)> {
    let page = registrar.reads("/desk-codes").await;
    let word = |code: &Value, field: &str| code[field].as_str().unwrap().to_owned();
    page["items"].as_array().unwrap().iter().map(|code| (word(code, "id"), word(code, "state"))).collect()
}

async fn a_code_opens_the_medchat_to_one_person(engine: Engine) {
    let world = World::on(engine).await;
    let room = world.medchat("rukha");
    let (registrar, guest) = (world.person("registrar.rukha@demo"), world.newcomer("rukha"));
    guest.joins(&room).await;
    let mut socket = guest.opens_socket().await;
    let post = json!({"op": "post", "cid": "1", "room": room, "text": "Можно?"});
    socket.is_refused(post, "not_verified").await;

    let sheet = registrar.asks("POST", "/desk-codes", None).await.with(201).json();
    let code = sheet["code"].as_str().unwrap().to_owned();
    assert_eq!(code.len(), 15, "{code}: twelve digits in threes");
    let verification = redeems(&guest, &code.replace(' ', "")).await.with(200).json();
    assert_eq!((&verification["adult"], &verification["method"]), (&json!(true), &json!("desk_code")));
    assert_eq!(guest.reads("/me").await["verified_adult"], true);
    socket.posts(&room, "2", "Теперь можно").await;

    redeems(&guest, &code).await.refused(409, "code_used");
    redeems(&world.newcomer("ruros"), &code).await.refused(409, "code_used");
    let another = hands_out(&registrar).await;
    redeems(&guest, &another).await.refused(409, "already_done");
    redeems(&world.newcomer("ruros"), &another).await.with(200);
    let spent = format!("desk_code:{}", sheet["slips"][0]["id"].as_str().unwrap());
    let rows = store::audit::about(&world.store(), &spent).await.unwrap();
    let [row] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!((row.act.as_str(), row.reason.as_str()), ("verify.desk_code", ""));
    assert_eq!(row.actor.map(|actor| actor.to_string()).as_deref(), Some(guest.account().await));
}

async fn of_fifty_who_try_one_code_one_gets_in(engine: Engine) {
    let world = World::lifted(engine).await;
    let code = hands_out(&world.person("registrar.rukha@demo")).await;
    let guests = ["rukha", "ruba", "ruros"].map(|region| world.newcomer(region));
    for guest in &guests {
        guest.token().await;
    }
    let answers = join_all((0..50).map(|turn| redeems(&guests[turn % 3], &code))).await;
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(won, 1);
    for answer in answers.into_iter().filter(|answer| answer.status != 200) {
        answer.refused(409, "code_used");
    }
    let mut verified = 0;
    for guest in &guests {
        verified += u32::from(guest.reads("/me").await["verified_adult"] == true);
    }
    assert_eq!(verified, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_is_good_for_three_days() {
    let world = World::new().await;
    let code = hands_out(&world.person("registrar.rukha@demo")).await;
    world.clock().advance(72 * HOUR);
    redeems(&world.newcomer("rukha"), &code).await.refused(410, "code_expired");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_slip_is_taken_back() {
    let world = World::new().await;
    let (registrar, guest) = (world.person("registrar.rukha@demo"), world.newcomer("rukha"));
    let sheet = registrar.asks("POST", "/desk-codes", Some(json!({"count": 8}))).await.with(201).json();
    let slips = sheet["slips"].as_array().unwrap();
    assert_eq!(slips.len(), 8);
    assert_eq!((&slips[0]["code"], &slips[7]["place"]), (&sheet["code"], &json!(8)));
    let lost = slips[2]["id"].as_str().unwrap();
    registrar.asks("DELETE", &format!("/desk-codes/{lost}"), None).await.with(204);
    registrar.asks("DELETE", &format!("/desk-codes/{lost}"), None).await.refused(409, "already_done");
    redeems(&guest, slips[2]["code"].as_str().unwrap()).await.refused(410, "code_expired");
    redeems(&guest, slips[3]["code"].as_str().unwrap()).await.with(200);
    let used = slips[3]["id"].as_str().unwrap();
    registrar.asks("DELETE", &format!("/desk-codes/{used}"), None).await.refused(409, "code_used");
    let states: Vec<String> = listed(&registrar).await.into_iter().map(|(_, state)| state).collect();
    assert_eq!(states, ["open", "open", "revoked", "redeemed", "open", "open", "open", "open"]);
    // Another desk's codes are not there.
    let elsewhere = world.person("registrar.ruba@demo");
    assert_eq!(listed(&elsewhere).await, []);
    elsewhere.asks("DELETE", &format!("/desk-codes/{used}"), None).await.refused(404, "not_found");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_code_is_told_apart() {
    let world = World::new().await;
    let guest = world.newcomer("rukha");
    for (text, why) in [
        ("", "wrong_length"),
        ("123", "wrong_length"),
        ("12345678901x", "wrong_symbol"),
        ("000 000 000 077", "mistyped"),
        ("000 000 000 076", "unknown"),
    ] {
        assert_eq!(redeems(&guest, text).await.invalid(), ("code".into(), why.into()), "{text}");
    }
    let by_passport = json!({"method": "passport", "code": "1"});
    guest.asks("POST", "/verifications", Some(by_passport)).await.refused(422, "invalid");
    let registrar = world.person("registrar.rukha@demo");
    for body in
        [json!({"count": 0}), json!({"count": 49}), json!({"count": -1}), json!({"organisation": "x"})]
    {
        registrar.asks("POST", "/desk-codes", Some(body)).await.refused(422, "invalid");
    }
    // Nobody is verified by staff, and nobody but a registrar hands out codes.
    redeems(&registrar, "000 000 000 076").await.refused(403, "not_allowed");
    for login in ["chief.rukha@demo", "admin@demo", "resident1.rukha@demo"] {
        world.person(login).asks("POST", "/desk-codes", None).await.refused(403, "not_allowed");
    }
    world.asks("POST", "/desk-codes", None, None).await.refused(401, "unauthenticated");
}

on_both_engines!(a_code_opens_the_medchat_to_one_person, of_fifty_who_try_one_code_one_gets_in);
