//! Feeds: numbers without holes, repetitions that take none, moments that never go back, placeholders.

use domain::actor::Kind;
use domain::author::Author;
use domain::feed::{Body, Entry, Feed, Head};
use domain::person::Signature;
use store::entry;
use store::feed::{self, Draft, Outcome};
use store::testing::Fresh;
use store::{Store, StoreError};

use crate::scene::{a_feed, append, at, commit, draft, edited, fresh, id, one, said, someone, tried};

async fn seqs(store: &Store, feed: Feed) -> Vec<u64> {
    let entries = entry::after(store, feed, 0, 10_000).await.unwrap();
    entries.into_iter().map(|(entry, _)| entry.seq).collect()
}

async fn a_new_feed_is_empty_and_keeps_its_epoch(db: Fresh) {
    let store = &db.store;
    let feed = Feed::Room(id());
    assert_eq!(feed::head(store, feed).await.unwrap(), None);
    commit!(store, tx => feed::create(tx, feed, "first"));
    commit!(store, tx => feed::create(tx, feed, "second"));
    assert_eq!(feed::head(store, feed).await.unwrap(), Some(Head { epoch: "first".into(), seq: 0, seen: 0 }));
    assert_eq!(entry::after(store, feed, 0, 10).await.unwrap(), []);
}

async fn entries_come_back_as_they_were_written(db: Fresh) {
    let store = &db.store;
    let (feed, resident, staff) = (a_feed(store).await, someone(store).await, someone(store).await);
    let signature = Signature::new("Анна Вымышленная", "терапевт", "Поликлиника (вымышленная)").unwrap();
    let signed =
        Author {
            account: staff, kind: Kind::Staff, alias: "Анна В.".into(), signature: Some(signature)
        };
    let question = tried(feed, resident, "t1", "Где взять талон? 🙂 'x' \\ \"y\"\n");
    let answer = Draft { author: signed.clone(), ..said(feed, staff, "В регистратуре") };
    let edit = edited(feed, staff, answer.id, "В регистратуре, окно 3");
    let hide = draft(feed, staff, Body::Hide { target: question.id, reason: "телефон".into() });
    let drafts = [question, answer, Draft { author: signed, ..edit }, hide];
    append(store, 5, &drafts).await;
    let expected: Vec<_> = (1..)
        .zip(&drafts)
        .map(|(seq, draft)| {
            let Draft { feed, id, author, body, attempt } = draft.clone();
            (Entry { feed, seq, id, at: at(5), author, body }, attempt.map(|(cid, _)| cid.to_string()))
        })
        .collect();
    assert_eq!(entry::after(store, feed, 0, 10).await.unwrap(), expected);
    assert_eq!(entry::after(store, feed, 1, 2).await.unwrap(), expected[1..3]);
    assert_eq!(entry::after(store, feed, 4, 10).await.unwrap(), []);
    assert_eq!(entry::after(store, feed, u64::MAX, 10).await.unwrap(), []);
    let messages = [expected[1].0.clone(), expected[0].0.clone()];
    assert_eq!(entry::messages_before(store, feed, u64::MAX, 10).await.unwrap(), messages);
    assert_eq!(entry::messages_before(store, feed, 2, 10).await.unwrap(), messages[1..]);
    assert_eq!(entry::messages_before(store, feed, u64::MAX, 1).await.unwrap(), messages[..1]);
}

async fn a_repeated_try_takes_no_number(db: Fresh) {
    let store = &db.store;
    let (feed, account) = (a_feed(store).await, someone(store).await);
    let first = one(store, 5, tried(feed, account, "t1", "раз")).await;
    let again = append(
        store,
        9,
        &[
            tried(feed, account, "t2", "два"),
            tried(feed, account, "t1", "раз"),
            tried(feed, account, "t1", "другое"),
            said(feed, account, "три"),
        ],
    )
    .await;
    assert_eq!(again[1], Outcome::Repeated(first.clone()));
    assert_eq!(again[2], Outcome::Conflict);
    assert_eq!((fresh(&again[0]).seq, fresh(&again[3]).seq), (2, 3));
    let elsewhere = append(store, 9, &[tried(a_feed(store).await, account, "t1", "раз")]).await;
    assert_eq!(elsewhere, [Outcome::Repeated(first)], "the answer names the feed it landed in");
    assert_eq!(seqs(store, feed).await, [1, 2, 3]);
}

async fn one_group_may_hold_a_try_twice(db: Fresh) {
    let store = &db.store;
    let (feed, account, other) = (a_feed(store).await, someone(store).await, someone(store).await);
    let outcomes = append(
        store,
        5,
        &[
            tried(feed, account, "t1", "раз"),
            tried(feed, account, "t1", "раз"),
            tried(feed, account, "t1", "другое"),
            tried(feed, other, "t1", "раз"),
        ],
    )
    .await;
    let first = fresh(&outcomes[0]);
    assert_eq!(outcomes[1..3], [Outcome::Repeated(first), Outcome::Conflict]);
    assert_eq!(fresh(&outcomes[3]).seq, 2);
    assert_eq!(seqs(store, feed).await, [1, 2]);
}

async fn a_group_may_write_into_several_feeds(db: Fresh) {
    let store = &db.store;
    let (a, b, account) = (a_feed(store).await, a_feed(store).await, someone(store).await);
    one(store, 5, said(b, account, "раньше")).await;
    let drafts = [b, a, b, a, a].map(|feed| said(feed, account, "да"));
    let outcomes = append(store, 7, &drafts).await;
    let landed: Vec<_> = outcomes.iter().map(fresh).map(|it| (it.feed, it.seq)).collect();
    assert_eq!(landed, [(b, 2), (a, 1), (b, 3), (a, 2), (a, 3)]);
    assert_eq!(append(store, 7, &[]).await, []);
}

async fn a_large_group_fits_into_one_transaction(db: Fresh) {
    let store = &db.store;
    let (feed, account) = (a_feed(store).await, someone(store).await);
    let drafts: Vec<_> = (0..6_011).map(|it| tried(feed, account, &format!("t{it}"), "да")).collect();
    let outcomes = append(store, 7, &drafts).await;
    assert_eq!(
        outcomes.iter().map(fresh).map(|it| it.seq).collect::<Vec<_>>(),
        (1..=6_011).collect::<Vec<_>>()
    );
    assert_eq!(seqs(store, feed).await.len(), 6_011);
}

async fn nothing_is_appended_for_strangers(db: Fresh) {
    let store = &db.store;
    let (feed, account) = (a_feed(store).await, someone(store).await);
    for (feed_of_second, author_of_second) in [(Feed::Room(id()), account), (feed, id())] {
        for second in [
            said(feed_of_second, author_of_second, "да"),
            tried(feed_of_second, author_of_second, "t2", "да"),
        ] {
            let mut tx = store.begin().await.unwrap();
            let drafts = [tried(feed, account, "t1", "да"), second];
            let outcome = feed::append(&mut tx, at(5), &drafts).await;
            assert!(matches!(outcome, Err(StoreError::MissingParent(_))), "{outcome:?}");
        }
    }
    assert_eq!(seqs(store, feed).await, [0; 0]);
    let later = append(store, 5, &[tried(feed, account, "t1", "другое")]).await;
    assert_eq!(fresh(&later[0]).seq, 1, "the failed group left neither number nor try");
}

async fn forty_writers_and_some_who_change_their_mind_leave_no_hole(db: Fresh) {
    let (feed, account) = (a_feed(&db.store).await, someone(&db.store).await);
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..40 {
        let store = db.store.clone();
        tasks.spawn(async move {
            let mut landed = Vec::new();
            for turn in 0..5 {
                let mut tx = store.begin().await.unwrap();
                let draft = tried(feed, account, &format!("{writer}-{turn}"), "да");
                let outcome = feed::append(&mut tx, at(5), &[draft]).await.unwrap();
                if (writer + turn) % 4 == 0 {
                    drop(tx);
                } else {
                    tx.commit().await.unwrap();
                    landed.push(fresh(&outcome[0]).seq);
                }
            }
            landed
        });
    }
    let mut told: Vec<u64> = tasks.join_all().await.into_iter().flatten().collect();
    told.sort_unstable();
    let head = feed::head(&db.store, feed).await.unwrap().unwrap().seq;
    assert_eq!(head, 150);
    assert_eq!(told, (1..=head).collect::<Vec<_>>(), "each number was told to one writer");
    assert_eq!(seqs(&db.store, feed).await, told);
}

async fn groups_over_the_same_feeds_never_wait_in_a_circle(db: Fresh) {
    let account = someone(&db.store).await;
    let feeds = [a_feed(&db.store).await, a_feed(&db.store).await, a_feed(&db.store).await];
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..12_usize {
        let store = db.store.clone();
        tasks.spawn(async move {
            let mut order = feeds;
            order.rotate_left(writer % 3);
            let mut names = ["x", "y", "z"];
            names.rotate_left(writer % 2);
            for turn in 0..4 {
                let tries = order.iter().zip(names);
                let drafts: Vec<_> =
                    tries.map(|(feed, name)| tried(*feed, account, &format!("{name}{turn}"), "да")).collect();
                append(&store, 5, &drafts).await;
            }
        });
    }
    tasks.join_all().await;
    let mut total = 0;
    for feed in feeds {
        let found = seqs(&db.store, feed).await;
        assert_eq!(found, (1..=found.len() as u64).collect::<Vec<_>>());
        total += found.len();
    }
    assert_eq!(total, 12, "three tries of four turns, however often they were sent");
}

async fn a_moment_is_never_earlier_than_the_one_before(db: Fresh) {
    let store = &db.store;
    let (feed, account) = (a_feed(store).await, someone(store).await);
    let mut moments = Vec::new();
    for now in [100, 40, 100, 101, 7] {
        moments.push(one(store, now, said(feed, account, "да")).await.at.millis());
    }
    assert_eq!(moments, [100, 100, 100, 101, 101]);
    let kept = entry::after(store, feed, 0, 9).await.unwrap();
    assert_eq!(kept.iter().map(|(entry, _)| entry.at.millis()).collect::<Vec<_>>(), moments);
    let other = one(store, 7, said(a_feed(store).await, account, "да")).await;
    assert_eq!(other.at, at(7), "another feed has a time of its own");
}

async fn changed_feeds_are_told_with_their_heads(db: Fresh) {
    let store = &db.store;
    let (early, late, quiet) = (a_feed(store).await, a_feed(store).await, a_feed(store).await);
    let account = someone(store).await;
    one(store, 10, said(early, account, "да")).await;
    append(store, 20, &[said(late, account, "да"), said(late, account, "да")]).await;
    for (since, mut expected) in [(21, vec![]), (20, vec![(late, 2)]), (10, vec![(early, 1), (late, 2)])] {
        let mut changed = feed::changed(store, at(since)).await.unwrap();
        changed.sort();
        expected.sort();
        assert_eq!(changed, expected, "since {since}");
    }
    assert!(!feed::changed(store, at(1)).await.unwrap().iter().any(|(feed, _)| *feed == quiet));
}

async fn heads_of_several_feeds_are_read_at_once(db: Fresh) {
    let store = &db.store;
    let (busy, quiet, account) = (a_feed(store).await, a_feed(store).await, someone(store).await);
    append(store, 5, &[said(busy, account, "да"), said(busy, account, "да")]).await;
    let heads = feed::heads(store, &[busy, quiet, Feed::Room(id())]).await.unwrap();
    assert_eq!(heads.len(), 2, "what is not there is left out");
    for (feed, seq) in [(busy, 2), (quiet, 0)] {
        assert_eq!(heads[&feed], Head { epoch: "epoch".into(), seq, seen: 0 });
        assert_eq!(feed::head(store, feed).await.unwrap().as_ref(), heads.get(&feed));
    }
    assert!(feed::heads(store, &[]).await.unwrap().is_empty());
}

on_both_engines!(
    a_new_feed_is_empty_and_keeps_its_epoch,
    entries_come_back_as_they_were_written,
    a_repeated_try_takes_no_number,
    one_group_may_hold_a_try_twice,
    a_group_may_write_into_several_feeds,
    a_large_group_fits_into_one_transaction,
    nothing_is_appended_for_strangers,
    forty_writers_and_some_who_change_their_mind_leave_no_hole,
    groups_over_the_same_feeds_never_wait_in_a_circle,
    a_moment_is_never_earlier_than_the_one_before,
    changed_feeds_are_told_with_their_heads,
    heads_of_several_feeds_are_read_at_once,
);
