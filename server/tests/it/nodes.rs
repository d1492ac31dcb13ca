//! Several nodes are one system: the same numbers everywhere, whoever posts where; a right taken on one closes sockets on
//! the other. With the bus frozen or cut everything comes a little later, and nothing is lost.

use std::time::Duration;

use http::Request;
use http_body_util::Full;
use serde_json::{Value, json};
use store::testing::Engine;
use tokio::time::timeout;

use crate::canaries;
use crate::nats::Nats;
use crate::revoke::is_given;
use crate::sockets::{Heard, Socket};
use crate::world::{PATIENCE, Setting, World, feed};

const SECOND: Duration = Duration::from_secs(1);
/// What a look into the store may add to a delivery, and the look itself on a busy machine.
const LOOK: Duration = Duration::from_millis(3_000);

/// Nodes of one system on this bus.
async fn nodes<const N: usize>(nats: Option<&Nats>) -> [World; N] {
    let setting =
        Setting { engine: Engine::Postgres, lifted: true, bus: nats.map(Nats::url), ..Setting::default() };
    let mut nodes = vec![World::with(setting).await];
    for _ in 1..N {
        let next = nodes[0].beside().await;
        nodes.push(next);
    }
    nodes.try_into().unwrap_or_else(|_| panic!("so many"))
}

/// What the node says about its health.
async fn health(world: &World) -> String {
    let request = Request::get(format!("http://{}/readyz", world.address)).body(Full::default()).unwrap();
    let answer = world.sends(request).await.with(200);
    String::from_utf8_lossy(&answer.body).into_owned()
}

async fn says(world: &World, word: &str) {
    let saying = async {
        while health(world).await != word {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, saying).await.unwrap_or_else(|_| panic!("it never says {word}"));
}

async fn entries(socket: &mut Socket, count: usize) -> Vec<Value> {
    let mut entries = Vec::new();
    while entries.len() < count {
        entries.push(socket.next_entry().await);
    }
    entries
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_nodes_show_one_feed() {
    let nats = Nats::start();
    let nodes: [World; 3] = nodes(Some(&nats)).await;
    let room = nodes[0].medchat("rukha");
    let mut sockets = Vec::new();
    for (number, node) in (1..).zip(&nodes) {
        node.resident(number).joins(&room).await;
        sockets.push(node.resident(number).follows(&room).await);
    }
    // One after the other, each is heard everywhere without a look into the store.
    for (number, node) in (1..).zip(&nodes) {
        let landed = node.resident(number).posts(&room, "По очереди").await;
        for socket in &mut sockets {
            let entry = timeout(SECOND, socket.next_entry()).await.expect("heard at once");
            assert_eq!((&entry["seq"], &entry["entry"]["id"]), (&json!(landed.seq), &json!(landed.id)));
        }
    }
    // All at once, in one order.
    let people: Vec<_> = (1..).zip(&nodes).map(|(number, node)| node.resident(number)).collect();
    let posting = people.iter().map(|person| {
        let room = &room;
        async move {
            for _ in 0..20 {
                person.posts(room, "Все сразу").await;
            }
        }
    });
    futures_util::future::join_all(posting).await;
    let mut heard = Vec::new();
    for socket in &mut sockets {
        heard.push(entries(socket, 60).await);
    }
    assert_eq!(heard[0], heard[1]);
    assert_eq!(heard[0], heard[2]);
    let numbers: Vec<u64> = heard[0].iter().map(|entry| entry["seq"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (4..=63).collect::<Vec<u64>>());
    assert_eq!(nodes[1].is_gapless(&room).await, 63);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_confided_comes_to_the_other_node_and_never_travels() {
    let nats = Nats::start();
    let [one, other]: [World; 2] = nodes(Some(&nats)).await;
    let eavesdropper = nats.is_listened_to();
    let appeal = canaries::story(&one).await;
    let mut socket = other.responder("rukha").opens_socket().await;
    socket.subscribes(&appeal.lane("private"), Some(0)).await;
    let known = socket.next_entry().await["seq"].as_u64().unwrap();
    assert_eq!(known, 1);
    let cast = one.cast();
    cast.nina.confides(&appeal, canaries::BIRDS[0]).await;
    let confided = async { while !socket.next_entry().await.to_string().contains(canaries::BIRDS[0]) {} };
    timeout(PATIENCE, confided).await.expect("whoever may read it does");
    let room = one.medchat("rukha");
    one.resident(1).joins(&room).await;
    one.resident(1).posts(&room, "последнее слово").await;
    let heard = eavesdropper.waits_for("последнее слово".as_bytes());
    assert_eq!(canaries::found(&heard), [""; 0], "on the bus");
    let sparrow = canaries::SPARROW.as_bytes();
    assert!(heard.windows(sparrow.len()).any(|window| window == sparrow), "what everybody reads travels");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_bus_everything_comes_two_seconds_later() {
    let mut nats = Nats::start();
    let [one, other]: [World; 2] = nodes(Some(&nats)).await;
    let room = one.medchat("rukha");
    let nina = one.resident(1);
    nina.joins(&room).await;
    let mut socket = other.resident(2).follows(&room).await;
    let mut expected = 0;
    nats.freezes();
    for _ in 0..2 {
        expected = nina.posts(&room, "Шина застыла").await.seq;
        let entry = timeout(LOOK, socket.next_entry()).await.expect("found in the store");
        assert_eq!(entry["seq"], expected);
    }
    says(&other, "ready, degraded: the bus does not answer\n").await;
    nats.thaws();
    says(&other, "ready\n").await;
    nats.is_cut();
    says(&one, "ready, degraded: the bus does not answer\n").await;
    for _ in 0..2 {
        expected = nina.posts(&room, "Шины нет").await.seq;
        let entry = timeout(LOOK, socket.next_entry()).await.expect("found in the store");
        assert_eq!(entry["seq"], expected);
    }
    // The last word before it is back has no other to follow it.
    nats.comes_back();
    says(&one, "ready\n").await;
    says(&other, "ready\n").await;
    expected += 1;
    assert_eq!(nina.posts(&room, "Шина снова есть").await.seq, expected);
    assert_eq!(timeout(SECOND, socket.next_entry()).await.expect("heard at once")["seq"], expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_was_on_a_node_that_goes_continues_on_another() {
    let nats = Nats::start();
    let [one, other]: [World; 2] = nodes(Some(&nats)).await;
    let room = one.medchat("rukha");
    let (nina, petr) = (other.resident(1), one.resident(2));
    nina.joins(&room).await;
    let mut socket = petr.follows(&room).await;
    nina.posts(&room, "Ещё здесь").await;
    assert_eq!(socket.next_entry().await["seq"], 1);
    let going = one.asks_to_stop();
    assert_eq!(socket.closes().await, 1012);
    let last = nina.posts(&room, "Никого нет").await.seq;
    // The same token, on the other node, from the last number on.
    let bearer = format!("Bearer {}", petr.token().await);
    let mut socket = other.opens_socket(&[("authorization", &bearer)]).await.ok().unwrap();
    socket.subscribes(&feed(&room), Some(1)).await;
    assert_eq!(socket.next_entry().await["seq"], last);
    timeout(PATIENCE, going).await.expect("it goes").unwrap();
    let landed = nina.posts(&room, "Все на месте").await;
    assert_eq!(socket.next_entry().await["seq"], landed.seq);
}

/// A grant is taken on the first node; gives how its holder's socket on the second one ends.
async fn a_right_is_taken(nats: &mut Nats, with_the_bus: bool, within: Duration) {
    let [one, other]: [World; 2] = nodes(Some(nats)).await;
    let (holder, admin) = (other.responder("rukha"), one.administrator(1));
    let staff_room = other.staff_room("rukha", "a");
    let grant = holder.reads("/me").await["grants"][0]["id"].as_str().unwrap().to_owned();
    let mut socket = holder.follows(&staff_room).await;
    let mut neighbour = other.person("chief.rukha@demo").follows(&staff_room).await;
    if !with_the_bus {
        nats.is_cut();
    }
    admin.asks("DELETE", &format!("/grants/{grant}"), None).await.with(204);
    assert_eq!(timeout(within, socket.closes()).await.expect("closed in time"), 4503);
    neighbour.stays().await;
    // Whoever comes back stays, however often the taking is told.
    let mut again = holder.opens_socket().await;
    tokio::time::sleep(LOOK).await;
    again.stays().await;
    // A session that ends here ends there.
    let leaving = other.person("chief.rukha@demo");
    let mut socket = leaving.opens_socket().await;
    one.asks("DELETE", "/sessions/current", Some(leaving.token().await), None).await.with(204);
    assert_eq!(timeout(within, socket.closes()).await.expect("closed in time"), 4503);
    neighbour.stays().await;
    if !with_the_bus {
        nats.comes_back();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_right_taken_on_one_node_closes_sockets_on_the_other() {
    let mut nats = Nats::start();
    a_right_is_taken(&mut nats, true, SECOND).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_right_is_taken_without_the_bus_too() {
    let mut nats = Nats::start();
    a_right_is_taken(&mut nats, false, SECOND * 5).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_starts_without_the_bus_and_finds_it_later() {
    let mut nats = Nats::start();
    nats.is_cut();
    let [one, other]: [World; 2] = nodes(Some(&nats)).await;
    says(&one, "ready, degraded: the bus does not answer\n").await;
    nats.comes_back();
    says(&one, "ready\n").await;
    says(&other, "ready\n").await;
    let room = one.medchat("rukha");
    let mut socket = other.resident(2).follows(&room).await;
    one.resident(1).joins(&room).await;
    let landed = one.resident(1).posts(&room, "Слышно?").await;
    assert_eq!(timeout(SECOND, socket.next_entry()).await.expect("heard at once")["seq"], landed.seq);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_node_sends_newcomers_away_and_takes_them_later() {
    let world = World::with(Setting { max_sockets: Some(2), ..Setting::default() }).await;
    let mut inside = [world.resident(1).opens_socket().await, world.resident(2).opens_socket().await];
    let bearer = format!("Bearer {}", world.resident(3).token().await);
    let mut third = world.opens_socket(&[("authorization", &bearer)]).await.ok().unwrap();
    let Heard::Frame(frame) = third.next().await else { panic!("it is told when to come back") };
    assert_eq!(frame, json!({"ev": "closing", "retry_ms": [1000, 10000]}));
    assert_eq!(third.closes().await, 1013);
    for socket in &mut inside {
        socket.stays().await;
    }
    drop(inside);
    let coming = async {
        loop {
            // While many are being sent away, one more is told by a status.
            let Ok(mut socket) = world.opens_socket(&[("authorization", &bearer)]).await else { continue };
            if matches!(socket.next().await, Heard::Frame(frame) if frame["ev"] == "hello") {
                return;
            }
        }
    };
    timeout(PATIENCE, coming).await.expect("there is a place again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_connection_to_the_database_is_enough() {
    let setting = Setting { engine: Engine::Postgres, lifted: true, connections: 1, ..Setting::default() };
    let world = World::with(setting).await;
    timeout(PATIENCE * 2, canaries::story(&world)).await.expect("nobody waits for ever");
    let body = crate::revoke::proposal(&world.person("observer.rukha@demo"), "responder").await;
    is_given(&world, body).await;
    let room = world.medchat("rukha");
    let people: Vec<_> = (1..=5).map(|number| world.resident(number)).collect();
    let posting = people.iter().map(|person| async {
        person.joins(&room).await;
        person.posts(&room, "Все сразу").await
    });
    assert_eq!(futures_util::future::join_all(posting).await.len(), 5);
}
