//! What can go wrong with a statement, told apart by kind on both engines. Constraint names are never looked
//! at: SQLite gives none.

use sqlx::error::ErrorKind;

/// The result of a statement.
pub type StoreResult<T> = Result<T, StoreError>;

/// Why a statement failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Something with this key is there already.
    #[error("the row is there already")]
    Conflict(#[source] sqlx::Error),
    /// What the row refers to is not there.
    #[error("a row refers to something missing")]
    MissingParent(#[source] sqlx::Error),
    /// A check of the schema refused the row.
    #[error("a row breaks a rule of the schema")]
    RuleBroken(#[source] sqlx::Error),
    /// The database does not answer in time, or lost a race it may be asked again for.
    #[error("the database does not answer")]
    Unavailable(#[source] sqlx::Error),
    /// The disk is full; the transaction was rolled back.
    #[error("no space is left for the database")]
    Full(#[source] sqlx::Error),
    /// A stored value cannot be what it is.
    #[error("{table}.{column} holds an impossible value")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// The database is weaker than promised, or not the one expected; the text says how.
    #[error("{0}")]
    Refused(String),
    /// A migration failed.
    #[error("{}", of_migrating(.0))]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// Anything else: a fault of this program or of the disk.
    #[error("a statement failed")]
    Broken(#[source] sqlx::Error),
}

fn of_migrating(error: &sqlx::migrate::MigrateError) -> String {
    match error {
        sqlx::migrate::MigrateError::VersionMissing(version) => {
            format!(
                "a newer program has brought the database to version {version}: this one is too old for it"
            )
        }
        _ => "the database could not be migrated".into(),
    }
}

impl StoreError {
    /// Whether the embedded engine could not read, write or sync its file: SQLite's `IOERR`, primary code 10.
    pub fn is_of_the_disk(&self) -> bool {
        let Self::Broken(sqlx::Error::Database(error)) = self else { return false };
        let code = error.code().and_then(|code| code.parse::<u32>().ok());
        code.is_some_and(|code| code & 0xff == 10)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Unavailable(error)
            }
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => Self::Unavailable(error),
            sqlx::Error::Database(database) => match database.kind() {
                ErrorKind::UniqueViolation => Self::Conflict(error),
                ErrorKind::ForeignKeyViolation => Self::MissingParent(error),
                ErrorKind::NotNullViolation | ErrorKind::CheckViolation => Self::RuleBroken(error),
                _ => match database.code().as_deref() {
                    Some("13" | "53100") => Self::Full(error),
                    Some(code) if is_passing(code) => Self::Unavailable(error),
                    _ => Self::Broken(error),
                },
            },
            _ => Self::Broken(error),
        }
    }
}

/// Busy or locked on SQLite; shutdown, cancellation, deadlock, serialisation, too many connections, too long a silence in
/// a transaction on PostgreSQL (classes 40, 53, 57 and 08, and 25P03).
fn is_passing(code: &str) -> bool {
    matches!(code, "5" | "6" | "261" | "517" | "55P03" | "25P03" | "40001" | "40P01")
        || (code.len() == 5 && ["08", "53", "57"].iter().any(|class| code.starts_with(class)))
}
