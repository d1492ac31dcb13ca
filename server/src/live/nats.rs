//! NATS as the doorbell between nodes: subjects, reconnecting, what to do when something was lost. It never holds
//! anybody up: whoever announces puts an envelope into a bounded queue and goes on, and what does not fit is found in
//! the store by the others.
//!
//! **Subjects.** A room has a subject of its own; all other feeds share 64 by hash, so that the server's cache of 1 024
//! routed subjects holds every one of them (460 rooms, 89 regions' announcements, 64). A node subscribes once, to
//! everything. Subscribing to a room while somebody here listens would spare nothing: with 2 200 residents of a room
//! spread over 57 nodes a node without any of them has a probability of e⁻³⁸, 57 nodes would keep 31 000
//! subscriptions, and each new one would open a gap that only another read of the store closes. What a node passes
//! over costs it about a microsecond.
//!
//! **Versions.** From 2.9.0 on: the oldest that a supported Debian brings, and the versions before 2.7.2 let one client
//! assume the account of another (CVE-2022-24450).

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use async_nats::{Client, ConnectOptions, Event, Subscriber};
use domain::feed::Feed;
use futures_util::StreamExt as _;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use crate::live::envelope::Envelope;
use crate::live::local::Local;

/// How many envelopes may wait to be published: what a node writes in a second at its best.
const WAITING: usize = 8192;
/// How many may wait to be heard here. Beyond that the client drops them and says so.
const UNHEARD: usize = 16_384;
/// How many are taken at once.
const TOGETHER: usize = 64;
/// How often the connection is tried; a server that hangs is given up after the third that goes unanswered.
const PING: Duration = Duration::from_secs(2);
/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(2);
/// The longest pause between two tries to connect, in milliseconds.
const PAUSE: u64 = 1_000;
/// How often the version of the server is looked at again.
const LOOK: Duration = Duration::from_secs(1);
/// How many subjects feeds share that have none of their own.
const SHARED: u64 = 64;
/// The oldest version of the server that is taken.
const OLDEST: (i64, i64, i64) = (2, 9, 0);

/// Why there is no bus at all.
#[derive(Debug, thiserror::Error)]
pub enum NatsError {
    /// The server is too old.
    #[error(
        "the bus is NATS {0}; medchat needs 2.9.0 or newer, since older ones let clients assume foreign accounts"
    )]
    TooOld(String),
    /// The credentials cannot be used.
    #[error("bus_credentials_file {0}")]
    Credentials(String),
    /// The address is none.
    #[error("bus_url: {0}")]
    Address(String),
}

/// How the connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Away = 0,
    There = 1,
    TooOld = 2,
}

/// What the ends of the bus share.
struct State {
    standing: AtomicU8,
    /// The connection has changed.
    turned: Notify,
}

/// The end that publishes.
#[derive(Clone)]
pub struct Nats {
    letters: mpsc::Sender<(String, bytes::Bytes)>,
    prefix: Arc<str>,
    state: Arc<State>,
}

/// The end that carries, to be run as long as the server runs.
pub struct Carrier {
    client: Client,
    letters: mpsc::Receiver<(String, bytes::Bytes)>,
    prefix: Arc<str>,
    local: Arc<Local>,
    state: Arc<State>,
}

/// Connects to `url` for the installation of this name, whose nodes hear each other and nobody else. A server that is
/// not there is waited for in the background.
///
/// # Errors
/// [`NatsError`], when waiting would not help.
pub async fn open(
    url: &str,
    credentials: Option<&Path>,
    installation: &str,
    local: Arc<Local>,
) -> Result<(Nats, Carrier), NatsError> {
    let state = Arc::new(State { standing: AtomicU8::new(Standing::Away as u8), turned: Notify::new() });
    let client = options(credentials, &state, &local).await?;
    let client = client.connect(url).await.map_err(|error| NatsError::Address(error.to_string()))?;
    let waiting = async {
        while client.try_server_info().is_none() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    if tokio::time::timeout(CONNECT, waiting).await.is_err() {
        tracing::warn!("the bus does not answer: entries of other nodes come up to two seconds late");
    }
    if let Some(info) = client.try_server_info()
        && !is_new_enough(&client)
    {
        return Err(NatsError::TooOld(info.version));
    }
    look(&client, &state);
    let (sender, letters) = mpsc::channel(WAITING);
    let prefix: Arc<str> = format!("medchat.v1.{installation}").into();
    let nats = Nats { letters: sender, prefix: prefix.clone(), state: state.clone() };
    Ok((nats, Carrier { client, letters, prefix, local, state }))
}

async fn options(
    credentials: Option<&Path>,
    state: &Arc<State>,
    local: &Arc<Local>,
) -> Result<ConnectOptions, NatsError> {
    let (state, local) = (state.clone(), local.clone());
    let options = ConnectOptions::new()
        .name("medchat")
        .no_echo()
        .retry_on_initial_connect()
        .connection_timeout(CONNECT)
        .ping_interval(PING)
        .subscription_capacity(UNHEARD)
        .reconnect_delay_callback(|tries| {
            Duration::from_millis(PAUSE.min(50_u64.saturating_mul(tries as u64)))
        })
        .event_callback(move |event| {
            heed(&event, &state, &local);
            std::future::ready(())
        });
    match credentials {
        None => Ok(options),
        Some(path) => options
            .credentials_file(path)
            .await
            .map_err(|error| NatsError::Credentials(format!("{}: {error}", path.display()))),
    }
}

/// Takes note of what the client says about its connection. Whatever it is, something may have been lost.
fn heed(event: &Event, state: &State, local: &Local) {
    match event {
        Event::Connected => {}
        Event::SlowConsumer(_) => {
            metrics::counter!("medchat_bus_lost_total", "why" => "slow").increment(1);
        }
        Event::Disconnected | Event::Closed => state.set(Standing::Away),
        other => tracing::warn!(event = %other, "the bus complains"),
    }
    state.turned.notify_one();
    local.suspect();
}

impl State {
    fn is(&self, standing: Standing) -> bool {
        self.standing.load(Ordering::Acquire) == standing as u8
    }

    fn set(&self, standing: Standing) {
        let before = self.standing.swap(standing as u8, Ordering::AcqRel);
        metrics::gauge!("medchat_bus_connected").set(if standing == Standing::There { 1.0 } else { 0.0 });
        if before == standing as u8 {
            return;
        }
        match standing {
            Standing::There => tracing::info!("the bus is there"),
            Standing::Away => {
                tracing::warn!("the bus is away: entries of other nodes come up to two seconds late")
            }
            Standing::TooOld => {
                tracing::error!(
                    "the bus is NATS older than 2.9.0 and is not used: entries of other nodes come late"
                );
            }
        }
    }
}

impl Nats {
    /// Whether other nodes are heard and hear this one at once.
    pub fn is_there(&self) -> bool {
        self.state.is(Standing::There)
    }

    /// Hands envelopes to the carrier. What it has no room for is left to the store.
    pub fn publish(&self, envelopes: &[Envelope]) {
        if self.state.is(Standing::TooOld) {
            return;
        }
        for envelope in envelopes {
            let letter = (self.subject(envelope.feed()), envelope.seal());
            if self.letters.try_send(letter).is_err() {
                metrics::counter!("medchat_bus_lost_total", "why" => "full").increment(1);
            }
        }
    }

    fn subject(&self, feed: Option<Feed>) -> String {
        let prefix = &self.prefix;
        match feed {
            None => format!("{prefix}.taken"),
            Some(Feed::Room(room)) => format!("{prefix}.room.{room}"),
            Some(Feed::Appeal(id, _)) => format!("{prefix}.feed.{}", shared(id.uuid().as_u128())),
            Some(Feed::Desk(id)) => format!("{prefix}.feed.{}", shared(id.uuid().as_u128())),
            Some(Feed::Person(id)) => format!("{prefix}.feed.{}", shared(id.uuid().as_u128())),
        }
    }
}

/// The shared subject of an id: its last bits are random.
fn shared(id: u128) -> u128 {
    id % u128::from(SHARED)
}

impl Carrier {
    /// Carries both ways: publishes until the last publisher is gone, hears until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let Self { client, mut letters, prefix, local, state } = self;
        let Ok(messages) = client.subscribe(format!("{prefix}.>")).await else {
            tracing::error!("the bus takes no subscription");
            return;
        };
        let looking = async {
            loop {
                tokio::select! {
                    () = state.turned.notified() => {}
                    () = tokio::time::sleep(LOOK) => {}
                    () = stop.cancelled() => return,
                }
                look(&client, &state);
            }
        };
        let publishing = async {
            while let Some((subject, payload)) = letters.recv().await {
                if let Err(error) = client.publish(subject, payload).await {
                    metrics::counter!("medchat_bus_lost_total", "why" => "refused").increment(1);
                    tracing::debug!(error = %error, "the bus takes no envelope");
                }
            }
            let _ = tokio::time::timeout(CONNECT, client.flush()).await;
        };
        tokio::join!(looking, publishing, hear(messages, &local, &state, &stop));
    }
}

/// Hands on what other nodes tell, until `stop`.
async fn hear(messages: Subscriber, local: &Arc<Local>, state: &State, stop: &CancellationToken) {
    let mut messages = messages.ready_chunks(TOGETHER);
    loop {
        let chunk = tokio::select! {
            chunk = messages.next() => chunk,
            () = stop.cancelled() => return,
        };
        let Some(chunk) = chunk else { return };
        if state.is(Standing::TooOld) {
            continue;
        }
        metrics::counter!("medchat_bus_heard_total").increment(chunk.len() as u64);
        local.tell(chunk.iter().filter_map(|message| Envelope::open(&message.payload)).collect());
    }
}

/// Looks how the connection stands, and whether the server at its other end is new enough.
fn look(client: &Client, state: &State) {
    let connected = client.connection_state() == async_nats::connection::State::Connected;
    let standing = match client.try_server_info() {
        Some(_) if connected && is_new_enough(client) => Standing::There,
        Some(_) if connected => Standing::TooOld,
        _ => Standing::Away,
    };
    state.set(standing);
}

fn is_new_enough(client: &Client) -> bool {
    let (major, minor, patch) = OLDEST;
    client.is_server_compatible(major, minor, patch)
}

#[cfg(test)]
mod tests {
    use store::testing::{Engine, fresh, fresh_keys};

    use super::*;
    use crate::live::hub::Hub;
    use crate::vault::Vault;

    #[tokio::test]
    async fn whatever_the_client_says_of_its_connection_the_store_is_asked() {
        let (db, keys) = (fresh(Engine::Sqlite).await, fresh_keys(Engine::Sqlite).await);
        let vault = Vault::open(keys.store, Vec::new(), crate::app::sources());
        let local = Arc::new(Local::new(Arc::new(Hub::new(db.store, vault))));
        let state = State { standing: AtomicU8::new(Standing::There as u8), turned: Notify::new() };
        for (event, standing) in [
            (Event::SlowConsumer(1), Standing::There),
            (Event::Connected, Standing::There),
            (Event::Disconnected, Standing::Away),
        ] {
            heed(&event, &state, &local);
            assert!(state.is(standing), "{event}");
            local.suspects().await;
            state.turned.notified().await;
        }
    }

    #[test]
    fn a_room_has_a_subject_of_its_own_and_the_others_share_few() {
        let (letters, _kept) = mpsc::channel(1);
        let state = State { standing: AtomicU8::new(0), turned: Notify::new() };
        let nats = Nats { letters, prefix: "medchat.v1.k".into(), state: Arc::new(state) };
        let feed = |text: &str| Some(text.parse::<Feed>().unwrap());
        let room = nats.subject(feed("room:01939f6e-7c3a-7000-8000-0123456789ab"));
        assert_eq!(room, "medchat.v1.k.room.01939f6e-7c3a-7000-8000-0123456789ab");
        for kind in ["appeal:ID:public", "appeal:ID:private", "desk:ID", "person:ID"] {
            let subject = nats.subject(feed(&kind.replace("ID", "01939f6e-7c3a-7000-8000-0123456789ab")));
            assert_eq!(subject, "medchat.v1.k.feed.43");
        }
        assert_eq!(nats.subject(None), "medchat.v1.k.taken");
    }
}
