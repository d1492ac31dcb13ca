//! Sessions and the refresh tokens that carry them on. A token is kept as a hash and used once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use domain::actor::Kind;
use domain::grant::Grant;
use domain::id::{AccountId, SessionId};
use domain::moment::Moment;
use sqlx::QueryBuilder;

use crate::engine::{Store, Tx, on_store, on_tx};
use crate::error::StoreResult;
use crate::{grant, row, share};

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
    /// Whether they have a confirmed second factor.
    pub second_factor: bool,
    /// The approved, not revoked grants, whatever their dates, by id.
    pub grants: Vec<Grant>,
}

/// Begins a session.
///
/// # Errors
/// [`crate::StoreError::MissingParent`] when there is no such account.
pub async fn begin(
    tx: &mut Tx,
    id: SessionId,
    account: AccountId,
    device: Option<&str>,
    at: Moment,
) -> StoreResult<()> {
    let sql = "insert into sessions (id, account, created_at, device) values ($1, $2, $3, $4)";
    on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(id.to_string())
            .bind(account.to_string())
            .bind(at.millis())
            .bind(device)
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

/// A session of an account, for its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The id.
    pub id: SessionId,
    /// When it was begun.
    pub begun_at: Moment,
    /// When its tokens were last renewed.
    pub seen_at: Moment,
    /// On what, in a few words.
    pub device: Option<String>,
}

/// The sessions of an account that live, the one renewed last first.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn of_account(store: &Store, account: AccountId, now: Moment) -> StoreResult<Vec<Listed>> {
    let sql = "select s.id, s.created_at, max(t.issued_at), s.device \
               from sessions s join refresh_tokens t on t.session = s.id \
               where s.account = $1 and s.ended_at is null \
               group by s.id, s.created_at, s.device having max(t.expires_at) > $2 \
               order by max(t.issued_at) desc, s.id";
    on_store!(store, pool => {
        sqlx::query_as::<Db, (String, i64, i64, Option<String>)>(sql)
            .bind(account.to_string())
            .bind(now.millis())
            .fetch_all(pool)
            .await
    })?
    .into_iter()
    .map(|(id, begun_at, seen_at, device)| {
        Ok(Listed {
            id: row::parse(&id, "sessions", "id")?,
            begun_at: Moment::from_millis(begun_at),
            seen_at: Moment::from_millis(seen_at),
            device,
        })
    })
    .collect()
}

/// Ends the sessions of an account, but for one; gives those that lived.
///
/// # Errors
/// Those of the engine.
pub async fn end_all(
    tx: &mut Tx,
    account: AccountId,
    but: Option<SessionId>,
    at: Moment,
) -> StoreResult<Vec<SessionId>> {
    let sql =
        "update sessions set ended_at = $2 where account = $1 and ended_at is null and id <> $3 returning id";
    let ended = on_tx!(tx, on => {
        sqlx::query_scalar::<Db, String>(sql)
            .bind(account.to_string())
            .bind(at.millis())
            .bind(but.map(|id| id.to_string()).unwrap_or_default())
            .fetch_all(on)
            .await
    })?;
    ended.iter().map(|id| row::parse(id, "sessions", "id")).collect()
}

/// A session and its bearer, and one grant of theirs if they have any.
type Columns = (
    String,
    String,
    String,
    String,
    bool,
    bool,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<i64>,
);

/// Who carries tokens of these sessions; those that have ended, and those of closed accounts, are left out.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn bearers(
    store: &Store,
    sessions: &[SessionId],
    now: Moment,
) -> StoreResult<HashMap<SessionId, Bearer>> {
    let mut bearers: HashMap<SessionId, Bearer> = HashMap::with_capacity(sessions.len());
    for piece in share::filled(sessions) {
        for columns in rows(store, &piece, now).await? {
            let (
                session,
                account,
                kind,
                alias,
                verified_adult,
                second_factor,
                grant,
                role,
                scope,
                scope_id,
                from,
                until,
            ) = columns;
            let grant = grant.zip(role).zip(scope).zip(from).map(|(((id, role), scope), from)| {
                grant::grant((id, account.clone(), role, scope, scope_id, from, until))
            });
            let bearer = match bearers.entry(row::parse(&session, "sessions", "id")?) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => place.insert(Bearer {
                    account: row::parse(&account, "accounts", "id")?,
                    kind: row::known(Kind::from_word(&kind), "accounts", "kind")?,
                    alias,
                    verified_adult,
                    second_factor,
                    grants: Vec::new(),
                }),
            };
            bearer.grants.extend(grant.transpose()?);
        }
    }
    Ok(bearers)
}

async fn rows(store: &Store, sessions: &[(&SessionId, bool)], now: Moment) -> StoreResult<Vec<Columns>> {
    Ok(on_store!(store, pool => {
        let mut query = QueryBuilder::<Db>::new(
            "select s.id, a.id, a.kind, a.alias, \
             v.account is not null and (v.expires_at is null or v.expires_at > ",
        );
        query.push_bind(now.millis());
        query.push(
            "), f.account is not null, g.id, g.role, g.scope_kind, g.scope_id, g.starts_at, g.ends_at \
             from sessions s join accounts a on a.id = s.account \
             left join verifications v on v.account = a.id \
             left join second_factors f on f.account = a.id and f.confirmed_at is not null \
             left join grants g on g.account = a.id and g.approved_at is not null and g.revoked_at is null \
             where s.ended_at is null and a.closed_at is null and s.id in (",
        );
        let mut list = query.separated(", ");
        for (session, _) in sessions {
            list.push_bind(session.to_string());
        }
        query.push(") order by g.id");
        query.build_query_as::<Columns>().fetch_all(pool).await
    })?)
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
