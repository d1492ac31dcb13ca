//! What a pure program may not take for itself: the moment, randomness and new ids. The composition root
//! hands one [`Sources`] down; tests hand down a clock they move and a seeded dice.

use std::sync::Arc;

use crate::id::Id;
use crate::moment::Moment;

/// Tells the current moment.
pub trait Clock: Send + Sync {
    /// The current moment.
    fn now(&self) -> Moment;
}

/// Gives unpredictable bytes; secrets are made of them.
pub trait Dice: Send + Sync {
    /// Fills `bytes` with random ones.
    fn fill(&self, bytes: &mut [u8]);
}

/// The clock and the dice of one process.
#[derive(Clone)]
pub struct Sources {
    clock: Arc<dyn Clock>,
    dice: Arc<dyn Dice>,
}

impl Sources {
    /// Sources made of `clock` and `dice`.
    pub fn new(clock: Arc<dyn Clock>, dice: Arc<dyn Dice>) -> Self {
        Self { clock, dice }
    }

    /// The current moment.
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.dice.fill(&mut bytes);
        bytes
    }

    /// A random number.
    pub fn number(&self) -> u64 {
        u64::from_le_bytes(self.bytes())
    }

    /// A new id of any noun: UUIDv7 of the current moment (RFC 9562 §5.7).
    pub fn id<N>(&self) -> Id<N> {
        let millis = self.now().millis().max(0).unsigned_abs();
        Id::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid())
    }
}

impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sources")
    }
}
