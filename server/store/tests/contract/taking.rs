//! Rights taken away: told to whoever asks in time, forgotten later.

use domain::event::{Taken, Taking};
use store::testing::Fresh;
use store::{StoreError, taking};

use crate::scene::{at, commit, id, someone};

async fn what_was_taken_is_found_for_a_while(db: Fresh) {
    let store = &db.store;
    let account = someone(store).await;
    let lane = format!("appeal:{}:private", id::<domain::id::AppealNoun>()).parse().unwrap();
    let kinds = [Taken::Everything, Taken::Session(id()), Taken::Feed(lane)];
    let takings = kinds.map(|what| Taking { id: id(), account, what });
    for (taking, moment) in takings.iter().zip([5, 6, 7]) {
        commit!(store, tx => taking::add(tx, taking, at(moment)));
    }
    assert_eq!(taking::since(store, at(5)).await.unwrap(), takings);
    assert_eq!(taking::since(store, at(6)).await.unwrap(), takings[1..]);
    commit!(store, tx => taking::forget(tx, at(7)));
    assert_eq!(taking::since(store, at(0)).await.unwrap(), takings[2..]);
}

async fn nothing_is_taken_from_a_stranger(db: Fresh) {
    let mut tx = db.store.begin().await.unwrap();
    let taking = Taking { id: id(), account: id(), what: Taken::Everything };
    let outcome = taking::add(&mut tx, &taking, at(1)).await;
    assert!(matches!(outcome, Err(StoreError::MissingParent(_))), "{outcome:?}");
}

on_both_engines!(what_was_taken_is_found_for_a_while, nothing_is_taken_from_a_stranger);
