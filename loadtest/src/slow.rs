//! `slow-reader`: somebody whose phone is in a tunnel. They read nothing, are closed with 4001, come back and get
//! everything; nobody else notices. How much is written decides, not how long: first the buffers of the kernel fill.

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
use crate::target::Target;

/// Text is added to each post, so that what is on the way fills every buffer soon: eight kilobytes a post.
const PADDING: u32 = 3900;
/// The receive buffer of whoever does not read.
const NARROW: u32 = 4096;
/// The code a slow reader is closed with.
const SLOW: &str = "4001";

/// What to load with.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    server: Server,
    /// How many others follow the room.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    members: u32,
    /// Posts a second.
    #[arg(long, default_value_t = 100.0, value_parser = crate::fanout::rate)]
    rate: f64,
    /// How many posts are written meanwhile, eight kilobytes each: the kernel alone may keep four megabytes.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    posts: u32,
    /// The most milliseconds 99 of 100 deliveries to the others may take.
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
    let mut everybody = idle::everybody(&options.server, &target, options.members + 1).await?;
    // All follow the room of the first, who writes.
    everybody.groups = vec![crate::crowd::order::Group { count: options.members + 1, room: 0 }];
    everybody.returns = true;
    let mut others = Crowds::of(&everybody.some(0, options.members), u32::MAX).await?;
    let mut slow = everybody.some(options.members, 1).deal(1);
    slow.iter_mut().for_each(|begin| begin.receive_buffer = Some(NARROW));
    let mut slow = Crowds::start(slow).await?;
    others.open(OPENINGS, PATIENCE).await?;
    slow.open(1, PATIENCE).await?;
    slow.order(&Order::Stall).await?;
    let count = options.posts;
    let pace = Pace::Rate { rate: options.rate, start: clock::micros() + 100_000 };
    let (senders, rooms) = (vec![0], Vec::new());
    let plan = Plan { first: 0, count, pace, until: u64::MAX, senders, rooms, padding: PADDING };
    others.order(&Order::Post(plan)).await?;
    let patience = Duration::from_secs_f64(f64::from(count) / options.rate) + PATIENCE;
    others.until("posts", u64::from(count), patience, |tick| tick.acked + tick.refused).await?;
    let outcome = others.finish(BTreeMap::new(), PATIENCE).await?;
    slow.order(&Order::Wake).await?;
    slow.until("back", 1, PATIENCE, |tick| tick.back).await?;
    let slow = slow.finish(outcome.heads(), PATIENCE).await?;
    let mut report = Report::new("Somebody who reads nothing");
    let closed = slow.sums.cut.get(SLOW).copied().unwrap_or_default();
    report
        .add(Figure::new("the slow one: closed with 4001", closed as f64, "").aims(Some(Goal::AtLeast(1.0))));
    report.add(
        Figure::new("the slow one: back", slow.sums.tick.back as f64, "").aims(Some(Goal::AtLeast(1.0))),
    );
    report.add_faults("the slow one", &slow.sums);
    report.add_latencies(
        "delivery to the others",
        &outcome.deliveries,
        options.goal_p99_ms.map(Goal::AtMost),
    );
    let cut = outcome.sums.tick.cut as f64;
    report.add(Figure::new("the others: cut off", cut, "").aims(Some(Goal::AtMost(0.0))));
    report.add_faults("the others", &outcome.sums);
    Ok(report)
}
