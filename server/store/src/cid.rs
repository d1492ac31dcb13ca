//! What became of a client's try. A try is remembered for ever: with its entry, or barred.

use std::collections::HashMap;

use domain::id::AccountId;
use domain::message::Cid;
use sqlx::QueryBuilder;

use crate::engine::{Store, Tx, on_store, on_tx};
use crate::entry::Written;
use crate::error::StoreResult;
use crate::{row, share};

/// What became of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It made this entry; `digest` is that of its content.
    Written {
        /// The digest of the content as sent.
        digest: String,
        /// Where it landed.
        written: Written,
    },
    /// It was given up.
    Barred,
}

type Columns = (String, Option<String>, Option<i64>, Option<String>, Option<i64>);

/// The same behind author and name of the try.
type Named = (String, String, String, Option<String>, Option<i64>, Option<String>, Option<i64>);

const SELECT: &str = "select c.digest, e.feed, e.seq, e.id, e.at from cids c left join entries e on e.id = c.entry \
                      where c.author = $1 and c.cid = $2";

/// Bars a try that has made nothing yet, and tells what became of it.
///
/// # Errors
/// [`crate::StoreError::MissingParent`] when there is no such account.
pub async fn bar(tx: &mut Tx, author: AccountId, cid: &Cid) -> StoreResult<Fate> {
    let sql = "insert into cids (author, cid, digest) values ($1, $2, '') on conflict do nothing";
    on_tx!(tx, on => {
        sqlx::query::<Db>(sql).bind(author.to_string()).bind(cid.as_str()).execute(on).await.map(|_| ())
    })?;
    Ok(find(tx, author, cid).await?.unwrap_or(Fate::Barred))
}

/// What became of a try; `None` when nobody has heard of it.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn find(tx: &mut Tx, author: AccountId, cid: &Cid) -> StoreResult<Option<Fate>> {
    let found = on_tx!(tx, on => {
        sqlx::query_as::<Db, Columns>(SELECT).bind(author.to_string()).bind(cid.as_str()).fetch_optional(on).await
    })?;
    found.map(|(digest, feed, seq, id, at)| fate(digest, feed, seq, id, at)).transpose()
}

/// What became of a try, read without waiting for writers; `None` when nobody has heard of it.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn look_up(store: &Store, author: AccountId, cid: &Cid) -> StoreResult<Option<Fate>> {
    let found = on_store!(store, pool => {
        sqlx::query_as::<Db, Columns>(SELECT).bind(author.to_string()).bind(cid.as_str()).fetch_optional(pool).await
    })?;
    found.map(|(digest, feed, seq, id, at)| fate(digest, feed, seq, id, at)).transpose()
}

/// What became of these tries; those that nobody has heard of are left out.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn fates(tx: &mut Tx, tries: &[(AccountId, &Cid)]) -> StoreResult<HashMap<(AccountId, Cid), Fate>> {
    let mut fates = HashMap::with_capacity(tries.len());
    for piece in share::filled(tries) {
        let rows = on_tx!(tx, on => {
            let mut query = QueryBuilder::<Db>::new("with asked (author, cid) as (");
            query.push_values(piece, |mut values, ((author, cid), _)| {
                values.push_bind(author.to_string()).push_bind(cid.as_str());
            });
            query.push(
                ") select c.author, c.cid, c.digest, e.feed, e.seq, e.id, e.at from asked \
                 join cids c on c.author = asked.author and c.cid = asked.cid \
                 left join entries e on e.id = c.entry",
            );
            query.build_query_as::<Named>().fetch_all(on).await
        })?;
        for (author, cid, digest, feed, seq, id, at) in rows {
            let name =
                (row::parse(&author, "cids", "author")?, row::known(Cid::new(&cid).ok(), "cids", "cid")?);
            fates.insert(name, fate(digest, feed, seq, id, at)?);
        }
    }
    Ok(fates)
}

pub(crate) fn fate(
    digest: String,
    feed: Option<String>,
    seq: Option<i64>,
    id: Option<String>,
    at: Option<i64>,
) -> StoreResult<Fate> {
    match (feed, seq, id, at) {
        (Some(feed), Some(seq), Some(id), Some(at)) => {
            let written = Written {
                feed: row::parse(&feed, "entries", "feed")?,
                seq: row::count(seq),
                id: row::parse(&id, "entries", "id")?,
                at: domain::moment::Moment::from_millis(at),
            };
            Ok(Fate::Written { digest, written })
        }
        _ => Ok(Fate::Barred),
    }
}
