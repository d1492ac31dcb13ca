//! Accounts and what proves that a resident is an adult. Passwords come and go as argon2 strings.

use std::collections::HashMap;

use domain::actor::Kind;
use domain::id::AccountId;
use domain::moment::Moment;
use domain::verification::Method;
use sqlx::QueryBuilder;

use crate::engine::{Store, Tx, on_store, on_tx};
use crate::error::StoreResult;
use crate::row;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The id.
    pub id: AccountId,
    /// What one signs in with, in its one spelling.
    pub login: String,
    /// Resident or staff.
    pub kind: Kind,
    /// The name others see.
    pub alias: String,
    /// Staff: the name under their messages.
    pub name: Option<String>,
    /// Staff: the position under their messages.
    pub position: Option<String>,
    /// Staff of no organisation: whom they work for.
    pub employer: Option<String>,
    /// When it was opened.
    pub created_at: Moment,
    /// When it was closed.
    pub closed_at: Option<Moment>,
}

/// How somebody was shown to be an adult.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// The method.
    pub method: Method,
    /// When.
    pub at: Moment,
    /// Until when it counts.
    pub expires_at: Option<Moment>,
}

type Columns = (
    String,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    i64,
    Option<i64>,
    String,
);

const SELECT: &str = "select id, login, kind, alias, name, position, employer, created_at, closed_at, password \
                      from accounts where login = $1";
const SELECT_BY_ID: &str = "select id, login, kind, alias, name, position, employer, created_at, closed_at, password \
     from accounts where id = $1";

const SELECT_OPEN: &str = "select id, login, kind, alias, name, position, employer, created_at, closed_at, password \
     from accounts where closed_at is null and id in (";

fn account(columns: Columns) -> StoreResult<(Account, String)> {
    let (id, login, kind, alias, name, position, employer, created_at, closed_at, password) = columns;
    let account = Account {
        id: row::parse(&id, "accounts", "id")?,
        login,
        kind: row::known(Kind::from_word(&kind), "accounts", "kind")?,
        alias,
        name,
        position,
        employer,
        created_at: Moment::from_millis(created_at),
        closed_at: closed_at.map(Moment::from_millis),
    };
    Ok((account, password))
}

/// Opens an account with an already hashed password.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when the login is taken.
pub async fn add(tx: &mut Tx, account: &Account, password: &str) -> StoreResult<()> {
    let sql = "insert into accounts \
               (id, login, password, kind, alias, name, position, employer, created_at) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(account.id.to_string())
            .bind(&account.login)
            .bind(password)
            .bind(account.kind.word())
            .bind(&account.alias)
            .bind(account.name.as_deref())
            .bind(account.position.as_deref())
            .bind(account.employer.as_deref())
            .bind(account.created_at.millis())
            .execute(on)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// The account with this login, and its hashed password.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn by_login(store: &Store, login: &str) -> StoreResult<Option<(Account, String)>> {
    on_store!(store, pool => sqlx::query_as::<Db, Columns>(SELECT).bind(login).fetch_optional(pool).await)?
        .map(account)
        .transpose()
}

/// The account with this id.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn by_id(store: &Store, id: AccountId) -> StoreResult<Option<Account>> {
    let found = on_store!(store, pool => {
        sqlx::query_as::<Db, Columns>(SELECT_BY_ID).bind(id.to_string()).fetch_optional(pool).await
    })?;
    found.map(|columns| account(columns).map(|(account, _)| account)).transpose()
}

/// What each of these people is called: staff by their own name, where there is one, all others by their alias.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn names(store: &Store, ids: &[AccountId]) -> StoreResult<HashMap<AccountId, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    on_store!(store, pool => {
        let mut query = QueryBuilder::<Db>::new("select id, coalesce(name, alias) from accounts where id in (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(id.to_string());
        }
        query.push(")");
        query.build_query_as::<(String, String)>().fetch_all(pool).await
    })?
    .into_iter()
    .map(|(id, name)| Ok((row::parse(&id, "accounts", "id")?, name)))
    .collect()
}

/// Those of these accounts that are open, in no order.
pub(crate) async fn open_of(store: &Store, ids: &[AccountId]) -> StoreResult<Vec<Account>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on_store!(store, pool => {
        let mut query = QueryBuilder::<Db>::new(SELECT_OPEN);
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(id.to_string());
        }
        query.push(")");
        query.build_query_as::<Columns>().fetch_all(pool).await
    })?
    .into_iter()
    .map(|columns| account(columns).map(|(account, _)| account))
    .collect()
}

/// Notes that somebody was shown to be an adult, over an earlier note.
///
/// # Errors
/// [`crate::StoreError::MissingParent`] when there is no such account.
pub async fn verify(tx: &mut Tx, id: AccountId, verification: &Verification) -> StoreResult<()> {
    let sql = "insert into verifications (account, method, at, expires_at) values ($1, $2, $3, $4) \
               on conflict (account) do update set \
               method = excluded.method, at = excluded.at, expires_at = excluded.expires_at";
    on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(id.to_string())
            .bind(verification.method.word())
            .bind(verification.at.millis())
            .bind(verification.expires_at.map(Moment::millis))
            .execute(on)
            .await
            .map(|_| ())
    })?;
    Ok(())
}
