//! Entries: reading what was appended, in order or by message, and letting a placeholder stand for one. They
//! are never deleted; appending is `feed`'s work.

use domain::actor::Kind;
use domain::author::Author;
use domain::feed::{Body, Entry, Feed, Sealed};
use domain::id::{AccountId, EntryId};
use domain::moment::Moment;
use sqlx::QueryBuilder;

use crate::engine::{Store, Tx, on_store, on_tx};
use crate::error::{StoreError, StoreResult};
use crate::row;

/// Where an entry landed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The feed.
    pub feed: Feed,
    /// Its number there.
    pub seq: u64,
    /// Its id.
    pub id: EntryId,
    /// When.
    pub at: Moment,
}

type Columns = (
    i64,
    String,
    i64,
    String,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    String,
    Option<String>,
    bool,
    Option<String>,
);

const SELECT: &str = "select seq, id, at, kind, author, author_kind, alias, signature, target, text, cid, hidden, \
                      sealed_for                       from entries where feed = ";

/// An entry, and the client's name for the try that made it.
pub type Kept = (Entry, Option<String>);

fn entry(feed: Feed, columns: Columns) -> StoreResult<Kept> {
    let (seq, id, at, kind, account, author_kind, alias, signature, target, text, cid, hidden, sealed_for) =
        columns;
    let target_id =
        || -> StoreResult<EntryId> { row::parse(target.as_deref().unwrap_or_default(), "entries", "target") };
    let shown = (!hidden).then_some(text.clone());
    let body = match kind.as_str() {
        "message" if let (Some(owner), false) = (&sealed_for, hidden) => {
            Body::Sealed(Sealed { owner: row::parse(owner, "entries", "sealed_for")?, data: text })
        }
        "message" => Body::Message { text: shown },
        "edit" => Body::Edit { target: target_id()?, text: shown },
        "hide" => Body::Hide { target: target_id()?, reason: text },
        "appeal" => {
            Body::Appeal { card: row::from_json(&text, "entries", "text")?, opening: target.is_none() }
        }
        "notice" => Body::Notice(row::from_json(&text, "entries", "text")?),
        _ => return Err(StoreError::Corrupt { table: "entries", column: "kind" }),
    };
    let author = Author {
        account: row::parse::<AccountId>(&account, "entries", "author")?,
        kind: row::known(Kind::from_word(&author_kind), "entries", "author_kind")?,
        alias,
        signature: signature.map(|it| row::from_json(&it, "entries", "signature")).transpose()?,
    };
    let id = row::parse(&id, "entries", "id")?;
    Ok((Entry { feed, seq: row::count(seq), id, at: Moment::from_millis(at), author, body }, cid))
}

/// Up to `limit` entries after number `after`, in order.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn after(store: &Store, feed: Feed, after: u64, limit: u32) -> StoreResult<Vec<Kept>> {
    on_store!(store, pool => {
        let mut query = QueryBuilder::<Db>::new(SELECT);
        query.push_bind(feed.to_string()).push(" and seq > ").push_bind(row::bigint(after));
        query.push(" order by seq limit ").push_bind(i64::from(limit));
        query.build_query_as::<Columns>().fetch_all(pool).await
    })?
    .into_iter()
    .map(|columns| entry(feed, columns))
    .collect()
}

/// The same inside a transaction, which sees what it has appended itself.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn after_in(tx: &mut Tx, feed: Feed, after: u64, limit: u32) -> StoreResult<Vec<Entry>> {
    on_tx!(tx, on => {
        let mut query = QueryBuilder::<Db>::new(SELECT);
        query.push_bind(feed.to_string()).push(" and seq > ").push_bind(row::bigint(after));
        query.push(" order by seq limit ").push_bind(i64::from(limit));
        query.build_query_as::<Columns>().fetch_all(on).await
    })?
    .into_iter()
    .map(|columns| entry(feed, columns).map(|(entry, _)| entry))
    .collect()
}

/// The number of the newest message of a feed that staff wrote; `None` when they have written none.
///
/// # Errors
/// Those of the engine.
pub async fn last_of_staff(tx: &mut Tx, feed: Feed) -> StoreResult<Option<u64>> {
    let sql = "select seq from entries where feed = $1 and kind = 'message' and author_kind = $2 \
               order by seq desc limit 1";
    let seq = on_tx!(tx, on => {
        sqlx::query_scalar::<Db, i64>(sql)
            .bind(feed.to_string())
            .bind(Kind::Staff.word())
            .fetch_optional(on)
            .await
    })?;
    Ok(seq.map(row::count))
}

/// Those of these entries that are in this feed, in order.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn of_ids(store: &Store, feed: Feed, ids: &[EntryId]) -> StoreResult<Vec<Entry>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on_store!(store, pool => {
        let mut query = QueryBuilder::<Db>::new(SELECT);
        query.push_bind(feed.to_string()).push(" and id in (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(id.to_string());
        }
        query.push(") order by seq");
        query.build_query_as::<Columns>().fetch_all(pool).await
    })?
    .into_iter()
    .map(|columns| entry(feed, columns).map(|(entry, _)| entry))
    .collect()
}

/// Up to `limit` messages and openings of appeals before number `before`, newest first.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn messages_before(store: &Store, feed: Feed, before: u64, limit: u32) -> StoreResult<Vec<Entry>> {
    on_store!(store, pool => {
        let mut query = QueryBuilder::<Db>::new(SELECT);
        query.push_bind(feed.to_string()).push(" and kind in ('message', 'appeal') and target is null and seq < ");
        query.push_bind(row::bigint(before)).push(" order by seq desc limit ").push_bind(i64::from(limit));
        query.build_query_as::<Columns>().fetch_all(pool).await
    })?
    .into_iter()
    .map(|columns| entry(feed, columns).map(|(entry, _)| entry))
    .collect()
}

/// All edits and hidings of these messages, oldest first.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn changes_of(store: &Store, feed: Feed, messages: &[EntryId]) -> StoreResult<Vec<Entry>> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    on_store!(store, pool => {
        let mut query = QueryBuilder::<Db>::new(SELECT);
        query.push_bind(feed.to_string()).push(" and target in (");
        let mut list = query.separated(", ");
        for message in messages {
            list.push_bind(message.to_string());
        }
        query.push(") order by seq");
        query.build_query_as::<Columns>().fetch_all(pool).await
    })?
    .into_iter()
    .map(|columns| entry(feed, columns).map(|(entry, _)| entry))
    .collect()
}

/// The message with this id in this feed, locked against other writers until the transaction ends.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn lock_message(tx: &mut Tx, feed: Feed, id: EntryId) -> StoreResult<Option<Entry>> {
    // Raising by nothing takes the feed's row lock, which every writer of the feed needs.
    let lock = "update feeds set head = head where id = $1";
    let found = on_tx!(tx, on => {
        sqlx::query::<Db>(lock).bind(feed.to_string()).execute(&mut *on).await?;
        let mut query = QueryBuilder::<Db>::new(SELECT);
        query.push_bind(feed.to_string()).push(" and kind = 'message' and id = ").push_bind(id.to_string());
        query.build_query_as::<Columns>().fetch_optional(on).await
    })?;
    found.map(|columns| entry(feed, columns).map(|(entry, _)| entry)).transpose()
}

/// Lets a placeholder stand for a message and its edits from now on.
///
/// # Errors
/// Those of the engine.
pub async fn hide(tx: &mut Tx, message: EntryId) -> StoreResult<()> {
    let sql = "update entries set hidden = true where id = $1 or (target = $1 and kind = 'edit')";
    on_tx!(tx, on => sqlx::query::<Db>(sql).bind(message.to_string()).execute(on).await.map(|_| ()))?;
    Ok(())
}
