//! A server of one's own: a process that listens on a free port and ends with this one.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::process::Pid;

/// How long it may take to be ready.
const READY: Duration = Duration::from_secs(60);

/// A running server.
pub struct Node {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its process.
    pub pid: Pid,
    child: Child,
}

impl Node {
    /// Starts one and waits until it listens.
    ///
    /// # Errors
    /// When it does not.
    pub async fn start(
        medchat: &Path,
        config: &Path,
        environment: &[(String, String)],
    ) -> anyhow::Result<Self> {
        let mut command = Command::new(medchat);
        command.arg("--config").arg(config).arg("serve").stdin(Stdio::null()).stdout(Stdio::piped());
        command.envs(environment.iter().map(|(name, value)| (name, value))).kill_on_drop(true);
        let mut child = command.spawn().with_context(|| medchat.display().to_string())?;
        let mut said = BufReader::new(child.stdout.take().context("a server without a pipe")?).lines();
        let listening = async {
            while let Some(line) = said.next_line().await? {
                if let Some(address) = line.strip_prefix("listening on http://") {
                    return Ok(address.parse()?);
                }
            }
            bail!("the server ended before it listened")
        };
        let address = timeout(READY, listening).await.context("the server does not come up")??;
        let pid = child.id().context("the server ended at once")?;
        // Whatever else it says must find a reader.
        tokio::spawn(async move { while let Ok(Some(_)) = said.next_line().await {} });
        Ok(Self { address, pid, child })
    }

    /// Kills it, as a power cut would.
    ///
    /// # Errors
    /// When the system refuses.
    pub async fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill().await.context("killing a server")
    }
}
