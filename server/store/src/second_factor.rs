//! Second factors of staff, and the codes that stand in for a lost one. The secrets themselves are not here, and codes are
//! kept as keyed digests. Whether a code is right is not decided here, only that none is taken twice.

use domain::id::AccountId;
use domain::moment::Moment;
use sqlx::QueryBuilder;

use crate::engine::{Store, Tx, on_store, on_tx};
use crate::error::StoreResult;
use crate::row;

/// A second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// What its secret is made of, beside a key.
    pub nonce: String,
    /// When its holder showed that they have it; `None` while it is being set up.
    pub confirmed_at: Option<Moment>,
}

/// The second factor of an account.
///
/// # Errors
/// Those of the engine.
pub async fn of(store: &Store, account: AccountId) -> StoreResult<Option<SecondFactor>> {
    let sql = "select nonce, confirmed_at from second_factors where account = $1";
    let found = on_store!(store, pool => {
        sqlx::query_as::<Db, (String, Option<i64>)>(sql).bind(account.to_string()).fetch_optional(pool).await
    })?;
    Ok(found.map(|(nonce, confirmed_at)| SecondFactor {
        nonce,
        confirmed_at: confirmed_at.map(Moment::from_millis),
    }))
}

/// Begins to set one up, over one that was never confirmed; `false` when there is a confirmed one, which stays.
///
/// # Errors
/// [`crate::StoreError::MissingParent`] when there is no such account.
pub async fn begin(tx: &mut Tx, account: AccountId, nonce: &str, at: Moment) -> StoreResult<bool> {
    let sql = "insert into second_factors (account, nonce, begun_at, last_step) values ($1, $2, $3, 0) \
               on conflict (account) do update set nonce = excluded.nonce, begun_at = excluded.begun_at \
               where second_factors.confirmed_at is null";
    let rows = on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(account.to_string())
            .bind(nonce)
            .bind(at.millis())
            .execute(on)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(rows > 0)
}

/// Confirms the one made of `nonce`; `false` when it is confirmed already, or another was begun meanwhile.
///
/// # Errors
/// Those of the engine.
pub async fn confirm(
    tx: &mut Tx,
    account: AccountId,
    nonce: &str,
    step: u64,
    at: Moment,
) -> StoreResult<bool> {
    let sql = "update second_factors set confirmed_at = $1, last_step = $2 \
               where account = $3 and nonce = $4 and confirmed_at is null";
    let rows = on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(at.millis())
            .bind(row::bigint(step))
            .bind(account.to_string())
            .bind(nonce)
            .execute(on)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(rows > 0)
}

/// Takes a code of time step `step`, unless one of it or of a later one was taken: of many who show it at once one has it.
///
/// # Errors
/// Those of the engine.
pub async fn take_step(tx: &mut Tx, account: AccountId, step: u64) -> StoreResult<bool> {
    let sql = "update second_factors set last_step = $1 where account = $2 and last_step < $1";
    let rows = on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(row::bigint(step))
            .bind(account.to_string())
            .execute(on)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(rows > 0)
}

/// Puts these recovery codes in the place of all an account has.
///
/// # Errors
/// [`crate::StoreError::MissingParent`] when there is no such account.
pub async fn put_recovery_codes(tx: &mut Tx, account: AccountId, digests: &[String]) -> StoreResult<()> {
    let sql = "delete from recovery_codes where account = $1";
    on_tx!(tx, on => sqlx::query::<Db>(sql).bind(account.to_string()).execute(on).await.map(|_| ()))?;
    on_tx!(tx, on => {
        let mut query = QueryBuilder::<Db>::new("insert into recovery_codes (account, digest) ");
        query.push_values(digests, |mut values, digest| {
            values.push_bind(account.to_string()).push_bind(digest);
        });
        query.build().execute(on).await.map(|_| ())
    })?;
    Ok(())
}

/// Takes a recovery code, once; `false` when it is none of the account's, or was taken before.
///
/// # Errors
/// Those of the engine.
pub async fn take_recovery_code(
    tx: &mut Tx,
    account: AccountId,
    digest: &str,
    at: Moment,
) -> StoreResult<bool> {
    let sql = "update recovery_codes set used_at = $1 where account = $2 and digest = $3 and used_at is null";
    let rows = on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(at.millis())
            .bind(account.to_string())
            .bind(digest)
            .execute(on)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(rows > 0)
}

/// Takes a second factor away with its recovery codes; `false` when there is none.
///
/// # Errors
/// Those of the engine.
pub async fn remove(tx: &mut Tx, account: AccountId) -> StoreResult<bool> {
    let codes = "delete from recovery_codes where account = $1";
    on_tx!(tx, on => sqlx::query::<Db>(codes).bind(account.to_string()).execute(on).await.map(|_| ()))?;
    let factor = "delete from second_factors where account = $1";
    let rows = on_tx!(tx, on => {
        sqlx::query::<Db>(factor).bind(account.to_string()).execute(on).await.map(|done| done.rows_affected())
    })?;
    Ok(rows > 0)
}
