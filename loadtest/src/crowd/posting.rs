//! Posts on a schedule: which is due, who makes it, what is still unanswered. The schedule runs on whatever the
//! server does. Pure: the crowd sends what it is given here.

use std::collections::BTreeMap;

use crate::crowd::order::{Pace, Plan};

/// A plan under way.
pub struct Posting {
    plan: Plan,
    /// How many posts were begun.
    begun: u32,
    /// How many are in flight, for paces that look at it.
    flying: u32,
}

/// A post to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Its index in the run.
    pub index: u32,
    /// When it was due.
    pub due: u64,
    /// Whose turn it is, counted over all posts.
    pub turn: u32,
}

/// A post without an answer yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// Who makes it.
    pub sender: u32,
    /// When it was due.
    pub due: u64,
    /// Where it goes, by id; without one to the sender's own room.
    pub room: Option<String>,
    /// How many characters are added to its text.
    pub padding: u32,
}

/// All posts of a crowd without an answer, by index.
pub type AllUnanswered = BTreeMap<u32, Unanswered>;

impl Posting {
    /// A plan of which nothing has happened yet.
    pub const fn new(plan: Plan) -> Self {
        Self { plan, begun: 0, flying: 0 }
    }

    /// Begins no further post.
    pub const fn hush(&mut self) {
        self.plan.count = self.begun;
    }

    /// What is to be done for a post.
    pub fn work(&self, post: Due) -> Unanswered {
        let Plan { senders, rooms, padding, .. } = &self.plan;
        let turn = usize::try_from(post.turn).unwrap_or_default();
        let sender = senders.get(turn.checked_rem(senders.len()).unwrap_or_default()).copied();
        let room = rooms.get(turn.checked_rem(rooms.len()).unwrap_or_default()).cloned();
        Unanswered { sender: sender.unwrap_or_default(), due: post.due, room, padding: *padding }
    }

    /// The next post, when one is due at `now`.
    pub fn next(&mut self, now: u64) -> Option<Due> {
        let due = self.due()?;
        if due > now || now >= self.plan.until {
            return None;
        }
        let turn = self.begun;
        self.begun += 1;
        self.flying += 1;
        let due = if matches!(self.plan.pace, Pace::Rate { .. }) { due } else { now };
        Some(Due { index: self.plan.first + turn, due, turn })
    }

    /// When the next post is due; 0 for at once, `None` for not before something comes back.
    pub fn due(&self) -> Option<u64> {
        if self.begun == self.plan.count {
            return None;
        }
        match self.plan.pace {
            Pace::Rate { rate, start } => Some(start + (f64::from(self.begun) * 1e6 / rate) as u64),
            Pace::Heard { window } | Pace::Acked { window } => (self.flying < window).then_some(0),
        }
    }

    /// A post was heard by everybody.
    pub fn heard(&mut self, index: u32) {
        if matches!(self.plan.pace, Pace::Heard { .. }) {
            self.landed(index);
        }
    }

    /// A post was answered.
    pub fn answered(&mut self, index: u32) {
        if matches!(self.plan.pace, Pace::Acked { .. }) {
            self.landed(index);
        }
    }

    fn landed(&mut self, index: u32) {
        if index.checked_sub(self.plan.first).is_some_and(|at| at < self.begun) {
            self.flying = self.flying.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posting(pace: Pace) -> Posting {
        let until = 10_000_000;
        Posting::new(Plan {
            first: 100,
            count: 3,
            pace,
            until,
            senders: vec![0],
            rooms: Vec::new(),
            padding: 0,
        })
    }

    #[test]
    fn nothing_is_begun_after_the_end() {
        let mut posting = posting(Pace::Acked { window: 9 });
        assert!(posting.next(9_999_999).is_some());
        assert_eq!(posting.next(10_000_000), None);
    }

    #[test]
    fn a_rate_is_kept_whatever_happens() {
        let mut posting = posting(Pace::Rate { rate: 20.0, start: 1_000_000 });
        assert_eq!(posting.next(999_999), None);
        // The process slept for a while: posts are late from the moment they were due.
        let mut late = std::iter::from_fn(|| posting.next(2_000_000));
        assert_eq!(late.next(), Some(Due { index: 100, due: 1_000_000, turn: 0 }));
        assert_eq!(late.next(), Some(Due { index: 101, due: 1_050_000, turn: 1 }));
        assert_eq!(late.next(), Some(Due { index: 102, due: 1_100_000, turn: 2 }));
        assert_eq!(late.next(), None, "there are three");
    }

    #[test]
    fn a_window_opens_when_a_post_was_heard_by_all() {
        let mut posting = posting(Pace::Heard { window: 2 });
        assert_eq!(posting.next(5).map(|post| post.index), Some(100));
        assert_eq!(posting.next(5).map(|post| post.index), Some(101));
        assert_eq!(posting.next(5), None);
        posting.answered(100);
        posting.heard(99);
        assert_eq!(posting.next(6), None, "an answer, or another plan's post, is not what it waits for");
        posting.heard(100);
        assert_eq!(posting.next(7), Some(Due { index: 102, due: 7, turn: 2 }));
    }

    #[test]
    fn or_when_it_was_acknowledged() {
        let mut posting = posting(Pace::Acked { window: 1 });
        assert!(posting.next(1).is_some());
        posting.heard(100);
        assert_eq!(posting.due(), None);
        posting.answered(100);
        assert_eq!(posting.due(), Some(0));
    }
}
