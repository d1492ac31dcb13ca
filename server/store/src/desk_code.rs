//! Codes handed out at desks, and what became of each. A code itself is never here, only its keyed digest. Who may hand one
//! out, how many, and what a code is good for is not decided here.

use domain::id::{AccountId, DeskCodeId, OrganisationId};
use domain::moment::Moment;
use sqlx::QueryBuilder;

use crate::engine::{Store, Tx, on_store, on_tx};
use crate::error::StoreResult;
use crate::row;

/// A code that is handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The id.
    pub id: DeskCodeId,
    /// Its number on the sheet it was printed on, from 1 on.
    pub place: u32,
    /// The organisation whose desk it is.
    pub organisation: OrganisationId,
    /// The registrar.
    pub issued_by: AccountId,
    /// When; those of one sheet have the same moment.
    pub issued_at: Moment,
    /// The first moment it is good for nothing.
    pub expires_at: Moment,
    /// When it was redeemed.
    pub redeemed_at: Option<Moment>,
    /// When it was taken back.
    pub revoked_at: Option<Moment>,
}

type Columns = (String, i64, String, String, i64, i64, Option<i64>, Option<i64>);

const SELECT: &str = "select id, place, organisation, issued_by, issued_at, expires_at, redeemed_at, revoked_at \
                      from desk_codes where ";

fn issued(columns: Columns) -> StoreResult<Issued> {
    let (id, place, organisation, issued_by, issued_at, expires_at, redeemed_at, revoked_at) = columns;
    Ok(Issued {
        id: row::parse(&id, "desk_codes", "id")?,
        place: u32::try_from(place).unwrap_or(u32::MAX),
        organisation: row::parse(&organisation, "desk_codes", "organisation")?,
        issued_by: row::parse(&issued_by, "desk_codes", "issued_by")?,
        issued_at: Moment::from_millis(issued_at),
        expires_at: Moment::from_millis(expires_at),
        redeemed_at: redeemed_at.map(Moment::from_millis),
        revoked_at: revoked_at.map(Moment::from_millis),
    })
}

/// Adds codes that are handed out, each with its digest.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when a digest is there already; [`crate::StoreError::MissingParent`].
pub async fn add(tx: &mut Tx, codes: &[(Issued, String)]) -> StoreResult<()> {
    on_tx!(tx, on => {
        let mut query = QueryBuilder::<Db>::new(
            "insert into desk_codes (id, digest, organisation, issued_by, place, issued_at, expires_at) ",
        );
        query.push_values(codes, |mut values, (code, digest)| {
            values
                .push_bind(code.id.to_string())
                .push_bind(digest)
                .push_bind(code.organisation.to_string())
                .push_bind(code.issued_by.to_string())
                .push_bind(i64::from(code.place))
                .push_bind(code.issued_at.millis())
                .push_bind(code.expires_at.millis());
        });
        query.build().execute(on).await.map(|_| ())
    })?;
    Ok(())
}

/// How many codes a registrar has handed out at `since` or later.
///
/// # Errors
/// Those of the engine.
pub async fn count(store: &Store, issued_by: AccountId, since: Moment) -> StoreResult<u64> {
    let sql = "select count(*) from desk_codes where issued_by = $1 and issued_at >= $2";
    let count: i64 = on_store!(store, pool => {
        sqlx::query_scalar::<Db, i64>(sql).bind(issued_by.to_string()).bind(since.millis()).fetch_one(pool).await
    })?;
    Ok(row::count(count))
}

/// The codes of an organisation handed out at `since` or later, the newest sheet first, each in its order.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn of_organisation(
    store: &Store,
    organisation: OrganisationId,
    since: Moment,
) -> StoreResult<Vec<Issued>> {
    let sql = format!("{SELECT}organisation = $1 and issued_at >= $2 order by issued_at desc, place, id");
    on_store!(store, pool => {
        sqlx::query_as::<Db, Columns>(sqlx::AssertSqlSafe(sql.clone()))
            .bind(organisation.to_string())
            .bind(since.millis())
            .fetch_all(pool)
            .await
    })?
    .into_iter()
    .map(issued)
    .collect()
}

/// The code with this id.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn by_id(store: &Store, id: DeskCodeId) -> StoreResult<Option<Issued>> {
    let sql = format!("{SELECT}id = $1");
    on_store!(store, pool => {
        sqlx::query_as::<Db, Columns>(sqlx::AssertSqlSafe(sql.clone())).bind(id.to_string()).fetch_optional(pool).await
    })?
    .map(issued)
    .transpose()
}

/// The code with this digest, as it stands in the transaction.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn find(tx: &mut Tx, digest: &str) -> StoreResult<Option<Issued>> {
    let sql = format!("{SELECT}digest = $1");
    on_tx!(tx, on => {
        sqlx::query_as::<Db, Columns>(sqlx::AssertSqlSafe(sql.clone())).bind(digest).fetch_optional(on).await
    })?
    .map(issued)
    .transpose()
}

/// Redeems a code, if it is still good: of many who try at the same moment one does. `false` for all others.
///
/// # Errors
/// [`crate::StoreError::MissingParent`] when there is no such account.
pub async fn redeem(tx: &mut Tx, id: DeskCodeId, account: AccountId, now: Moment) -> StoreResult<bool> {
    let sql = "update desk_codes set redeemed_by = $1, redeemed_at = $2 \
               where id = $3 and redeemed_at is null and revoked_at is null and expires_at > $2";
    let rows = on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(account.to_string())
            .bind(now.millis())
            .bind(id.to_string())
            .execute(on)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(rows > 0)
}

/// Takes a code back that nobody has redeemed; `false` when somebody has, or it was taken back before.
///
/// # Errors
/// Those of the engine.
pub async fn revoke(tx: &mut Tx, id: DeskCodeId, by: AccountId, now: Moment) -> StoreResult<bool> {
    let sql = "update desk_codes set revoked_by = $1, revoked_at = $2 \
               where id = $3 and redeemed_at is null and revoked_at is null";
    let rows = on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(by.to_string())
            .bind(now.millis())
            .bind(id.to_string())
            .execute(on)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(rows > 0)
}
