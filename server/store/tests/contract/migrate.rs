//! Migrations: a second run does nothing, an edited or unknown file stops the start, and both engines end
//! with the same tables.

use std::collections::BTreeSet;

use store::testing::{Engine, Fresh, fresh, keys_beside};
use store::{Store, StoreError, fact, migrate};

use crate::scene::{by_hand, commit};

/// The versions applied, with the moment of each.
async fn applied(store: &Store) -> Vec<(i64, String)> {
    let sql = "select version, cast(installed_on as text) from _sqlx_migrations order by version";
    match store {
        Store::Sqlite { read, .. } => sqlx::query_as(sql).fetch_all(read).await,
        Store::Postgres { read, .. } => sqlx::query_as(sql).fetch_all(read).await,
    }
    .unwrap()
}

async fn a_second_run_does_nothing(db: Fresh) {
    commit!(db.store, tx => fact::set(tx, "demo", "1"));
    let before = applied(&db.store).await;
    assert!(before.len() >= 4, "{before:?}");
    migrate::migrate(&db.store).await.unwrap();
    assert_eq!(applied(&db.store).await, before);
    assert_eq!(fact::find(&db.store, "demo").await.unwrap().as_deref(), Some("1"));
}

async fn a_newer_program_shows(db: Fresh) {
    assert!(!migrate::is_newer(&db.store).await.unwrap());
    by_hand(&db.store, "update _sqlx_migrations set version = 9999 where version = 1").await;
    assert!(migrate::is_newer(&db.store).await.unwrap());
    let refused = migrate::migrate(&db.store).await.unwrap_err().to_string();
    assert!(refused.contains("9999"), "{refused}");
}

async fn a_key_store_has_a_list_of_its_own(db: Fresh) {
    let keys = Store::open(&keys_beside(&db.address)).await.unwrap();
    migrate::migrate_keys(&keys).await.unwrap();
    let (main, before) = (applied(&db.store).await, applied(&keys).await);
    assert!(!before.is_empty() && before.len() < main.len(), "{before:?} {main:?}");
    migrate::migrate_keys(&keys).await.unwrap();
    assert_eq!(applied(&keys).await, before);
    assert_eq!(applied(&db.store).await, main);
    by_hand(&keys, "update _sqlx_migrations set version = 9999").await;
    let outcome = migrate::migrate_keys(&keys).await;
    assert!(matches!(outcome, Err(StoreError::Migration(_))), "{outcome:?}");
}

async fn an_edited_file_stops_the_start(db: Fresh) {
    let sql = "update _sqlx_migrations set checksum = \
               (select checksum from _sqlx_migrations where version = 2) where version = 1";
    by_hand(&db.store, sql).await;
    for _ in 0..2 {
        let outcome = migrate::migrate(&db.store).await;
        assert!(matches!(outcome, Err(StoreError::Migration(_))), "{outcome:?}");
    }
}

async fn an_unknown_file_stops_the_start(db: Fresh) {
    by_hand(&db.store, "update _sqlx_migrations set version = 9999 where version = 4").await;
    let outcome = migrate::migrate(&db.store).await;
    assert!(matches!(outcome, Err(StoreError::Migration(_))), "{outcome:?}");
}

async fn a_failed_migration_changes_nothing_and_may_be_tried_again(db: Fresh) {
    // Forget the last file, and put something in the way of one before.
    let store = &db.store;
    by_hand(store, "delete from _sqlx_migrations where version = 3").await;
    for _ in 0..2 {
        let outcome = migrate::migrate(store).await;
        assert!(matches!(outcome, Err(StoreError::Migration(_))), "{outcome:?}");
    }
    for table in ["cursors", "members", "cids", "entries", "feeds", "audit"] {
        let drop: &'static str = Box::leak(format!("drop table {table}").into_boxed_str());
        by_hand(store, drop).await;
    }
    migrate::migrate(store).await.unwrap();
    assert!(applied(store).await.iter().any(|(version, _)| *version == 3));
}

on_both_engines!(
    a_second_run_does_nothing,
    a_newer_program_shows,
    a_key_store_has_a_list_of_its_own,
    an_edited_file_stops_the_start,
    an_unknown_file_stops_the_start,
    a_failed_migration_changes_nothing_and_may_be_tried_again,
);

/// Table, column and whether it may be empty.
async fn columns(engine: Engine) -> BTreeSet<(String, String, bool)> {
    let db = fresh(engine).await;
    let found: Vec<(String, String, bool)> = match &db.store {
        Store::Sqlite { read, .. } => {
            let sql = "select t.name, c.name, c.\"notnull\" = 0 and c.pk = 0 from sqlite_schema t \
                       join pragma_table_info(t.name) c where t.type = 'table' and t.name not like 'sqlite%'";
            sqlx::query_as(sql).fetch_all(read).await.unwrap()
        }
        Store::Postgres { read, .. } => {
            let sql = "select cast(table_name as text), cast(column_name as text), is_nullable = 'YES' \
                       from information_schema.columns where table_schema = 'public'";
            sqlx::query_as(sql).fetch_all(read).await.unwrap()
        }
    };
    found.into_iter().filter(|(table, ..)| table != "_sqlx_migrations").collect()
}

#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    let (sqlite, postgres) = (columns(Engine::Sqlite).await, columns(Engine::Postgres).await);
    assert!(sqlite.len() > 60, "{sqlite:?}");
    assert_eq!(sqlite, postgres);
}
