//! What falls due: replaced without making again what has fired, leased by one at a time, fired once.

use std::collections::HashMap;
use std::time::Duration;

use domain::id::AppealId;
use domain::moment::Moment;
use domain::sla::clock::ClockKind;
use domain::sla::ladder::Step;
use store::due::{self, Due, What};
use store::testing::Fresh;
use store::{Store, StoreError, appeal};

use crate::scene::{a_room, an_appeal, at, commit, id, opened, opening, someone};

const DAY: i64 = 86_400_000;
const HALF: What = What::Step { clock: ClockKind::FirstAnswer, cycle: 1, step: Step::Half };
const FULL: What = What::Step { clock: ClockKind::FinalAnswer, cycle: 2, step: Step::Full };
const SILENCE: What = What::Silence { cycle: 1 };

async fn replace(store: &Store, appeal: AppealId, rows: &[(What, i64)]) {
    let dues: Vec<_> =
        rows.iter().map(|(what, millis)| Due { appeal, what: *what, at: at(*millis) }).collect();
    commit!(store, tx => due::replace(tx, appeal, &dues));
}

async fn claim(store: &Store, now: i64, until: i64) -> Vec<(What, i64)> {
    let found = commit!(store, tx => due::claim(tx, at(now), at(until), 99));
    found.iter().map(|due| (due.what, due.at.millis())).collect()
}

async fn fire(store: &Store, appeal: AppealId, what: What, now: i64) -> bool {
    commit!(store, tx => due::fire(tx, &Due { appeal, what, at: at(0) }, at(now)))
}

#[test]
fn names_lead_back_to_what_falls_due() {
    for cycle in [1, 70] {
        let steps = ClockKind::ALL
            .into_iter()
            .flat_map(|clock| Step::ALL.into_iter().map(move |step| What::Step { clock, cycle, step }));
        for what in steps.chain([What::Silence { cycle }]) {
            assert_eq!(what.to_string().parse(), Ok(what));
        }
    }
    assert_eq!((HALF.to_string(), SILENCE.to_string()), ("first_answer.1.50".into(), "silence.1".into()));
    for other in ["", "silence", "silence.x", "first_answer.1", "first_answer.1.51", "last_answer.1.50"] {
        assert!(other.parse::<What>().is_err(), "{other}");
    }
}

async fn rows_become_exactly_what_is_computed(db: Fresh) {
    let store = &db.store;
    let (appeal, other) = (an_appeal(store).await, an_appeal(store).await);
    assert_eq!(due::next(store).await.unwrap(), None);
    replace(store, other, &[(HALF, 1_000)]).await;
    replace(store, appeal, &[(HALF, 10), (FULL, 20)]).await;
    assert_eq!(due::next(store).await.unwrap(), Some(at(10)));
    replace(store, appeal, &[(FULL, 25), (SILENCE, 7), (FULL, 21)]).await;
    assert_eq!(claim(store, 100, 200).await, [(SILENCE, 7), (FULL, 21)], "the last word on a name counts");
    replace(store, appeal, &[]).await;
    assert_eq!(due::next(store).await.unwrap(), Some(at(1_000)), "the other appeal keeps its own");
    let mut tx = store.begin().await.unwrap();
    let stranger = due::replace(&mut tx, id(), &[Due { appeal: id(), what: HALF, at: at(1) }]).await;
    assert!(matches!(stranger, Err(StoreError::MissingParent(_))), "{stranger:?}");
}

async fn what_has_fired_is_not_made_again(db: Fresh) {
    let store = &db.store;
    let appeal = an_appeal(store).await;
    replace(store, appeal, &[(HALF, 10), (FULL, 20)]).await;
    assert!(fire(store, appeal, HALF, 15).await);
    for rows in [&[(HALF, 30), (FULL, 20)][..], &[(FULL, 20)], &[], &[(HALF, 12), (FULL, 20)]] {
        replace(store, appeal, rows).await;
        assert!(!fire(store, appeal, HALF, 99).await);
    }
    assert_eq!(claim(store, 100, 200).await, [(FULL, 20)]);
    assert!(fire(store, appeal, FULL, 99).await);
    assert_eq!(due::next(store).await.unwrap(), None);
}

async fn what_is_gone_or_moved_does_not_fire(db: Fresh) {
    let store = &db.store;
    let appeal = an_appeal(store).await;
    replace(store, appeal, &[(HALF, 10), (FULL, 20)]).await;
    assert_eq!(claim(store, 20, 80).await, [(HALF, 10), (FULL, 20)]);
    replace(store, appeal, &[(FULL, 50)]).await;
    assert!(!fire(store, appeal, HALF, 20).await, "it is gone");
    assert!(!fire(store, appeal, FULL, 49).await, "it is due later by now");
    assert!(!fire(store, id(), FULL, 50).await);
    assert!(fire(store, appeal, FULL, 50).await, "on the moment it is due");
}

async fn a_lease_keeps_others_off_until_it_is_over(db: Fresh) {
    let store = &db.store;
    let appeal = an_appeal(store).await;
    replace(store, appeal, &[(FULL, 20), (HALF, 10)]).await;
    assert_eq!(claim(store, 9, 60).await, []);
    assert_eq!(claim(store, 19, 60).await, [(HALF, 10)]);
    assert_eq!(claim(store, 20, 61).await, [(FULL, 20)]);
    assert_eq!(claim(store, 59, 100).await, []);
    assert_eq!(claim(store, 60, 101).await, [(HALF, 10)], "a lease is over at its last moment");
    // Of those with a lease, the one that is moved loses it.
    replace(store, appeal, &[(FULL, 19), (HALF, 10)]).await;
    assert_eq!(claim(store, 60, 101).await, [(FULL, 19)]);
    let three = commit!(store, tx => due::claim(tx, at(500), at(600), 1));
    assert_eq!(three.len(), 1, "no more than wanted");
    let mut given_back = store.begin().await.unwrap();
    assert_eq!(due::claim(&mut given_back, at(500), at(600), 9).await.unwrap().len(), 1);
    drop(given_back);
    // Its connection ends it a little later: until then it is passed over like any that others hold.
    let left = async {
        loop {
            let left = claim(store, 500, 600).await;
            if !left.is_empty() {
                return left;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let left = tokio::time::timeout(Duration::from_secs(20), left).await;
    assert_eq!(left.unwrap(), [(FULL, 19)], "a transaction that fails leases nothing");
}

async fn a_clock_that_jumps_loses_nothing(db: Fresh) {
    let store = &db.store;
    let appeal = an_appeal(store).await;
    replace(store, appeal, &[(HALF, 10), (FULL, 20)]).await;
    // A day forward: what is leased then is leased for a day too long by the clock put right.
    assert_eq!(claim(store, DAY, DAY + 60).await.len(), 2);
    assert!(fire(store, appeal, HALF, DAY).await);
    assert_eq!(claim(store, 15, 75).await, [], "it is not due yet, and the other has fired");
    assert_eq!(claim(store, 20, 80).await, [(FULL, 20)], "the lease of tomorrow counts for nothing");
    assert_eq!(claim(store, 21, 81).await, []);
    // A day back: nothing is due, and a lease given before is still nobody's once it is due again.
    assert_eq!(claim(store, 20 - DAY, 80 - DAY).await, []);
    assert!(!fire(store, appeal, FULL, 20 - DAY).await);
    assert_eq!(claim(store, 80, 140).await, [(FULL, 20)]);
    assert!(fire(store, appeal, FULL, 80).await);
    assert!(!fire(store, appeal, HALF, 80).await);
}

async fn of_fifty_who_fire_at_once_one_does(db: Fresh) {
    let appeal = an_appeal(&db.store).await;
    replace(&db.store, appeal, &[(HALF, 10)]).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let store = db.store.clone();
        tasks.spawn(async move { fire(&store, appeal, HALF, 10).await });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|fired| *fired).count(), 1);
}

/// Forty appeals with five rows each.
async fn two_hundred(store: &Store) {
    let (room, author) = (a_room(store).await, someone(store).await);
    let mut tx = store.begin().await.unwrap();
    for running in 1..=40 {
        let row = opened(room, author, running, 5);
        appeal::add(&mut tx, &row, &opening(&row)).await.unwrap();
        let dues: Vec<_> = (1..=5)
            .map(|cycle| Due { appeal: row.id, what: What::Silence { cycle }, at: at(running.cast_signed()) })
            .collect();
        due::replace(&mut tx, row.id, &dues).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Claims and fires until nothing is left; every third claim is forgotten, as by one who is killed.
async fn work(store: Store, who: i64, fired: &mut HashMap<(AppealId, What), u32>) {
    let mut now = 1_000;
    while due::next(&store).await.unwrap().is_some() {
        now += 10;
        let until: Moment = at(now + 20);
        let mut tx = store.begin().await.unwrap();
        let claimed = due::claim(&mut tx, at(now), until, 7).await.unwrap();
        tx.commit().await.unwrap();
        if (now / 10 + who) % 3 == 0 {
            continue;
        }
        for due in claimed {
            if commit!(store, tx => due::fire(tx, &due, at(now))) {
                *fired.entry((due.appeal, due.what)).or_default() += 1;
            }
        }
    }
}

async fn of_eight_who_claim_each_row_is_fired_by_one(db: Fresh) {
    two_hundred(&db.store).await;
    let mut tasks = tokio::task::JoinSet::new();
    for who in 0..8 {
        let store = db.store.clone();
        tasks.spawn(async move {
            let mut fired = HashMap::new();
            work(store, who, &mut fired).await;
            fired
        });
    }
    let mut total: HashMap<(AppealId, What), u32> = HashMap::new();
    for fired in tasks.join_all().await {
        for (what, times) in fired {
            *total.entry(what).or_default() += times;
        }
    }
    assert_eq!(total.len(), 200);
    assert!(total.values().all(|times| *times == 1), "{total:?}");
}

async fn claims_at_once_share_the_rows(db: Fresh) {
    two_hundred(&db.store).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let store = db.store.clone();
        tasks.spawn(async move { commit!(store, tx => due::claim(tx, at(100), at(200), 50)) });
    }
    let claimed: Vec<Due> = tasks.join_all().await.into_iter().flatten().collect();
    let distinct: std::collections::HashSet<_> = claimed.iter().map(|due| (due.appeal, due.what)).collect();
    assert_eq!(distinct.len(), claimed.len(), "nobody was given what another has");
    assert!(claimed.len() >= 50, "{}", claimed.len());
}

on_both_engines!(
    rows_become_exactly_what_is_computed,
    what_has_fired_is_not_made_again,
    what_is_gone_or_moved_does_not_fire,
    a_lease_keeps_others_off_until_it_is_over,
    a_clock_that_jumps_loses_nothing,
    of_fifty_who_fire_at_once_one_does,
    of_eight_who_claim_each_row_is_fired_by_one,
    claims_at_once_share_the_rows,
);
