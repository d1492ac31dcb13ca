//! Shifts: who is on duty for an organisation, and when. Half-open, as working hours are. Whom an appeal is given to is
//! the domain's question.

use domain::appeal::event::Employee;
use domain::id::{AccountId, OrganisationId, ShiftId};
use domain::moment::Moment;
use domain::roster::Shift;

use crate::engine::{Store, Tx, on_store, on_tx};
use crate::error::StoreResult;
use crate::row;

type Columns = (String, String, String, i64, i64);

fn shift((id, organisation, account, from, until): Columns) -> StoreResult<(ShiftId, Shift)> {
    let employee = Employee {
        account: row::parse(&account, "shifts", "account")?,
        organisation: row::parse(&organisation, "shifts", "organisation")?,
    };
    let shift = Shift { employee, from: Moment::from_millis(from), until: Moment::from_millis(until) };
    Ok((row::parse(&id, "shifts", "id")?, shift))
}

/// Puts a shift on the roster.
///
/// # Errors
/// [`crate::StoreError::MissingParent`] when the employee, the organisation or `by` is not there,
/// [`crate::StoreError::RuleBroken`] when it ends before it begins.
pub async fn add(tx: &mut Tx, id: ShiftId, shift: &Shift, by: AccountId, at: Moment) -> StoreResult<()> {
    let sql = "insert into shifts (id, organisation, account, starts_at, ends_at, added_by, added_at) \
               values ($1, $2, $3, $4, $5, $6, $7)";
    on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(id.to_string())
            .bind(shift.employee.organisation.to_string())
            .bind(shift.employee.account.to_string())
            .bind(shift.from.millis())
            .bind(shift.until.millis())
            .bind(by.to_string())
            .bind(at.millis())
            .execute(on)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Takes a shift of this organisation off the roster; `false` when it has none of this id.
///
/// # Errors
/// Those of the engine.
pub async fn remove(tx: &mut Tx, organisation: OrganisationId, id: ShiftId) -> StoreResult<bool> {
    let sql = "delete from shifts where organisation = $1 and id = $2";
    let rows = on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(organisation.to_string())
            .bind(id.to_string())
            .execute(on)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(rows > 0)
}

/// The shifts of an organisation that overlap the stretch from `from` until `until`, in order of time.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn of_organisation(
    store: &Store,
    organisation: OrganisationId,
    from: Moment,
    until: Moment,
) -> StoreResult<Vec<(ShiftId, Shift)>> {
    let sql = "select id, organisation, account, starts_at, ends_at from shifts \
               where organisation = $1 and ends_at > $2 and starts_at < $3 order by starts_at, ends_at, id";
    on_store!(store, pool => {
        sqlx::query_as::<Db, Columns>(sql)
            .bind(organisation.to_string())
            .bind(from.millis())
            .bind(until.millis())
            .fetch_all(pool)
            .await
    })?
    .into_iter()
    .map(shift)
    .collect()
}

/// All shifts that hold at `now`, in order of time.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn at(store: &Store, now: Moment) -> StoreResult<Vec<Shift>> {
    let sql = "select id, organisation, account, starts_at, ends_at from shifts \
               where ends_at > $1 and starts_at <= $1 order by starts_at, ends_at, id";
    on_store!(store, pool => {
        sqlx::query_as::<Db, Columns>(sql).bind(now.millis()).fetch_all(pool).await
    })?
    .into_iter()
    .map(|columns| shift(columns).map(|(_, shift)| shift))
    .collect()
}

/// Whether the employee is on duty anywhere, for whichever organisation, between `from` and `until`. Nobody else can
/// ask this of the employee before the transaction ends, so that two shifts put on the roster at once do not miss each
/// other.
///
/// # Errors
/// Those of the engine.
pub async fn overlapping(tx: &mut Tx, employee: Employee, from: Moment, until: Moment) -> StoreResult<bool> {
    // Changing nothing takes the row lock.
    let lock = "update accounts set kind = kind where id = $1";
    let sql = "select id from shifts where account = $1 and ends_at > $2 and starts_at < $3 limit 1";
    let found = on_tx!(tx, on => {
        sqlx::query::<Db>(lock).bind(employee.account.to_string()).execute(&mut *on).await?;
        sqlx::query_scalar::<Db, String>(sql)
            .bind(employee.account.to_string())
            .bind(from.millis())
            .bind(until.millis())
            .fetch_optional(on)
            .await
    })?;
    Ok(found.is_some())
}

/// Whether any shift began or ended after `since` and not after `until`.
///
/// # Errors
/// Those of the engine.
pub async fn turned(store: &Store, since: Moment, until: Moment) -> StoreResult<bool> {
    let sql = "select id from shifts where (starts_at > $1 and starts_at <= $2) \
               or (ends_at > $1 and ends_at <= $2) limit 1";
    let found = on_store!(store, pool => {
        sqlx::query_scalar::<Db, String>(sql)
            .bind(since.millis())
            .bind(until.millis())
            .fetch_optional(pool)
            .await
    })?;
    Ok(found.is_some())
}
