//! What operators see: logs, metrics and whether this node is fit to serve. Never a text somebody wrote.

pub mod health;
pub mod metrics;
pub mod trace;
