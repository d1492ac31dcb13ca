//! Entries: read in order, by message, locked, and hidden behind placeholders.

use domain::feed::{Body, Entry, Feed};
use store::entry;
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

on_both_engines!(
    a_hidden_message_and_its_edits_give_way_to_placeholders,
    changes_come_oldest_first_and_only_of_these_messages,
    a_locked_message_is_that_of_the_feed,
    whoever_locks_a_message_makes_other_writers_wait,
);
