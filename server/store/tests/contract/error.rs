//! Kinds of failure: the same on both engines, and no text that repeats its source.

use std::error::Error;

use store::testing::Fresh;
use store::{Store, StoreError, Tx, account, entry, fact};

use crate::scene::{a_feed, a_room, at, by_hand, commit, id, one, said, someone};

/// What `sql` fails with.
async fn failing(store: &Store, sql: &'static str) -> StoreError {
    let mut tx = store.begin().await.unwrap();
    let outcome = match &mut tx {
        Tx::Sqlite(tx) => sqlx::query(sql).execute(&mut **tx).await.map(|_| ()),
        Tx::Postgres(tx) => sqlx::query(sql).execute(&mut **tx).await.map(|_| ()),
    };
    outcome.expect_err(sql).into()
}

async fn a_broken_rule_is_told_by_its_kind(db: Fresh) {
    let store = &db.store;
    a_room(store).await;
    someone(store).await;
    let conflict = failing(store, "insert into regions select * from regions").await;
    assert!(matches!(conflict, StoreError::Conflict(_)), "primary key: {conflict:?}");
    let sql = "insert into accounts select 'x', login, password, kind, alias, name, position, employer, \
               created_at, closed_at from accounts";
    let conflict = failing(store, sql).await;
    assert!(matches!(conflict, StoreError::Conflict(_)), "unique: {conflict:?}");
    let orphan = failing(store, "update rooms set region = 'RU-XXX'").await;
    assert!(matches!(orphan, StoreError::MissingParent(_)), "{orphan:?}");
    let orphan = failing(store, "delete from regions").await;
    assert!(matches!(orphan, StoreError::MissingParent(_)), "{orphan:?}");
    let check = failing(store, "update accounts set kind = 'robot'").await;
    assert!(matches!(check, StoreError::RuleBroken(_)), "{check:?}");
    let null = failing(store, "update accounts set alias = null").await;
    assert!(matches!(null, StoreError::RuleBroken(_)), "{null:?}");
    let nonsense = failing(store, "select nothing from nowhere").await;
    assert!(matches!(nonsense, StoreError::Broken(_)), "{nonsense:?}");
    let source = conflict.source().expect("the cause is kept").to_string();
    assert!(!conflict.to_string().contains(&source));
}

async fn who_waits_too_long_is_told_to_ask_again(db: Fresh) {
    commit!(db.store, tx => fact::set(tx, "demo", "1"));
    let mut holder = db.store.begin().await.unwrap();
    fact::set(&mut holder, "demo", "2").await.unwrap();
    // A second process: on SQLite it meets the lock of the file, not the queue of our own writer.
    let other = Store::open(&db.address).await.unwrap();
    let waiting = async {
        let mut tx = other.begin().await?;
        fact::set(&mut tx, "demo", "3").await
    };
    let outcome = tokio::time::timeout(std::time::Duration::from_secs(4), waiting).await.unwrap();
    assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
}

async fn impossible_values_are_named(db: Fresh) {
    let store = &db.store;
    let (feed, account) = (a_feed(store).await, someone(store).await);
    one(store, 5, said(feed, account, "да")).await;
    by_hand(store, "update entries set author_kind = 'robot'").await;
    let outcome = entry::after(store, feed, 0, 9).await.unwrap_err();
    assert_eq!(outcome.to_string(), "entries.author_kind holds an impossible value");
    by_hand(store, "update entries set author_kind = 'staff', signature = 'not JSON'").await;
    let outcome = entry::messages_before(store, feed, 9, 9).await.unwrap_err();
    assert_eq!(outcome.to_string(), "entries.signature holds an impossible value");
    by_hand(
        store,
        "insert into accounts select 'x', 'x', password, kind, alias, name, position, employer, \
                    created_at, closed_at from accounts",
    )
    .await;
    let outcome = account::by_login(store, "x").await.unwrap_err();
    assert_eq!(outcome.to_string(), "accounts.id holds an impossible value");
}

async fn a_failed_statement_spoils_no_other_transaction(db: Fresh) {
    let store = &db.store;
    let account = someone(store).await;
    for _ in 0..20 {
        let mut tx = store.begin().await.unwrap();
        let stranger = store::session::begin(&mut tx, id(), id(), None, at(1)).await;
        assert!(matches!(stranger, Err(StoreError::MissingParent(_))), "{stranger:?}");
        drop(tx);
        commit!(store, tx => store::session::begin(tx, id(), account, None, at(1)));
    }
}

on_both_engines!(
    a_broken_rule_is_told_by_its_kind,
    who_waits_too_long_is_told_to_ask_again,
    impossible_values_are_named,
    a_failed_statement_spoils_no_other_transaction,
);
