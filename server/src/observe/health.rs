//! Whether this node should get traffic. Readiness falls first when the server goes down; liveness stays.

use std::sync::atomic::{AtomicBool, Ordering};

/// The node's health.
#[derive(Debug, Default)]
pub struct Health {
    draining: AtomicBool,
}

impl Health {
    /// From now on no new traffic is wanted.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Release);
    }

    /// Whether the node is going down.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }
}
