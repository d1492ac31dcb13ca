//! Named facts about this database: which signing keys it knows, whether the demo was set up.

use crate::engine::{Store, Tx, on_store, on_tx};
use crate::error::StoreResult;

/// The value of the fact `name`.
///
/// # Errors
/// Those of the engine.
pub async fn find(store: &Store, name: &str) -> StoreResult<Option<String>> {
    let sql = "select value from facts where name = $1";
    Ok(on_store!(store, pool => {
        sqlx::query_scalar::<Db, String>(sql).bind(name).fetch_optional(pool).await
    })?)
}

/// Notes the fact `name`, over whatever was there.
///
/// # Errors
/// Those of the engine.
pub async fn set(tx: &mut Tx, name: &str, value: &str) -> StoreResult<()> {
    let sql = "insert into facts (name, value) values ($1, $2) \
               on conflict (name) do update set value = excluded.value";
    on_tx!(tx, on => sqlx::query::<Db>(sql).bind(name).bind(value).execute(on).await.map(|_| ()))?;
    Ok(())
}

/// Notes the fact `name` unless it is known; gives what is known then.
///
/// # Errors
/// Those of the engine.
pub async fn keep(tx: &mut Tx, name: &str, value: &str) -> StoreResult<String> {
    // Changing nothing gives back the row that was there, also when another node has only just written it.
    let sql = "insert into facts (name, value) values ($1, $2) \
               on conflict (name) do update set value = facts.value returning value";
    Ok(on_tx!(tx, on => {
        sqlx::query_scalar::<Db, String>(sql).bind(name).bind(value).fetch_one(on).await
    })?)
}
