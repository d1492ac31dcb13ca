//! Every operation that is done to the service as a whole, to oneself or to somebody's grant × everybody: what the server
//! answers is what the policy's table says.

use domain::policy::{Act, Denied, Target, admit};
use serde_json::{Value, json};

use crate::people::Answer;
use crate::tokens::claims;
use crate::who_may_what::{Caller, NOTHING, Theme, asks, bytes_of, callers, operations, refusal, world};
use crate::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_other_operation_answers_as_the_table_says() {
    let world = world().await;
    let callers = callers(&world).await;
    let code = world.room(&world.medchat("ruba")).code.unwrap();
    for (method, path, act) in operations(Theme::Service) {
        for caller in &callers {
            let answer = attempt_on_service(&world, caller, (method, path), &code.to_string()).await;
            let case = format!("{} {method} {path}", caller.name);
            let target = match *path {
                path if path.starts_with("/grants") => Target::Grant,
                "/figures" => Target::Figures,
                _ => Target::Service,
            };
            let verdict = match admit(&caller.actor, *act, target) {
                Err(Denied::Unseen | Denied::NotAllowed) if caller.person.is_none() => {
                    Err(Denied::Unauthenticated)
                }
                // A cookie is what this operation goes by, and a guest has none.
                Ok(_) if *act == Act::Refresh && caller.person.is_none() => Err(Denied::Unauthenticated),
                other => other.map(|_| ()),
            };
            // Once is enough.
            let is_over =
                *act == Act::Verify && caller.actor.person().is_some_and(|person| person.verified_adult);
            match verdict {
                Ok(()) if is_over => {
                    assert_eq!((answer.status, answer.code().as_str()), (409, "already_done"))
                }
                Ok(()) => assert!((200..=204).contains(&answer.status), "{case}: {answer:?}"),
                Err(denied) => {
                    assert_eq!((answer.status, answer.code().as_str()), refusal(denied), "{case}");
                }
            }
        }
    }
}

/// One try of an operation on the service or on somebody's grant.
async fn attempt_on_service(
    world: &World,
    caller: &Caller<'_>,
    operation: (&str, &str),
    code: &str,
) -> Answer {
    let login = caller.person.as_ref().map_or("resident4.rukha@demo", |person| person.login.as_str());
    match operation {
        ("post", "/sessions") => world.tries_to_sign_in(login, crate::people::PASSWORD).await,
        ("post", "/sessions/refresh") => {
            let cookie = match caller.person.as_ref() {
                Some(_) => world.person(login).session().await.cookie.clone(),
                None => String::new(),
            };
            world.refreshes(&cookie).await
        }
        ("delete", "/sessions/current") => match caller.person.as_ref() {
            Some(_) => world.person(login).asks("DELETE", "/sessions/current", None).await,
            None => world.asks("DELETE", "/sessions/current", None, None).await,
        },
        ("get", "/sessions") => asks(world, caller, "GET", "/sessions", None).await,
        ("delete", "/sessions" | "/sessions/{id}") => {
            // Somebody else's session of the same account, for those who have one.
            let path = match caller.person.as_ref() {
                Some(_) if operation.1 == "/sessions/{id}" => {
                    let there = world.person(login);
                    format!("/sessions/{}", claims(there.token().await)["sid"].as_str().unwrap())
                }
                _ => operation.1.replace("{id}", NOTHING),
            };
            asks(world, caller, "DELETE", &path, None).await
        }
        ("post", "/me/second-factor") => asks(world, caller, "POST", "/me/second-factor", None).await,
        ("post", "/me/second-factor/confirm") => {
            let code = match &caller.person {
                Some(person) => person.sets_up_second_factor().await,
                None => String::new(),
            };
            asks(world, caller, "POST", operation.1, Some(json!({"code": code}))).await
        }
        ("post", "/accounts") => {
            let login = format!("{}@example.org", world.cid().replace(' ', "-"));
            let body = json!({"login": login, "password": "длинный пароль", "alias": "Вера"});
            asks(world, caller, "POST", "/accounts", Some(body)).await
        }
        ("get", "/me" | "/regions" | "/rooms" | "/openapi.json" | "/appeals" | "/figures" | "/audit") => {
            asks(world, caller, "GET", operation.1, None).await
        }
        ("get", "/status") => {
            let appeal = world.resident(5).asks_clinic(&world.medchat("rukha"), "Нет талонов").await;
            let path = format!("/status?number={}&code={}", appeal.number, appeal.status_code);
            asks(world, caller, "GET", &path, None).await
        }
        ("get", "/regions/{code}") => asks(world, caller, "GET", "/regions/RU-BA", None).await,
        ("get", "/invitations/{code}") => {
            asks(world, caller, "GET", &format!("/invitations/{code}"), None).await
        }
        ("post" | "get", "/desk-codes") => {
            asks(world, caller, &operation.0.to_uppercase(), "/desk-codes", None).await
        }
        ("delete", "/desk-codes/{id}") => {
            let slip = slip(world).await;
            let path = format!("/desk-codes/{}", slip["id"].as_str().unwrap());
            asks(world, caller, "DELETE", &path, None).await
        }
        ("post", "/verifications") => {
            let body = json!({"method": "desk_code", "code": slip(world).await["code"]});
            asks(world, caller, "POST", "/verifications", Some(body)).await
        }
        ("post", "/grants") => {
            let body = proposal(world, "responder2.rukha@demo").await;
            asks(world, caller, "POST", "/grants", Some(body)).await
        }
        ("post", "/grants/{id}/approve") => {
            let grant = pending(world).await;
            asks(world, caller, "POST", &format!("/grants/{grant}/approve"), None).await
        }
        ("delete", "/grants/{id}") => {
            let grant = pending(world).await;
            asks(world, caller, "DELETE", &format!("/grants/{grant}"), None).await
        }
        (method, path) => panic!("no case for {method} {path}"),
    }
}

async fn proposal(world: &World, login: &str) -> Value {
    let person = world.person(login);
    let scope = world.room(&world.staff_room("rukha", "a")).room.organisations[0].to_string();
    json!({"account": person.account().await, "role": "registrar", "scope": {"kind": "organisation", "id": scope}})
}

/// A slip from the registrar's desk.
async fn slip(world: &World) -> Value {
    let sheet = world.person("registrar.rukha@demo").asks("POST", "/desk-codes", None).await.with(201).json();
    sheet["slips"][0].clone()
}

/// A grant the second administrator has proposed.
async fn pending(world: &World) -> String {
    let body = proposal(world, "responder2.rukha@demo").await;
    let answer = world.administrator(2).asks("POST", "/grants", Some(body)).await.with(202);
    answer.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_one_may_not_see_is_like_none() {
    let world = World::new().await;
    let grant = pending(&world).await;
    let curious = world.responder("rukha");
    for (method, path) in [("POST", "/approve"), ("DELETE", "")] {
        let hidden = curious.asks(method, &format!("/grants/{grant}{path}"), None).await;
        for other in [NOTHING, "no-id", "%FF"] {
            let missing = curious.asks(method, &format!("/grants/{other}{path}"), None).await;
            assert_eq!(bytes_of(&hidden), bytes_of(&missing));
        }
        hidden.refused(404, "not_found");
    }
}
