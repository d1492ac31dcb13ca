//! Configuration: defaults, then a TOML file, then the environment. It is read here and nowhere else, checked
//! as a whole, and all problems are told at once. Secrets are never values here, only the files that hold them.

mod example;
mod read;

use std::net::SocketAddr;
use std::path::PathBuf;

use store::Address;

pub use example::example;
pub use read::{Problems, read};

/// Everything the server is told.
#[derive(Clone)]
pub struct Config {
    /// Where to listen; port 0 for any free one.
    pub listen: SocketAddr,
    /// Where data is kept.
    pub data_dir: PathBuf,
    /// Where keys are kept.
    pub secrets_dir: PathBuf,
    /// The database.
    pub database: Address,
    /// The key store.
    pub keys: Address,
    /// How many connections a database gets to read with, and as many to write with.
    pub database_connections: u32,
    /// The bus between nodes; `None` for a node that is alone.
    pub bus: Option<BusAddress>,
    /// Whether other processes may listen on the same port.
    pub share_port: bool,
    /// How many threads do the work.
    pub threads: usize,
    /// How many sockets this node holds at most; `None` for what the limit of open files allows.
    pub max_sockets: Option<usize>,
    /// After how many seconds of silence a client is pinged.
    pub ping_after: u32,
    /// The address people know the residents' client by; `None` for wherever it listens.
    pub public_url: Option<String>,
    /// The address of the staff console, when it has a host name of its own.
    pub console_url: Option<String>,
    /// The proxies whose word about a client's address is taken.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// What to log, in the syntax of `tracing`.
    pub log: String,
    /// Whether limits are lifted for a load test on loopback.
    pub load_test: bool,
    /// Whether this is a demo.
    pub demo: bool,
    /// Variables `MEDCHAT_…` of the environment that mean nothing here: perhaps a slip of the pen.
    pub unknown: Vec<String>,
}

/// Where the bus is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusAddress {
    /// `nats://host:port`, several with commas.
    pub url: String,
    /// The credentials, when the bus asks for some.
    pub credentials: Option<PathBuf>,
}
