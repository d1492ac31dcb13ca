//! PostgreSQL gone, or there and silent: nobody is told that something is durable which may not be, everybody hears so in
//! time, and soon after its return all is as it was. And what a node does whose database disagrees with it.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use serde_json::json;
use store::testing::{Cluster, Engine};
use tokio::time::{Instant, timeout};

use crate::people::{Answer, insists};
use crate::world::{PATIENCE, Setting, World};

/// In which time somebody hears that nothing is known, and what a busy machine adds.
const TOLD: Duration = Duration::from_millis(3_000);
/// In which time all is as it was.
const BACK: Duration = Duration::from_secs(5);

async fn readiness(world: &World) -> Answer {
    let request = Request::get(format!("http://{}/readyz", world.address)).body(Full::default()).unwrap();
    world.sends(request).await
}

async fn becomes(world: &World, status: u16) -> Bytes {
    let waiting = async {
        loop {
            let answer = readiness(world).await;
            if answer.status == status {
                return answer.body;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("it never answers {status}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_hangs_makes_nobody_believe_anything() {
    let cluster = Cluster::start();
    let world = World::on_cluster(&cluster).await;
    let room = world.medchat("rukha");
    let (nina, petr) = (world.resident(1), world.resident(2));
    for person in [&nina, &petr] {
        person.joins(&room).await;
    }
    let mut socket = nina.opens_socket().await;
    let mut reader = petr.follows(&room).await;
    nina.posts(&room, "До того").await;
    reader.next_entry().await;

    cluster.freeze();
    let frozen = Instant::now();
    // Those who ask later wait behind those who asked before; each is told in time.
    let asking = (0..20).map(|number| {
        let (nina, room) = (&nina, &room);
        async move {
            tokio::time::sleep(Duration::from_millis(100 * number)).await;
            let asked = Instant::now();
            let answer = nina.tries_to_post(room, &format!("hung {number}"), "Слышно?").await;
            answer.refused(503, "dependency_down");
            assert!(asked.elapsed() < TOLD, "{:?} after {:?}", asked.elapsed(), frozen.elapsed());
        }
    });
    let saying = async {
        let asked = Instant::now();
        let post = json!({"op": "post", "cid": "hung socket", "room": room, "text": "Слышно?"});
        let error = socket.is_refused(post, "dependency_down").await;
        assert_eq!(error["cid"], "hung socket");
        assert!(asked.elapsed() < TOLD, "{:?}", asked.elapsed());
    };
    tokio::join!(futures_util::future::join_all(asking), saying);
    assert_eq!(readiness(&world).await.status, 503);

    cluster.thaw();
    let thawed = Instant::now();
    let cid = "hung 0";
    let again = insists(|| nina.tries_to_post(&room, cid, "Слышно?")).await;
    assert!([200, 201].contains(&again.status), "{}", again.status);
    assert!(thawed.elapsed() < BACK, "{:?}", thawed.elapsed());
    socket.posts(&room, "hung socket", "Слышно?").await;
    becomes(&world, 200).await;
    // Whatever landed of what nobody knew stands there once, and its readers have it in order.
    let head = world.is_gapless(&room).await;
    for seq in 2..=head {
        assert_eq!(reader.next_entry().await["seq"], seq);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_crashes_is_found_again() {
    let cluster = Cluster::start();
    let world = World::on_cluster(&cluster).await;
    let room = world.medchat("rukha");
    let nina = world.resident(1);
    nina.joins(&room).await;
    let mut socket = nina.follows(&room).await;
    for round in 1..=3 {
        socket.posts(&room, &format!("before {round}"), "Пока всё хорошо").await;
        cluster.crash();
        let address = cluster.address("postgres");
        while store::Store::open(&address).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let returned = Instant::now();
        let cid = format!("after {round}");
        insists(|| nina.tries_to_post(&room, &cid, "Снова здесь")).await.with(201);
        assert!(returned.elapsed() < BACK, "{:?}", returned.elapsed());
    }
    becomes(&world, 200).await;
    assert_eq!(world.is_gapless(&room).await, 6);
    for seq in 1..=6 {
        assert_eq!(socket.next_entry().await["seq"], seq, "the socket stayed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_whose_clock_is_off_is_not_ready() {
    // The clock of the tests stands on a Monday long ago.
    let setting = Setting { engine: Engine::Postgres, clock_is_real: true, ..Setting::default() };
    let world = World::with(setting).await;
    assert_eq!(&becomes(&world, 503).await[..], b"the clock is more than 5 s off the database's\n");
    let metrics = Request::get(format!("http://{}/metrics", world.address)).body(Full::default()).unwrap();
    let metrics = world.sends(metrics).await.with(200).body;
    assert!(String::from_utf8_lossy(&metrics).contains("medchat_clock_ahead_seconds"));
    world.clock().set(&store_clock(&world).await);
    assert_eq!(&becomes(&world, 200).await[..], b"ready\n");
}

/// The moment on the database's clock.
async fn store_clock(world: &World) -> String {
    world.store().clock().await.unwrap().unwrap().rfc3339()
}

async fn a_running_node_says_that_the_database_is_newer(engine: Engine) {
    let world = World::on(engine).await;
    becomes(&world, 200).await;
    store::testing::spoil(
        &world.store(),
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
         select 9999, 'of a newer program', success, checksum, execution_time from _sqlx_migrations where version = 1",
    )
    .await;
    let saying = async {
        while &readiness(&world).await.with(200).body[..]
            != b"ready, degraded: the database is newer than this program\n"
        {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(PATIENCE, saying).await.expect("it says so");
}

on_both_engines!(a_running_node_says_that_the_database_is_newer);
