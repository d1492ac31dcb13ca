//! How late things were: a histogram that travels between processes as its filled buckets.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// What is later than ten minutes counts as ten minutes.
const LONGEST: u64 = 600_000_000;

/// Durations in microseconds, with three significant digits. The time of each runs from the moment it was due,
/// so a server that stops for a second makes everything of that second late.
#[derive(Debug, Clone)]
pub struct Latencies(Histogram<u64>);

/// The filled buckets: value in microseconds, count.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Buckets(pub Vec<(u64, u64)>);

impl Latencies {
    /// An empty one.
    ///
    /// # Errors
    /// Never for these bounds.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self(Histogram::new_with_bounds(1, LONGEST, 3)?))
    }

    /// Records how late something was.
    pub fn record(&mut self, late: Duration) {
        self.0.saturating_record(u64::try_from(late.as_micros()).unwrap_or(LONGEST));
    }

    /// Adds what another process saw.
    pub fn add(&mut self, buckets: &Buckets) {
        for (value, count) in &buckets.0 {
            self.0.saturating_record_n(*value, *count);
        }
    }

    /// What came after `before`, an earlier state of these.
    ///
    /// # Errors
    /// When it is none.
    pub fn without(&self, before: &Self) -> anyhow::Result<Self> {
        let mut rest = self.0.clone();
        rest.subtract(&before.0)?;
        Ok(Self(rest))
    }

    /// The filled buckets.
    pub fn buckets(&self) -> Buckets {
        Buckets(self.0.iter_recorded().map(|it| (it.value_iterated_to(), it.count_at_value())).collect())
    }

    /// How many were recorded.
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// The latency in milliseconds below which this share of all lies.
    pub fn millis(&self, share: f64) -> f64 {
        self.0.value_at_quantile(share) as f64 / 1000.0
    }

    /// The largest in milliseconds.
    pub fn max_millis(&self) -> f64 {
        self.0.max() as f64 / 1000.0
    }

    /// In one line.
    pub fn line(&self) -> String {
        let at = |share| self.millis(share);
        let (p50, p90, p99) = (at(0.5), at(0.9), at(0.99));
        format!("p50 {p50:.1} ms, p90 {p90:.1} ms, p99 {p99:.1} ms, max {:.1} ms", self.max_millis())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hundred() -> Latencies {
        let mut some = Latencies::new().unwrap();
        (1..=100).for_each(|millis| some.record(Duration::from_millis(millis)));
        some
    }

    #[test]
    fn quantiles_are_told_in_milliseconds() {
        let line = hundred().line();
        assert!(line.starts_with("p50 50.0 ms, p90 90.0 ms, p99 99.0 ms"), "{line}");
    }

    #[test]
    fn nothing_is_lost_between_processes() {
        let mut sum = Latencies::new().unwrap();
        sum.add(&hundred().buckets());
        sum.add(&hundred().buckets());
        assert_eq!(sum.count(), 200);
        assert_eq!(sum.line(), hundred().line());
        assert_eq!(sum.without(&hundred()).unwrap().count(), 100);
    }
}
