//! The catalogue: regions, their units, organisations, rooms and links. It is read whole, since it is small
//! and changes only by provisioning; what changes all the time (members, what staff have seen) is read apart.

use std::collections::HashMap;

use domain::id::{OrganisationId, RoomId};
use domain::moment::Moment;
use domain::region::RegionCode;
use domain::room::RoomKind;

use crate::engine::{Store, Tx, on_store, on_tx};
use crate::error::StoreResult;
use crate::row;

/// A region; `settings` is JSON the acts understand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionRow {
    /// `RU-KHA`.
    pub code: RegionCode,
    /// The region's two digits.
    pub number: String,
    /// The name.
    pub name: String,
    /// The IANA name of its zone.
    pub time_zone: String,
    /// Week, policies and switches, as JSON.
    pub settings: String,
}

/// A unit of territory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitRow {
    /// The region.
    pub region: RegionCode,
    /// The stable key.
    pub key: String,
    /// The name.
    pub name: String,
}

/// An organisation and the medchats it serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationRow {
    /// The id.
    pub id: OrganisationId,
    /// The region.
    pub region: RegionCode,
    /// The stable key.
    pub key: String,
    /// The name.
    pub name: String,
    /// Whether it exists only in a demo.
    pub invented: bool,
    /// The medchats it serves.
    pub serves: Vec<RoomId>,
}

/// A room; `cover` and `week` are JSON the acts understand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomRow {
    /// The id.
    pub id: RoomId,
    /// The region.
    pub region: RegionCode,
    /// The stable key.
    pub key: String,
    /// The kind.
    pub kind: RoomKind,
    /// The title.
    pub title: String,
    /// A line above the title.
    pub subtitle: Option<String>,
    /// What it covers, as JSON; `None` for other kinds than medchats.
    pub cover: Option<String>,
    /// A week of its own, as JSON.
    pub week: Option<String>,
    /// The owner of a staff room.
    pub organisation: Option<OrganisationId>,
    /// Who answers an appeal of a medchat that names nobody.
    pub default_organisation: Option<OrganisationId>,
    /// The invitation code in its canonical form.
    pub code: Option<String>,
    /// Platform and address of its groups in messengers.
    pub links: Vec<(String, String)>,
    /// How many residents it gets beside the others in a made-up population.
    pub weight: u32,
}

/// Everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows {
    /// Regions by code.
    pub regions: Vec<RegionRow>,
    /// Units in the order of their files.
    pub units: Vec<UnitRow>,
    /// Organisations by region and key.
    pub organisations: Vec<OrganisationRow>,
    /// Rooms in the order of their files.
    pub rooms: Vec<RoomRow>,
}

/// What changes all the time about a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RoomState {
    /// How many have joined.
    pub members: u64,
    /// The highest number read by staff who owe it an answer.
    pub seen: u64,
}

/// Reads the whole catalogue.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn read(store: &Store) -> StoreResult<Rows> {
    Ok(Rows {
        regions: regions(store).await?,
        units: units(store).await?,
        organisations: organisations(store).await?,
        rooms: rooms(store).await?,
    })
}

async fn regions(store: &Store) -> StoreResult<Vec<RegionRow>> {
    let sql = "select code, number, name, time_zone, settings from regions order by code";
    on_store!(store, pool => {
        sqlx::query_as::<Db, (String, String, String, String, String)>(sql).fetch_all(pool).await
    })?
    .into_iter()
    .map(|(code, number, name, time_zone, settings)| {
        Ok(RegionRow { code: row::parse(&code, "regions", "code")?, number, name, time_zone, settings })
    })
    .collect()
}

async fn units(store: &Store) -> StoreResult<Vec<UnitRow>> {
    let sql = "select region, key, name from units order by region, position";
    on_store!(store, pool => sqlx::query_as::<Db, (String, String, String)>(sql).fetch_all(pool).await)?
        .into_iter()
        .map(|(region, key, name)| Ok(UnitRow { region: row::parse(&region, "units", "region")?, key, name }))
        .collect()
}

async fn organisations(store: &Store) -> StoreResult<Vec<OrganisationRow>> {
    let pairs = on_store!(store, pool => {
        sqlx::query_as::<Db, (String, String)>("select organisation, room from services order by room")
            .fetch_all(pool)
            .await
    })?;
    let mut serves: HashMap<String, Vec<RoomId>> = HashMap::new();
    for (organisation, room) in pairs {
        serves.entry(organisation).or_default().push(row::parse(&room, "services", "room")?);
    }
    let sql = "select id, region, key, name, invented from organisations order by region, key";
    on_store!(store, pool => {
        sqlx::query_as::<Db, (String, String, String, String, bool)>(sql).fetch_all(pool).await
    })?
    .into_iter()
    .map(|(id, region, key, name, invented)| {
        Ok(OrganisationRow {
            serves: serves.remove(&id).unwrap_or_default(),
            id: row::parse(&id, "organisations", "id")?,
            region: row::parse(&region, "organisations", "region")?,
            key,
            name,
            invented,
        })
    })
    .collect()
}

type RoomColumns = (
    String,
    String,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    i64,
);

async fn rooms(store: &Store) -> StoreResult<Vec<RoomRow>> {
    let triples = on_store!(store, pool => {
        let sql = "select room, platform, url from room_links order by room, position";
        sqlx::query_as::<Db, (String, String, String)>(sql).fetch_all(pool).await
    })?;
    let mut links: HashMap<String, Vec<(String, String)>> = HashMap::new();
    for (room, platform, url) in triples {
        links.entry(room).or_default().push((platform, url));
    }
    let sql = "select id, region, key, kind, title, subtitle, cover, week, organisation, code, \
               default_organisation, weight from rooms order by region, position, key";
    on_store!(store, pool => sqlx::query_as::<Db, RoomColumns>(sql).fetch_all(pool).await)?
        .into_iter()
        .map(|(id, region, key, kind, title, subtitle, cover, week, organisation, code, default, weight)| {
            Ok(RoomRow {
                links: links.remove(&id).unwrap_or_default(),
                id: row::parse(&id, "rooms", "id")?,
                region: row::parse(&region, "rooms", "region")?,
                key,
                kind: row::known(RoomKind::from_word(&kind), "rooms", "kind")?,
                title,
                subtitle,
                cover,
                week,
                organisation: organisation.map(|it| row::parse(&it, "rooms", "organisation")).transpose()?,
                default_organisation: default
                    .map(|it| row::parse(&it, "rooms", "default_organisation"))
                    .transpose()?,
                code,
                weight: u32::try_from(weight).unwrap_or(u32::MAX),
            })
        })
        .collect()
}

/// What changes all the time, of every room.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn room_states(store: &Store) -> StoreResult<HashMap<RoomId, RoomState>> {
    let sql = "select r.id, r.member_count, coalesce(f.seen, 0) from rooms r \
               left join feeds f on f.id = 'room:' || r.id";
    on_store!(store, pool => sqlx::query_as::<Db, (String, i64, i64)>(sql).fetch_all(pool).await)?
        .into_iter()
        .map(|(id, members, seen)| {
            let state = RoomState { members: row::count(members), seen: row::count(seen) };
            Ok((row::parse(&id, "rooms", "id")?, state))
        })
        .collect()
}

/// Writes a region, over what was there.
///
/// # Errors
/// Those of the engine.
pub async fn put_region(tx: &mut Tx, region: &RegionRow) -> StoreResult<()> {
    let sql = "insert into regions (code, number, name, time_zone, settings) values ($1, $2, $3, $4, $5) \
               on conflict (code) do update set number = excluded.number, name = excluded.name, \
               time_zone = excluded.time_zone, settings = excluded.settings";
    on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(region.code.to_string())
            .bind(&region.number)
            .bind(&region.name)
            .bind(&region.time_zone)
            .bind(&region.settings)
            .execute(on)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Writes the units of a region in their order, over what was there.
///
/// # Errors
/// Those of the engine.
pub async fn put_units(tx: &mut Tx, region: &RegionCode, units: &[UnitRow]) -> StoreResult<()> {
    on_tx!(tx, on => {
        sqlx::query::<Db>("delete from units where region = $1").bind(region.to_string()).execute(&mut *on).await?;
        for (position, unit) in (0_i64..).zip(units) {
            sqlx::query::<Db>("insert into units (region, key, name, position) values ($1, $2, $3, $4)")
                .bind(region.to_string())
                .bind(&unit.key)
                .bind(&unit.name)
                .bind(position)
                .execute(&mut *on)
                .await?;
        }
        Ok(())
    })?;
    Ok(())
}

/// Writes an organisation, over what was there. The medchats it serves come after these: [`put_services`].
///
/// # Errors
/// [`crate::StoreError::MissingParent`] when its region is not there.
pub async fn put_organisation(tx: &mut Tx, organisation: &OrganisationRow) -> StoreResult<()> {
    let sql = "insert into organisations (id, region, key, name, invented) values ($1, $2, $3, $4, $5) \
               on conflict (id) do update set name = excluded.name, invented = excluded.invented";
    on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(organisation.id.to_string())
            .bind(organisation.region.to_string())
            .bind(&organisation.key)
            .bind(&organisation.name)
            .bind(organisation.invented)
            .execute(on)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Writes which medchats an organisation serves, over what was there.
///
/// # Errors
/// [`crate::StoreError::MissingParent`] when the organisation or a medchat is not there.
pub async fn put_services(tx: &mut Tx, organisation: &OrganisationRow) -> StoreResult<()> {
    let id = organisation.id.to_string();
    on_tx!(tx, on => {
        sqlx::query::<Db>("delete from services where organisation = $1").bind(&id).execute(&mut *on).await?;
        for room in &organisation.serves {
            sqlx::query::<Db>("insert into services (organisation, room) values ($1, $2)")
                .bind(&id)
                .bind(room.to_string())
                .execute(&mut *on)
                .await?;
        }
        Ok(())
    })?;
    Ok(())
}

/// Writes a room and its links, over what was there; what happened in it stays.
///
/// # Errors
/// [`crate::StoreError::MissingParent`] when its region or one of its organisations is not there.
pub async fn put_room(tx: &mut Tx, room: &RoomRow, position: i64, at: Moment) -> StoreResult<()> {
    let sql = "insert into rooms (id, region, key, kind, title, subtitle, position, cover, week, organisation, \
               code, member_count, created_at, default_organisation, weight) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $13, $14) \
               on conflict (id) do update set title = excluded.title, subtitle = excluded.subtitle, \
               position = excluded.position, cover = excluded.cover, week = excluded.week, \
               default_organisation = excluded.default_organisation, weight = excluded.weight";
    let id = room.id.to_string();
    on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(&id)
            .bind(room.region.to_string())
            .bind(&room.key)
            .bind(room.kind.word())
            .bind(&room.title)
            .bind(room.subtitle.as_deref())
            .bind(position)
            .bind(room.cover.as_deref())
            .bind(room.week.as_deref())
            .bind(room.organisation.map(|organisation| organisation.to_string()))
            .bind(room.code.as_deref())
            .bind(at.millis())
            .bind(room.default_organisation.map(|organisation| organisation.to_string()))
            .bind(i64::from(room.weight))
            .execute(&mut *on)
            .await?;
        sqlx::query::<Db>("delete from room_links where room = $1").bind(&id).execute(&mut *on).await?;
        for (position, (platform, url)) in (0_i64..).zip(&room.links) {
            sqlx::query::<Db>("insert into room_links (room, platform, url, position) values ($1, $2, $3, $4)")
                .bind(&id)
                .bind(platform)
                .bind(url)
                .bind(position)
                .execute(&mut *on)
                .await?;
        }
        Ok(())
    })?;
    Ok(())
}
