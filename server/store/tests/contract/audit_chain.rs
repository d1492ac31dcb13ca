//! The audit's chain: which rows wait for a link, and that of two who seal one does.

use domain::audit::{Hash, Head, Link, Row};
use store::audit_chain::{self, Seal};
use store::testing::Fresh;
use store::{StoreError, audit};

use crate::scene::{at, commit, id};

fn row(millis: i64) -> Row {
    Row {
        id: id(),
        at: at(millis),
        actor: None,
        act: "grant.give".into(),
        target: "account:1".into(),
        reason: String::new(),
    }
}

/// Three rows, the second of which came late.
async fn rows(db: &Fresh) -> [Row; 3] {
    let rows = [row(10), row(5), row(20)];
    for row in &rows {
        commit!(db.store, tx => audit::add(tx, row));
    }
    rows
}

fn link_of(before: Head, row: &Row) -> (Link, Head) {
    let head = before.with(row);
    (Link { n: head.n, id: row.id, hash: head.hash }, head)
}

async fn rows_wait_until_they_are_links(db: Fresh) {
    let store = &db.store;
    assert_eq!(audit_chain::sealed(store).await.unwrap(), Seal { head: Head::EMPTY, at: at(0) });
    let [first, late, last] = rows(&db).await;
    let waiting = async |since, limit| audit_chain::waiting(store, at(since), limit).await.unwrap();
    assert_eq!(waiting(0, 9).await, [late.clone(), first.clone(), last.clone()]);
    assert_eq!(waiting(0, 2).await, [late.clone(), first.clone()]);
    assert_eq!(waiting(6, 9).await, [first.clone(), last.clone()]);

    let (link, head) = link_of(Head::EMPTY, &first);
    let (next, end) = link_of(head, &last);
    let seal = Seal { head: end, at: at(20) };
    let mut tx = store.begin().await.unwrap();
    assert_eq!(audit_chain::take_seal(&mut tx).await.unwrap().unwrap().head, Head::EMPTY);
    let all = vec![first.clone(), last.clone()];
    assert_eq!(audit_chain::unlinked(&mut tx, all.clone()).await.unwrap(), all);
    audit_chain::link(&mut tx, &[link.clone(), next.clone()], seal).await.unwrap();
    assert_eq!(audit_chain::unlinked(&mut tx, all).await.unwrap(), []);
    tx.commit().await.unwrap();

    assert_eq!(audit_chain::sealed(store).await.unwrap(), seal);
    assert_eq!(waiting(6, 9).await, []);
    assert_eq!(audit_chain::hash_of(store, 2).await.unwrap(), Some(end.hash));
    assert_eq!(audit_chain::hash_of(store, 3).await.unwrap(), None);
    let linked = |link: &Link, row: &Row| (link.clone(), Some(row.clone()));
    assert_eq!(audit_chain::links(store, 0, 9).await.unwrap(), [linked(&link, &first), linked(&next, &last)]);
    assert_eq!(audit_chain::links(store, 1, 9).await.unwrap(), [linked(&next, &last)]);
    assert_eq!(audit_chain::links(store, 0, 1).await.unwrap(), [linked(&link, &first)]);
    assert_eq!(audit_chain::slipped_in(store, at(5)).await.unwrap(), 0);
    assert_eq!(audit_chain::slipped_in(store, at(6)).await.unwrap(), 1);
}

async fn a_link_is_there_once(db: Fresh) {
    let [first, late, _] = rows(&db).await;
    let (link, head) = link_of(Head::EMPTY, &first);
    let seal = Seal { head, at: at(10) };
    commit!(db.store, tx => audit_chain::link(tx, std::slice::from_ref(&link), seal));
    let twice = [Link { id: late.id, hash: Hash([1; 32]), ..link.clone() }, Link { n: 2, ..link }];
    for link in twice {
        let mut tx = db.store.begin().await.unwrap();
        let outcome = audit_chain::link(&mut tx, &[link], seal).await;
        assert!(matches!(outcome, Err(StoreError::Conflict(_))), "{outcome:?}");
    }
}

on_both_engines!(rows_wait_until_they_are_links, a_link_is_there_once);
