//! The contract of the store: every public function, on both engines, through one test body. A test that
//! passes on one engine alone shows where the one SQL text means two things.
//!
//! A file here is named as the file of `src` it holds to its word. `scene` makes what most tests start from;
//! `append` holds groups to what their drafts would do alone.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

/// Makes of each `async fn name(db: Fresh)` one test per engine; `fresh_keys =>` in front gives each a key store.
macro_rules! on_both_engines {
    ($($test:ident),+ $(,)?) => {
        on_both_engines!(fresh => $($test),+);
    };
    ($fresh:ident => $($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(store::testing::$fresh(store::testing::Engine::Sqlite).await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(store::testing::$fresh(store::testing::Engine::Postgres).await).await;
            })+
        }
    };
}

mod account;
mod answer;
mod appeal;
mod append;
mod audit;
mod audit_chain;
mod catalogue;
mod cid;
mod clinic;
mod complete;
mod cycle;
mod data_key;
mod desk_code;
mod due;
mod engine;
mod entry;
mod error;
mod fact;
mod feed;
mod grant;
mod member;
mod migrate;
mod population;
mod queue;
mod read_cursor;
mod scene;
mod second_factor;
mod session;
mod shift;
mod taking;
