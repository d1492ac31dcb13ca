//! How fast anyone may do what. Kept in memory per node: a restart forgives. All of these fail open, since
//! they keep load away and guard no secret; guessing passwords is also slowed by the hashing itself.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use domain::appeal::number::AppealNumber;
use domain::id::AccountId;
use domain::source::Sources;
use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::acts::error::{ActError, ActResult};
use crate::acts::failure::Failures;

/// The clock the limits run on: the one that was handed in.
#[derive(Clone)]
struct ByMoments(Sources);

impl Clock for ByMoments {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Duration::from_millis(self.0.now().millis().max(0).unsigned_abs()).into()
    }
}

type Keyed<K> = RateLimiter<K, DashMapStateStore<K>, ByMoments, NoOpMiddleware<Nanos>>;

/// An address as limits see it: IPv6 by /64, since one household owns that many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Neighbourhood(IpAddr);

impl From<IpAddr> for Neighbourhood {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(address) => Self(IpAddr::V6((u128::from(address) >> 64 << 64).into())),
            v4 @ IpAddr::V4(_) => Self(v4),
        }
    }
}

/// All limits.
pub struct Limits {
    clock: ByMoments,
    lifted: bool,
    sign_in: Keyed<Neighbourhood>,
    sign_in_to: Keyed<String>,
    failures: Failures,
    sign_up: Keyed<Neighbourhood>,
    status: Keyed<Neighbourhood>,
    status_of: Keyed<AppealNumber>,
    redeem: Keyed<AccountId>,
    second_factor: Keyed<AccountId>,
    redeem_from: Keyed<Neighbourhood>,
    post: Keyed<AccountId>,
    change: Keyed<AccountId>,
}

/// What the limits are to be.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Sign-ins a minute from one address.
    pub sign_ins: u32,
    /// Sign-ins a minute to one login.
    pub sign_ins_to_login: u32,
    /// Wrong passwords in a row that cost nothing.
    pub free_failures: u32,
    /// Sign-ups a minute from one address.
    pub sign_ups: u32,
    /// Questions a minute about an appeal's state, from one address and about one number.
    pub statuses: u32,
    /// Codes one may try in a row; the same again after a quarter of an hour.
    pub redemptions: u32,
    /// Codes of a second factor one may try in a row; the same again after a quarter of an hour.
    pub second_factors: u32,
    /// The same as `redemptions` for an address, where a household or a hall may sit.
    pub redemptions_from: u32,
    /// Posts one may write in a row.
    pub posts: u32,
    /// How long until one more, in milliseconds.
    pub post_every: u64,
    /// Other changes a minute.
    pub changes: u32,
}

impl Pace {
    /// For people in the open.
    pub const OPEN: Self = Self {
        sign_ins: 60,
        sign_ins_to_login: 10,
        free_failures: 4,
        sign_ups: 20,
        statuses: 10,
        redemptions: 5,
        redemptions_from: 60,
        second_factors: 10,
        posts: 60,
        post_every: 1000,
        changes: 240,
    };
    /// For a demo, where one visitor plays everybody.
    pub const DEMO: Self = Self {
        sign_ins: 600,
        sign_ins_to_login: 300,
        free_failures: 100,
        sign_ups: 200,
        statuses: 300,
        redemptions: 200,
        redemptions_from: 600,
        second_factors: 200,
        posts: 200,
        post_every: 200,
        changes: 1200,
    };
}

impl Limits {
    /// Limits of this pace; `lifted` for load tests on loopback, where only counting goes on.
    pub fn new(pace: Pace, lifted: bool, sources: Sources) -> Self {
        let clock = ByMoments(sources);
        Self {
            lifted,
            sign_in: keyed(per_minute(pace.sign_ins), &clock),
            sign_in_to: keyed(per_minute(pace.sign_ins_to_login), &clock),
            failures: Failures::new(pace.free_failures),
            sign_up: keyed(per_minute(pace.sign_ups), &clock),
            status: keyed(per_minute(pace.statuses), &clock),
            status_of: keyed(per_minute(pace.statuses), &clock),
            redeem: keyed(per_quarter(pace.redemptions), &clock),
            second_factor: keyed(per_quarter(pace.second_factors), &clock),
            redeem_from: keyed(per_quarter(pace.redemptions_from), &clock),
            post: keyed(every(pace.post_every, pace.posts), &clock),
            change: keyed(per_minute(pace.changes), &clock),
            clock,
        }
    }

    /// One more try to sign in.
    ///
    /// # Errors
    /// [`ActError::RateLimited`].
    pub fn sign_in(&self, from: IpAddr, login: &str) -> ActResult<()> {
        self.check(&self.sign_in, &from.into())?;
        self.check(&self.sign_in_to, &login.to_owned())?;
        let wait = self.failures.wait(login, self.clock.0.now());
        if wait > 0 && !self.lifted {
            return Err(ActError::RateLimited { retry_after: wait.div_ceil(1000) });
        }
        Ok(())
    }

    /// What came of a try to sign in: after each wrong password the next one waits longer.
    pub fn signed_in(&self, login: &str, done: bool) {
        if done {
            self.failures.succeeded(login);
        } else {
            self.failures.failed(login, self.clock.0.now());
        }
    }

    /// One more sign-up.
    ///
    /// # Errors
    /// [`ActError::RateLimited`].
    pub fn sign_up(&self, from: IpAddr) -> ActResult<()> {
        self.check(&self.sign_up, &from.into())
    }

    /// One more code of a second factor. Of a million codes three are right at a time: at this pace whoever knows the
    /// password already needs eight months for an even chance.
    ///
    /// # Errors
    /// [`ActError::RateLimited`].
    pub fn second_factor(&self, account: AccountId) -> ActResult<()> {
        self.check(&self.second_factor, &account)
    }

    /// One more question about an appeal's state. Whoever tries codes is slowed for each number too.
    ///
    /// # Errors
    /// [`ActError::RateLimited`].
    pub fn status(&self, from: IpAddr, number: AppealNumber) -> ActResult<()> {
        self.check(&self.status, &from.into())?;
        self.check(&self.status_of, &number)
    }

    /// One more try to redeem a code.
    ///
    /// # Errors
    /// [`ActError::RateLimited`].
    pub fn redeem(&self, account: AccountId, from: IpAddr) -> ActResult<()> {
        self.check(&self.redeem, &account)?;
        self.check(&self.redeem_from, &from.into())
    }

    /// One more post.
    ///
    /// # Errors
    /// [`ActError::RateLimited`].
    pub fn post(&self, account: AccountId) -> ActResult<()> {
        self.check(&self.post, &account)
    }

    /// One more change of any other kind.
    ///
    /// # Errors
    /// [`ActError::RateLimited`].
    pub fn change(&self, account: AccountId) -> ActResult<()> {
        self.check(&self.change, &account)
    }

    fn check<K: Clone + Eq + std::hash::Hash>(&self, limiter: &Keyed<K>, key: &K) -> ActResult<()> {
        if self.lifted {
            return Ok(());
        }
        limiter.check_key(key).map(|_| ()).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            ActError::RateLimited { retry_after: wait.as_secs().saturating_add(1) }
        })
    }

    /// Forgets those who have been quiet long enough, so that memory does not grow with the number of visitors.
    pub fn forget_the_quiet(&self) {
        self.sign_in.retain_recent();
        self.sign_in_to.retain_recent();
        self.failures.forget(self.clock.0.now());
        self.sign_up.retain_recent();
        self.status.retain_recent();
        self.status_of.retain_recent();
        self.redeem.retain_recent();
        self.redeem_from.retain_recent();
        self.second_factor.retain_recent();
        self.post.retain_recent();
        self.change.retain_recent();
    }
}

fn keyed<K: Clone + Eq + std::hash::Hash>(quota: Quota, clock: &ByMoments) -> Keyed<K> {
    RateLimiter::new(quota, DashMapStateStore::default(), clock.clone())
}

fn per_minute(times: u32) -> Quota {
    Quota::per_minute(NonZeroU32::new(times).unwrap_or(NonZeroU32::MIN))
}

fn per_quarter(times: u32) -> Quota {
    every(900_000 / u64::from(times.max(1)), times)
}

fn every(millis: u64, burst: u32) -> Quota {
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    Quota::with_period(Duration::from_millis(millis.max(1)))
        .unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN))
        .allow_burst(burst)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_is_one_neighbour() {
        let of = |text: &str| Neighbourhood::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
