//! Migrations: the shared files and the few of one engine, merged into one ordered list per engine, and the list
//! of the key store. An applied file that was edited, and one this program does not know, stop the start.

use sqlx::migrate::{Migration, Migrator};

use crate::engine::{Store, on_store};
use crate::error::{StoreError, StoreResult};

static SHARED: Migrator = sqlx::migrate!("../../migrations/shared");
static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");
static KEYS: Migrator = sqlx::migrate!("../../migrations/keys");

/// Brings the schema of the main database up to this program's version. A second run does nothing.
///
/// # Errors
/// [`StoreError::Migration`] when a file fails, was edited after it was applied, or is unknown here.
pub async fn migrate(store: &Store) -> StoreResult<()> {
    run(store, &merged(own(store))).await
}

/// The files of this engine alone.
fn own(store: &Store) -> &'static Migrator {
    match store {
        Store::Sqlite { .. } => &SQLITE,
        Store::Postgres { .. } => &POSTGRES,
    }
}

/// Brings the schema of a key store up to this program's version. A second run does nothing.
///
/// # Errors
/// As [`migrate`].
pub async fn migrate_keys(store: &Store) -> StoreResult<()> {
    run(store, &KEYS).await
}

/// Whether another program has brought the main database further than this one knows.
///
/// # Errors
/// Those of the engine.
pub async fn is_newer(store: &Store) -> StoreResult<bool> {
    let known = merged(own(store)).iter().map(|migration| migration.version).max().unwrap_or_default();
    let sql = "select max(version) from _sqlx_migrations";
    let last: Option<i64> = on_store!(store, pool => sqlx::query_scalar::<Db, _>(sql).fetch_one(pool).await)?;
    Ok(last.is_some_and(|last| last > known))
}

async fn run(store: &Store, migrator: &Migrator) -> StoreResult<()> {
    match store {
        Store::Sqlite { write, .. } => migrator.run(write).await.map_err(StoreError::Migration),
        // A failed migration leaves its advisory lock in the connection: take one that is closed afterwards.
        Store::Postgres { write, .. } => {
            let mut connection = write.acquire().await?.detach();
            for patience in ["set statement_timeout = 0", "set lock_timeout = '30s'"] {
                sqlx::query(patience).execute(&mut connection).await?;
            }
            let outcome = migrator.run(&mut connection).await.map_err(StoreError::Migration);
            sqlx::Connection::close(connection).await?;
            outcome
        }
    }
}

fn merged(own: &Migrator) -> Migrator {
    let mut list: Vec<Migration> = SHARED.iter().chain(own.iter()).cloned().collect();
    list.sort_by_key(|migration| migration.version);
    Migrator::with_migrations(list)
}
