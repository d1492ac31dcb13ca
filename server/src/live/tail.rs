//! The last entries of a room, as they were sent: most who come back have missed a few of them, and thousands come
//! back at once. A piece of the log without a hole that ends at the room's head; the store has the rest.

use std::collections::VecDeque;

use crate::live::encode::Bytes;
use crate::live::outlet::Frames;

/// How many entries are remembered.
pub const ENTRIES: usize = 256;
/// How many bytes of them.
const BYTES: usize = 128 * 1024;

/// A room's last entries, and the history they belong to.
pub struct Tail {
    epoch: Box<str>,
    entries: VecDeque<Bytes>,
    bytes: usize,
}

impl Tail {
    /// Nothing yet of this history.
    pub fn new(epoch: String) -> Self {
        Self { epoch: epoch.into(), entries: VecDeque::new(), bytes: 0 }
    }

    /// The history.
    pub fn epoch(&self) -> &str {
        &self.epoch
    }

    /// Remembers the entry that follows the last one, at the cost of the oldest.
    pub fn add(&mut self, entry: Bytes) {
        self.bytes = self.bytes.saturating_add(entry.len());
        self.entries.push_back(entry);
        while self.entries.len() > ENTRIES || self.bytes > BYTES {
            let Some(oldest) = self.entries.pop_front() else { return };
            self.bytes = self.bytes.saturating_sub(oldest.len());
        }
    }

    /// Forgets everything, because some of it says now what nobody may read.
    pub fn forget(&mut self) {
        self.entries.clear();
        self.bytes = 0;
    }

    /// The last `count` entries; `None` when fewer are remembered.
    pub fn last(&self, count: u64) -> Option<Frames> {
        let skip = self.entries.len().checked_sub(usize::try_from(count).ok()?)?;
        Some(self.entries.iter().skip(skip).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(tail: &Tail, count: u64) -> Option<String> {
        let frames = tail.last(count)?;
        Some(frames.iter().map(|frame| String::from_utf8(frame.to_vec()).unwrap()).collect())
    }

    #[test]
    fn it_remembers_the_last_and_says_when_it_does_not() {
        let mut tail = Tail::new("first".into());
        assert_eq!((last(&tail, 0), last(&tail, 1)), (Some(String::new()), None));
        for entry in ["a", "b", "c"] {
            tail.add(entry.into());
        }
        assert_eq!((last(&tail, 2), last(&tail, 3)), (Some("bc".into()), Some("abc".into())));
        assert_eq!((last(&tail, 4), last(&tail, u64::MAX)), (None, None));
        tail.forget();
        tail.add("d".into());
        assert_eq!((last(&tail, 1), last(&tail, 2)), (Some("d".into()), None));
    }

    #[test]
    fn it_is_bounded_by_number_and_by_bytes() {
        let mut tail = Tail::new("first".into());
        for _ in 0..=ENTRIES {
            tail.add("x".into());
        }
        assert!(tail.last(ENTRIES as u64).is_some() && tail.last(ENTRIES as u64 + 1).is_none());
        let large: Bytes = "x".repeat(BYTES / 2).into();
        tail.add(large.clone());
        tail.add(large.clone());
        assert!(tail.last(2).is_some() && tail.last(3).is_none());
        tail.add("x".repeat(BYTES + 1).into());
        assert!(tail.last(1).is_none(), "what is too large alone is not remembered, nor what came before");
        tail.add(large);
        assert!(tail.last(1).is_some() && tail.last(2).is_none());
    }
}
