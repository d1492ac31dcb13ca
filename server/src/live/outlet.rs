//! One connection's outlet: a bounded queue of shared bytes and at most one reason to close. No channel, no
//! timer, nothing allocated while it is idle; a million of these must fit in memory.
//!
//! The lock is a plain one and held for a few instructions; nothing awaits under it.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};

use domain::feed::Feed;
use domain::id::{AccountId, SessionId};
use parking_lot::Mutex;
use smallvec::SmallVec;
use wire::close::Close;

use crate::live::encode::Bytes;

/// How many bytes may wait for a slow reader, those that are being written included.
pub const LIMIT: usize = 256 * 1024;

/// Bytes to be written one after the other; one run of frames, as most often, without an allocation.
pub type Frames = SmallVec<[Bytes; 1]>;

/// The sending half of a connection.
pub struct Outlet {
    account: AccountId,
    session: SessionId,
    state: Mutex<State>,
    /// For how many sweeps the peer has not been heard.
    silence: AtomicU32,
    /// Whether the connection keeps something that it need not keep while its peer is silent.
    warm: AtomicBool,
}

#[derive(Default)]
struct State {
    queue: Frames,
    /// Bytes in the queue.
    waiting: usize,
    /// Bytes that were taken and are being written.
    leaving: usize,
    closing: Option<Close>,
    ping: bool,
    cool: bool,
    lost: Vec<Feed>,
    /// The connection's task, and whether it was woken since it last looked: one that is running anyway or has been
    /// told is not told again.
    waker: Option<Waker>,
    woken: bool,
}

/// What the connection must do next.
#[derive(Debug)]
pub enum Due {
    /// These feeds may no longer be read: forget them, and say so.
    Lost(Vec<Feed>),
    /// Send these.
    Frames(Frames),
    /// Ask the peer whether it is still there.
    Ping,
    /// The peer is silent: let go of what need not be kept.
    Cool,
    /// Close.
    Close(Close),
}

impl Outlet {
    /// An outlet of a session of an account.
    pub fn new(account: AccountId, session: SessionId) -> Self {
        Self {
            account,
            session,
            state: Mutex::default(),
            silence: AtomicU32::new(0),
            warm: AtomicBool::new(false),
        }
    }

    /// Whose it is.
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// Which session it belongs to.
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// Queues frames. A reader too slow for its queue is closed with 4001; it resumes by number. Whoever has taken
    /// everything is given what one commit brought, however much it is: they were not slow.
    pub fn push(&self, frames: Bytes) {
        self.change(|state| {
            if state.closing.is_some() {
                return;
            }
            let behind = state.waiting.saturating_add(state.leaving);
            if behind > 0 && behind.saturating_add(frames.len()) > LIMIT {
                state.queue = Frames::new();
                state.closing = Some(Close::Slow);
            } else {
                state.waiting = state.waiting.saturating_add(frames.len());
                state.queue.push(frames);
            }
        });
    }

    /// Closes the connection for this reason; the first reason stands.
    pub fn close(&self, why: Close) {
        self.change(|state| {
            state.queue = Frames::new();
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

    /// Notes that the connection keeps something for as long as its peer speaks.
    pub fn warm(&self) {
        self.warm.store(true, Ordering::Relaxed);
    }

    /// Asks the connection to let go of what it keeps for a peer who speaks.
    pub fn cool(&self) {
        if self.warm.swap(false, Ordering::Relaxed) {
            self.change(|state| state.cool = true);
        }
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
    pub fn take(&self) -> Frames {
        let mut state = self.state.lock();
        state.leaving = std::mem::take(&mut state.waiting);
        std::mem::take(&mut state.queue)
    }

    /// What there is to do. Whoever asks has written all that was due before.
    pub fn poll_due(&self, context: &Context<'_>) -> Poll<Due> {
        let mut state = self.state.lock();
        state.leaving = 0;
        if let Some(why) = state.closing {
            return Poll::Ready(Due::Close(why));
        }
        if !state.lost.is_empty() {
            return Poll::Ready(Due::Lost(std::mem::take(&mut state.lost)));
        }
        if !state.queue.is_empty() {
            state.leaving = std::mem::take(&mut state.waiting);
            return Poll::Ready(Due::Frames(std::mem::take(&mut state.queue)));
        }
        if std::mem::take(&mut state.ping) {
            return Poll::Ready(Due::Ping);
        }
        if std::mem::take(&mut state.cool) {
            return Poll::Ready(Due::Cool);
        }
        state.wait(context);
        Poll::Pending
    }

    /// Waits until there is something to do.
    pub async fn due(&self) -> Due {
        poll_fn(|context| self.poll_due(context)).await
    }

    /// Waits until the connection is to be closed, whatever else is due.
    pub async fn closing(&self) -> Close {
        poll_fn(|context| {
            let mut state = self.state.lock();
            match state.closing {
                Some(why) => Poll::Ready(why),
                None => {
                    state.wait(context);
                    Poll::Pending
                }
            }
        })
        .await
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state.lock();
        change(&mut state);
        // Waking only queues the task, so it costs nobody anything that the lock is still held.
        if !std::mem::replace(&mut state.woken, true)
            && let Some(waker) = &state.waker
        {
            waker.wake_by_ref();
        }
    }
}

impl State {
    /// Notes whom to wake.
    fn wait(&mut self, context: &Context<'_>) {
        self.woken = false;
        match &self.waker {
            Some(waker) if waker.will_wake(context.waker()) => {}
            _ => self.waker = Some(context.waker().clone()),
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
        assert_eq!(frames[..], ["а", "б"]);
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

    #[tokio::test]
    async fn who_has_taken_everything_is_not_slow_but_who_is_still_writing_is() {
        let outlet = outlet();
        let huge: Bytes = "x".repeat(2 * LIMIT).into();
        outlet.push(huge.clone());
        assert!(matches!(outlet.due().await, Due::Frames(_)));
        outlet.ping();
        assert!(matches!(outlet.due().await, Due::Ping), "it asks again, so all was written");
        outlet.push(huge);
        assert!(matches!(outlet.due().await, Due::Frames(_)));
        outlet.push("one more".into());
        assert_eq!(outlet.closing().await, Close::Slow);
    }

    #[tokio::test]
    async fn only_what_is_warm_is_asked_to_cool_and_once() {
        let outlet = outlet();
        outlet.cool();
        outlet.warm();
        outlet.cool();
        outlet.cool();
        assert!(matches!(outlet.due().await, Due::Cool));
        outlet.ping();
        assert!(matches!(outlet.due().await, Due::Ping));
    }

    #[test]
    fn an_idle_one_is_small() {
        assert!(size_of::<Outlet>() <= 160, "{} bytes", size_of::<Outlet>());
    }

    #[test]
    fn silence_ends_when_the_peer_is_heard() {
        let outlet = outlet();
        assert_eq!([outlet.count_silence(), outlet.count_silence()], [1, 2]);
        outlet.hear();
        assert_eq!(outlet.count_silence(), 1);
    }
}
