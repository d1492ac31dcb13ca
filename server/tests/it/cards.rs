//! Cards of appeals: what a room, the desks and the author's mailbox are told, and what a card may show.

use serde_json::{Value, json};
use store::testing::Engine;

use crate::asking::Appeal;
use crate::sockets::Socket;
use crate::world::{World, feed};

/// The states that the cards in a feed tell, of one appeal.
async fn told(world: &World, name: &str, appeal: &Appeal) -> Vec<&'static str> {
    let entries = world.all_of(name).await;
    let cards = entries.iter().filter_map(|entry| match &entry.body {
        domain::feed::Body::Appeal { card, .. } if card.id.to_string() == appeal.id => {
            Some(card.state.word())
        }
        _ => None,
    });
    cards.collect()
}

async fn a_room_is_told_of_openings_and_states_alone(engine: Engine) {
    let world = World::on(engine).await;
    let room = world.medchat("rukha");
    let name = feed(&room);
    let cast = world.cast();
    cast.nina.joins(&room).await;
    let mut socket = cast.viktor.follows(&room).await;
    cast.nina.posts(&room, "Доброе утро").await;
    let appeal = cast.nina.asks_clinic(&room, "Нет талонов к терапевту").await;
    cast.nina.posts(&room, "Спросила клинику").await;
    assert_eq!(world.head_of(&name).await, 3, "a post is one entry and opens nothing");
    cast.oleg.accepts(&appeal).await;
    cast.head.assigns(&appeal, &cast.oleg).await;
    cast.nina.writes(&appeal, "Ещё вот что").await;
    cast.nina.confides(&appeal, "А это лично").await;
    assert_eq!(told(&world, &name, &appeal).await, ["new", "accepted"]);
    cast.oleg.writes(&appeal, "Смотрим").await;
    cast.oleg.writes(&appeal, "Ещё смотрим").await;
    cast.oleg.confides(&appeal, "Лично вам").await;
    cast.oleg.asks_back(&appeal, "На какое число?").await;
    cast.nina.writes(&appeal, "На завтра").await;
    cast.oleg.answers_finally(&appeal, "resolved").await;
    cast.nina.rates(&appeal, 5).await;
    cast.nina.writes(&appeal, "Спасибо").await;
    cast.nina.confirms(&appeal).await;
    let states = ["new", "accepted", "in_work", "waiting_for_resident", "in_work", "answered", "confirmed"];
    assert_eq!(told(&world, &name, &appeal).await, states);

    // On the socket: each with its kind, number and excerpt, among the posts in order.
    let mut heard = Vec::new();
    for seq in 1..=world.is_gapless(&room).await {
        let frame = socket.next_entry().await;
        assert_eq!(frame["seq"], seq);
        heard.push(frame["entry"].clone());
    }
    let kinds: Vec<&str> = heard.iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds[..4], ["message", "appeal", "message", "appeal"]);
    let cards: Vec<&Value> = heard.iter().filter(|entry| entry["kind"] == "appeal").collect();
    assert_eq!(cards.len(), states.len());
    for (card, state) in cards.iter().zip(states) {
        assert_eq!((&card["id"], &card["state"]), (&json!(appeal.id), &json!(state)));
        assert_eq!(
            (&card["number"], &card["excerpt"]),
            (&json!(appeal.number), &json!("Нет талонов к терапевту"))
        );
        assert!(card.get("assignee").is_none(), "who has it is the clinic's business");
    }

    // In the history: one item where it was opened, as it stands now.
    let history = cast.viktor.history(&room).await;
    let items: Vec<&str> = history.iter().map(|item| item["kind"].as_str().unwrap()).collect();
    assert_eq!(items, ["message", "appeal", "message"]);
    assert_eq!(
        (&history[1]["id"], &history[1]["state"], &history[1]["seq"]),
        (&json!(appeal.id), &json!("confirmed"), &json!(2))
    );
    let page = cast.viktor.reads(&format!("/rooms/{room}/messages?limit=1")).await;
    let before = page["next"].as_str().unwrap();
    let page = cast.viktor.reads(&format!("/rooms/{room}/messages?limit=1&before={before}")).await;
    assert_eq!(
        (&page["items"][0]["kind"], &page["items"][0]["state"]),
        (&json!("appeal"), &json!("confirmed"))
    );
    let page = cast
        .viktor
        .reads(&format!("/rooms/{room}/messages?limit=1&before={}", page["next"].as_str().unwrap()))
        .await;
    assert_eq!(page["items"][0]["text"], "Доброе утро");
}

async fn desks_and_the_author_are_told_of_everything(engine: Engine) {
    let world = World::on(engine).await;
    let room = world.medchat("rukha");
    let [a, b] = ["a", "b"].map(|which| format!("desk:{}", world.organisation("rukha", which)));
    let cast = world.cast();
    let mailbox = cast.nina.mailbox().await;
    let mut desk = cast.petr.follows_feed(&b).await;
    let appeal = cast.nina.asks_clinic(&room, "Нет талонов").await;
    for name in [&a, &b, &mailbox] {
        assert_eq!(told(&world, name, &appeal).await, ["new"], "{name}");
    }
    cast.oleg.accepts(&appeal).await;
    assert_eq!(told(&world, &b, &appeal).await, ["new", "accepted"], "an entry takes it off the others");
    assert_eq!(desk.next_entry().await["entry"]["organisation"], Value::Null);
    let card = desk.next_entry().await["entry"].clone();
    assert_eq!(card["organisation"]["name"], "Поликлиника А (вымышленная)");
    cast.nina.confides(&appeal, "А это лично").await;
    cast.oleg.transfers(&appeal, &world.organisation("rukha", "b"), "не наше").await;
    assert_eq!(told(&world, &a, &appeal).await, ["new", "accepted", "accepted", "new"]);
    assert_eq!(told(&world, &b, &appeal).await, ["new", "accepted", "new"]);
    cast.petr.accepts(&appeal).await;
    assert_eq!(told(&world, &a, &appeal).await.len(), 4, "it is nothing to A any more");
    assert_eq!(told(&world, &mailbox, &appeal).await, ["new", "accepted", "accepted", "new", "accepted"]);
    // A named organisation alone has it on its desk.
    let named = cast.nina.asks_clinic_of(&room, &world.organisation("rukha", "a"), "Нет талонов").await;
    assert_eq!((told(&world, &a, &named).await.len(), told(&world, &b, &named).await.len()), (1, 0));
    // On the desks alone stands who has it.
    let assignees = |entries: Vec<domain::feed::Entry>| -> Vec<String> {
        let names = entries.into_iter().filter_map(|entry| match entry.body {
            domain::feed::Body::Appeal { card, .. } => card.assignee.map(|named| named.name),
            _ => None,
        });
        names.collect()
    };
    assert_eq!(assignees(world.all_of(&a).await), ["Олег Показательный"; 2]);
    assert_eq!(assignees(world.all_of(&mailbox).await), [""; 0]);
    assert_eq!(assignees(world.all_of(&feed(&room)).await), [""; 0]);
}

on_both_engines!(a_room_is_told_of_openings_and_states_alone, desks_and_the_author_are_told_of_everything);

/// The cards a socket hears of until it has heard everything.
async fn cards(socket: &mut Socket, count: usize) -> Vec<Value> {
    let mut cards = Vec::new();
    for _ in 0..count {
        cards.push(socket.next_entry().await["entry"].clone());
    }
    cards
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_shows_the_masked_beginning() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let cast = world.cast();
    let said = "Позвоните мне 8 914 123-45-67, когда будут талоны";
    let shown = "Позвоните мне •••, когда будут талоны";
    let appeal = cast.nina.asks_clinic(&room, said).await;
    let long = cast.nina.asks_clinic(&room, &"Талонов нет третий день. ".repeat(100)).await;
    let places = [cast.nina.mailbox().await, feed(&room)];
    for name in &places {
        let mut socket = cast.nina.follows_feed(name).await;
        let cards = cards(&mut socket, 2).await;
        assert_eq!((&cards[0]["excerpt"], &cards[0]["has_private"]), (&json!(shown), &json!(true)));
        assert_eq!(cards[1]["has_private"], false);
        let excerpt = cards[1]["excerpt"].as_str().unwrap();
        assert!(excerpt.chars().count() <= 280 && excerpt.ends_with('…'), "{excerpt}");
    }
    assert_eq!(cast.viktor.history(&room).await[1]["excerpt"], shown);
    let queue = cast.oleg.queue("").await;
    assert!(queue.iter().any(|card| card["id"] == json!(appeal.id) && card["excerpt"] == shown), "{queue:?}");
    assert_eq!(cast.nina.texts(&appeal, "public").await.unwrap(), [shown]);
    assert_eq!(cast.nina.texts(&appeal, "private").await.unwrap(), [said]);
    assert_eq!(cast.viktor.texts(&long, "public").await.unwrap()[0].chars().count(), 2499);
}
