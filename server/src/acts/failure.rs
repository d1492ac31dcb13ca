//! Passwords that were wrong, and how long whoever tries the next one on the same login waits: twice as long each time, up to
//! a quarter of an hour, never for ever, so that nobody can lock somebody else out. Logins that do not exist count alike.
//! Kept in memory per node: a restart forgives. Fails open, since the hashing itself slows guessing too.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;

use domain::moment::Moment;
use parking_lot::Mutex;

/// The longest wait, in milliseconds.
const LONGEST: i64 = 15 * 60_000;
/// After how long without a failure a login is forgotten, in milliseconds.
const FORGOTTEN: i64 = 60 * 60_000;
/// How many logins are remembered at most; beyond that those that failed once are let go.
const MOST: usize = 200_000;

#[derive(Debug, Clone, Copy)]
struct Failed {
    times: u32,
    last: Moment,
}

/// What is remembered of logins.
pub struct Failures {
    /// How many wrong passwords cost nothing.
    free: u32,
    hasher: RandomState,
    known: Mutex<HashMap<u64, Failed>>,
}

impl Failures {
    /// Nothing yet; `free` wrong passwords cost nothing.
    pub fn new(free: u32) -> Self {
        Self { free, hasher: RandomState::new(), known: Mutex::default() }
    }

    /// How many milliseconds are left to wait before the next password for `login` is looked at; 0 for none.
    pub fn wait(&self, login: &str, now: Moment) -> u64 {
        let known = self.known.lock();
        let Some(Failed { times, last }) = known.get(&self.hasher.hash_one(login)) else { return 0 };
        let doubled = times.saturating_sub(self.free).min(20);
        if doubled == 0 {
            return 0;
        }
        let until = last.plus_millis((1_000_i64 << doubled).min(LONGEST));
        (until.millis() - now.millis()).max(0).unsigned_abs()
    }

    /// The password for `login` was wrong.
    pub fn failed(&self, login: &str, now: Moment) {
        let mut known = self.known.lock();
        if known.len() >= MOST {
            known.retain(|_, failed| failed.times > 1 && !is_over(failed, now));
        }
        let failed = known.entry(self.hasher.hash_one(login)).or_insert(Failed { times: 0, last: now });
        let times = if is_over(failed, now) { 0 } else { failed.times };
        *failed = Failed { times: times.saturating_add(1), last: now };
    }

    /// It was right.
    pub fn succeeded(&self, login: &str) {
        self.known.lock().remove(&self.hasher.hash_one(login));
    }

    /// Lets go of those who have been quiet.
    pub fn forget(&self, now: Moment) {
        self.known.lock().retain(|_, failed| !is_over(failed, now));
    }
}

fn is_over(failed: &Failed, now: Moment) -> bool {
    failed.last.plus_millis(FORGOTTEN) <= now
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: i64) -> Moment {
        Moment::from_millis(seconds * 1000)
    }

    #[test]
    fn the_wait_doubles_and_ends() {
        let failures = Failures::new(2);
        let mut now = 0;
        let mut waits = Vec::new();
        for _ in 0..14 {
            failures.failed("nina", at(now));
            let wait = failures.wait("nina", at(now)) / 1000;
            waits.push(wait);
            now += i64::try_from(wait).unwrap();
            assert_eq!(failures.wait("nina", at(now)), 0);
        }
        assert_eq!(waits, [0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
        assert_eq!(failures.wait("petr", at(now)), 0, "nobody else waits");
    }

    #[test]
    fn it_is_forgotten_after_success_or_an_hour() {
        let failures = Failures::new(0);
        failures.failed("nina", at(0));
        assert_eq!(failures.wait("nina", at(0)), 2_000);
        failures.succeeded("nina");
        assert_eq!(failures.wait("nina", at(0)), 0);
        for second in 0..9 {
            failures.failed("nina", at(second));
        }
        failures.failed("nina", at(8 + 3600));
        assert_eq!(failures.wait("nina", at(8 + 3600)), 2_000);
        failures.forget(at(9 + 2 * 3600));
        assert_eq!(failures.known.lock().len(), 0);
    }

    #[test]
    fn memory_has_an_end() {
        let failures = Failures::new(0);
        for number in 0..MOST + 10 {
            failures.failed(&number.to_string(), at(0));
        }
        assert!(failures.known.lock().len() <= MOST);
    }
}
