//! What a crowd knows of a feed that many of its members follow: each entry once, so that what a frame says is
//! read once and everybody else's copy is only compared with it.

use crate::stamp::Stamp;

/// No feed grows by more in one run; a larger number is a fault of the server.
const LONGEST: u64 = 50_000_000;

/// A feed many follow.
pub struct Feed {
    /// Its name.
    pub name: String,
    /// How many members of this crowd follow it.
    pub followers: u32,
    /// Whether its latencies are reported apart.
    pub is_apart: bool,
    /// The number of the first entry that is kept here.
    base: Option<u64>,
    entries: Vec<Entry>,
}

/// What is known of an entry.
#[derive(Debug, Clone, Copy, Default)]
pub struct Entry {
    digest: u64,
    /// What the post says, when it is one of ours.
    pub stamp: Option<Stamp>,
    /// How many heard it.
    pub heard: u32,
}

/// What somebody heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// The stamp of the post.
    pub stamp: Option<Stamp>,
    /// Whether others heard the same under this number.
    pub agrees: bool,
    /// Whether all members have heard it now.
    pub by_all: bool,
}

impl Feed {
    /// A feed nobody follows yet.
    pub const fn new(name: String) -> Self {
        Self { name, followers: 0, is_apart: false, base: None, entries: Vec::new() }
    }

    /// Somebody follows it and heard that it stands at `head`.
    pub fn stands_at(&mut self, head: u64) {
        self.base.get_or_insert(head + 1);
    }

    /// Takes somebody's copy of an entry.
    pub fn hear(&mut self, seq: u64, frame: &[u8]) -> Heard {
        let digest = digest(frame);
        let followers = self.followers;
        let Some(entry) = self.entry(seq) else {
            // From before the run: replayed to whoever comes back.
            return Heard { stamp: Stamp::find(frame), agrees: true, by_all: false };
        };
        if entry.heard == 0 {
            *entry = Entry { digest, stamp: Stamp::find(frame), heard: 0 };
        }
        // A replay may be written otherwise than the live frame; what it says may not differ.
        let agrees = entry.digest == digest || Stamp::find(frame) == entry.stamp;
        entry.heard += 1;
        Heard { stamp: entry.stamp, agrees, by_all: entry.heard == followers }
    }

    fn entry(&mut self, seq: u64) -> Option<&mut Entry> {
        let at = seq.checked_sub(self.base?).filter(|at| *at < LONGEST)?;
        let at = usize::try_from(at).ok()?;
        if self.entries.len() <= at {
            self.entries.resize(at + 1, Entry::default());
        }
        self.entries.get_mut(at)
    }

    /// The posts of a run that were heard here: index and number.
    pub fn numbers(&self, run: u32) -> impl Iterator<Item = (u32, u64)> {
        let base = self.base.unwrap_or_default();
        let ours = move |(seq, entry): (u64, &Entry)| {
            entry.stamp.filter(|stamp| stamp.run == run).map(|stamp| (stamp.index, seq))
        };
        (base..).zip(&self.entries).filter_map(ours)
    }
}

/// A quick digest: it tells slips of a server from each other, not an attacker.
fn digest(frame: &[u8]) -> u64 {
    const PRIME: u64 = 0x9e37_79b9_7f4a_7c15;
    let (words, rest) = frame.as_chunks::<8>();
    let mix = |digest: u64, word: u64| (digest ^ word).wrapping_mul(PRIME).rotate_left(29);
    let of_words = words.iter().fold(frame.len() as u64, |sum, word| mix(sum, u64::from_le_bytes(*word)));
    rest.iter().fold(of_words, |sum, byte| mix(sum, u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed() -> Feed {
        let mut feed = Feed { followers: 2, ..Feed::new("room:1".into()) };
        feed.stands_at(10);
        feed
    }

    fn frame(index: u32) -> Vec<u8> {
        let stamp = Stamp { run: 1, index, due: 5 };
        format!(r#"{{"ev":"entry","text":"{}"}}"#, stamp.text()).into()
    }

    #[test]
    fn an_entry_is_heard_by_all_when_each_heard_it() {
        let mut feed = feed();
        assert!(!feed.hear(11, &frame(0)).by_all);
        let last = feed.hear(11, &frame(0));
        assert!(last.by_all && last.agrees);
        assert_eq!(feed.numbers(1).collect::<Vec<_>>(), [(0, 11)]);
        assert_eq!(feed.numbers(2).count(), 0, "another run's");
    }

    #[test]
    fn two_posts_under_one_number_are_found() {
        let mut feed = feed();
        feed.hear(11, &frame(0));
        assert!(!feed.hear(11, &frame(1)).agrees);
    }

    #[test]
    fn a_replay_may_be_written_otherwise() {
        let mut feed = feed();
        feed.hear(12, &frame(3));
        let mut replay = frame(3);
        replay.extend(b" ");
        assert!(feed.hear(12, &replay).agrees);
    }

    #[test]
    fn every_byte_counts() {
        let frame = frame(0);
        for at in 0..frame.len() {
            let mut other = frame.clone();
            other[at] ^= 1;
            assert_ne!(digest(&frame), digest(&other), "byte {at}");
        }
    }
}
