//! The one clock of a run: monotonic and the same in every process of this machine, so that a post made in one
//! process is timed in another.

use std::time::Duration;

use rustix::time::{ClockId, Timespec, clock_gettime};

/// Microseconds since the machine started.
pub fn micros() -> u64 {
    let Timespec { tv_sec, tv_nsec } = clock_gettime(ClockId::Monotonic);
    let seconds = u64::try_from(tv_sec).unwrap_or_default();
    seconds * 1_000_000 + u64::try_from(tv_nsec).unwrap_or_default() / 1000
}

/// From `then` to now; nothing when `then` is still to come.
pub fn since(then: u64) -> Duration {
    Duration::from_micros(micros().saturating_sub(then))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_and_what_is_to_come_has_taken_no_time() {
        let now = micros();
        assert!(now > 0);
        assert!(micros() >= now);
        assert_eq!(since(now + 3_600_000_000), Duration::ZERO);
    }
}
