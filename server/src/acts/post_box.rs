//! The post box: posts are written in groups. What arrived while the last group was being made durable
//! shares the next transaction and its one sync to disk; each post keeps its own outcome. A group is at most
//! 256 posts; nobody waits for a group to fill.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use domain::policy::Admitted;
use store::StoreError;
use store::entry::Written;
use store::feed::{Draft, Outcome};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::acts::PATIENCE;
use crate::acts::error::{ActError, ActResult};
use crate::acts::post::{Landed, landed};
use crate::acts::unit::{Unit, Writer};

/// How many posts share a transaction at most.
const GROUP: usize = 256;
/// How many may wait: about a second's worth. Beyond that the server says so.
const WAITING: usize = 8192;

struct Letter {
    draft: Draft,
    admitted: Admitted,
    reply: Reply,
}

/// Where posts are handed in.
#[derive(Clone)]
pub struct PostBox(mpsc::Sender<Letter>);

/// A promise to tell what became of a post.
pub struct Receipt(oneshot::Receiver<ActResult<Outcome>>);

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
    /// Hands in a post. Those of one hand land in the order they are handed in.
    ///
    /// # Errors
    /// [`ActError::Busy`] when too many wait.
    pub fn hand_in(&self, admitted: Admitted, draft: Draft) -> ActResult<Receipt> {
        let (reply, outcome) = oneshot::channel();
        self.0.try_send(Letter { draft, admitted, reply }).map_err(|_| ActError::Busy(None))?;
        Ok(Receipt(outcome))
    }
}

impl Receipt {
    /// For a try that had landed before.
    pub fn of(written: Written) -> Self {
        let (reply, outcome) = oneshot::channel();
        // The other end is in the next line.
        let _ = reply.send(Ok(Outcome::Repeated(written)));
        Self(outcome)
    }
}

/// Where it landed, once that is durable.
///
/// # Errors
/// [`ActError::Busy`] when the database does not answer; then it is unknown whether it was written.
impl Future for Receipt {
    type Output = ActResult<Landed>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let outcome = ready!(Pin::new(&mut self.0).poll(context));
        Poll::Ready(outcome.map_err(|_| ActError::Busy(None)).flatten().and_then(landed))
    }
}

impl Postman {
    /// Writes until the last box is gone.
    pub async fn run(mut self) {
        let mut group = Vec::with_capacity(GROUP);
        while self.letters.recv_many(&mut group, GROUP).await > 0 {
            metrics::histogram!("medchat_post_group_size").record(group.len() as f64);
            // Letters that are let go are answered: busy. Whether they were written is then unknown to their authors,
            // who ask again with the same cid.
            let delivered = timeout(PATIENCE, self.deliver(std::mem::take(&mut group))).await;
            if delivered != Ok(Answers::Yes) {
                // Whoever has come meanwhile has waited as long for the database.
                while let Ok(letter) = self.letters.try_recv() {
                    drop(letter);
                }
            }
        }
    }

    /// Writes a group and answers it; tells whether the database answers.
    async fn deliver(&self, group: Vec<Letter>) -> Answers {
        let Some(admitted) = group.first().map(|letter| letter.admitted) else { return Answers::Yes };
        let (drafts, replies): (Vec<Draft>, Vec<Reply>) =
            group.into_iter().map(|letter| (letter.draft, letter.reply)).unzip();
        let (unit, outcomes) = match self.write(admitted, &drafts).await {
            Ok(written) => written,
            Err(error) if drafts.len() > 1 && is_of_one(&error) => {
                return self.deliver_apart(admitted, drafts, replies).await;
            }
            Err(error) => return refuse(replies, &error),
        };
        #[cfg(feature = "hasty-ack")]
        if hasty::is_on() {
            hasty::answer_then_commit(replies, outcomes, unit).await;
            return Answers::Yes;
        }
        match unit.settle().await {
            Ok(settled) => {
                // The authors first: a room may have many readers to wake.
                answer(replies, outcomes);
                settled.tell();
                Answers::Yes
            }
            Err(error) => refuse(replies, &error),
        }
    }

    /// What the database refuses of one author must not be refused to all.
    async fn deliver_apart(&self, admitted: Admitted, drafts: Vec<Draft>, replies: Vec<Reply>) -> Answers {
        for (draft, reply) in drafts.into_iter().zip(replies) {
            let alone = Box::pin(self.deliver(vec![Letter { draft, admitted, reply }]));
            if alone.await == Answers::No {
                return Answers::No;
            }
        }
        Answers::Yes
    }

    /// Writes a group into a unit that is still to be committed.
    async fn write(&self, admitted: Admitted, drafts: &[Draft]) -> Result<(Unit, Vec<Outcome>), StoreError> {
        let mut unit = self.writer.begin(admitted).await?;
        let outcomes = unit.append(drafts).await?;
        Ok((unit, outcomes))
    }
}

/// Whether the database answers at all.
#[derive(Debug, PartialEq, Eq)]
enum Answers {
    Yes,
    No,
}

type Reply = oneshot::Sender<Result<Outcome, ActError>>;

fn answer(replies: Vec<Reply>, outcomes: Vec<Outcome>) {
    for (reply, outcome) in replies.into_iter().zip(outcomes) {
        // Who hung up meanwhile asks again with the same cid.
        let _ = reply.send(Ok(outcome));
    }
}

fn refuse(replies: Vec<Reply>, error: &StoreError) -> Answers {
    tracing::warn!(error = %error, posts = replies.len(), "a group of posts was not written");
    for reply in replies {
        let _ = reply.send(Err(like(error)));
    }
    if matches!(error, StoreError::Unavailable(_)) { Answers::No } else { Answers::Yes }
}

/// Whether one draft alone may be to blame for a failure.
const fn is_of_one(error: &StoreError) -> bool {
    !matches!(error, StoreError::Unavailable(_) | StoreError::Full(_))
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

#[cfg(test)]
mod tests {
    use domain::actor::{Actor, Kind};
    use domain::author::Author;
    use domain::feed::{Body, Feed};
    use domain::id::AccountId;
    use domain::policy::Act;
    use domain::source::Sources;
    use store::testing::{Engine, fresh};

    use super::*;
    use crate::acts::Acts;
    use crate::app;
    use crate::live::bus::Bus;

    fn said(sources: &Sources, feed: Feed, account: AccountId) -> Draft {
        let author = Author { account, kind: Kind::Resident, alias: "Нина К.".into(), signature: None };
        Draft {
            feed,
            id: sources.id(),
            author,
            body: Body::Message { text: Some("да".into()) },
            attempt: None,
        }
    }

    async fn somebody(writer: &Writer, sources: &Sources) -> AccountId {
        let account = store::account::Account {
            id: sources.id(),
            login: "nina@example".into(),
            kind: Kind::Resident,
            alias: "Нина К.".into(),
            name: None,
            position: None,
            employer: None,
            created_at: sources.now(),
            closed_at: None,
        };
        let mut unit = writer.begin_as_operator().await.unwrap();
        store::account::add(&mut unit.tx, &account, "$argon2id$").await.unwrap();
        unit.commit().await.unwrap();
        account.id
    }

    #[tokio::test]
    async fn what_is_refused_to_one_author_is_refused_to_nobody_else() {
        for engine in Engine::ALL {
            let db = fresh(engine).await;
            let sources = app::sources();
            let writer = Writer::new(db.store.clone(), Bus::Nobody, sources.clone());
            let account = somebody(&writer, &sources).await;
            let [feed, missing] = [Feed::Room(sources.id()), Feed::Room(sources.id())];
            let mut unit = writer.begin_as_operator().await.unwrap();
            store::feed::create(&mut unit.tx, feed, "epoch").await.unwrap();
            unit.commit().await.unwrap();

            let (posts, postman) = open(writer);
            tokio::spawn(postman.run());
            let admitted = Acts::admit_to_service(&Actor::Guest, Act::SignIn).unwrap();
            // All three are handed in before the postman looks.
            let [first, lost, second] = [feed, missing, feed]
                .map(|feed| posts.hand_in(admitted, said(&sources, feed, account)).unwrap());
            let seq = |landed: ActResult<Landed>| landed.map(|landed| (landed.written.seq, landed.fresh));
            let (first, lost, second) = (seq(first.await), lost.await, seq(second.await));
            assert_eq!((first.unwrap(), second.unwrap()), ((1, true), (2, true)));
            assert!(matches!(lost, Err(ActError::Broken(_))), "{lost:?}");
        }
    }
}
