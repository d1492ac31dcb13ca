//! `idle`: people who are signed in and follow their room, its region's announcements and their mailbox, and say
//! nothing. What one of them costs the server.

use std::path::Path;
use std::time::Duration;

use anyhow::ensure;
use clap::Args;
use tokio::time::sleep;

use crate::crowds::Crowds;
use crate::fanout::{self, OPENINGS, Server};
use crate::people::{self, Everybody};
use crate::person;
use crate::process::{self, Pid};
use crate::report::{Figure, Goal, Report};
use crate::rooms;
use crate::settings::{self, Need};
use crate::target::Target;

/// How long everybody may take to come in.
const ENTRY: Duration = Duration::from_secs(180);

/// What to measure.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    server: Server,
    /// How many people.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=2_000_000))]
    members: u32,
    /// How long they are quiet before memory is read, in seconds.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=3600))]
    seconds: u32,
    /// The most bytes of server memory a participant may cost.
    #[arg(long)]
    goal_bytes: Option<f64>,
}

/// Memory in bytes, of each apart.
#[derive(Debug, Clone, Copy)]
struct Memory {
    server: u64,
    tester: u64,
    slab: u64,
    buffers: u64,
}

impl Memory {
    fn read(server: &[Pid], tester: &[Pid]) -> anyhow::Result<Self> {
        let kernel = process::kernel()?;
        Ok(Self {
            server: process::memory_of(server),
            tester: process::memory_of(tester),
            slab: kernel.slab,
            buffers: kernel.sockets,
        })
    }
}

/// Everybody of a file of tokens, each in their own room; on any of the nodes behind the server's address.
///
/// # Errors
/// When the server does not answer, or there are too few tokens.
pub async fn everybody(server: &Server, target: &Target, members: u32) -> anyhow::Result<Everybody> {
    let Some(tokens) = &server.tokens else { anyhow::bail!("--tokens names a file of tokens, one a line") };
    let offsets = people::offsets(tokens, members)?;
    let (rooms, groups) = rooms::find(&person::http()?, target, tokens, &offsets).await?;
    Ok(Everybody {
        run: fanout::mark(),
        target: target.clone(),
        nodes: vec![target.address],
        tokens: Some(tokens.clone()),
        offsets,
        rooms,
        groups,
        mailbox: true,
        returns: false,
    })
}

impl Options {
    /// Where the report goes.
    pub fn report(&self) -> Option<&Path> {
        self.server.report.as_deref()
    }
}

/// Runs it.
///
/// # Errors
/// When it could not be tried.
pub async fn run(options: &Options) -> anyhow::Result<Report> {
    let target = Target::resolve(&options.server.url, options.server.i_own_this_server.as_deref()).await?;
    ensure!(
        target.address.ip().is_loopback(),
        "memory is read from this machine's /proc: name a server on loopback"
    );
    let in_one = settings::room_in_one()?.min(options.members);
    settings::make_room(Need { sockets: options.members, in_one, both_ends: true })?;
    let pids = process::listening_on(target.address.port())?;
    let everybody = everybody(&options.server, &target, options.members).await?;
    let rooms = everybody.rooms.len();
    let mut crowds = Crowds::start(everybody.deal(in_one)).await?;
    // The tester's own people are ready, and cost it what they cost without a socket.
    sleep(Duration::from_secs(1)).await;
    let before = Memory::read(&pids, &crowds.pids())?;
    let took = crowds.open(OPENINGS, ENTRY).await?;
    sleep(Duration::from_secs(options.seconds.into())).await;
    let after = Memory::read(&pids, &crowds.pids())?;
    let here = crowds.tick()?.here;
    let mut report = Report::new(format!("{here} quiet people in {rooms} rooms"));
    let each = |before: u64, after: u64| after.saturating_sub(before) as f64 / here.max(1) as f64;
    let bytes = each(before.server, after.server);
    let goal = options.goal_bytes.map(Goal::AtMost);
    report.add(Figure::new("server, for each", bytes, "bytes").aims(goal));
    report.add(Figure::new("tester, for each", each(0, after.tester), "bytes"));
    report.add(Figure::new("kernel's objects, both ends, for each", each(before.slab, after.slab), "bytes"));
    report.add(Figure::new("buffers of sockets, for each", each(before.buffers, after.buffers), "bytes"));
    report.add(Figure::new("server before", before.server as f64 / 1e6, "MB"));
    report.add(Figure::new("joined", here as f64 / took.as_secs_f64(), "/s"));
    let gone = options.members as f64 - here as f64;
    report.add(Figure::new("not here at the end", gone, "").aims(Some(Goal::AtMost(0.0))));
    Ok(report)
}
