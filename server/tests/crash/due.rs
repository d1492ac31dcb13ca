//! Each step of the ladder is told once to each whom it concerns, and silence closes once: by any number of nodes, after
//! kill -9, while clocks jump a day either way. Residents ask on a server that lives five weeks ago; to those of the
//! present everything is due at once, and they are killed while they tell. In the end all feeds are counted.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use domain::appeal::event::Fact;
use domain::feed::{Body, Feed};
use domain::id::AppealId;
use domain::moment::Moment;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use store::testing::{Engine, Fresh, fresh};
use store::{Address, Store};
use tempfile::TempDir;
use tokio::sync::RwLockReadGuard;
use tokio::time::{sleep, timeout};

use crate::asked::{Asked, Fate, Rung, Staff};
use crate::history::{History, Notice};
use crate::node::{Ground, Node, SERVE};
use crate::{MACHINE, MEDCHAT, expect_kept};

/// A program and what it is told.
type Machine = (&'static str, &'static [&'static str]);
const JUMPY: &str = env!("CARGO_BIN_EXE_jumpy");
const PRESENT: Machine = (MEDCHAT, SERVE);
const TO_AND_FRO: Machine = (JUMPY, &["1", "-1"]);
/// Whatever was asked then is overdue by now, holidays or not.
const FIVE_WEEKS_AGO: Machine = (JUMPY, &["-35"]);
/// When no lease of the dead holds any more.
const IN_TWO_DAYS: Machine = (JUMPY, &["2"]);

/// How many entries a server adds before it is killed, and then how many milliseconds pass.
const ENTRIES: RangeInclusive<u64> = 1..=24;
const MOMENT: RangeInclusive<u64> = 0..=9;
/// How long it may take until something is told.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_kills_tell_each_step_once_on_sqlite() {
    let mut overdue = Overdue::open(Engine::Sqlite).await;
    for turn in 0..20 {
        let node = overdue.start(if turn % 2 == 0 { PRESENT } else { TO_AND_FRO });
        overdue.is_told().await;
        node.kill();
        assert!(overdue.is_left().await, "death {turn} came too late to hit anybody");
    }
    overdue.was_told_once().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_that_die_tell_each_step_once_on_postgres() {
    let mut overdue = Overdue::open(Engine::Postgres).await;
    for turn in 0..10 {
        let (one, other) = std::thread::scope(|both| {
            let other = both.spawn(|| overdue.start(TO_AND_FRO));
            (overdue.start(PRESENT), other.join().unwrap())
        });
        let (first, second) = if overdue.dice.random() { (one, other) } else { (other, one) };
        overdue.is_told().await;
        first.kill();
        assert!(overdue.is_left().await, "death {turn} came too late to hit anybody");
        overdue.is_told().await;
        second.kill();
    }
    overdue.was_told_once().await;
}

/// A demo in which every promise is over and nobody was told.
struct Overdue {
    /// Beside others like it.
    _machine: RwLockReadGuard<'static, ()>,
    data: TempDir,
    database: Address,
    store: Store,
    _fresh: Option<Fresh>,
    staff: Staff,
    asked: Vec<Asked>,
    dice: StdRng,
}

impl Overdue {
    async fn open(engine: Engine) -> Self {
        let machine = MACHINE.read().await;
        let data = TempDir::with_prefix("medchat-crash-").unwrap();
        let (database, kept) = match engine {
            Engine::Sqlite => (Address::Sqlite(PathBuf::from(data.path()).join("medchat.db")), None),
            Engine::Postgres => {
                let kept = fresh(engine).await;
                (kept.address.clone(), Some(kept))
            }
        };
        let node = start(&data, &database, FIVE_WEEKS_AGO);
        let store = Store::open(&database).await.unwrap();
        let staff = Staff::find(node.address, &store).await;
        let asked = staff.are_asked(node.address).await;
        node.kill();
        let dice = StdRng::seed_from_u64(20_261_126);
        Self { _machine: machine, data, database, store, _fresh: kept, staff, asked, dice }
    }

    fn start(&self, machine: Machine) -> Node {
        start(&self.data, &self.database, machine)
    }

    /// Until the feeds have grown by as much as the dice say, and a moment longer.
    async fn is_told(&mut self) {
        let enough = self.entries().await + self.dice.random_range(ENTRIES);
        let telling = async {
            while self.entries().await < enough && self.is_left().await {
                sleep(Duration::from_millis(2)).await;
            }
        };
        timeout(PATIENCE, telling).await.expect("what is due is told");
        sleep(Duration::from_millis(self.dice.random_range(MOMENT))).await;
    }

    /// Whether something is still to be told.
    async fn is_left(&self) -> bool {
        store::due::next(&self.store).await.unwrap().is_some()
    }

    async fn entries(&self) -> u64 {
        self.feeds().await.into_iter().map(|(_, head)| head).sum()
    }

    async fn feeds(&self) -> Vec<(Feed, u64)> {
        store::feed::changed(&self.store, Moment::from_millis(0)).await.unwrap()
    }

    /// Lets a last server tell the rest, and counts everything.
    async fn was_told_once(&self) {
        let last = self.start(IN_TWO_DAYS);
        let telling = async {
            while self.is_left().await {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, telling).await.expect("the rest is told");
        last.kill();
        let due = self.asked.iter().flat_map(|asked| self.due(asked)).collect();
        expect_kept(&History { due, told: self.told().await, ..History::default() });
        for asked in &self.asked {
            self.is_recorded_once(asked).await;
        }
    }

    /// What is to be told of an appeal.
    fn due(&self, asked: &Asked) -> Vec<Notice> {
        let of = |rung: Rung| {
            let feeds = self.staff.concerned(asked, rung.2).into_iter();
            feeds.map(move |feed| notice(feed, asked.id, rung))
        };
        asked.rungs().into_iter().flat_map(of).collect()
    }

    /// Every notice of every feed.
    async fn told(&self) -> Vec<Notice> {
        let mut told = Vec::new();
        for (feed, head) in self.feeds().await {
            let limit = u32::try_from(head).unwrap() + 1;
            let entries = store::entry::after(&self.store, feed, 0, limit).await.unwrap();
            let seqs: Vec<u64> = entries.iter().map(|(entry, _)| entry.seq).collect();
            assert_eq!(seqs, (1..=head).collect::<Vec<_>>(), "{feed} has no hole");
            for (entry, _) in entries {
                if let Body::Notice(it) = entry.body {
                    told.push(notice(feed, it.appeal, (it.clock, it.cycle, it.step)));
                }
            }
        }
        told
    }

    /// Its audit has each step once, and its log the end by silence once, if that is its fate.
    async fn is_recorded_once(&self, asked: &Asked) {
        let rows = store::audit::about(&self.store, &format!("appeal:{}", asked.id)).await.unwrap();
        let reasons = |act: &str| {
            let mut reasons: Vec<String> =
                rows.iter().filter(|row| row.act == act).map(|row| row.reason.clone()).collect();
            reasons.sort_unstable();
            reasons
        };
        let reason = |(clock, cycle, step): Rung| format!("{} {cycle} {} %", clock.word(), step.percent());
        let mut steps: Vec<String> = asked.rungs().into_iter().map(reason).collect();
        steps.sort_unstable();
        assert_eq!(reasons("appeal.clock_due"), steps, "{}", asked.id);
        let (_, log) = store::appeal::find(&self.store, asked.id).await.unwrap().unwrap();
        let closed = log.iter().filter(|event| event.fact == Fact::ClosedSilently).count();
        let wanted = usize::from(asked.fate == Fate::Answered);
        assert_eq!((closed, reasons("appeal.close_silently").len()), (wanted, wanted), "{}", asked.id);
    }
}

fn notice(feed: Feed, appeal: AppealId, (clock, cycle, step): Rung) -> Notice {
    let about = format!("{appeal}, {}, cycle {cycle}, {} %", clock.word(), step.percent());
    Notice { feed: feed.to_string(), about }
}

fn start(data: &TempDir, database: &Address, (program, arguments): Machine) -> Node {
    Node::start(Ground { program, arguments, data: data.path(), database, environment: &[] })
}
