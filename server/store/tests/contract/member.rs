//! Members: joined once, left once, and a count that is always that of the rows.

use std::collections::HashSet;

use store::testing::Fresh;
use store::{StoreError, catalogue, member};

use crate::scene::{a_room, at, commit, id, someone};

async fn one_joins_once_and_leaves_once(db: Fresh) {
    let store = &db.store;
    let (first, second, account) = (a_room(store).await, a_room(store).await, someone(store).await);
    assert!(commit!(store, tx => member::join(tx, second, account, at(5))));
    assert!(commit!(store, tx => member::join(tx, first, account, at(6))));
    assert!(!commit!(store, tx => member::join(tx, first, account, at(7))));
    let asked = [(first, account), (second, account), (id(), account), (first, id())];
    let both = HashSet::from([(first, account), (second, account)]);
    assert_eq!(member::among(store, &asked).await.unwrap(), both);
    assert_eq!(member::rooms_of(store, account).await.unwrap(), [second, first], "in the order of joining");
    assert_eq!(catalogue::room_states(store).await.unwrap()[&first].members, 1);
    assert!(commit!(store, tx => member::leave(tx, first, account)));
    assert!(!commit!(store, tx => member::leave(tx, first, account)));
    assert_eq!(member::among(store, &asked).await.unwrap(), HashSet::from([(second, account)]));
    assert!(member::among(store, &[]).await.unwrap().is_empty());
    assert_eq!(member::rooms_of(store, account).await.unwrap(), [second]);
    assert_eq!(catalogue::room_states(store).await.unwrap()[&first].members, 0);
    assert_eq!(member::rooms_of(store, id()).await.unwrap(), []);
}

async fn room_and_account_must_be_there(db: Fresh) {
    let store = &db.store;
    let (room, account) = (a_room(store).await, someone(store).await);
    for (room, account) in [(id(), account), (room, id())] {
        let mut tx = store.begin().await.unwrap();
        let outcome = member::join(&mut tx, room, account, at(5)).await;
        assert!(matches!(outcome, Err(StoreError::MissingParent(_))), "{outcome:?}");
    }
}

async fn the_count_survives_a_crowd(db: Fresh) {
    let store = &db.store;
    let room = a_room(store).await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..20 {
        let (store, account) = (store.clone(), someone(store).await);
        tasks.spawn(async move {
            for _ in 0..2 {
                commit!(store, tx => member::join(tx, room, account, at(5)));
            }
            if number % 4 == 0 {
                commit!(store, tx => member::leave(tx, room, account));
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(catalogue::room_states(store).await.unwrap()[&room].members, 15);
}

on_both_engines!(one_joins_once_and_leaves_once, room_and_account_must_be_there, the_count_survives_a_crowd);
