//! What one reader of a feed got, checked as it comes: everything once, in order, with no hole. Pure, and small,
//! since there are three million of these in a full run.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// The check of one feed on one socket.
#[derive(Debug, Clone)]
pub struct Deliveries {
    next: u64,
    /// Most readers never have any.
    trouble: Option<Box<Trouble>>,
}

#[derive(Debug, Clone, Default)]
struct Trouble {
    missing: BTreeSet<u64>,
    doubled: u64,
    swapped: u64,
}

/// What went wrong, counted.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Faults {
    /// Never came.
    pub lost: u64,
    /// Came again.
    pub doubled: u64,
    /// Came after a later one.
    pub swapped: u64,
    /// Came with another number, or another content, than others got.
    pub renumbered: u64,
}

impl Default for Deliveries {
    /// Of a feed nobody subscribed to.
    fn default() -> Self {
        Self::after(0)
    }
}

impl std::ops::AddAssign for Faults {
    fn add_assign(&mut self, other: Self) {
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.swapped += other.swapped;
        self.renumbered += other.renumbered;
    }
}

impl Deliveries {
    /// Of a feed that stood at `head` when it was subscribed to.
    pub const fn after(head: u64) -> Self {
        Self { next: head.saturating_add(1), trouble: None }
    }

    /// The number up to which something came: what to ask for after coming back.
    pub const fn heard(&self) -> u64 {
        self.next.saturating_sub(1)
    }

    /// Takes the number of an entry that came.
    pub fn take(&mut self, seq: u64) {
        if seq == self.next {
            self.next = seq.saturating_add(1);
            return;
        }
        let trouble = self.trouble.get_or_insert_default();
        if seq > self.next {
            trouble.missing.extend(self.next..seq);
            self.next = seq.saturating_add(1);
        } else if trouble.missing.remove(&seq) {
            trouble.swapped += 1;
        } else {
            trouble.doubled += 1;
        }
    }

    /// Whether everything up to `head` has come, in whatever order.
    pub fn has_all(&self, head: u64) -> bool {
        self.next > head && self.trouble.as_ref().is_none_or(|trouble| trouble.missing.is_empty())
    }

    /// What went wrong when the feed ended at `head`.
    pub fn faults(&self, head: u64) -> Faults {
        let unheard = head.saturating_add(1).saturating_sub(self.next);
        let Some(trouble) = &self.trouble else { return Faults { lost: unheard, ..Faults::default() } };
        let Trouble { missing, doubled, swapped } = trouble.as_ref();
        let lost = missing.len() as u64 + unheard;
        Faults { lost, doubled: *doubled, swapped: *swapped, renumbered: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Faults {
        pub(crate) fn is_empty(&self) -> bool {
            *self == Self::default()
        }
    }

    fn faults(seqs: &[u64]) -> Faults {
        let mut deliveries = Deliveries::after(10);
        for seq in seqs {
            deliveries.take(*seq);
        }
        let faults = deliveries.faults(14);
        assert_eq!(deliveries.has_all(14), faults.lost == 0, "{seqs:?}");
        faults
    }

    #[test]
    fn everything_once_in_order_is_good() {
        assert!(faults(&[11, 12, 13, 14]).is_empty());
    }

    #[test]
    fn a_lost_delivery_is_found_wherever_it_is() {
        let one = Faults { lost: 1, ..Faults::default() };
        assert_eq!(faults(&[12, 13, 14]), one, "the first");
        assert_eq!(faults(&[11, 13, 14]), one, "in the middle");
        assert_eq!(faults(&[11, 12, 13]), one, "the last");
        assert_eq!(faults(&[]).lost, 4, "all");
    }

    #[test]
    fn a_doubled_delivery_is_found() {
        let one = Faults { doubled: 1, ..Faults::default() };
        assert_eq!(faults(&[11, 12, 12, 13, 14]), one);
        assert_eq!(faults(&[11, 12, 13, 14, 11]), one, "long after");
        assert_eq!(faults(&[10, 11, 12, 13, 14]), one, "from before the subscription");
    }

    #[test]
    fn a_swapped_delivery_is_found() {
        let one = Faults { swapped: 1, ..Faults::default() };
        assert_eq!(faults(&[11, 13, 12, 14]), one);
        assert_eq!(faults(&[14, 11, 12, 13]), Faults { swapped: 3, ..Faults::default() });
    }

    #[test]
    fn a_feed_nobody_follows_loses_nothing() {
        let deliveries = Deliveries::default();
        assert!(deliveries.faults(deliveries.heard()).is_empty());
    }

    #[test]
    fn who_comes_back_asks_from_where_they_were() {
        let mut deliveries = Deliveries::after(10);
        assert_eq!(deliveries.heard(), 10);
        deliveries.take(11);
        assert_eq!(deliveries.heard(), 11);
    }

    #[test]
    fn a_reader_without_trouble_costs_two_words() {
        assert_eq!(size_of::<Deliveries>(), 16);
    }

    #[test]
    fn faults_add_up() {
        let mut all = faults(&[12, 12, 11]);
        all += Faults { renumbered: 1, ..Faults::default() };
        assert_eq!(all, Faults { lost: 2, doubled: 1, swapped: 1, renumbered: 1 });
    }
}
