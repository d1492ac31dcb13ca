//! What falls due by the clock: one row for each thing of each appeal. Rows are leased, so that several processes may
//! look, and fired, which happens once. What is due when is the domain's work; what is done then, the acts'.
//!
//! Whoever fires locks the appeal first, as whoever replaces has: then nobody waits for each other in a circle.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use domain::id::AppealId;
use domain::moment::Moment;
use domain::sla::clock::ClockKind;
use domain::sla::ladder::Step;
use sqlx::QueryBuilder;

use crate::engine::{Store, Tx, on_store, on_tx};
use crate::error::StoreResult;
use crate::row;

/// What falls due. It names a row of its appeal for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// A rung of the ladder.
    Step {
        /// Of which clock.
        clock: ClockKind,
        /// Of which cycle.
        cycle: u32,
        /// Which rung.
        step: Step,
    },
    /// The end of the time in which a resident may say something of a final answer.
    Silence {
        /// Of which cycle.
        cycle: u32,
    },
}

/// Something with its moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Due {
    /// Of which appeal.
    pub appeal: AppealId,
    /// What.
    pub what: What,
    /// When.
    pub at: Moment,
}

/// The text names nothing that falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nothing of this name falls due")]
pub struct NotDue;

/// `first_answer.1.50`, `silence.1`.
impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step { clock, cycle, step } => write!(f, "{}.{cycle}.{}", clock.word(), step.percent()),
            Self::Silence { cycle } => write!(f, "silence.{cycle}"),
        }
    }
}
impl FromStr for What {
    type Err = NotDue;
    fn from_str(text: &str) -> Result<Self, NotDue> {
        let (word, rest) = text.split_once('.').ok_or(NotDue)?;
        let number = |text: &str| text.parse::<u32>().map_err(|_| NotDue);
        if word == "silence" {
            return Ok(Self::Silence { cycle: number(rest)? });
        }
        let (cycle, percent) = rest.split_once('.').ok_or(NotDue)?;
        let clock = ClockKind::from_word(word).ok_or(NotDue)?;
        let step = Step::from_percent(number(percent)?).ok_or(NotDue)?;
        Ok(Self::Step { clock, cycle: number(cycle)?, step })
    }
}

/// Makes the rows of an appeal that have not fired exactly these. What has fired is not made again; what is due at
/// another moment than before loses its lease.
///
/// # Errors
/// [`crate::StoreError::MissingParent`] when there is no such appeal.
pub async fn replace(tx: &mut Tx, appeal: AppealId, dues: &[Due]) -> StoreResult<()> {
    // One row for each name: a statement may not touch a row twice.
    let rows: BTreeMap<String, Moment> = dues.iter().map(|due| (due.what.to_string(), due.at)).collect();
    on_tx!(tx, on => {
        let mut query = QueryBuilder::<Db>::new("delete from dues where fired_at is null and appeal = ");
        query.push_bind(appeal.to_string());
        if !rows.is_empty() {
            query.push(" and what not in (");
            let mut list = query.separated(", ");
            for what in rows.keys() {
                list.push_bind(what);
            }
            query.push(")");
        }
        query.build().execute(&mut *on).await?;
        if !rows.is_empty() {
            let mut query = QueryBuilder::<Db>::new("insert into dues (appeal, what, at) ");
            query.push_values(&rows, |mut values, (what, at)| {
                values.push_bind(appeal.to_string()).push_bind(what).push_bind(at.millis());
            });
            query.push(" on conflict (appeal, what) do update set at = excluded.at, leased_until = null \
                        where dues.fired_at is null and dues.at <> excluded.at");
            query.build().execute(&mut *on).await?;
        }
        Ok(())
    })?;
    Ok(())
}

/// Leases up to `limit` rows that are due, have not fired and are nobody's, until `until`; the earliest first. A lease
/// that is over, or that ends later than any could that is given now, is nobody's: in between the clock was put back.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn claim(tx: &mut Tx, now: Moment, until: Moment, limit: u32) -> StoreResult<Vec<Due>> {
    let claiming = tx.claiming();
    let found = on_tx!(tx, on => {
        let mut query = QueryBuilder::<Db>::new("select appeal, what, at from dues where fired_at is null and at <= ");
        query.push_bind(now.millis()).push(" and (leased_until is null or leased_until <= ");
        query.push_bind(now.millis()).push(" or leased_until > ").push_bind(until.millis());
        query.push(") order by at, appeal, what limit ").push_bind(i64::from(limit)).push(claiming);
        let found = query.build_query_as::<(String, String, i64)>().fetch_all(&mut *on).await?;
        if !found.is_empty() {
            let mut query = QueryBuilder::<Db>::new("update dues set leased_until = ");
            query.push_bind(until.millis()).push(" where (appeal, what) in (");
            query.push_values(&found, |mut values, (appeal, what, _)| {
                values.push_bind(appeal).push_bind(what);
            });
            query.push(")");
            query.build().execute(&mut *on).await?;
        }
        Ok(found)
    })?;
    found.into_iter().map(due).collect()
}

fn due((appeal, what, at): (String, String, i64)) -> StoreResult<Due> {
    Ok(Due {
        appeal: row::parse(&appeal, "dues", "appeal")?,
        what: row::parse(&what, "dues", "what")?,
        at: Moment::from_millis(at),
    })
}

/// Fires what is due: `true` once for each thing of each appeal, whoever asks how often. `false` when it has fired, is
/// there no longer, or is due later than `now` by now.
///
/// # Errors
/// Those of the engine.
pub async fn fire(tx: &mut Tx, due: &Due, now: Moment) -> StoreResult<bool> {
    let sql =
        "update dues set fired_at = $3 where appeal = $1 and what = $2 and fired_at is null and at <= $3";
    let rows = on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(due.appeal.to_string())
            .bind(due.what.to_string())
            .bind(now.millis())
            .execute(on)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(rows > 0)
}

/// The earliest moment of what has not fired, leased or not.
///
/// # Errors
/// Those of the engine.
pub async fn next(store: &Store) -> StoreResult<Option<Moment>> {
    let sql = "select min(at) from dues where fired_at is null";
    let at = on_store!(store, pool => {
        sqlx::query_scalar::<Db, Option<i64>>(sql).fetch_one(pool).await
    })?;
    Ok(at.map(Moment::from_millis))
}
