//! Three nodes, with people at all of them, while nodes, bus and database are killed, frozen, and in a network of their
//! own cut off: whatever happens, the history keeps the promises. Each nemesis has a round: people begin, it strikes and
//! mends what it broke, all settle what is open and read to the end, and everything that happened so far is checked.
//!
//! The rounds without a network need no root and no minutes. The others are run by `make prove`.

use std::collections::BTreeMap;
use std::time::Duration;

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use tokio::sync::RwLockWriteGuard;
use tokio::time::{sleep, timeout};

use crate::check::{Fault, check};
use crate::crowd::Crowd;
use crate::gather::{head, stored, told};
use crate::history::{Away, History};
use crate::namespaces::Namespaces;
use crate::nemesis::{Nemesis, Strike};
use crate::people::Place;
use crate::reader::Reader;
use crate::system::{NODES, System};
use crate::taking;
use crate::{HASTY, MACHINE, MEDCHAT};

/// How much must have happened before the nemesis strikes, and again after it.
const TRAFFIC: u64 = 200;
/// How long that may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often each nemesis strikes in the long run.
const TURNS: usize = 2;
/// Within how many rounds of kills the loss of a hasty server must be found.
const HASTY_ROUNDS: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_nodes_keep_every_promise() {
    let mut chaos = Chaos::of(MEDCHAT, None).await;
    for nemesis in Nemesis::OF_PROCESSES {
        chaos.keeps_its_promises(nemesis).await;
    }
    chaos.was_no_idleness();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_loss_of_hasty_nodes_is_found() {
    let mut chaos = Chaos::of(HASTY, None).await;
    for _ in 0..HASTY_ROUNDS {
        let round = chaos.round(Nemesis::KillsNodes).await;
        if round.faults.iter().any(|fault| matches!(fault, Fault::Lost { .. })) {
            return;
        }
    }
    panic!("{HASTY_ROUNDS} rounds with nodes that acknowledge too early went unnoticed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs root and minutes: make prove"]
async fn three_nodes_keep_every_promise_in_a_bad_network() {
    let mut chaos = Chaos::of(MEDCHAT, Some(Namespaces::open(NODES))).await;
    for _ in 0..TURNS {
        for nemesis in Nemesis::OF_THE_NETWORK.into_iter().chain(Nemesis::OF_PROCESSES) {
            chaos.keeps_its_promises(nemesis).await;
        }
    }
    chaos.was_no_idleness();
}

/// A system, the people, and what happened so far.
struct Chaos {
    system: System,
    crowd: Crowd,
    away: Vec<Away>,
    history: History,
    figures: Figures,
    turn: usize,
    dice: StdRng,
    /// For themselves, until the last process has gone.
    _machine: RwLockWriteGuard<'static, ()>,
}

/// What a round was like.
struct Round {
    what: String,
    figures: Figures,
    cut: usize,
    faults: Vec<Fault>,
}

/// Figures that grow.
#[derive(Clone, Copy, Default)]
struct Figures {
    posts: usize,
    acks: usize,
    cancelled: usize,
    /// How often people heard that the database is away.
    refused: usize,
    /// How many answers came from another node than the one where the try was sent first.
    elsewhere: usize,
}

impl Chaos {
    async fn of(program: &'static str, net: Option<Namespaces>) -> Self {
        let machine = MACHINE.write().await;
        let system = System::open(program, net).await;
        let crowd = Crowd::gather(system.doors.clone()).await;
        let dice = StdRng::seed_from_u64(20_261_127);
        let (away, history, figures) = (Vec::new(), History::default(), Figures::default());
        Self { system, crowd, away, history, figures, turn: 0, dice, _machine: machine }
    }

    #[expect(clippy::print_stdout, reason = "figures for who asks for them with --nocapture")]
    async fn keeps_its_promises(&mut self, nemesis: Nemesis) {
        let Round { what, figures, cut, faults } = self.round(nemesis).await;
        let Figures { posts, acks, cancelled, refused, elsewhere } = figures;
        let verdict = if faults.is_empty() { "kept" } else { "BROKEN" };
        println!(
            "{nemesis:<26} {posts:>5} posts, {acks:>5} acks, {elsewhere:>3} by another node, {cancelled:>3} given up, \
             {cut:>3} cut off, {refused:>3} refused: {verdict} ({what})"
        );
        let shown = &faults[..faults.len().min(10)];
        assert!(faults.is_empty(), "{} promises broken, {shown:?}; {}", faults.len(), self.system.log());
        assert!(acks as u64 > TRAFFIC / 4, "only {acks} were acknowledged");
        let (cuts, tells) = nemesis.hits();
        assert!(!cuts || cut > 0, "{nemesis} cut nobody off");
        assert!(!tells || refused > 0, "nobody heard of {nemesis}");
    }

    /// One nemesis, from calm to calm.
    async fn round(&mut self, nemesis: Nemesis) -> Round {
        self.turn += 1;
        self.system.is_whole().await;
        let doors = self.system.doors.clone();
        let (right, guest) = taking::is_given(&self.crowd, &doors, self.turn).await;
        let busy = self.crowd.begin(guest).await;
        self.goes_on().await;
        let feed = self.crowd.staff_room().feed.clone();
        let taking = tokio::spawn(right.take(doors, self.system.address(), feed));
        let Strike { what, away } = nemesis.strikes(&mut self.system, &self.crowd, &mut self.dice).await;
        self.away.extend(away);
        let silent_after = timeout(PATIENCE, taking).await.expect("it is taken").expect("nobody panicked");
        self.staff_write_beyond(silent_after).await;
        self.system.is_whole().await;
        self.goes_on().await;
        let cut = self.crowd.end(busy, silent_after).await;
        let before = self.figures;
        self.settle().await;
        self.figures = self.count();
        Round { what, figures: self.figures.since(before), cut, faults: check(&self.history) }
    }

    /// People get answers.
    async fn goes_on(&self) {
        let enough = self.crowd.order.count() + TRAFFIC;
        let going_on = async {
            while self.crowd.order.count() < enough {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, going_on).await.expect("posts are acknowledged");
    }

    /// Until there is something more to overhear.
    async fn staff_write_beyond(&self, seq: u64) {
        let store = self.system.store().await;
        let writing = async {
            while head(&store, &self.crowd.staff_room().feed).await <= seq {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, writing).await.expect("the staff write on");
        store.close().await;
    }

    /// Lets all come to an end, and gathers what happened.
    async fn settle(&mut self) {
        self.crowd.settle().await;
        let store = self.system.store().await;
        let mut feeds = BTreeMap::new();
        for Place { feed, .. } in &self.crowd.places {
            feeds.insert(feed.clone(), stored(&store, feed).await);
        }
        store.close().await;
        let heads = feeds.iter().map(|(feed, stored)| (feed.clone(), stored.head)).collect();
        self.crowd.read_to(&heads).await;
        self.history = told(&self.crowd.writers, self.crowd.readers.iter().chain(&self.crowd.guests));
        self.history.stored = feeds;
        self.history.away = self.away.clone();
    }

    fn count(&self) -> Figures {
        let History { sent, acks, cancelled, .. } = &self.history;
        let first: BTreeMap<&str, usize> = sent.iter().map(|sent| (sent.cid.as_str(), sent.node)).collect();
        Figures {
            posts: sent.len(),
            acks: acks.len(),
            cancelled: cancelled.len(),
            refused: self.crowd.writers.iter().map(|writer| writer.refused).sum(),
            elsewhere: acks.iter().filter(|ack| first[ack.cid.as_str()] != ack.node).count(),
        }
    }

    /// A run in which nothing happened would prove nothing.
    fn was_no_idleness(&self) {
        let Figures { elsewhere, cancelled, .. } = self.figures;
        assert!(elsewhere > 0, "nobody got an answer from another node");
        assert!(cancelled > 0, "nobody gave anything up");
        let heard = |guest: &&Reader| guest.transcripts().all(|transcript| !transcript.lines.is_empty());
        assert!(self.crowd.guests.iter().filter(heard).count() > 1, "no guest ever had the right");
    }
}

impl Figures {
    fn since(self, before: Self) -> Self {
        Self {
            posts: self.posts - before.posts,
            acks: self.acks - before.acks,
            cancelled: self.cancelled - before.cancelled,
            refused: self.refused - before.refused,
            elsewhere: self.elsewhere - before.elsewhere,
        }
    }
}
