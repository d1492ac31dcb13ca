//! One connection whose client has signed in: read frames, send what is due and catch up with feeds, until somebody
//! closes. Nothing here has a timer or a channel of its own.
//!
//! Whatever happens now and then is boxed: a task is as large as the largest thing it may ever wait for, and a
//! connection that idles must not keep room for a post, a page of history or a farewell.

use std::future::poll_fn;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use domain::actor::Person;
use domain::feed::Feed;
use tokio::time::timeout;
use wire::close::Close;
use wire::frame::ServerFrame;

use crate::acts::error::ActError;
use crate::auth::token::Access;
use crate::live::encode::{self, Bytes};
use crate::live::outlet::{Due, Frames, Outlet};
use crate::socket::Sockets;
use crate::socket::codec::{self, Fault, Heard};
use crate::socket::inbound::{self, Strikes};
use crate::socket::posts::Posts;
use crate::socket::resume::Subscriptions;
use crate::socket::stream::{self, Stream};

/// How long the other side has to take what is sent at the end.
const FAREWELL: Duration = Duration::from_secs(5);
/// The same for a slow reader, who must first read what is on the way before the reason. It costs a few kilobytes.
const FAREWELL_TO_THE_SLOW: Duration = Duration::from_secs(30);
/// How long the facts about a person are used after they were read, in milliseconds.
const KEPT: i64 = 5_000;
/// How many answers to what came together leave together at most.
const TOGETHER: usize = 16;
/// What a client that breaks the protocol is closed with, RFC 6455 §7.4.1.
const PROTOCOL_ERROR: (u16, &str) = (1002, "protocol_error");

/// A connection whose client has signed in.
pub struct Connection {
    pub(super) sockets: Arc<Sockets>,
    pub(super) outlet: Arc<Outlet>,
    pub(super) subscriptions: Subscriptions,
    pub(super) strikes: Strikes,
    /// Posts whose answers are still to come.
    pub(super) posts: Posts,
    /// Answers to this client alone, in order.
    pub(super) answers: Frames,
    person: Option<Arc<Person>>,
    stream: Stream,
}

/// Why a conversation ended.
enum End {
    /// The server closes; a frame that had begun to leave goes first.
    Close(Close, Bytes),
    /// The client breaks the protocol.
    Fault,
    /// The client closes, with this code.
    Goodbye(Option<u16>),
    /// The client has gone.
    Gone,
}

/// What cannot be done at once.
enum Work {
    /// Take this frame.
    Take(String),
    /// Send what did not go at once.
    Send(Frames),
    /// Read a page for a feed that catches up.
    CatchUp,
    /// Leave.
    Finish(End),
}

impl From<Close> for End {
    fn from(why: Close) -> Self {
        Self::Close(why, Bytes::new())
    }
}

impl From<stream::End> for End {
    fn from(end: stream::End) -> Self {
        match end {
            stream::End::Gone => Self::Gone,
            stream::End::Fault(Fault::Protocol) => Self::Fault,
            stream::End::Fault(Fault::TooBig) => Close::FrameTooBig.into(),
            stream::End::Fault(Fault::NotUtf8) => Close::NotJson.into(),
        }
    }
}

impl Connection {
    /// A connection that is registered in the hub.
    pub(super) fn new(sockets: Arc<Sockets>, outlet: Arc<Outlet>, stream: Stream) -> Self {
        Self {
            sockets,
            outlet,
            subscriptions: Subscriptions::default(),
            strikes: Strikes::default(),
            posts: Posts::default(),
            answers: Frames::new(),
            person: None,
            stream,
        }
    }

    /// Runs the connection to its end.
    #[expect(clippy::manual_async_fn, reason = "an `async fn` keeps room for the connection twice")]
    pub fn run(mut self) -> impl Future<Output = ()> + Send {
        async move {
            loop {
                let work = poll_fn(|context| self.poll_work(context)).await;
                if Box::pin(self.work(work)).await.is_break() {
                    return;
                }
            }
        }
    }

    /// Closes a connection that never came to speak; what it was still to be told goes first.
    pub(super) async fn part(mut self, begun: Bytes, why: Close) {
        self.finish(End::Close(why, begun)).await;
    }

    async fn finish(&mut self, end: End) {
        let hub = &self.sockets.hub;
        self.subscriptions.leave_all(hub, &self.outlet);
        hub.forget(&self.outlet);
        hub.desk.leave(&self.outlet);
        match end {
            End::Close(why, begun) => {
                metrics::counter!("medchat_socket_closed_total", "why" => why.word()).increment(1);
                let mut words: Frames = [begun].into();
                if !matches!(
                    why,
                    Close::Slow | Close::SessionEnded | Close::CannotContinue | Close::DependencyDown
                ) {
                    words.extend(self.last_words().await);
                }
                farewell(&mut self.stream, words, why).await;
            }
            End::Fault => {
                metrics::counter!("medchat_socket_closed_total", "why" => PROTOCOL_ERROR.1).increment(1);
                let words = self.last_words().await;
                goodbye(&mut self.stream, words, Some(PROTOCOL_ERROR)).await;
            }
            End::Goodbye(code) => {
                let words = self.last_words().await;
                goodbye(&mut self.stream, words, code.map(|code| (code, ""))).await;
            }
            End::Gone => {}
        }
    }

    /// What is still to be answered, once it is known what became of the posts under way: whoever says goodbye, or is sent
    /// away for what they did, still learns that.
    async fn last_words(&mut self) -> Frames {
        while let Some(told) = poll_fn(|context| self.posts.poll_told(context)).await {
            // It closes anyway.
            let _ = inbound::tell(self, told);
        }
        std::mem::take(&mut self.answers)
    }

    /// Whoever holds this socket. What was read about them is kept while they speak: to follow three feeds is one
    /// reading. That is safe because this connection was registered before anything was read: a right that is taken
    /// away, or ends by its date, closes it.
    pub(super) async fn person(&mut self) -> Result<Arc<Person>, ActError> {
        let now = self.sockets.acts.now();
        match &self.person {
            Some(person) if now < person.seen_at.plus_millis(KEPT) => Ok(person.clone()),
            _ => self.person_afresh().await,
        }
    }

    /// The same, as they stand now, for what may be done only by who they are now.
    pub(super) async fn person_afresh(&mut self) -> Result<Arc<Person>, ActError> {
        let access = Access { account: self.outlet.account(), session: self.outlet.session() };
        let person = Arc::new(self.sockets.acts.person(access).await?);
        self.person = Some(person.clone());
        self.outlet.warm();
        Ok(person)
    }

    async fn work(&mut self, work: Work) -> ControlFlow<()> {
        let done = match work {
            Work::Take(text) => Box::pin(inbound::take(self, text)).await.map_err(End::from),
            Work::Send(frames) => self.send_rest(frames).await,
            Work::CatchUp => Box::pin(self.catch_up()).await,
            Work::Finish(end) => Err(end),
        };
        match done {
            Ok(()) => ControlFlow::Continue(()),
            Err(end) => {
                Box::pin(self.finish(end)).await;
                ControlFlow::Break(())
            }
        }
    }

    /// Does whatever can be done at once, and most can; gives what cannot.
    fn poll_work(&mut self, context: &mut Context<'_>) -> Poll<Work> {
        loop {
            match ready!(self.poll_step(context)) {
                Ok(None) => {}
                Ok(Some(work)) => return Poll::Ready(work),
                Err(end) => return Poll::Ready(Work::Finish(end)),
            }
        }
    }

    /// Answers come first, those together that are to what came together, then what is due, then what became of posts, then what the client says. A feed that catches up waits until nothing else
    /// is there to do: those that are live already must not fill the outlet while it reads page after page.
    fn poll_step(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Work>, End>> {
        if !self.answers.is_empty() {
            if self.answers.len() < TOGETHER
                && !self.posts.is_full()
                && let Some(heard) = self.stream.hear_rest()?
            {
                return Poll::Ready(self.hear(heard));
            }
            let answers = std::mem::take(&mut self.answers);
            return Poll::Ready(self.send(answers));
        }
        match self.outlet.poll_due(context) {
            Poll::Ready(Due::Frames(frames)) => return Poll::Ready(self.send(frames)),
            Poll::Ready(due) => return Poll::Ready(self.heed(due).map(|()| None)),
            Poll::Pending => {}
        }
        if let Poll::Ready(Some(told)) = self.posts.poll_told(context) {
            return Poll::Ready(inbound::tell(self, told).map(|()| None).map_err(End::from));
        }
        if self.posts.is_full() {
            return Poll::Pending;
        }
        match self.stream.poll_hear(context) {
            Poll::Ready(Ok(heard)) => Poll::Ready(self.hear(heard)),
            Poll::Ready(Err(end)) => Poll::Ready(Err(end.into())),
            Poll::Pending if self.subscriptions.is_catching_up() => Poll::Ready(Ok(Some(Work::CatchUp))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn hear(&mut self, heard: Heard) -> Result<Option<Work>, End> {
        self.outlet.hear();
        match heard {
            Heard::Text(text) => return Ok(Some(Work::Take(text))),
            Heard::Ping(payload) => self.answers.push(codec::pong(&payload)),
            Heard::Pong => {}
            Heard::Binary => return Err(Close::NotJson.into()),
            Heard::Close(code) => return Err(End::Goodbye(code)),
        }
        Ok(None)
    }

    /// Reads one page and sends it.
    async fn catch_up(&mut self) -> Result<(), End> {
        let page = self.subscriptions.next_page(&self.sockets.hub, &self.outlet).await;
        self.send_rest(page.map_err(|_| Close::DependencyDown)?).await
    }

    fn heed(&mut self, due: Due) -> Result<(), End> {
        match due {
            Due::Lost(feeds) => {
                let (hub, outlet) = (&self.sockets.hub, &self.outlet);
                for feed in &feeds {
                    if let Feed::Appeal(appeal, _) = feed {
                        hub.desk.look_away(outlet, *appeal);
                    }
                }
                self.answers.extend(self.subscriptions.lose(hub, outlet, &feeds));
            }
            Due::Frames(frames) => self.answers.extend(frames),
            Due::Ping => self.answers.push(codec::ping()),
            Due::Cool => self.person = None,
            Due::Close(why) => return Err(why.into()),
        }
        Ok(())
    }

    /// Writes frames in one call, as far as they go.
    fn send(&self, mut frames: Frames) -> Result<Option<Work>, End> {
        self.stream.write_now(&mut frames).map_err(|_| End::Gone)?;
        Ok((!frames.is_empty()).then_some(Work::Send(frames)))
    }

    /// Writes what did not go at once. A reader who takes nothing is not waited for: its outlet fills up and asks to
    /// be closed.
    async fn send_rest(&self, mut frames: Frames) -> Result<(), End> {
        loop {
            self.stream.write_now(&mut frames).map_err(|_| End::Gone)?;
            if frames.is_empty() {
                return Ok(());
            }
            tokio::select! {
                biased;
                room = self.stream.room() => room.map_err(|_| End::Gone)?,
                why = self.outlet.closing() => {
                    // The first of them may be half written, and nothing may come between its halves.
                    let begun = frames.into_iter().next().unwrap_or_default();
                    return Err(End::Close(why, begun));
                }
            }
        }
    }
}

/// Says these last words and why, as politely as the other side lets us, and closes.
pub(super) async fn farewell(stream: &mut Stream, words: Frames, why: Close) {
    let closing = why.retry_ms().map(|retry_ms| encode::frame(&ServerFrame::Closing { retry_ms }));
    let close = codec::close(Some((why.code(), why.word())));
    let frames: Frames = words.into_iter().chain(closing).chain([close]).collect();
    let goodbye = async {
        if stream.write(frames).await.is_ok() {
            // Until its answer has come, or what cannot be listened to.
            while !matches!(stream.hear().await, Ok(Heard::Close(_)) | Err(_)) {}
            stream.hang_up().await;
        }
    };
    // Whoever does not take it is cut off when the stream is dropped.
    let patience = if why == Close::Slow { FAREWELL_TO_THE_SLOW } else { FAREWELL };
    let _ = timeout(patience, goodbye).await;
}

/// Says these last words and closes without waiting for an answer.
async fn goodbye(stream: &mut Stream, mut words: Frames, why: Option<(u16, &str)>) {
    words.push(codec::close(why));
    let goodbye = async {
        if stream.write(words).await.is_ok() {
            stream.hang_up().await;
        }
    };
    let _ = timeout(FAREWELL, goodbye).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_idles_is_small() {
        fn size<F>(_: impl Fn(Connection) -> F) -> usize {
            size_of::<F>()
        }
        let task = size(Connection::run);
        assert!(task <= 200, "{task} bytes, of them {} the connection", size_of::<Connection>());
    }
}
