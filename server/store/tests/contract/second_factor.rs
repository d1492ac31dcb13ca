//! Second factors: one is begun over another until it is confirmed, no step and no recovery code is taken twice, and a bearer
//! has one once it is confirmed.

use store::second_factor::{self, SecondFactor};
use store::testing::Fresh;
use store::{StoreError, session};

use crate::scene::{at, commit, id, someone};

async fn it_is_begun_until_it_is_confirmed(db: Fresh) {
    let store = &db.store;
    let account = someone(store).await;
    let session = id();
    commit!(store, tx => session::begin(tx, session, account, None, at(1)));
    let has_one = async || session::bearers(store, &[session], at(1)).await.unwrap()[&session].second_factor;
    assert_eq!(second_factor::of(store, account).await.unwrap(), None);
    assert!(commit!(store, tx => second_factor::begin(tx, account, "one", at(1))));
    assert!(commit!(store, tx => second_factor::begin(tx, account, "two", at(2))));
    let begun = SecondFactor { nonce: "two".into(), confirmed_at: None };
    assert_eq!(second_factor::of(store, account).await.unwrap(), Some(begun));
    assert!(!has_one().await);
    assert!(!commit!(store, tx => second_factor::confirm(tx, account, "one", 7, at(3))));
    assert!(commit!(store, tx => second_factor::confirm(tx, account, "two", 7, at(3))));
    assert!(!commit!(store, tx => second_factor::confirm(tx, account, "two", 8, at(4))));
    assert!(!commit!(store, tx => second_factor::begin(tx, account, "three", at(5))));
    let confirmed = SecondFactor { nonce: "two".into(), confirmed_at: Some(at(3)) };
    assert_eq!(second_factor::of(store, account).await.unwrap(), Some(confirmed));
    assert!(has_one().await);
    assert!(commit!(store, tx => second_factor::remove(tx, account)));
    assert!(!commit!(store, tx => second_factor::remove(tx, account)));
    assert!(!has_one().await);
}

async fn nothing_is_taken_twice(db: Fresh) {
    let store = &db.store;
    let (account, other) = (someone(store).await, someone(store).await);
    commit!(store, tx => second_factor::begin(tx, account, "one", at(1)));
    commit!(store, tx => second_factor::confirm(tx, account, "one", 7, at(1)));
    let takes = async |step| commit!(store, tx => second_factor::take_step(tx, account, step));
    assert!(!takes(7).await);
    assert!(takes(9).await);
    assert!(!takes(9).await);
    assert!(!takes(8).await);
    assert!(!commit!(store, tx => second_factor::take_step(tx, other, 9)));

    let digests = ["a".to_owned(), "b".to_owned()];
    commit!(store, tx => second_factor::put_recovery_codes(tx, account, &digests));
    let recovers =
        async |who, digest| commit!(store, tx => second_factor::take_recovery_code(tx, who, digest, at(2)));
    assert!(!recovers(other, "a").await);
    assert!(recovers(account, "a").await);
    assert!(!recovers(account, "a").await);
    commit!(store, tx => second_factor::put_recovery_codes(tx, account, &["c".to_owned()]));
    assert!(!recovers(account, "b").await);
    assert!(recovers(account, "c").await);
}

async fn a_stranger_has_none(db: Fresh) {
    let mut tx = db.store.begin().await.unwrap();
    let outcome = second_factor::begin(&mut tx, id(), "one", at(1)).await;
    assert!(matches!(outcome, Err(StoreError::MissingParent(_))), "{outcome:?}");
}

on_both_engines!(it_is_begun_until_it_is_confirmed, nothing_is_taken_twice, a_stranger_has_none);
