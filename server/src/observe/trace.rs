//! Logs: JSON lines on standard error, UTC, with the same fields everywhere (`room.id`, `account.id`,
//! `session.id`). What people write, their names and their passwords are never fields.

use tracing_subscriber::EnvFilter;

/// Starts logging what `filter` asks for.
pub fn install(filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().json().with_writer(std::io::stderr).with_env_filter(filter);
    // A second subscriber, as in tests, is no reason to stop.
    let _ = lines.try_init();
}
