//! The power is cut at any moment, and no acknowledged message is lost on either engine. `kill -9` cannot show this: what
//! a killed program wrote is safe in the memory of a machine that goes on. Needs root and minutes: `make prove`.
//!
//! The machine freezes first, so that nobody is told of a sync that raced the cut; then the disk forgets what was not
//! written through, and everybody starts again on what is left. The same harness must find the loss when syncs do
//! nothing, which `libeatmydata` makes of them behind the programs' backs.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use store::testing::{Cluster, Engine, kill};
use store::{Address, Store};
use tempfile::TempDir;
use tokio::time::sleep;

use crate::check::{Fault, check};
use crate::disk::Disk;
use crate::node::Node;
use crate::world::{End, Site, World};
use crate::{MEDCHAT, expect_kept};

/// How often the power is cut, per engine.
const CUTS: [(Engine, usize); 2] = [(Engine::Sqlite, 60), (Engine::Postgres, 10)];
/// Within how many cuts syncs that do nothing must be found.
const CARELESS_CUTS: usize = 10;
/// Makes every sync a success without doing it.
const CARELESS: &[(&str, &str)] = &[("LD_PRELOAD", "libeatmydata.so")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs root and minutes: make prove"]
async fn cuts_of_the_power_lose_nothing() {
    for (engine, cuts) in CUTS {
        let (power, mut world) = Power::of_a_world(engine, &[]).await;
        for _ in 0..cuts {
            world.live_and_die(End::Cut(&power)).await;
        }
        let history = world.history().await;
        expect_kept(&history);
        assert!(history.acks.len() > 4 * cuts, "only {} were acknowledged", history.acks.len());
        tell(&format!(
            "{engine:?}: {cuts} cuts of the power, {} posts, {} cut off, nothing lost",
            history.sent.len(),
            world.unknown
        ));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs root and minutes: make prove"]
async fn syncs_that_do_nothing_are_found_out() {
    for engine in Engine::ALL {
        let (power, mut world) = Power::of_a_world(engine, CARELESS).await;
        let mut found = None;
        for cut in 1..=CARELESS_CUTS {
            let living = async {
                world.live_and_die(End::Cut(&power)).await;
                check(&world.history().await)
            };
            // A database that does not even open any more is a loss that nobody can overlook.
            let faults = AssertUnwindSafe(living).catch_unwind().await;
            let lost = faults.map(|faults| faults.iter().any(|fault| matches!(fault, Fault::Lost { .. })));
            if lost.unwrap_or(true) {
                found = Some(cut);
                break;
            }
        }
        let cut = found.unwrap_or_else(|| panic!("{engine:?}: {CARELESS_CUTS} cuts showed no loss"));
        tell(&format!("{engine:?}: syncs that do nothing were found out at cut {cut}"));
    }
}

/// The power of everything that keeps data.
pub struct Power {
    disk: Disk,
    /// On PostgreSQL the cluster on that disk.
    cluster: Option<Cluster>,
}

impl Power {
    /// A world whose database lies on a disk whose power can be cut; programs run with this environment beside.
    async fn of_a_world(engine: Engine, environment: Environment) -> (Self, World) {
        let disk = Disk::mount();
        let data = TempDir::with_prefix_in("medchat-", disk.path()).expect("a temporary folder");
        let (database, cluster) = match engine {
            Engine::Sqlite => (Address::Sqlite(data.path().join("medchat.db")), None),
            Engine::Postgres => {
                let cluster = Cluster::start_in(&disk.path(), environment);
                cluster.run("create database medchat").await;
                (cluster.address("medchat"), Some(cluster))
            }
        };
        let power = Self { disk, cluster };
        let site = Site { data, database, _kept: None, environment };
        let world = World::on(MEDCHAT, site).await;
        power.disk.sync();
        (power, world)
    }

    /// Cuts it under a running server, and gives it back when nobody runs any more.
    pub async fn cut(&self, node: Node) {
        // Whoever acknowledges freezes first: what was acknowledged until then was durable then.
        node.freeze();
        let frozen = self.cluster.as_ref().map(Cluster::freeze).unwrap_or_default();
        self.disk.cut();
        node.kill();
        kill(&frozen);
        // The last file is closed a moment after its process has ended.
        sleep(Duration::from_millis(50)).await;
        self.disk.comes_back();
        if let Some(cluster) = &self.cluster {
            cluster.start_again();
            Store::open(&cluster.address("medchat")).await.expect("PostgreSQL is back").close().await;
        }
    }
}

impl Drop for Power {
    fn drop(&mut self) {
        // A cluster must not outlive its disk: who stops it later finds nothing there to stop it by.
        self.cluster.iter().for_each(Cluster::end);
    }
}

/// Variables that programs are started with.
type Environment = &'static [(&'static str, &'static str)];

#[expect(clippy::print_stdout, reason = "figures for who asks for them with --nocapture")]
fn tell(line: &str) {
    println!("{line}");
}
