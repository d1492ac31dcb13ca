//! Whether this node should get traffic. Readiness falls first when the server goes down; liveness stays. A node that
//! is degraded is ready, and says what is wrong.

use std::sync::atomic::{AtomicBool, Ordering};

/// The node's health.
#[derive(Debug, Default)]
pub struct Health {
    clock_is_real: bool,
    draining: AtomicBool,
    clock_is_off: AtomicBool,
    schema_is_newer: AtomicBool,
}

impl Health {
    /// The health of a node that has just begun. Only a clock that is meant to be real can be wrong.
    pub fn new(clock_is_real: bool) -> Self {
        Self { clock_is_real, ..Self::default() }
    }

    /// From now on no new traffic is wanted.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Release);
    }

    /// Whether the node is going down.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// Notes how far this node's clock is ahead of the database's, in milliseconds; with more than `most` in either
    /// direction its promises of time are worth nothing.
    pub fn note_clock(&self, ahead: i64, most: u64) {
        metrics::gauge!("medchat_clock_ahead_seconds").set(ahead as f64 / 1000.0);
        let off = self.clock_is_real && ahead.unsigned_abs() > most;
        if self.clock_is_off.swap(off, Ordering::AcqRel) != off {
            if off {
                tracing::error!(
                    ahead.millis = ahead,
                    "this node's clock is not the database's: it is not ready"
                );
            } else {
                tracing::info!(ahead.millis = ahead, "this node's clock is the database's again");
            }
        }
    }

    /// Whether new sockets are wanted.
    pub fn is_fit(&self) -> bool {
        !self.is_draining() && !self.clock_is_off()
    }

    /// Whether the clock may not be relied on.
    pub fn clock_is_off(&self) -> bool {
        self.clock_is_off.load(Ordering::Acquire)
    }

    /// Notes whether another program has brought the database further than this one knows.
    pub fn note_schema(&self, newer: bool) {
        metrics::gauge!("medchat_schema_is_newer").set(if newer { 1.0 } else { 0.0 });
        if self.schema_is_newer.swap(newer, Ordering::AcqRel) != newer && newer {
            tracing::warn!("a newer program has brought the database further: replace this node");
        }
    }

    /// Whether the database is further than this program.
    pub fn schema_is_newer(&self) -> bool {
        self.schema_is_newer.load(Ordering::Acquire)
    }
}
