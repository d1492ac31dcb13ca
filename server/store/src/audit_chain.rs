//! The chain that the audit's rows are links of: which rows wait for a link, and what stands where. How a link is made is
//! `domain::audit`'s matter; who holds the seal makes them.

use domain::audit::{Hash, Head, Link, Row};
use domain::moment::Moment;
use sqlx::QueryBuilder;

use crate::audit::{Columns, read};
use crate::engine::{Store, Tx, on_store, on_tx};
use crate::error::StoreResult;
use crate::row;

/// How far the chain has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seal {
    /// The last link.
    pub head: Head,
    /// The latest moment of any row in it.
    pub at: Moment,
}

type SealColumns = (i64, String, i64);

const SEAL: &str = "select n, hash, at from audit_seal where id = 'seal'";

fn seal((n, hash, at): SealColumns) -> StoreResult<Seal> {
    let hash = row::known(Hash::parse(&hash), "audit_seal", "hash")?;
    Ok(Seal { head: Head { n: row::count(n), hash }, at: Moment::from_millis(at) })
}

/// How far the chain has come.
///
/// # Errors
/// Those of the engine; [`crate::StoreError::Corrupt`] when somebody has made it unreadable or taken it away.
pub async fn sealed(store: &Store) -> StoreResult<Seal> {
    let found = on_store!(store, pool => sqlx::query_as::<Db, SealColumns>(SEAL).fetch_optional(pool).await)?;
    seal(row::known(found, "audit_seal", "id")?)
}

/// Takes the seal until the transaction ends; `None` while somebody else has it.
///
/// # Errors
/// Those of the engine.
pub async fn take_seal(tx: &mut Tx) -> StoreResult<Option<Seal>> {
    let sql = format!("{SEAL}{}", tx.claiming());
    let found = on_tx!(tx, on => {
        sqlx::query_as::<Db, SealColumns>(sqlx::AssertSqlSafe(sql.clone())).fetch_optional(on).await
    })?;
    found.map(seal).transpose()
}

/// Up to `limit` rows of `since` or later that are no links yet, oldest first.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn waiting(store: &Store, since: Moment, limit: u32) -> StoreResult<Vec<Row>> {
    let sql = "select id, at, actor, act, target, reason from audit where at >= $1 \
               and not exists (select 1 from audit_links l where l.audit = audit.id) order by at, id limit $2";
    let rows = on_store!(store, pool => {
        sqlx::query_as::<Db, Columns>(sql).bind(since.millis()).bind(i64::from(limit)).fetch_all(pool).await
    })?;
    rows.into_iter().map(read).collect()
}

/// Those of `rows` that are no links yet, as the transaction sees it.
///
/// # Errors
/// Those of the engine.
pub async fn unlinked(tx: &mut Tx, rows: Vec<Row>) -> StoreResult<Vec<Row>> {
    let linked: Vec<String> = on_tx!(tx, on => {
        let mut query = QueryBuilder::<Db>::new("select audit from audit_links where audit in (");
        let mut list = query.separated(", ");
        for row in &rows {
            list.push_bind(row.id.to_string());
        }
        query.push(")");
        query.build_query_scalar().fetch_all(on).await
    })?;
    Ok(rows.into_iter().filter(|row| !linked.contains(&row.id.to_string())).collect())
}

/// Adds links and moves the seal to the last of them.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when one is there already.
pub async fn link(tx: &mut Tx, links: &[Link], seal: Seal) -> StoreResult<()> {
    on_tx!(tx, on => {
        let mut query = QueryBuilder::<Db>::new("insert into audit_links (n, audit, hash) ");
        query.push_values(links, |mut values, link| {
            values
                .push_bind(row::bigint(link.n))
                .push_bind(link.id.to_string())
                .push_bind(link.hash.to_string());
        });
        query.build().execute(on).await.map(|_| ())
    })?;
    let sql = "update audit_seal set n = $1, hash = $2, at = $3";
    on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(row::bigint(seal.head.n))
            .bind(seal.head.hash.to_string())
            .bind(seal.at.millis())
            .execute(on)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// The hash of link `n`.
///
/// # Errors
/// Those of the engine; one that cannot be read is corrupt.
pub async fn hash_of(store: &Store, n: u64) -> StoreResult<Option<Hash>> {
    let sql = "select hash from audit_links where n = $1";
    let found = on_store!(store, pool => {
        sqlx::query_scalar::<Db, String>(sql).bind(row::bigint(n)).fetch_optional(pool).await
    })?;
    found.map(|hash| row::known(Hash::parse(&hash), "audit_links", "hash")).transpose()
}

type Linked = (
    i64,
    String,
    String,
    Option<String>,
    Option<i64>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

/// Up to `limit` links after `after`, each with its row while that is there.
///
/// # Errors
/// Those of the engine; what cannot be read is corrupt.
pub async fn links(store: &Store, after: u64, limit: u32) -> StoreResult<Vec<(Link, Option<Row>)>> {
    let sql = "select l.n, l.audit, l.hash, a.id, a.at, a.actor, a.act, a.target, a.reason from audit_links l \
               left join audit a on a.id = l.audit where l.n > $1 order by l.n limit $2";
    on_store!(store, pool => {
        sqlx::query_as::<Db, Linked>(sql).bind(row::bigint(after)).bind(i64::from(limit)).fetch_all(pool).await
    })?
    .into_iter()
    .map(|(n, audit, hash, id, at, actor, act, target, reason)| {
        let link = Link {
            n: row::count(n),
            id: row::parse(&audit, "audit_links", "audit")?,
            hash: row::known(Hash::parse(&hash), "audit_links", "hash")?,
        };
        let row = match (id, at, act, target, reason) {
            (Some(id), Some(at), Some(act), Some(target), Some(reason)) => {
                Some(read((id, at, actor, act, target, reason))?)
            }
            _ => None,
        };
        Ok((link, row))
    })
    .collect()
}

/// How many rows before `before` are no links: they came when their moment was sealed already.
///
/// # Errors
/// Those of the engine.
pub async fn slipped_in(store: &Store, before: Moment) -> StoreResult<u64> {
    let sql = "select count(*) from audit where at < $1 \
               and not exists (select 1 from audit_links l where l.audit = audit.id)";
    let count: i64 = on_store!(store, pool => {
        sqlx::query_scalar::<Db, i64>(sql).bind(before.millis()).fetch_one(pool).await
    })?;
    Ok(row::count(count))
}
