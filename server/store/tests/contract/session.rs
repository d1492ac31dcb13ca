//! Sessions: who carries one, when it stops counting, and a refresh token that is used once.

use domain::actor::Kind;
use domain::grant::{Grant, Role, Scope};
use domain::id::SessionId;
use domain::verification::Method;
use store::account::{self, Verification};
use store::grant;
use store::session::{self, Bearer, Listed, RefreshToken};
use store::testing::Fresh;
use store::{Store, StoreError};

use crate::scene::{at, by_hand, commit, id, someone};

async fn a_session(store: &Store) -> (SessionId, domain::id::AccountId) {
    let (session, account) = (id(), someone(store).await);
    commit!(store, tx => session::begin(tx, session, account, None, at(5)));
    (session, account)
}

/// Who carries a token of this session alone.
async fn bearer(store: &Store, session: SessionId, now: i64) -> Option<Bearer> {
    session::bearers(store, &[session], at(now)).await.unwrap().remove(&session)
}

async fn a_session_has_a_bearer_until_it_ends(db: Fresh) {
    let store = &db.store;
    let (session, account) = a_session(store).await;
    let expected = Bearer {
        account,
        kind: Kind::Resident,
        alias: "Нина К.".into(),
        verified_adult: false,
        second_factor: false,
        grants: Vec::new(),
    };
    assert_eq!(bearer(store, session, 9).await, Some(expected));
    assert!(commit!(store, tx => session::end(tx, session, at(10))));
    assert_eq!(bearer(store, session, 9).await, None);
    assert!(!commit!(store, tx => session::end(tx, session, at(11))), "it ends once");
    assert!(!commit!(store, tx => session::end(tx, id(), at(11))), "nobody's session");
    assert_eq!(bearer(store, id(), 9).await, None);
}

async fn bearers_of_many_sessions_come_at_once_with_their_grants(db: Fresh) {
    let store = &db.store;
    let ((first, account), (second, other), (ended, _)) =
        (a_session(store).await, a_session(store).await, a_session(store).await);
    commit!(store, tx => session::end(tx, ended, at(6)));
    let grant = |role, approved| {
        let grant =
            Grant { id: id(), account, role, scope: Scope::Federation, from: at(1), until: Some(at(2)) };
        (grant, approved)
    };
    let grants = [
        grant(Role::Moderator, true),
        grant(Role::Curator, false),
        grant(Role::Observer, true),
        grant(Role::Auditor, true),
    ];
    for (grant, approved) in &grants {
        commit!(store, tx => grant::add(tx, grant, None, at(1), *approved));
    }
    let [moderator, _, observer, auditor] = grants.map(|(grant, _)| grant);
    commit!(store, tx => grant::revoke(tx, observer.id, other, at(7)));
    let sessions = [second, first, ended, id(), first];
    let bearers = session::bearers(store, &sessions, at(9)).await.unwrap();
    assert_eq!(bearers.len(), 2);
    assert_eq!((bearers[&second].account, bearers[&second].grants.len()), (other, 0));
    assert_eq!((bearers[&first].account, &bearers[&first].grants[..]), (account, &[moderator, auditor][..]));
    assert!(session::bearers(store, &[], at(9)).await.unwrap().is_empty());
}

async fn a_closed_account_carries_nothing(db: Fresh) {
    let store = &db.store;
    let (session, _) = a_session(store).await;
    commit!(store, tx => session::add_token(tx, "hash", session, at(5), at(50)));
    by_hand(store, "update accounts set closed_at = 7").await;
    assert_eq!(bearer(store, session, 9).await, None);
    assert!(!commit!(store, tx => session::find_token(tx, "hash")).unwrap().session_lives);
}

async fn a_verification_counts_until_its_last_moment(db: Fresh) {
    let store = &db.store;
    let (session, account) = a_session(store).await;
    let verification = Verification { method: Method::DeskCode, at: at(6), expires_at: Some(at(20)) };
    commit!(store, tx => account::verify(tx, account, &verification));
    for (now, verified) in [(19, true), (20, false), (21, false)] {
        let bearer = bearer(store, session, now).await.unwrap();
        assert_eq!(bearer.verified_adult, verified, "at {now}");
    }
}

async fn nobody_begins_a_session_for_a_stranger(db: Fresh) {
    let mut tx = db.store.begin().await.unwrap();
    let outcome = session::begin(&mut tx, id(), id(), None, at(1)).await;
    assert!(matches!(outcome, Err(StoreError::MissingParent(_))), "{outcome:?}");
}

async fn a_token_comes_back_as_it_was_kept(db: Fresh) {
    let store = &db.store;
    let (session, account) = a_session(store).await;
    commit!(store, tx => session::add_token(tx, "hash", session, at(5), at(50)));
    commit!(store, tx => session::add_token(tx, "hash", session, at(6), at(60)));
    let mut token = RefreshToken {
        session,
        account,
        issued_at: at(5),
        expires_at: at(50),
        used_at: None,
        session_lives: true,
    };
    assert_eq!(commit!(store, tx => session::find_token(tx, "hash")).as_ref(), Some(&token));
    assert!(commit!(store, tx => session::use_token(tx, "hash", at(7))));
    assert!(!commit!(store, tx => session::use_token(tx, "hash", at(8))));
    commit!(store, tx => session::end(tx, session, at(9)));
    token.used_at = Some(at(7));
    token.session_lives = false;
    assert_eq!(commit!(store, tx => session::find_token(tx, "hash")), Some(token));
    assert_eq!(commit!(store, tx => session::find_token(tx, "other")), None);
    assert!(!commit!(store, tx => session::use_token(tx, "other", at(8))));
    let mut tx = store.begin().await.unwrap();
    let outcome = session::add_token(&mut tx, "lost", id(), at(5), at(50)).await;
    assert!(matches!(outcome, Err(StoreError::MissingParent(_))), "{outcome:?}");
}

async fn of_fifty_who_use_a_token_at_once_one_does(db: Fresh) {
    let (session, _) = a_session(&db.store).await;
    commit!(db.store, tx => session::add_token(tx, "hash", session, at(5), at(50)));
    let mut tasks = tokio::task::JoinSet::new();
    for moment in 0..50 {
        let store = db.store.clone();
        tasks.spawn(async move {
            let used = commit!(store, tx => session::use_token(tx, "hash", at(100 + moment)));
            used.then(|| at(100 + moment))
        });
    }
    let winners: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(winners.len(), 1, "{winners:?}");
    let token = commit!(db.store, tx => session::find_token(tx, "hash")).unwrap();
    assert_eq!(token.used_at, Some(winners[0]));
}

async fn one_sees_where_one_is_signed_in_and_ends_it(db: Fresh) {
    let store = &db.store;
    let (account, other) = (someone(store).await, someone(store).await);
    let [old, new, over, theirs] = [id(), id(), id(), id()];
    for (session, who, device, moment) in [
        (old, account, None, 1),
        (new, account, Some("Chrome · Android"), 2),
        (over, account, None, 3),
        (theirs, other, None, 4),
    ] {
        commit!(store, tx => session::begin(tx, session, who, device, at(moment)));
        let (hash, until) = (session.to_string(), if session == over { 50 } else { 1000 });
        commit!(store, tx => session::add_token(tx, &hash, session, at(moment), at(until)));
    }
    commit!(store, tx => session::add_token(tx, "renewed", old, at(40), at(1000)));
    let listed = session::of_account(store, account, at(50)).await.unwrap();
    let wanted = [
        Listed { id: old, begun_at: at(1), seen_at: at(40), device: None },
        Listed { id: new, begun_at: at(2), seen_at: at(2), device: Some("Chrome · Android".into()) },
    ];
    assert_eq!(listed, wanted);
    let mut ended = commit!(store, tx => session::end_all(tx, account, Some(new), at(60)));
    ended.sort_unstable();
    let mut both = [old, over];
    both.sort_unstable();
    assert_eq!(ended, both);
    let left = session::of_account(store, account, at(61)).await.unwrap();
    assert_eq!(left.iter().map(|it| it.id).collect::<Vec<_>>(), [new]);
    assert_eq!(commit!(store, tx => session::end_all(tx, account, None, at(70))), [new]);
    assert_eq!(session::of_account(store, other, at(71)).await.unwrap().len(), 1);
}

on_both_engines!(
    one_sees_where_one_is_signed_in_and_ends_it,
    a_session_has_a_bearer_until_it_ends,
    bearers_of_many_sessions_come_at_once_with_their_grants,
    a_closed_account_carries_nothing,
    a_verification_counts_until_its_last_moment,
    nobody_begins_a_session_for_a_stranger,
    a_token_comes_back_as_it_was_kept,
    of_fifty_who_use_a_token_at_once_one_does,
);
