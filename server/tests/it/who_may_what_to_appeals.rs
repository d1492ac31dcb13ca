//! Every operation on appeals and rosters × everybody × every kind of them: what the server answers is what the
//! policy's table says, what one may not read of an appeal is absent, and a roster one may not see is like none.

use std::collections::BTreeMap;

use domain::appeal::lane::Lane;
use domain::policy::{Act, Appealed, Target, admit};
use serde_json::{Value, json};

use crate::asking::Appeal;
use crate::people::{Answer, Person};
use crate::who_may_what::{
    Caller, NOTHING, Theme, asks, bytes_of, callers, everybody_who_posts_has_joined, expected, operations,
    places, refusal, signs_in_first, world,
};
use crate::world::World;

/// A kind of appeal: where, to whom it was sent, and who asked.
pub struct Kind {
    /// Its name in this test.
    pub name: &'static str,
    region: &'static str,
    organisation: Option<&'static str>,
    author: &'static str,
}

const fn kind(
    name: &'static str,
    region: &'static str,
    organisation: Option<&'static str>,
    author: &'static str,
) -> Kind {
    Kind { name, region, organisation, author }
}

/// Every kind of appeal. Rostov oblast lets only account holders read.
pub const KINDS: [Kind; 8] = [
    kind("nobody's", "rukha", None, "resident5.rukha@demo"),
    kind("A's", "rukha", Some("a"), "resident5.rukha@demo"),
    kind("B's", "rukha", Some("b"), "resident5.rukha@demo"),
    kind("the member's to nobody", "rukha", None, "resident2.rukha@demo"),
    kind("the member's to A", "rukha", Some("a"), "resident2.rukha@demo"),
    kind("nobody's in another region", "ruba", None, "resident5.ruba@demo"),
    kind("A's in another region", "ruba", Some("a"), "resident5.ruba@demo"),
    kind("a quiet one", "ruros", Some("a"), "resident5.ruros@demo"),
];

/// Those who bring appeals about, each signed in once.
pub struct Hands<'w> {
    world: &'w World,
    people: BTreeMap<String, Person<'w>>,
}

impl<'w> Hands<'w> {
    /// Nobody has signed in yet.
    pub fn new(world: &'w World) -> Self {
        let regions = ["rukha", "ruba", "ruros"].into_iter();
        let who = ["resident2", "resident4", "resident5", "chief", "responder", "responder2"];
        let logins = regions.flat_map(|region| who.map(|who| format!("{who}.{region}@demo")));
        Self { world, people: logins.map(|login| (login.clone(), world.person(&login))).collect() }
    }

    fn of(&self, who: &str, region: &str) -> &Person<'w> {
        &self.people[&format!("{who}.{region}@demo")]
    }
}

impl Kind {
    /// A fresh appeal of this kind; answered, where an act asks for that.
    pub async fn appeal(&self, hands: &Hands<'_>, answered: bool) -> Appeal {
        let world = hands.world;
        let room = world.medchat(self.region);
        let mut question = json!({"room": room, "text": "Нет талонов", "private_text": "Лично"});
        if let Some(organisation) = self.organisation {
            question["organisation"] = json!(world.organisation(self.region, organisation));
        }
        let appeal = hands.people[self.author].asks_clinic_with(question).await;
        if answered {
            let who = if self.organisation == Some("b") { "responder2" } else { "chief" };
            hands.of(who, self.region).answers_finally(&appeal, "resolved").await;
        }
        appeal
    }
}

/// What the policy says of an act on an appeal as it stands, or on one of its lanes.
pub async fn verdict(
    world: &World,
    caller: &Caller<'_>,
    act: Act,
    appeal: &Appeal,
    lane: Lane,
) -> Result<(), (u16, &'static str)> {
    if signs_in_first(caller, act) {
        return Err((401, "unauthenticated"));
    }
    let found = store::appeal::find(&world.store(), appeal.id.parse().unwrap()).await.unwrap();
    let row = found.unwrap().0;
    let room = world.room(&row.room.to_string());
    let appealed = Appealed { room: &room.room, owner: row.organisation, author: row.author };
    let target = match lane {
        Lane::Public => Target::Appeal(appealed),
        Lane::Private => Target::PrivateLane(appealed),
    };
    admit(&caller.actor, act, target).map(|_| ()).map_err(refusal)
}

/// One try of an operation on an appeal; a case for each of them.
async fn attempt(
    hands: &Hands<'_>,
    caller: &Caller<'_>,
    operation: (&str, &str),
    region: &str,
    id: &str,
) -> Answer {
    let world = hands.world;
    let path = operation.1.replace("{id}", id);
    let body = match operation {
        ("get", "/appeals/{id}") => return asks(world, caller, "GET", &path, None).await,
        ("post", "/appeals/{id}/accept" | "/appeals/{id}/confirm" | "/appeals/{id}/withdraw") => json!({}),
        ("post", "/appeals/{id}/release") => {
            // Only what one has is given back; who may not take it may not give it back either.
            drop(asks(world, caller, "POST", &path.replace("release", "accept"), Some(json!({}))).await);
            json!({})
        }
        ("post", "/appeals/{id}/messages") => json!({"cid": world.cid(), "text": "Слово"}),
        ("post", "/appeals/{id}/assign") => {
            json!({"staff": hands.of("responder", region).account().await})
        }
        ("post", "/appeals/{id}/transfer") => {
            let to = if caller.name == "responder of B" { "a" } else { "b" };
            json!({"organisation": world.organisation(region, to), "reason": "не наше"})
        }
        ("post", "/appeals/{id}/ask") => json!({"text": "К кому?"}),
        ("post", "/appeals/{id}/final-answer") => json!({"text": "Ответ", "outcome": "explained"}),
        ("post", "/appeals/{id}/refuse" | "/appeals/{id}/contest") => json!({"reason": "не то"}),
        ("post", "/appeals/{id}/rate") => json!({"score": 4}),
        ("post", "/appeals/{id}/merge") => {
            let author = hands.of("resident4", region);
            json!({"into": author.asks_clinic(&world.medchat(region), "Нет талонов").await.id})
        }
        (method, path) => panic!("no case for {method} {path}"),
    };
    asks(world, caller, "POST", &path, Some(body)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_on_an_appeal_answers_as_the_table_says() {
    let world = world().await;
    let (callers, hands) = (callers(&world).await, Hands::new(&world));
    let mut cases = 0;
    for (method, path, act) in operations(Theme::Appeal) {
        let answered = matches!(act, Act::ConfirmAnswer | Act::ContestAnswer | Act::RateAnswer);
        for kind in &KINDS {
            let mut appeal = kind.appeal(&hands, answered).await;
            for caller in &callers {
                let verdict = verdict(&world, caller, *act, &appeal, Lane::Public).await;
                let log = world.history_of(&appeal).await.len();
                let answer = attempt(&hands, caller, (method, path), kind.region, &appeal.id).await;
                let case = format!("{} {method} {path} on {}", caller.name, kind.name);
                match verdict {
                    Ok(()) => assert!((200..=201).contains(&answer.status), "{case}: {answer:?}"),
                    Err(refused) => {
                        assert_eq!((answer.status, answer.code().as_str()), refused, "{case}");
                        assert_eq!(world.history_of(&appeal).await.len(), log, "{case} leaves nothing");
                    }
                }
                if verdict.is_ok() && *act == Act::Read {
                    shows_what_one_may_read(&world, caller, &appeal, &answer.json(), &case).await;
                } else if verdict.is_ok() {
                    appeal = kind.appeal(&hands, answered).await;
                }
                cases += 1;
            }
        }
        for caller in &callers {
            let missing = attempt(&hands, caller, (method, path), "rukha", NOTHING).await;
            let expected =
                if signs_in_first(caller, *act) { (401, "unauthenticated") } else { (404, "not_found") };
            let case = format!("{} {method} {path} on nothing", caller.name);
            assert_eq!((missing.status, missing.code().as_str()), expected, "{case}");
            for other in ["no-id", "%FF"] {
                let other = attempt(&hands, caller, (method, path), "rukha", other).await;
                assert_eq!(bytes_of(&other), bytes_of(&missing), "{case}");
            }
        }
    }
    assert_eq!(cases, 14 * 8 * 15);
}

/// The private lane, who works on it and the code are told to those alone whom they concern.
async fn shows_what_one_may_read(
    world: &World,
    caller: &Caller<'_>,
    appeal: &Appeal,
    seen: &Value,
    case: &str,
) {
    let private = verdict(world, caller, Act::Read, appeal, Lane::Private).await;
    assert_eq!(seen["lanes"].get("private").is_some(), private.is_ok(), "{case}");
    assert_eq!(seen["has_private"], true, "{case}: everybody knows that there is something");
    let own =
        caller.actor.person().is_some_and(|person| seen["author"]["id"] == json!(person.account.to_string()));
    assert_eq!(seen.get("status_code").is_some(), own, "{case}");
    if caller.person.is_none() {
        assert_eq!(seen["may"], json!([]), "{case}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn opening_an_appeal_answers_as_the_table_says() {
    let world = world().await;
    let (callers, places) = (callers(&world).await, places(&world));
    everybody_who_posts_has_joined(&world, &callers).await;
    let [(method, path, act)] = operations(Theme::Opening).collect::<Vec<_>>()[..] else { panic!("one") };
    assert_eq!((*method, *path), ("post", "/appeals"));
    for caller in &callers {
        let question = |room: &str| json!({"cid": world.cid(), "room": room, "text": "Нет талонов"});
        let missing = asks(&world, caller, "POST", path, Some(question(NOTHING))).await;
        for place in &places {
            let answer = asks(&world, caller, "POST", path, Some(question(&place.id))).await;
            let case = format!("{} asks in {}", caller.name, place.name);
            match expected(caller, *act, place) {
                Ok(()) => assert_eq!(answer.status, 201, "{case}: {answer:?}"),
                Err(refused) => {
                    assert_eq!((answer.status, answer.code().as_str()), refused, "{case}");
                    assert!(
                        refused.0 != 404 || bytes_of(&answer) == bytes_of(&missing),
                        "{case}: {answer:?}"
                    );
                }
            }
        }
    }
}

/// What the policy says of an act on the roster of an organisation.
fn verdict_on_roster(
    world: &World,
    caller: &Caller<'_>,
    act: Act,
    id: &str,
) -> Result<(), (u16, &'static str)> {
    if signs_in_first(caller, act) {
        return Err((401, "unauthenticated"));
    }
    let catalogue = world.catalogue();
    let Some(found) = id.parse().ok().and_then(|id| catalogue.organisation(id)) else {
        return Err((404, "not_found"));
    };
    admit(&caller.actor, act, Target::Roster(found.id, &found.region)).map(|_| ()).map_err(refusal)
}

/// A shift in which somebody is on duty for an hour of their own.
async fn shift(hands: &Hands<'_>, region: &str, hour: i64) -> Value {
    let from = hands.world.now().plus_millis(3_600_000 * hour);
    let staff = hands.of("responder", region).account().await;
    json!({"staff": staff, "from": from.rfc3339(), "until": from.plus_millis(3_600_000).rfc3339()})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_on_a_roster_answers_as_the_table_says() {
    let world = world().await;
    let (callers, hands) = (callers(&world).await, Hands::new(&world));
    let organisations = [
        ("A", "rukha", world.organisation("rukha", "a")),
        ("B", "rukha", world.organisation("rukha", "b")),
        ("A in another region", "ruba", world.organisation("ruba", "a")),
        ("nothing", "rukha", NOTHING.into()),
        ("no id", "rukha", "no-id".into()),
        ("no text", "rukha", "%FF".into()),
    ];
    let (mut hour, mut cases) = (0, 0);
    for (method, path, act) in operations(Theme::Roster) {
        for caller in &callers {
            let mut answers = Vec::new();
            for (name, region, id) in &organisations {
                let verdict = verdict_on_roster(&world, caller, *act, id);
                let path = path.replace("{id}", id);
                hour += 1;
                let answer = match *method {
                    "get" => {
                        let stretch = "from=2026-11-23T00:00:00Z&to=2026-11-30T00:00:00Z";
                        asks(&world, caller, "GET", &format!("{path}?{stretch}"), None).await
                    }
                    "post" => {
                        asks(&world, caller, "POST", &path, Some(shift(&hands, region, hour).await)).await
                    }
                    "delete" => {
                        let mut target = json!(NOTHING);
                        if verdict.is_ok() {
                            let chief = hands.of("chief", region);
                            let shifts = path.replace("/{shift}", "");
                            let added =
                                chief.asks("POST", &shifts, Some(shift(&hands, region, hour).await)).await;
                            target = added.with(201).json()["id"].clone();
                        }
                        let path = path.replace("{shift}", target.as_str().unwrap());
                        asks(&world, caller, "DELETE", &path, None).await
                    }
                    method => panic!("no case for {method} {path}"),
                };
                let case = format!("{} {method} {path} of {name}", caller.name);
                match verdict {
                    Ok(()) => assert!((200..=204).contains(&answer.status), "{case}: {answer:?}"),
                    Err(refused) => assert_eq!((answer.status, answer.code().as_str()), refused, "{case}"),
                }
                answers.push((case, answer));
                cases += 1;
            }
            let missing = answers.iter().find(|(case, _)| case.ends_with("of nothing")).unwrap().1.clone();
            for (case, answer) in answers.iter().filter(|(_, answer)| answer.status == 404) {
                assert_eq!(bytes_of(answer), bytes_of(&missing), "{case}");
            }
        }
    }
    assert_eq!(cases, 3 * 15 * 6);
}
