//! How far a person has read a feed. Unread counts are derived from it, never kept.

use std::collections::HashMap;

use domain::feed::Feed;
use domain::id::AccountId;
use sqlx::QueryBuilder;

use crate::engine::{Store, Tx, on_store, on_tx};
use crate::error::StoreResult;
use crate::row;

/// How far messages are counted. Whoever covers a whole region would otherwise have millions of them counted
/// with every list of rooms; nobody reads that number, they see that it is large.
pub const COUNTED: u64 = 10_000;

/// How far somebody has read, and what is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// The highest number read.
    pub read: u64,
    /// How many messages of others, not hidden, came after it; at most [`COUNTED`].
    pub unread: u64,
}

/// Moves the cursor forward to `seq`, never past the head and never back; gives where it stands.
///
/// # Errors
/// [`crate::StoreError::MissingParent`] when there is no such account.
pub async fn advance(tx: &mut Tx, account: AccountId, feed: Feed, seq: u64) -> StoreResult<u64> {
    let sql = "insert into cursors (account, feed, seq) \
               select $1, f.id, case when f.head < $3 then f.head else $3 end from feeds f where f.id = $2 \
               on conflict (account, feed) do update set \
               seq = case when cursors.seq < excluded.seq then excluded.seq else cursors.seq end \
               returning seq";
    let stands = on_tx!(tx, on => {
        sqlx::query_scalar::<Db, i64>(sql)
            .bind(account.to_string())
            .bind(feed.to_string())
            .bind(row::bigint(seq))
            .fetch_optional(on)
            .await
    })?;
    Ok(stands.map_or(0, row::count))
}

/// Notes that staff who owe the feed an answer have read up to `seq`; `false` when they had.
///
/// # Errors
/// Those of the engine.
pub async fn note_seen(tx: &mut Tx, feed: Feed, seq: u64) -> StoreResult<bool> {
    let sql = "update feeds set seen = $2 where id = $1 and seen < $2";
    let rows = on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(feed.to_string())
            .bind(row::bigint(seq))
            .execute(on)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(rows > 0)
}

/// How far the account has read each of these feeds.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn progress(
    store: &Store,
    account: AccountId,
    feeds: &[Feed],
) -> StoreResult<HashMap<Feed, Progress>> {
    if feeds.is_empty() {
        return Ok(HashMap::new());
    }
    let account = account.to_string();
    let rows = on_store!(store, pool => {
        let mut query = QueryBuilder::<Db>::new("select f.id, coalesce(c.seq, 0), (select count(*) from (select 1 \
             from entries e where e.feed = f.id and e.seq > coalesce(c.seq, 0) and e.kind = 'message' \
             and not e.hidden and e.author <> ");
        query.push_bind(&account).push(" limit ").push_bind(row::bigint(COUNTED));
        query.push(") counted) from feeds f left join cursors c on c.feed = f.id and c.account = ");
        query.push_bind(&account).push(" where f.id in (");
        let mut list = query.separated(", ");
        for feed in feeds {
            list.push_bind(feed.to_string());
        }
        query.push(")");
        query.build_query_as::<(String, i64, i64)>().fetch_all(pool).await
    })?;
    rows.into_iter()
        .map(|(feed, read, unread)| {
            let progress = Progress { read: row::count(read), unread: row::count(unread) };
            Ok((row::parse(&feed, "feeds", "id")?, progress))
        })
        .collect()
}
