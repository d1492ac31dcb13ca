//! Codes from desks: found by their digest alone, redeemed once, taken back once, never both.

use domain::id::{AccountId, OrganisationId};
use domain::moment::Moment;
use store::desk_code::{self, Issued};
use store::testing::Fresh;
use store::{Store, StoreError};
use tokio::task::JoinSet;

use crate::scene::{an_organisation, at, commit, id, someone};

fn code(organisation: OrganisationId, issued_by: AccountId, place: u32, issued_at: Moment) -> Issued {
    Issued {
        id: id(),
        place,
        organisation,
        issued_by,
        issued_at,
        expires_at: issued_at.plus_millis(100),
        redeemed_at: None,
        revoked_at: None,
    }
}

/// Hands out codes `a1`, `a2`, … and gives them.
async fn a_sheet(store: &Store, name: &str, size: u32, issued_at: Moment) -> Vec<Issued> {
    let (organisation, registrar) = (an_organisation(store).await, someone(store).await);
    let sheet: Vec<_> = (1..=size).map(|place| code(organisation, registrar, place, issued_at)).collect();
    let rows: Vec<_> = sheet.iter().map(|it| (it.clone(), format!("{name}{}", it.place))).collect();
    commit!(store, tx => desk_code::add(tx, &rows));
    sheet
}

async fn codes_are_found_by_digest_and_listed_by_desk(db: Fresh) {
    let store = &db.store;
    let sheet = a_sheet(store, "a", 3, at(10)).await;
    let (organisation, registrar) = (sheet[0].organisation, sheet[0].issued_by);
    let later = code(organisation, registrar, 1, at(20));
    commit!(store, tx => desk_code::add(tx, &[(later.clone(), "later".into())]));
    a_sheet(store, "b", 2, at(10)).await;
    assert_eq!(commit!(store, tx => desk_code::find(tx, "a2")), Some(sheet[1].clone()));
    assert_eq!(commit!(store, tx => desk_code::find(tx, "a9")), None);
    assert_eq!(desk_code::by_id(store, sheet[2].id).await.unwrap(), Some(sheet[2].clone()));
    assert_eq!(desk_code::by_id(store, id()).await.unwrap(), None);
    let all: Vec<Issued> = std::iter::once(later.clone()).chain(sheet).collect();
    assert_eq!(desk_code::of_organisation(store, organisation, at(10)).await.unwrap(), all);
    assert_eq!(desk_code::of_organisation(store, organisation, at(11)).await.unwrap(), [later]);
    for (since, count) in [(10, 4), (11, 1), (21, 0)] {
        assert_eq!(desk_code::count(store, registrar, at(since)).await.unwrap(), count, "since {since}");
    }
    let mut tx = store.begin().await.unwrap();
    let twice = (code(organisation, registrar, 1, at(30)), "a1".to_owned());
    let refused = desk_code::add(&mut tx, &[twice]).await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
}

async fn of_many_who_redeem_a_code_one_does(db: Fresh) {
    let store = &db.store;
    let sheet = a_sheet(store, "a", 1, at(10)).await;
    let id = sheet[0].id;
    let mut tries = JoinSet::new();
    for _ in 0..20 {
        let (store, person) = (store.clone(), someone(store).await);
        tries.spawn(async move {
            let mut tx = store.begin().await.unwrap();
            let redeemed = desk_code::redeem(&mut tx, id, person, at(50)).await.unwrap();
            tx.commit().await.unwrap();
            redeemed
        });
    }
    let redeemed = tries.join_all().await.into_iter().filter(|redeemed| *redeemed).count();
    assert_eq!(redeemed, 1);
    let after = desk_code::by_id(store, id).await.unwrap().unwrap();
    assert_eq!((after.redeemed_at, after.revoked_at), (Some(at(50)), None));
}

async fn a_code_is_redeemed_or_taken_back_while_it_is_good(db: Fresh) {
    let store = &db.store;
    let sheet = a_sheet(store, "a", 3, at(10)).await;
    let (registrar, anna) = (sheet[0].issued_by, someone(store).await);
    let [first, second, third] = [0, 1, 2].map(|place: usize| sheet[place].id);
    assert!(!commit!(store, tx => desk_code::redeem(tx, first, anna, at(110))), "its time is over");
    assert!(commit!(store, tx => desk_code::redeem(tx, first, anna, at(109))));
    assert!(!commit!(store, tx => desk_code::redeem(tx, first, anna, at(109))), "once");
    assert!(!commit!(store, tx => desk_code::revoke(tx, first, registrar, at(20))), "it is used");
    assert!(commit!(store, tx => desk_code::revoke(tx, second, registrar, at(20))));
    assert!(!commit!(store, tx => desk_code::revoke(tx, second, registrar, at(20))), "once");
    assert!(!commit!(store, tx => desk_code::redeem(tx, second, anna, at(21))), "it was taken back");
    assert_eq!(desk_code::by_id(store, second).await.unwrap().unwrap().revoked_at, Some(at(20)));
    assert!(!commit!(store, tx => desk_code::redeem(tx, id(), anna, at(20))));
    let mut tx = store.begin().await.unwrap();
    let nobody = desk_code::redeem(&mut tx, third, id(), at(20)).await;
    assert!(matches!(nobody, Err(StoreError::MissingParent(_))), "{nobody:?}");
}

on_both_engines!(
    codes_are_found_by_digest_and_listed_by_desk,
    of_many_who_redeem_a_code_one_does,
    a_code_is_redeemed_or_taken_back_while_it_is_good,
);
