//! A server in a process of its own, on a free port and a data folder that outlives it: started, killed,
//! asked to stop.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::Duration;

use store::Address;
use store::testing::{freeze, thaw};
use tokio::time::{Instant, sleep};

/// What the real server is told.
pub const SERVE: &[&str] = &["serve", "--demo"];

/// A running server; it is killed when this is dropped.
pub struct Node {
    child: Child,
    pub address: SocketAddr,
    /// Kept open: whoever writes to a closed pipe dies.
    _stdout: BufReader<ChildStdout>,
}

/// What a server is started on.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    pub program: &'a str,
    /// What the program is told: `serve --demo`, or what a twin of the server wants to know.
    pub arguments: &'a [&'a str],
    pub data: &'a Path,
    pub database: &'a Address,
    /// Variables beside those of the configuration.
    pub environment: &'a [(&'a str, &'a str)],
}

impl Node {
    /// Starts a server and waits until it says where it listens.
    pub fn start(ground: Ground<'_>) -> Self {
        let config = ground.data.join("medchat.toml");
        // The writers here are faster than people may be.
        std::fs::write(&config, "load_test = true\n").expect("the configuration is written");
        let log = std::fs::File::options().append(true).create(true).open(ground.data.join("log"));
        let mut command = Command::new(ground.program);
        command
            .args(ground.arguments)
            .env_clear()
            .env("MEDCHAT_CONFIG", &config)
            .env("MEDCHAT_LISTEN", "127.0.0.1:0")
            .env("MEDCHAT_DATA_DIR", ground.data)
            .env("MEDCHAT_LOG", "warn")
            .envs(ground.environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log.expect("the log is opened"));
        match ground.database {
            Address::Sqlite(_) => {}
            Address::Postgres { url, .. } => {
                command.env("MEDCHAT_DATABASE_URL", url);
            }
        }
        let mut child = command.spawn().expect("the server is started");
        let mut stdout = BufReader::new(child.stdout.take().expect("it was asked for"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("the server speaks UTF-8");
        let address = line.trim_end().strip_prefix("listening on http://").and_then(|at| at.parse().ok());
        let Some(address) = address else {
            let log = std::fs::read_to_string(ground.data.join("log")).unwrap_or_default();
            panic!("the server said \"{line}\" and {:?}: {log}", child.wait());
        };
        Self { child, address, _stdout: stdout }
    }

    /// `kill -9`; gives back when the process is gone.
    pub fn kill(mut self) {
        self.end();
    }

    /// Stops it where it stands, until it is killed or goes on; gives back when it stands still.
    pub fn freeze(&self) {
        freeze(self.child.id());
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        thaw(self.child.id());
    }

    fn end(&mut self) {
        self.child.kill().expect("the server can be killed");
        self.child.wait().expect("the server has ended");
    }

    /// Asks it to stop with SIGTERM; gives its exit status, `None` when `patience` is over before.
    pub async fn terminate(mut self, patience: Duration) -> Option<ExitStatus> {
        let process = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &process]).status().expect("kill is there");
        assert!(asked.success(), "the server can be asked to stop");
        let asked_at = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("the server is ours") {
                return Some(status);
            }
            if asked_at.elapsed() > patience {
                return None;
            }
            sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.end();
        }
    }
}
