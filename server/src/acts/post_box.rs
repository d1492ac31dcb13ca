//! The post box: posts are written in groups. What arrived while the last group was being made durable
//! shares the next transaction and its one sync to disk; each post keeps its own outcome. A group is at most
//! 256 posts; nobody waits for a group to fill.

use std::time::Duration;

use domain::policy::Admitted;
use store::StoreError;
use store::feed::{Draft, Outcome};
use tokio::sync::{mpsc, oneshot};

use crate::acts::error::{ActError, ActResult};
use crate::acts::unit::{Unit, Writer};

/// How many posts share a transaction at most.
const GROUP: usize = 256;
/// How many may wait: about a second's worth. Beyond that the server says so.
const WAITING: usize = 8192;

/// How long anyone waits for a post to become durable.
const PATIENCE: Duration = Duration::from_millis(2_800);

struct Letter {
    draft: Draft,
    admitted: Admitted,
    reply: Reply,
}

/// Where posts are handed in.
#[derive(Clone)]
pub struct PostBox(mpsc::Sender<Letter>);

/// The other end, which writes them.
pub struct Postman {
    letters: mpsc::Receiver<Letter>,
    writer: Writer,
}

/// A box and the postman who empties it.
pub fn open(writer: Writer) -> (PostBox, Postman) {
    let (sender, letters) = mpsc::channel(WAITING);
    (PostBox(sender), Postman { letters, writer })
}

impl PostBox {
    /// Hands in a post and waits until it is durable.
    ///
    /// # Errors
    /// [`ActError::Busy`] when too many wait or the database does not answer.
    pub async fn post(&self, admitted: Admitted, draft: Draft) -> ActResult<Outcome> {
        let (reply, outcome) = oneshot::channel();
        self.0.try_send(Letter { draft, admitted, reply }).map_err(|_| ActError::Busy(None))?;
        // A database that hangs holds up the group before as well; whoever asked is told in time that nothing is known.
        match tokio::time::timeout(PATIENCE, outcome).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) | Err(_) => Err(ActError::Busy(None)),
        }
    }
}

impl Postman {
    /// Writes until the last box is gone.
    pub async fn run(mut self) {
        let mut group = Vec::with_capacity(GROUP);
        while self.letters.recv_many(&mut group, GROUP).await > 0 {
            metrics::histogram!("medchat_post_group_size").record(group.len() as f64);
            self.deliver(std::mem::take(&mut group)).await;
        }
    }

    async fn deliver(&self, group: Vec<Letter>) {
        let mut drafts = Vec::with_capacity(group.len());
        let mut replies = Vec::with_capacity(group.len());
        let first = group.first().map(|letter| letter.admitted);
        for Letter { draft, reply, .. } in group {
            drafts.push(draft);
            replies.push(reply);
        }
        let Some(admitted) = first else { return };
        let (unit, outcomes) = match self.write(admitted, &drafts).await {
            Ok(written) => written,
            Err(error) => return refuse(replies, &error),
        };
        #[cfg(feature = "hasty-ack")]
        if hasty::is_on() {
            return hasty::answer_then_commit(replies, outcomes, unit).await;
        }
        match unit.commit().await {
            Ok(()) => answer(replies, outcomes),
            Err(error) => refuse(replies, &error),
        }
    }

    /// Writes a group into a unit that is still to be committed.
    async fn write(&self, admitted: Admitted, drafts: &[Draft]) -> Result<(Unit, Vec<Outcome>), StoreError> {
        let mut unit = self.writer.begin(admitted).await?;
        let outcomes = unit.append(drafts).await?;
        Ok((unit, outcomes))
    }
}

type Reply = oneshot::Sender<Result<Outcome, ActError>>;

fn answer(replies: Vec<Reply>, outcomes: Vec<Outcome>) {
    for (reply, outcome) in replies.into_iter().zip(outcomes) {
        // Who hung up meanwhile asks again with the same cid.
        let _ = reply.send(Ok(outcome));
    }
}

fn refuse(replies: Vec<Reply>, error: &StoreError) {
    tracing::warn!(error = %error, posts = replies.len(), "a group of posts was not written");
    for reply in replies {
        let _ = reply.send(Err(like(error)));
    }
}

/// The same failure for each post of a group: the store's errors are made once and cannot be copied.
fn like(error: &StoreError) -> ActError {
    match error {
        StoreError::Full(_) => ActError::StorageFull,
        StoreError::Unavailable(_) => ActError::Busy(None),
        other => ActError::Broken(other.to_string().into()),
    }
}

/// What a server would do that acknowledges what it has written but not yet committed, and commits a moment
/// later, like stores that sync on a timer. Everything else about it is right: numbers, ids, repeats. The
/// kill -9 harness must find its losses, else a green run of it proves nothing. Only the binary `hasty` of
/// the tests turns it on; `medchat` stays as it is, with the feature or without.
#[cfg(feature = "hasty-ack")]
pub mod hasty {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    use super::{Outcome, Reply, Unit, answer};

    /// How long the commit comes after the acknowledgement.
    const LATE: Duration = Duration::from_millis(5);

    static ON: AtomicBool = AtomicBool::new(false);

    /// Makes this process hasty.
    pub fn turn_on() {
        ON.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_on() -> bool {
        ON.load(Ordering::Relaxed)
    }

    pub(super) async fn answer_then_commit(replies: Vec<Reply>, outcomes: Vec<Outcome>, unit: Unit) {
        answer(replies, outcomes);
        tokio::time::sleep(LATE).await;
        if let Err(error) = unit.commit().await {
            tracing::warn!(error = %error, "what was acknowledged could not be committed");
        }
    }
}
