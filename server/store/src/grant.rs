//! Grants: proposed by one administrator, approved by another, revoked by any. Whether a grant holds now is
//! the domain's question wherever a right hangs on it; these statements only leave out what was never approved or was
//! revoked. Those that look for the holders of a role ask for the dates too.

use std::collections::HashMap;

use domain::appeal::event::Employee;
use domain::grant::{Grant, Role, Scope};
use domain::id::{AccountId, GrantId, OrganisationId};
use domain::moment::Moment;

use crate::account::{self, Account};
use crate::engine::{Store, Tx, on_store, on_tx};
use crate::error::StoreResult;
use crate::row;

/// A grant that waits, or waited, for its approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The grant as it is to hold.
    pub grant: Grant,
    /// Who proposed it.
    pub proposed_by: Option<AccountId>,
    /// Whether it was approved.
    pub approved: bool,
    /// Whether it was revoked.
    pub revoked: bool,
}

type Columns = (String, String, String, String, Option<String>, i64, Option<i64>);

pub(crate) fn grant((id, account, role, kind, scope, starts_at, ends_at): Columns) -> StoreResult<Grant> {
    Ok(Grant {
        id: row::parse(&id, "grants", "id")?,
        account: row::parse(&account, "grants", "account")?,
        role: row::known(Role::from_word(&role), "grants", "role")?,
        scope: row::known(Scope::from_parts(&kind, scope.as_deref()), "grants", "scope_id")?,
        from: Moment::from_millis(starts_at),
        until: ends_at.map(Moment::from_millis),
    })
}

/// The approved, not revoked grants of an account, whatever their dates.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn of_account(store: &Store, account: AccountId) -> StoreResult<Vec<Grant>> {
    let sql = "select id, account, role, scope_kind, scope_id, starts_at, ends_at from grants \
               where account = $1 and approved_at is not null and revoked_at is null order by id";
    on_store!(store, pool => {
        sqlx::query_as::<Db, Columns>(sql).bind(account.to_string()).fetch_all(pool).await
    })?
    .into_iter()
    .map(grant)
    .collect()
}

/// The accounts of which a grant began or ended after `since` and not after `now`.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn turned(store: &Store, since: Moment, now: Moment) -> StoreResult<Vec<AccountId>> {
    let sql = "select distinct account from grants where approved_at is not null and revoked_at is null \
               and ((ends_at > $1 and ends_at <= $2) or (starts_at > $1 and starts_at <= $2))";
    on_store!(store, pool => {
        sqlx::query_scalar::<Db, String>(sql).bind(since.millis()).bind(now.millis()).fetch_all(pool).await
    })?
    .iter()
    .map(|account| row::parse(account, "grants", "account"))
    .collect()
}

/// Who holds `role` in exactly this scope at `now` and has an open account, each once, by id.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn holders(store: &Store, role: Role, scope: &Scope, now: Moment) -> StoreResult<Vec<AccountId>> {
    let found = held_in(store, scope, now).await?;
    let mut ids: Vec<_> = found.into_iter().filter(|(_, held)| *held == role).map(|(id, _)| id).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// Who works for an organisation at `now`, each with the roles they hold there; by name.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn staff_of(
    store: &Store,
    organisation: OrganisationId,
    now: Moment,
) -> StoreResult<Vec<(Account, Vec<Role>)>> {
    let mut roles: HashMap<AccountId, Vec<Role>> = HashMap::new();
    for (account, role) in held_in(store, &Scope::Organisation(organisation), now).await? {
        roles.entry(account).or_default().push(role);
    }
    let ids: Vec<_> = roles.keys().copied().collect();
    let accounts = account::open_of(store, &ids).await?.into_iter();
    let mut staff: Vec<_> = accounts
        .map(|account| {
            let mut roles = roles.remove(&account.id).unwrap_or_default();
            roles.sort_unstable();
            roles.dedup();
            (account, roles)
        })
        .collect();
    staff.sort_by_cached_key(|(account, _)| {
        (account.name.clone().unwrap_or_else(|| account.alias.clone()), account.id)
    });
    Ok(staff)
}

/// The open accounts that hold a role in exactly this scope at `now`, with the role.
async fn held_in(store: &Store, scope: &Scope, now: Moment) -> StoreResult<Vec<(AccountId, Role)>> {
    let sql = "select g.account, g.role from grants g join accounts a on a.id = g.account \
               where g.scope_kind = $1 and coalesce(g.scope_id, '') = $2 and a.closed_at is null \
               and g.approved_at is not null and g.revoked_at is null \
               and g.starts_at <= $3 and (g.ends_at is null or g.ends_at > $3)";
    on_store!(store, pool => {
        sqlx::query_as::<Db, (String, String)>(sql)
            .bind(scope.kind().word())
            .bind(scope.id().unwrap_or_default())
            .bind(now.millis())
            .fetch_all(pool)
            .await
    })?
    .into_iter()
    .map(|(account, role)| {
        Ok((
            row::parse(&account, "grants", "account")?,
            row::known(Role::from_word(&role), "grants", "role")?,
        ))
    })
    .collect()
}

/// Who works for any of these organisations at `now`, with each role held there and an open account.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn working_for(
    store: &Store,
    organisations: &[OrganisationId],
    now: Moment,
) -> StoreResult<Vec<(Employee, Role)>> {
    let mut working = Vec::new();
    for organisation in organisations {
        let held = held_in(store, &Scope::Organisation(*organisation), now).await?;
        let employee = |account| Employee { account, organisation: *organisation };
        working.extend(held.into_iter().map(|(account, role)| (employee(account), role)));
    }
    Ok(working)
}

/// Proposes a grant; with `approved` it holds at once, which only the command line and the demo do.
///
/// # Errors
/// [`crate::StoreError::MissingParent`] when there is no such account.
pub async fn add(
    tx: &mut Tx,
    grant: &Grant,
    proposed_by: Option<AccountId>,
    at: Moment,
    approved: bool,
) -> StoreResult<()> {
    let sql = "insert into grants (id, account, role, scope_kind, scope_id, starts_at, ends_at, \
               proposed_by, proposed_at, approved_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(grant.id.to_string())
            .bind(grant.account.to_string())
            .bind(grant.role.word())
            .bind(grant.scope.kind().word())
            .bind(grant.scope.id())
            .bind(grant.from.millis())
            .bind(grant.until.map(Moment::millis))
            .bind(proposed_by.map(|account| account.to_string()))
            .bind(at.millis())
            .bind(approved.then(|| at.millis()))
            .execute(on)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// The proposal with this id.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn find(tx: &mut Tx, id: GrantId) -> StoreResult<Option<Proposal>> {
    let sql = "select id, account, role, scope_kind, scope_id, starts_at, ends_at, \
               proposed_by, approved_at is not null, revoked_at is not null from grants where id = $1";
    type Row = (String, String, String, String, Option<String>, i64, Option<i64>, Option<String>, bool, bool);
    let found = on_tx!(tx, on => {
        sqlx::query_as::<Db, Row>(sql).bind(id.to_string()).fetch_optional(on).await
    })?;
    found
        .map(|(id, account, role, kind, scope, from, until, proposed_by, approved, revoked)| {
            Ok(Proposal {
                grant: grant((id, account, role, kind, scope, from, until))?,
                proposed_by: proposed_by.map(|by| row::parse(&by, "grants", "proposed_by")).transpose()?,
                approved,
                revoked,
            })
        })
        .transpose()
}

/// Approves a proposal that still waits; `false` when it waits no longer.
///
/// # Errors
/// Those of the engine.
pub async fn approve(tx: &mut Tx, id: GrantId, by: AccountId, at: Moment) -> StoreResult<bool> {
    let sql = "update grants set approved_by = $2, approved_at = $3 \
               where id = $1 and approved_at is null and revoked_at is null";
    mark(tx, sql, id, by, at).await
}

/// Revokes a grant; `false` when it was revoked before.
///
/// # Errors
/// Those of the engine.
pub async fn revoke(tx: &mut Tx, id: GrantId, by: AccountId, at: Moment) -> StoreResult<bool> {
    let sql = "update grants set revoked_by = $2, revoked_at = $3 where id = $1 and revoked_at is null";
    mark(tx, sql, id, by, at).await
}

async fn mark(tx: &mut Tx, sql: &'static str, id: GrantId, by: AccountId, at: Moment) -> StoreResult<bool> {
    let rows = on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(id.to_string())
            .bind(by.to_string())
            .bind(at.millis())
            .execute(on)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(rows > 0)
}
