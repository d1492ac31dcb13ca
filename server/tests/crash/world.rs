//! One data folder, the people around it, and the servers that live and die on it.

use std::path::PathBuf;
use std::time::Duration;

use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use store::testing::{Engine, Fresh, fresh};
use store::{Address, Store};
use tempfile::TempDir;
use tokio::sync::RwLockReadGuard;
use tokio::time::{Instant, sleep, timeout};

use crate::MACHINE;
use crate::gather::{stored, told};
use crate::history::{History, Order};
use crate::node::{Ground, Node, SERVE};
use crate::people::{Door, Person, Place};
use crate::power::Power;
use crate::reader::{Reader, Until};
use crate::writer::{Bell, Mood, Way, Writer};

const REGION: &str = "RU-KHA";
/// How long it may take until the first post is acknowledged.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long traffic goes on before the server is cut, in milliseconds.
const TRAFFIC: std::ops::Range<u64> = 50..300;
/// How long an ordered stop may take.
const STOP: Duration = Duration::from_secs(30);

/// How a server ends in the middle of traffic.
#[derive(Clone, Copy)]
pub enum End<'a> {
    Kill,
    Terminate,
    Cut(&'a Power),
}

/// Where a world is.
pub struct Site {
    pub data: TempDir,
    pub database: Address,
    /// On PostgreSQL the database of this test, where it is one of the shared cluster; it stays while servers die.
    pub _kept: Option<Fresh>,
    /// Variables that servers are started with.
    pub environment: &'static [(&'static str, &'static str)],
}

pub struct World {
    /// Beside others like it.
    _machine: RwLockReadGuard<'static, ()>,
    program: &'static str,
    site: Site,
    places: Vec<Place>,
    writers: Vec<Writer>,
    readers: Vec<Reader>,
    dice: StdRng,
    order: Order,
    bell: Bell,
    /// How often a try had an unknown outcome when a server ended.
    pub unknown: usize,
    /// How long servers took to start, added up.
    pub starting: Duration,
}

impl World {
    /// A set up demo with five writers in two rooms and two readers.
    pub async fn open(engine: Engine, program: &'static str) -> Self {
        let data = TempDir::with_prefix("medchat-crash-").expect("a temporary folder");
        let (database, kept) = match engine {
            Engine::Sqlite => (Address::Sqlite(PathBuf::from(data.path()).join("medchat.db")), None),
            Engine::Postgres => {
                let kept = fresh(Engine::Postgres).await;
                (kept.address.clone(), Some(kept))
            }
        };
        Self::on(program, Site { data, database, _kept: kept, environment: &[] }).await
    }

    /// The same where somebody else has made room.
    pub async fn on(program: &'static str, site: Site) -> Self {
        let mut world = Self {
            _machine: MACHINE.read().await,
            program,
            site,
            places: Vec::new(),
            writers: Vec::new(),
            readers: Vec::new(),
            dice: StdRng::seed_from_u64(20_261_121),
            order: Order::default(),
            bell: Bell::new(0),
            unknown: 0,
            starting: Duration::ZERO,
        };
        world.gather().await;
        world
    }

    async fn gather(&mut self) {
        let node = self.start();
        for number in 1..=5 {
            let person = Person::sign_in(node.address, &format!("resident{number}.rukha@demo")).await;
            if self.places.is_empty() {
                self.places = person.places(node.address, REGION, 2).await;
            }
            for place in &self.places {
                person.join(node.address, place).await;
            }
            if number <= 2 {
                self.readers.push(Reader::new(format!("r{number}"), person.clone(), &self.places));
            }
            let way = if number % 2 == 0 { Way::Http } else { Way::Socket };
            let name = format!("w{number}");
            let (places, order, bell) = (self.places.clone(), self.order.clone(), self.bell.clone());
            self.writers.push(Writer::new(name, person, way, places, order, bell));
        }
        node.kill();
    }

    fn start(&mut self) -> Node {
        let from = Instant::now();
        let Site { data, database, environment, .. } = &self.site;
        let (program, data) = (self.program, data.path());
        let node = Node::start(Ground { program, arguments: SERVE, data, database, environment });
        self.starting += from.elapsed();
        node
    }

    /// Starts a server, lets everyone resend, write and read, and ends the server at a random moment, or at the next
    /// acknowledgement after it.
    pub async fn live_and_die(&mut self, end: End<'_>) {
        let node = self.start();
        let door = Door::only(node.address);
        let moment = Duration::from_millis(self.dice.random_range(TRAFFIC));
        let at_a_ring: bool = self.dice.random();
        let writing = join_all(self.writers.iter_mut().map(|writer| writer.write(door, Mood::HURRIED)));
        let reading = join_all(self.readers.iter_mut().map(|reader| reader.follow(door, Until::TheEnd)));
        let mut bell = self.bell.subscribe();
        let ending = async {
            timeout(PATIENCE, bell.changed()).await.expect("posts are acknowledged").expect("we hold it");
            sleep(moment).await;
            // The best moment to catch somebody who was hasty.
            if at_a_ring {
                bell.mark_unchanged();
                timeout(PATIENCE, bell.changed()).await.expect("posts are acknowledged").expect("we hold it");
            }
            match end {
                End::Kill => node.kill(),
                End::Cut(power) => power.cut(node).await,
                End::Terminate => {
                    let status = node.terminate(STOP).await.expect("an ordered stop ends in time");
                    assert_eq!(status.code(), Some(0), "an ordered stop is a success");
                }
            }
        };
        tokio::join!(writing, reading, ending);
        self.unknown += self.writers.iter().map(Writer::unknown).sum::<usize>();
    }

    /// Lets everyone finish on a last server, and tells what happened.
    pub async fn history(&mut self) -> History {
        let node = self.start();
        let door = Door::only(node.address);
        join_all(self.writers.iter_mut().map(|writer| writer.write(door, Mood::Finishing))).await;
        join_all(self.readers.iter_mut().map(|reader| reader.follow(door, Until::TheHead))).await;
        node.kill();
        let mut history = told(&self.writers, &self.readers);
        let store = Store::open(&self.site.database).await.expect("the database opens");
        for place in &self.places {
            history.stored.insert(place.feed.clone(), stored(&store, &place.feed).await);
        }
        store.close().await;
        history
    }
}
