//! Grants: proposed, approved, revoked, and whose dates have just turned.

use domain::actor::Kind;
use domain::appeal::event::Employee;
use domain::grant::{Grant, Role, Scope};
use domain::id::AccountId;
use domain::moment::Moment;
use store::account::{self, Account};
use store::grant::{self, Proposal};
use store::testing::Fresh;
use store::{Store, StoreError};

use crate::scene::{at, by_hand, commit, id, region, resident, someone};

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

async fn holders_hold_the_role_there_and_now(db: Fresh) {
    let store = &db.store;
    let [early, late, both, closed] =
        [someone(store).await, someone(store).await, someone(store).await, someone(store).await];
    let scopes = [Scope::Organisation(id()), Scope::Region(region()), Scope::Federation];
    let held_in = |account, role, scope: &Scope, from, until| Grant {
        role,
        scope: scope.clone(),
        ..held(account, from, until)
    };
    for scope in &scopes {
        give(store, &held_in(late, Role::Curator, scope, 20, None)).await;
        give(store, &held_in(early, Role::Curator, scope, 1, Some(20))).await;
        give(store, &held_in(both, Role::Curator, scope, 1, Some(20))).await;
        give(store, &held_in(both, Role::Curator, scope, 1, None)).await;
        give(store, &held_in(early, Role::Observer, scope, 1, None)).await;
        give(store, &held_in(closed, Role::Curator, scope, 1, None)).await;
        let revoked = held_in(late, Role::Curator, scope, 1, None);
        give(store, &revoked).await;
        commit!(store, tx => grant::revoke(tx, revoked.id, both, at(2)));
        commit!(store, tx => grant::add(tx, &held_in(late, Role::Curator, scope, 1, None), None, at(1), false));
    }
    by_hand(store, format!("update accounts set closed_at = 9 where id = '{closed}'").leak()).await;
    for scope in &scopes {
        for (role, now, expected) in [
            (Role::Curator, 0, vec![]),
            (Role::Curator, 19, vec![early, both]),
            (Role::Curator, 20, vec![late, both]),
            (Role::Observer, 20, vec![early]),
            (Role::Moderator, 20, vec![]),
        ] {
            assert_eq!(sorted(grant::holders(store, role, scope, at(now)).await.unwrap()), sorted(expected));
        }
    }
    let elsewhere = Scope::Organisation(id());
    assert_eq!(grant::holders(store, Role::Curator, &elsewhere, at(19)).await.unwrap(), []);
    let in_order = grant::holders(store, Role::Curator, &Scope::Federation, at(19)).await.unwrap();
    assert!(in_order.is_sorted());
}

fn sorted(mut accounts: Vec<AccountId>) -> Vec<AccountId> {
    accounts.sort();
    accounts
}

async fn staff_come_by_name_with_their_roles(db: Fresh) {
    let store = &db.store;
    let organisation = id();
    let named = |name: Option<&str>, alias: &str| Account {
        kind: Kind::Staff,
        name: name.map(Into::into),
        alias: alias.into(),
        ..resident(&id::<()>().to_string())
    };
    let [boris, anna, vera] =
        [named(Some("Борис Вымышленный"), "А"), named(Some("Анна Вымышленная"), "Я"), named(None, "Вера В.")];
    for account in [&boris, &anna, &vera] {
        commit!(store, tx => account::add(tx, account, "$argon2id$x"));
    }
    let works = |account: &Account, role, until| Grant {
        role,
        scope: Scope::Organisation(organisation),
        ..held(account.id, 1, until)
    };
    give(store, &works(&vera, Role::Registrar, None)).await;
    give(store, &works(&boris, Role::Responder, None)).await;
    give(store, &works(&boris, Role::ChiefPhysician, None)).await;
    give(store, &works(&boris, Role::Responder, Some(50))).await;
    give(store, &works(&anna, Role::Responder, Some(20))).await;
    give(store, &held(anna.id, 1, None)).await;
    let responder = vec![Role::Responder];
    let chief = vec![Role::ChiefPhysician, Role::Responder];
    let registrar = vec![Role::Registrar];
    let staff = grant::staff_of(store, organisation, at(19)).await.unwrap();
    let others = [(boris.clone(), chief), (vera, registrar)];
    assert_eq!(staff, [&[(anna, responder)], &others[..]].concat());
    assert_eq!(grant::staff_of(store, organisation, at(20)).await.unwrap(), others);
    by_hand(store, format!("update accounts set closed_at = 9 where id = '{}'", boris.id).leak()).await;
    assert_eq!(grant::staff_of(store, organisation, at(20)).await.unwrap(), others[1..]);
    assert_eq!(grant::staff_of(store, id(), at(20)).await.unwrap(), []);
    let employee = Employee { account: others[1].0.id, organisation };
    let working = grant::working_for(store, &[id(), organisation], at(20)).await.unwrap();
    assert_eq!(working, [(employee, Role::Registrar)]);
    assert_eq!(grant::working_for(store, &[id()], at(20)).await.unwrap(), []);
}

on_both_engines!(
    every_role_and_scope_comes_back,
    a_proposal_holds_once_approved_and_never_again_once_revoked,
    a_proposal_that_was_revoked_is_never_approved,
    nobody_grants_to_or_as_a_stranger,
    accounts_turn_when_a_grant_begins_or_ends,
    holders_hold_the_role_there_and_now,
    staff_come_by_name_with_their_roles,
);
