//! Answers to changes that carried a key of the client's own, so that a repeat gets the same answer.

use domain::id::AccountId;
use domain::message::Cid;
use domain::moment::Moment;

use crate::engine::{Tx, on_tx};
use crate::error::StoreResult;
use crate::row;

/// What is known about a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Nobody has used it; it is ours now.
    Ours,
    /// Somebody is at it.
    Underway,
    /// It was used for another change.
    Other,
    /// It was answered.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: String,
    },
}

/// Claims `key` for a change with this digest. A claim without an answer that is older than `stale` was made
/// by a process that died, and is taken over.
///
/// # Errors
/// [`crate::StoreError::MissingParent`] when there is no such account.
pub async fn claim(
    tx: &mut Tx,
    account: AccountId,
    key: &Cid,
    digest: &str,
    now: Moment,
    stale: Moment,
) -> StoreResult<Claim> {
    let sql = "insert into answers (account, key, digest, at, body) values ($1, $2, $3, $4, '') \
               on conflict (account, key) do update set at = excluded.at \
               where answers.status is null and answers.at < $5 and answers.digest = excluded.digest \
               returning key";
    let ours = on_tx!(tx, on => {
        sqlx::query_scalar::<Db, String>(sql)
            .bind(account.to_string())
            .bind(key.as_str())
            .bind(digest)
            .bind(now.millis())
            .bind(stale.millis())
            .fetch_optional(on)
            .await
    })?;
    if ours.is_some() {
        return Ok(Claim::Ours);
    }
    let sql = "select digest, status, body from answers where account = $1 and key = $2";
    let (before, status, body) = on_tx!(tx, on => {
        sqlx::query_as::<Db, (String, Option<i64>, String)>(sql)
            .bind(account.to_string())
            .bind(key.as_str())
            .fetch_one(on)
            .await
    })?;
    Ok(match status {
        _ if before != digest => Claim::Other,
        None => Claim::Underway,
        Some(status) => {
            let status = row::known(u16::try_from(status).ok(), "answers", "status")?;
            Claim::Answered { status, body }
        }
    })
}

/// Keeps the answer to a claimed key.
///
/// # Errors
/// Those of the engine.
pub async fn keep(tx: &mut Tx, account: AccountId, key: &Cid, status: u16, body: &str) -> StoreResult<()> {
    let sql = "update answers set status = $3, body = $4 where account = $1 and key = $2";
    on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(account.to_string())
            .bind(key.as_str())
            .bind(i64::from(status))
            .bind(body)
            .execute(on)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Gives back a claim whose change was refused: nothing happened, so a repeat may try again.
///
/// # Errors
/// Those of the engine.
pub async fn give_back(tx: &mut Tx, account: AccountId, key: &Cid) -> StoreResult<()> {
    let sql = "delete from answers where account = $1 and key = $2 and status is null";
    on_tx!(tx, on => {
        sqlx::query::<Db>(sql).bind(account.to_string()).bind(key.as_str()).execute(on).await.map(|_| ())
    })?;
    Ok(())
}

/// Forgets what is older than `before`; gives how many.
///
/// # Errors
/// Those of the engine.
pub async fn forget(tx: &mut Tx, before: Moment) -> StoreResult<u64> {
    let sql = "delete from answers where at < $1";
    let rows = on_tx!(tx, on => {
        sqlx::query::<Db>(sql).bind(before.millis()).execute(on).await.map(|done| done.rows_affected())
    })?;
    Ok(rows)
}
