//! How far feeds have come, read in groups: whoever asks while the store is being read shares the next reading.
//! When everybody comes back at once, each with a feed of their own, that is a few readings and not one each.

use std::collections::VecDeque;

use domain::feed::{Feed, Head};
use parking_lot::Mutex;
use store::{Store, StoreError, StoreResult};
use tokio::sync::Mutex as Turn;
use tokio::sync::oneshot::{self, error::TryRecvError};

/// How many feeds share a reading. A statement of each size is prepared once and kept, so there are few sizes.
const GROUP: usize = 16;

/// Why a feed could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// The store said why.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It failed for somebody else who asked for the same, and was told why.
    #[error("a reading shared with others failed")]
    Shared,
}

/// Whoever waits for a head: the sender is dropped when the reading fails.
type Waiting = (Feed, oneshot::Sender<Option<Head>>);

/// Reads heads.
pub struct Heads {
    store: Store,
    waiting: Mutex<VecDeque<Waiting>>,
    /// Whoever has the turn reads for all who wait.
    turn: Turn<()>,
}

impl Heads {
    /// Reads them from `store`.
    pub fn new(store: Store) -> Self {
        Self { store, waiting: Mutex::default(), turn: Turn::default() }
    }

    /// How far `feed` has come, read from the store after this was asked; `None` when it has no row yet.
    ///
    /// # Errors
    /// Why it could not be read.
    pub async fn read(&self, feed: Feed) -> Result<Option<Head>, Unread> {
        let (answer, mut head) = oneshot::channel();
        self.waiting.lock().push_back((feed, answer));
        tokio::select! {
            biased;
            answered = &mut head => answered.map_err(|_| Unread::Shared),
            _turn = self.turn.lock() => loop {
                match head.try_recv() {
                    Ok(head) => return Ok(head),
                    Err(TryRecvError::Closed) => return Err(Unread::Shared),
                    Err(TryRecvError::Empty) => self.read_group().await?,
                }
            },
        }
    }

    /// Reads for those who have waited longest. When it fails, it fails for all who wait, who learn by losing their
    /// senders: a database that hangs must not be asked once more for each group.
    async fn read_group(&self) -> StoreResult<()> {
        let group: Vec<Waiting> = {
            let mut waiting = self.waiting.lock();
            let count = waiting.len().min(GROUP);
            waiting.drain(..count).collect()
        };
        let feeds: Vec<Feed> = group.iter().map(|(feed, _)| *feed).collect();
        let read = store::feed::heads(&self.store, &feeds).await;
        let heads = read.inspect_err(|_| self.waiting.lock().clear())?;
        for (feed, answer) in group {
            // Who hung up meanwhile needs no answer.
            let _ = answer.send(heads.get(&feed).cloned());
        }
        Ok(())
    }
}
