//! What one member of a room got, checked as it comes: everything once, in order, with no hole. Pure.

use std::collections::BTreeSet;

/// The check of one feed on one socket.
#[derive(Debug, Clone)]
pub struct Deliveries {
    next: u64,
    missing: BTreeSet<u64>,
    faults: Faults,
}

/// What went wrong, counted.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Faults {
    /// Never came.
    pub lost: u64,
    /// Came again.
    pub doubled: u64,
    /// Came after a later one.
    pub swapped: u64,
    /// Came with another number than others got.
    pub renumbered: u64,
}

impl Faults {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
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
        let faults = Faults { lost: 0, doubled: 0, swapped: 0, renumbered: 0 };
        Self { next: head.saturating_add(1), missing: BTreeSet::new(), faults }
    }

    /// Takes the number of an entry that came.
    pub fn take(&mut self, seq: u64) {
        if seq < self.next {
            if self.missing.remove(&seq) {
                self.faults.swapped += 1;
            } else {
                self.faults.doubled += 1;
            }
            return;
        }
        self.missing.extend(self.next..seq);
        self.next = seq.saturating_add(1);
    }

    /// Notes that an entry came with another number than others got.
    pub const fn renumbered(&mut self) {
        self.faults.renumbered += 1;
    }

    /// Whether everything up to `head` has come, in whatever order.
    pub fn has_all(&self, head: u64) -> bool {
        self.next > head && self.missing.is_empty()
    }

    /// What went wrong when the feed ended at `head`.
    pub fn faults(&self, head: u64) -> Faults {
        let unheard = head.saturating_add(1).saturating_sub(self.next);
        Faults { lost: self.missing.len() as u64 + unheard, ..self.faults }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn faults_add_up() {
        let mut all = faults(&[12, 12, 11]);
        all += Faults { renumbered: 1, ..Faults::default() };
        assert_eq!(all, Faults { lost: 2, doubled: 1, swapped: 1, renumbered: 1 });
    }
}
