//! Rights that were taken away lately, for the nodes that did not hear of it.

use domain::event::{Taken, Taking};
use domain::moment::Moment;

use crate::engine::{Store, Tx, on_store, on_tx};
use crate::error::StoreResult;
use crate::row;

/// Notes that a right was taken.
///
/// # Errors
/// [`crate::StoreError::MissingParent`] when there is no such account.
pub async fn add(tx: &mut Tx, taking: &Taking, at: Moment) -> StoreResult<()> {
    let (session, feed) = match taking.what {
        Taken::Everything => (None, None),
        Taken::Session(session) => (Some(session.to_string()), None),
        Taken::Feed(feed) => (None, Some(feed.to_string())),
    };
    let sql = "insert into takings (id, at, account, session, feed) values ($1, $2, $3, $4, $5)";
    on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(taking.id.to_string())
            .bind(at.millis())
            .bind(taking.account.to_string())
            .bind(session)
            .bind(feed)
            .execute(on)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// What was taken at `since` or later.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn since(store: &Store, since: Moment) -> StoreResult<Vec<Taking>> {
    let sql = "select id, account, session, feed from takings where at >= $1 order by at";
    type Row = (String, String, Option<String>, Option<String>);
    on_store!(store, pool => {
        sqlx::query_as::<Db, Row>(sql).bind(since.millis()).fetch_all(pool).await
    })?
    .into_iter()
    .map(|(id, account, session, feed)| {
        let what = match (session, feed) {
            (Some(session), _) => Taken::Session(row::parse(&session, "takings", "session")?),
            (None, Some(feed)) => Taken::Feed(row::parse(&feed, "takings", "feed")?),
            (None, None) => Taken::Everything,
        };
        Ok(Taking {
            id: row::parse(&id, "takings", "id")?,
            account: row::parse(&account, "takings", "account")?,
            what,
        })
    })
    .collect()
}

/// Forgets what was taken before `before`.
///
/// # Errors
/// Those of the engine.
pub async fn forget(tx: &mut Tx, before: Moment) -> StoreResult<()> {
    let sql = "delete from takings where at < $1";
    on_tx!(tx, on => sqlx::query::<Db>(sql).bind(before.millis()).execute(on).await.map(|_| ()))?;
    Ok(())
}
