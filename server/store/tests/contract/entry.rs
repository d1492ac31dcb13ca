//! Entries: read in order, by message, locked, and hidden behind placeholders.

use domain::actor::Kind;
use domain::author::Author;
use domain::feed::{Body, Entry, Feed, Sealed};
use store::entry;
use store::feed::{self, Draft};
use store::testing::Fresh;

use crate::scene::{a_feed, at, author, commit, draft, edited, id, one, said, someone};

async fn a_hidden_message_and_its_edits_give_way_to_placeholders(db: Fresh) {
    let store = &db.store;
    let (feed, account) = (a_feed(store).await, someone(store).await);
    let message = one(store, 5, said(feed, account, "мой телефон 1")).await;
    let other = one(store, 5, said(feed, account, "другое")).await;
    one(store, 6, edited(feed, account, message.id, "мой телефон 2")).await;
    one(store, 6, edited(feed, account, other.id, "другое 2")).await;
    for _ in 0..2 {
        commit!(store, tx => entry::hide(tx, message.id));
    }
    let hide = Body::Hide { target: message.id, reason: "телефон".into() };
    one(store, 7, draft(feed, account, hide.clone())).await;
    let bodies: Vec<_> =
        entry::after(store, feed, 0, 9).await.unwrap().into_iter().map(|it| it.0.body).collect();
    let shown = |text: &str| Some(text.to_owned());
    assert_eq!(
        bodies,
        [
            Body::Message { text: None },
            Body::Message { text: shown("другое") },
            Body::Edit { target: message.id, text: None },
            Body::Edit { target: other.id, text: shown("другое 2") },
            hide,
        ]
    );
    let page = entry::messages_before(store, feed, u64::MAX, 9).await.unwrap();
    assert_eq!(
        page.into_iter().map(|it| it.body).collect::<Vec<_>>(),
        [Body::Message { text: shown("другое") }, Body::Message { text: None },]
    );
    let changes = entry::changes_of(store, feed, &[message.id]).await.unwrap();
    assert_eq!(
        changes.into_iter().map(|it| it.body).collect::<Vec<_>>(),
        [
            Body::Edit { target: message.id, text: None },
            Body::Hide { target: message.id, reason: "телефон".into() }
        ]
    );
}

async fn changes_come_oldest_first_and_only_of_these_messages(db: Fresh) {
    let store = &db.store;
    let (feed, account) = (a_feed(store).await, someone(store).await);
    let mut messages = Vec::new();
    for text in ["а", "б", "в"] {
        messages.push(one(store, 5, said(feed, account, text)).await.id);
    }
    for (message, text) in [(2, "в1"), (0, "а1"), (1, "б1"), (0, "а2")] {
        one(store, 6, edited(feed, account, messages[message], text)).await;
    }
    one(store, 7, draft(feed, account, Body::Hide { target: messages[0], reason: "нет".into() })).await;
    let changes = entry::changes_of(store, feed, &[messages[0], messages[2], id()]).await.unwrap();
    let bodies: Vec<_> = changes.into_iter().map(|entry| entry.body).collect();
    let edit = |message: usize, text: &str| Body::Edit { target: messages[message], text: Some(text.into()) };
    let hide = Body::Hide { target: messages[0], reason: "нет".into() };
    assert_eq!(bodies, [edit(2, "в1"), edit(0, "а1"), edit(0, "а2"), hide]);
    assert_eq!(entry::changes_of(store, feed, &[]).await.unwrap(), []);
    assert_eq!(entry::changes_of(store, a_feed(store).await, &messages).await.unwrap(), []);
}

async fn a_locked_message_is_that_of_the_feed(db: Fresh) {
    let store = &db.store;
    let (feed, account) = (a_feed(store).await, someone(store).await);
    let message = one(store, 5, said(feed, account, "да")).await;
    let edit = one(store, 5, edited(feed, account, message.id, "нет")).await;
    let found = commit!(store, tx => entry::lock_message(tx, feed, message.id)).unwrap();
    let body = Body::Message { text: Some("да".into()) };
    assert_eq!(found, Entry { feed, seq: 1, id: message.id, at: at(5), author: author(account), body });
    assert_eq!(commit!(store, tx => entry::lock_message(tx, feed, edit.id)), None, "an edit is no message");
    let other = a_feed(store).await;
    assert_eq!(commit!(store, tx => entry::lock_message(tx, other, message.id)), None);
    assert_eq!(commit!(store, tx => entry::lock_message(tx, Feed::Room(id()), message.id)), None);
}

async fn whoever_locks_a_message_makes_other_writers_wait(db: Fresh) {
    let store = &db.store;
    let (feed, account) = (a_feed(store).await, someone(store).await);
    let message = one(store, 5, said(feed, account, "да")).await;
    let mut tx = store.begin().await.unwrap();
    entry::lock_message(&mut tx, feed, message.id).await.unwrap();
    let theirs = store.clone();
    let mut edit = tokio::spawn(async move {
        let mut tx = theirs.begin().await.unwrap();
        let seen = entry::lock_message(&mut tx, feed, message.id).await.unwrap().unwrap();
        drop(tx);
        seen.body
    });
    let early = tokio::time::timeout(std::time::Duration::from_millis(200), &mut edit).await;
    assert!(early.is_err(), "the lock does not hold anybody");
    entry::hide(&mut tx, message.id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(edit.await.unwrap(), Body::Message { text: None }, "who waited sees what was done meanwhile");
}

async fn the_newest_message_of_staff_is_told_by_its_number(db: Fresh) {
    let store = &db.store;
    let (feed, resident, employee) = (a_feed(store).await, someone(store).await, someone(store).await);
    let staff = || Author { kind: Kind::Staff, ..author(employee) };
    assert_eq!(commit!(store, tx => entry::last_of_staff(tx, feed)), None);
    one(store, 5, said(feed, resident, "вопрос")).await;
    assert_eq!(commit!(store, tx => entry::last_of_staff(tx, feed)), None, "a resident is no staff");
    let answer = one(store, 6, Draft { author: staff(), ..said(feed, employee, "ответ") }).await;
    one(store, 7, Draft { author: staff(), ..edited(feed, employee, answer.id, "другой") }).await;
    one(store, 8, said(feed, resident, "спасибо")).await;
    one(store, 9, Draft { author: staff(), ..said(a_feed(store).await, employee, "в другом месте") }).await;
    assert_eq!(commit!(store, tx => entry::last_of_staff(tx, feed)), Some(2), "an edit is no message");
    let sealed = Body::Sealed(Sealed { owner: resident, data: "0J7RgtCy0LXRgg==".into() });
    one(store, 10, Draft { author: staff(), ..draft(feed, employee, sealed) }).await;
    assert_eq!(commit!(store, tx => entry::last_of_staff(tx, feed)), Some(5), "sealed is a message too");
}

async fn a_transaction_reads_what_it_has_appended(db: Fresh) {
    let store = &db.store;
    let (feed, account) = (a_feed(store).await, someone(store).await);
    one(store, 5, said(feed, account, "раз")).await;
    let mut tx = store.begin().await.unwrap();
    feed::append(&mut tx, at(6), &[said(feed, account, "два"), said(feed, account, "три")]).await.unwrap();
    let inside = entry::after_in(&mut tx, feed, 1, 9).await.unwrap();
    assert_eq!(inside.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(entry::after_in(&mut tx, feed, 0, 2).await.unwrap().len(), 2);
    assert_eq!(entry::after(store, feed, 1, 9).await.unwrap(), [], "nobody else sees it yet");
    tx.commit().await.unwrap();
    let after = entry::after(store, feed, 1, 9).await.unwrap();
    assert_eq!(after.into_iter().map(|(entry, _)| entry).collect::<Vec<_>>(), inside);
}

async fn entries_are_found_by_their_ids_in_their_feed_alone(db: Fresh) {
    let store = &db.store;
    let (feed, other, account) = (a_feed(store).await, a_feed(store).await, someone(store).await);
    let first = one(store, 5, said(feed, account, "раз")).await;
    let edit = one(store, 5, edited(feed, account, first.id, "два")).await;
    let elsewhere = one(store, 5, said(other, account, "три")).await;
    let ids = [elsewhere.id, edit.id, first.id, id()];
    let found = entry::of_ids(store, feed, &ids).await.unwrap();
    assert_eq!(found.iter().map(|entry| entry.id).collect::<Vec<_>>(), [first.id, edit.id], "in order");
    assert_eq!(found[0].body, Body::Message { text: Some("раз".into()) });
    assert_eq!(entry::of_ids(store, feed, &[]).await.unwrap(), []);
}

on_both_engines!(
    a_hidden_message_and_its_edits_give_way_to_placeholders,
    changes_come_oldest_first_and_only_of_these_messages,
    a_locked_message_is_that_of_the_feed,
    whoever_locks_a_message_makes_other_writers_wait,
    the_newest_message_of_staff_is_told_by_its_number,
    a_transaction_reads_what_it_has_appended,
    entries_are_found_by_their_ids_in_their_feed_alone,
);
