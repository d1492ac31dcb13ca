//! Answers to repeated changes: claimed once, kept, given back, forgotten, taken over from the dead.

use domain::message::Cid;
use store::answer::{self, Claim};
use store::testing::Fresh;

use crate::scene::{at, commit, someone};

async fn a_key_is_claimed_once_and_answers_for_ever_after(db: Fresh) {
    let store = &db.store;
    let (one, other) = (someone(store).await, someone(store).await);
    let key = Cid::new("k").unwrap();
    assert_eq!(commit!(store, tx => answer::claim(tx, one, &key, "d", at(10), at(0))), Claim::Ours);
    assert_eq!(commit!(store, tx => answer::claim(tx, one, &key, "d", at(11), at(0))), Claim::Underway);
    assert_eq!(commit!(store, tx => answer::claim(tx, one, &key, "e", at(11), at(0))), Claim::Other);
    assert_eq!(commit!(store, tx => answer::claim(tx, other, &key, "e", at(11), at(0))), Claim::Ours);
    commit!(store, tx => answer::keep(tx, one, &key, 201, "{}"));
    let answered = Claim::Answered { status: 201, body: "{}".into() };
    assert_eq!(commit!(store, tx => answer::claim(tx, one, &key, "d", at(99), at(98))), answered);
    assert_eq!(commit!(store, tx => answer::forget(tx, at(11))), 1, "the other key is younger");
    assert_eq!(commit!(store, tx => answer::claim(tx, one, &key, "e", at(100), at(0))), Claim::Ours);
}

async fn a_refused_change_may_be_tried_again(db: Fresh) {
    let store = &db.store;
    let (one, key) = (someone(store).await, Cid::new("k").unwrap());
    commit!(store, tx => answer::claim(tx, one, &key, "d", at(10), at(0)));
    commit!(store, tx => answer::give_back(tx, one, &key));
    assert_eq!(commit!(store, tx => answer::claim(tx, one, &key, "e", at(11), at(0))), Claim::Ours);
}

async fn the_claim_of_a_dead_process_is_taken_over_by_one(db: Fresh) {
    let store = &db.store;
    let (one, key) = (someone(store).await, Cid::new("k").unwrap());
    commit!(store, tx => answer::claim(tx, one, &key, "d", at(10), at(0)));
    assert_eq!(commit!(store, tx => answer::claim(tx, one, &key, "e", at(90), at(80))), Claim::Other);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let (store, key) = (store.clone(), key.clone());
        tasks.spawn(async move { commit!(store, tx => answer::claim(tx, one, &key, "d", at(90), at(80))) });
    }
    let ours = tasks.join_all().await.into_iter().filter(|claim| *claim == Claim::Ours).count();
    assert_eq!(ours, 1);
}

on_both_engines!(
    a_key_is_claimed_once_and_answers_for_ever_after,
    a_refused_change_may_be_tried_again,
    the_claim_of_a_dead_process_is_taken_over_by_one,
);
