//! One world per test: the real server on a free port of loopback, with a database of its own, a clock that the test
//! moves and dice that fall the same way every time. Demo regions and people are there from the start.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use domain::feed::{Entry, Feed};
use domain::id::RoomId;
use domain::moment::Moment;
use domain::region_file::RegionPlan;
use domain::room::RoomKind;
use domain::source::{Clock as _, Sources};
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use medchat::acts::catalogue::{Catalogue, RoomEntry};
use medchat::acts::unit::Writer;
use medchat::acts::{Acts, demo, provision};
use medchat::app::{Ground, Server};
use medchat::config::{BusAddress, Config};
use medchat::live::bus::Bus;
use parking_lot::Mutex;
use store::testing::{Cluster, Engine};
use store::{Address, Store};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::ground::{HandClock, Home, config, home, key_store, keys, sources};
use crate::people::Person;

/// How long anybody waits for anything before the test fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// What a world is like.
#[derive(Clone)]
pub struct Setting {
    /// The engine.
    pub engine: Engine,
    /// Whether limits are lifted, as for a load test.
    pub lifted: bool,
    /// Whether it is no demo, but has its people.
    pub is_open: bool,
    /// What is to be different in the demo's regions.
    pub change: Option<fn(&mut Vec<RegionPlan>)>,
    /// The bus between this node and those beside it.
    pub bus: Option<String>,
    /// How many sockets the node holds.
    pub max_sockets: Option<usize>,
    /// How many connections to the database it reads with, and as many it writes with.
    pub connections: u32,
    /// Whether the node holds its clock for the world's, and compares it with the database's.
    pub clock_is_real: bool,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            engine: Engine::Sqlite,
            lifted: false,
            is_open: false,
            change: None,
            bus: None,
            max_sockets: None,
            connections: 8,
            clock_is_real: false,
        }
    }
}

/// A server that runs.
struct Running {
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

/// The world of one test.
pub struct World {
    /// Where the server listens.
    pub address: SocketAddr,
    /// Where requests are sent from.
    pub client: Client<HttpConnector, Full<bytes::Bytes>>,
    setting: Setting,
    home: Arc<Home>,
    sources: Sources,
    clock: Arc<HandClock>,
    store: Mutex<Store>,
    /// Weak, since a server that stops waits until nobody else holds them.
    acts: Mutex<Weak<Acts>>,
    catalogue: Mutex<Arc<Catalogue>>,
    running: Mutex<Option<Running>>,
    numbers: AtomicU64,
    nodes: AtomicU64,
}

impl World {
    /// A world like the demo, on SQLite.
    pub async fn new() -> Self {
        Self::with(Setting::default()).await
    }

    /// A world like the demo.
    pub async fn on(engine: Engine) -> Self {
        Self::with(Setting { engine, ..Setting::default() }).await
    }

    /// A world without limits.
    pub async fn lifted(engine: Engine) -> Self {
        Self::with(Setting { engine, lifted: true, ..Setting::default() }).await
    }

    /// A world of this kind.
    pub async fn with(setting: Setting) -> Self {
        let (home, store) = home(setting.engine).await;
        store.close().await;
        Self::at(Arc::new(home), setting, Arc::new(HandClock::on_monday()), 1).await
    }

    /// A world on this cluster, which is to be treated badly.
    pub async fn on_cluster(cluster: &Cluster) -> Self {
        let address = cluster.address("postgres");
        let store = Store::open(&address).await.unwrap();
        store::migrate::migrate(&store).await.unwrap();
        store.close().await;
        let setting = Setting { engine: Engine::Postgres, lifted: true, ..Setting::default() };
        Self::at(Arc::new(Home::at(address)), setting, Arc::new(HandClock::on_monday()), 1).await
    }

    /// Another node of the same system, with an address, connections and dice of its own.
    pub async fn beside(&self) -> Self {
        let setting = Setting { change: None, ..self.setting.clone() };
        let seed = self.nodes.fetch_add(1, Ordering::Relaxed);
        Self::at(self.home.clone(), setting, self.clock.clone(), seed).await
    }

    async fn at(home: Arc<Home>, setting: Setting, clock: Arc<HandClock>, seed: u64) -> Self {
        let store = Store::open_with(&home.address, setting.connections).await.unwrap();
        let sources = sources(clock.clone(), seed);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let world = Self {
            address,
            client: Client::builder(TokioExecutor::new()).build_http(),
            setting,
            home,
            sources,
            clock,
            store: Mutex::new(store.clone()),
            acts: Mutex::default(),
            catalogue: Mutex::default(),
            running: Mutex::default(),
            numbers: AtomicU64::new(seed * 1_000_000),
            nodes: AtomicU64::new(seed + 1),
        };
        world.serve(listener, store).await;
        world
    }

    async fn serve(&self, listener: TcpListener, store: Store) {
        let server = self.node(store.clone(), self.sources.clone()).await;
        if let Some(change) = self.setting.change {
            let mut plans = demo::plans().unwrap();
            change(&mut plans);
            let writer = Writer::new(store.clone(), Bus::local(server.hub.clone()), self.sources.clone());
            provision::provision(&store, &writer, &self.sources, &plans, false).await.unwrap();
            server.acts.reload_catalogue().await.unwrap();
        }
        *self.acts.lock() = Arc::downgrade(&server.acts);
        *self.catalogue.lock() = server.acts.catalogue();
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(server.run(listener, async move {
            let _ = stopped.await;
        }));
        *self.running.lock() = Some(Running { stop, server });
    }

    async fn node(&self, store: Store, sources: Sources) -> Server {
        let keys_store = key_store(&self.home.keys, self.setting.connections).await;
        let clock_is_real = self.setting.clock_is_real;
        let ground = Ground {
            store,
            keys: keys_store,
            secrets: keys(),
            sources,
            clock_is_real,
            address: self.address,
        };
        let bus = self.setting.bus.clone().map(|url| BusAddress { url, credentials: None });
        let config = Config {
            bus,
            data_dir: self.home.data_dir(),
            demo: !self.setting.is_open,
            max_sockets: self.setting.max_sockets,
            ..config(self.setting.lifted)
        };
        Server::build(&config, ground).await.unwrap()
    }

    /// Everything that can be done on another node, which has its own connections and dice, and the same clock.
    pub async fn another_node(&self) -> Arc<Acts> {
        let store = Store::open(&self.home.address).await.unwrap();
        self.node(store, sources(self.clock.clone(), 2)).await.acts
    }

    /// Every row of the audit has become a link of its chain.
    pub async fn seals(&self) {
        let acts = self.acts();
        loop {
            acts.seal_audit().await.unwrap();
            let seal = store::audit_chain::sealed(&self.store()).await.unwrap();
            let rows =
                store::audit_chain::waiting(&self.store(), seal.at.plus_millis(-1000), 1).await.unwrap();
            if rows.is_empty() {
                return;
            }
            // The server seals by itself too, and is at it.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Where the server keeps what is in no database.
    pub fn data_dir(&self) -> PathBuf {
        self.home.data_dir()
    }

    /// Everything that can be done, without asking over HTTP. Let it go before the server is stopped.
    pub fn acts(&self) -> Arc<Acts> {
        self.acts.lock().upgrade().expect("a server that runs")
    }

    /// Whatever is due by now has been done.
    pub async fn rings(&self) {
        let acts = self.acts();
        let all_is_done = async {
            loop {
                acts.ring().await.unwrap();
                let next = store::due::next(&self.store()).await.unwrap();
                if next.is_none_or(|at| at > self.now()) {
                    return;
                }
                // The server looks by itself too, and is at it.
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, all_is_done).await.expect("done in time");
    }

    /// The database and the key store.
    pub fn databases(&self) -> [(&'static str, Address); 2] {
        [("database", self.home.address.clone()), ("key store", self.home.keys.clone())]
    }

    /// Asks the server to stop; the handle is done when it has.
    pub fn asks_to_stop(&self) -> JoinHandle<()> {
        let Running { stop, server } = self.running.lock().take().unwrap();
        stop.send(()).unwrap();
        server
    }

    /// Stops the server in order and starts it again, on the same port and the same data.
    pub async fn restarts(&self) {
        tokio::time::timeout(PATIENCE, self.asks_to_stop()).await.unwrap().unwrap();
        self.comes_back().await;
    }

    /// Starts the server that has stopped, on the same port and the same data.
    pub async fn comes_back(&self) {
        let store = Store::open_with(&self.home.address, self.setting.connections).await.unwrap();
        *self.store.lock() = store.clone();
        self.serve(TcpListener::bind(self.address).await.unwrap(), store).await;
    }

    /// The clock everybody in the server looks at.
    pub fn clock(&self) -> &HandClock {
        &self.clock
    }

    /// The moment it shows.
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// The database, to look what is really there.
    pub fn store(&self) -> Store {
        self.store.lock().clone()
    }

    /// A cid nobody has used.
    pub fn cid(&self) -> String {
        format!("try {}", self.numbers.fetch_add(1, Ordering::Relaxed))
    }

    /// Resident `number` of Khabarovsk krai, verified.
    pub fn resident(&self, number: u32) -> Person<'_> {
        Person::new(self, &format!("resident{number}.rukha@demo"))
    }

    /// The resident of a region whose age nobody has checked.
    pub fn newcomer(&self, region: &str) -> Person<'_> {
        self.person(&format!("guest.{region}@demo"))
    }

    /// The responder of organisation A of a region.
    pub fn responder(&self, region: &str) -> Person<'_> {
        self.person(&format!("responder.{region}@demo"))
    }

    /// The moderator of a region.
    pub fn moderator(&self, region: &str) -> Person<'_> {
        self.person(&format!("moderator.{region}@demo"))
    }

    /// The administrator of the federation, first or second.
    pub fn administrator(&self, number: u32) -> Person<'_> {
        self.person(if number == 1 { "admin@demo" } else { "admin2@demo" })
    }

    /// Whoever signs in with this.
    pub fn person(&self, login: &str) -> Person<'_> {
        Person::new(self, login)
    }

    /// The first medchat of a region: `rukha`, `ruba` or `ruros`.
    pub fn medchat(&self, region: &str) -> String {
        self.medchats(region).remove(0)
    }

    /// The medchats of a region.
    pub fn medchats(&self, region: &str) -> Vec<String> {
        self.rooms_of(region, RoomKind::Medchat).iter().map(|entry| entry.room.id.to_string()).collect()
    }

    /// The announcements of a region.
    pub fn announcements(&self, region: &str) -> String {
        self.rooms_of(region, RoomKind::Announcements)[0].room.id.to_string()
    }

    /// The staff room of organisation `a` or `b` of a region.
    pub fn staff_room(&self, region: &str, organisation: &str) -> String {
        let key = format!("staff-demo-{organisation}");
        let rooms = self.rooms_of(region, RoomKind::Staff);
        rooms.iter().find(|entry| entry.key == key).unwrap().room.id.to_string()
    }

    /// What the catalogue knows about a room.
    pub fn room(&self, id: &str) -> Arc<RoomEntry> {
        self.catalogue.lock().room(id.parse().unwrap()).unwrap()
    }

    /// The catalogue.
    pub fn catalogue(&self) -> Arc<Catalogue> {
        self.catalogue.lock().clone()
    }

    fn rooms_of(&self, region: &str, kind: RoomKind) -> Vec<Arc<RoomEntry>> {
        let place = |entry: &RoomEntry| entry.room.region.as_str().to_lowercase().replace('-', "");
        let catalogue = self.catalogue.lock().clone();
        let own = |entry: &&Arc<RoomEntry>| entry.room.kind == kind && place(entry) == region;
        catalogue.rooms().filter(own).cloned().collect()
    }

    /// Everything in a room's feed, as the database has it.
    pub async fn entries(&self, room: &str) -> Vec<Entry> {
        let feed = Feed::Room(room.parse::<RoomId>().unwrap());
        let store = self.store();
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let after = entries.last().map_or(0, |entry| entry.seq);
            let page = store::entry::after(&store, feed, after, 500).await.unwrap();
            if page.is_empty() {
                return entries;
            }
            entries.extend(page.into_iter().map(|(entry, _)| entry));
        }
    }

    /// A room's numbers are 1, 2, 3 … up to its head; gives the head.
    pub async fn is_gapless(&self, room: &str) -> u64 {
        let numbers: Vec<u64> = self.entries(room).await.iter().map(|entry| entry.seq).collect();
        let feed = Feed::Room(room.parse::<RoomId>().unwrap());
        let head = store::feed::head(&self.store(), feed).await.unwrap().unwrap().seq;
        assert_eq!(numbers, (1..=head).collect::<Vec<u64>>());
        head
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(Running { server, .. }) = self.running.lock().take() {
            server.abort();
        }
    }
}

/// The name of a room's feed.
pub fn feed(room: &str) -> String {
    format!("room:{room}")
}
