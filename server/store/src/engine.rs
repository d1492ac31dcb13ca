//! The storage seam: two engines behind one enum, and two macros that expand one expression for either.
//!
//! Places that may ask which engine it is: opening (here), claiming work that others claim too (here), migrations,
//! test databases. The statements themselves are one text for both.

use std::path::PathBuf;
use std::time::Duration;

use domain::moment::Moment;
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, PgPool, Postgres, Sqlite, SqlitePool, Transaction};

use crate::error::{StoreError, StoreResult};

/// How long anyone waits for a connection: a hanging database must be told within 3 s.
const PATIENCE: Duration = Duration::from_secs(2);
/// From how many pages of 4 KiB on the log of SQLite is to be used again from its beginning: 64 MiB. That keeps a sync cheap:
/// nothing about the file changes then but what it holds.
const LOG: i64 = 16_384;
/// After how many pages the writer brings the log into the file at every commit, while everybody waits: 512 MiB. A reader who
/// reads for long keeps it from beginning anew; [`Store::tend`] does so long before in all other cases.
const LONGEST_LOG: &str = "131072";

/// How many rows of a statement the writer of SQLite hands over without waiting: as many as a statement gives, twice.
const ROWS: usize = 512;

/// How long anyone waits for PostgreSQL to do one thing, the wait for a connection included. A server that hangs ends
/// no statement by itself, so this side must stop waiting.
const HANGS: Duration = Duration::from_millis(2_600);

/// How many connections to PostgreSQL one process reads with, and with how many it writes. Three nodes with two
/// databases each stay below the hundred that PostgreSQL takes by default.
const CONNECTIONS: u32 = 8;

/// How long a connection to PostgreSQL may have been idle and is still taken without asking whether it lives.
const SURELY_ALIVE: Duration = Duration::from_secs(1);

/// After how long without use a connection to the key store is given back.
const KEYS_IDLE: Duration = Duration::from_secs(30);

/// Where the database is.
#[derive(Clone)]
pub enum Address {
    /// A file of the embedded engine.
    Sqlite(PathBuf),
    /// A PostgreSQL server, with the password if there is one.
    Postgres {
        /// `postgres://user@host:port/database`, without a password.
        url: String,
        /// The password, from its file.
        password: Option<String>,
        /// The schema of its tables, made when it is missing; `None` for where the server puts them.
        schema: Option<&'static str>,
    },
}

/// The schema of the key store on PostgreSQL.
pub const KEYS_SCHEMA: &str = "medchat_keys";

/// An open database.
#[derive(Clone)]
pub enum Store {
    /// SQLite: many readers, and one connection that writes, in a thread of its own.
    Sqlite {
        /// The readers.
        read: SqlitePool,
        /// The one writer.
        write: SqlitePool,
        /// One that brings the log into the file, beside the writer.
        tend: SqlitePool,
    },
    /// PostgreSQL: whoever reads while a transaction of theirs is open finds a connection, however many transactions
    /// wait for each other, since these come from a pool of their own.
    Postgres {
        /// For reading.
        read: PgPool,
        /// For transactions.
        write: PgPool,
    },
}

/// A transaction that writes.
pub enum Tx {
    /// On SQLite it holds the write lock from its first moment.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

/// Expands `$body` for either engine, with `Db` as the engine's type and `$on` as a pool that reads.
macro_rules! on_store {
    ($store:expr, $on:ident => $body:expr) => {
        match $store {
            $crate::engine::Store::Sqlite { read: $on, .. } => {
                type Db = sqlx::Sqlite;
                $crate::engine::whatever_it_takes(async { $body }).await
            }
            $crate::engine::Store::Postgres { read: $on, .. } => {
                type Db = sqlx::Postgres;
                $crate::engine::in_time(async { $body }).await
            }
        }
    };
}

/// Expands `$body` for either engine, with `Db` as the engine's type and `$on` as the connection.
macro_rules! on_tx {
    ($tx:expr, $on:ident => $body:expr) => {
        match $tx {
            $crate::engine::Tx::Sqlite(transaction) => {
                type Db = sqlx::Sqlite;
                let $on = &mut **transaction;
                $crate::engine::whatever_it_takes(async { $body }).await
            }
            $crate::engine::Tx::Postgres(transaction) => {
                type Db = sqlx::Postgres;
                let $on = &mut **transaction;
                $crate::engine::in_time(async { $body }).await
            }
        }
    };
}

pub(crate) use {on_store, on_tx};

/// What comes of a statement, unless PostgreSQL hangs.
pub(crate) async fn in_time<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    match tokio::time::timeout(HANGS, work).await {
        Ok(done) => done,
        Err(_) => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
    }
}

/// What comes of a statement of the embedded engine, which nothing but this machine holds up.
pub(crate) async fn whatever_it_takes<T>(
    work: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    work.await
}

impl Store {
    /// Opens the database, and refuses one that would keep its promises less well than agreed.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not answer, [`StoreError::Refused`] when its durability
    /// settings are weaker than `synchronous=FULL` or `synchronous_commit=on`.
    pub async fn open(address: &Address) -> StoreResult<Self> {
        Self::open_with(address, CONNECTIONS).await
    }

    /// Opens the database as [`Store::open`] does, with at most so many connections to PostgreSQL that read, and as many
    /// that write. One of each is enough: acts that read while their transaction is open find the other one, and nobody
    /// keeps a reading connection while they wait for something else.
    ///
    /// # Errors
    /// Those of [`Store::open`].
    pub async fn open_with(address: &Address, connections: u32) -> StoreResult<Self> {
        let store = match address {
            Address::Sqlite(path) => open_sqlite(path).await?,
            Address::Postgres { url, password, schema } => {
                open_postgres(url, password.as_deref(), *schema, connections).await?
            }
        };
        store.check_durability().await?;
        Ok(store)
    }

    /// Begins a transaction that writes.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when no connection comes free in time.
    pub async fn begin(&self) -> StoreResult<Tx> {
        Ok(match self {
            Self::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("begin immediate").await?),
            Self::Postgres { write, .. } => Tx::Postgres(in_time(write.begin()).await?),
        })
    }

    /// The moment on the database's clock; `None` for the embedded engine, whose clock is this machine's.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not answer.
    pub async fn clock(&self) -> StoreResult<Option<Moment>> {
        let Self::Postgres { read, .. } = self else { return Ok(None) };
        let sql = "select (extract(epoch from clock_timestamp()) * 1000)::bigint";
        let millis: i64 = in_time(sqlx::query_scalar(sql).fetch_one(read)).await?;
        Ok(Some(Moment::from_millis(millis)))
    }

    /// Whether the database answers at all.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not.
    pub async fn answers(&self) -> StoreResult<()> {
        on_store!(self, pool => sqlx::query::<Db>("select 1").execute(pool).await.map(|_| ()))?;
        Ok(())
    }

    /// Brings the log of the embedded engine into its file, beside the writer; PostgreSQL does so by itself. When the log is
    /// long, the writer then brings in the little that has come meanwhile, so that it begins the log anew. `false` when
    /// there is nothing to tend.
    ///
    /// # Errors
    /// Those of the engine. Nothing is lost then: it is done later.
    pub async fn tend(&self) -> StoreResult<bool> {
        let Self::Sqlite { tend, write, .. } = self else { return Ok(false) };
        // Passive: neither waits for a reader.
        let bring_in = "pragma wal_checkpoint(passive)";
        let (_, log, _): (i64, i64, i64) = sqlx::query_as(bring_in).fetch_one(tend).await?;
        if log >= LOG {
            sqlx::query(bring_in).execute(write).await?;
        }
        Ok(true)
    }

    /// Closes every connection, after those in use have come back.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write, tend } => {
                tend.close().await;
                read.close().await;
                write.close().await;
            }
            Self::Postgres { read, write } => {
                read.close().await;
                write.close().await;
            }
        }
    }

    /// Reads the durability settings back; an acknowledged message must outlive a power cut. [`Store::open`]
    /// does it; whoever opens pools by other means asks here.
    ///
    /// # Errors
    /// [`StoreError::Refused`] names the setting that is too weak.
    pub async fn check_durability(&self) -> StoreResult<()> {
        match self {
            Self::Sqlite { write, .. } => {
                let synchronous: i64 = sqlx::query_scalar("pragma synchronous").fetch_one(write).await?;
                let journal: String = sqlx::query_scalar("pragma journal_mode").fetch_one(write).await?;
                demand("synchronous", &synchronous.to_string(), &["2", "3"])?;
                demand("journal_mode", &journal, &["wal"])
            }
            Self::Postgres { write, .. } => {
                for (name, good) in [
                    ("fsync", ["on"].as_slice()),
                    ("full_page_writes", &["on"]),
                    ("synchronous_commit", &["on", "remote_apply"]),
                ] {
                    let value: String =
                        sqlx::query_scalar("select current_setting($1)").bind(name).fetch_one(write).await?;
                    demand(name, &value, good)?;
                }
                Ok(())
            }
        }
    }
}

fn demand(name: &str, value: &str, good: &[&str]) -> StoreResult<()> {
    if good.contains(&value) {
        return Ok(());
    }
    Err(StoreError::Refused(format!(
        "the database runs with {name}={value}, which can lose acknowledged messages; it must be {}",
        good.join(" or ")
    )))
}

impl Tx {
    /// Makes everything durable. Only after this may anyone be told.
    ///
    /// # Errors
    /// Any [`StoreError`]: then nothing of the transaction may be acknowledged.
    pub async fn commit(self) -> StoreResult<()> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await?,
            Self::Postgres(transaction) => in_time(transaction.commit()).await?,
        }
        Ok(())
    }

    /// What ends a `select` of rows that are to be changed, so that nobody else changes them in between, nor waits for
    /// two of them in another order. The embedded engine has one writer, whom nobody meets.
    pub(crate) const fn locking(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_) => " for update",
        }
    }

    /// What ends a `select` of rows that others claim at the same time, so that each gets rows of its own.
    pub(crate) const fn claiming(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_) => " for update skip locked",
        }
    }
}

async fn open_sqlite(path: &PathBuf) -> StoreResult<Store> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE);
    // Kibibytes. What is read stays in the memory of the machine anyway, once for all; the writer alone keeps much.
    let (writes, reads) =
        (options.clone().pragma("cache_size", "-65536"), options.pragma("cache_size", "-2048"));
    // A statement over a whole group gives a row for each post: the writer is not to stop for whoever takes them.
    let writes = writes.row_buffer_size(ROWS);
    let tend = SqlitePoolOptions::new().max_connections(1).connect_lazy_with(writes.clone());
    let writes = writes.pragma("wal_autocheckpoint", LONGEST_LOG);
    let write =
        SqlitePoolOptions::new().max_connections(1).acquire_timeout(PATIENCE).connect_with(writes).await?;
    let read = SqlitePoolOptions::new()
        .max_connections(4)
        .acquire_timeout(PATIENCE)
        .connect_with(reads.read_only(true).create_if_missing(false))
        .await?;
    Ok(Store::Sqlite { read, write, tend })
}

async fn open_postgres(
    url: &str,
    password: Option<&str>,
    schema: Option<&'static str>,
    connections: u32,
) -> StoreResult<Store> {
    let mut options: PgConnectOptions = url
        .parse()
        .map_err(|error| StoreError::Refused(format!("the database has an address that is none: {error}")))?;
    if let Some(password) = password {
        options = options.password(password);
    }
    let options = options
        .application_name("medchat")
        .options([
            ("statement_timeout", "3s"),
            ("lock_timeout", "2s"),
            // Whoever stands still in the middle of writing holds the numbers of a feed, and all others wait.
            ("idle_in_transaction_session_timeout", "5s"),
        ])
        .options(schema.map(|schema| ("search_path", schema)));
    let pool = || {
        let pool = PgPoolOptions::new().max_connections(connections).acquire_timeout(PATIENCE);
        // One in use was alive a moment ago; asking each time would double the way to the server.
        let pool = pool.test_before_acquire(false).before_acquire(|connection, about| {
            let fresh = about.idle_for < SURELY_ALIVE;
            Box::pin(async move { if fresh { Ok(true) } else { connection.ping().await.map(|()| true) } })
        });
        // What people confide is a small part of what they say: a node that opens no such text keeps no connection for it.
        if schema.is_some() { pool.idle_timeout(KEYS_IDLE) } else { pool }
    };
    let write = pool().connect_with(options.clone()).await?;
    if let Some(schema) = schema {
        make_schema(&write, schema).await?;
    }
    let read = pool().connect_lazy_with(options);
    Ok(Store::Postgres { read, write })
}

/// Makes a schema that is missing. It is looked for first: who may use it may lack the right to make it.
async fn make_schema(pool: &PgPool, schema: &'static str) -> StoreResult<()> {
    let there: bool = sqlx::query_scalar("select exists (select 1 from pg_namespace where nspname = $1)")
        .bind(schema)
        .fetch_one(pool)
        .await?;
    if there {
        return Ok(());
    }
    let sql = AssertSqlSafe(format!("create schema if not exists {schema}"));
    match sqlx::query(sql).execute(pool).await.map_err(StoreError::from) {
        // Another node made it in between.
        Ok(_) | Err(StoreError::Conflict(_)) => Ok(()),
        Err(StoreError::Broken(error)) => Err(StoreError::Refused(format!(
            "the schema {schema} is missing and cannot be made with these rights: {error}"
        ))),
        Err(error) => Err(error),
    }
}
