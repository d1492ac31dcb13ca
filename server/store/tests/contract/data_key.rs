//! Data keys: kept once, found, destroyed for good, and on PostgreSQL in a schema that holds nothing else.

use store::data_key::{self, DataKey};
use store::testing::{Engine, Fresh, fresh, keys_beside};
use store::{Store, StoreError, fact, migrate};

use crate::scene::{at, commit, id};

fn data_key(wrapped: &str) -> DataKey {
    DataKey { account: id(), wrapped: wrapped.into(), kek: "k1".into(), created_at: at(7) }
}

async fn a_key_is_found_as_it_was_kept(db: Fresh) {
    let (key, other) = (data_key("one"), data_key("another"));
    commit!(db.store, tx => data_key::add(tx, &key));
    commit!(db.store, tx => data_key::add(tx, &other));
    assert_eq!(data_key::find(&db.store, key.account).await.unwrap(), Some(key));
    assert_eq!(data_key::find(&db.store, other.account).await.unwrap(), Some(other));
    assert_eq!(data_key::find(&db.store, id()).await.unwrap(), None);
}

async fn the_first_key_stays(db: Fresh) {
    let first = data_key("first");
    let second = DataKey { wrapped: "second".into(), kek: "k2".into(), created_at: at(8), ..first.clone() };
    commit!(db.store, tx => data_key::add(tx, &first));
    commit!(db.store, tx => data_key::add(tx, &second));
    assert_eq!(data_key::find(&db.store, first.account).await.unwrap(), Some(first));
}

async fn two_nodes_that_make_a_key_at_once_end_with_the_same(db: Fresh) {
    let other = Store::open(&db.address).await.unwrap();
    let first = data_key("first");
    let second = DataKey { wrapped: "second".into(), ..first.clone() };
    let (one, two) = tokio::join!(async { commit!(db.store, tx => data_key::add(tx, &first)) }, async {
        commit!(other, tx => data_key::add(tx, &second))
    },);
    assert_eq!((one, two), ((), ()));
    let kept = data_key::find(&db.store, first.account).await.unwrap().unwrap();
    assert!(kept == first || kept == second, "{kept:?}");
    assert_eq!(data_key::find(&other, first.account).await.unwrap(), Some(kept));
}

async fn a_destroyed_key_is_gone_and_nobody_elses(db: Fresh) {
    let (key, other) = (data_key("one"), data_key("another"));
    commit!(db.store, tx => data_key::add(tx, &key));
    commit!(db.store, tx => data_key::add(tx, &other));
    commit!(db.store, tx => data_key::destroy(tx, key.account));
    commit!(db.store, tx => data_key::destroy(tx, key.account));
    assert_eq!(data_key::find(&db.store, key.account).await.unwrap(), None);
    assert_eq!(data_key::find(&db.store, other.account).await.unwrap(), Some(other));
}

async fn what_is_not_committed_was_never_kept(db: Fresh) {
    let key = data_key("one");
    let mut tx = db.store.begin().await.unwrap();
    data_key::add(&mut tx, &key).await.unwrap();
    drop(tx);
    assert_eq!(data_key::find(&db.store, key.account).await.unwrap(), None);
}

on_both_engines!(fresh_keys =>
    a_key_is_found_as_it_was_kept,
    the_first_key_stays,
    two_nodes_that_make_a_key_at_once_end_with_the_same,
    a_destroyed_key_is_gone_and_nobody_elses,
    what_is_not_committed_was_never_kept,
);

#[tokio::test]
async fn the_main_database_and_its_key_store_know_nothing_of_each_other() {
    for engine in Engine::ALL {
        let main = fresh(engine).await;
        let keys = Store::open(&keys_beside(&main.address)).await.unwrap();
        migrate::migrate_keys(&keys).await.unwrap();
        let key = data_key("one");
        commit!(keys, tx => data_key::add(tx, &key));
        for outcome in [data_key::find(&main.store, key.account).await.map(|_| ()), fact(&keys).await] {
            assert!(matches!(outcome, Err(StoreError::Broken(_))), "{engine:?}: {outcome:?}");
        }
        migrate::migrate(&main.store).await.unwrap();
        migrate::migrate_keys(&keys).await.unwrap();
        let again = Store::open(&keys_beside(&main.address)).await.unwrap();
        assert_eq!(data_key::find(&again, key.account).await.unwrap(), Some(key));
    }
}

async fn fact(store: &Store) -> Result<(), StoreError> {
    fact::find(store, "demo").await.map(|_| ())
}
