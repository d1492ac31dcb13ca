//! Provisioning: brings regions, organisations and rooms to what their files say. Things are known by their
//! stable keys, so a second run changes nothing; what a file no longer names stays, with all that was said.

use domain::feed::Feed;
use domain::id::{OrganisationId, RoomId};
use domain::invitation::InvitationCode;
use domain::region::{Key, Region};
use domain::region_file::{RegionPlan, Serves};
use domain::room::RoomKind;
use domain::source::Sources;
use store::Store;
use store::catalogue::{OrganisationRow, RegionRow, RoomRow, Rows, UnitRow};

use crate::acts::error::{ActError, ActResult};
use crate::acts::unit::{Unit, Writer};

/// One line of a difference: `+` new, `~` changed, `?` in the database but in no file, `!` worth a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The sign.
    pub sign: char,
    /// What, in words.
    pub what: String,
}

/// What provisioning would write.
struct Wanted {
    rows: Rows,
    changes: Vec<Change>,
}

/// Compares what `plans` ask for with what is there and, unless it is a `dry_run`, writes the difference in
/// one transaction.
///
/// # Errors
/// Those of the store; then nothing was written.
pub async fn provision(
    store: &Store,
    writer: &Writer,
    sources: &Sources,
    plans: &[RegionPlan],
    dry_run: bool,
) -> ActResult<Vec<Change>> {
    let there = store::catalogue::read(store).await?;
    let mut changes = Vec::new();
    let mut unit = if dry_run { None } else { Some(writer.begin_as_operator().await?) };
    for plan in plans {
        let wanted = wanted(plan, &there, sources)?;
        if let Some(unit) =
            unit.as_mut().filter(|_| wanted.changes.iter().any(|it| matches!(it.sign, '+' | '~')))
        {
            write(unit, &wanted.rows, sources).await?;
        }
        changes.extend(wanted.changes);
    }
    if let Some(mut unit) = unit {
        if changes.iter().any(|change| matches!(change.sign, '+' | '~')) {
            unit.audit(None, "provision", "catalogue", &format!("{} lines", changes.len())).await?;
        }
        unit.commit().await?;
    }
    Ok(changes)
}

async fn write(unit: &mut Unit, rows: &Rows, sources: &Sources) -> ActResult<()> {
    let now = unit.now;
    for region in &rows.regions {
        store::catalogue::put_region(&mut unit.tx, region).await?;
        store::catalogue::put_units(&mut unit.tx, &region.code, &rows.units).await?;
    }
    // Rooms name their organisations, services name both.
    for organisation in &rows.organisations {
        store::catalogue::put_organisation(&mut unit.tx, organisation).await?;
    }
    for (position, room) in (0..).zip(&rows.rooms) {
        put_room(unit, room, position, sources, now).await?;
    }
    for organisation in &rows.organisations {
        store::catalogue::put_services(&mut unit.tx, organisation).await?;
    }
    Ok(())
}

async fn put_room(
    unit: &mut Unit,
    room: &RoomRow,
    position: i64,
    sources: &Sources,
    now: domain::moment::Moment,
) -> ActResult<()> {
    store::catalogue::put_room(&mut unit.tx, room, position, now).await?;
    let epoch = format!("{:016x}", sources.number());
    store::feed::create(&mut unit.tx, Feed::Room(room.id), &epoch).await?;
    Ok(())
}

/// The rows a plan asks for, with the ids of what is there, and how they differ from it.
fn wanted(plan: &RegionPlan, there: &Rows, sources: &Sources) -> ActResult<Wanted> {
    let region = &plan.region;
    let mut rows = Rows {
        regions: vec![RegionRow {
            code: region.code.clone(),
            number: region.number.clone(),
            name: region.name.clone(),
            time_zone: region.time_zone.as_str().to_owned(),
            settings: to_json(region)?,
        }],
        units: plan
            .units
            .iter()
            .map(|unit| UnitRow {
                region: region.code.clone(),
                key: unit.key.to_string(),
                name: unit.name.clone(),
            })
            .collect(),
        ..Rows::default()
    };
    let known = Known { there, plan, sources };
    let ids: Vec<OrganisationId> =
        plan.organisations.iter().map(|organisation| known.organisation(organisation.key.as_str())).collect();
    let id_of = |key: &Key| {
        let mut named = plan.organisations.iter().zip(&ids);
        named.find(|(organisation, _)| organisation.key == *key).map(|(_, id)| *id)
    };
    for medchat in &plan.medchats {
        let mut room = known.room(medchat.key.as_str(), RoomKind::Medchat, &medchat.title);
        room.subtitle.clone_from(&medchat.subtitle);
        room.cover = Some(to_json(&medchat.cover)?);
        room.week = medchat.week.as_ref().map(to_json).transpose()?;
        room.weight = medchat.weight;
        room.default_organisation = medchat.organisation.as_ref().and_then(id_of);
        room.links =
            medchat.links.iter().map(|link| (link.platform.as_str().to_owned(), link.url.clone())).collect();
        rows.rooms.push(room);
    }
    rows.rooms.push(known.room(
        plan.announcements.key.as_str(),
        RoomKind::Announcements,
        &plan.announcements.title,
    ));
    for (organisation, id) in plan.organisations.iter().zip(&ids) {
        let key = organisation.key.as_str();
        let served = |room: &&RoomRow| match &organisation.serves {
            Serves::All => room.kind == RoomKind::Medchat,
            Serves::Medchats(keys) => keys.iter().any(|key| key.as_str() == room.key),
        };
        let mut serves: Vec<RoomId> = rows.rooms.iter().filter(served).map(|room| room.id).collect();
        serves.sort_by_key(ToString::to_string);
        let row = OrganisationRow {
            id: *id,
            region: region.code.clone(),
            key: key.to_owned(),
            name: organisation.name.clone(),
            invented: organisation.invented,
            serves,
        };
        let staff_key = format!("staff-{key}");
        let mut room = known.room(&staff_key, RoomKind::Staff, &organisation.staff_room_title);
        room.organisation = Some(row.id);
        room.code = None;
        rows.rooms.push(room);
        rows.organisations.push(row);
    }
    let changes = difference(plan, there, &rows);
    Ok(Wanted { rows, changes })
}

/// What is there already, by its stable key.
struct Known<'a> {
    there: &'a Rows,
    plan: &'a RegionPlan,
    sources: &'a Sources,
}

impl Known<'_> {
    fn room(&self, key: &str, kind: RoomKind, title: &str) -> RoomRow {
        let region = &self.plan.region.code;
        let there = self.there.rooms.iter().find(|room| room.region == *region && room.key == key);
        let code = there.map_or_else(
            || Some(InvitationCode::from_random(self.sources.number()).to_string()),
            |room| room.code.clone(),
        );
        RoomRow {
            id: there.map_or_else(|| self.sources.id(), |room| room.id),
            region: region.clone(),
            key: key.to_owned(),
            kind,
            title: title.to_owned(),
            subtitle: None,
            cover: None,
            week: None,
            organisation: None,
            default_organisation: None,
            code,
            links: Vec::new(),
            weight: 1,
        }
    }

    fn organisation(&self, key: &str) -> OrganisationId {
        let region = &self.plan.region.code;
        let there = self.there.organisations.iter().find(|it| it.region == *region && it.key == key);
        there.map_or_else(|| self.sources.id(), |organisation| organisation.id)
    }
}

fn difference(plan: &RegionPlan, there: &Rows, wanted: &Rows) -> Vec<Change> {
    let code = &plan.region.code;
    let mut changes = Vec::new();
    let mut note = |sign: char, what: String| changes.push(Change { sign, what });
    for region in &wanted.regions {
        let before = there.regions.iter().find(|it| it.code == *code);
        if let Some(sign) = sign(before, region) {
            note(sign, format!("region {code} {}", region.name));
        }
        changes_of_targets(before, &plan.region, &mut note);
    }
    let units: Vec<&UnitRow> = there.units.iter().filter(|unit| unit.region == *code).collect();
    if !units.iter().copied().eq(&wanted.units) {
        note(
            if units.is_empty() { '+' } else { '~' },
            format!("{code} {} units of territory", wanted.units.len()),
        );
    }
    for room in &wanted.rooms {
        let before = there.rooms.iter().find(|it| it.id == room.id);
        if let Some(sign) = sign(before, room) {
            note(sign, format!("{} {code}/{} {}", room.kind.word(), room.key, room.title));
        }
        changes_of_default(before, room, &wanted.organisations, &mut note);
    }
    for organisation in &wanted.organisations {
        let before = there.organisations.iter().find(|it| it.id == organisation.id).cloned().map(|mut it| {
            it.serves.sort_by_key(ToString::to_string);
            it
        });
        if let Some(sign) = sign(before.as_ref(), organisation) {
            note(sign, format!("organisation {code}/{} {}", organisation.key, organisation.name));
        }
    }
    for room in there.rooms.iter().filter(|it| it.region == *code) {
        if !wanted.rooms.iter().any(|it| it.id == room.id) {
            note(
                '?',
                format!("{} {code}/{} {} is in no file and stays", room.kind.word(), room.key, room.title),
            );
        }
    }
    for warning in &plan.warnings {
        note('!', format!("{code} {warning}"));
    }
    changes
}

/// The line of a region says only that something changed; of a promise to residents it is said what.
fn changes_of_targets(before: Option<&RegionRow>, wanted: &Region, note: &mut impl FnMut(char, String)) {
    let kept = before.and_then(|row| serde_json::from_str::<Region>(&row.settings).ok());
    let kept = kept.map(|region| region.targets).unwrap_or_default();
    if kept != wanted.targets {
        let (sign, versions) = (if kept.are_usual() { '+' } else { '~' }, wanted.targets.versions().len());
        note(sign, format!("targets {}, versions: {versions}", wanted.code));
    }
}

/// The same for who answers an appeal that names nobody.
fn changes_of_default(
    before: Option<&RoomRow>,
    room: &RoomRow,
    organisations: &[OrganisationRow],
    note: &mut impl FnMut(char, String),
) {
    let kept = before.and_then(|row| row.default_organisation);
    if kept != room.default_organisation {
        let named = organisations.iter().find(|row| Some(row.id) == room.default_organisation);
        let (sign, named) =
            (if kept.is_none() { '+' } else { '~' }, named.map_or("none", |row| row.key.as_str()));
        note(sign, format!("default organisation {}/{} {named}", room.region, room.key));
    }
}

fn sign<T: PartialEq>(before: Option<&T>, after: &T) -> Option<char> {
    match before {
        None => Some('+'),
        Some(before) if before != after => Some('~'),
        Some(_) => None,
    }
}

fn to_json<T: serde::Serialize>(value: &T) -> ActResult<String> {
    serde_json::to_string(value).map_err(|error| ActError::Broken(Box::new(error)))
}
