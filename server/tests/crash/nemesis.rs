//! What happens to the nodes and to what they stand on. Each sees to it that it really struck, and mends what it broke.

use std::fmt::{Display, Formatter};
use std::time::Duration;

use rand::Rng as _;
use rand::rngs::StdRng;
use store::testing::kill;
use tokio::time::{sleep, timeout};

use crate::crowd::Crowd;
use crate::gather::head;
use crate::history::{Away, Order};
use crate::namespaces::Gap;
use crate::system::{NODES, PATIENCE, System};

/// How many nodes are killed in a row, and how long one is dead, in milliseconds.
const KILLS: usize = 3;
const DEAD: std::ops::Range<u64> = 100..800;
/// How long nodes stand still, in milliseconds: shorter and longer than people wait. The last time at least so long, and
/// until the others write on.
const FREEZES: [u64; 4] = [100, 400, 1_500, 6_000];
/// How long something is away.
const AWAY: Duration = Duration::from_secs(5);
/// How many entries show that others write on: the last of the one that fell out may still come.
const MORE: u64 = 5;
/// What a node says without its bus.
const DEGRADED: &str = "ready, degraded: the bus does not answer\n";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nemesis {
    KillsNodes,
    FreezesNodes,
    KillsTheBus,
    FreezesTheBus,
    CrashesTheDatabase,
    FreezesTheDatabase,
    /// The others need a network of one's own.
    LosesPackets,
    CutsOffTheBus,
    CutsOffTheDatabase,
    DeafensToTheDatabase,
}

/// What was done.
pub struct Strike {
    pub what: String,
    /// When there was no database.
    pub away: Vec<Away>,
}

impl Display for Nemesis {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        formatter.pad(match self {
            Self::KillsNodes => "kill -9 of nodes",
            Self::FreezesNodes => "nodes stand still",
            Self::KillsTheBus => "NATS killed",
            Self::FreezesTheBus => "NATS stands still",
            Self::CrashesTheDatabase => "PostgreSQL crashes",
            Self::FreezesTheDatabase => "PostgreSQL stands still",
            Self::LosesPackets => "a fifth of packets lost",
            Self::CutsOffTheBus => "a node without NATS",
            Self::CutsOffTheDatabase => "a node without PostgreSQL",
            Self::DeafensToTheDatabase => "a node deaf to PostgreSQL",
        })
    }
}

impl Nemesis {
    /// Those that need nothing but processes.
    pub const OF_PROCESSES: [Self; 6] = [
        Self::KillsNodes,
        Self::FreezesNodes,
        Self::KillsTheBus,
        Self::FreezesTheBus,
        Self::CrashesTheDatabase,
        Self::FreezesTheDatabase,
    ];
    /// Those that need a network of one's own.
    pub const OF_THE_NETWORK: [Self; 4] =
        [Self::LosesPackets, Self::CutsOffTheBus, Self::CutsOffTheDatabase, Self::DeafensToTheDatabase];

    /// Whether tries must have lost their answer, and whether people must have heard of it.
    pub const fn hits(self) -> (bool, bool) {
        match self {
            Self::KillsTheBus | Self::FreezesTheBus | Self::CutsOffTheBus => (false, false),
            Self::KillsNodes | Self::FreezesNodes | Self::LosesPackets => (true, false),
            Self::CrashesTheDatabase
            | Self::FreezesTheDatabase
            | Self::CutsOffTheDatabase
            | Self::DeafensToTheDatabase => (true, true),
        }
    }

    /// Does it, and mends it.
    pub async fn strikes(self, system: &mut System, crowd: &Crowd, dice: &mut StdRng) -> Strike {
        let node = dice.random_range(0..NODES);
        let mut away = Vec::new();
        let what = match self {
            Self::KillsNodes => kills_nodes(system, crowd, dice).await,
            Self::FreezesNodes => freezes_nodes(system, crowd, dice).await,
            Self::KillsTheBus => kills_the_bus(system, node).await,
            Self::FreezesTheBus => freezes_the_bus(system, node).await,
            Self::CrashesTheDatabase => crashes_the_database(system, &crowd.order, &mut away).await,
            Self::FreezesTheDatabase => freezes_the_database(system, &crowd.order, &mut away).await,
            Self::LosesPackets => {
                let all: Vec<usize> = (0..NODES).collect();
                tears(system, &all, Gap::AFifth, sleep(AWAY * 3)).await
            }
            Self::CutsOffTheBus => {
                let gap = Gap::Port(system.nats.address.port());
                tears(system, &[node], gap, system.says(node, DEGRADED)).await
            }
            Self::CutsOffTheDatabase => {
                let gap = Gap::Port(system.cluster.port());
                tears(system, &[node], gap, the_others_write_on(system, crowd)).await
            }
            Self::DeafensToTheDatabase => {
                let gap = Gap::Answers(system.cluster.port());
                tears(system, &[node], gap, the_others_write_on(system, crowd)).await
            }
        };
        Strike { what, away }
    }
}

async fn kills_nodes(system: &mut System, crowd: &Crowd, dice: &mut StdRng) -> String {
    let mut bell = crowd.bell.subscribe();
    for _ in 0..KILLS {
        // Whoever has just acknowledged something: the best moment to catch one that was hasty.
        bell.mark_unchanged();
        timeout(PATIENCE, bell.changed()).await.expect("posts are acknowledged").expect("we hold it");
        let node = *bell.borrow();
        system.kill(node);
        sleep(Duration::from_millis(dice.random_range(DEAD))).await;
        system.start(node);
        sleep(Duration::from_millis(dice.random_range(DEAD))).await;
    }
    format!("{KILLS} of them")
}

async fn freezes_nodes(system: &System, crowd: &Crowd, dice: &mut StdRng) -> String {
    for millis in FREEZES {
        let node = dice.random_range(0..NODES);
        system.node(node).freeze();
        sleep(Duration::from_millis(millis)).await;
        if millis == FREEZES[FREEZES.len() - 1] {
            the_others_write_on(system, crowd).await;
        }
        system.node(node).thaw();
        sleep(Duration::from_millis(dice.random_range(DEAD))).await;
    }
    format!("{FREEZES:?} ms")
}

/// Until there is something new everywhere, a while after one node fell out: it may have fallen in the middle of writing.
async fn the_others_write_on(system: &System, crowd: &Crowd) {
    sleep(AWAY).await;
    let store = system.store().await;
    for place in &crowd.places {
        let enough = head(&store, &place.feed).await + MORE;
        let writing = async {
            while head(&store, &place.feed).await < enough {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, writing).await.expect("the others write on");
    }
    store.close().await;
}

async fn kills_the_bus(system: &mut System, node: usize) -> String {
    system.nats.is_cut();
    system.says(node, DEGRADED).await;
    sleep(AWAY).await;
    system.nats.comes_back();
    "and started again".into()
}

async fn freezes_the_bus(system: &System, node: usize) -> String {
    system.nats.freezes();
    system.says(node, DEGRADED).await;
    sleep(AWAY / 2).await;
    system.nats.thaws();
    "until a node missed it, and longer".into()
}

async fn freezes_the_database(system: &System, order: &Order, away: &mut Vec<Away>) -> String {
    system.cluster.freeze();
    let from = order.next();
    sleep(AWAY).await;
    away.push(Away { from, until: order.next() });
    system.cluster.thaw();
    format!("{AWAY:?}")
}

/// A process of it is killed, upon which it throws out everybody; then all of it, and it is started again.
async fn crashes_the_database(system: &System, order: &Order, away: &mut Vec<Away>) -> String {
    system.cluster.crash();
    sleep(AWAY / 2).await;
    system.store().await.close().await;
    kill(&system.cluster.freeze());
    let from = order.next();
    sleep(AWAY / 4).await;
    away.push(Away { from, until: order.next() });
    system.cluster.start_again();
    "a process of it, then all of it".into()
}

async fn tears(system: &System, nodes: &[usize], gap: Gap, enough: impl Future<Output = ()>) -> String {
    let net = system.net.as_ref().expect("a network of one's own");
    nodes.iter().for_each(|node| net.tear(*node, gap));
    enough.await;
    let dropped: u64 = nodes.iter().map(|node| net.mend(*node)).sum();
    assert!(dropped > 0, "nothing was dropped");
    format!("{dropped} packets")
}
