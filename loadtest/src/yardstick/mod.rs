//! `yardstick`: the bare server in a process of its own, and rooms of people who do not know that it is bare.

pub mod server;

use std::net::SocketAddr;
use std::process::Stdio;

use anyhow::Context as _;
use clap::Args;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::crowd::order::{Group, RoomFeeds};
use crate::fanout::{self, Load};
use crate::people::Everybody;
use crate::process::Pid;
use crate::report::Report;
use crate::settings::{self, Need};
use crate::target::Target;

/// What to measure.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    load: Load,
}

/// The bare server, as long as this lives.
pub struct Bare {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its process.
    pub pid: Pid,
    _child: Child,
}

impl Bare {
    /// Starts it.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start() -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("where this program is")?;
        let mut command = Command::new(program);
        command.arg("bare-server").stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().context("starting the bare server")?;
        let said = child.stdout.take().context("a server without a pipe")?;
        let line = BufReader::new(said).lines().next_line().await?.context("the bare server said nothing")?;
        let pid = child.id().context("the bare server ended at once")?;
        Ok(Self { address: line.parse().context("the address of the bare server")?, pid, _child: child })
    }

    /// So many people in its only room.
    ///
    /// # Errors
    /// Never on loopback.
    pub async fn room(&self, members: u32) -> anyhow::Result<Everybody> {
        let target = Target::resolve(&format!("http://{}", self.address), None).await?;
        let (id, feed) = (server::ROOM.to_owned(), format!("room:{}", server::ROOM));
        Ok(Everybody {
            run: fanout::mark(),
            target,
            nodes: vec![self.address],
            tokens: None,
            offsets: Vec::new(),
            rooms: vec![RoomFeeds { id, feed, announcements: None, apart: false }],
            groups: vec![Group { count: members, room: 0 }],
            mailbox: false,
            returns: false,
        })
    }
}

/// Runs it.
///
/// # Errors
/// When it could not be tried.
pub async fn run(options: &Options) -> anyhow::Result<Report> {
    let mut report = Report::new("The yardstick: a bare epoll server");
    let largest = options.load.members.iter().max().copied().unwrap_or_default();
    settings::make_room(Need { sockets: largest, in_one: largest, both_ends: true })?;
    for members in &options.load.members {
        let bare = Bare::start().await?;
        let measured = fanout::measure(&options.load, bare.room(*members).await?, &[bare.pid], 0..16).await?;
        fanout::add(&mut report, *members, &measured, None);
    }
    Ok(report)
}
