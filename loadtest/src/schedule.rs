//! When each post is due, and which number each was given. A post is late by the clock of this schedule, not
//! by the moment it could be sent: a server that stops for a second makes every post of that second late.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// The posts of one run.
pub struct Schedule {
    /// Tells the posts of this run from others.
    run: String,
    start: Instant,
    gap: Duration,
    /// The number of each post in the feed, as soon as anyone knows it; 0 before.
    seqs: Vec<AtomicU64>,
}

impl Schedule {
    /// `posts` posts at `rate` a second, the first at `start`.
    pub fn new(run: String, start: Instant, posts: u32, rate: f64) -> Self {
        let seqs = (0..posts).map(|_| AtomicU64::new(0)).collect();
        Self { run, start, gap: Duration::from_secs_f64(rate.recip()), seqs }
    }

    /// The indices of the posts, in order.
    pub fn posts(&self) -> std::ops::Range<u32> {
        0..u32::try_from(self.seqs.len()).unwrap_or(u32::MAX)
    }

    /// When a post is due.
    pub fn due(&self, index: u32) -> Instant {
        self.start + self.gap.saturating_mul(index)
    }

    /// How long ago a post was due.
    pub fn late(&self, index: u32) -> Duration {
        self.due(index).elapsed()
    }

    /// The name of the try.
    pub fn cid(&self, index: u32) -> String {
        format!("{}-{index}", self.run)
    }

    /// The text.
    pub fn text(&self, index: u32) -> String {
        format!("Нагрузка {} {index}", self.run)
    }

    /// Which post of this run has this cid.
    pub fn of_cid(&self, cid: &str) -> Option<u32> {
        self.index(cid.strip_prefix(&self.run)?.strip_prefix('-')?)
    }

    /// Which post of this run has this text.
    pub fn of_text(&self, text: &str) -> Option<u32> {
        self.index(text.strip_prefix("Нагрузка ")?.strip_prefix(&self.run)?.strip_prefix(' ')?)
    }

    fn index(&self, digits: &str) -> Option<u32> {
        digits.parse().ok().filter(|index| self.posts().contains(index))
    }

    /// Notes the number somebody got for a post; `false` when somebody else got another one.
    pub fn agrees(&self, index: u32, seq: u64) -> bool {
        let Some(known) = usize::try_from(index).ok().and_then(|index| self.seqs.get(index)) else {
            return false;
        };
        known
            .compare_exchange(0, seq, Ordering::Relaxed, Ordering::Relaxed)
            .map_or_else(|old| old == seq, |_| true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule() -> Schedule {
        Schedule::new("x1".into(), Instant::now(), 3, 20.0)
    }

    #[tokio::test]
    async fn posts_are_due_one_gap_apart_and_found_by_what_they_say() {
        let schedule = schedule();
        assert_eq!(schedule.due(2) - schedule.due(0), Duration::from_millis(100));
        for index in schedule.posts() {
            assert_eq!(schedule.of_cid(&schedule.cid(index)), Some(index));
            assert_eq!(schedule.of_text(&schedule.text(index)), Some(index));
        }
        assert_eq!(schedule.of_text("Нагрузка x1 3"), None, "there is no such post");
        assert_eq!(schedule.of_text("Нагрузка x2 1"), None, "another run's");
        assert_eq!(schedule.of_cid("x11"), None);
    }

    #[tokio::test]
    async fn a_post_has_one_number_for_everybody() {
        let schedule = schedule();
        assert!(schedule.agrees(1, 7));
        assert!(schedule.agrees(1, 7));
        assert!(!schedule.agrees(1, 8));
        assert!(!schedule.agrees(9, 7), "there is no such post");
    }
}
