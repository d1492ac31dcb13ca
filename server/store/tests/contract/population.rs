//! A made-up population: everybody is verified, signed in and a member, however many come at once.

use domain::verification::Method;
use store::population::{self, Resident};
use store::testing::Fresh;
use store::{StoreError, account, catalogue, member, session};

use crate::scene::{a_room, at, commit, id};

/// More than two statements hold.
const MANY: usize = 1100;

fn resident(room: domain::id::RoomId, number: usize) -> Resident {
    let (login, alias) = (format!("load-{number}"), format!("Житель {number}"));
    Resident { account: id(), session: id(), login, alias, room }
}

async fn everybody_is_verified_signed_in_and_a_member(db: Fresh) {
    let store = &db.store;
    let (large, small) = (a_room(store).await, a_room(store).await);
    let room = |number| if number < 1000 { large } else { small };
    let residents: Vec<Resident> = (0..MANY).map(|number| resident(room(number), number)).collect();
    commit!(store, tx => population::add(tx, &residents, Method::LoadTest, at(5)));
    let states = catalogue::room_states(store).await.unwrap();
    assert_eq!((states[&large].members, states[&small].members), (1000, 100));
    for resident in residents.iter().step_by(97) {
        let bearers = session::bearers(store, &[resident.session], at(6)).await.unwrap();
        let bearer = &bearers[&resident.session];
        assert!(bearer.verified_adult);
        assert_eq!((bearer.account, &bearer.alias), (resident.account, &resident.alias));
        assert_eq!(member::rooms_of(store, resident.account).await.unwrap(), [resident.room]);
        let (_, password) = account::by_login(store, &resident.login).await.unwrap().unwrap();
        assert_eq!(password, "", "nobody signs in with a password");
    }
}

async fn a_login_is_given_once(db: Fresh) {
    let store = &db.store;
    let room = a_room(store).await;
    commit!(store, tx => population::add(tx, &[resident(room, 1)], Method::LoadTest, at(5)));
    let mut tx = store.begin().await.unwrap();
    let outcome =
        population::add(&mut tx, &[resident(room, 2), resident(room, 1)], Method::LoadTest, at(5)).await;
    assert!(matches!(outcome, Err(StoreError::Conflict(_))), "{outcome:?}");
}

on_both_engines!(everybody_is_verified_signed_in_and_a_member, a_login_is_given_once);
