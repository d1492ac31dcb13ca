//! One connection's outlet: a bounded queue of shared bytes and at most one reason to close. No channel, no
//! timer, nothing allocated while it is idle; a million of these must fit in memory.
//!
//! The lock is a plain one and held for a few instructions; nothing awaits under it.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Poll, Waker};

use domain::feed::Feed;
use domain::id::{AccountId, SessionId};
use parking_lot::Mutex;
use wire::close::Close;

use crate::live::encode::Bytes;

/// How many bytes may wait for a slow reader.
pub const LIMIT: usize = 256 * 1024;

/// The sending half of a connection.
pub struct Outlet {
    account: AccountId,
    session: SessionId,
    state: Mutex<State>,
    /// For how many sweeps the peer has not been heard.
    silence: AtomicU32,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Bytes>,
    bytes: usize,
    closing: Option<Close>,
    ping: bool,
    lost: Vec<Feed>,
    waker: Option<Waker>,
}

/// What the connection must do next.
#[derive(Debug)]
pub enum Due {
    /// These feeds may no longer be read: forget them, and say so.
    Lost(Vec<Feed>),
    /// Send these.
    Frames(VecDeque<Bytes>),
    /// Ask the peer whether it is still there.
    Ping,
    /// Close.
    Close(Close),
}

impl Outlet {
    /// An outlet of a session of an account.
    pub fn new(account: AccountId, session: SessionId) -> Self {
        Self { account, session, state: Mutex::default(), silence: AtomicU32::new(0) }
    }

    /// Whose it is.
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// Which session it belongs to.
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// Queues a frame. A reader too slow for its queue is closed with 4001; it resumes by number.
    pub fn push(&self, frame: Bytes) {
        self.change(|state| {
            if state.closing.is_some() {
                return;
            }
            state.bytes = state.bytes.saturating_add(frame.len());
            if state.bytes > LIMIT {
                state.queue = VecDeque::new();
                state.closing = Some(Close::Slow);
            } else {
                state.queue.push_back(frame);
            }
        });
    }

    /// Closes the connection for this reason; the first reason stands.
    pub fn close(&self, why: Close) {
        self.change(|state| {
            state.queue = VecDeque::new();
            state.closing.get_or_insert(why);
        });
    }

    /// Asks the connection to ping its peer.
    pub fn ping(&self) {
        self.change(|state| state.ping = true);
    }

    /// Tells the connection that its person may no longer read `feed`. It stays told until the connection looks, so a
    /// subscription that is being made meanwhile does not outlive the right.
    pub fn lose(&self, feed: Feed) {
        self.change(|state| state.lost.push(feed));
    }

    /// Notes that the peer was heard.
    pub fn hear(&self) {
        self.silence.store(0, Ordering::Relaxed);
    }

    /// Counts one more sweep in which the peer was not heard; gives how many there were in a row.
    pub fn count_silence(&self) -> u32 {
        self.silence.fetch_add(1, Ordering::Relaxed).saturating_add(1)
    }

    /// Takes the frames that wait.
    pub fn take(&self) -> VecDeque<Bytes> {
        let mut state = self.state.lock();
        state.bytes = 0;
        std::mem::take(&mut state.queue)
    }

    /// Waits until there is something to do.
    pub async fn due(&self) -> Due {
        poll_fn(|context| {
            let mut state = self.state.lock();
            if let Some(why) = state.closing {
                return Poll::Ready(Due::Close(why));
            }
            if !state.lost.is_empty() {
                return Poll::Ready(Due::Lost(std::mem::take(&mut state.lost)));
            }
            if !state.queue.is_empty() {
                state.bytes = 0;
                return Poll::Ready(Due::Frames(std::mem::take(&mut state.queue)));
            }
            if std::mem::take(&mut state.ping) {
                return Poll::Ready(Due::Ping);
            }
            state.waker = Some(context.waker().clone());
            Poll::Pending
        })
        .await
    }

    /// Waits until the connection is to be closed, whatever else is due.
    pub async fn closing(&self) -> Close {
        poll_fn(|context| {
            let mut state = self.state.lock();
            match state.closing {
                Some(why) => Poll::Ready(why),
                None => {
                    state.waker = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let waker = {
            let mut state = self.state.lock();
            change(&mut state);
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::id::Id;

    use super::*;

    fn outlet() -> Outlet {
        let uuid = uuid::Uuid::from_bytes([1; 16]);
        Outlet::new(Id::from_uuid(uuid), Id::from_uuid(uuid))
    }

    #[tokio::test]
    async fn gives_frames_in_order_then_pings() {
        let outlet = outlet();
        outlet.ping();
        outlet.push("а".into());
        outlet.push("б".into());
        let Due::Frames(frames) = outlet.due().await else { panic!("frames come first") };
        assert_eq!(frames, ["а", "б"]);
        assert!(matches!(outlet.due().await, Due::Ping));
    }

    #[tokio::test]
    async fn a_slow_reader_is_closed_and_its_queue_given_back() {
        let outlet = outlet();
        let big: Bytes = "x".repeat(LIMIT / 2).into();
        outlet.push(big.clone());
        outlet.push(big);
        outlet.push("one more".into());
        assert!(matches!(outlet.due().await, Due::Close(Close::Slow)));
        assert_eq!(outlet.closing().await, Close::Slow);
        outlet.close(Close::Draining);
        assert_eq!(outlet.closing().await, Close::Slow, "the first reason stands");
    }

    #[test]
    fn silence_ends_when_the_peer_is_heard() {
        let outlet = outlet();
        assert_eq!([outlet.count_silence(), outlet.count_silence()], [1, 2]);
        outlet.hear();
        assert_eq!(outlet.count_silence(), 1);
    }
}
