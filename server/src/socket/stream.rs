//! The stream of a socket: the bare connection and what of the client's bytes is not a whole message yet. It reads
//! into a buffer that all connections of a thread share, so one that idles holds none.

use std::cell::RefCell;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use tokio::io::{AsyncRead as _, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;

use crate::live::outlet::Frames;
use crate::socket::codec::{self, Fault, Half, Heard};

/// How much is read at once.
const SCRATCH: usize = 16 * 1024;
/// How many pieces are written at once.
const PIECES: usize = 64;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; SCRATCH]);
}

/// A client's connection after the upgrade.
pub struct Stream {
    tcp: TcpStream,
    half: Option<Box<Half>>,
}

/// Why nothing more can be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The client has gone.
    Gone,
    /// What it sends cannot be listened to.
    Fault(Fault),
}

impl Stream {
    /// A stream whose first bytes, `early`, came with the request.
    pub fn new(tcp: TcpStream, early: &[u8]) -> Self {
        Self { tcp, half: Half::of(early) }
    }

    /// What the client said together with what was heard last, if it said more.
    ///
    /// # Errors
    /// Why nothing more can be heard.
    pub fn hear_rest(&mut self) -> Result<Option<Heard>, End> {
        if self.half.is_none() {
            return Ok(None);
        }
        codec::next(&mut self.half, &mut []).map_err(End::Fault)
    }

    /// What the client says next.
    pub fn poll_hear(&mut self, context: &mut Context<'_>) -> Poll<Result<Heard, End>> {
        if let Some(heard) = self.hear_rest()? {
            return Poll::Ready(Ok(heard));
        }
        BUFFER.with_borrow_mut(|buffer| {
            loop {
                let mut read = ReadBuf::new(buffer);
                if ready!(Pin::new(&mut self.tcp).poll_read(context, &mut read)).is_err() {
                    return Poll::Ready(Err(End::Gone));
                }
                let fresh = read.filled_mut();
                if fresh.is_empty() {
                    return Poll::Ready(Err(End::Gone));
                }
                if let Some(heard) = codec::next(&mut self.half, fresh).map_err(End::Fault)? {
                    return Poll::Ready(Ok(heard));
                }
            }
        })
    }

    /// What the client says next.
    ///
    /// # Errors
    /// Why nothing more can be heard.
    pub async fn hear(&mut self) -> Result<Heard, End> {
        std::future::poll_fn(|context| self.poll_hear(context)).await
    }

    /// Writes as much as goes without waiting, in one call where it can; what did not go stays in `frames`.
    ///
    /// # Errors
    /// Those of the connection; then the client has gone.
    pub fn write_now(&self, frames: &mut Frames) -> io::Result<()> {
        while !frames.is_empty() {
            let offered: usize = frames.iter().take(PIECES).map(Bytes::len).sum();
            let written = match self.try_write(frames) {
                Ok(written) => written,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            };
            remove(frames, written);
            if written < offered {
                // Asking again would only tell that there is no room.
                return Ok(());
            }
        }
        Ok(())
    }

    fn try_write(&self, frames: &[Bytes]) -> io::Result<usize> {
        if let [only] = frames {
            return self.tcp.try_write(only);
        }
        let mut pieces = [IoSlice::new(&[]); PIECES];
        for (piece, frame) in pieces.iter_mut().zip(frames) {
            *piece = IoSlice::new(frame);
        }
        self.tcp.try_write_vectored(pieces.get(..frames.len()).unwrap_or(&pieces))
    }

    /// Waits until more can be written.
    ///
    /// # Errors
    /// Those of the connection; then the client has gone.
    pub async fn room(&self) -> io::Result<()> {
        self.tcp.writable().await
    }

    /// Writes everything, however long it takes.
    ///
    /// # Errors
    /// Those of the connection; then the client has gone.
    pub async fn write(&self, mut frames: Frames) -> io::Result<()> {
        loop {
            self.write_now(&mut frames)?;
            if frames.is_empty() {
                return Ok(());
            }
            self.room().await?;
        }
    }

    /// Writes nothing more, and reads away what the client still sends, until it hangs up: whoever is cut off while
    /// sending does not learn why.
    pub async fn hang_up(&mut self) {
        if self.tcp.shutdown().await.is_err() {
            return;
        }
        let gone = std::future::poll_fn(|context| {
            BUFFER.with_borrow_mut(|buffer| {
                loop {
                    let mut read = ReadBuf::new(buffer);
                    match ready!(Pin::new(&mut self.tcp).poll_read(context, &mut read)) {
                        Ok(()) if !read.filled().is_empty() => {}
                        _ => return Poll::Ready(()),
                    }
                }
            })
        });
        gone.await;
    }
}

/// Removes the first `written` bytes.
fn remove(frames: &mut Frames, mut written: usize) {
    let mut whole: usize = 0;
    for frame in frames.iter_mut() {
        if written < frame.len() {
            frame.advance(written);
            break;
        }
        written = written.saturating_sub(frame.len());
        whole = whole.saturating_add(1);
    }
    frames.drain(..whole);
}
