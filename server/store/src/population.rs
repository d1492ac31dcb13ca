//! A made-up population for load tests: residents who are verified, members of one medchat and signed in, written
//! many rows at a time.

use std::collections::BTreeMap;

use domain::actor::Kind;
use domain::id::{AccountId, RoomId, SessionId};
use domain::moment::Moment;
use domain::verification::Method;
use sqlx::QueryBuilder;

use crate::engine::{Tx, on_tx};
use crate::error::StoreResult;

/// How many rows one statement inserts: six values each stay far below what either engine takes.
const ROWS: usize = 500;

/// Somebody made up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resident {
    /// The account.
    pub account: AccountId,
    /// Their session.
    pub session: SessionId,
    /// What they would sign in with, if they had a password.
    pub login: String,
    /// The name others see.
    pub alias: String,
    /// The medchat they are a member of.
    pub room: RoomId,
}

/// Adds residents without a password, verified by `method`.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when a login is taken, [`crate::StoreError::MissingParent`] when a room is not there.
pub async fn add(tx: &mut Tx, residents: &[Resident], method: Method, at: Moment) -> StoreResult<()> {
    for chunk in residents.chunks(ROWS) {
        add_accounts(tx, chunk, at).await?;
        add_what_follows(tx, chunk, method, at).await?;
    }
    let mut joined: BTreeMap<String, i64> = BTreeMap::new();
    for resident in residents {
        *joined.entry(resident.room.to_string()).or_default() += 1;
    }
    for (room, count) in joined {
        let sql = "update rooms set member_count = member_count + $2 where id = $1";
        on_tx!(tx, on => sqlx::query::<Db>(sql).bind(room).bind(count).execute(on).await.map(|_| ()))?;
    }
    Ok(())
}

async fn add_accounts(tx: &mut Tx, residents: &[Resident], at: Moment) -> StoreResult<()> {
    let sql = "insert into accounts (id, login, password, kind, alias, created_at) ";
    on_tx!(tx, on => {
        let mut insert = QueryBuilder::<Db>::new(sql);
        insert.push_values(residents, |mut row, resident| {
            row.push_bind(resident.account.to_string());
            row.push_bind(resident.login.clone());
            row.push_bind("");
            row.push_bind(Kind::Resident.word());
            row.push_bind(resident.alias.clone());
            row.push_bind(at.millis());
        });
        insert.build().execute(on).await.map(|_| ())
    })?;
    Ok(())
}

async fn add_what_follows(
    tx: &mut Tx,
    residents: &[Resident],
    method: Method,
    at: Moment,
) -> StoreResult<()> {
    on_tx!(tx, on => {
        let mut insert = QueryBuilder::<Db>::new("insert into verifications (account, method, at) ");
        insert.push_values(residents, |mut row, resident| {
            row.push_bind(resident.account.to_string());
            row.push_bind(method.word());
            row.push_bind(at.millis());
        });
        insert.build().execute(&mut *on).await?;
        let mut insert = QueryBuilder::<Db>::new("insert into members (room, account, joined_at) ");
        insert.push_values(residents, |mut row, resident| {
            row.push_bind(resident.room.to_string());
            row.push_bind(resident.account.to_string());
            row.push_bind(at.millis());
        });
        insert.build().execute(&mut *on).await?;
        let mut insert = QueryBuilder::<Db>::new("insert into sessions (id, account, created_at) ");
        insert.push_values(residents, |mut row, resident| {
            row.push_bind(resident.session.to_string());
            row.push_bind(resident.account.to_string());
            row.push_bind(at.millis());
        });
        insert.build().execute(&mut *on).await.map(|_| ())
    })?;
    Ok(())
}
