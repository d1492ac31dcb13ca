//! `fanout`: a room full of members, some of whom post. Twice: with so many posts in flight, for what can be
//! delivered at all and what it costs; then on a schedule that is kept whatever the server does, for how late it
//! is. The same against the yardstick, in the same run.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use tokio::time::Instant;

use crate::clock;
use crate::crowd::order::{Group, Order, Pace, Plan, RoomFeeds};
use crate::crowds::{Crowds, Outcome};
use crate::people::{self, Everybody};
use crate::person::{self, Person};
use crate::process::{self, Pid};
use crate::report::{Figure, Goal, Plot, Report};
use crate::rooms;
use crate::settings::{self, Need};
use crate::target::Target;
use crate::yardstick::Bare;

/// How many sockets are being opened at once.
pub const OPENINGS: u32 = 256;
/// How long after the last post acknowledgements and deliveries are waited for.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// How long everybody may take to come in.
const ENTRY: Duration = Duration::from_secs(180);
/// The most posts of the first part; those of the second are counted on from here.
const MOST: u32 = 1_000_000;
/// How many members take turns at posting.
const SENDERS: u32 = 16;

/// How much is posted.
#[derive(Args, Clone)]
pub struct Load {
    /// How many follow the room, a socket each; several sizes with commas.
    #[arg(long, value_delimiter = ',', default_value = "1000", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub members: Vec<u32>,
    /// How many posts are in flight in the first part.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub window: u32,
    /// How long each part goes on, in seconds.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub seconds: u32,
    /// Deliveries a second in the second part.
    #[arg(long, default_value_t = 20_000.0, value_parser = rate)]
    pub deliveries: f64,
    /// Posts a second in the second part, instead of what `deliveries` asks for.
    #[arg(long, value_parser = rate)]
    pub rate: Option<f64>,
    /// Posts of the second part; with this there is no first part.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub posts: Option<u32>,
}

/// What to load with.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    load: Load,
    #[command(flatten)]
    server: Server,
    /// The region whose first medchat is the room, when there are no tokens.
    #[arg(long, default_value = "RU-KHA")]
    region: String,
    /// The room's id, to choose another one.
    #[arg(long)]
    room: Option<String>,
    /// Who posts when there are no tokens: a verified resident. The default is an invented person of the demo.
    #[arg(long, default_value = "resident1.rukha@demo")]
    poster: String,
    /// The poster's password; the default is the one published with the demo.
    #[arg(long, default_value = "medchat-demo-2026")]
    poster_password: String,
    /// Measures the bare server in the same run, and compares.
    #[arg(long)]
    yardstick: bool,
    /// The most milliseconds 99 of 100 deliveries may take in the second part.
    #[arg(long)]
    goal_p99_ms: Option<f64>,
    /// The most time on the processor a delivery may cost, divided by the yardstick's.
    #[arg(long, requires = "yardstick")]
    goal_cost_ratio: Option<f64>,
    /// The least deliveries a second in the first part.
    #[arg(long)]
    goal_deliveries: Option<f64>,
}

/// The server, and who goes there.
#[derive(Args, Clone)]
pub struct Server {
    /// The server: http://127.0.0.1:8080.
    #[arg(long)]
    pub url: String,
    /// Tokens of residents, one a line, as `medchat population create` writes them.
    #[arg(long)]
    pub tokens: Option<PathBuf>,
    /// The host, when it is not this machine: you say that it is yours to load.
    #[arg(long, value_name = "HOST")]
    pub i_own_this_server: Option<String>,
    /// Where to write the report, as PATH.html and PATH.json.
    #[arg(long, value_name = "PATH")]
    pub report: Option<PathBuf>,
}

/// A rate that is bounded.
pub fn rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|_| "a number".to_owned())?;
    if (0.01..=1_000_000.0).contains(&rate) { Ok(rate) } else { Err("between 0.01 and 1000000".into()) }
}

/// A mark that differs from run to run: cids are for ever.
pub fn mark() -> u32 {
    use std::hash::{BuildHasher as _, RandomState};
    let random = RandomState::new().hash_one(clock::micros());
    u32::try_from(random & u64::from(u32::MAX)).unwrap_or_default()
}

/// What a room full of members showed.
pub struct Measured {
    /// Members that came in a second.
    pub joins: f64,
    /// The first part: deliveries a second, seconds on the processor for a million of them, processors used.
    pub full: Option<Full>,
    /// The second part.
    pub paced: Outcome,
}

/// What can be delivered at all.
#[derive(Debug, Clone, Copy)]
pub struct Full {
    /// Deliveries a second.
    pub rate: f64,
    /// Microseconds on the processor for each.
    pub cost: f64,
    /// Processors the server used.
    pub cores: f64,
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
    let largest = options.load.members.iter().max().copied().unwrap_or_default();
    let both_ends = target.address.ip().is_loopback();
    settings::make_room(Need { sockets: largest, in_one: largest, both_ends })?;
    let pids = if both_ends { process::listening_on(target.address.port())? } else { Vec::new() };
    let mut report = Report::new(format!("Fan-out of {}", options.server.url));
    for members in &options.load.members {
        let bare = if options.yardstick { Some(measure_bare(options, *members).await?) } else { None };
        let (everybody, senders, _file) = everybody(options, &target, *members).await?;
        let measured = measure(&options.load, everybody, &pids, senders).await?;
        add(&mut report, *members, &measured, bare.as_ref());
    }
    aim(&mut report, options);
    Ok(report)
}

async fn measure_bare(options: &Options, members: u32) -> anyhow::Result<Measured> {
    let bare = Bare::start().await?;
    measure(&options.load, bare.room(members).await?, &[bare.pid], 0..SENDERS).await
}

/// So many people who follow one room, and those of them who may post there.
async fn everybody(
    options: &Options,
    target: &Target,
    members: u32,
) -> anyhow::Result<(Everybody, Range<u32>, Option<tempfile::NamedTempFile>)> {
    let http = person::http()?;
    let (tokens, file, room, senders) = if let Some(tokens) = &options.server.tokens {
        let offsets = people::offsets(tokens, members)?;
        let (rooms, groups) = rooms::find(&http, target, tokens, &offsets).await?;
        let own = groups.first().map_or(0, |group| group.count);
        let Some(room) = rooms.into_iter().next() else { anyhow::bail!("nobody has a room") };
        (tokens.clone(), None, room, 0..own.min(SENDERS))
    } else {
        let poster = Person::sign_in(&http, target, &options.poster, &options.poster_password).await?;
        let room = poster.room(&options.region, options.room.as_deref()).await?;
        poster.join(&room).await?;
        let file = people::gather(members, &http, target, &poster, &room).await?;
        let room = RoomFeeds { id: room.id, feed: room.feed, announcements: None, apart: false };
        (file.path().to_owned(), Some(file), room, 0..1)
    };
    let everybody = Everybody {
        run: mark(),
        target: target.clone(),
        nodes: vec![target.address],
        offsets: people::offsets(&tokens, members)?,
        tokens: Some(tokens),
        rooms: vec![RoomFeeds { announcements: None, ..room }],
        groups: vec![Group { count: members, room: 0 }],
        mailbox: false,
        returns: false,
    };
    Ok((everybody, senders, file))
}

/// Brings everybody in and measures both parts.
///
/// # Errors
/// When it could not be tried.
pub async fn measure(
    load: &Load,
    everybody: Everybody,
    pids: &[Pid],
    senders: Range<u32>,
) -> anyhow::Result<Measured> {
    let members = everybody.count();
    let mut crowds = Crowds::start(everybody.deal(u32::MAX)).await?;
    let took = crowds.open(OPENINGS, ENTRY).await?;
    let joins = f64::from(members) / took.as_secs_f64().max(0.001);
    let senders: Vec<u32> = senders.take_while(|sender| *sender < members).collect();
    let (full, before) = if load.posts.is_some() {
        (None, crowds.finish(BTreeMap::new(), PATIENCE).await?)
    } else {
        let (full, outcome) = in_flight(load, &mut crowds, pids, &senders).await?;
        (Some(full), outcome)
    };
    let rate = load.rate.unwrap_or(load.deliveries / f64::from(members));
    let count = load.posts.unwrap_or_else(|| (rate * f64::from(load.seconds)).ceil() as u32).max(1);
    let start = clock::micros() + 200_000;
    let (pace, first) = (Pace::Rate { rate, start }, MOST);
    crowds
        .order(&Order::Post(Plan {
            first,
            count,
            pace,
            until: u64::MAX,
            senders,
            rooms: Vec::new(),
            padding: 0,
        }))
        .await?;
    let all = before.sums.tick.sent + u64::from(count);
    let patience = Duration::from_secs_f64(f64::from(count) / rate) + PATIENCE;
    crowds.until("posts", all, patience, |tick| tick.acked + tick.refused).await?;
    let mut paced = crowds.finish(BTreeMap::new(), PATIENCE).await?;
    paced.deliveries = paced.deliveries.without(&before.deliveries)?;
    paced.acks = paced.acks.without(&before.acks)?;
    Ok(Measured { joins, full, paced })
}

/// Posts with so many in flight, for a while. What was heard is counted when all of it was, so that neither a
/// delivery nor its cost is left out.
async fn in_flight(
    load: &Load,
    crowds: &mut Crowds,
    pids: &[Pid],
    senders: &[u32],
) -> anyhow::Result<(Full, Outcome)> {
    let (time, from) = (process::time_of(pids)?, Instant::now());
    let (pace, seconds) = (Pace::Heard { window: load.window }, u64::from(load.seconds));
    let until = clock::micros() + seconds * 1_000_000;
    let (senders, rooms) = (senders.to_vec(), Vec::new());
    crowds
        .order(&Order::Post(Plan { first: 0, count: MOST, pace, until, senders, rooms, padding: 0 }))
        .await?;
    crowds.until("seconds", seconds, Duration::from_secs(seconds * 2), |_| from.elapsed().as_secs()).await?;
    let outcome = crowds.finish(BTreeMap::new(), PATIENCE).await?;
    let time = process::time_of(pids)?.saturating_sub(time).as_secs_f64();
    let heard = outcome.sums.tick.heard.max(1) as f64;
    let seconds = f64::from(load.seconds);
    Ok((Full { rate: heard / seconds, cost: time * 1e6 / heard, cores: time / seconds }, outcome))
}

/// Adds what a room showed.
pub fn add(report: &mut Report, members: u32, measured: &Measured, bare: Option<&Measured>) {
    let mut figure = |name: &str, unit: &str, of: &dyn Fn(&Measured) -> Option<f64>| {
        if let Some(value) = of(measured) {
            let yardstick = bare.and_then(of);
            report.add(Figure::new(format!("{members} members: {name}"), value, unit).beside(yardstick));
        }
    };
    figure("joined", "/s", &|it| Some(it.joins));
    figure(DELIVERIES, "/s", &|it| Some(it.full?.rate));
    figure(COST, "µs of processor", &|it| Some(it.full?.cost));
    figure("processors used", "", &|it| Some(it.full?.cores));
    figure("p50 on schedule", "ms", &|it| Some(it.paced.deliveries.millis(0.5)));
    figure(P99, "ms", &|it| Some(it.paced.deliveries.millis(0.99)));
    figure("p99 to acknowledgement on schedule", "ms", &|it| Some(it.paced.acks.millis(0.99)));
    let Outcome { deliveries, apart, .. } = &measured.paced;
    let count = deliveries.count() + apart.count();
    report.notes.push(format!("{members} members: {count} deliveries on schedule, {}", deliveries.line()));
    report.add_faults(&format!("{members} members"), &measured.paced.sums);
    let mut lines = vec![("server", &measured.paced.deliveries)];
    lines.extend(bare.map(|bare| ("yardstick", &bare.paced.deliveries)));
    report.plots.push(Plot::distribution(&format!("{members} members on schedule"), &lines));
}

const DELIVERIES: &str = "deliveries";
const COST: &str = "a delivery";
const P99: &str = "p99 on schedule";

fn aim(report: &mut Report, options: &Options) {
    for figure in &mut report.figures {
        let goal = |goal: Option<f64>, kind: fn(f64) -> Goal| goal.map(kind);
        let aimed = match figure.name.split_once(": ").map(|(_, name)| name) {
            Some(DELIVERIES) => goal(options.goal_deliveries, Goal::AtLeast),
            Some(COST) => goal(options.goal_cost_ratio, Goal::RatioAtMost),
            Some(P99) => goal(options.goal_p99_ms, Goal::AtMost),
            _ => None,
        };
        figure.goal = figure.goal.or(aimed);
    }
}
