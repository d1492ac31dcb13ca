//! What a server of a test stands on: databases that go away with it, keys that are the same everywhere, a clock that
//! the test moves and dice that fall the same way every time. What happens on it, `world` knows.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use domain::moment::Moment;
use domain::source::{Clock, Dice, Sources};
use medchat::app::{Ground, Server};
use medchat::auth::secrets::{Key, Secrets};
use medchat::config::Config;
use parking_lot::Mutex;
use rand::rngs::StdRng;
use rand::{RngCore as _, SeedableRng as _};
use store::testing::{Engine, Fresh, fresh, keys_beside};
use store::{Address, Store};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// Monday, 2026-11-23, 06:00 UTC: 16:00 in Khabarovsk, 11:00 in Ufa, 09:00 in Rostov. Every room is open.
const MONDAY: i64 = 1_795_413_600_000;

/// A clock that stands until the test moves it.
pub struct HandClock(AtomicI64);

impl HandClock {
    /// A clock that stands on that Monday.
    pub const fn on_monday() -> Self {
        Self(AtomicI64::new(MONDAY))
    }

    /// Moves on.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// Moves to this moment.
    pub fn set(&self, rfc3339: &str) {
        self.0.store(Moment::parse_rfc3339(rfc3339).unwrap().millis(), Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Moment {
        Moment::from_millis(self.0.load(Ordering::SeqCst))
    }
}

struct SeededDice(Mutex<StdRng>);

impl Dice for SeededDice {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().fill_bytes(bytes);
    }
}

/// Where data lie; it all goes away with this.
pub struct Home {
    /// The database.
    pub address: Address,
    /// The key store.
    pub keys: Address,
    folder: TempDir,
    _fresh: Option<Fresh>,
}

impl Home {
    /// In a database that somebody else keeps.
    pub fn at(address: Address) -> Self {
        Self::with(folder(), address, None)
    }

    fn with(folder: TempDir, address: Address, fresh: Option<Fresh>) -> Self {
        Self { keys: keys_beside(&address), address, folder, _fresh: fresh }
    }

    /// The data folder.
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

fn folder() -> TempDir {
    TempDir::with_prefix("medchat-").unwrap()
}

/// Keys that are the same in every world.
pub fn keys() -> Secrets {
    let key = |id: &str, byte| Key { id: id.into(), bytes: [byte; 32] };
    Secrets {
        token: vec![key("k-token", 7)],
        refresh: key("k-refresh", 9),
        data: vec![key("k-data", 11)],
        digest: key("k-digest", 13),
        audit: vec![key("k-audit", 15)],
    }
}

/// This clock, and dice with this seed.
pub fn sources(clock: Arc<HandClock>, seed: u64) -> Sources {
    Sources::new(clock, Arc::new(SeededDice(Mutex::new(StdRng::seed_from_u64(seed)))))
}

/// The demo on loopback; limits are lifted as for a load test, or not.
pub fn config(lifted: bool) -> Config {
    let nowhere = Path::new("nowhere");
    Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        data_dir: nowhere.into(),
        secrets_dir: nowhere.into(),
        database: Address::Sqlite(nowhere.into()),
        keys: Address::Sqlite(nowhere.into()),
        database_connections: 8,
        bus: None,
        share_port: false,
        threads: 2,
        max_sockets: None,
        ping_after: 25,
        public_url: None,
        console_url: None,
        trusted_proxies: Vec::new(),
        log: "off".into(),
        load_test: lifted,
        demo: true,
        unknown: Vec::new(),
    }
}

/// A place for the data of one world, and its database, opened.
pub async fn home(engine: Engine) -> (Home, Store) {
    match engine {
        Engine::Sqlite => {
            let folder = folder();
            let path = folder.path().join("medchat.db");
            fs::write(&path, demo_database().await).unwrap();
            let address = Address::Sqlite(path);
            let store = Store::open(&address).await.unwrap();
            (Home::with(folder, address, None), store)
        }
        Engine::Postgres => {
            let fresh = fresh(engine).await;
            let (address, store) = (fresh.address.clone(), fresh.store.clone());
            (Home::with(folder(), address, Some(fresh)), store)
        }
    }
}

/// A SQLite file in which the demo is set up; made once and copied, since every world begins with it.
async fn demo_database() -> &'static [u8] {
    static DATABASE: OnceCell<Vec<u8>> = OnceCell::const_new();
    DATABASE
        .get_or_init(|| async {
            let fresh = fresh(Engine::Sqlite).await;
            let Address::Sqlite(path) = &fresh.address else { panic!("SQLite was asked for") };
            drop(build(&fresh).await.unwrap());
            fresh.store.close().await;
            assert!(!path.with_extension("db-wal").exists(), "everything must be in the file itself");
            fs::read(path).unwrap()
        })
        .await
}

/// The key store at this address, which may be new.
pub async fn key_store(address: &Address, connections: u32) -> Store {
    let keys = Store::open_with(address, connections).await.unwrap();
    store::migrate::migrate_keys(&keys).await.unwrap();
    keys
}

/// A server on this database that nobody reaches.
pub async fn build(db: &Fresh) -> anyhow::Result<Server> {
    let clock = Arc::new(HandClock::on_monday());
    let ground = Ground {
        store: db.store.clone(),
        keys: key_store(&keys_beside(&db.address), 1).await,
        secrets: keys(),
        sources: sources(clock, 0),
        clock_is_real: false,
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
    };
    Server::build(&config(false), ground).await
}
