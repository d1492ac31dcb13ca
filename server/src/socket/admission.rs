//! Who may come in now. A node holds so many sockets and no more, and reads the rights of so many newcomers at once:
//! after a storm everybody comes back at the same moment, and the chat of those who are in already must go on.

use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// How many newcomers' rights are being read at once.
const AT_ONCE: usize = 64;
/// How long a newcomer waits for their turn; with a thousand read in a second that is a queue of three thousand.
const PATIENCE: Duration = Duration::from_secs(3);

/// The door of a node.
#[derive(Debug)]
pub struct Admission {
    room: usize,
    turns: Semaphore,
}

/// Whether there is a place for one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// There is.
    Free,
    /// There is not: they are told over a socket when to come back.
    Taken,
    /// Not even for telling.
    Crowded,
}

impl Admission {
    /// The door of a node that holds `room` sockets.
    pub fn new(room: usize) -> Self {
        Self { room, turns: Semaphore::new(AT_ONCE) }
    }

    /// Whether there is a place beside `open` sockets, those counted who are being sent away.
    pub fn place(&self, open: usize) -> Place {
        if open < self.room {
            Place::Free
        } else if open < self.room.saturating_add(1 + self.room / 40) {
            Place::Taken
        } else {
            Place::Crowded
        }
    }

    /// Waits for a turn to have one's rights read; `None` when it takes too long.
    pub async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        timeout(PATIENCE, self.turns.acquire()).await.ok()?.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_node_can_still_say_so_to_some() {
        let door = Admission::new(80);
        assert_eq!([79, 80, 82, 83].map(|open| door.place(open)), {
            use Place::*;
            [Free, Taken, Taken, Crowded]
        });
        assert_eq!(Admission::new(0).place(0), Place::Taken);
    }

    #[tokio::test]
    async fn so_many_are_read_at_once_and_the_next_one_waits() {
        let door = Admission::new(1);
        let mut turns = Vec::new();
        for _ in 0..AT_ONCE {
            turns.push(door.turn().await.unwrap());
        }
        assert!(timeout(Duration::from_millis(10), door.turn()).await.is_err(), "it waits");
        turns.pop();
        assert!(door.turn().await.is_some());
    }
}
