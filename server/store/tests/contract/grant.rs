//! Grants: proposed, approved, revoked, and whose dates have just turned.

use domain::grant::{Grant, Role, Scope};
use domain::id::AccountId;
use domain::moment::Moment;
use store::grant::{self, Proposal};
use store::testing::Fresh;
use store::{Store, StoreError};

use crate::scene::{at, commit, id, region, someone};

fn held(account: AccountId, from: i64, until: Option<i64>) -> Grant {
    let scope = Scope::Organisation(id());
    Grant { id: id(), account, role: Role::Responder, scope, from: at(from), until: until.map(at) }
}

async fn give(store: &Store, grant: &Grant) {
    commit!(store, tx => grant::add(tx, grant, None, at(1), true));
}

async fn every_role_and_scope_comes_back(db: Fresh) {
    let store = &db.store;
    let account = someone(store).await;
    let scopes = [Scope::Organisation(id()), Scope::Room(id()), Scope::Region(region()), Scope::Federation];
    let mut grants = Vec::new();
    for (number, role) in Role::ALL.into_iter().enumerate() {
        let scope = scopes[number % scopes.len()].clone();
        let until = (number % 2 == 0).then(|| at(90));
        grants.push(Grant { id: id(), account, role, scope, from: at(5), until });
    }
    for grant in &grants {
        give(store, grant).await;
    }
    give(store, &held(someone(store).await, 1, None)).await;
    assert_eq!(grant::of_account(store, account).await.unwrap(), grants);
}

async fn a_proposal_holds_once_approved_and_never_again_once_revoked(db: Fresh) {
    let store = &db.store;
    let (account, one, other) = (someone(store).await, someone(store).await, someone(store).await);
    let grant = held(account, 5, None);
    commit!(store, tx => grant::add(tx, &grant, Some(one), at(2), false));
    assert_eq!(grant::of_account(store, account).await.unwrap(), []);
    let waiting = Proposal { grant: grant.clone(), proposed_by: Some(one), approved: false, revoked: false };
    assert_eq!(commit!(store, tx => grant::find(tx, grant.id)).as_ref(), Some(&waiting));
    assert!(commit!(store, tx => grant::approve(tx, grant.id, other, at(3))));
    assert!(!commit!(store, tx => grant::approve(tx, grant.id, other, at(4))), "it is approved once");
    assert_eq!(grant::of_account(store, account).await.unwrap(), std::slice::from_ref(&grant));
    assert!(commit!(store, tx => grant::revoke(tx, grant.id, one, at(6))));
    assert!(!commit!(store, tx => grant::revoke(tx, grant.id, one, at(7))));
    assert!(!commit!(store, tx => grant::approve(tx, grant.id, other, at(8))));
    assert_eq!(grant::of_account(store, account).await.unwrap(), []);
    let over = Proposal { approved: true, revoked: true, ..waiting };
    assert_eq!(commit!(store, tx => grant::find(tx, grant.id)), Some(over));
    assert_eq!(commit!(store, tx => grant::find(tx, id())), None);
    assert!(!commit!(store, tx => grant::revoke(tx, id(), one, at(7))));
}

async fn a_proposal_that_was_revoked_is_never_approved(db: Fresh) {
    let store = &db.store;
    let (account, one) = (someone(store).await, someone(store).await);
    let grant = held(account, 5, None);
    commit!(store, tx => grant::add(tx, &grant, Some(one), at(2), false));
    assert!(commit!(store, tx => grant::revoke(tx, grant.id, one, at(3))));
    assert!(!commit!(store, tx => grant::approve(tx, grant.id, one, at(4))));
}

async fn nobody_grants_to_or_as_a_stranger(db: Fresh) {
    let store = &db.store;
    let account = someone(store).await;
    for (holder, by) in [(id(), None), (account, Some(id()))] {
        let mut tx = store.begin().await.unwrap();
        let outcome = grant::add(&mut tx, &held(holder, 1, None), by, at(1), true).await;
        assert!(matches!(outcome, Err(StoreError::MissingParent(_))), "{outcome:?}");
    }
}

async fn accounts_turn_when_a_grant_begins_or_ends(db: Fresh) {
    let store = &db.store;
    let [ends, begins, both, open, revoked, proposed] = [
        someone(store).await,
        someone(store).await,
        someone(store).await,
        someone(store).await,
        someone(store).await,
        someone(store).await,
    ];
    give(store, &held(ends, 1, Some(20))).await;
    give(store, &held(begins, 20, None)).await;
    give(store, &held(both, 20, Some(21))).await;
    give(store, &held(both, 1, Some(20))).await;
    give(store, &held(open, 1, None)).await;
    let gone = held(revoked, 20, Some(20));
    give(store, &gone).await;
    commit!(store, tx => grant::revoke(tx, gone.id, open, at(2)));
    commit!(store, tx => grant::add(tx, &held(proposed, 20, Some(20)), None, at(1), false));
    for (since, now, expected) in [
        (19, 20, vec![ends, begins, both]),
        (20, 21, vec![both]),
        (18, 19, vec![]),
        (21, 99, vec![]),
        (0, 99, vec![ends, begins, both, open]),
    ] {
        assert_eq!(turned(store, at(since), at(now)).await, expected, "({since}, {now}]");
    }
}

async fn turned(store: &Store, since: Moment, now: Moment) -> Vec<AccountId> {
    let mut accounts = grant::turned(store, since, now).await.unwrap();
    accounts.sort();
    accounts
}

on_both_engines!(
    every_role_and_scope_comes_back,
    a_proposal_holds_once_approved_and_never_again_once_revoked,
    a_proposal_that_was_revoked_is_never_approved,
    nobody_grants_to_or_as_a_stranger,
    accounts_turn_when_a_grant_begins_or_ends,
);
