//! Tries: given up or written, never both, whoever comes first.

use std::collections::HashMap;

use domain::feed::Feed;
use domain::id::AccountId;
use store::cid::{self, Fate};
use store::feed::Outcome;
use store::testing::Fresh;
use store::{Store, StoreError, entry, feed};

use crate::scene::{self, a_feed, append, commit, fresh, id, someone, tried};

async fn a_try_given_up_is_never_written(db: Fresh) {
    let store = &db.store;
    let (feed, account) = (a_feed(store).await, someone(store).await);
    assert_eq!(commit!(store, tx => cid::find(tx, account, &scene::cid("t1"))), None);
    for _ in 0..2 {
        assert_eq!(commit!(store, tx => cid::bar(tx, account, &scene::cid("t1"))), Fate::Barred);
    }
    assert_eq!(commit!(store, tx => cid::find(tx, account, &scene::cid("t1"))), Some(Fate::Barred));
    assert_eq!(append(store, 5, &[tried(feed, account, "t1", "поздно")]).await, [Outcome::Conflict]);
    assert_eq!(append(store, 5, &[tried(feed, account, "t1", "")]).await, [Outcome::Conflict]);
    assert_eq!(feed::head(store, feed).await.unwrap().unwrap().seq, 0, "no number was taken");
}

async fn a_written_try_cannot_be_given_up(db: Fresh) {
    let store = &db.store;
    let (feed, account) = (a_feed(store).await, someone(store).await);
    let written = fresh(&append(store, 5, &[tried(feed, account, "t1", "вовремя")]).await[0]);
    let fate = Fate::Written { digest: "вовремя".into(), written };
    assert_eq!(commit!(store, tx => cid::bar(tx, account, &scene::cid("t1"))), fate);
    assert_eq!(commit!(store, tx => cid::find(tx, account, &scene::cid("t1"))), Some(fate));
}

async fn fates_of_several_tries_are_read_at_once(db: Fresh) {
    let store = &db.store;
    let (feed, account, other) = (a_feed(store).await, someone(store).await, someone(store).await);
    let [given_up, made, unheard] = ["t1", "t2", "t3"].map(scene::cid);
    commit!(store, tx => cid::bar(tx, account, &given_up));
    let written = fresh(&append(store, 5, &[tried(feed, account, "t2", "да")]).await[0]);
    let tries = [(account, &made), (account, &unheard), (other, &made), (account, &given_up)];
    let fates = commit!(store, tx => cid::fates(tx, &tries));
    let made = ((account, made.clone()), Fate::Written { digest: "да".into(), written });
    assert_eq!(fates, HashMap::from([made, ((account, given_up.clone()), Fate::Barred)]));
    assert!(commit!(store, tx => cid::fates(tx, &[])).is_empty());
}

async fn a_try_is_looked_up_while_somebody_writes(db: Fresh) {
    let store = &db.store;
    let (feed, account) = (a_feed(store).await, someone(store).await);
    let written = fresh(&append(store, 5, &[tried(feed, account, "t1", "да")]).await[0]);
    commit!(store, tx => cid::bar(tx, account, &scene::cid("t2")));
    let mut tx = store.begin().await.unwrap();
    cid::bar(&mut tx, account, &scene::cid("t3")).await.unwrap();
    let fate = Fate::Written { digest: "да".into(), written };
    for (name, expected) in [("t1", Some(fate)), ("t2", Some(Fate::Barred)), ("t3", None), ("t4", None)] {
        assert_eq!(cid::look_up(store, account, &scene::cid(name)).await.unwrap(), expected, "{name}");
    }
}

async fn names_of_tries_are_each_authors_own(db: Fresh) {
    let store = &db.store;
    let (feed, one, other) = (a_feed(store).await, someone(store).await, someone(store).await);
    commit!(store, tx => cid::bar(tx, one, &scene::cid("t1")));
    assert_eq!(commit!(store, tx => cid::find(tx, other, &scene::cid("t1"))), None);
    assert_eq!(
        commit!(store, tx => cid::find(tx, one, &scene::cid("T1"))),
        None,
        "letters count as they are"
    );
    fresh(&append(store, 5, &[tried(feed, other, "t1", "да")]).await[0]);
    let mut tx = store.begin().await.unwrap();
    let stranger = cid::bar(&mut tx, id(), &scene::cid("t1")).await;
    assert!(matches!(stranger, Err(StoreError::MissingParent(_))), "{stranger:?}");
}

async fn post_and_giving_up_race_and_one_wins(db: Fresh) {
    let store = &db.store;
    let (feed, account) = (a_feed(store).await, someone(store).await);
    let mut posted = 0;
    for round in 0..30 {
        let name = format!("t{round}");
        let (outcome, fate) = race(store, feed, account, &name, round % 2 == 0).await;
        match (&outcome, fate) {
            (Outcome::Fresh(written), Fate::Written { written: told, .. }) => {
                assert_eq!(*written, told);
                posted += 1;
                assert_eq!(written.seq, posted, "no number was burnt");
            }
            (Outcome::Conflict, Fate::Barred) => {}
            other => panic!("both or neither won: {other:?}"),
        }
    }
    assert_eq!(feed::head(store, feed).await.unwrap().unwrap().seq, posted);
    assert_eq!(entry::after(store, feed, 0, 99).await.unwrap().len() as u64, posted);
}

/// Posts and gives up one try at the same time.
async fn race(store: &Store, feed: Feed, account: AccountId, name: &str, bar_first: bool) -> (Outcome, Fate) {
    let (ours, theirs) = (store.clone(), store.clone());
    let (draft, try_name) = (tried(feed, account, name, "вопрос"), scene::cid(name));
    let post = async move { append(&ours, 5, &[draft]).await.remove(0) };
    let bar = async move { commit!(theirs, tx => cid::bar(tx, account, &try_name)) };
    if bar_first {
        let bar = tokio::spawn(bar);
        let outcome = tokio::spawn(post).await.unwrap();
        (outcome, bar.await.unwrap())
    } else {
        let post = tokio::spawn(post);
        let fate = tokio::spawn(bar).await.unwrap();
        (post.await.unwrap(), fate)
    }
}

on_both_engines!(
    a_try_given_up_is_never_written,
    a_written_try_cannot_be_given_up,
    fates_of_several_tries_are_read_at_once,
    a_try_is_looked_up_while_somebody_writes,
    names_of_tries_are_each_authors_own,
    post_and_giving_up_race_and_one_wins,
);
