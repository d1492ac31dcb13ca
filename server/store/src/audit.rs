//! The audit: who did what to what, and why. A row is written in the transaction of the act it records.

use domain::id::{AccountId, AuditId};
use domain::moment::Moment;

use crate::engine::{Store, Tx, on_store, on_tx};
use crate::error::StoreResult;
use crate::row;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The row's id.
    pub id: AuditId,
    /// When.
    pub at: Moment,
    /// Who; `None` for the system.
    pub actor: Option<AccountId>,
    /// What was done, in a word.
    pub act: String,
    /// To what, as `kind:id`.
    pub target: String,
    /// Why, as the actor said.
    pub reason: String,
}

/// Adds a row.
///
/// # Errors
/// Those of the engine.
pub async fn add(tx: &mut Tx, row: &Row) -> StoreResult<()> {
    let sql = "insert into audit (id, at, actor, act, target, reason) values ($1, $2, $3, $4, $5, $6)";
    on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(row.id.to_string())
            .bind(row.at.millis())
            .bind(row.actor.map(|actor| actor.to_string()))
            .bind(&row.act)
            .bind(&row.target)
            .bind(&row.reason)
            .execute(on)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// The rows about `target`, oldest first.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn about(store: &Store, target: &str) -> StoreResult<Vec<Row>> {
    let sql = "select id, at, actor, act, target, reason from audit where target = $1 order by at, id";
    let rows = on_store!(store, pool => {
        sqlx::query_as::<Db, (String, i64, Option<String>, String, String, String)>(sql)
            .bind(target)
            .fetch_all(pool)
            .await
    })?;
    rows.into_iter()
        .map(|(id, at, actor, act, target, reason)| {
            Ok(Row {
                id: row::parse(&id, "audit", "id")?,
                at: Moment::from_millis(at),
                actor: actor.map(|actor| row::parse(&actor, "audit", "actor")).transpose()?,
                act,
                target,
                reason,
            })
        })
        .collect()
}
