//! `morning-rush`: eight o'clock. Everybody is here, and one in a hundred writes within five minutes.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use clap::Args;

use crate::clock;
use crate::crowd::order::{Order, Pace, Plan};
use crate::crowds::Crowds;
use crate::fanout::{OPENINGS, PATIENCE, Server};
use crate::idle;
use crate::report::{Figure, Goal, Report};
use crate::settings::{self, Need};
use crate::target::Target;

/// How long everybody may take to come in.
const ENTRY: Duration = Duration::from_secs(300);
/// One in so many writes.
const ONE_IN: u32 = 100;

/// What to load with.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    server: Server,
    /// How many people there are.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=2_000_000))]
    members: u32,
    /// Within how many seconds one in a hundred writes.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=3600))]
    seconds: u32,
    /// The most milliseconds 99 of 100 deliveries may take.
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
    let everybody = idle::everybody(&options.server, &target, options.members).await?;
    let in_one = settings::room_in_one()?.min(options.members);
    let both_ends = target.address.ip().is_loopback();
    settings::make_room(Need { sockets: options.members, in_one, both_ends })?;
    let mut crowds = Crowds::of(&everybody, in_one).await?;
    crowds.open(OPENINGS, ENTRY).await?;
    let posts = write(&mut crowds, options.seconds).await?;
    let patience = Duration::from_secs(options.seconds.into()) + PATIENCE;
    crowds.until("posts", posts, patience, |tick| tick.acked + tick.refused).await?;
    let outcome = crowds.finish(BTreeMap::new(), PATIENCE).await?;
    let mut report = Report::new(format!("Eight o'clock: {posts} of {} people write", options.members));
    let deliveries = outcome.deliveries.count() as f64;
    report.add(Figure::new("deliveries", deliveries / f64::from(options.seconds), "/s"));
    report.add_latencies("delivery", &outcome.deliveries, options.goal_p99_ms.map(Goal::AtMost));
    report.add_latencies("acknowledgement", &outcome.acks, None);
    report.add_faults("rush", &outcome.sums);
    Ok(report)
}

/// One in a hundred of each process, spread over the time; gives how many.
async fn write(crowds: &mut Crowds, seconds: u32) -> anyhow::Result<u64> {
    let (mut first, start) = (0, clock::micros() + 500_000);
    for (which, people) in crowds.sizes().into_iter().enumerate() {
        let senders: Vec<u32> = (0..people).step_by(usize::try_from(ONE_IN)?).collect();
        let count = u32::try_from(senders.len())?;
        let pace = Pace::Rate { rate: f64::from(count.max(1)) / f64::from(seconds), start };
        let plan = Plan { first, count, pace, until: u64::MAX, senders, rooms: Vec::new(), padding: 60 };
        crowds.order_one(which, &Order::Post(plan)).await?;
        first += count;
    }
    Ok(u64::from(first))
}
