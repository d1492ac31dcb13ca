//! One member of a crowd: a socket, how far its opening is, and what it has heard. A hundred bytes; what is in no
//! socket's buffer is kept nowhere else.

use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::{SendFlags, send};

use crate::delivery::Deliveries;

/// The feeds everybody follows: their room, its region's announcements, their own mailbox.
pub const FEEDS: usize = 3;

/// How far a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// No socket.
    Away,
    /// The connection is being made.
    Connecting,
    /// The upgrade was asked for.
    Upgrading,
    /// Signed in or about to be; so many subscriptions are not confirmed yet.
    Joining(u8),
    /// Everything was confirmed.
    Here,
}

/// A member.
pub struct Seat {
    /// Where their token stands in the file, in bytes.
    pub token_at: u64,
    /// How long it is.
    pub token_length: u32,
    /// Their room's place in the list of rooms.
    pub room: u32,
    /// The socket.
    pub socket: Option<OwnedFd>,
    /// How far they are.
    pub stage: Stage,
    /// Whether they were here before: then they resume.
    pub was_here: bool,
    /// How many nodes they turned away from: who is cut off tries the next.
    pub detours: u32,
    /// Since when they are away or on their way, on the clock.
    pub since: u64,
    /// When the server asked them to come back: the shortest and longest wait in milliseconds.
    pub retry_ms: [u32; 2],
    /// What they heard of each feed.
    pub heard: [Deliveries; FEEDS],
    /// Bytes of a frame that is not whole yet.
    pub partial: Vec<u8>,
    /// Bytes the socket did not take yet.
    pub unsent: Vec<u8>,
}

impl Seat {
    /// Somebody who is away.
    pub fn new(token_at: u64, token_length: u32, room: u32) -> Self {
        Self {
            token_at,
            token_length,
            room,
            socket: None,
            stage: Stage::Away,
            was_here: false,
            detours: 0,
            since: 0,
            retry_ms: [100, 2000],
            heard: Default::default(),
            partial: Vec::new(),
            unsent: Vec::new(),
        }
    }

    /// Sends bytes, or as many as the socket takes; the rest waits in `unsent`.
    ///
    /// # Errors
    /// When the server is gone.
    pub fn send(&mut self, bytes: &[u8]) -> Result<(), Errno> {
        if self.unsent.is_empty() {
            let taken = self.try_send(bytes)?;
            self.unsent.extend_from_slice(bytes.get(taken..).unwrap_or_default());
        } else {
            self.unsent.extend_from_slice(bytes);
        }
        Ok(())
    }

    /// Sends what had to wait.
    ///
    /// # Errors
    /// When the server is gone.
    pub fn send_rest(&mut self) -> Result<(), Errno> {
        let waiting = std::mem::take(&mut self.unsent);
        let taken = self.try_send(&waiting)?;
        self.unsent = waiting.get(taken..).unwrap_or_default().to_vec();
        Ok(())
    }

    fn try_send(&self, bytes: &[u8]) -> Result<usize, Errno> {
        let Some(socket) = &self.socket else { return Err(Errno::NOTCONN) };
        match send(socket, bytes, SendFlags::NOSIGNAL) {
            Err(Errno::AGAIN) => Ok(0),
            sent => sent,
        }
    }
}
