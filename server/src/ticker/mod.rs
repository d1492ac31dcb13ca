//! What happens by the clock: silent peers are swept, missed entries are fetched, grants that end close their
//! holders' sockets, limits forget the quiet. Small loops, safe to run on every node.

use std::sync::Arc;
use std::time::Duration;

use domain::source::Sources;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::acts::Acts;
use crate::live::hub::Hub;

/// How far back changed feeds are looked for, in milliseconds.
const LOOK_BACK: i64 = 10_000;

/// Sweeps silent peers once a second, until `stop`.
pub async fn sweep(hub: Arc<Hub>, stop: CancellationToken) {
    let mut beat = interval(Duration::from_secs(1));
    while next(&mut beat, &stop).await {
        hub.sweep();
    }
}

/// Compares the newest numbers with the store every two seconds and fetches what was missed, until `stop`. A
/// lost *last* entry leaves no gap that would show by itself.
pub async fn catch_up(hub: Arc<Hub>, store: store::Store, sources: Sources, stop: CancellationToken) {
    let mut beat = interval(Duration::from_secs(2));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while next(&mut beat, &stop).await {
        let since = sources.now().plus_millis(-LOOK_BACK);
        let stored = match store::feed::changed(&store, since).await {
            Ok(stored) => stored,
            Err(error) => {
                tracing::warn!(error = %error, "the newest numbers could not be compared");
                continue;
            }
        };
        for (feed, after) in hub.behind(&stored) {
            metrics::counter!("medchat_feed_gaps_total").increment(1);
            if let Err(error) = hub.fill(feed, after).await {
                tracing::warn!(feed.id = %feed, error = %error, "a feed could not catch up yet");
            }
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
