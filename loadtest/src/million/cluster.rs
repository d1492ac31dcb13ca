//! What a run starts for itself: PostgreSQL, NATS and nodes that are one system. It all ends with this process.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::sleep;

use crate::node::Node;
use crate::postgres::Postgres;
use crate::process::Pid;

/// Connections of PostgreSQL beside those of the nodes: our own commands', and a few to look in.
const SPARE: u32 = 80;
/// After how many seconds of silence a node pings a client. Every 25 s, as usual, the pings and pongs of a million silent
/// people would take most of two cores. The kernel's keepalive is no way out: its timers go off in bunches of half a second,
/// and where a thousand packets wait for one processor the rest is thrown away, until the connections are given up.
const PING_AFTER: &str = "290";

/// Everything a run stands on.
pub struct Cluster {
    /// The database.
    pub postgres: Postgres,
    /// The bus.
    pub nats: Pid,
    /// The nodes, in the order they were started.
    pub nodes: Vec<Node>,
    /// The variables that make another process a part of this system.
    pub environment: Vec<(String, String)>,
    /// The configuration of every node.
    pub config: PathBuf,
    _nats: Child,
}

impl Cluster {
    /// Starts database and bus for so many nodes, each with so many connections to read and to write, in either of its
    /// databases.
    ///
    /// # Errors
    /// One line, when a program is missing or does not start.
    pub async fn start(folder: &Path, nodes: u32, connections: u32) -> anyhow::Result<Self> {
        let postgres = Postgres::start(folder, nodes * connections * 4 + SPARE).await?;
        let (nats, bus) = start_nats().await?;
        let config = folder.join("medchat.toml");
        fs::write(&config, "load_test = true\n").with_context(|| config.display().to_string())?;
        let pair = |name: &str, value: String| (format!("MEDCHAT_{name}"), value);
        let environment = vec![
            pair("DATABASE_URL", postgres.url.clone()),
            pair("BUS_URL", bus),
            pair("DATA_DIR", folder.join("data").display().to_string()),
            pair("THREADS", "1".into()),
            pair("PING_AFTER", PING_AFTER.into()),
            pair("DATABASE_CONNECTIONS", connections.to_string()),
            pair("LISTEN", "127.0.0.1:0".into()),
            pair("LOG", "warn".into()),
        ];
        let pid = nats.id().context("NATS ended at once")?;
        Ok(Self { postgres, nats: pid, nodes: Vec::new(), environment, config, _nats: nats })
    }

    /// Starts one more node and waits until it listens.
    ///
    /// # Errors
    /// When it does not.
    pub async fn add_node(&mut self, medchat: &Path) -> anyhow::Result<()> {
        self.nodes.push(Node::start(medchat, &self.config, &self.environment).await?);
        Ok(())
    }

    /// Kills the last node, as a power cut would.
    ///
    /// # Errors
    /// When there is none.
    pub async fn kill_last(&mut self) -> anyhow::Result<()> {
        self.nodes.pop().context("there is no node to kill")?.kill().await
    }

    /// The processes of the nodes.
    pub fn pids(&self) -> Vec<Pid> {
        self.nodes.iter().map(|node| node.pid).collect()
    }

    /// Where the nodes listen.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.nodes.iter().map(|node| node.address).collect()
    }
}

async fn start_nats() -> anyhow::Result<(Child, String)> {
    let folders = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"];
    let programs = folders.map(|folder| Path::new(folder).join("nats-server"));
    let program = programs.iter().find(|path| path.is_file());
    let program = program.context("NATS is missing: install the package `nats-server`")?;
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let mut command = Command::new(program);
    command.args(["-a", "127.0.0.1", "-p", &port.to_string()]).kill_on_drop(true);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    for _ in 0..100 {
        if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_ok() {
            return Ok((child, format!("nats://127.0.0.1:{port}")));
        }
        if let Some(status) = child.try_wait()? {
            bail!("NATS ended: {status}");
        }
        sleep(Duration::from_millis(50)).await;
    }
    bail!("NATS does not answer")
}
