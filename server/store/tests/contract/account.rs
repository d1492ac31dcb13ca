//! Accounts: opened, found by either name, one per login, verified anew.

use std::collections::HashMap;

use domain::actor::Kind;
use domain::verification::Method;
use store::StoreError;
use store::account::{self, Account, Verification};
use store::session;
use store::testing::Fresh;

use crate::scene::{at, commit, id, resident, someone};

async fn an_account_comes_back_as_it_was_opened(db: Fresh) {
    let store = &db.store;
    let plain = resident("nina");
    let full = Account {
        kind: Kind::Staff,
        name: Some("Вымышленная Анна Петровна".into()),
        position: Some("терапевт".into()),
        employer: Some("Минздрав".into()),
        ..resident("anna")
    };
    for account in [&plain, &full] {
        commit!(store, tx => account::add(tx, account, "$argon2id$x"));
        assert_eq!(account::by_id(store, account.id).await.unwrap().as_ref(), Some(account));
        let (found, password) = account::by_login(store, &account.login).await.unwrap().unwrap();
        assert_eq!((&found, password.as_str()), (account, "$argon2id$x"));
    }
    assert_eq!(account::by_login(store, "NINA").await.unwrap(), None, "a login has one spelling");
    assert_eq!(account::by_id(store, id()).await.unwrap(), None);
}

async fn a_login_is_taken_once(db: Fresh) {
    commit!(db.store, tx => account::add(tx, &resident("nina"), "a"));
    let mut tx = db.store.begin().await.unwrap();
    let second = account::add(&mut tx, &resident("nina"), "b").await;
    assert!(matches!(second, Err(StoreError::Conflict(_))), "{second:?}");
}

async fn of_twenty_who_want_a_login_at_once_one_gets_it(db: Fresh) {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let store = db.store.clone();
        tasks.spawn(async move {
            let mut tx = store.begin().await.unwrap();
            match account::add(&mut tx, &resident("nina"), "a").await {
                Ok(()) => tx.commit().await.map(|()| true).unwrap(),
                Err(StoreError::Conflict(_)) => false,
                Err(other) => panic!("{other:?}"),
            }
        });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|it| *it).count(), 1);
}

async fn a_verification_replaces_the_one_before(db: Fresh) {
    let store = &db.store;
    let account = someone(store).await;
    let session = id();
    commit!(store, tx => session::begin(tx, session, account, None, at(1)));
    for (expires_at, verified) in [(Some(at(50)), false), (None, true), (Some(at(101)), true)] {
        let verification = Verification { method: Method::DeskCode, at: at(10), expires_at };
        commit!(store, tx => account::verify(tx, account, &verification));
        let bearers = session::bearers(store, &[session], at(100)).await.unwrap();
        assert_eq!(bearers[&session].verified_adult, verified, "{expires_at:?}");
    }
    let mut tx = store.begin().await.unwrap();
    let verification = Verification { method: Method::DeskCode, at: at(10), expires_at: None };
    let nobody = account::verify(&mut tx, id(), &verification).await;
    assert!(matches!(nobody, Err(StoreError::MissingParent(_))), "{nobody:?}");
}

async fn people_are_named_as_they_are_called(db: Fresh) {
    let store = &db.store;
    let nina = someone(store).await;
    let anna = Account {
        name: Some("Анна Вымышленная".into()), alias: "Анна В.".into(), ..resident("anna")
    };
    commit!(store, tx => account::add(tx, &anna, "$argon2id$x"));
    let names = account::names(store, &[nina, anna.id, id(), nina]).await.unwrap();
    let expected = [(nina, "Нина К.".to_owned()), (anna.id, "Анна Вымышленная".to_owned())];
    assert_eq!(names, HashMap::from(expected));
    assert!(account::names(store, &[]).await.unwrap().is_empty());
}

on_both_engines!(
    an_account_comes_back_as_it_was_opened,
    a_login_is_taken_once,
    of_twenty_who_want_a_login_at_once_one_gets_it,
    a_verification_replaces_the_one_before,
    people_are_named_as_they_are_called,
);
