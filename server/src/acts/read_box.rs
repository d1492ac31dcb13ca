//! The reading box: what many ask of the database at the same time is read by one statement. Whatever is asked while
//! the last read is under way shares the next one, so nobody waits for others to come, and each answer is as fresh as
//! one read for it alone: its read began after it was asked. It knows no right and no feed: a noun that is asked for
//! often says here how many of it are read.

use std::collections::HashMap;
use std::hash::Hash;
use std::pin::Pin;

use domain::id::{AccountId, RoomId};
use domain::moment::Moment;
use domain::source::Sources;
use store::{Store, StoreError, StoreResult};
use tokio::sync::{mpsc, oneshot};
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use crate::acts::PATIENCE;
use crate::acts::error::{ActError, ActResult};
use crate::auth::token::Access;

/// How many questions share a statement at most.
const GROUP: usize = 256;
/// How many may wait: as many as sockets of a crowd that comes back at once. Beyond that the server says so.
const WAITING: usize = 65_536;

/// Something the database is asked for so often that it is read for many askers at once.
pub trait Question: Copy + Eq + Hash + Send + Sync + 'static {
    /// What the database says; nothing where there is no such thing.
    type Answer: Clone + Send + Sync + 'static;

    /// Reads what there is of `asked`, as it stands at `now`.
    fn read(
        store: &Store,
        now: Moment,
        asked: &[Self],
    ) -> impl Future<Output = StoreResult<HashMap<Self, Self::Answer>>> + Send;
}

struct Asked<Q: Question> {
    question: Q,
    reply: oneshot::Sender<ActResult<Option<Q::Answer>>>,
}

/// Where questions are asked.
pub struct ReadBox<Q: Question>(mpsc::Sender<Asked<Q>>);

/// The other end, which reads.
struct Reader<Q: Question> {
    questions: mpsc::Receiver<Asked<Q>>,
    store: Store,
    sources: Sources,
}

/// All reading boxes.
pub struct ReadBoxes {
    /// Who carries an access token.
    pub people: ReadBox<Access>,
    /// Who is a member of which room.
    pub members: ReadBox<(RoomId, AccountId)>,
}

/// What empties a box until its last holder is gone.
pub type Reading = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The boxes, and what empties them.
pub fn open(store: &Store, sources: &Sources) -> (ReadBoxes, [Reading; 2]) {
    let (people, of_people) = pair(store, sources);
    let (members, of_members) = pair(store, sources);
    (ReadBoxes { people, members }, [of_people, of_members])
}

fn pair<Q: Question>(store: &Store, sources: &Sources) -> (ReadBox<Q>, Reading) {
    let (sender, questions) = mpsc::channel(WAITING);
    let reader = Reader { questions, store: store.clone(), sources: sources.clone() };
    (ReadBox(sender), Box::pin(reader.run()))
}

impl<Q: Question> ReadBox<Q> {
    /// Asks, and waits for the answer; `None` when there is no such thing.
    ///
    /// # Errors
    /// Those of the store; [`ActError::Busy`] when too many wait or the database does not answer in time.
    pub async fn ask(&self, question: Q) -> ActResult<Option<Q::Answer>> {
        let (reply, answer) = oneshot::channel();
        self.0.try_send(Asked { question, reply }).map_err(|_| ActError::Busy(None))?;
        answer.await.map_err(|_| ActError::Busy(None))?
    }
}

impl<Q: Question> Reader<Q> {
    async fn run(mut self) {
        let mut group = Vec::with_capacity(GROUP);
        while self.questions.recv_many(&mut group, GROUP).await > 0 {
            let asked: Vec<Q> = group.iter().map(|asked| asked.question).collect();
            match self.read(&asked).await {
                Ok(Ok(answers)) => {
                    for Asked { question, reply } in group.drain(..) {
                        // Who hung up meanwhile wants no answer.
                        let _ = reply.send(Ok(answers.get(&question).cloned()));
                    }
                }
                Ok(Err(StoreError::Unavailable(_))) | Err(_) => self.refuse(&mut group),
                Ok(Err(_)) => self.read_apart(&mut group).await,
            }
        }
    }

    async fn read(&self, asked: &[Q]) -> Result<StoreResult<HashMap<Q, Q::Answer>>, Elapsed> {
        timeout(PATIENCE, Q::read(&self.store, self.sources.now(), asked)).await
    }

    /// A row that cannot be read is the fault of who asked for it alone.
    async fn read_apart(&self, group: &mut Vec<Asked<Q>>) {
        for Asked { question, reply } in group.drain(..) {
            let _ = reply.send(match self.read(&[question]).await {
                Ok(answers) => answers.map(|answers| answers.get(&question).cloned()).map_err(Into::into),
                Err(_) => Err(ActError::Busy(None)),
            });
        }
    }

    /// Whoever has come meanwhile has waited as long for the database as those whose read failed.
    fn refuse(&mut self, group: &mut Vec<Asked<Q>>) {
        while let Ok(asked) = self.questions.try_recv() {
            group.push(asked);
        }
        for Asked { reply, .. } in group.drain(..) {
            let _ = reply.send(Err(ActError::Busy(None)));
        }
    }
}

#[cfg(test)]
mod tests {
    use parking_lot::Mutex;
    use store::testing::{Engine, Fresh, fresh};
    use tokio::sync::Semaphore;

    use super::*;
    use crate::app::sources;

    async fn a_database() -> Fresh {
        fresh(Engine::Sqlite).await
    }

    /// Asked for a number, says its double, once it may.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    struct Double(u32);

    static READS: Mutex<Vec<Vec<u32>>> = Mutex::new(Vec::new());
    static MAY_READ: Semaphore = Semaphore::const_new(0);

    impl Question for Double {
        type Answer = u32;

        async fn read(_: &Store, _: Moment, asked: &[Self]) -> StoreResult<HashMap<Self, u32>> {
            READS.lock().push(asked.iter().map(|it| it.0).collect());
            MAY_READ.acquire().await.unwrap().forget();
            Ok(asked.iter().filter(|it| it.0 > 0).map(|it| (*it, it.0 * 2)).collect())
        }
    }

    #[tokio::test]
    async fn what_is_asked_during_a_read_shares_the_next_one() {
        let db = a_database().await;
        let (double, reading) = pair::<Double>(&db.store, &sources());
        let reading = tokio::spawn(reading);
        let ask = |number| double.ask(Double(number));
        let asking = async {
            // All ask at once; the first is read before the others are looked at.
            tokio::join!(ask(1), ask(2), ask(0), ask(3), ask(2))
        };
        let letting = async {
            while READS.lock().is_empty() {
                tokio::task::yield_now().await;
            }
            MAY_READ.add_permits(2);
        };
        let ((one, two, nothing, three, again), ()) = tokio::join!(asking, letting);
        assert_eq!(one.unwrap(), Some(2));
        assert_eq!((two.unwrap(), again.unwrap()), (Some(4), Some(4)));
        assert_eq!((nothing.unwrap(), three.unwrap()), (None, Some(6)));
        let reads = READS.lock().clone();
        assert_eq!(reads.concat(), [1, 2, 0, 3, 2]);
        assert!(reads.len() <= 2, "{reads:?}");
        drop(double);
        reading.await.unwrap();
    }

    /// A number whose row nobody can read when it is odd.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    struct Odd(u32);

    impl Question for Odd {
        type Answer = u32;

        async fn read(_: &Store, _: Moment, asked: &[Self]) -> StoreResult<HashMap<Self, u32>> {
            if asked.iter().any(|it| it.0 % 2 == 1) {
                return Err(StoreError::Corrupt { table: "numbers", column: "odd" });
            }
            Ok(asked.iter().map(|it| (*it, it.0)).collect())
        }
    }

    #[tokio::test]
    async fn a_row_that_cannot_be_read_is_nobody_elses_fault() {
        let db = a_database().await;
        let (odd, reading) = pair::<Odd>(&db.store, &sources());
        tokio::spawn(reading);
        let (two, three, four) = tokio::join!(odd.ask(Odd(2)), odd.ask(Odd(3)), odd.ask(Odd(4)));
        assert_eq!((two.unwrap(), four.unwrap()), (Some(2), Some(4)));
        assert!(matches!(three, Err(ActError::Broken(_))), "{three:?}");
    }

    #[tokio::test]
    async fn who_asks_a_database_that_is_gone_is_told_at_once() {
        let db = a_database().await;
        let (ReadBoxes { members, .. }, readings) = open(&db.store, &sources());
        readings.into_iter().for_each(|reading| drop(tokio::spawn(reading)));
        db.store.close().await;
        let membership = (sources().id(), sources().id());
        let (one, other) = tokio::join!(members.ask(membership), members.ask(membership));
        assert!(
            matches!((&one, &other), (Err(ActError::Busy(_)), Err(ActError::Busy(_)))),
            "{one:?} {other:?}"
        );
    }
}
