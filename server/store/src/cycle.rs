//! Figures kept per cycle: what the domain's records say of each cycle of each appeal, beside what one may ask by. They
//! are computed from the logs and can be computed again; no formula is here.

use domain::figures::Record;
use domain::id::{AppealId, OrganisationId, RoomId};
use domain::moment::Moment;
use domain::region::RegionCode;
use domain::topic::Topic;
use sqlx::QueryBuilder;

use crate::condition::Condition;
use crate::engine::{Store, Tx, on_store, on_tx};
use crate::error::StoreResult;
use crate::row;

/// What the cycles of an appeal are asked by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Of {
    /// The appeal.
    pub appeal: AppealId,
    /// Its region.
    pub region: RegionCode,
    /// The room it belongs to.
    pub room: RoomId,
    /// Who owes the answer; none while every desk of the room does.
    pub organisation: Option<OrganisationId>,
    /// What it is about.
    pub category: Topic,
    /// When it was opened: the period it counts in.
    pub opened_at: Moment,
}

/// The record of one cycle, and of which appeal it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Of which appeal.
    pub of: Of,
    /// What it says.
    pub record: Record,
}

/// Which records are asked for. The lists say what one may ask: one of them is enough, and without any everything may
/// be asked. All else narrows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Of appeals in these regions.
    pub regions: Option<Vec<RegionCode>>,
    /// Of appeals these own.
    pub organisations: Option<Vec<OrganisationId>>,
    /// Of appeals in these rooms.
    pub rooms: Option<Vec<RoomId>>,
    /// Of this region.
    pub region: Option<RegionCode>,
    /// Of this organisation.
    pub organisation: Option<OrganisationId>,
    /// Of this room.
    pub room: Option<RoomId>,
    /// About this.
    pub category: Option<Topic>,
    /// Opened at this moment or later.
    pub from: Option<Moment>,
    /// Opened before this moment.
    pub to: Option<Moment>,
}

type Columns = (String, String, String, Option<String>, String, i64, String);

fn kept((appeal, region, room, organisation, category, opened_at, record): Columns) -> StoreResult<Kept> {
    let of = Of {
        appeal: row::parse(&appeal, "cycles", "appeal")?,
        region: row::parse(&region, "cycles", "region")?,
        room: row::parse(&room, "cycles", "room")?,
        organisation: organisation.map(|it| row::parse(&it, "cycles", "organisation")).transpose()?,
        category: row::known(Topic::from_key(&category), "cycles", "category")?,
        opened_at: Moment::from_millis(opened_at),
    };
    Ok(Kept { of, record: row::from_json(&record, "cycles", "record")? })
}

/// Makes the kept records of an appeal exactly these: its cycles from the first to the last.
///
/// # Errors
/// [`crate::StoreError::MissingParent`] when the appeal, or what `of` names, is not there.
pub async fn replace(tx: &mut Tx, of: &Of, records: &[Record]) -> StoreResult<()> {
    let mut rows = Vec::with_capacity(records.len());
    for record in records {
        rows.push((i64::from(record.cycle), row::to_json(record, "cycles", "record")?));
    }
    on_tx!(tx, on => {
        let mut query = QueryBuilder::<Db>::new("delete from cycles where appeal = ");
        query.push_bind(of.appeal.to_string()).push(" and cycle > ").push_bind(row::bigint(rows.len() as u64));
        query.build().execute(&mut *on).await?;
        if !rows.is_empty() {
            let mut query = QueryBuilder::<Db>::new(
                "insert into cycles (appeal, cycle, region, room, organisation, category, opened_at, record) ",
            );
            query.push_values(&rows, |mut values, (cycle, record)| {
                values
                    .push_bind(of.appeal.to_string())
                    .push_bind(cycle)
                    .push_bind(of.region.to_string())
                    .push_bind(of.room.to_string())
                    .push_bind(of.organisation.map(|organisation| organisation.to_string()))
                    .push_bind(of.category.key())
                    .push_bind(of.opened_at.millis())
                    .push_bind(record);
            });
            // Where and when an appeal was opened never changes.
            query.push(
                " on conflict (appeal, cycle) do update set \
                 organisation = excluded.organisation, record = excluded.record",
            );
            query.build().execute(&mut *on).await?;
        }
        Ok(())
    })?;
    Ok(())
}

/// The records asked for, by opening, appeal and cycle.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn records(store: &Store, asked: &Asked) -> StoreResult<Vec<Kept>> {
    let mut condition = Condition::always();
    asked.allowed(&mut condition);
    asked.narrow(&mut condition);
    on_store!(store, pool => {
        let mut query = QueryBuilder::<Db>::new(
            "select appeal, region, room, organisation, category, opened_at, record from cycles where ",
        );
        condition.push_to(&mut query);
        query.push(" order by opened_at, appeal, cycle");
        query.build_query_as::<Columns>().fetch_all(pool).await
    })?
    .into_iter()
    .map(kept)
    .collect()
}

impl Asked {
    /// What one may ask.
    fn allowed(&self, condition: &mut Condition) {
        if self.regions.is_none() && self.organisations.is_none() && self.rooms.is_none() {
            return;
        }
        condition.sql(" and (false");
        if let Some(regions) = &self.regions {
            condition.sql(" or ").one_of("region", regions);
        }
        if let Some(organisations) = &self.organisations {
            condition.sql(" or ").one_of("organisation", organisations);
        }
        if let Some(rooms) = &self.rooms {
            condition.sql(" or ").one_of("room", rooms);
        }
        condition.sql(")");
    }

    fn narrow(&self, condition: &mut Condition) {
        if let Some(region) = &self.region {
            condition.sql(" and region = ").text(region);
        }
        if let Some(organisation) = self.organisation {
            condition.sql(" and organisation = ").text(organisation);
        }
        if let Some(room) = self.room {
            condition.sql(" and room = ").text(room);
        }
        if let Some(category) = self.category {
            condition.sql(" and category = ").text(category.key());
        }
        if let Some(from) = self.from {
            condition.sql(" and opened_at >= ").number(from.millis());
        }
        if let Some(to) = self.to {
            condition.sql(" and opened_at < ").number(to.millis());
        }
    }
}

/// The kept records of one appeal, cycle by cycle.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn of_appeal(store: &Store, appeal: AppealId) -> StoreResult<Vec<Record>> {
    let sql = "select record from cycles where appeal = $1 order by cycle";
    on_store!(store, pool => {
        sqlx::query_scalar::<Db, String>(sql).bind(appeal.to_string()).fetch_all(pool).await
    })?
    .iter()
    .map(|record| row::from_json(record, "cycles", "record"))
    .collect()
}

/// Up to `limit` appeals after `after`, by id: all there are, whether records of them are kept or not.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn appeals(store: &Store, after: Option<AppealId>, limit: u32) -> StoreResult<Vec<AppealId>> {
    // No id is empty, and every id comes after nothing.
    let after = after.map_or_else(String::new, |after| after.to_string());
    let sql = "select id from appeals where id > $1 order by id limit $2";
    on_store!(store, pool => {
        sqlx::query_scalar::<Db, String>(sql).bind(after).bind(i64::from(limit)).fetch_all(pool).await
    })?
    .iter()
    .map(|id| row::parse(id, "appeals", "id"))
    .collect()
}
