//! The vault on a real key store: what it seals it opens, also after a restart, and never anybody else.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::actor::Kind;
use domain::appeal::lane::Lane;
use domain::author::Author;
use domain::id::Id;
use domain::source::{Clock, Dice};
use parking_lot::Mutex as Lock;
use rand::rngs::StdRng;
use rand::{RngCore as _, SeedableRng as _};
use store::testing::{Engine, Fresh, fresh_keys};
use uuid::Uuid;

use super::*;

struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Moment {
        Moment::from_millis(self.0.load(Ordering::SeqCst))
    }
}

struct SeededDice(Lock<StdRng>);

impl Dice for SeededDice {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().fill_bytes(bytes);
    }
}

/// A vault, its key store and the clock it looks at.
struct Scene {
    db: Fresh,
    clock: Arc<HandClock>,
    sources: Sources,
    vault: Vault,
}

impl Scene {
    async fn on(engine: Engine) -> Self {
        let db = fresh_keys(engine).await;
        let clock = Arc::new(HandClock(AtomicI64::new(0)));
        let sources = Sources::new(clock.clone(), Arc::new(SeededDice(Lock::new(StdRng::seed_from_u64(1)))));
        let vault = Vault::open(db.store.clone(), vec![kek("k1", 1)], sources.clone());
        Self { db, clock, sources, vault }
    }

    /// Another vault on the same key store: another node, or this one after a restart.
    fn another(&self, data: Vec<Key>) -> Vault {
        Vault::open(self.db.store.clone(), data, self.sources.clone())
    }

    async fn destroys_the_key_of(&self, account: AccountId) {
        let mut tx = self.db.store.begin().await.unwrap();
        data_key::destroy(&mut tx, account).await.unwrap();
        tx.commit().await.unwrap();
    }
}

fn kek(name: &str, byte: u8) -> Key {
    Key { id: name.into(), bytes: [byte; 32] }
}

fn id<N>(number: u128) -> Id<N> {
    Id::from_uuid(Uuid::from_u128(number))
}

const TEXT: &str = "Полис 1234567890123456, болит спина";

fn lane() -> Feed {
    Feed::Appeal(id(100), Lane::Private)
}

#[tokio::test]
async fn what_one_node_seals_another_opens() {
    for engine in Engine::ALL {
        let scene = Scene::on(engine).await;
        let sealed = scene.vault.seal(id(1), lane(), id(7), TEXT).await.unwrap();
        assert_eq!(sealed.owner, id(1));
        assert!(!sealed.data.contains("1234567890123456"));
        let other = scene.another(vec![kek("k1", 1)]);
        for vault in [&scene.vault, &other] {
            assert_eq!(vault.open_text(lane(), id(7), &sealed).await.unwrap().as_deref(), Some(TEXT));
        }
        let again = other.seal(id(1), lane(), id(8), TEXT).await.unwrap();
        assert_ne!(again.data, sealed.data);
        assert_eq!(scene.vault.open_text(lane(), id(8), &again).await.unwrap().as_deref(), Some(TEXT));
    }
}

#[tokio::test]
async fn a_key_is_kept_before_it_is_used_and_made_once() {
    let scene = Scene::on(Engine::Sqlite).await;
    scene.vault.prepare(id(1)).await.unwrap();
    let kept = data_key::find(&scene.db.store, id(1)).await.unwrap();
    assert!(kept.is_some());
    scene.vault.seal(id(1), lane(), id(7), TEXT).await.unwrap();
    scene.another(vec![kek("k1", 1)]).prepare(id(1)).await.unwrap();
    assert_eq!(data_key::find(&scene.db.store, id(1)).await.unwrap(), kept);
    scene.vault.answers().await.unwrap();
    scene.db.store.close().await;
    assert!(matches!(scene.vault.answers().await, Err(StoreError::Unavailable(_))));
    assert!(matches!(scene.vault.prepare(id(2)).await, Err(StoreError::Unavailable(_))));
    scene.vault.prepare(id(1)).await.unwrap();
}

#[tokio::test]
async fn two_nodes_that_need_a_key_at_once_use_the_same() {
    for engine in Engine::ALL {
        let scene = Scene::on(engine).await;
        let other = scene.another(vec![kek("k1", 1)]);
        for number in 1..10 {
            let (one, two) = tokio::join!(
                scene.vault.seal(id(number), lane(), id(7), TEXT),
                other.seal(id(number), lane(), id(8), TEXT)
            );
            let one = other.open_text(lane(), id(7), &one.unwrap()).await.unwrap();
            let two = scene.vault.open_text(lane(), id(8), &two.unwrap()).await.unwrap();
            assert_eq!((one.as_deref(), two.as_deref()), (Some(TEXT), Some(TEXT)));
        }
    }
}

#[tokio::test]
async fn what_does_not_belong_there_is_corrupt() {
    let scene = Scene::on(Engine::Sqlite).await;
    let sealed = scene.vault.seal(id(1), lane(), id(7), TEXT).await.unwrap();
    let public = Feed::Appeal(id(100), Lane::Public);
    for (feed, entry, data) in [
        (lane(), id(8), sealed.data.clone()),
        (public, id(7), sealed.data.clone()),
        (lane(), id(7), sealed.data[..20].to_owned()),
        (lane(), id(7), TEXT.to_owned()),
        (lane(), id(7), String::new()),
    ] {
        let outcome = scene.vault.open_text(feed, entry, &Sealed { owner: id(1), data }).await;
        assert!(matches!(outcome, Err(StoreError::Corrupt { .. })), "{outcome:?}");
    }
    // What is said to be somebody else's was not sealed with their key.
    scene.vault.prepare(id(2)).await.unwrap();
    let stolen = Sealed { owner: id(2), ..sealed };
    assert_eq!(scene.vault.open_text(lane(), id(7), &stolen).await.unwrap(), None);
}

#[tokio::test]
async fn wrapping_keys_change_and_old_ones_still_unwrap() {
    let scene = Scene::on(Engine::Sqlite).await;
    let sealed = scene.vault.seal(id(1), lane(), id(7), TEXT).await.unwrap();
    let newer = scene.another(vec![kek("k2", 2), kek("k1", 1)]);
    assert_eq!(newer.open_text(lane(), id(7), &sealed).await.unwrap().as_deref(), Some(TEXT));
    newer.prepare(id(2)).await.unwrap();
    assert_eq!(data_key::find(&scene.db.store, id(2)).await.unwrap().unwrap().kek, "k2");
    for strange in [vec![], vec![kek("k3", 1)], vec![kek("k1", 3)]] {
        let outcome = scene.another(strange).open_text(lane(), id(7), &sealed).await;
        assert!(matches!(outcome, Err(StoreError::Corrupt { .. })), "{outcome:?}");
    }
    assert!(matches!(scene.another(vec![]).prepare(id(3)).await, Err(StoreError::Refused(_))));
}

#[tokio::test]
async fn nothing_opens_once_its_key_is_destroyed() {
    let scene = Scene::on(Engine::Sqlite).await;
    let sealed = scene.vault.seal(id(1), lane(), id(7), TEXT).await.unwrap();
    let others = scene.vault.seal(id(2), lane(), id(8), TEXT).await.unwrap();
    scene.destroys_the_key_of(id(1)).await;
    let restarted = scene.another(vec![kek("k1", 1)]);
    assert_eq!(restarted.open_text(lane(), id(7), &sealed).await.unwrap(), None);
    // This node forgets it too.
    scene.clock.0.fetch_add(KEPT, Ordering::SeqCst);
    assert_eq!(scene.vault.open_text(lane(), id(7), &sealed).await.unwrap(), None);
    assert_eq!(scene.vault.open_text(lane(), id(8), &others).await.unwrap().as_deref(), Some(TEXT));
    // A new key does not make the old texts corrupt.
    scene.vault.prepare(id(1)).await.unwrap();
    assert_eq!(scene.vault.open_text(lane(), id(7), &sealed).await.unwrap(), None);
}

#[tokio::test]
async fn entries_are_revealed_and_others_left_alone() {
    let scene = Scene::on(Engine::Sqlite).await;
    let entry = |number: u128, body: Body| Entry {
        feed: lane(),
        seq: 1,
        id: id(number),
        at: Moment::from_millis(1),
        author: Author {
            account: id(1), kind: Kind::Resident, alias: "Нина К.".into(), signature: None
        },
        body,
    };
    let sealed = scene.vault.seal(id(1), lane(), id(7), TEXT).await.unwrap();
    let lost = scene.vault.seal(id(2), lane(), id(8), TEXT).await.unwrap();
    scene.destroys_the_key_of(id(2)).await;
    let vault = scene.another(vec![kek("k1", 1)]);
    let plain = entry(9, Body::Message { text: Some("Спасибо".into()) });
    let hidden = entry(10, Body::Hide { target: id(9), reason: "флуд".into() });
    let entries = vec![
        entry(7, Body::Sealed(sealed.clone())),
        plain.clone(),
        hidden.clone(),
        entry(8, Body::Sealed(lost)),
    ];
    let revealed = vault.reveal(entries).await.unwrap();
    let message = |number, text: Option<&str>| entry(number, Body::Message { text: text.map(Into::into) });
    assert_eq!(revealed, [message(7, Some(TEXT)), plain, hidden, message(8, None)]);
    let moved = vault.reveal(vec![entry(11, Body::Sealed(sealed))]).await;
    assert!(matches!(moved, Err(StoreError::Corrupt { .. })), "{moved:?}");
}

#[test]
fn memory_has_a_bound() {
    let mut memory = Memory::default();
    let now = Moment::from_millis(0);
    for number in 0..=REMEMBERED as u128 {
        memory.keep(id(number), PlainKey::new([1; 32]), now);
        memory.keep(id(number), PlainKey::new([2; 32]), now);
    }
    assert_eq!((memory.keys.len(), memory.order.len()), (REMEMBERED, REMEMBERED));
    assert!(memory.find(id(0), now).is_none(), "the oldest gave way");
    assert!(memory.find(id(1), now).is_some());
}
