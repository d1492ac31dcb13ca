//! Appeals: numbers without a hole, logs that grow by one, rows that say what the log says.

use domain::appeal::event::{Employee, Event, Fact, Writer};
use domain::appeal::lane::Lane;
use domain::appeal::state::StateKind;
use domain::id::AppealId;
use domain::region::RegionCode;
use domain::topic::Topic;
use store::StoreError;
use store::appeal::{self, Row};
use store::testing::Fresh;

use crate::scene::{
    a_room, an_appeal, an_organisation, at, commit, id, number, opened, opening, put, region, someone,
};

async fn numbers_of_a_region_are_given_in_a_row(db: Fresh) {
    let store = &db.store;
    a_room(store).await;
    for expected in 1..=3 {
        assert_eq!(commit!(store, tx => appeal::next_running(tx, &region())), expected);
    }
    let mut given_back = store.begin().await.unwrap();
    assert_eq!(appeal::next_running(&mut given_back, &region()).await.unwrap(), 4);
    drop(given_back);
    assert_eq!(commit!(store, tx => appeal::next_running(tx, &region())), 4);
    let elsewhere: RegionCode = "RU-ROS".parse().unwrap();
    let mut tx = store.begin().await.unwrap();
    let outcome = appeal::next_running(&mut tx, &elsewhere).await;
    assert!(matches!(outcome, Err(StoreError::MissingParent(_))), "{outcome:?}");
}

async fn of_thirty_at_once_none_gets_the_number_of_another(db: Fresh) {
    a_room(&db.store).await;
    let mut tasks = tokio::task::JoinSet::new();
    for turn in 0..30 {
        let store = db.store.clone();
        tasks.spawn(async move {
            let mut tx = store.begin().await.unwrap();
            let running = appeal::next_running(&mut tx, &region()).await.unwrap();
            if turn % 3 == 0 {
                return None;
            }
            tx.commit().await.unwrap();
            Some(running)
        });
    }
    let mut given: Vec<u64> = tasks.join_all().await.into_iter().flatten().collect();
    given.sort_unstable();
    assert_eq!(given, (1..=20).collect::<Vec<_>>());
}

/// An appeal with everything set that may be.
async fn full(store: &store::Store) -> Row {
    let (room, author, organisation) =
        (a_room(store).await, someone(store).await, an_organisation(store).await);
    Row {
        category: Topic::Ethics,
        from: vec![id(), id()],
        organisation: Some(organisation),
        assignee: Some(someone(store).await),
        has_private: true,
        due_at: None,
        ..opened(room, author, 4183, 5)
    }
}

async fn an_appeal_comes_back_as_it_was_opened(db: Fresh) {
    let store = &db.store;
    let full = full(store).await;
    let plain = opened(full.room, full.author, 4184, 6);
    for row in [full, plain] {
        put(store, &row).await;
        let expected = Some((row.clone(), vec![opening(&row)]));
        assert_eq!(appeal::find(store, row.id).await.unwrap(), expected);
        assert_eq!(appeal::by_number(store, row.number).await.unwrap(), expected);
        assert_eq!(commit!(store, tx => appeal::lock(tx, row.id)), expected);
    }
    assert_eq!(appeal::find(store, id()).await.unwrap(), None);
    assert_eq!(appeal::by_number(store, number(1)).await.unwrap(), None);
    assert_eq!(commit!(store, tx => appeal::lock(tx, id())), None);
}

async fn a_number_and_an_id_are_taken_once(db: Fresh) {
    let store = &db.store;
    let row = full(store).await;
    put(store, &row).await;
    let same_number = Row { id: id(), ..row.clone() };
    let same_id = Row { number: number(1), ..row.clone() };
    for other in [same_number, same_id] {
        let mut tx = store.begin().await.unwrap();
        let outcome = appeal::add(&mut tx, &other, &opening(&other)).await;
        assert!(matches!(outcome, Err(StoreError::Conflict(_))), "{outcome:?}");
    }
    let strangers = [
        Row { room: id(), ..row.clone() },
        Row { author: id(), ..row.clone() },
        Row { organisation: Some(id()), ..row.clone() },
        Row { assignee: Some(id()), ..row.clone() },
    ];
    for other in strangers {
        let other = Row { id: id(), number: number(2), ..other };
        let mut tx = store.begin().await.unwrap();
        let outcome = appeal::add(&mut tx, &other, &opening(&other)).await;
        assert!(matches!(outcome, Err(StoreError::MissingParent(_))), "{outcome:?}");
    }
}

async fn a_log_grows_and_the_row_goes_with_it(db: Fresh) {
    let store = &db.store;
    let (room, author) = (a_room(store).await, someone(store).await);
    let by = Employee { account: someone(store).await, organisation: an_organisation(store).await };
    let first = opened(room, author, 1, 5);
    put(store, &first).await;
    let accepted = Event { at: at(7), fact: Fact::Accepted { by } };
    let second = Row {
        organisation: Some(by.organisation),
        assignee: Some(by.account),
        state: StateKind::Accepted,
        last_at: at(7),
        length: 2,
        ..first.clone()
    };
    commit!(store, tx => appeal::note(tx, &second, &accepted));
    let message = Fact::Messaged { by: Writer::Resident, lane: Lane::Private, entry: id(), personal: true };
    let messaged = Event { at: at(9), fact: message };
    let third = Row { has_private: true, due_at: None, last_at: at(9), length: 3, ..second };
    commit!(store, tx => appeal::note(tx, &third, &messaged));
    let expected = Some((third.clone(), vec![opening(&first), accepted, messaged]));
    assert_eq!(appeal::find(store, first.id).await.unwrap(), expected);
    assert_eq!(commit!(store, tx => appeal::lock(tx, first.id)), expected);
    // The promise changed, and nothing happened.
    let fourth = Row { due_at: Some(at(70)), ..third.clone() };
    commit!(store, tx => appeal::recount(tx, &fourth));
    let (row, events) = appeal::find(store, first.id).await.unwrap().unwrap();
    assert_eq!((row, events.len()), (fourth, 3));
}

async fn an_event_follows_the_one_before_and_no_other(db: Fresh) {
    let store = &db.store;
    let row = full(store).await;
    put(store, &row).await;
    let withdrawn = Event { at: at(7), fact: Fact::Withdrawn };
    let as_long = |length| Row { state: StateKind::Withdrawn, length, ..row.clone() };
    let taken = appeal::note(&mut store.begin().await.unwrap(), &as_long(1), &withdrawn).await;
    assert!(matches!(taken, Err(StoreError::Conflict(_))), "{taken:?}");
    let far = appeal::note(&mut store.begin().await.unwrap(), &as_long(3), &withdrawn).await;
    assert!(matches!(far, Err(StoreError::MissingParent(_))), "{far:?}");
    let nobody = Row { id: id(), ..as_long(2) };
    let nobody = appeal::note(&mut store.begin().await.unwrap(), &nobody, &withdrawn).await;
    assert!(matches!(nobody, Err(StoreError::MissingParent(_))), "{nobody:?}");
    let old = appeal::recount(&mut store.begin().await.unwrap(), &as_long(2)).await;
    assert!(matches!(old, Err(StoreError::MissingParent(_))), "{old:?}");
    assert_eq!(appeal::find(store, row.id).await.unwrap(), Some((row.clone(), vec![opening(&row)])));
}

async fn whoever_locks_an_appeal_makes_other_writers_wait(db: Fresh) {
    let store = &db.store;
    let appeal = an_appeal(store).await;
    let mut tx = store.begin().await.unwrap();
    let (row, _) = appeal::lock(&mut tx, appeal).await.unwrap().unwrap();
    let theirs = store.clone();
    let mut other = tokio::spawn(async move {
        let mut tx = theirs.begin().await.unwrap();
        appeal::lock(&mut tx, appeal).await.unwrap().unwrap()
    });
    let early = tokio::time::timeout(std::time::Duration::from_millis(200), &mut other).await;
    assert!(early.is_err(), "the lock does not hold anybody");
    let withdrawn = Event { at: at(7), fact: Fact::Withdrawn };
    let row = Row { state: StateKind::Withdrawn, due_at: None, last_at: at(7), length: 2, ..row };
    appeal::note(&mut tx, &row, &withdrawn).await.unwrap();
    tx.commit().await.unwrap();
    let (seen, events) = other.await.unwrap();
    assert_eq!((seen, events.last()), (row, Some(&withdrawn)), "who waited sees what was done meanwhile");
}

async fn of_twenty_who_note_at_once_each_adds_one_event(db: Fresh) {
    let appeal = an_appeal(&db.store).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let store = db.store.clone();
        tasks.spawn(async move {
            let fact =
                Fact::Messaged { by: Writer::Resident, lane: Lane::Public, entry: id(), personal: false };
            let mut tx = store.begin().await.unwrap();
            let (row, _) = appeal::lock(&mut tx, appeal).await.unwrap().unwrap();
            let row = Row { length: row.length + 1, ..row };
            appeal::note(&mut tx, &row, &Event { at: at(7), fact }).await.unwrap();
            tx.commit().await.unwrap();
        });
    }
    tasks.join_all().await;
    let (row, events) = appeal::find(&db.store, appeal).await.unwrap().unwrap();
    assert_eq!((row.length, events.len()), (21, 21));
}

async fn many_are_read_at_once(db: Fresh) {
    let store = &db.store;
    let (room, author) = (a_room(store).await, someone(store).await);
    let mut put_there = Vec::new();
    let mut tx = store.begin().await.unwrap();
    for running in 1..=1_100 {
        let row = opened(room, author, running, 5);
        appeal::add(&mut tx, &row, &opening(&row)).await.unwrap();
        put_there.push(row);
    }
    let withdrawn = Event { at: at(7), fact: Fact::Withdrawn };
    put_there[3] = Row { state: StateKind::Withdrawn, length: 2, ..put_there[3].clone() };
    appeal::note(&mut tx, &put_there[3], &withdrawn).await.unwrap();
    tx.commit().await.unwrap();
    let mut ids: Vec<AppealId> = put_there.iter().map(|row| row.id).collect();
    ids.extend([id(), put_there[7].id]);
    ids.reverse();
    let rows = appeal::rows(store, &ids).await.unwrap();
    assert_eq!(rows, put_there, "each once, in the order of ids");
    let logs = appeal::logs(store, &ids).await.unwrap();
    assert_eq!(logs.len(), 1_100);
    assert_eq!(logs[&put_there[3].id], [opening(&put_there[3]), withdrawn]);
    assert!(logs.values().map(Vec::len).sum::<usize>() == 1_101);
    assert_eq!(appeal::rows(store, &[]).await.unwrap(), []);
    assert!(appeal::logs(store, &[id()]).await.unwrap().is_empty());
}

on_both_engines!(
    numbers_of_a_region_are_given_in_a_row,
    of_thirty_at_once_none_gets_the_number_of_another,
    an_appeal_comes_back_as_it_was_opened,
    a_number_and_an_id_are_taken_once,
    a_log_grows_and_the_row_goes_with_it,
    an_event_follows_the_one_before_and_no_other,
    whoever_locks_an_appeal_makes_other_writers_wait,
    of_twenty_who_note_at_once_each_adds_one_event,
    many_are_read_at_once,
);
