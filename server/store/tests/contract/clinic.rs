//! Clinics: the last organisation asked is remembered, for each resident one.

use std::collections::HashMap;

use store::StoreError;
use store::clinic;
use store::testing::Fresh;

use crate::scene::{an_organisation, commit, id, someone};

async fn the_last_one_asked_is_remembered(db: Fresh) {
    let store = &db.store;
    let (nina, ivan, new) = (someone(store).await, someone(store).await, someone(store).await);
    let (first, second) = (an_organisation(store).await, an_organisation(store).await);
    assert_eq!(clinic::of(store, nina).await.unwrap(), None);
    for (account, organisation) in [(nina, first), (ivan, first), (nina, second), (nina, second)] {
        commit!(store, tx => clinic::remember(tx, account, organisation));
        assert_eq!(clinic::of(store, account).await.unwrap(), Some(organisation));
    }
    let many = clinic::of_many(store, &[nina, new, ivan, id()]).await.unwrap();
    assert_eq!(many, HashMap::from([(nina, second), (ivan, first)]));
    assert!(clinic::of_many(store, &[]).await.unwrap().is_empty());
}

async fn nobody_asks_what_is_not_there(db: Fresh) {
    let store = &db.store;
    let (nina, clinic) = (someone(store).await, an_organisation(store).await);
    for (account, organisation) in [(nina, id()), (id(), clinic)] {
        let mut tx = store.begin().await.unwrap();
        let outcome = clinic::remember(&mut tx, account, organisation).await;
        assert!(matches!(outcome, Err(StoreError::MissingParent(_))), "{outcome:?}");
    }
}

on_both_engines!(the_last_one_asked_is_remembered, nobody_asks_what_is_not_there);
