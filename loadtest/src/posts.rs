//! `posts`: a few who write as fast as they are answered, into many rooms at once, one of them hot. What is
//! acknowledged is durable, so this is the rate of the store and its group commit.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::ensure;
use clap::Args;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::time::Instant;
use wire::page::Page;
use wire::room::{JoinRoom, Room};

use crate::clock;
use crate::crowd::order::{Order, Pace, Plan, Span};
use crate::crowds::Crowds;
use crate::fanout::{OPENINGS, PATIENCE, Server};
use crate::idle;
use crate::people;
use crate::person::{self, Person};
use crate::report::{Figure, Goal, Report};
use crate::settings::{self, Need};
use crate::target::Target;

/// The most posts of the first part; those of the second are counted on from here.
const MOST: u32 = 10_000_000;
/// Every so manieth post goes to the hot room.
const HOT: usize = 10;
/// How many joinings are under way at once.
const JOININGS: usize = 8;

/// What to load with.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    server: Server,
    /// How many people write.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    senders: u32,
    /// Into how many rooms.
    #[arg(long, default_value_t = 460, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rooms: u32,
    /// How many posts of each sender are unanswered at most.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=256))]
    window: u32,
    /// How long each part goes on, in seconds.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,
    /// Posts a second in the second part; half of what the first part reached, when left out.
    #[arg(long, value_parser = crate::fanout::rate)]
    rate: Option<f64>,
    /// The least durable posts a second.
    #[arg(long)]
    goal_rate: Option<f64>,
    /// The most milliseconds 99 of 100 acknowledgements may take in the second part.
    #[arg(long)]
    goal_p99_ms: Option<f64>,
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
    let both_ends = target.address.ip().is_loopback();
    settings::make_room(Need { sockets: options.senders, in_one: options.senders, both_ends })?;
    let everybody = idle::everybody(&options.server, &target, options.senders).await?;
    let turns = join(options, &target, &everybody).await?;
    let mut crowds = Crowds::of(&everybody, u32::MAX).await?;
    crowds.open(OPENINGS, Duration::from_secs(60)).await?;
    let seconds = u64::from(options.seconds);
    let window = options.window * options.senders;
    let until = clock::micros() + seconds * 1_000_000;
    let plan = |first, count, pace, until| {
        let (senders, rooms) = turns.iter().cloned().unzip();
        Order::Post(Plan { first, count, pace, until, senders, rooms, padding: 60 })
    };
    crowds.order(&plan(0, MOST, Pace::Acked { window }, until)).await?;
    let from = Instant::now();
    crowds.until("seconds", seconds, Duration::from_secs(seconds * 2), |_| from.elapsed().as_secs()).await?;
    let rate = crowds.tick()?.acked as f64 / from.elapsed().as_secs_f64();
    ensure!(rate > 0.0, "no post was acknowledged: {:?}", crowds.tick()?);
    let before = crowds.finish(BTreeMap::new(), PATIENCE).await?;
    let half = options.rate.unwrap_or(rate / 2.0);
    let sent = before.sums.tick.sent;
    let count = (half * f64::from(options.seconds)).ceil() as u32;
    let start = clock::micros() + 200_000;
    crowds.order(&plan(MOST, count, Pace::Rate { rate: half, start }, u64::MAX)).await?;
    let patience = Duration::from_secs(seconds) + PATIENCE;
    let answered = sent + u64::from(count);
    crowds.until("posts", answered, patience, |tick| tick.acked + tick.refused).await?;
    let after = crowds.finish(BTreeMap::new(), PATIENCE).await?;
    let rooms = options.rooms;
    let mut report = Report::new(format!("Durable posts of {} people into {rooms} rooms", options.senders));
    let goal = options.goal_rate.map(Goal::AtLeast);
    report.add(Figure::new("posts acknowledged", rate, "/s").aims(goal));
    let acks = after.acks.without(&before.acks)?;
    let what = format!("acknowledgement at {half:.0}/s");
    report.add_latencies(&what, &acks, options.goal_p99_ms.map(Goal::AtMost));
    report.add_faults("posts", &after.sums);
    let strays: u64 = after.sums.acked.values().map(|span: &Span| span.strays()).sum();
    report
        .add(Figure::new("numbers left out or given twice", strays as f64, "").aims(Some(Goal::AtMost(0.0))));
    report.notes.push(format!("{} feeds took {} posts", after.sums.acked.len(), after.sums.tick.acked));
    Ok(report)
}

/// Makes the senders members of all rooms, a room each in turn, and of the hot one; gives who posts where, in turns.
async fn join(
    options: &Options,
    target: &Target,
    everybody: &people::Everybody,
) -> anyhow::Result<Vec<(u32, String)>> {
    let http = person::http()?;
    let Some(tokens) = &everybody.tokens else { anyhow::bail!("--tokens names a file of tokens") };
    let person = |place: usize| -> anyhow::Result<Person> {
        let offset = everybody.offsets.get(place).copied().unwrap_or_default();
        Ok(Person::with_token(&http, target, people::token(tokens, offset)?))
    };
    let all = rooms(&person(0)?, options.rooms).await?;
    let Some(hot) = all.first() else { anyhow::bail!("there is no medchat") };
    let mut turns = Vec::new();
    for (at, room) in all.iter().enumerate() {
        turns.push((at % usize::try_from(options.senders)?, room.clone()));
        if at % HOT == 0 {
            turns.push(((at / HOT) % usize::try_from(options.senders)?, hot.clone()));
        }
    }
    let bar = crate::progress::bar("joining", turns.len() as u64);
    let joinings = stream::iter(&turns).map(|(sender, room)| {
        let (person, bar) = (person(*sender), &bar);
        async move {
            person?.act(&format!("rooms/{room}/members"), &JoinRoom {}).await?;
            bar.inc(1);
            anyhow::Ok(())
        }
    });
    joinings.buffer_unordered(JOININGS).try_collect::<()>().await?;
    bar.finish_and_clear();
    turns.into_iter().map(|(sender, room)| Ok((u32::try_from(sender)?, room))).collect()
}

/// The ids of so many medchats, page by page.
async fn rooms(person: &Person, count: u32) -> anyhow::Result<Vec<String>> {
    let count = usize::try_from(count)?;
    let (mut rooms, mut after) = (Vec::new(), String::new());
    while rooms.len() < count {
        let page: Page<Room> = person.read(&format!("rooms?kind=medchat&limit=100{after}")).await?;
        rooms.extend(page.items.into_iter().map(|room| room.id));
        let Some(next) = page.next else { break };
        after = format!("&after={next}");
    }
    rooms.truncate(count);
    Ok(rooms)
}
