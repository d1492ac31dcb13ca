//! Nodes on one PostgreSQL and one NATS, all in processes of their own, so that any of them can be killed, frozen and
//! started again while the others go on; in a network of one's own, cut off too.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use store::testing::Cluster;
use store::{Address, Store};
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use crate::namespaces::{LISTEN, MACHINE, NETWORK, Namespaces};
use crate::nats::Nats;
use crate::node::{Ground, Node, SERVE};
use crate::people::Door;

/// How many nodes there are.
pub const NODES: usize = 3;
/// How long it may take until a node notices, or everything is as it was.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Where each node answers, as everybody knows it.
#[derive(Clone)]
pub struct Doors(Arc<Mutex<Vec<SocketAddr>>>);

impl Doors {
    /// The door for somebody's visit of this number: they go from node to node.
    pub fn of(&self, visit: usize) -> Door {
        let node = visit % NODES;
        Door { node, address: self.0.lock().expect("nobody panicked")[node] }
    }
}

/// Opens a database, as soon as it answers.
pub async fn reach(database: &Address) -> Store {
    let opening = async {
        loop {
            match Store::open(database).await {
                Ok(store) => return store,
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
        }
    };
    timeout(PATIENCE, opening).await.expect("the database answers")
}

/// Everything that runs.
pub struct System {
    // In this order they go.
    nodes: Vec<Option<Node>>,
    pub cluster: Cluster,
    pub nats: Nats,
    pub net: Option<Namespaces>,
    program: &'static str,
    data: TempDir,
    pub doors: Doors,
    http: reqwest::Client,
}

impl System {
    /// Nodes of this program, in a network of their own if there is one.
    pub async fn open(program: &'static str, net: Option<Namespaces>) -> Self {
        let cluster = Cluster::start();
        if net.is_some() {
            cluster.open_to(MACHINE, NETWORK);
        }
        cluster.run("create database medchat").await;
        let nats = net.as_ref().map_or_else(Nats::start, |_| Nats::start_at(MACHINE));
        let data = TempDir::with_prefix("medchat-chaos-").expect("a temporary folder");
        let nobody = SocketAddr::from(([127, 0, 0, 1], 0));
        let doors = Doors(Arc::new(Mutex::new(vec![nobody; NODES])));
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().expect("a client");
        let mut system = Self { nodes: Vec::new(), cluster, nats, net, program, data, doors, http };
        for node in 0..NODES {
            system.nodes.push(None);
            system.start(node);
        }
        system
    }

    /// `kill -9`.
    pub fn kill(&mut self, node: usize) {
        self.nodes[node].take().expect("it runs").kill();
    }

    /// Starts a node that is dead.
    pub fn start(&mut self, node: usize) {
        let database = self.database();
        let url = self.nats.url();
        let mut environment = vec![("MEDCHAT_BUS_URL", url.as_str()), ("MEDCHAT_SHARE_PORT", "false")];
        let mut words: Vec<&str> = Vec::new();
        if let Some(net) = &self.net {
            words.extend(net.prefix(node));
            environment.push(("MEDCHAT_LISTEN", LISTEN));
        }
        words.push(self.program);
        words.extend(SERVE);
        let (program, arguments) = words.split_first().expect("a program");
        let data = self.data.path();
        let ground = Ground { program, arguments, data, database: &database, environment: &environment };
        let started = Node::start(ground);
        let address = if self.net.is_some() { Namespaces::door(node) } else { started.address };
        self.doors.0.lock().expect("nobody panicked")[node] = address;
        self.nodes[node] = Some(started);
    }

    /// One that runs.
    pub fn node(&self, node: usize) -> &Node {
        self.nodes[node].as_ref().expect("it runs")
    }

    /// The database, as this process sees it.
    pub async fn store(&self) -> Store {
        reach(&self.address()).await
    }

    /// Where that is.
    pub fn address(&self) -> Address {
        self.cluster.address("medchat")
    }

    /// The same, as the nodes see it.
    fn database(&self) -> Address {
        let Address::Postgres { url, password, schema } = self.address() else {
            panic!("it is one of PostgreSQL")
        };
        let host = if self.net.is_some() { MACHINE.to_string() } else { "127.0.0.1".into() };
        Address::Postgres { url: url.replace("127.0.0.1", &host), password, schema }
    }

    /// Waits until a node says of its health that it misses something, or that it misses nothing.
    pub async fn says(&self, node: usize, word: &str) {
        let saying = async {
            while self.health(node).await.as_deref() != Some(word) {
                sleep(Duration::from_millis(50)).await;
            }
        };
        let said = timeout(PATIENCE, saying).await;
        assert!(said.is_ok(), "node {node} never says {word:?}, but {:?}", self.health(node).await);
    }

    /// Waits until all miss nothing.
    pub async fn is_whole(&self) {
        for node in 0..NODES {
            self.says(node, "ready\n").await;
        }
    }

    async fn health(&self, node: usize) -> Option<String> {
        let asked = self.http.get(format!("http://{}/readyz", self.doors.of(node).address));
        asked.timeout(Duration::from_secs(3)).send().await.ok()?.text().await.ok()
    }

    /// What the nodes wrote into their log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(PathBuf::from(self.data.path()).join("log")).unwrap_or_default()
    }
}
