//! Sessions and the refresh tokens that carry them on. A token is kept as a hash and used once.

use domain::actor::Kind;
use domain::id::{AccountId, SessionId};
use domain::moment::Moment;

use crate::engine::{Store, Tx, on_store, on_tx};
use crate::error::StoreResult;
use crate::row;

/// A refresh token as the database knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// The session it carries on.
    pub session: SessionId,
    /// The session's account.
    pub account: AccountId,
    /// When it was issued.
    pub issued_at: Moment,
    /// The first moment it counts no longer.
    pub expires_at: Moment,
    /// When it was exchanged.
    pub used_at: Option<Moment>,
    /// Whether the session still lives.
    pub session_lives: bool,
}

/// What the policy must know of whoever carries an access token, read afresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// The account.
    pub account: AccountId,
    /// Resident or staff.
    pub kind: Kind,
    /// The name others see.
    pub alias: String,
    /// Whether they were shown to be an adult, and it still counts.
    pub verified_adult: bool,
}

/// Begins a session.
///
/// # Errors
/// [`crate::StoreError::MissingParent`] when there is no such account.
pub async fn begin(tx: &mut Tx, id: SessionId, account: AccountId, at: Moment) -> StoreResult<()> {
    let sql = "insert into sessions (id, account, created_at) values ($1, $2, $3)";
    on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(id.to_string())
            .bind(account.to_string())
            .bind(at.millis())
            .execute(on)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Ends a session; `false` when it had ended before.
///
/// # Errors
/// Those of the engine.
pub async fn end(tx: &mut Tx, id: SessionId, at: Moment) -> StoreResult<bool> {
    let sql = "update sessions set ended_at = $2 where id = $1 and ended_at is null";
    let rows = on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(id.to_string())
            .bind(at.millis())
            .execute(on)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(rows > 0)
}

/// Who carries a token of this session; `None` when the session has ended or the account is closed.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn bearer(store: &Store, id: SessionId, now: Moment) -> StoreResult<Option<Bearer>> {
    let sql = "select a.id, a.kind, a.alias, \
               v.account is not null and (v.expires_at is null or v.expires_at > $2) \
               from sessions s join accounts a on a.id = s.account \
               left join verifications v on v.account = a.id \
               where s.id = $1 and s.ended_at is null and a.closed_at is null";
    let found = on_store!(store, pool => {
        sqlx::query_as::<Db, (String, String, String, bool)>(sql)
            .bind(id.to_string())
            .bind(now.millis())
            .fetch_optional(pool)
            .await
    })?;
    found
        .map(|(account, kind, alias, verified_adult)| {
            Ok(Bearer {
                account: row::parse(&account, "accounts", "id")?,
                kind: row::known(Kind::from_word(&kind), "accounts", "kind")?,
                alias,
                verified_adult,
            })
        })
        .transpose()
}

/// Keeps the hash of a new refresh token; one that is there already stays as it is, so that a repeated
/// exchange makes one child.
///
/// # Errors
/// [`crate::StoreError::MissingParent`] when there is no such session.
pub async fn add_token(
    tx: &mut Tx,
    hash: &str,
    session: SessionId,
    issued_at: Moment,
    expires_at: Moment,
) -> StoreResult<()> {
    let sql = "insert into refresh_tokens (hash, session, issued_at, expires_at) values ($1, $2, $3, $4) \
               on conflict (hash) do nothing";
    on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(hash)
            .bind(session.to_string())
            .bind(issued_at.millis())
            .bind(expires_at.millis())
            .execute(on)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Marks a token as used if nobody has; `false` when somebody had. One statement, so of fifty that try at
/// once exactly one succeeds.
///
/// # Errors
/// Those of the engine.
pub async fn use_token(tx: &mut Tx, hash: &str, at: Moment) -> StoreResult<bool> {
    let sql = "update refresh_tokens set used_at = $2 where hash = $1 and used_at is null";
    let rows = on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(hash)
            .bind(at.millis())
            .execute(on)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(rows > 0)
}

/// The token with this hash.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn find_token(tx: &mut Tx, hash: &str) -> StoreResult<Option<RefreshToken>> {
    let sql = "select s.id, s.account, t.issued_at, t.expires_at, t.used_at, \
               s.ended_at is null and a.closed_at is null \
               from refresh_tokens t join sessions s on s.id = t.session \
               join accounts a on a.id = s.account where t.hash = $1";
    let found = on_tx!(tx, on => {
        sqlx::query_as::<Db, (String, String, i64, i64, Option<i64>, bool)>(sql)
            .bind(hash)
            .fetch_optional(on)
            .await
    })?;
    found
        .map(|(session, account, issued_at, expires_at, used_at, session_lives)| {
            Ok(RefreshToken {
                session: row::parse(&session, "sessions", "id")?,
                account: row::parse(&account, "sessions", "account")?,
                issued_at: Moment::from_millis(issued_at),
                expires_at: Moment::from_millis(expires_at),
                used_at: used_at.map(Moment::from_millis),
                session_lives,
            })
        })
        .transpose()
}
