//! The part of a region's file that lays out its territory: units, medchats with what they cover and their links in
//! messengers, and the proof that the covers fit. Rooms without territory and organisations are its parent's.

use super::head::read_week;
use super::table::{At, Faults, Table};
use super::{Fault, MedchatPlan, unique};
use crate::link::{Link, LinkFault, Platform};
use crate::region::Key;
use crate::territory::{Assignment, Claim, CoverageFault, OkrugCover, Unit, prove};

/// A medchat, where it stands, and where it names its units.
pub(super) struct PlacedMedchat {
    pub(super) plan: MedchatPlan,
    /// Where it names its organisation.
    pub(super) organisation_at: usize,
    at: usize,
    cover_at: usize,
    units_at: Vec<(Key, usize)>,
}

pub(super) type Territory = (Vec<At<Unit>>, Vec<PlacedMedchat>, Option<Assignment>);

/// Units and medchats with the proof that they fit. It is tried only when each of them could be read by itself, else a
/// misspelt field would also be told as a hole.
pub(super) fn read_territory(
    faults: &mut Faults<'_>,
    file: &mut Table<'_>,
    warnings: &mut Vec<Fault>,
) -> Territory {
    let before = faults.count();
    let units: Vec<At<Unit>> =
        file.tables(faults, "units").into_iter().filter_map(|table| read_unit(faults, table)).collect();
    unique(faults, "unit", units.iter().map(|unit| At { value: &unit.value.key, at: unit.at }));
    let tables = file.tables(faults, "medchats");
    if tables.is_empty() {
        faults.add(0, "a region has at least one medchat, written [[medchats]]");
    }
    let medchats: Vec<PlacedMedchat> =
        tables.into_iter().filter_map(|table| read_medchat(faults, table, warnings)).collect();
    unique(faults, "medchat", medchats.iter().map(|medchat| At { value: &medchat.plan.key, at: medchat.at }));
    if faults.count() > before {
        return (units, medchats, None);
    }
    let keys: Vec<Key> = units.iter().map(|unit| unit.value.key.clone()).collect();
    let claim = |medchat: &PlacedMedchat| Claim {
        medchat: medchat.plan.key.clone(),
        cover: medchat.plan.cover.clone(),
    };
    let claims: Vec<Claim> = medchats.iter().map(claim).collect();
    let proof = prove(&keys, &claims);
    for fault in proof.as_ref().err().into_iter().flatten() {
        faults.add(place(fault, &units, &medchats), fault);
    }
    (units, medchats, proof.ok())
}

/// Where to look for a fault of the covers.
fn place(fault: &CoverageFault, units: &[At<Unit>], medchats: &[PlacedMedchat]) -> usize {
    let of_unit = |key: &Key| units.iter().find(|unit| unit.value.key == *key).map(|unit| unit.at);
    let of_cover = |medchat: &Key, unit: Option<&Key>| {
        let medchat = medchats.iter().find(|placed| placed.plan.key == *medchat)?;
        let named = medchat.units_at.iter().rev().find(|(key, _)| Some(key) == unit);
        Some(named.map_or(medchat.cover_at, |(_, at)| *at))
    };
    let at = match fault {
        CoverageFault::Hole { unit } => of_unit(unit),
        CoverageFault::Overlap { unit, medchats } => {
            medchats.last().and_then(|last| of_cover(last, Some(unit)))
        }
        CoverageFault::UnknownUnit { medchat, unit } | CoverageFault::RepeatedUnit { medchat, unit } => {
            of_cover(medchat, Some(unit))
        }
        CoverageFault::Nothing { medchat } => of_cover(medchat, None),
    };
    at.unwrap_or(0)
}

fn read_unit(faults: &mut Faults<'_>, mut table: Table<'_>) -> Option<At<Unit>> {
    table.require(faults, &["key", "name"]);
    let key = table.parsed(faults, "key");
    let name = table.title(faults, "name");
    table.close(faults);
    let At { value: key, at } = key?;
    Some(At { value: Unit { key, name: name? }, at })
}

fn read_medchat(
    faults: &mut Faults<'_>,
    mut table: Table<'_>,
    warnings: &mut Vec<Fault>,
) -> Option<PlacedMedchat> {
    table.require(faults, &["key", "title"]);
    let key = table.parsed(faults, "key");
    let title = table.title(faults, "title");
    let subtitle = table.title(faults, "subtitle");
    let cover = read_cover(faults, &mut table);
    let links =
        Platform::ALL.into_iter().filter_map(|at| read_link(faults, &mut table, at, warnings)).collect();
    let weight = table.positive(faults, "weight").unwrap_or(1);
    let week = table.table(faults, "week").and_then(|week| read_week(faults, week));
    let organisation = table.parsed::<Key>(faults, "organisation");
    table.close(faults);
    let At { value: key, at } = key?;
    let (cover, cover_at, units_at) = cover?;
    let organisation_at = organisation.as_ref().map_or(at, |organisation| organisation.at);
    let organisation = organisation.map(|organisation| organisation.value);
    let plan = MedchatPlan { key, title: title?, subtitle, cover, links, weight, week, organisation };
    Some(PlacedMedchat { plan, organisation_at, at, cover_at, units_at })
}

type Cover = (OkrugCover, usize, Vec<(Key, usize)>);

/// One of `units`, `all_except` and `general = true`, with the places of the units named.
fn read_cover(faults: &mut Faults<'_>, table: &mut Table<'_>) -> Option<Cover> {
    let named = table.list::<Key>(faults, "units");
    let except = table.list::<Key>(faults, "all_except");
    let general = table.flag(faults, "general").unwrap_or(false);
    let given = [named.is_some(), except.is_some(), general];
    if given.into_iter().filter(|is_given| *is_given).count() != 1 {
        let reason = "a medchat has exactly one of \"units\", \"all_except\" and \"general = true\"";
        faults.add(table.at, reason);
        return None;
    }
    let excepts = except.is_some();
    let Some(At { value: list, at }) = named.or(except) else {
        return Some((OkrugCover::General, table.at, Vec::new()));
    };
    let units_at = list.iter().map(|unit| (unit.value.clone(), unit.at)).collect();
    let keys = list.into_iter().map(|unit| unit.value).collect();
    let cover = if excepts { OkrugCover::AllExcept(keys) } else { OkrugCover::Units(keys) };
    Some((cover, at, units_at))
}

/// The link of one platform. A wrong length is what posters have; anything else is a mistake of this file.
fn read_link(
    faults: &mut Faults<'_>,
    table: &mut Table<'_>,
    platform: Platform,
    warnings: &mut Vec<Fault>,
) -> Option<Link> {
    let At { value, at } = table.text(faults, platform.as_str())?;
    let link = Link { platform, url: value.to_owned() };
    match link.check() {
        Ok(()) => {}
        Err(reason @ LinkFault::WrongLength { .. }) => warnings.push(faults.at(at, reason)),
        Err(reason) => faults.add(at, reason),
    }
    Some(link)
}
