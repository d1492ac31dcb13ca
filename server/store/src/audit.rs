//! The audit's rows: who did what to what, and why. A row is written in the transaction of the act it records, and never
//! changed. Chaining them is `audit_chain`'s work.

use domain::audit::Row;
use domain::id::AccountId;
use domain::moment::Moment;
use sqlx::QueryBuilder;

use crate::engine::{Store, Tx, on_store, on_tx};
use crate::error::StoreResult;
use crate::row;

/// The columns of a row.
pub(crate) type Columns = (String, i64, Option<String>, String, String, String);

/// Which rows an auditor asks for; everything that is said must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// By this person.
    pub actor: Option<AccountId>,
    /// Acts that begin with this word: `grant` for `grant.give` too.
    pub act: Option<String>,
    /// Done to this.
    pub target: Option<String>,
    /// At this moment or later.
    pub from: Option<Moment>,
    /// Before this moment.
    pub to: Option<Moment>,
    /// Behind this row, whose moment and id these are.
    pub after: Option<(Moment, String)>,
}

/// Reads a row.
pub(crate) fn read((id, at, actor, act, target, reason): Columns) -> StoreResult<Row> {
    Ok(Row {
        id: row::parse(&id, "audit", "id")?,
        at: Moment::from_millis(at),
        actor: actor.map(|actor| row::parse(&actor, "audit", "actor")).transpose()?,
        act,
        target,
        reason,
    })
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
        sqlx::query_as::<Db, Columns>(sql).bind(target).fetch_all(pool).await
    })?;
    rows.into_iter().map(read).collect()
}

/// Up to `limit` rows, newest first.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn search(store: &Store, asked: &Asked, limit: u32) -> StoreResult<Vec<Row>> {
    let rows = on_store!(store, pool => {
        let mut query =
            QueryBuilder::<Db>::new("select id, at, actor, act, target, reason from audit where 1 = 1");
        if let Some(actor) = asked.actor {
            query.push(" and actor = ").push_bind(actor.to_string());
        }
        if let Some(act) = &asked.act {
            // A word holds none of the pattern's own signs.
            query.push(" and (act = ").push_bind(act).push(" or act like ").push_bind(format!("{act}.%")).push(")");
        }
        if let Some(target) = &asked.target {
            query.push(" and target = ").push_bind(target);
        }
        if let Some(from) = asked.from {
            query.push(" and at >= ").push_bind(from.millis());
        }
        if let Some(to) = asked.to {
            query.push(" and at < ").push_bind(to.millis());
        }
        if let Some((at, id)) = &asked.after {
            query.push(" and (at < ").push_bind(at.millis());
            query.push(" or (at = ").push_bind(at.millis()).push(" and id < ").push_bind(id).push("))");
        }
        query.push(" order by at desc, id desc limit ").push_bind(i64::from(limit));
        query.build_query_as::<Columns>().fetch_all(pool).await
    })?;
    rows.into_iter().map(read).collect()
}
