//! The server as people and programs meet it: a real router behind the real accept loop, a real database, real
//! sockets. `world` is where it happens, `people` and `sockets` are those who talk; every other file holds one theme.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

/// Runs each of the named tests on either engine.
macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$name(store::testing::Engine::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                super::$name(store::testing::Engine::Postgres).await;
            }
        }
    )+};
}

mod asking;
mod ground;
mod nats;
mod people;
mod sockets;
mod tokens;
mod world;

mod appeal;
mod appeal_at_once;
mod appeal_sockets;
mod appeal_states;
mod audit;
mod bad_http;
mod canaries;
mod cancel;
mod cards;
mod clock_due;
mod desk_codes;
mod drain;
mod due;
mod figures;
mod flood;
mod journey;
mod lanes;
mod lines;
mod messages;
mod nodes;
mod opening;
mod outage;
mod population;
mod queue;
mod resume;
mod revoke;
mod rooms;
mod roster;
mod second_factor;
mod sessions;
mod sign_in;
mod sign_up;
mod slow_reader;
mod socket;
mod stale_view;
mod start_up;
mod walk;
mod ways_in;
mod who_may_say_what;
mod who_may_what;
mod who_may_what_of_all;
mod who_may_what_to_appeals;
