//! The targets of a region's file: `[[targets]]` in the order in which they come into force, each with what differs by
//! category in `[targets.categories.KEY]`. What is left out is what every medchat promises.

use std::collections::BTreeMap;

use jiff::civil::DateTime;

use super::table::{At, Faults, Table};
use crate::sla::calendar::Zone;
use crate::sla::target::{Exception, Target, TargetFault, Targets, Version};
use crate::topic::Topic;

/// A version that comes into force at a local time.
struct Planned {
    from: At<DateTime>,
    target: Target,
    categories: BTreeMap<Topic, Exception>,
}

/// All versions; every `None` stands for a fault already told, of the targets or of the zone they are meant in.
pub(super) fn read_targets(
    faults: &mut Faults<'_>,
    file: &mut Table<'_>,
    zone: Option<&Zone>,
) -> Option<Targets> {
    let before = faults.count();
    let tables = file.tables(faults, "targets");
    let planned: Vec<Planned> = tables.into_iter().filter_map(|table| read_version(faults, table)).collect();
    for pair in planned.windows(2) {
        if let [earlier, later] = pair
            && later.from.value <= earlier.from.value
        {
            faults.add(later.from.at, TargetFault::OutOfOrder);
        }
    }
    if faults.count() > before {
        return None;
    }
    let last = planned.last().map_or(0, |version| version.from.at);
    let versions: Option<Vec<Version>> = planned.into_iter().map(|planned| planned.in_zone(zone?)).collect();
    // Two local times of a night in which clocks were turned back can be one moment.
    Targets::new(versions?).map_err(|fault| faults.add(last, fault)).ok()
}

impl Planned {
    fn in_zone(self, zone: &Zone) -> Option<Version> {
        let Self { from, target, categories } = self;
        Some(Version { from: zone.moment(from.value)?, target, categories })
    }
}

fn read_version(faults: &mut Faults<'_>, mut table: Table<'_>) -> Option<Planned> {
    table.require(faults, &["from"]);
    let from = table.local_time(faults, "from");
    let target = read_exception(faults, &mut table).over(Target::default());
    let categories = read_categories(faults, &mut table);
    table.close(faults);
    Some(Planned { from: from?, target, categories })
}

fn read_categories(faults: &mut Faults<'_>, table: &mut Table<'_>) -> BTreeMap<Topic, Exception> {
    let mut categories = BTreeMap::new();
    let Some(mut named) = table.table(faults, "categories") else { return categories };
    for topic in Topic::ACCEPTED {
        if let Some(mut own) = named.table(faults, topic.key()) {
            categories.insert(topic, read_exception(faults, &mut own));
            own.close(faults);
        }
    }
    named.close_with(faults, |name| format!("\"{name}\" is no category of an appeal"));
    categories
}

fn read_exception(faults: &mut Faults<'_>, table: &mut Table<'_>) -> Exception {
    Exception {
        first_answer: table.minutes(faults, "first_answer"),
        final_answer: table.minutes(faults, "final_answer"),
        silence: table.minutes(faults, "silence"),
    }
}
