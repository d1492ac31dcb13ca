//! Cursors: forward only, never past the head; unread counts derived from them.

use std::collections::HashMap;

use domain::feed::{Body, Feed};
use domain::id::AccountId;
use store::read_cursor::{self, Progress};
use store::testing::Fresh;
use store::{Store, StoreError, catalogue, entry, feed};

use crate::scene::{a_feed, a_room, append, commit, draft, edited, id, one, said, someone};

async fn advance(store: &Store, account: AccountId, feed: Feed, seq: u64) -> u64 {
    commit!(store, tx => read_cursor::advance(tx, account, feed, seq))
}

async fn progress(store: &Store, account: AccountId, feed: Feed) -> Progress {
    read_cursor::progress(store, account, &[feed]).await.unwrap()[&feed]
}

async fn a_cursor_goes_forward_to_the_head_and_never_back(db: Fresh) {
    let store = &db.store;
    let (feed, account, reader) = (a_feed(store).await, someone(store).await, someone(store).await);
    assert_eq!(advance(store, reader, feed, 1).await, 0, "nothing is there to read");
    append(store, 5, &[said(feed, account, "а"), said(feed, account, "б"), said(feed, account, "в")]).await;
    for (seq, stands) in [(1, 1), (0, 1), (2, 2), (1, 2), (99, 3), (u64::MAX, 3), (2, 3)] {
        assert_eq!(advance(store, reader, feed, seq).await, stands, "to {seq}");
        assert_eq!(progress(store, reader, feed).await.read, stands);
    }
    assert_eq!(progress(store, account, feed).await.read, 0, "cursors are each reader's own");
    assert_eq!(advance(store, reader, Feed::Room(id()), 5).await, 0, "no such feed");
    let mut tx = store.begin().await.unwrap();
    let stranger = read_cursor::advance(&mut tx, id(), feed, 1).await;
    assert!(matches!(stranger, Err(StoreError::MissingParent(_))), "{stranger:?}");
}

async fn unread_are_messages_of_others_that_can_be_read(db: Fresh) {
    let store = &db.store;
    let (feed, writer, reader) = (a_feed(store).await, someone(store).await, someone(store).await);
    let first = one(store, 5, said(feed, writer, "а")).await;
    one(store, 5, said(feed, reader, "б")).await;
    one(store, 6, edited(feed, writer, first.id, "а2")).await;
    let hidden = one(store, 5, said(feed, writer, "в")).await;
    assert_eq!(progress(store, reader, feed).await, Progress { read: 0, unread: 2 });
    commit!(store, tx => entry::hide(tx, hidden.id));
    one(store, 7, draft(feed, writer, Body::Hide { target: hidden.id, reason: "нет".into() })).await;
    assert_eq!(progress(store, reader, feed).await, Progress { read: 0, unread: 1 });
    assert_eq!(progress(store, writer, feed).await, Progress { read: 0, unread: 1 });
    advance(store, reader, feed, 1).await;
    assert_eq!(progress(store, reader, feed).await, Progress { read: 1, unread: 0 });
}

async fn progress_is_told_of_the_feeds_asked_for(db: Fresh) {
    let store = &db.store;
    let (a, b, c) = (a_feed(store).await, a_feed(store).await, a_feed(store).await);
    let (writer, reader) = (someone(store).await, someone(store).await);
    for feed in [a, b, b, c] {
        one(store, 5, said(feed, writer, "да")).await;
    }
    advance(store, reader, b, 1).await;
    let told = read_cursor::progress(store, reader, &[a, b, Feed::Room(id())]).await.unwrap();
    let expected = [(a, Progress { read: 0, unread: 1 }), (b, Progress { read: 1, unread: 1 })];
    assert_eq!(told, HashMap::from(expected));
    assert!(read_cursor::progress(store, reader, &[]).await.unwrap().is_empty());
}

async fn counting_stops_where_nobody_reads_the_number(db: Fresh) {
    let store = &db.store;
    let (feed, writer, reader) = (a_feed(store).await, someone(store).await, someone(store).await);
    let drafts: Vec<_> = (0..read_cursor::COUNTED + 2).map(|_| said(feed, writer, "да")).collect();
    append(store, 5, &drafts).await;
    for (read, unread) in
        [(0, read_cursor::COUNTED), (2, read_cursor::COUNTED), (3, read_cursor::COUNTED - 1)]
    {
        advance(store, reader, feed, read).await;
        assert_eq!(progress(store, reader, feed).await, Progress { read, unread });
    }
}

async fn many_devices_of_one_reader_agree_on_the_furthest(db: Fresh) {
    let store = &db.store;
    let (feed, writer, reader) = (a_feed(store).await, someone(store).await, someone(store).await);
    append(store, 5, &vec![(); 30].into_iter().map(|()| said(feed, writer, "да")).collect::<Vec<_>>()).await;
    let mut tasks = tokio::task::JoinSet::new();
    for seq in [3, 30, 7, 21, 1, 29, 12, 8, 30, 5] {
        let store = store.clone();
        tasks.spawn(async move { (seq, advance(&store, reader, feed, seq).await) });
    }
    for (asked, stands) in tasks.join_all().await {
        assert!(stands >= asked, "{asked} was answered with {stands}");
    }
    assert_eq!(progress(store, reader, feed).await, Progress { read: 30, unread: 0 });
}

async fn what_staff_have_seen_goes_forward_only(db: Fresh) {
    let store = &db.store;
    let room = a_room(store).await;
    commit!(store, tx => feed::create(tx, Feed::Room(room), "first"));
    for (seq, moved, stands) in [(3, true, 3), (3, false, 3), (2, false, 3), (4, true, 4)] {
        assert_eq!(
            commit!(store, tx => read_cursor::note_seen(tx, Feed::Room(room), seq)),
            moved,
            "to {seq}"
        );
        assert_eq!(catalogue::room_states(store).await.unwrap()[&room].seen, stands);
    }
    assert!(!commit!(store, tx => read_cursor::note_seen(tx, Feed::Room(id()), 1)), "no such feed");
}

on_both_engines!(
    a_cursor_goes_forward_to_the_head_and_never_back,
    unread_are_messages_of_others_that_can_be_read,
    progress_is_told_of_the_feeds_asked_for,
    counting_stops_where_nobody_reads_the_number,
    many_devices_of_one_reader_agree_on_the_furthest,
    what_staff_have_seen_goes_forward_only,
);
