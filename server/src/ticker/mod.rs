//! What happens by the clock: silent peers are swept, missed entries are fetched, grants that end close their
//! holders' sockets, limits forget the quiet. Small loops, safe to run on every node.

use std::sync::Arc;
use std::time::Duration;

use domain::moment::Moment;
use domain::source::Sources;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::acts::Acts;
use crate::auth::heads::Heads;
use crate::live::envelope::Envelope;
use crate::live::hub::Hub;
use crate::live::local::Local;
use crate::observe::health::Health;

/// How often this node compares itself with the store: a little less than the two seconds that are promised.
const LOOK: Duration = Duration::from_millis(1_900);
/// How often the embedded engine is tended: at ten thousand posts a second it writes a hundred megabytes in that time.
const TENDS: Duration = Duration::from_secs(1);
/// How long a suspicion waits for others.
const SETTLES: Duration = Duration::from_millis(200);
/// How far before the last look changes are looked for, in milliseconds. The clocks of two nodes differ by ten seconds
/// at most, since each is ready within five of the database's, and a transaction ends within three of its beginning.
const LOOK_BACK: i64 = 15_000;

/// How far a node's clock may be off the database's, in milliseconds.
const MOST_OFF: u64 = 5_000;

/// Sweeps silent peers once a second, until `stop`; each is pinged after `ping_after` seconds.
pub async fn sweep(hub: Arc<Hub>, ping_after: u32, stop: CancellationToken) {
    let mut beat = interval(Duration::from_secs(1));
    while next(&mut beat, &stop).await {
        hub.sweep(ping_after);
    }
}

/// Compares the newest numbers and the rights taken with the store, every two seconds and whenever the bus may have lost
/// something, until `stop`. A lost *last* entry leaves no gap that would show by itself, and a right taken while the bus
/// was away shows nowhere else.
pub async fn catch_up(local: Arc<Local>, store: store::Store, sources: Sources, stop: CancellationToken) {
    let mut beat = interval(LOOK);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut since = sources.now();
    loop {
        tokio::select! {
            _ = beat.tick() => {}
            () = local.suspects() => {
                // A bus that loses one message loses many: one look for all of them.
                tokio::time::sleep(SETTLES).await;
                beat.reset();
            }
            () = stop.cancelled() => return,
        }
        let now = sources.now();
        match look(&store, since.plus_millis(-LOOK_BACK)).await {
            Ok(envelopes) => {
                local.tell(envelopes);
                since = now;
            }
            Err(error) => tracing::warn!(error = %error, "the newest numbers could not be compared"),
        }
    }
}

/// What happened at `since` or later, as other nodes would tell it.
async fn look(store: &store::Store, since: Moment) -> store::StoreResult<Vec<Envelope>> {
    let takings = store::taking::since(store, since).await?;
    let heads = store::feed::changed(store, since).await?;
    let raised = heads.into_iter().map(|(feed, seq)| Envelope::Raised { feed, seq });
    Ok(takings.into_iter().map(Envelope::Taken).chain(raised).collect())
}

/// Tends the embedded engine's files, until `stop`, so that its writer need not.
pub async fn tend(store: store::Store, stop: CancellationToken) {
    let mut beat = interval(TENDS);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while next(&mut beat, &stop).await {
        match store.tend().await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!(error = %error, "the database's files could not be tended"),
        }
    }
}

/// Compares this node with the database it shares, every five seconds, until `stop`: its clock, and whether a newer
/// program has changed the schema.
pub async fn watch(health: Arc<Health>, store: store::Store, sources: Sources, stop: CancellationToken) {
    let mut beat = interval(Duration::from_secs(5));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while next(&mut beat, &stop).await {
        let asked = sources.now();
        match store.clock().await {
            // The answer is older than now by what it took to come.
            Ok(Some(theirs)) => {
                let ours = asked.millis() + (sources.now().millis() - asked.millis()) / 2;
                health.note_clock(ours - theirs.millis(), MOST_OFF);
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(error = %error, "the database's clock could not be asked"),
        }
        match store::migrate::is_newer(&store).await {
            Ok(newer) => health.note_schema(newer),
            Err(error) => tracing::warn!(error = %error, "the database's version could not be asked"),
        }
    }
}

/// Looks every half second for grants that began or ended, until `stop`.
pub async fn turn_grants(acts: Arc<Acts>, sources: Sources, stop: CancellationToken) {
    let mut beat = interval(Duration::from_millis(500));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut since = sources.now();
    while next(&mut beat, &stop).await {
        let now = sources.now();
        match acts.notice_turned_grants(since, now).await {
            Ok(()) => since = now,
            Err(error) => tracing::warn!(error = %error, "grants that end could not be looked for"),
        }
    }
}

/// Does what has fallen due, once a second, until `stop`.
pub async fn ring(acts: Arc<Acts>, stop: CancellationToken) {
    let mut beat = interval(Duration::from_secs(1));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while next(&mut beat, &stop).await {
        if let Err(error) = acts.ring().await {
            tracing::warn!(error = %error, "what is due could not be looked for");
        }
    }
}

/// Links the audit's rows once a second and signs the head of their chain once a minute, until `stop`, and then once more:
/// what was done in this node's last minute has a witness too. What is wrong with the chain is told in the log every minute
/// until somebody looks into it.
pub async fn seal(acts: Arc<Acts>, heads: Heads, stop: CancellationToken) {
    let mut beat = interval(Duration::from_secs(1));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for second in 0_u64.. {
        let stopping = !next(&mut beat, &stop).await;
        if let Err(error) = acts.seal_audit().await {
            tracing::warn!(error = %error, "the audit could not be sealed");
        }
        if stopping || second.is_multiple_of(60) {
            let signed = acts.sign_audit(&heads).await;
            metrics::gauge!("medchat_audit_broken").set(f64::from(u8::from(signed.is_err())));
            if let Err(error) = signed {
                tracing::error!(error = %error, "the audit is not what was signed: see `medchat audit verify`");
            }
        }
        if stopping {
            return;
        }
    }
}

/// Gives waiting appeals to those on duty, every five seconds, until `stop`.
pub async fn assign(acts: Arc<Acts>, stop: CancellationToken) {
    let mut beat = interval(Duration::from_secs(5));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while next(&mut beat, &stop).await {
        if let Err(error) = acts.assign_waiting().await {
            tracing::warn!(error = %error, "waiting appeals could not be given out");
        }
    }
}

/// Counts again what is due after a change of calendars, then checks the figures and the calendars at the start and
/// once a night, until `stop`.
pub async fn check(acts: Arc<Acts>, stop: CancellationToken) {
    if let Err(error) = acts.recount_when_changed().await {
        tracing::error!(error = %error, "promises could not be counted again after a change of calendars");
    }
    let mut beat = interval(Duration::from_secs(60));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while next(&mut beat, &stop).await {
        if let Err(error) = acts.check_nightly().await {
            tracing::warn!(error = %error, "the nightly check could not be made");
        }
    }
}

/// Lets limits forget the quiet, and the store old answers, once a minute, until `stop`.
pub async fn forget(acts: Arc<Acts>, stop: CancellationToken) {
    let mut beat = interval(Duration::from_secs(60));
    while next(&mut beat, &stop).await {
        acts.forget_the_quiet();
        if let Err(error) = acts.forget_answers().await {
            tracing::warn!(error = %error, "old answers could not be forgotten yet");
        }
    }
}

async fn next(beat: &mut tokio::time::Interval, stop: &CancellationToken) -> bool {
    tokio::select! {
        _ = beat.tick() => true,
        () = stop.cancelled() => false,
    }
}
