//! kill -9 at any moment loses no acknowledged message, and nothing comes twice. The real binary is started on
//! one data folder again and again and killed in the middle of traffic, while people write by socket and HTTP
//! into two rooms, resend what was not acknowledged, and read along. At the end the history is checked.
//! What happens by the clock is in `due`, when the power goes in `power`, to several nodes at once in `chaos`.
//!
//! A check that cannot fail proves nothing: the same harness must find the loss in `hasty`, a server that
//! acknowledges before the commit (`acts::post_box::hasty`). It is a small binary of these tests, behind the
//! feature `hasty-ack`, which the server's development dependencies turn on: so `cargo test` builds it beside
//! the real binary from the same library, and `cargo build` never sees it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod asked;
mod chaos;
mod check;
mod crowd;
mod disk;
mod due;
mod gather;
mod history;
mod namespaces;
#[path = "../it/nats.rs"]
#[expect(dead_code, reason = "nobody breaks into the network here")]
mod nats;
mod nemesis;
mod node;
mod people;
mod power;
mod reader;
mod spoiled;
mod system;
mod taking;
mod world;
mod writer;

use check::{Fault, check};
use history::History;
use store::testing::Engine;
use tokio::sync::RwLock;
use world::{End, World};

const MEDCHAT: &str = env!("CARGO_BIN_EXE_medchat");
const HASTY: &str = env!("CARGO_BIN_EXE_hasty");

/// Whoever lets several nodes die takes the machine for themselves: beside the others there would be twenty processes on
/// it, and the moment in which a hasty server can be caught becomes too short a part of all the time.
static MACHINE: RwLock<()> = RwLock::const_new(());

/// Within how many deaths the loss of a hasty server must be found.
const HASTY_DEATHS: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_kills_lose_nothing_on_sqlite() {
    survive(Engine::Sqlite, 100).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_kills_lose_nothing_on_postgres() {
    survive(Engine::Postgres, 20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_loss_of_a_hasty_server_is_found_on_sqlite() {
    find_loss(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_loss_of_a_hasty_server_is_found_on_postgres() {
    find_loss(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ordered_stop_in_the_middle_of_traffic_loses_nothing() {
    for engine in Engine::ALL {
        let mut world = World::open(engine, MEDCHAT).await;
        world.live_and_die(End::Terminate).await;
        expect_kept(&world.history().await);
    }
}

#[expect(clippy::print_stdout, reason = "figures for who asks for them with --nocapture")]
async fn survive(engine: Engine, kills: usize) {
    let mut world = World::open(engine, MEDCHAT).await;
    for _ in 0..kills {
        world.live_and_die(End::Kill).await;
    }
    let history = world.history().await;
    expect_kept(&history);
    // Kills that hit nobody would prove nothing.
    assert!(history.acks.len() > 4 * kills, "only {} were acknowledged", history.acks.len());
    assert!(world.unknown > kills, "only {} tries were cut off", world.unknown);
    println!(
        "{engine:?}: {kills} kills, {} posts, {} cut off, a start took {:?}",
        history.sent.len(),
        world.unknown,
        world.starting / u32::try_from(kills + 2).unwrap(),
    );
}

async fn find_loss(engine: Engine) {
    let mut world = World::open(engine, HASTY).await;
    for _ in 0..HASTY_DEATHS {
        world.live_and_die(End::Kill).await;
        let faults = check(&world.history().await);
        if faults.iter().any(|fault| matches!(fault, Fault::Lost { .. })) {
            return;
        }
    }
    panic!("{HASTY_DEATHS} deaths of a server that acknowledges too early went unnoticed");
}

fn expect_kept(history: &History) {
    let faults = check(history);
    assert!(
        faults.is_empty(),
        "{} promises broken, first {:?}",
        faults.len(),
        &faults[..faults.len().min(10)]
    );
}
