//! A region's file: what it plans and every fault in it. The file is taken whole or refused whole; only a messenger link
//! of a wrong length, as they stand on real posters, is taken with a warning. Reading the disk is the caller's work.

mod head;
mod table;
mod targets;
mod territory;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use toml::de::DeTable;

use self::head::read_head;
use self::table::{At, Faults, Table};
use self::territory::{PlacedMedchat, read_territory};
use crate::link::Link;
use crate::region::{Key, Region};
use crate::sla::week::Week;
use crate::territory::{Assignment, OkrugCover, Unit};

/// Something wrong at a line of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub reason: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

/// Everything a region's file asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionPlan {
    /// The region itself.
    pub region: Region,
    /// Its territory.
    pub units: Vec<Unit>,
    /// Its medchats, in the order of the file.
    pub medchats: Vec<MedchatPlan>,
    /// Which medchat covers which unit: proven.
    pub assignment: Assignment,
    /// The room where staff post and all read.
    pub announcements: RoomPlan,
    /// Its organisations.
    pub organisations: Vec<OrganisationPlan>,
    /// What was taken although it looks wrong.
    pub warnings: Vec<Fault>,
}

/// A medchat of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MedchatPlan {
    /// Stable key, unique among the rooms of the region.
    pub key: Key,
    /// The title, as published.
    pub title: String,
    /// A line that says whose medchat it is.
    pub subtitle: Option<String>,
    /// What it covers.
    pub cover: OkrugCover,
    /// The same room in messengers, broken links included.
    pub links: Vec<Link>,
    /// How many residents it gets beside the others in a made-up population.
    pub weight: u32,
    /// Its own week, where it differs from the region's.
    pub week: Option<Week>,
    /// The organisation that answers an appeal which names none: one that serves it.
    pub organisation: Option<Key>,
}

/// A room of the file that has no territory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomPlan {
    /// Stable key, unique among the rooms of the region.
    pub key: Key,
    /// The title.
    pub title: String,
}

/// An organisation of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationPlan {
    /// Stable key, unique among the organisations of the region.
    pub key: Key,
    /// The name.
    pub name: String,
    /// The medchats it answers in.
    pub serves: Serves,
    /// True for what exists in demonstrations only.
    pub invented: bool,
    /// The title of its closed room.
    pub staff_room_title: String,
}

/// The medchats an organisation answers in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Serves {
    /// Every medchat of the region.
    All,
    /// These.
    Medchats(Vec<Key>),
}

impl Serves {
    /// Whether the medchat with this key is one of them.
    pub fn includes(&self, medchat: &Key) -> bool {
        match self {
            Self::All => true,
            Self::Medchats(keys) => keys.contains(medchat),
        }
    }
}

/// Reads a region's file.
///
/// All faults at once, in the order of their lines; while the text is no TOML only that is told.
pub fn read(text: &str) -> Result<RegionPlan, Vec<Fault>> {
    let mut faults = Faults::in_text(text);
    let (document, broken) = DeTable::parse_recoverable(text);
    for error in &broken {
        faults.add(error.span().map_or(0, |span| span.start), error.message());
    }
    if !broken.is_empty() {
        return Err(faults.into_sorted());
    }
    let mut file = Table::new(document.get_ref(), 0);
    let mut warnings = Vec::new();
    let plan = read_plan(&mut faults, &mut file, &mut warnings);
    file.close(&mut faults);
    match plan {
        Some(plan) if faults.count() == 0 => Ok(RegionPlan { warnings, ..plan }),
        _ => Err(faults.into_sorted()),
    }
}

/// The plan as far as it can be read; every `None` stands for a fault already told.
fn read_plan(faults: &mut Faults<'_>, file: &mut Table<'_>, warnings: &mut Vec<Fault>) -> Option<RegionPlan> {
    let region = read_head(faults, file);
    let (units, medchats, assignment) = read_territory(faults, file, warnings);
    let announcements = read_announcements(faults, file);
    if let Some(room) = &announcements
        && medchats.iter().any(|medchat| medchat.plan.key == room.value.key)
    {
        faults.add(room.at, format_args!("the key \"{}\" is a medchat's already", room.value.key));
    }
    let before = faults.count();
    let organisations = read_organisations(faults, file, &medchats);
    if faults.count() == before {
        check_defaults(faults, &medchats, &organisations);
    }
    Some(RegionPlan {
        region: region?,
        units: units.into_iter().map(|unit| unit.value).collect(),
        medchats: medchats.into_iter().map(|medchat| medchat.plan).collect(),
        assignment: assignment?,
        announcements: announcements?.value,
        organisations,
        warnings: Vec::new(),
    })
}

/// Tells every key that was given before.
fn unique<'k>(faults: &mut Faults<'_>, what: &str, keys: impl Iterator<Item = At<&'k Key>>) {
    let mut seen = BTreeMap::new();
    for At { value: key, at } in keys {
        if seen.insert(key, at).is_some() {
            faults.add(at, format_args!("the {what} key \"{key}\" is given twice"));
        }
    }
}

fn read_announcements(faults: &mut Faults<'_>, file: &mut Table<'_>) -> Option<At<RoomPlan>> {
    file.require(faults, &["announcements"]);
    let mut table = file.table(faults, "announcements")?;
    table.require(faults, &["key", "title"]);
    let key = table.parsed(faults, "key");
    let title = table.title(faults, "title");
    table.close(faults);
    let At { value: key, at } = key?;
    Some(At { value: RoomPlan { key, title: title? }, at })
}

fn read_organisations(
    faults: &mut Faults<'_>,
    file: &mut Table<'_>,
    medchats: &[PlacedMedchat],
) -> Vec<OrganisationPlan> {
    let tables = file.tables(faults, "organisations");
    let read: Vec<At<OrganisationPlan>> =
        tables.into_iter().filter_map(|table| read_organisation(faults, table, medchats)).collect();
    unique(faults, "organisation", read.iter().map(|plan| At { value: &plan.value.key, at: plan.at }));
    read.into_iter().map(|plan| plan.value).collect()
}

fn read_organisation(
    faults: &mut Faults<'_>,
    mut table: Table<'_>,
    medchats: &[PlacedMedchat],
) -> Option<At<OrganisationPlan>> {
    table.require(faults, &["key", "name", "serves", "staff_room_title"]);
    let key = table.parsed(faults, "key");
    let name = table.title(faults, "name");
    let invented = table.flag(faults, "invented").unwrap_or(false);
    let staff_room_title = table.title(faults, "staff_room_title");
    let serves = read_serves(faults, &mut table, medchats);
    table.close(faults);
    let At { value: key, at } = key?;
    let plan =
        OrganisationPlan { key, name: name?, serves: serves?, invented, staff_room_title: staff_room_title? };
    Some(At { value: plan, at })
}

/// A medchat's own organisation is one of the file and serves it.
fn check_defaults(faults: &mut Faults<'_>, medchats: &[PlacedMedchat], organisations: &[OrganisationPlan]) {
    for PlacedMedchat { plan, organisation_at, .. } in medchats {
        let Some(wanted) = &plan.organisation else { continue };
        match organisations.iter().find(|organisation| organisation.key == *wanted) {
            None => faults.add(
                *organisation_at,
                format_args!("the medchat names an unknown organisation \"{wanted}\""),
            ),
            Some(organisation) if !organisation.serves.includes(&plan.key) => {
                faults.add(
                    *organisation_at,
                    format_args!("the organisation \"{wanted}\" does not serve the medchat"),
                );
            }
            Some(_) => {}
        }
    }
}

/// `serves = "all"`, or a list of medchats of this file.
fn read_serves(faults: &mut Faults<'_>, table: &mut Table<'_>, medchats: &[PlacedMedchat]) -> Option<Serves> {
    if table.is_text("serves") {
        let At { value, at } = table.text(faults, "serves")?;
        if value != "all" {
            faults.add(at, "\"serves\" must be \"all\" or a list of medchats");
        }
        return Some(Serves::All);
    }
    let named = table.list::<Key>(faults, "serves")?;
    if named.value.is_empty() {
        faults.add(named.at, "the organisation serves no medchat");
    }
    for At { value: key, at } in &named.value {
        if !medchats.iter().any(|medchat| medchat.plan.key == *key) {
            faults.add(*at, format_args!("the organisation serves an unknown medchat \"{key}\""));
        }
    }
    unique(faults, "medchat", named.value.iter().map(|served| At { value: &served.value, at: served.at }));
    Some(Serves::Medchats(named.value.into_iter().map(|served| served.value).collect()))
}
