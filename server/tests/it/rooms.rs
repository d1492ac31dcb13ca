//! Finding a room and being in it: by region, by municipality, by clinic, by code; members are counted, staff rooms are
//! not there for others.

use domain::region_file::RegionPlan;
use serde_json::{Value, json};

use crate::people::Person;
use crate::world::{Setting, World};

async fn found(world: &World, query: &str) -> Vec<Value> {
    let page = world.asks("GET", &format!("/rooms?limit=100{query}"), None, None).await.with(200).json();
    assert_eq!(page["next"], Value::Null);
    page["items"].as_array().unwrap().clone()
}

/// Words as they stand in an address.
fn encoded(words: &str) -> String {
    words.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rooms_are_found_by_region_and_kind() {
    let world = World::new().await;
    assert_eq!(found(&world, "&region=RU-KHA&kind=medchat").await.len(), 3);
    assert_eq!(found(&world, "&region=RU-BA&kind=medchat").await.len(), 10);
    assert_eq!(found(&world, "&region=RU-ROS&kind=medchat").await.len(), 56);
    assert_eq!(found(&world, "&kind=announcements").await.len(), 3);
    assert_eq!(found(&world, "&kind=staff").await.len(), 0);
    assert_eq!(found(&world, "&region=RU-XX").await.len(), 0);
    world.asks("GET", "/rooms?kind=kitchen", None, None).await.refused(422, "invalid");
    let regions = world.asks("GET", "/regions", None, None).await.with(200).json();
    assert_eq!(regions["items"].as_array().unwrap().len(), 3);
    let region = world.asks("GET", "/regions/RU-KHA", None, None).await.with(200).json();
    assert_eq!((&region["time_zone"], &region["now"]["open"]), (&json!("Asia/Vladivostok"), &json!(true)));
    assert!(region["now"]["local_time"].as_str().unwrap().contains("16:00"), "{region}");
    world.asks("GET", "/regions/RU-XX", None, None).await.refused(404, "not_found");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rooms_are_found_by_words() {
    let world = World::new().await;
    let titles = |rooms: Vec<Value>| -> Vec<String> {
        rooms.iter().map(|room| room["title"].as_str().unwrap().to_owned()).collect()
    };
    let komsomolsk = titles(found(&world, &format!("&kind=medchat&q={}", encoded("комсомольск"))).await);
    // The other one says that it is for all except Komsomolsk.
    assert_eq!(komsomolsk[0], "Комсомольск-на-Амуре. Здоровье", "{komsomolsk:?}");
    assert!(komsomolsk.len() <= 2, "{komsomolsk:?}");
    let by_clinic = found(&world, &format!("&kind=medchat&q={}", encoded("Поликлиника А"))).await;
    assert_eq!(by_clinic.len(), 69, "the invented clinics serve every medchat");
    let both = titles(found(&world, &format!("&q={}", encoded("поликлиника таганрог"))).await);
    assert!(both.iter().all(|title| title.contains("Таганрог")) && !both.is_empty(), "{both:?}");
    assert_eq!(titles(found(&world, &format!("&q={}", encoded("ТАГАНРОГ"))).await), both);
    assert_eq!(found(&world, &format!("&q={}", encoded("такого места нет"))).await.len(), 0);
    assert_eq!(found(&world, &format!("&q={}", encoded("%_' or 1=1 --"))).await.len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_list_comes_in_pages_without_hole_or_repetition() {
    let world = World::new().await;
    let whole: Vec<Value> = found(&world, "").await.iter().map(|room| room["id"].clone()).collect();
    assert_eq!(whole.len(), 72);
    let mut pages = Vec::new();
    let mut after = String::new();
    loop {
        let page = world.asks("GET", &format!("/rooms?limit=7{after}"), None, None).await.with(200).json();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 7);
        pages.extend(items.iter().map(|room| room["id"].clone()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(pages, whole);
    for limit in ["0", "101", "-1", "ten"] {
        world.asks("GET", &format!("/rooms?limit={limit}"), None, None).await.refused(422, "invalid");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_opens_its_room_however_it_is_typed() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let code = world.room(&room).code.unwrap().to_string();
    let cyrillic: String = code
        .chars()
        .map(|symbol| match symbol {
            'A' => 'А',
            'B' => 'В',
            'E' => 'Е',
            'K' => 'К',
            'M' => 'М',
            'H' => 'Н',
            'P' => 'Р',
            'C' => 'С',
            'T' => 'Т',
            'Y' => 'У',
            'X' => 'Х',
            other => other,
        })
        .collect();
    let dashed = format!("{}-{}", &code[..4], &code[4..]);
    for typed in
        [code.clone(), code.to_lowercase(), dashed, encoded(&cyrillic), encoded(&cyrillic.to_lowercase())]
    {
        let opened = world.asks("GET", &format!("/invitations/{typed}"), None, None).await.with(200).json();
        assert_eq!((&opened["code"], &opened["room"]["id"]), (&json!(code), &json!(room)), "{typed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mistyped_code_is_said_to_be_one() {
    let world = World::new().await;
    let code = world.room(&world.medchat("rukha")).code.unwrap().to_string();
    let asks = |code: String| {
        let world = &world;
        async move { world.asks("GET", &format!("/invitations/{code}"), None, None).await }
    };
    for place in 0..8 {
        for other in "1X".chars().filter(|other| code.chars().nth(place) != Some(*other)) {
            let typed: String = code
                .chars()
                .enumerate()
                .map(|(at, symbol)| if at == place { other } else { symbol })
                .collect();
            assert_eq!(asks(typed).await.invalid(), ("code".into(), "mistyped".into()));
        }
    }
    assert_eq!(asks(code[1..].into()).await.invalid().1, "wrong_length");
    assert_eq!(asks("00000000".into()).await.invalid().1, "wrong_symbol");
    let nobodys = domain::invitation::InvitationCode::from_random(1).to_string();
    asks(nobodys).await.refused(404, "not_found");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn joining_counts_once_and_leaving_undoes_it() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let (nina, viktor) = (world.resident(1), world.resident(2));
    let members = |room: &Value| room["members"].as_u64().unwrap();
    assert_eq!(members(&nina.room(&room).await), 0);
    let path = format!("/rooms/{room}/members");
    let joined = nina.asks("POST", &path, None).await.with(201).json();
    assert_eq!((members(&joined), &joined["my"]["member"]), (1, &json!(true)));
    assert_eq!(members(&nina.asks("POST", &path, Some(json!({}))).await.with(200).json()), 1);
    viktor.joins(&room).await;
    assert_eq!(members(&nina.room(&room).await), 2);
    assert_eq!(nina.reads("/me").await["rooms"][0]["id"], json!(room));
    for _ in 0..2 {
        nina.asks("DELETE", &format!("{path}/me"), None).await.with(204);
    }
    assert_eq!(members(&viktor.room(&room).await), 1);
    nina.tries_to_post(&room, "after leaving", "Ещё слово").await.refused(403, "not_allowed");
    assert_eq!(nina.reads("/me").await["rooms"], json!([]));
    world.responder("rukha").asks("POST", &path, None).await.refused(403, "not_allowed");
    assert_eq!(members(&viktor.room(&room).await), 1, "staff are no members");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_joins_at_once_make_one_member() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let nina = world.resident(1);
    nina.session().await;
    let path = format!("/rooms/{room}/members");
    let answers = futures_util::future::join_all((0..50).map(|_| nina.asks("POST", &path, None))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 49);
    assert_eq!(nina.room(&room).await["members"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn staff_announce_and_everybody_reads() {
    let world = World::new().await;
    let room = world.announcements("rukha");
    let nina = world.resident(1);
    nina.joins(&room).await;
    nina.tries_to_post(&room, "1", "Можно?").await.refused(403, "not_allowed");
    world.newcomer("rukha").tries_to_post(&room, "1", "Можно?").await.refused(403, "not_allowed");
    world.person("chief.ruba@demo").tries_to_post(&room, "1", "Чужой").await.refused(403, "not_allowed");
    let mut socket = nina.follows(&room).await;
    world.person("chief.rukha@demo").answers(&room, "Поликлиника открыта").await;
    let heard = socket.next_entry().await;
    assert_eq!(heard["entry"]["author"]["signature"]["position"], "главный врач");
    let page = world.asks("GET", &format!("/rooms/{room}/messages"), None, None).await.with(200).json();
    assert_eq!(page["items"][0]["text"], "Поликлиника открыта");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_staff_room_is_there_for_its_own_people_alone() {
    let world = World::new().await;
    let room = world.staff_room("rukha", "a");
    async fn listed(person: &Person<'_>) -> Vec<Value> {
        person.reads("/rooms?kind=staff").await["items"].as_array().unwrap().clone()
    }
    for own in ["chief.rukha@demo", "responder.rukha@demo", "registrar.rukha@demo"] {
        let rooms = listed(&world.person(own)).await;
        assert_eq!(rooms.len(), 1, "{own}");
        assert_eq!((&rooms[0]["id"], &rooms[0]["invitation_code"]), (&json!(room), &Value::Null));
    }
    for other in ["resident1.rukha@demo", "moderator.rukha@demo", "curator.rukha@demo", "admin@demo"] {
        assert_eq!(listed(&world.person(other)).await.len(), 0, "{other}");
    }
    let colleague = world.person("responder2.rukha@demo");
    assert_eq!(listed(&colleague).await[0]["id"], json!(world.staff_room("rukha", "b")));
    for path in ["", "/messages"] {
        colleague.asks("GET", &format!("/rooms/{room}{path}"), None).await.refused(404, "not_found");
        world.asks("GET", &format!("/rooms/{room}{path}"), None, None).await.refused(404, "not_found");
    }
    let chief = world.person("chief.rukha@demo");
    chief.answers(&room, "Совещание в девять").await;
    assert_eq!(world.responder("rukha").history(&room).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quiet_region_asks_readers_to_sign_in() {
    let change = |plans: &mut Vec<RegionPlan>| plans[0].region.anonymous_reading = false;
    let world = World::with(Setting { change: Some(change), ..Setting::default() }).await;
    let room = world.medchat("rukha");
    world.asks("GET", &format!("/rooms/{room}"), None, None).await.with(200);
    let messages = format!("/rooms/{room}/messages");
    world.asks("GET", &messages, None, None).await.refused(401, "unauthenticated");
    world.newcomer("rukha").reads(&messages).await;
    world.asks("GET", &format!("/rooms/{}/messages", world.medchat("ruba")), None, None).await.with(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn history_comes_in_pages() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let nina = world.resident(1);
    nina.joins(&room).await;
    for number in 1..=25 {
        nina.posts(&room, &format!("слово {number}")).await;
    }
    let mut seen = Vec::new();
    let mut before = String::new();
    loop {
        let path = format!("/rooms/{room}/messages?limit=10{before}");
        let page = world.asks("GET", &path, None, None).await.with(200).json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["seq"].as_u64().unwrap()));
        match page["next"].as_str() {
            Some(next) => before = format!("&before={next}"),
            None => break,
        }
    }
    assert_eq!(seen, (1..=25).rev().collect::<Vec<u64>>());
}
