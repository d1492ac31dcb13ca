//! The composition root: turns a configuration into parts, parts into tasks, and stops them in order. Holds no
//! rule. The only place that asks the system for time and randomness, to hand them down.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use domain::moment::Moment;
use domain::source::{Clock, Dice, Sources};
use metrics_exporter_prometheus::PrometheusHandle;
use rand::RngCore as _;
use store::{Address, Store};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::acts::limit::{Limits, Pace};
use crate::acts::unit::Writer;
use crate::acts::{Acts, Parts, post_box, provision, read_box};
use crate::auth::digest::Digests;
use crate::auth::heads::Heads;
use crate::auth::password::Passwords;
use crate::auth::secrets::Secrets;
use crate::auth::token::Tokens;
use crate::config::Config;
use crate::http::address::Peer;
use crate::http::origin::Origins;
use crate::http::{self, CookieForm, layers};
use crate::live::bus::Bus;
use crate::live::hub::Hub;
use crate::live::local::Local;
use crate::live::nats::{self, Carrier};
use crate::observe::health::Health;
use crate::socket::admission::Admission;
use crate::socket::{self, Sockets};
use crate::vault::Vault;
use crate::{open_files, serve, ticker};

/// Over how many seconds sockets are asked to leave.
const DRAIN_SECONDS: usize = 4;

struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where the moment comes from")]
    fn now(&self) -> Moment {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let millis = since.map(|since| since.as_millis()).unwrap_or_default();
        Moment::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
    }
}

struct SystemDice;

impl Dice for SystemDice {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

/// The system's clock and dice.
pub fn sources() -> Sources {
    Sources::new(Arc::new(SystemClock), Arc::new(SystemDice))
}

/// Everything put together, ready to serve.
pub struct Server {
    /// Everything anyone can do.
    pub acts: Arc<Acts>,
    /// Who listens.
    pub hub: Arc<Hub>,
    /// The site and the socket.
    pub router: Router,
    /// Those who are on a socket, and how one gets there.
    sockets: Arc<Sockets>,
    local: Arc<Local>,
    carrier: Option<Carrier>,
    shares_port: bool,
    ping_after: u32,
    heads: Heads,
    health: Arc<Health>,
    store: Store,
    keys: Store,
    sources: Sources,
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// What is needed to put a server together.
pub struct Ground {
    /// An opened and migrated database.
    pub store: Store,
    /// Its opened and migrated key store.
    pub keys: Store,
    /// The keys.
    pub secrets: Secrets,
    /// Clock and dice.
    pub sources: Sources,
    /// Whether this clock is meant to be the world's, as a test's is not: then it is compared with the database's.
    pub clock_is_real: bool,
    /// Where it will listen.
    pub address: SocketAddr,
}

/// The bus of `config`, and what carries it. The nodes of one installation have one digest key: its id is the name by
/// which they find each other, and nobody else, on a bus that others use too.
async fn open_bus(
    config: &Config,
    secrets: &Secrets,
    local: &Arc<Local>,
) -> anyhow::Result<(Bus, Option<Carrier>)> {
    let Some(address) = &config.bus else { return Ok((Bus::Local(local.clone()), None)) };
    let (url, credentials) = (&address.url, address.credentials.as_deref());
    let (nats, carrier) = nats::open(url, credentials, &secrets.digest.id, local.clone()).await?;
    Ok((Bus::Nats(local.clone(), nats), Some(carrier)))
}

/// Whether this node is fit for traffic, and in a word what is wrong.
async fn readiness(acts: &Acts, health: &Health, bus: &Bus) -> (StatusCode, &'static str) {
    let unfit = StatusCode::SERVICE_UNAVAILABLE;
    if health.is_draining() {
        return (unfit, "draining\n");
    }
    if health.clock_is_off() {
        return (unfit, "the clock is more than 5 s off the database's\n");
    }
    if acts.is_ready().await.is_err() {
        return (unfit, "the database does not answer\n");
    }
    let word = match (bus.is_whole(), health.schema_is_newer()) {
        (true, false) => "ready\n",
        (false, _) => "ready, degraded: the bus does not answer\n",
        (true, true) => "ready, degraded: the database is newer than this program\n",
    };
    (StatusCode::OK, word)
}

/// Opens the database of `config` and its key store, refusing those that keep their promises less well than agreed,
/// and brings both up to date.
///
/// # Errors
/// One clear line.
pub async fn open_stores(config: &Config) -> anyhow::Result<(Store, Store)> {
    let store = open(&config.database, config.database_connections).await?;
    store::migrate::migrate(&store).await?;
    let keys = open(&config.keys, config.database_connections).await.context("the key store")?;
    store::migrate::migrate_keys(&keys).await.context("the key store")?;
    Ok((store, keys))
}

async fn open(address: &Address, connections: u32) -> anyhow::Result<Store> {
    if let Address::Sqlite(path) = address {
        let folder = path.parent().unwrap_or(path);
        std::fs::create_dir_all(folder).with_context(|| format!("the data folder {}", folder.display()))?;
    }
    Ok(Store::open_with(address, connections).await?)
}

impl Server {
    /// Puts a server together.
    ///
    /// # Errors
    /// One clear line.
    pub async fn build(config: &Config, ground: Ground) -> anyhow::Result<Self> {
        let Ground { store, keys, secrets, sources, clock_is_real, address } = ground;
        let vault = Vault::open(keys.clone(), secrets.data.clone(), sources.clone());
        let hub = Arc::new(Hub::new(store.clone(), vault.clone()));
        let local = Arc::new(Local::new(hub.clone()));
        let (bus, carrier) = open_bus(config, &secrets, &local).await?;
        let writer = Writer::new(store.clone(), bus.clone(), sources.clone());
        remember_keys(&store, &writer, &secrets).await?;
        let (posts, postman) = post_box::open(writer.clone());
        let tasks = TaskTracker::new();
        tasks.spawn(postman.run());
        let (boxes, readings) = read_box::open(&store, &sources);
        for reading in readings {
            tasks.spawn(reading);
        }
        if config.demo {
            provision::provision(&store, &writer, &sources, &crate::acts::demo::plans()?, false).await?;
        }
        let pace = if config.demo { Pace::DEMO } else { Pace::OPEN };
        let acts = Arc::new(
            Acts::open(Parts {
                store: store.clone(),
                writer,
                sources: sources.clone(),
                passwords: Passwords::new(sources.clone())?,
                tokens: Tokens::new(&secrets, sources.clone())
                    .ok_or_else(|| anyhow!("there is no signing key"))?,
                digests: Digests::new(&secrets.digest).ok_or_else(|| anyhow!("there is no digest key"))?,
                vault,
                limits: Limits::new(pace, config.load_test, sources.clone()),
                posts,
                boxes,
                demo: config.demo,
                // Both are on loopback alone, and say so.
                factor_is_demanded: !config.demo && !config.load_test,
            })
            .await?,
        );
        if config.demo {
            acts.set_up_demo().await?;
        }
        let health = Arc::new(Health::new(clock_is_real));
        let (router, sockets) = router(config, &acts, &hub, &health, address)?;
        let router = router.merge(operations(&acts, &health, &bus, crate::observe::metrics::install()));
        let heads = heads(config, &secrets)?;
        let stop = CancellationToken::new();
        Ok(Self {
            acts,
            hub,
            router,
            local,
            carrier,
            shares_port: config.share_port,
            ping_after: config.ping_after,
            heads,
            health,
            store,
            keys,
            sources,
            tasks,
            sockets,
            stop,
        })
    }

    /// Serves until `asked_to_stop` is done, then stops in order: readiness falls, sockets are asked to leave a few
    /// at a time, nothing new is accepted, what was taken is written, the database is closed.
    pub async fn run(self, listener: TcpListener, asked_to_stop: impl Future<Output = ()>) {
        let Self {
            acts,
            hub,
            router,
            local,
            carrier,
            shares_port,
            ping_after,
            heads,
            health,
            store,
            keys,
            sources,
            tasks,
            sockets,
            stop,
        } = self;
        if let Some(carrier) = carrier {
            tasks.spawn(carrier.run(stop.clone()));
        }
        tasks.spawn(ticker::sweep(hub.clone(), ping_after, stop.clone()));
        tasks.spawn(ticker::catch_up(local, store.clone(), sources.clone(), stop.clone()));
        tasks.spawn(ticker::tend(store.clone(), stop.clone()));
        tasks.spawn(ticker::tend(keys.clone(), stop.clone()));
        tasks.spawn(ticker::watch(health.clone(), store.clone(), sources.clone(), stop.clone()));
        tasks.spawn(ticker::turn_grants(acts.clone(), sources, stop.clone()));
        tasks.spawn(ticker::forget(acts.clone(), stop.clone()));
        tasks.spawn(ticker::ring(acts.clone(), stop.clone()));
        tasks.spawn(ticker::assign(acts.clone(), stop.clone()));
        tasks.spawn(ticker::check(acts.clone(), stop.clone()));
        tasks.spawn(ticker::seal(acts.clone(), heads, stop.clone()));
        let accepting = CancellationToken::new();
        let serving =
            tokio::spawn(serve::serve(listener, layers::wrap(router), sockets.clone(), accepting.clone()));
        asked_to_stop.await;
        tracing::info!("going down: readiness falls, sockets leave, what was taken is written");
        health.drain();
        if shares_port {
            // The others on this port take whoever comes from now on.
            accepting.cancel();
        }
        // Until the sockets have left, whoever asks is told that this node is not ready.
        for second in 0..DRAIN_SECONDS {
            hub.drain(second, DRAIN_SECONDS);
            tokio::time::sleep(Duration::from_secs(1)).await;
            if sockets.tasks.is_empty() {
                break;
            }
        }
        accepting.cancel();
        let _ = serving.await;
        sockets.tasks.close();
        let _ = tokio::time::timeout(Duration::from_secs(6), sockets.tasks.wait()).await;
        drop(sockets);
        stop.cancel();
        // With the last holder of the post box gone the postman writes what is left and ends.
        drop(acts);
        tasks.close();
        let _ = tokio::time::timeout(Duration::from_secs(5), tasks.wait()).await;
        store.close().await;
        keys.close().await;
        tracing::info!("down");
    }
}

/// Where heads of the audit are kept: beside the data, not in the database.
///
/// # Errors
/// When there is no key to sign with.
pub fn heads(config: &Config, secrets: &Secrets) -> anyhow::Result<Heads> {
    let path = config.data_dir.join("audit.heads");
    Heads::new(path, &secrets.audit).ok_or_else(|| anyhow!("there is no key for the audit"))
}

/// The ids of the keys are noted in the database: a node with others would sign what nobody else accepts, and seal
/// what nobody else opens.
async fn remember_keys(store: &Store, writer: &Writer, secrets: &Secrets) -> anyhow::Result<()> {
    let mut news = Vec::new();
    for (fact, ids) in secrets.ids() {
        match store::fact::find(store, fact).await? {
            Some(known) if known == ids => {}
            Some(known) => bail!(
                "the database knows the keys {known}, the secrets folder holds {ids}: give this node the same folder"
            ),
            None => news.push((fact, ids)),
        }
    }
    if news.is_empty() {
        return Ok(());
    }
    let mut unit = writer.begin_as_operator().await?;
    for (fact, ids) in news {
        store::fact::set(&mut unit.tx, fact, &ids).await?;
    }
    Ok(unit.commit().await?)
}

fn router(
    config: &Config,
    acts: &Arc<Acts>,
    hub: &Arc<Hub>,
    health: &Arc<Health>,
    address: SocketAddr,
) -> anyhow::Result<(Router, Arc<Sockets>)> {
    let origins = origins(config, address);
    let plain = config.demo || origins.iter().all(|origin| origin.starts_with("http://"));
    let options = http::Options {
        origins: Origins::new(origins.clone()),
        proxies: config.trusted_proxies.clone(),
        cookie: if plain { CookieForm::Plain } else { CookieForm::Secure },
    };
    let (site, app) = http::site(acts.clone(), options)?;
    let sockets = Arc::new(Sockets {
        acts: acts.clone(),
        hub: hub.clone(),
        origins: app.origins.clone(),
        health: health.clone(),
        admission: Arc::new(Admission::new(
            config.max_sockets.unwrap_or_else(|| open_files::room(open_files::limit())),
        )),
        tasks: TaskTracker::new(),
    });
    Ok((site.with_state(app).merge(socket::routes(sockets.clone())), sockets))
}

/// Our own pages: where people know us, and on loopback every way of writing that address.
fn origins(config: &Config, address: SocketAddr) -> Vec<String> {
    let mut origins: Vec<String> = config.public_url.iter().chain(&config.console_url).cloned().collect();
    if address.ip().is_loopback() {
        let port = address.port();
        origins.extend([format!("http://{address}"), format!("http://localhost:{port}")]);
    }
    if origins.is_empty() {
        origins.push(format!("http://{address}"));
    }
    origins
}

/// `/healthz`, `/readyz` and, for loopback alone, `/metrics`.
fn operations(acts: &Arc<Acts>, health: &Arc<Health>, bus: &Bus, metrics: PrometheusHandle) -> Router {
    let ready = {
        let (acts, health, bus) = (acts.clone(), health.clone(), bus.clone());
        move || async move { readiness(&acts, &health, &bus).await }
    };
    let render = move |peer: Option<axum::Extension<Peer>>| async move {
        match peer {
            Some(axum::Extension(Peer(peer))) if peer.ip().is_loopback() => {
                (StatusCode::OK, metrics.render())
            }
            _ => (StatusCode::NOT_FOUND, String::new()),
        }
    };
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(render))
}
