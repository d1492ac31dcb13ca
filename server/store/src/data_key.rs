//! Data keys of people, in the key store: a database apart from all others, so that its backups can be short-lived
//! and a destroyed key is gone. They come wrapped and go wrapped; what opens them is not known here.

use domain::id::AccountId;
use domain::moment::Moment;

use crate::engine::{Store, Tx, on_store, on_tx};
use crate::error::StoreResult;
use crate::row;

/// The key that seals what one person writes in confidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataKey {
    /// Whose it is.
    pub account: AccountId,
    /// The key, wrapped.
    pub wrapped: String,
    /// The id of the key it is wrapped under.
    pub kek: String,
    /// When it was made.
    pub created_at: Moment,
}

/// Keeps a key; one that is there already stays, so that two nodes that make one at once end with the same.
///
/// # Errors
/// Those of the engine.
pub async fn add(tx: &mut Tx, key: &DataKey) -> StoreResult<()> {
    let sql = "insert into data_keys (account, wrapped, kek, created_at) values ($1, $2, $3, $4) \
               on conflict do nothing";
    on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(key.account.to_string())
            .bind(&key.wrapped)
            .bind(&key.kek)
            .bind(key.created_at.millis())
            .execute(on)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// The key of a person; `None` when they never needed one, or it was destroyed.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn find(store: &Store, account: AccountId) -> StoreResult<Option<DataKey>> {
    let sql = "select account, wrapped, kek, created_at from data_keys where account = $1";
    on_store!(store, pool => {
        sqlx::query_as::<Db, (String, String, String, i64)>(sql)
            .bind(account.to_string())
            .fetch_optional(pool)
            .await
    })?
    .map(|(account, wrapped, kek, created_at)| {
        let account = row::parse(&account, "data_keys", "account")?;
        Ok(DataKey { account, wrapped, kek, created_at: Moment::from_millis(created_at) })
    })
    .transpose()
}

/// Destroys the key of a person: whatever it sealed is unreadable from now on, also in every backup of the main
/// database.
///
/// # Errors
/// Those of the engine.
pub async fn destroy(tx: &mut Tx, account: AccountId) -> StoreResult<()> {
    let sql = "delete from data_keys where account = $1";
    on_tx!(tx, on => sqlx::query::<Db>(sql).bind(account.to_string()).execute(on).await.map(|_| ()))?;
    Ok(())
}
