//! Facts: noted, noted again, unknown.

use store::fact;
use store::testing::Fresh;

use crate::scene::commit;

async fn the_last_word_about_a_fact_stands(db: Fresh) {
    let store = &db.store;
    assert_eq!(fact::find(store, "demo").await.unwrap(), None);
    commit!(store, tx => fact::set(tx, "demo", "да"));
    commit!(store, tx => fact::set(tx, "demo", ""));
    commit!(store, tx => fact::set(tx, "Demo", "another"));
    assert_eq!(fact::find(store, "demo").await.unwrap().as_deref(), Some(""));
    assert_eq!(fact::find(store, "Demo").await.unwrap().as_deref(), Some("another"));
    let mut tx = store.begin().await.unwrap();
    assert_eq!(fact::keep(&mut tx, "kept", "first").await.unwrap(), "first");
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert_eq!(fact::keep(&mut tx, "kept", "second").await.unwrap(), "first");
    tx.commit().await.unwrap();
    assert_eq!(fact::find(store, "kept").await.unwrap().as_deref(), Some("first"));
}

async fn what_is_not_committed_was_never_noted(db: Fresh) {
    let mut tx = db.store.begin().await.unwrap();
    fact::set(&mut tx, "demo", "1").await.unwrap();
    assert_eq!(fact::find(&db.store, "demo").await.unwrap(), None, "nobody sees it before");
    drop(tx);
    commit!(db.store, tx => fact::set(tx, "other", "1"));
    assert_eq!(fact::find(&db.store, "demo").await.unwrap(), None);
}

on_both_engines!(the_last_word_about_a_fact_stands, what_is_not_committed_was_never_noted);
