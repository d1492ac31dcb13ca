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
