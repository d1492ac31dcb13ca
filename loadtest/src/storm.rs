//! `reconnect-storm`: everybody loses their socket at once, as when a node dies or is replaced, and wants back.
//! Meanwhile a few who kept theirs go on writing: those who come back must get what they missed.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use clap::Args;
use tokio::time::{Instant, sleep};

use crate::clock;
use crate::crowd::order::{Order, Pace, Plan};
use crate::crowds::Crowds;
use crate::fanout::{OPENINGS, PATIENCE, Server};
use crate::idle;
use crate::report::{Figure, Goal, Report};
use crate::settings::{self, Need};
use crate::target::Target;

/// How many keep their sockets and write.
const WITNESSES: u32 = 16;
/// How long everybody may take to come in, and to come back.
const ENTRY: Duration = Duration::from_secs(300);

/// What to load with.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    server: Server,
    /// How many lose their sockets.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=2_000_000))]
    members: u32,
    /// Posts a second that go on meanwhile.
    #[arg(long, default_value_t = 5.0, value_parser = crate::fanout::rate)]
    rate: f64,
    /// Within how many seconds everybody must be back.
    #[arg(long)]
    goal_seconds: Option<f64>,
    /// The most milliseconds 99 of 100 acknowledgements may take for those who go on.
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
    let everybody = idle::everybody(&options.server, &target, options.members + WITNESSES).await?;
    let in_one = settings::room_in_one()?.min(options.members);
    let both_ends = target.address.ip().is_loopback();
    settings::make_room(Need { sockets: options.members + WITNESSES, in_one, both_ends })?;
    let mut witnesses = Crowds::of(&everybody.some(0, WITNESSES), in_one).await?;
    let mut others = everybody.some(WITNESSES, options.members);
    others.returns = true;
    let mut others = Crowds::of(&others, in_one).await?;
    witnesses.open(OPENINGS, ENTRY).await?;
    others.open(OPENINGS, ENTRY).await?;
    let posts = options.rate * ENTRY.as_secs_f64();
    let (pace, until) = (
        Pace::Rate { rate: options.rate, start: clock::micros() },
        clock::micros() + ENTRY.as_micros() as u64,
    );
    let (senders, rooms) = ((0..WITNESSES).collect(), Vec::new());
    let plan = Plan { first: 0, count: posts.ceil() as u32, pace, until, senders, rooms, padding: 0 };
    witnesses.order(&Order::Post(plan)).await?;
    sleep(Duration::from_secs(1)).await;
    let from = Instant::now();
    others.order(&Order::Storm).await?;
    let people = others.people();
    let all_back = others.until("back", people, ENTRY, |tick| tick.back).await?;
    let took = from.elapsed().as_secs_f64();
    witnesses.order(&Order::Hush).await?;
    witnesses.until("answers", 1, PATIENCE, |tick| u64::from(tick.sent == tick.acked + tick.refused)).await?;
    let written = witnesses.finish(BTreeMap::new(), PATIENCE).await?;
    let heard = others.finish(written.heads(), PATIENCE).await?;
    let mut report = Report::new(format!("{people} people come back at once"));
    report.add(Figure::new("all back", took, "s").aims(options.goal_seconds.map(Goal::AtMost)));
    let missing = if all_back { 0 } else { people.saturating_sub(heard.sums.tick.here) };
    report.add(Figure::new("not back", missing as f64, "").aims(Some(Goal::AtMost(0.0))));
    report.add(Figure::new("resumed", people as f64 / took, "/s"));
    report.add_latencies("from loss to resumed", &heard.returns, None);
    report.add_latencies(
        "those who went on: acknowledgement",
        &written.acks,
        options.goal_p99_ms.map(Goal::AtMost),
    );
    report.add_faults("those who went on", &written.sums);
    report.add_faults("those who came back", &heard.sums);
    Ok(report)
}
