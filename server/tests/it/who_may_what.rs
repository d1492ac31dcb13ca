//! Every operation × everybody × every kind of room: what the server answers is what the policy's table
//! says, and what one may not see is byte for byte what does not exist.

use std::collections::{BTreeMap, BTreeSet};

use domain::actor::{Actor, Kind, Person as Account};
use domain::grant::{Grant, Role, Scope};
use domain::id::RoomId;
use domain::moment::Moment;
use domain::policy::{Act, Cell, Denied, Standing, Target, admit, cell};
use domain::region_file::RegionPlan;
use domain::room::Room;
use http::header;
use medchat::http::operations::OPERATIONS;
use serde_json::{Value, json};

use crate::people::{Answer, Person};
use crate::world::{Setting, World};

/// Nobody has this id.
pub const NOTHING: &str = "01939f6e-7c3a-7000-8000-0123456789ab";

/// What an operation is about; each theme has a test of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    Room,
    Opening,
    Appeal,
    Roster,
    Service,
}

/// The operations of a theme.
pub fn operations(theme: Theme) -> impl Iterator<Item = &'static (&'static str, &'static str, Act)> {
    let theme_of = |method: &str, path: &str| match (method, path) {
        (_, path) if path.starts_with("/rooms/{id}") => Theme::Room,
        ("post", "/appeals") => Theme::Opening,
        (_, path) if path.starts_with("/appeals/{id}") => Theme::Appeal,
        (_, path) if path.starts_with("/organisations/{id}") => Theme::Roster,
        _ => Theme::Service,
    };
    OPERATIONS.iter().filter(move |(method, path, _)| theme_of(method, path) == theme)
}

/// Somebody who asks; a guest is no person.
pub struct Caller<'w> {
    pub name: &'static str,
    pub person: Option<Person<'w>>,
    pub actor: Actor,
    /// A member of every room a resident may join.
    pub member: bool,
}

/// Something asked about; no room when it does not exist.
pub struct Place<'w> {
    pub name: &'static str,
    pub id: String,
    pub room: Option<Room>,
    /// Somebody who may post there.
    pub speaker: Option<Person<'w>>,
}

const PEOPLE: [(&str, &str); 14] = [
    ("newcomer", "guest.rukha@demo"),
    ("adult", "resident1.rukha@demo"),
    ("member", "resident2.rukha@demo"),
    ("chief", "chief.rukha@demo"),
    ("head", "head.rukha@demo"),
    ("responder", "responder.rukha@demo"),
    ("registrar", "registrar.rukha@demo"),
    ("responder of B", "responder2.rukha@demo"),
    ("moderator", "moderator.rukha@demo"),
    ("volunteer", "volunteer.rukha@demo"),
    ("curator", "curator.rukha@demo"),
    ("observer", "observer.rukha@demo"),
    ("administrator", "admin@demo"),
    ("auditor", "auditor@demo"),
];

pub async fn world() -> World {
    // Rostov oblast lets only account holders read.
    let change = |plans: &mut Vec<RegionPlan>| plans[2].region.anonymous_reading = false;
    World::with(Setting { lifted: true, change: Some(change), ..Setting::default() }).await
}

pub fn places(world: &World) -> Vec<Place<'_>> {
    let place = |name, id: String, speaker| {
        let room = Some(world.room(&id).room.clone());
        Place { name, id, room, speaker: Some(world.person(speaker)) }
    };
    let nothing = |name, id: &str| Place { name, id: id.into(), room: None, speaker: None };
    vec![
        place("own medchat", world.medchat("rukha"), "resident5.rukha@demo"),
        place("own announcements", world.announcements("rukha"), "chief.rukha@demo"),
        place("staff room of A", world.staff_room("rukha", "a"), "chief.rukha@demo"),
        place("staff room of B", world.staff_room("rukha", "b"), "responder2.rukha@demo"),
        place("medchat of another region", world.medchat("ruba"), "resident5.rukha@demo"),
        place("announcements of another region", world.announcements("ruba"), "chief.ruba@demo"),
        place("staff room of another region", world.staff_room("ruba", "a"), "chief.ruba@demo"),
        place("quiet medchat", world.medchat("ruros"), "resident5.rukha@demo"),
        place("quiet announcements", world.announcements("ruros"), "chief.ruros@demo"),
        nothing("nothing", NOTHING),
        nothing("no id", "no-id"),
        nothing("no text", "%FF"),
    ]
}

pub async fn callers(world: &World) -> Vec<Caller<'_>> {
    let mut callers = vec![Caller { name: "guest", person: None, actor: Actor::Guest, member: false }];
    for (name, login) in PEOPLE {
        let person = world.person(login);
        let actor = Actor::Person(account(&person).await);
        callers.push(Caller { name, person: Some(person), actor, member: name == "member" });
    }
    callers
}

/// The person as the policy sees them, out of what `/me` tells.
async fn account(person: &Person<'_>) -> Account {
    let me = person.reads("/me").await;
    let grants = me["grants"].as_array().unwrap().iter().map(|grant| {
        let scope = (grant["scope"]["kind"].as_str().unwrap(), grant["scope"]["id"].as_str());
        Grant {
            id: grant["id"].as_str().unwrap().parse().unwrap(),
            account: me["id"].as_str().unwrap().parse().unwrap(),
            role: Role::from_word(grant["role"].as_str().unwrap()).unwrap(),
            scope: Scope::from_parts(scope.0, scope.1).unwrap(),
            from: Moment::parse_rfc3339(grant["from"].as_str().unwrap()).unwrap(),
            until: None,
        }
    });
    Account {
        account: me["id"].as_str().unwrap().parse().unwrap(),
        session: NOTHING.parse().unwrap(),
        kind: if me["kind"] == "staff" { Kind::Staff } else { Kind::Resident },
        alias: String::new(),
        verified_adult: me["verified_adult"] == true,
        grants: grants.collect(),
        second_factor: false,
        seen_at: person.world.now(),
    }
}

/// Whether a guest is asked to sign in before anything else is looked at.
pub fn signs_in_first(caller: &Caller<'_>, act: Act) -> bool {
    let for_guests = act.targets().iter().any(|kind| cell(Standing::Guest, act, *kind) == Cell::Yes);
    caller.person.is_none() && !for_guests
}

/// What the policy says: done, or refused with status and code.
pub fn expected(caller: &Caller<'_>, act: Act, place: &Place<'_>) -> Result<(), (u16, &'static str)> {
    if signs_in_first(caller, act) {
        return Err((401, "unauthenticated"));
    }
    let denied = match &place.room {
        None => Err(Denied::Unseen),
        Some(room) => {
            let towards = |member| Target::Room { room, member };
            admit(&caller.actor, Act::SeeRoom, towards(false))
                .and_then(|_| admit(&caller.actor, act, towards(caller.member)))
        }
    };
    denied.map(|_| ()).map_err(refusal)
}

/// Status and code of a refusal.
pub fn refusal(denied: Denied) -> (u16, &'static str) {
    match denied {
        Denied::Unseen => (404, "not_found"),
        Denied::Unauthenticated => (401, "unauthenticated"),
        Denied::NotAllowed => (403, "not_allowed"),
        Denied::NotVerified => (403, "not_verified"),
    }
}

/// Asks over HTTP as somebody.
pub async fn asks(
    world: &World,
    caller: &Caller<'_>,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> Answer {
    match &caller.person {
        None => world.asks(method, path, None, body).await,
        Some(person) => person.asks(method, path, body).await,
    }
}

/// One try of an operation on a room; a case for each of them.
async fn attempt(world: &World, caller: &Caller<'_>, operation: (&str, &str), place: &Place<'_>) -> Answer {
    let room = &place.id;
    let said = json!({"cid": world.cid(), "text": "Слово"});
    match operation {
        ("get", "/rooms/{id}") => asks(world, caller, "GET", &format!("/rooms/{room}"), None).await,
        ("get", "/rooms/{id}/messages") => {
            asks(world, caller, "GET", &format!("/rooms/{room}/messages"), None).await
        }
        ("post", "/rooms/{id}/messages") => {
            asks(world, caller, "POST", &format!("/rooms/{room}/messages"), Some(said)).await
        }
        ("post", "/rooms/{id}/members") => {
            let path = format!("/rooms/{room}/members");
            let answer = asks(world, caller, "POST", &path, None).await;
            if caller.name == "adult" {
                asks(world, caller, "DELETE", &format!("{path}/me"), None).await;
            }
            answer
        }
        ("delete", "/rooms/{id}/members/me") => {
            let path = format!("/rooms/{room}/members");
            let answer = asks(world, caller, "DELETE", &format!("{path}/me"), None).await;
            if caller.member {
                asks(world, caller, "POST", &path, None).await;
            }
            answer
        }
        ("patch", "/rooms/{id}/messages/{mid}") => {
            let path = format!("/rooms/{room}/messages");
            let own = asks(world, caller, "POST", &path, Some(said.clone())).await;
            let target =
                if own.status == 201 { own.json()["id"].clone() } else { said_by_others(place).await };
            let changed = json!({"cid": world.cid(), "text": "Другое слово"});
            let path = format!("{path}/{}", target.as_str().unwrap());
            asks(world, caller, "PATCH", &path, Some(changed)).await
        }
        ("post", "/rooms/{id}/messages/{mid}/hide") => {
            let target = said_by_others(place).await;
            let path = format!("/rooms/{room}/messages/{}/hide", target.as_str().unwrap());
            asks(world, caller, "POST", &path, Some(json!({"reason": "проба"}))).await
        }
        (method, path) => panic!("no case for {method} {path}"),
    }
}

/// A message somebody else has just said there.
async fn said_by_others(place: &Place<'_>) -> Value {
    match &place.speaker {
        None => json!(NOTHING),
        Some(speaker) => json!(speaker.posts(&place.id, "Чужое слово").await.id),
    }
}

/// The parts of an answer that could tell a hidden thing from none.
pub fn bytes_of(answer: &Answer) -> (u16, BTreeMap<String, Vec<u8>>, Vec<u8>) {
    let headers = answer.headers.iter().filter(|(name, _)| *name != header::DATE);
    let headers = headers.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
    (answer.status, headers.collect(), answer.body.to_vec())
}

pub async fn everybody_who_posts_has_joined(world: &World, callers: &[Caller<'_>]) {
    let speaker = world.resident(5);
    let member = callers.iter().find(|caller| caller.member).unwrap().person.as_ref().unwrap();
    for region in ["rukha", "ruba", "ruros"] {
        speaker.joins(&world.medchat(region)).await;
        for room in [world.medchat(region), world.announcements(region)] {
            member.joins(&room).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_on_a_room_answers_as_the_table_says() {
    let world = world().await;
    let (callers, places) = (callers(&world).await, places(&world));
    everybody_who_posts_has_joined(&world, &callers).await;
    let mut cases = 0;
    for (method, path, act) in operations(Theme::Room) {
        for caller in &callers {
            let nothing = places.iter().find(|place| place.id == NOTHING).unwrap();
            let missing = attempt(&world, caller, (method, path), nothing).await;
            for place in &places {
                let answer = attempt(&world, caller, (method, path), place).await;
                let case = format!("{} {method} {path} on {}", caller.name, place.name);
                match expected(caller, *act, place) {
                    Ok(()) => assert!((200..=204).contains(&answer.status), "{case}: {answer:?}"),
                    Err(refused) => {
                        assert_eq!((answer.status, answer.code().as_str()), refused, "{case}");
                        let hidden = refused.0 == 404;
                        assert!(!hidden || bytes_of(&answer) == bytes_of(&missing), "{case}: {answer:?}");
                    }
                }
                cases += 1;
            }
        }
    }
    assert_eq!(cases, 7 * 15 * 12);
    for place in places.iter().filter(|place| place.room.is_some()) {
        world.is_gapless(&place.id).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_table_of_operations_is_what_the_server_describes() {
    let world = World::new().await;
    let api = world.asks("GET", "/openapi.json", None, None).await.with(200).json();
    let mut described = BTreeSet::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        let path = path.strip_prefix("/api/v1").unwrap();
        described.extend(item.as_object().unwrap().keys().map(|method| format!("{method} {path}")));
    }
    let listed: BTreeSet<String> =
        OPERATIONS.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    assert_eq!(described, listed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_holds_what_the_policy_lets_one_see() {
    let world = world().await;
    for caller in callers(&world).await {
        let mut listed = BTreeSet::new();
        let mut after = String::new();
        loop {
            let page = asks(&world, &caller, "GET", &format!("/rooms?limit=100{after}"), None)
                .await
                .with(200)
                .json();
            listed.extend(
                page["items"].as_array().unwrap().iter().map(|room| room["id"].as_str().unwrap().to_owned()),
            );
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        let catalogue = world.catalogue();
        let seen =
            |room: &Room| admit(&caller.actor, Act::SeeRoom, Target::Room { room, member: false }).is_ok();
        let visible = catalogue.rooms().filter(|entry| seen(&entry.room));
        let visible: BTreeSet<String> = visible.map(|entry| entry.room.id.to_string()).collect();
        assert_eq!(listed, visible, "{}", caller.name);
        assert!(visible.iter().all(|id| id.parse::<RoomId>().is_ok()));
    }
}
