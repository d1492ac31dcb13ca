//! Words that must not get out: birds that nobody else speaks of are written where only the author and the clinic's
//! people read. Then everything the server says to anybody, logs, counts and keeps is searched for them.

use std::io::Write;
use std::sync::{Once, PoisonError};

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use medchat::http::operations::OPERATIONS;
use serde_json::json;
use store::testing::{Engine, everything_in};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::asking::Appeal;
use crate::people::Person;
use crate::sockets::Heard;
use crate::who_may_what::{Caller, callers};
use crate::world::{World, feed};

/// Written in confidence, each in another way.
pub const BIRDS: [&str; 6] =
    ["зимородок", "свиристель", "горихвостка", "коростель", "вертишейка", "камышовка"];
/// A phone, written where everybody reads, and what would be left of it if it got out.
const PHONE: &str = "8 914 555-01-99";
const OF_THE_PHONE: [&str; 3] = ["555-01-99", "914 555", "9145550199"];
/// Written for everybody: whoever looks in the right places finds it.
pub const SPARROW: &str = "воробей";
/// Said to the log alone, to see that it is heard.
const CRICKET: &str = "сверчок";

/// Those who may read the private lane of the story's appeal.
const ENTITLED: [&str; 4] = ["member", "chief", "head", "responder"];

/// What got out of those words.
pub fn found(bytes: &[u8]) -> Vec<&'static str> {
    let contains = |word: &&str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    BIRDS.into_iter().chain(OF_THE_PHONE).filter(contains).collect()
}

/// Lines of the log in which one of the words stands.
static HEARD: std::sync::Mutex<Vec<String>> = std::sync::Mutex::new(Vec::new());

/// Hears everything our own code and the database's driver log, and keeps what matters.
struct Ear;

impl Write for Ear {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        if !found(line).is_empty() || String::from_utf8_lossy(line).contains(CRICKET) {
            let line = String::from_utf8_lossy(line).into_owned();
            HEARD.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn listen_to_the_log() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let parts = ["medchat", "store", "domain", "sqlx", "axum", "tower_http"];
        let targets = parts.map(|part| (part, tracing::Level::TRACE));
        let targets = tracing_subscriber::filter::Targets::new().with_targets(targets);
        let lines = tracing_subscriber::fmt::layer().with_writer(|| Ear);
        tracing_subscriber::registry().with(targets).with(lines).init();
    });
}

/// An appeal in which everything was said that must not get out.
pub async fn story(world: &World) -> Appeal {
    let cast = world.cast();
    let appeal = cast
        .nina
        .asks_clinic_with(json!({
            "room": world.medchat("rukha"),
            "organisation": world.organisation("rukha", "a"),
            "text": format!("Видели? {SPARROW}. Мой телефон {PHONE}"),
            "private_text": BIRDS[0],
        }))
        .await;
    cast.oleg.accepts(&appeal).await;
    cast.nina.confides(&appeal, BIRDS[1]).await;
    let mut socket = cast.oleg.opens_socket().await;
    let post = json!({"op": "post", "cid": "1", "appeal": appeal.id, "lane": "private", "text": BIRDS[2]});
    socket.says(post).await;
    socket.hears("ack").await;
    // The answer to a change with a key is kept for a day, and this one shows the lane.
    let ask = json!({"lane": "private", "text": BIRDS[3]});
    for _ in 0..2 {
        let answer = cast.oleg.tries_with_key("ask", &appeal, "ask once", ask.clone()).await.with(200);
        assert!(found(&answer.body).contains(&BIRDS[3]));
    }
    let public = json!({"lane": "public", "text": format!("Звоните мне {PHONE}")});
    cast.nina.tries_to_write(&appeal, public).await.with(201);
    cast.head.writes(&appeal, &format!("Ваш номер {PHONE}?")).await;
    let answer = json!({"lane": "private", "text": BIRDS[4], "outcome": "resolved"});
    cast.head.does("final-answer", &appeal, answer).await;
    cast.nina.does("rate", &appeal, json!({"score": 1, "comment": format!("Мой телефон {PHONE}")})).await;
    cast.nina.contests(&appeal, &format!("Мой телефон {PHONE}")).await;
    cast.oleg.confides(&appeal, BIRDS[5]).await;
    // What is refused must not be kept or logged either.
    let stale = json!({"lane": "private", "text": BIRDS.join(" "), "seen": 0});
    cast.head.tries_to_write(&appeal, stale).await.refused(409, "stale_view");
    let unfit = json!({"lane": "secret", "text": BIRDS.join(" "), "cid": PHONE});
    cast.nina.tries_to_write(&appeal, unfit).await.refused(422, "invalid");
    cast.petr
        .tries_to_write(&appeal, json!({"lane": "private", "text": BIRDS.join(" ")}))
        .await
        .refused(403, "not_allowed");
    appeal
}

/// Where an operation that reads is asked for; every one has a case.
fn places(world: &World, appeal: &Appeal, path: &str) -> Vec<String> {
    let rooms = [
        world.medchat("rukha"),
        world.announcements("rukha"),
        world.staff_room("rukha", "a"),
        world.staff_room("rukha", "b"),
    ];
    let [a, b] = ["a", "b"].map(|which| world.organisation("rukha", which));
    let of_rooms = |path: &str| rooms.iter().map(|id| path.replace("{id}", id)).collect();
    match path {
        "/me" | "/regions" | "/openapi.json" | "/desk-codes" | "/sessions" => vec![path.into()],
        "/audit" => vec!["/audit?limit=100".into()],
        "/regions/{code}" => vec!["/regions/RU-KHA".into()],
        "/rooms" => vec!["/rooms?limit=100".into()],
        "/rooms/{id}" => of_rooms("/rooms/{id}"),
        "/rooms/{id}/messages" => of_rooms("/rooms/{id}/messages?limit=100"),
        "/invitations/{code}" => {
            vec![format!("/invitations/{}", world.room(&rooms[0]).code.unwrap())]
        }
        "/appeals" => ["", "&mine=true", "&state=open", "&category=other", "&q=27"]
            .iter()
            .map(|query| format!("/appeals?limit=100{query}"))
            .collect(),
        "/appeals/{id}" => vec![format!("/appeals/{}", appeal.id)],
        "/status" => vec![format!("/status?number={}&code={}", appeal.number, appeal.status_code)],
        "/organisations/{id}/roster" => {
            let stretch = "from=2026-11-23T00:00:00Z&to=2026-11-30T00:00:00Z";
            [a, b].map(|id| format!("/organisations/{id}/roster?{stretch}")).into()
        }
        "/figures" => {
            ["organisation", "room", "category", "week"].map(|by| format!("/figures?by={by}")).into()
        }
        other => panic!("no place for {other}"),
    }
}

/// Every operation that reads, asked by somebody.
async fn is_told_nothing_it_may_not_know(world: &World, caller: &Caller<'_>, appeal: &Appeal) {
    for (method, path, _) in OPERATIONS {
        if method != "get" {
            continue;
        }
        for place in places(world, appeal, path) {
            let answer = match &caller.person {
                None => world.asks("GET", &place, None, None).await,
                Some(person) => person.asks("GET", &place, None).await,
            };
            let case = format!("{} asks {place}", caller.name);
            let entitled = path == "/appeals/{id}" && ENTITLED.contains(&caller.name);
            let out = found(&answer.body);
            if entitled {
                assert!(BIRDS.iter().all(|bird| out.contains(bird)), "{case}: {out:?}");
            } else {
                assert_eq!(out, [""; 0], "{case}");
            }
        }
    }
    for bird in BIRDS {
        let words: String = bird.bytes().map(|byte| format!("%{byte:02X}")).collect();
        if let Some(person) = &caller.person {
            let hits = person.queue(&format!("&q={words}")).await;
            assert!(hits.is_empty(), "{} finds nothing by {bird}", caller.name);
        }
    }
}

/// Every feed there is, from its first entry on, as far as somebody may follow it.
async fn hears_nothing_it_may_not_know(person: &Person<'_>, name: &str, feeds: &[String], lane: &str) {
    let mut socket = person.opens_socket().await;
    for feed in feeds {
        socket.says(json!({"op": "subscribe", "feed": feed, "after": 0})).await;
        let mut frames = Vec::new();
        let mut rest = None;
        while rest != Some(0) {
            let Heard::Frame(frame) = socket.next().await else { panic!("closed") };
            match frame["ev"].as_str().unwrap() {
                "subscribed" => rest = Some(frame["head"].as_u64().unwrap()),
                "entry" => rest = rest.map(|rest| rest - 1),
                "error" => rest = Some(0),
                _ => {}
            }
            frames.extend(frame.to_string().into_bytes());
        }
        let out = found(&frames);
        if feed == lane && ENTITLED.contains(&name) {
            assert!(BIRDS.iter().all(|bird| out.contains(bird)), "{name} follows {feed}: {out:?}");
        } else {
            assert_eq!(out, [""; 0], "{name} follows {feed}");
        }
    }
}

/// A page outside the API.
async fn page(world: &World, path: &str) -> Bytes {
    let request = Request::get(format!("http://{}{path}", world.address)).body(Full::default()).unwrap();
    world.sends(request).await.body
}

async fn what_is_confided_is_nowhere_else(engine: Engine) {
    listen_to_the_log();
    let world = World::lifted(engine).await;
    let appeal = story(&world).await;
    // What falls due a day later is told as well.
    world.is("2026-11-24 16:00");
    world.rings().await;
    let callers = callers(&world).await;
    let room = world.medchat("rukha");
    let mut feeds = vec![appeal.lane("public"), appeal.lane("private")];
    let staff = ["a", "b"].map(|which| world.staff_room("rukha", which));
    feeds.extend([&room, &world.announcements("rukha"), &staff[0], &staff[1]].map(|room| feed(room)));
    feeds.extend(["a", "b"].map(|which| format!("desk:{}", world.organisation("rukha", which))));
    for caller in &callers {
        if let Some(person) = &caller.person {
            feeds.push(person.mailbox().await);
        }
    }
    for caller in &callers {
        is_told_nothing_it_may_not_know(&world, caller, &appeal).await;
        if let Some(person) = &caller.person {
            hears_nothing_it_may_not_know(person, caller.name, &feeds, &appeal.lane("private")).await;
        }
    }
    for path in ["/", &format!("/rooms/{room}"), "/console/", "/metrics", "/healthz", "/readyz"] {
        assert_eq!(found(&page(&world, path).await), [""; 0], "{path}");
    }
    let body = page(&world, "/metrics").await;
    assert!(String::from_utf8_lossy(&body).contains("medchat_"), "the metrics are there to be searched");

    for (what, address) in world.databases() {
        let kept = everything_in(&address).await;
        assert_eq!(found(&kept), [""; 0], "kept in the {what}");
        let public = kept.windows(SPARROW.len()).any(|window| window == SPARROW.as_bytes());
        assert_eq!(public, what == "database", "what everybody reads stands in the database: {what}");
    }
    tracing::error!(target: "medchat", "{CRICKET} {engine:?}");
    let heard = HEARD.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert!(heard.iter().any(|line| line.contains(&format!("{CRICKET} {engine:?}"))), "the log is heard");
    let told: Vec<&String> = heard.iter().filter(|line| !line.contains(CRICKET)).collect();
    assert!(told.is_empty(), "the log says {told:?}");
}

on_both_engines!(what_is_confided_is_nowhere_else);
