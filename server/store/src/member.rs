//! Who has joined which room. The count stands beside the room, kept in the same transaction.

use std::collections::HashSet;

use domain::id::{AccountId, RoomId};
use domain::moment::Moment;
use sqlx::QueryBuilder;

use crate::engine::{Store, Tx, on_store, on_tx};
use crate::error::StoreResult;
use crate::{row, share};

/// Which of these accounts are members of the rooms beside them.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn among(
    store: &Store,
    pairs: &[(RoomId, AccountId)],
) -> StoreResult<HashSet<(RoomId, AccountId)>> {
    let mut members = HashSet::with_capacity(pairs.len());
    for piece in share::filled(pairs) {
        let rows = on_store!(store, pool => {
            let mut query = QueryBuilder::<Db>::new("with asked (room, account) as (");
            query.push_values(piece, |mut values, ((room, account), _)| {
                values.push_bind(room.to_string()).push_bind(account.to_string());
            });
            query.push(
                ") select m.room, m.account from asked \
                 join members m on m.room = asked.room and m.account = asked.account",
            );
            query.build_query_as::<(String, String)>().fetch_all(pool).await
        })?;
        for (room, account) in rows {
            members
                .insert((row::parse(&room, "members", "room")?, row::parse(&account, "members", "account")?));
        }
    }
    Ok(members)
}

/// The rooms the account is a member of.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn rooms_of(store: &Store, account: AccountId) -> StoreResult<Vec<RoomId>> {
    let sql = "select room from members where account = $1 order by joined_at, room";
    on_store!(store, pool => {
        sqlx::query_scalar::<Db, String>(sql).bind(account.to_string()).fetch_all(pool).await
    })?
    .iter()
    .map(|room| row::parse(room, "members", "room"))
    .collect()
}

/// Makes the account a member; `false` when it was one before.
///
/// # Errors
/// [`crate::StoreError::MissingParent`] when room or account are not there.
pub async fn join(tx: &mut Tx, room: RoomId, account: AccountId, at: Moment) -> StoreResult<bool> {
    let sql = "insert into members (room, account, joined_at) values ($1, $2, $3) on conflict do nothing";
    let rows = on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(room.to_string())
            .bind(account.to_string())
            .bind(at.millis())
            .execute(on)
            .await
            .map(|done| done.rows_affected())
    })?;
    if rows > 0 {
        add_to_count(tx, room, 1).await?;
    }
    Ok(rows > 0)
}

/// Ends a membership; `false` when there was none.
///
/// # Errors
/// Those of the engine.
pub async fn leave(tx: &mut Tx, room: RoomId, account: AccountId) -> StoreResult<bool> {
    let sql = "delete from members where room = $1 and account = $2";
    let rows = on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(room.to_string())
            .bind(account.to_string())
            .execute(on)
            .await
            .map(|done| done.rows_affected())
    })?;
    if rows > 0 {
        add_to_count(tx, room, -1).await?;
    }
    Ok(rows > 0)
}

async fn add_to_count(tx: &mut Tx, room: RoomId, change: i64) -> StoreResult<()> {
    let sql = "update rooms set member_count = member_count + $2 where id = $1";
    on_tx!(tx, on => {
        sqlx::query::<Db>(sql).bind(room.to_string()).bind(change).execute(on).await.map(|_| ())
    })?;
    Ok(())
}
