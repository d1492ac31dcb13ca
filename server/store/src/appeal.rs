//! Appeals: their numbers, their logs, and of each a row that says what lists need. Log and row are written in one
//! transaction; folding the log is the domain's work, finding appeals is `queue`'s.

use std::collections::HashMap;

use domain::appeal::event::Event;
use domain::appeal::number::AppealNumber;
use domain::appeal::state::StateKind;
use domain::id::{AccountId, AppealId, EntryId, OrganisationId, RoomId};
use domain::moment::Moment;
use domain::region::RegionCode;
use domain::text;
use domain::topic::Topic;
use sqlx::{AssertSqlSafe, FromRow, QueryBuilder};

use crate::engine::{Store, Tx, on_store, on_tx};
use crate::error::{StoreError, StoreResult};
pub use crate::queue::{NotAPlace, Place, Wanted, list, loads, open_of, waiting};
use crate::row;

/// An appeal as lists need it: what its log says, kept beside it in the same transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The appeal.
    pub id: AppealId,
    /// Its number.
    pub number: AppealNumber,
    /// Its region.
    pub region: RegionCode,
    /// The room it belongs to.
    pub room: RoomId,
    /// Who opened it.
    pub author: AccountId,
    /// The author's name when they opened it.
    pub alias: String,
    /// What it is about.
    pub category: Topic,
    /// The messages it was opened from.
    pub from: Vec<EntryId>,
    /// The beginning of the public text, personal data masked.
    pub excerpt: String,
    /// When it was opened. This and all before it is fixed at the opening; what follows changes.
    pub opened_at: Moment,
    /// Who owes the answer; none while every desk of the room does.
    pub organisation: Option<OrganisationId>,
    /// The employee who has it.
    pub assignee: Option<AccountId>,
    /// Its state.
    pub state: StateKind,
    /// Whether something was written in the private lane.
    pub has_private: bool,
    /// The earliest due moment of a clock that runs; none when none runs.
    pub due_at: Option<Moment>,
    /// When something last happened to it.
    pub last_at: Moment,
    /// How many events its log has.
    pub length: u64,
}

/// A row as the database keeps it.
#[derive(FromRow)]
pub(crate) struct Columns {
    id: String,
    number: String,
    region: String,
    room: String,
    author: String,
    alias: String,
    category: String,
    from_entries: String,
    excerpt: String,
    opened_at: i64,
    organisation: Option<String>,
    assignee: Option<String>,
    state: String,
    has_private: bool,
    due_at: Option<i64>,
    last_at: i64,
    length: i64,
}

pub(crate) const SELECT: &str = "select id, number, region, room, author, alias, category, from_entries, excerpt, opened_at, \
     organisation, assignee, state, has_private, due_at, last_at, length from appeals where ";

const BY_ID: &str = "id = $1";
const BY_NUMBER: &str = "number = $1";

/// How many ids one statement names at most.
const AT_ONCE: usize = 500;

impl Columns {
    pub(crate) fn row(self) -> StoreResult<Row> {
        Ok(Row {
            id: row::parse(&self.id, "appeals", "id")?,
            number: row::parse(&self.number, "appeals", "number")?,
            region: row::parse(&self.region, "appeals", "region")?,
            room: row::parse(&self.room, "appeals", "room")?,
            author: row::parse(&self.author, "appeals", "author")?,
            alias: self.alias,
            category: row::known(Topic::from_key(&self.category), "appeals", "category")?,
            from: row::from_json(&self.from_entries, "appeals", "from_entries")?,
            excerpt: self.excerpt,
            opened_at: Moment::from_millis(self.opened_at),
            organisation: self
                .organisation
                .map(|it| row::parse(&it, "appeals", "organisation"))
                .transpose()?,
            assignee: self.assignee.map(|it| row::parse(&it, "appeals", "assignee")).transpose()?,
            state: row::known(StateKind::from_word(&self.state), "appeals", "state")?,
            has_private: self.has_private,
            due_at: self.due_at.map(Moment::from_millis),
            last_at: Moment::from_millis(self.last_at),
            length: row::count(self.length),
        })
    }
}

/// The next number of a region: 1, 2, 3 … It is raised in this transaction, and nobody else gets one of this region
/// until the transaction ends.
///
/// # Errors
/// [`StoreError::MissingParent`] when there is no such region.
pub async fn next_running(tx: &mut Tx, region: &RegionCode) -> StoreResult<u64> {
    let sql = "insert into appeal_numbers (region, last) values ($1, 1) \
               on conflict (region) do update set last = appeal_numbers.last + 1 returning last";
    let last = on_tx!(tx, on => {
        sqlx::query_scalar::<Db, i64>(sql).bind(region.to_string()).fetch_one(on).await
    })?;
    Ok(row::count(last))
}

/// Adds an appeal with the event that opens it.
///
/// # Errors
/// [`StoreError::Conflict`] when its id or number is taken, [`StoreError::MissingParent`] when somebody or something
/// it names is not there.
pub async fn add(tx: &mut Tx, row: &Row, first: &Event) -> StoreResult<()> {
    let sql = "insert into appeals (id, number, region, room, author, alias, category, from_entries, excerpt, folded, \
               opened_at, organisation, assignee, state, has_private, due_at, last_at, length, tier, turn) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";
    let from = row::to_json(&row.from, "appeals", "from_entries")?;
    let place = Place::of(row, false);
    on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(row.id.to_string())
            .bind(row.number.to_string())
            .bind(row.region.to_string())
            .bind(row.room.to_string())
            .bind(row.author.to_string())
            .bind(&row.alias)
            .bind(row.category.key())
            .bind(from)
            .bind(&row.excerpt)
            .bind(folded(row))
            .bind(row.opened_at.millis())
            .bind(row.organisation.map(|organisation| organisation.to_string()))
            .bind(row.assignee.map(|assignee| assignee.to_string()))
            .bind(row.state.word())
            .bind(row.has_private)
            .bind(row.due_at.map(Moment::millis))
            .bind(row.last_at.millis())
            .bind(row::bigint(row.length))
            .bind(place.tier)
            .bind(place.turn)
            .execute(on)
            .await
            .map(|_| ())
    })?;
    append(tx, row, first).await
}

/// What people look for: the digits of the number, and the excerpt in its comparable form.
fn folded(row: &Row) -> String {
    let mut digits: String = row.number.to_string();
    digits.retain(|symbol| symbol.is_ascii_digit());
    format!("{digits} {}", text::fold(&row.excerpt))
}

/// The appeal with its log, locked against other writers until the transaction ends.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn lock(tx: &mut Tx, id: AppealId) -> StoreResult<Option<(Row, Vec<Event>)>> {
    // Making it as long as it is takes the row lock, which every writer of the appeal needs.
    let lock = "update appeals set length = length where id = $1";
    let found = on_tx!(tx, on => {
        sqlx::query::<Db>(lock).bind(id.to_string()).execute(&mut *on).await?;
        let sql = AssertSqlSafe(format!("{SELECT}{BY_ID}"));
        let found = sqlx::query_as::<Db, Columns>(sql).bind(id.to_string()).fetch_optional(&mut *on).await?;
        match found {
            None => Ok(None),
            Some(columns) => {
                let events = sqlx::query_as::<Db, EventColumns>(LOG)
                    .bind(id.to_string())
                    .bind(columns.length)
                    .fetch_all(on)
                    .await?;
                Ok(Some((columns, events)))
            }
        }
    })?;
    found.map(|(columns, events)| Ok((columns.row()?, log(events)?))).transpose()
}

/// Appends event number `row.length`, and keeps `row` as it is after that event.
///
/// # Errors
/// [`StoreError::Conflict`] when the log has an event of this number, [`StoreError::MissingParent`] when it lacks the
/// one before or there is no such appeal, organisation or assignee.
pub async fn note(tx: &mut Tx, row: &Row, event: &Event) -> StoreResult<()> {
    append(tx, row, event).await?;
    keep(tx, row, row.length.saturating_sub(1)).await
}

/// Keeps `row` where its due moment is another although nothing happened: the calendar or the promise has changed.
///
/// # Errors
/// [`StoreError::MissingParent`] when the log is no longer as long as `row` says, or one of those of [`note`].
pub async fn recount(tx: &mut Tx, row: &Row) -> StoreResult<()> {
    keep(tx, row, row.length).await
}

/// Keeps what changes of a row, if its log had `length` events so far.
async fn keep(tx: &mut Tx, row: &Row, length: u64) -> StoreResult<()> {
    let sql = "update appeals set organisation = $3, assignee = $4, state = $5, has_private = $6, due_at = $7, \
               last_at = $8, length = $9, tier = $10, turn = $11 where id = $1 and length = $2";
    let place = Place::of(row, false);
    let rows = on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(row.id.to_string())
            .bind(row::bigint(length))
            .bind(row.organisation.map(|organisation| organisation.to_string()))
            .bind(row.assignee.map(|assignee| assignee.to_string()))
            .bind(row.state.word())
            .bind(row.has_private)
            .bind(row.due_at.map(Moment::millis))
            .bind(row.last_at.millis())
            .bind(row::bigint(row.length))
            .bind(place.tier)
            .bind(place.turn)
            .execute(on)
            .await
            .map(|done| done.rows_affected())
    })?;
    if rows == 0 { Err(StoreError::MissingParent(sqlx::Error::RowNotFound)) } else { Ok(()) }
}

/// Writes one event of the log.
async fn append(tx: &mut Tx, row: &Row, event: &Event) -> StoreResult<()> {
    let sql = "insert into appeal_events (appeal, number, at, kind, fact) values ($1, $2, $3, $4, $5)";
    let fact = row::to_json(&event.fact, "appeal_events", "fact")?;
    on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(row.id.to_string())
            .bind(row::bigint(row.length))
            .bind(event.at.millis())
            .bind(event.fact.act().word())
            .bind(fact)
            .execute(on)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

type EventColumns = (i64, String);

/// Events are only ever added, so those a row counts are the log as it was with the row.
const LOG: &str = "select at, fact from appeal_events where appeal = $1 and number <= $2 order by number";

fn log(events: Vec<EventColumns>) -> StoreResult<Vec<Event>> {
    events.into_iter().map(event).collect()
}

fn event((at, fact): EventColumns) -> StoreResult<Event> {
    Ok(Event { at: Moment::from_millis(at), fact: row::from_json(&fact, "appeal_events", "fact")? })
}

/// The appeal with its log.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn find(store: &Store, id: AppealId) -> StoreResult<Option<(Row, Vec<Event>)>> {
    one(store, BY_ID, id.to_string()).await
}

/// The appeal with this number, with its log.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn by_number(store: &Store, number: AppealNumber) -> StoreResult<Option<(Row, Vec<Event>)>> {
    one(store, BY_NUMBER, number.to_string()).await
}

async fn one(store: &Store, which: &'static str, key: String) -> StoreResult<Option<(Row, Vec<Event>)>> {
    let sql = AssertSqlSafe(format!("{SELECT}{which}"));
    let found =
        on_store!(store, pool => sqlx::query_as::<Db, Columns>(sql).bind(key).fetch_optional(pool).await)?;
    let Some(row) = found.map(Columns::row).transpose()? else { return Ok(None) };
    let events = on_store!(store, pool => {
        sqlx::query_as::<Db, EventColumns>(LOG)
            .bind(row.id.to_string())
            .bind(row::bigint(row.length))
            .fetch_all(pool)
            .await
    })?;
    Ok(Some((row, log(events)?)))
}

/// Those of these appeals that are there, in the order of their ids.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn rows(store: &Store, ids: &[AppealId]) -> StoreResult<Vec<Row>> {
    let mut rows = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(AT_ONCE) {
        let found = on_store!(store, pool => {
            let mut query = QueryBuilder::<Db>::new(SELECT);
            query.push("id in (");
            let mut list = query.separated(", ");
            for id in chunk {
                list.push_bind(id.to_string());
            }
            query.push(")");
            query.build_query_as::<Columns>().fetch_all(pool).await
        })?;
        for columns in found {
            rows.push(columns.row()?);
        }
    }
    rows.sort_by_key(|row| row.id);
    rows.dedup_by_key(|row| row.id);
    Ok(rows)
}

/// The logs of those of these appeals that are there.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn logs(store: &Store, ids: &[AppealId]) -> StoreResult<HashMap<AppealId, Vec<Event>>> {
    let mut logs: HashMap<AppealId, Vec<Event>> = HashMap::with_capacity(ids.len());
    let mut distinct = ids.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    for chunk in distinct.chunks(AT_ONCE) {
        let found = on_store!(store, pool => {
            let mut query = QueryBuilder::<Db>::new("select appeal, at, fact from appeal_events where appeal in (");
            let mut list = query.separated(", ");
            for id in chunk {
                list.push_bind(id.to_string());
            }
            query.push(") order by appeal, number");
            query.build_query_as::<(String, i64, String)>().fetch_all(pool).await
        })?;
        for (appeal, at, fact) in found {
            let appeal = row::parse(&appeal, "appeal_events", "appeal")?;
            logs.entry(appeal).or_default().push(event((at, fact))?);
        }
    }
    Ok(logs)
}
