//! What a crowd counts while it goes.

use std::collections::BTreeMap;

use crate::crowd::order::{Span, Sums, Tick};
use crate::delivery::Faults;
use crate::latency::Latencies;

/// Counts of a run.
pub struct Tally {
    /// The counts told several times a second.
    pub tick: Tick,
    /// What went wrong with numbers; the rest is known at the end alone.
    pub renumbered: u64,
    /// Due to delivery.
    pub deliveries: Latencies,
    /// Due to delivery, in rooms reported apart.
    pub apart: Latencies,
    /// Due to delivery, of announcements.
    pub news: Latencies,
    /// Due to acknowledgement.
    pub acks: Latencies,
    /// Cut off to back.
    pub returns: Latencies,
    /// Posts refused, by code.
    pub refused: BTreeMap<String, u64>,
    /// Sockets that ended, by reason.
    pub cut: BTreeMap<String, u64>,
    /// The numbers acknowledged in each feed.
    pub acked: BTreeMap<String, Span>,
}

impl Tally {
    /// Nothing yet.
    ///
    /// # Errors
    /// Never.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self {
            tick: Tick::default(),
            renumbered: 0,
            deliveries: Latencies::new()?,
            apart: Latencies::new()?,
            news: Latencies::new()?,
            acks: Latencies::new()?,
            returns: Latencies::new()?,
            refused: BTreeMap::new(),
            cut: BTreeMap::new(),
            acked: BTreeMap::new(),
        })
    }

    /// A socket ended.
    pub fn cut(&mut self, why: &str) {
        self.tick.cut += 1;
        *self.cut.entry(why.to_owned()).or_default() += 1;
    }

    /// A post was refused.
    pub fn refuse(&mut self, code: String) {
        self.tick.refused += 1;
        *self.refused.entry(code).or_default() += 1;
    }

    /// A post was acknowledged under this number.
    pub fn acknowledge(&mut self, feed: String, seq: u64) {
        self.tick.acked += 1;
        self.acked.entry(feed).and_modify(|span| *span = span.with(Span::of(seq))).or_insert(Span::of(seq));
    }

    /// All of it, with the faults found at the end and the numbers heard.
    pub fn sums(&self, faults: Faults, numbers: Vec<(u32, u64)>) -> Sums {
        Sums {
            tick: self.tick,
            faults: Faults { renumbered: faults.renumbered + self.renumbered, ..faults },
            deliveries: self.deliveries.buckets(),
            apart: self.apart.buckets(),
            news: self.news.buckets(),
            acks: self.acks.buckets(),
            returns: self.returns.buckets(),
            refused: self.refused.clone(),
            cut: self.cut.clone(),
            acked: self.acked.clone(),
            numbers,
        }
    }
}
