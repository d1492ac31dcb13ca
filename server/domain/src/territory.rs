//! The territory of a region: the units its file declares and which medchat covers each of them, with the proof
//! that every unit is covered exactly once. It knows keys alone: not rooms, not organisations, not files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::region::Key;

/// A piece of a region's territory as the founding document names it: a city, a district, a medical okrug.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Stable key, unique among the units of the region.
    pub key: Key,
    /// The name people know it by.
    pub name: String,
}

/// What a medchat says it covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OkrugCover {
    /// The units named, and no other.
    Units(Vec<Key>),
    /// The whole region except the units named, as "the krai except two cities".
    AllExcept(Vec<Key>),
    /// No territory of its own: the room of a whole region beside its municipal ones.
    General,
}

/// A medchat by its key and what it says it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The medchat.
    pub medchat: Key,
    /// What it covers.
    pub cover: OkrugCover,
}

/// The proven answer to "which medchat is this unit's": unit → medchat, for every declared unit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Assignment(BTreeMap<Key, Key>);

impl Assignment {
    /// The medchat that covers `unit`; `None` when the region declares no such unit.
    pub fn medchat_of(&self, unit: &Key) -> Option<&Key> {
        self.0.get(unit)
    }

    /// The units a medchat covers, in the order of their keys; none for a general one.
    pub fn units_of<'a>(&'a self, medchat: &'a Key) -> impl Iterator<Item = &'a Key> {
        self.0.iter().filter(move |(_, owner)| *owner == medchat).map(|(unit, _)| unit)
    }

    /// How many units are assigned: all the region declares.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True for a region without units.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Why the covers of a region do not add up to its territory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum CoverageFault {
    /// Nobody covers the unit.
    Hole {
        /// The uncovered unit.
        unit: Key,
    },
    /// More than one medchat covers the unit.
    Overlap {
        /// The unit covered more than once.
        unit: Key,
        /// The medchats that claim it, in the order given.
        medchats: Vec<Key>,
    },
    /// A medchat names a unit the region does not declare.
    UnknownUnit {
        /// The medchat that names it.
        medchat: Key,
        /// The name nobody declared.
        unit: Key,
    },
    /// A medchat names the same unit twice.
    RepeatedUnit {
        /// The medchat that names it.
        medchat: Key,
        /// The unit named twice.
        unit: Key,
    },
    /// A medchat that is not general covers nothing at all.
    Nothing {
        /// The medchat without territory.
        medchat: Key,
    },
}

impl fmt::Display for CoverageFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hole { unit } => write!(f, "hole: no medchat covers the unit \"{unit}\""),
            Self::Overlap { unit, medchats } => {
                let names: Vec<String> = medchats.iter().map(|key| format!("\"{key}\"")).collect();
                write!(f, "overlap: the unit \"{unit}\" is covered by {}", names.join(" and "))
            }
            Self::UnknownUnit { medchat, unit } => {
                write!(f, "the medchat \"{medchat}\" names an unknown unit \"{unit}\"")
            }
            Self::RepeatedUnit { medchat, unit } => {
                write!(f, "the medchat \"{medchat}\" names the unit \"{unit}\" twice")
            }
            Self::Nothing { medchat } => {
                write!(f, "the medchat \"{medchat}\" covers nothing and is not general")
            }
        }
    }
}

/// Proves that every unit is covered by exactly one medchat that is not general, by name or as "all except".
///
/// Otherwise all faults at once, sorted: holes first, then overlaps, then what is wrong inside single covers.
pub fn prove(units: &[Key], claims: &[Claim]) -> Result<Assignment, Vec<CoverageFault>> {
    let declared: BTreeSet<&Key> = units.iter().collect();
    let mut faults = Vec::new();
    let mut owners: BTreeMap<&Key, Vec<&Key>> = declared.iter().map(|unit| (*unit, Vec::new())).collect();
    for claim in claims {
        for unit in covered(claim, &declared, &mut faults) {
            owners.entry(unit).or_default().push(&claim.medchat);
        }
    }
    let mut assignment = BTreeMap::new();
    for (unit, medchats) in owners {
        match medchats.as_slice() {
            [] => faults.push(CoverageFault::Hole { unit: unit.clone() }),
            [only] => {
                assignment.insert(unit.clone(), (*only).clone());
            }
            several => faults.push(CoverageFault::Overlap {
                unit: unit.clone(),
                medchats: several.iter().copied().cloned().collect(),
            }),
        }
    }
    faults.sort();
    if faults.is_empty() { Ok(Assignment(assignment)) } else { Err(faults) }
}

/// The declared units one claim covers; what is wrong with the claim by itself goes to `faults`.
fn covered<'a>(
    claim: &'a Claim,
    declared: &BTreeSet<&'a Key>,
    faults: &mut Vec<CoverageFault>,
) -> BTreeSet<&'a Key> {
    let named = match &claim.cover {
        OkrugCover::General => return BTreeSet::new(),
        OkrugCover::Units(named) | OkrugCover::AllExcept(named) => named,
    };
    let mut known = BTreeSet::new();
    let mut unknown = BTreeSet::new();
    for unit in named {
        let fresh = if declared.contains(unit) { known.insert(unit) } else { unknown.insert(unit) };
        if !fresh {
            faults.push(CoverageFault::RepeatedUnit { medchat: claim.medchat.clone(), unit: unit.clone() });
        }
    }
    for unit in &unknown {
        faults.push(CoverageFault::UnknownUnit { medchat: claim.medchat.clone(), unit: (*unit).clone() });
    }
    let covered = match claim.cover {
        OkrugCover::AllExcept(_) => declared.difference(&known).copied().collect(),
        OkrugCover::Units(_) | OkrugCover::General => known,
    };
    // A cover spoilt by a misspelt unit has been told once already.
    if covered.is_empty() && unknown.is_empty() {
        faults.push(CoverageFault::Nothing { medchat: claim.medchat.clone() });
    }
    covered
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(text: &str) -> Key {
        text.parse().expect("a key")
    }
    fn keys(list: &[&str]) -> Vec<Key> {
        list.iter().map(|text| key(text)).collect()
    }
    fn claim(medchat: &str, cover: OkrugCover) -> Claim {
        Claim { medchat: key(medchat), cover }
    }
    fn named(list: &[&str]) -> OkrugCover {
        OkrugCover::Units(keys(list))
    }

    #[test]
    fn two_cities_and_the_krai_except_them() {
        let units = keys(&["khabarovsk", "komsomolsk", "rest"]);
        let claims = [
            claim("city", named(&["khabarovsk"])),
            claim("second", named(&["komsomolsk"])),
            claim("krai", OkrugCover::AllExcept(keys(&["khabarovsk", "komsomolsk"]))),
            claim("everyone", OkrugCover::General),
        ];
        let proven = prove(&units, &claims).expect("covered once");
        assert_eq!(proven.len(), 3);
        assert_eq!(proven.medchat_of(&key("rest")), Some(&key("krai")));
        assert_eq!(proven.units_of(&key("everyone")).count(), 0);
        assert_eq!(proven.units_of(&key("city")).collect::<Vec<_>>(), [&key("khabarovsk")]);
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let units = keys(&["a", "b", "c"]);
        let claims = [
            claim("one", named(&["a", "a"])),
            claim("two", named(&["a", "z"])),
            claim("three", named(&[])),
            claim("four", OkrugCover::AllExcept(keys(&["a", "b", "c"]))),
        ];
        let told: Vec<String> =
            prove(&units, &claims).expect_err("faults").iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "hole: no medchat covers the unit \"b\"",
                "hole: no medchat covers the unit \"c\"",
                "overlap: the unit \"a\" is covered by \"one\" and \"two\"",
                "the medchat \"two\" names an unknown unit \"z\"",
                "the medchat \"one\" names the unit \"a\" twice",
                "the medchat \"four\" covers nothing and is not general",
                "the medchat \"three\" covers nothing and is not general",
            ]
        );
    }

    /// A partition of `n` units among medchats `m0…`, with one group written as "all except" the others.
    fn partition() -> impl Strategy<Value = (Vec<Key>, Vec<Claim>)> {
        (prop::collection::vec(0_usize..6, 1..30), any::<bool>()).prop_map(|(owners, with_rest)| {
            let unit = |i: usize| key(&format!("u{i}"));
            let units: Vec<Key> = (0..owners.len()).map(unit).collect();
            let groups: BTreeSet<usize> = owners.iter().copied().collect();
            let rest = groups.iter().next().copied().filter(|_| with_rest);
            let claims = groups
                .iter()
                .map(|group| {
                    let chosen = |own: bool| -> Vec<Key> {
                        (0..owners.len()).filter(|i| (owners[*i] == *group) == own).map(unit).collect()
                    };
                    let cover = if rest == Some(*group) {
                        OkrugCover::AllExcept(chosen(false))
                    } else {
                        OkrugCover::Units(chosen(true))
                    };
                    claim(&format!("m{group}"), cover)
                })
                .collect();
            (units, claims)
        })
    }

    proptest! {
        #[test]
        fn a_partition_is_proven_and_read_back((units, claims) in partition()) {
            let proven = prove(&units, &claims).expect("a partition");
            prop_assert_eq!(proven.len(), units.len());
            for claim in &claims {
                if let OkrugCover::Units(named) = &claim.cover {
                    for unit in named {
                        prop_assert_eq!(proven.medchat_of(unit), Some(&claim.medchat));
                    }
                }
            }
            let shared: usize = claims.iter().map(|claim| proven.units_of(&claim.medchat).count()).sum();
            prop_assert_eq!(shared, units.len());
        }

        #[test]
        fn a_medchat_taken_away_leaves_its_units_as_holes((units, mut claims) in partition()) {
            let proven = prove(&units, &claims).expect("a partition");
            let gone = claims.pop().expect("at least one");
            let mut holes: Vec<CoverageFault> =
                proven.units_of(&gone.medchat).map(|unit| CoverageFault::Hole { unit: unit.clone() }).collect();
            holes.sort();
            prop_assert_eq!(prove(&units, &claims), Err(holes));
        }

        #[test]
        fn a_unit_claimed_again_is_an_overlap((units, mut claims) in partition(), pick in any::<prop::sample::Index>()) {
            let unit = pick.get(&units).clone();
            let first = prove(&units, &claims).expect("a partition").medchat_of(&unit).expect("assigned").clone();
            claims.push(claim("again", OkrugCover::Units(vec![unit.clone()])));
            let medchats = vec![first, key("again")];
            prop_assert_eq!(prove(&units, &claims), Err(vec![CoverageFault::Overlap { unit, medchats }]));
        }
    }
}
