//! The server on a machine whose clock is days off, for the kill -9 harness. `jumpy 1 -1` jumps to and fro between
//! tomorrow and yesterday, `jumpy -35` lives five weeks ago.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use domain::moment::Moment;
use domain::source::{Clock, Dice, Sources};
use rand::RngCore as _;
use tokio::time::Instant;

mod twin;

const DAY: i64 = 24 * 3_600_000;
/// How long the clock goes on between two jumps: shorter than one round of what is due.
const BEAT: Duration = Duration::from_millis(150);

/// The true clock, so many days off.
struct Jumpy {
    truth: Sources,
    since: Instant,
    days: Vec<i64>,
}

impl Clock for Jumpy {
    fn now(&self) -> Moment {
        let beats = self.since.elapsed().as_millis() / BEAT.as_millis();
        let turn = usize::try_from(beats).unwrap_or_default().checked_rem(self.days.len());
        let days = turn.and_then(|turn| self.days.get(turn)).copied().unwrap_or_default();
        self.truth.now().plus_millis(days.saturating_mul(DAY))
    }
}

struct FairDice;

impl Dice for FairDice {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let days = std::env::args().skip(1).filter_map(|days| days.parse().ok()).collect();
    let clock = Jumpy { truth: medchat::app::sources(), since: Instant::now(), days };
    match twin::serve(Sources::new(Arc::new(clock), Arc::new(FairDice))).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = %error, "not served");
            ExitCode::FAILURE
        }
    }
}
