//! `fanout`: a room full of members, one of whom posts at a fixed rate. The rate is kept whatever the server
//! does, and a post is late from the moment it was due.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use indicatif::{ProgressBar, ProgressStyle};
use parking_lot::Mutex;
use reqwest::Client;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};
use wire::frame::{ClientFrame, Entry, ServerFrame};
use wire::room::Room;

use crate::delivery::Deliveries;
use crate::person::{self, Person, Socket};
use crate::report::{Latencies, Report, latencies, record};
use crate::schedule::Schedule;
use crate::target::Target;

/// How many sign-ups are under way at once; the server hashes two passwords at a time.
const SIGN_UPS: usize = 8;
/// How many sockets are being opened at once.
const OPENINGS: usize = 64;
/// How long after the last post acknowledgements and deliveries are waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// What to load with.
#[derive(Args)]
pub struct Options {
    /// The server: http://127.0.0.1:8080.
    #[arg(long)]
    pub url: String,
    /// How many accounts follow the room, a socket each.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub members: u32,
    /// How many posts are made.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub posts: u32,
    /// Posts a second.
    #[arg(long, default_value_t = 20.0, value_parser = rate)]
    pub rate: f64,
    /// The region whose first medchat is the room.
    #[arg(long, default_value = "RU-KHA")]
    pub region: String,
    /// The room's id, to choose another one.
    #[arg(long)]
    pub room: Option<String>,
    /// Who posts: a verified resident. The default is an invented person of the demo.
    #[arg(long, default_value = "resident1.rukha@demo")]
    pub poster: String,
    /// The poster's password; the default is the one published with the demo.
    #[arg(long, default_value = "medchat-demo-2026")]
    pub poster_password: String,
    /// The host, when it is not this machine: you say that it is yours to load.
    #[arg(long, value_name = "HOST")]
    pub i_own_this_server: Option<String>,
}

fn rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|_| "a number".to_owned())?;
    if (0.01..=10_000.0).contains(&rate) { Ok(rate) } else { Err("between 0.01 and 10000".into()) }
}

/// Runs it.
///
/// # Errors
/// When it could not be tried: somebody could not sign in, join or connect.
pub async fn run(options: &Options, target: &Target) -> anyhow::Result<Report> {
    let http = person::http()?;
    let poster = Person::sign_in(&http, target, &options.poster, &options.poster_password).await?;
    let room = poster.room(&options.region, options.room.as_deref()).await?;
    poster.join(&room).await?;
    let people = gather(options.members, &http, target, &room).await?;
    let from = Instant::now();
    let sockets = connect(&people, &room).await?;
    let joins = f64::from(options.members) / from.elapsed().as_secs_f64().max(0.001);
    let run = mark(&sockets);
    let start = Instant::now() + Duration::from_secs(1);
    let shared = Arc::new(Shared {
        schedule: Schedule::new(run, start, options.posts, options.rate),
        feed: room.feed.clone(),
        latencies: Mutex::new(latencies()?),
        bar: bar("deliveries", u64::from(options.posts) * u64::from(options.members)),
    });
    let (end, ending) = watch::channel(End::Open);
    let mut listening = JoinSet::new();
    for (socket, head) in sockets {
        listening.spawn(listen(socket, head, shared.clone(), ending.clone()));
    }
    let posting = post(&poster, &room, &shared).await?;
    let heard = finish(listening, &end, posting.head).await?;
    let took = start.elapsed();
    shared.bar.finish_and_clear();
    let deliveries = shared.latencies.lock().clone();
    Ok(sum_up(
        posting,
        heard,
        Report { joins, took, deliveries, ..Report::new(options.members, options.posts)? },
    ))
}

/// Adds to `report` what poster and members tell.
fn sum_up(posting: Posting, heard: Vec<Heard>, mut report: Report) -> Report {
    let Posting { acked, head, renumbered, refused, latencies } = posting;
    report.acked = acked;
    report.refused = refused;
    report.acks = latencies;
    report.faults.renumbered += renumbered;
    for Heard { base, deliveries, cut } in heard {
        report.faults += deliveries.faults(head.max(base));
        if let Some(why) = cut {
            *report.cut.entry(why).or_default() += 1;
        }
    }
    report
}

/// A mark that differs from run to run on one database: cids are for ever.
fn mark(sockets: &[(Socket, u64)]) -> String {
    let head = sockets.iter().map(|(_, head)| *head).max().unwrap_or_default();
    format!("{}-{head}", std::process::id())
}

async fn gather(count: u32, http: &Client, target: &Target, room: &Room) -> anyhow::Result<Vec<Person>> {
    let bar = bar("people", u64::from(count));
    let people = stream::iter(0..count).map(|number| {
        let bar = &bar;
        async move {
            let person = Person::member(http, target, number).await?;
            person.join(room).await?;
            bar.inc(1);
            anyhow::Ok(person)
        }
    });
    let people = people.buffer_unordered(SIGN_UPS).try_collect().await?;
    bar.finish_and_clear();
    Ok(people)
}

async fn connect(people: &[Person], room: &Room) -> anyhow::Result<Vec<(Socket, u64)>> {
    let bar = bar("sockets", people.len() as u64);
    let sockets = stream::iter(people).map(|person| {
        let bar = &bar;
        async move {
            let opened = person.follow(room).await?;
            bar.inc(1);
            anyhow::Ok(opened)
        }
    });
    let sockets = sockets.buffer_unordered(OPENINGS).try_collect().await?;
    bar.finish_and_clear();
    Ok(sockets)
}

fn bar(what: &'static str, length: u64) -> ProgressBar {
    let bar = ProgressBar::new(length).with_message(what);
    let style = ProgressStyle::with_template("{msg:>10} {bar:40} {pos}/{len} {per_sec} {eta}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}

/// What members and poster share.
struct Shared {
    schedule: Schedule,
    feed: String,
    /// One for all: a histogram each would cost more than the sockets.
    latencies: Mutex<Latencies>,
    bar: ProgressBar,
}

/// How far members listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// It is not known yet.
    Open,
    /// Up to this number.
    At(u64),
    /// No longer.
    Now,
}

/// What a member heard.
struct Heard {
    base: u64,
    deliveries: Deliveries,
    cut: Option<String>,
}

async fn listen(
    mut socket: Socket,
    base: u64,
    shared: Arc<Shared>,
    mut end: watch::Receiver<End>,
) -> anyhow::Result<Heard> {
    let mut heard = Heard { base, deliveries: Deliveries::after(base), cut: None };
    loop {
        let ending = *end.borrow_and_update();
        match ending {
            End::Now => return Ok(heard),
            End::At(head) if heard.deliveries.has_all(head) => return Ok(heard),
            End::At(_) | End::Open => {}
        }
        tokio::select! {
            frame = socket.hear() => match frame {
                Ok(frame) => heard.take(frame, &shared),
                Err(cut) => {
                    heard.cut = Some(cut.to_string());
                    return Ok(heard);
                }
            },
            changed = end.changed() => changed.context("the run was given up")?,
        }
    }
}

impl Heard {
    fn take(&mut self, frame: ServerFrame, shared: &Shared) {
        let ServerFrame::Entry { feed, seq, entry } = frame else { return };
        if feed != shared.feed {
            return;
        }
        self.deliveries.take(seq);
        let Entry::Message { text, .. } = entry else { return };
        let Some(index) = shared.schedule.of_text(&text) else { return };
        record(&mut shared.latencies.lock(), shared.schedule.late(index));
        if !shared.schedule.agrees(index, seq) {
            self.deliveries.renumbered();
        }
        shared.bar.inc(1);
    }
}

/// What became of the posts.
struct Posting {
    acked: u32,
    head: u64,
    renumbered: u64,
    refused: BTreeMap<String, u32>,
    latencies: Latencies,
}

/// Posts everything when it is due, whether or not what came before was answered, then waits for the answers.
async fn post(poster: &Person, room: &Room, shared: &Shared) -> anyhow::Result<Posting> {
    let mut socket = poster.socket().await?;
    let mut posting =
        Posting { acked: 0, head: 0, renumbered: 0, refused: BTreeMap::new(), latencies: latencies()? };
    let schedule = &shared.schedule;
    let mut answered = 0;
    for index in schedule.posts() {
        let due = sleep_until(schedule.due(index));
        tokio::pin!(due);
        loop {
            tokio::select! {
                biased;
                () = &mut due => break,
                frame = socket.hear() => {
                    let frame = frame.map_err(|cut| anyhow::anyhow!("the poster was cut off: {cut}"))?;
                    answered += posting.take(frame, schedule);
                }
            }
        }
        let (cid, text) = (schedule.cid(index), schedule.text(index));
        socket.say(&ClientFrame::post(cid, room.id.clone(), text)).await?;
    }
    let rest = async {
        while answered < schedule.posts().end {
            let Ok(frame) = socket.hear().await else { return };
            answered += posting.take(frame, schedule);
        }
    };
    // What is not answered by then counts as lost.
    let _ = timeout(PATIENCE, rest).await;
    Ok(posting)
}

impl Posting {
    /// Takes a frame; gives how many posts it answers.
    fn take(&mut self, frame: ServerFrame, schedule: &Schedule) -> u32 {
        match frame {
            ServerFrame::Ack { cid, seq, .. } => {
                let Some(index) = schedule.of_cid(&cid) else { return 0 };
                self.acked += 1;
                self.head = self.head.max(seq);
                record(&mut self.latencies, schedule.late(index));
                self.renumbered += u64::from(!schedule.agrees(index, seq));
                1
            }
            ServerFrame::Error { cid: Some(_), code, .. } => {
                *self.refused.entry(format!("{code:?}")).or_default() += 1;
                1
            }
            _ => 0,
        }
    }
}

/// Lets members listen up to `head`, for a while.
async fn finish(
    mut listening: JoinSet<anyhow::Result<Heard>>,
    end: &watch::Sender<End>,
    head: u64,
) -> anyhow::Result<Vec<Heard>> {
    end.send_replace(End::At(head));
    let mut heard = Vec::with_capacity(listening.len());
    let deadline = Instant::now() + PATIENCE;
    loop {
        tokio::select! {
            next = listening.join_next() => match next {
                Some(member) => heard.push(member??),
                None => return Ok(heard),
            },
            () = sleep_until(deadline), if *end.borrow() != End::Now => {
                end.send_replace(End::Now);
            }
        }
    }
}
