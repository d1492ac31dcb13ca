//! The subjects of the federation: code, digits, name and zone of each, from one data file. A subject without a file of
//! its own is a region by the federal default; so is the country, for whoever names none of them.

use serde::Deserialize;

use crate::region::{OutsideHours, Region, RegionCode};
use crate::sla::calendar::{Overrides, Zone};
use crate::sla::target::Targets;
use crate::sla::week::Week;
use crate::sla::year::CalendarPolicy;
use crate::topic::TopicPolicy;

/// A subject of the federation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// `RU-KHA`: the code of ISO 3166-2. The six subjects it does not list have their two digits there: `RU-90`.
    pub code: RegionCode,
    /// The two digits.
    pub number: String,
    /// The name.
    pub name: String,
    /// The zone of its administrative centre.
    pub time_zone: Zone,
}

/// All of them, and what stands for one nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subjects {
    #[serde(rename = "source")]
    _source: String,
    /// The country by the clock of its capital, under a code of ours that no subject has.
    pub federation: Subject,
    /// The subjects.
    pub subjects: Vec<Subject>,
}

impl Subjects {
    /// Reads the data: JSON with `source`, `federation` and `subjects`.
    ///
    /// # Errors
    /// [`Unreadable`] also for a code or a zone that is none.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        Ok(serde_json::from_str(text)?)
    }

    /// The subject with this code.
    pub fn find(&self, code: &str) -> Option<&Subject> {
        self.subjects.iter().find(|subject| subject.code.as_str() == code)
    }
}

/// The data of the subjects cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the data of the subjects is not readable")]
pub struct Unreadable(#[from] serde_json::Error);

impl Subject {
    /// The subject as a region that has decided nothing itself: Monday to Saturday from 08:00 to 20:00, the six-day
    /// week, the federal topics, the promise of every medchat.
    pub fn region(self) -> Region {
        let Self { code, number, name, time_zone } = self;
        Region {
            code,
            number,
            name,
            time_zone,
            week: Week::default(),
            calendar_policy: CalendarPolicy::default(),
            overrides: Overrides::new(),
            outside_hours: OutsideHours::default(),
            anonymous_reading: true,
            topic_policy: TopicPolicy::FEDERAL,
            targets: Targets::default(),
        }
    }
}
