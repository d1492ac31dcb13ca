//! `million`: everybody at once. Starts PostgreSQL, NATS and as many nodes as it takes, lets everybody in, lives
//! some minutes of the day, tells everybody one thing, kills a node, and says what it took.

mod cluster;
mod day;
mod watch;

use std::collections::BTreeMap;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde_json::json;
use tempfile::TempDir;
use tokio::time::Instant;

use crate::clock;
use crate::crowd::order::{Order, Pace, Plan};
use crate::crowds::Crowds;
use crate::fanout::{self, PATIENCE};
use crate::million::cluster::Cluster;
use crate::million::day::{Answered, Appeals};
use crate::million::watch::{Watch, Watched};
use crate::people::{self, Everybody};
use crate::person::{self, Person};
use crate::population::{self, Made, PASSWORD};
use crate::report::{self, Figure, Goal, Report};
use crate::rooms;
use crate::settings::{self, Need};
use crate::stamp::Stamp;
use crate::target::Target;

/// What figures are called that several runs are compared by.
pub const PEOPLE: &str = "people";
/// Seconds.
pub const ALL_JOINED: &str = "all joined";
/// A second.
pub const JOINED: &str = "joined";
/// Seconds until the last heard it.
pub const ANNOUNCED: &str = "one announcement to everybody: the last";
/// Latencies outside the largest room.
pub const DELIVERY: &str = "delivery";
/// Gigabytes, by part.
pub const MEMORY: &str = "memory at its highest";

/// How long everybody may take to come in.
const ENTRY: Duration = Duration::from_secs(900);
/// How many sockets of one process are being opened at once.
const OPENINGS: u32 = 64;
/// The most people of one node: its files are for databases and HTTP too.
const IN_ONE_NODE: u32 = 18_400;
/// So many nodes have a connection each: PostgreSQL takes megabytes for one.
const MANY_NODES: u32 = 8;
/// Appeals of the whole programme in a year.
const A_YEAR: f64 = 142_000.0;
const SECONDS_OF_A_YEAR: f64 = 365.0 * 86_400.0;
/// Multiples of it, without their whole parts, lie evenly between 0 and 1 however many they are.
const GOLDEN_RATIO: f64 = 0.618_033_988_749_895;
/// Messages in rooms for each appeal.
const MESSAGES: f64 = 4.0;

/// What to run.
#[derive(Args)]
pub struct Options {
    /// How many people: 1012000 are all of them, 10000 suit a laptop.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(20..=2_000_000))]
    residents: u32,
    /// How many rooms.
    #[arg(long, default_value_t = 460, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rooms: u32,
    /// How many nodes; one more than the people need when left out, since one will be killed.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=200))]
    nodes: Option<u32>,
    /// How long the day is lived, in minutes.
    #[arg(long, default_value_t = 10.0, value_parser = fanout::rate)]
    minutes: f64,
    /// How much busier than a real day it is.
    #[arg(long, default_value_t = 100.0, value_parser = fanout::rate)]
    times: f64,
    /// With how many connections each node reads, and with as many it writes; one when there are many nodes and
    /// two otherwise, when left out.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=16))]
    connections: Option<u32>,
    /// The server's program; the one beside this when left out.
    #[arg(long)]
    medchat: Option<PathBuf>,
    /// Where to write the report, as PATH.html and PATH.json.
    #[arg(long, value_name = "PATH")]
    pub report: Option<PathBuf>,
    /// Within how many seconds everybody must be in.
    #[arg(long, default_value_t = 180.0)]
    goal_join_seconds: f64,
    /// The most milliseconds 99 of 100 deliveries may take, the largest room apart.
    #[arg(long, default_value_t = 500.0)]
    goal_p99_ms: f64,
    /// The most gigabytes everything together may take.
    #[arg(long, default_value_t = 16.0)]
    goal_memory_gb: f64,
}

/// A run.
struct Run<'a> {
    options: &'a Options,
    cluster: Cluster,
    everybody: Everybody,
    made: Made,
    crowds: Crowds,
    report: Report,
    /// The index of the next post.
    next: u32,
    _folder: TempDir,
}

/// Runs it.
///
/// # Errors
/// When it could not be tried.
pub async fn run(options: &Options) -> anyhow::Result<Report> {
    let in_one = settings::room_in_one()?.min(options.residents);
    settings::make_room(Need { sockets: options.residents, in_one, both_ends: true })?;
    let kernel_before = watch::kernel()?;
    let mut run = Run::prepare(options, in_one).await?;
    let watched = Watched {
        nodes: run.cluster.pids(),
        postgres: run.cluster.postgres.pid,
        nats: run.cluster.nats,
        tester: run.crowds.pids(),
        kernel_before,
    };
    let watch = Watch::begin(watched, run.crowds.teller());
    run.let_in().await?;
    let answered = run.live().await?;
    run.announce().await?;
    if run.cluster.nodes.len() > 1 {
        run.kill().await?;
    }
    run.close(&answered).await?;
    watch.tell(&mut run.report, Some(Goal::AtMost(options.goal_memory_gb)));
    Ok(run.report)
}

impl<'a> Run<'a> {
    async fn prepare(options: &'a Options, in_one: u32) -> anyhow::Result<Self> {
        let medchat = population::medchat(options.medchat.as_deref())?;
        let nodes = options.nodes.unwrap_or_else(|| options.residents.div_ceil(IN_ONE_NODE) + 1);
        let folder = TempDir::with_prefix("medchat-load-")?;
        // PostgreSQL runs as somebody else when we are root, and must find its way.
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
        let connections = options.connections.unwrap_or(if nodes > MANY_NODES { 1 } else { 2 });
        let mut cluster = Cluster::start(folder.path(), nodes, connections).await?;
        let sizes = population::sizes(options.rooms);
        let from = Instant::now();
        let (config, environment) = (cluster.config.clone(), cluster.environment.clone());
        let made =
            population::make(folder.path(), medchat, config, options.residents, &sizes, &environment).await?;
        report::say(&format!("{} people made in {:.0} s", options.residents, from.elapsed().as_secs_f64()));
        cluster.postgres.settle().await?;
        for _ in 0..nodes {
            cluster.add_node(&made.medchat).await?;
        }
        let everybody = everybody(options, &cluster, &made).await?;
        let crowds = Crowds::of(&everybody, in_one).await?;
        let title =
            format!("{} people in {} rooms on {nodes} nodes", options.residents, everybody.rooms.len());
        let report = Report::new(title);
        Ok(Self { options, cluster, everybody, made, crowds, report, next: 0, _folder: folder })
    }

    async fn let_in(&mut self) -> anyhow::Result<()> {
        let took = self.crowds.open(OPENINGS, ENTRY).await?.as_secs_f64();
        let goal = Goal::AtMost(self.options.goal_join_seconds);
        let people = self.crowds.people() as f64;
        report::say(&format!("all joined in {took:.1} s"));
        self.report.add(Figure::new(PEOPLE, people, ""));
        self.report.add(Figure::new(ALL_JOINED, took, "s").aims(Some(goal)));
        self.report.add(Figure::new(JOINED, people / took, "/s"));
        Ok(())
    }

    /// Everybody's share of messages is posted from every process; appeals go over HTTP from here.
    async fn live(&mut self) -> anyhow::Result<Answered> {
        let time = Duration::from_secs_f64(self.options.minutes * 60.0);
        let appeals = A_YEAR / SECONDS_OF_A_YEAR * self.options.times;
        let people = self.crowds.people() as f64;
        let start = clock::micros() + 500_000;
        for (which, size) in self.crowds.sizes().into_iter().enumerate() {
            let rate = appeals * MESSAGES * f64::from(size) / people;
            let count = (rate * time.as_secs_f64()).ceil() as u32;
            // A prime step: neighbours in the file are neighbours in a room.
            let senders = (0..count).map(|turn| turn.wrapping_mul(7919) % size).collect();
            // Each process in a phase of its own, or all of them would post at the same moment, every half minute.
            let phase = (which as f64 * GOLDEN_RATIO).fract() / rate;
            let start = start + (phase * 1e6) as u64;
            self.post(which, count, Pace::Rate { rate, start }, senders).await?;
        }
        let http = person::http()?;
        let answered = Appeals {
            http: &http,
            everybody: &self.everybody,
            tokens: &self.made.tokens,
            staff: &self.made.staff,
            rate: appeals,
            time,
        };
        let answered = answered.run().await?;
        let posts = u64::from(self.next);
        self.crowds.until("posts", posts, PATIENCE, |tick| tick.acked + tick.refused).await?;
        report::say(&format!("lived {:.1} minutes of the day", self.options.minutes));
        Ok(answered)
    }

    async fn post(&mut self, which: usize, count: u32, pace: Pace, senders: Vec<u32>) -> anyhow::Result<()> {
        let (first, rooms) = (self.next, Vec::new());
        self.next += count;
        let plan = Plan { first, count, pace, until: u64::MAX, senders, rooms, padding: 60 };
        self.crowds.order_one(which, &Order::Post(plan)).await
    }

    /// One announcement in every region at the same moment: everybody hears exactly one.
    async fn announce(&mut self) -> anyhow::Result<()> {
        let http = person::http()?;
        let mut feeds: Vec<String> =
            self.everybody.rooms.iter().filter_map(|room| room.announcements.clone()).collect();
        feeds.sort();
        feeds.dedup();
        let before = self.crowds.tick()?.heard;
        let due = clock::micros();
        let mut told = 0;
        for login in &self.made.staff {
            let employee = Person::sign_in(&http, &self.everybody.target, login, PASSWORD).await?;
            for feed in &feeds {
                let index = u32::MAX - told;
                let stamp = Stamp { run: self.everybody.run, index, due: clock::micros() };
                let room = feed.trim_start_matches("room:");
                let body = json!({ "cid": stamp.cid(), "text": stamp.text() });
                // Each may post in their own region alone.
                if employee.act(&format!("rooms/{room}/messages"), &body).await.is_ok() {
                    told += 1;
                    break;
                }
            }
        }
        let people = self.crowds.people();
        let reached = self.crowds.until("told", people, PATIENCE * 3, |tick| tick.heard - before).await?;
        let took = clock::since(due).as_secs_f64();
        report::say(&format!("the last heard the announcement after {took:.1} s"));
        self.report.add(Figure::new(ANNOUNCED, took, "s"));
        let missed = if reached { 0.0 } else { 1.0 };
        self.report.add(Figure::new("announcement missed by some", missed, "").aims(Some(Goal::AtMost(0.0))));
        Ok(())
    }

    async fn kill(&mut self) -> anyhow::Result<()> {
        let before = self.crowds.tick()?;
        let from = Instant::now();
        self.cluster.kill_last().await?;
        let people = self.crowds.people();
        self.crowds.until("cut off", 1, PATIENCE, |tick| tick.cut - before.cut).await?;
        let all_back = self.crowds.until("back", people, ENTRY, |tick| tick.here).await?;
        let took = from.elapsed().as_secs_f64();
        let back = self.crowds.tick()?.back - before.back;
        self.report.add(Figure::new("a node killed: its people", back as f64, ""));
        report::say(&format!("a node was killed; its people were back after {took:.1} s"));
        self.report.add(Figure::new("a node killed: all back", took, "s"));
        let missing = if all_back { 0.0 } else { people as f64 - self.crowds.tick()?.here as f64 };
        self.report.add(Figure::new("a node killed: not back", missing, "").aims(Some(Goal::AtMost(0.0))));
        Ok(())
    }

    /// One last post in every room: everything before it must have been heard by everybody.
    async fn close(&mut self, answered: &Answered) -> anyhow::Result<()> {
        let mut first = 0;
        for (which, size) in self.crowds.sizes().into_iter().enumerate() {
            let here = self.everybody.some(first, size);
            first += size;
            let firsts = here.groups.iter().scan(0, |place, group| {
                let first = *place;
                *place += group.count;
                Some(first)
            });
            let senders: Vec<u32> = firsts.collect();
            let count = u32::try_from(senders.len())?;
            let pace = Pace::Rate { rate: 50.0, start: clock::micros() + 200_000 };
            self.post(which, count, pace, senders).await?;
        }
        let posts = u64::from(self.next);
        self.crowds.until("last posts", posts, PATIENCE * 3, |tick| tick.acked + tick.refused).await?;
        let outcome = self.crowds.finish(BTreeMap::new(), PATIENCE * 3).await?;
        let report = &mut self.report;
        report.add_latencies(DELIVERY, &outcome.deliveries, Some(Goal::AtMost(self.options.goal_p99_ms)));
        report.add_latencies("delivery in the largest room", &outcome.apart, None);
        report.add_latencies("announcement", &outcome.news, None);
        report.add_latencies("acknowledgement", &outcome.acks, None);
        report.add_latencies("from loss to resumed", &outcome.returns, None);
        report.add(Figure::new("appeals put and answered", f64::from(answered.done), ""));
        let failed = Figure::new("appeals that failed", f64::from(answered.failed), "");
        report.add(failed.aims(Some(Goal::AtMost(0.0))));
        report.notes.extend(answered.why.clone());
        report.add_faults("everybody", &outcome.sums);
        Ok(())
    }
}

/// Everybody, spread over all nodes as a balancer would do it; the largest room is reported apart.
async fn everybody(options: &Options, cluster: &Cluster, made: &Made) -> anyhow::Result<Everybody> {
    let nodes = cluster.addresses();
    let Some(first) = nodes.first() else { anyhow::bail!("there is no node") };
    let target = Target::resolve(&format!("http://{first}"), None).await?;
    let offsets = people::offsets(&made.tokens, options.residents)?;
    let (mut rooms, groups) = rooms::find(&person::http()?, &target, &made.tokens, &offsets).await?;
    let largest = groups.iter().max_by_key(|group| group.count).map(|group| group.room);
    if let Some(room) = largest.and_then(|room| rooms.get_mut(room)) {
        room.apart = true;
    }
    Ok(Everybody {
        run: fanout::mark(),
        target,
        nodes,
        tokens: Some(made.tokens.clone()),
        offsets,
        rooms,
        groups,
        mailbox: true,
        returns: true,
    })
}
