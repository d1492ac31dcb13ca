//! What a run showed, and how it is told. The only place that writes to the terminal, progress apart.

use std::collections::BTreeMap;
use std::time::Duration;

use hdrhistogram::Histogram;

use crate::delivery::Faults;

/// A histogram of durations in microseconds, with three significant digits.
pub type Latencies = Histogram<u64>;

/// What is later than ten minutes counts as ten minutes.
const LONGEST: u64 = 600_000_000;

/// What a run of `fanout` showed.
pub struct Report {
    /// Who followed the room.
    pub members: u32,
    /// Posts that were to be made.
    pub posts: u32,
    /// Posts that were acknowledged.
    pub acked: u32,
    /// Posts the server refused, by code.
    pub refused: BTreeMap<String, u32>,
    /// Sockets opened, signed in and subscribed a second.
    pub joins: f64,
    /// From the first post due to the last delivery.
    pub took: Duration,
    /// From the moment a post was due to its acknowledgement.
    pub acks: Latencies,
    /// From the moment a post was due to each delivery.
    pub deliveries: Latencies,
    /// What went wrong with deliveries.
    pub faults: Faults,
    /// Sockets that ended early, by reason.
    pub cut: BTreeMap<String, u32>,
}

impl Report {
    /// A report of a run in which nothing has happened yet.
    ///
    /// # Errors
    /// Those of [`latencies`].
    pub fn new(members: u32, posts: u32) -> anyhow::Result<Self> {
        Ok(Self {
            members,
            posts,
            acked: 0,
            refused: BTreeMap::new(),
            joins: 0.0,
            took: Duration::ZERO,
            acks: latencies()?,
            deliveries: latencies()?,
            faults: Faults::default(),
            cut: BTreeMap::new(),
        })
    }

    /// Whether everything arrived, once, in order.
    pub fn is_good(&self) -> bool {
        self.acked == self.posts && self.faults.is_empty() && self.cut.is_empty()
    }
}

/// A histogram for a run.
///
/// # Errors
/// Never for these bounds.
pub fn latencies() -> anyhow::Result<Latencies> {
    Ok(Histogram::new_with_bounds(1, LONGEST, 3)?)
}

/// Records how late something was.
pub fn record(latencies: &mut Latencies, late: Duration) {
    latencies.saturating_record(u64::try_from(late.as_micros()).unwrap_or(LONGEST));
}

/// Prints a report.
#[expect(clippy::print_stdout, reason = "standard output is where a report goes")]
pub fn print(report: &Report) {
    let Report { members, posts, acked, refused, joins, took, acks, deliveries, faults, cut } = report;
    let seconds = took.as_secs_f64();
    println!("members      {members}, joined at {joins:.0}/s");
    println!("posts        {acked} of {posts} acknowledged in {seconds:.1} s");
    println!("deliveries   {} at {:.0}/s", deliveries.len(), deliveries.len() as f64 / seconds.max(0.001));
    println!("due → ack      {}", quantiles(acks));
    println!("due → delivery {}", quantiles(deliveries));
    let Faults { lost, doubled, swapped, renumbered } = faults;
    println!("lost {lost}, twice {doubled}, out of order {swapped}, under another number {renumbered}");
    for (code, count) in refused {
        println!("refused      {count} × {code}");
    }
    for (why, count) in cut {
        println!("cut off      {count} × {why}");
    }
    println!("{}", if report.is_good() { "good" } else { "NOT GOOD" });
}

fn quantiles(latencies: &Latencies) -> String {
    let at = |quantile: f64| latencies.value_at_quantile(quantile) as f64 / 1000.0;
    let max = latencies.max() as f64 / 1000.0;
    format!("p50 {:.1} ms, p90 {:.1} ms, p99 {:.1} ms, max {max:.1} ms", at(0.5), at(0.9), at(0.99))
}

/// Says why nothing could be shown.
#[expect(clippy::print_stderr, reason = "standard error is where a command complains")]
pub fn complain(line: &str) {
    eprintln!("{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        Report { acked: 3, ..Report::new(2, 3).unwrap() }
    }

    #[test]
    fn only_a_whole_run_is_good() {
        assert!(report().is_good());
        assert!(!Report { acked: 2, ..report() }.is_good());
        assert!(!Report { faults: Faults { lost: 1, ..Faults::default() }, ..report() }.is_good());
        assert!(!Report { faults: Faults { swapped: 1, ..Faults::default() }, ..report() }.is_good());
        assert!(!Report { cut: BTreeMap::from([("4001 slow".into(), 1)]), ..report() }.is_good());
    }

    #[test]
    fn quantiles_are_told_in_milliseconds() {
        let mut some = latencies().unwrap();
        for millis in 1..=100 {
            record(&mut some, Duration::from_millis(millis));
        }
        assert!(
            quantiles(&some).starts_with("p50 50.0 ms, p90 90.0 ms, p99 99.0 ms"),
            "{}",
            quantiles(&some)
        );
    }
}
