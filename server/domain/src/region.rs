//! A subject of the federation, what it decides for its rooms, and the codes and keys that name it and its parts in
//! region files. Reading such a file is `region_file`'s work.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::sla::calendar::{Overrides, Zone};
use crate::sla::target::Targets;
use crate::sla::week::Week;
use crate::sla::year::CalendarPolicy;
use crate::topic::TopicPolicy;

/// A subject of the federation and what it decides for its rooms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// `RU-KHA`.
    pub code: RegionCode,
    /// The two digits appeal numbers begin with.
    pub number: String,
    /// The name.
    pub name: String,
    /// The zone all its times are meant in.
    pub time_zone: Zone,
    /// The week of every room without its own.
    pub week: Week,
    /// Which official days off it follows.
    pub calendar_policy: CalendarPolicy,
    /// Dates with hours of their own.
    pub overrides: Overrides,
    /// What happens to writing outside the hours.
    pub outside_hours: OutsideHours,
    /// Whether medchats and announcements are read without an account.
    pub anonymous_reading: bool,
    /// What is accepted and refused.
    pub topic_policy: TopicPolicy,
    /// How long answers may take. A region kept before there were any promises what every medchat does.
    #[serde(default, skip_serializing_if = "Targets::are_usual")]
    pub targets: Targets,
}

/// What happens to what people write while a room is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutsideHours {
    /// It is taken and shown at once; promise and clocks start at the next opening.
    #[default]
    Queue,
    /// It is refused.
    ReadOnly,
}

impl OutsideHours {
    /// The word used in files, rows and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::ReadOnly => "read_only",
        }
    }
}

/// The code of a region, as ISO 3166-2 writes it: `RU-KHA`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RegionCode(String);

/// The text is not a region code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a region code looks like RU-KHA")]
pub struct NotARegionCode;

impl FromStr for RegionCode {
    type Err = NotARegionCode;
    fn from_str(text: &str) -> Result<Self, NotARegionCode> {
        let tail = text.strip_prefix("RU-").ok_or(NotARegionCode)?;
        let plausible = (2..=3).contains(&tail.len())
            && tail.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if plausible { Ok(Self(text.to_owned())) } else { Err(NotARegionCode) }
    }
}
impl TryFrom<String> for RegionCode {
    type Error = NotARegionCode;
    fn try_from(text: String) -> Result<Self, NotARegionCode> {
        text.parse()
    }
}
impl From<RegionCode> for String {
    fn from(code: RegionCode) -> Self {
        code.0
    }
}
impl RegionCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The stable key of a thing in a region file: a medchat, a unit, an organisation. 1–40 of `a–z`, `0–9`, `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key(String);

/// The text is not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key has 1 to 40 of a-z, 0-9 and -")]
pub struct NotAKey;

impl Key {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl FromStr for Key {
    type Err = NotAKey;
    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_key = (1..=40).contains(&text.len()) && text.bytes().all(plain);
        if is_key { Ok(Self(text.to_owned())) } else { Err(NotAKey) }
    }
}
impl TryFrom<String> for Key {
    type Error = NotAKey;
    fn try_from(text: String) -> Result<Self, NotAKey> {
        text.parse()
    }
}
impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.0
    }
}
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_keys_have_one_form() {
        for code in ["RU-KHA", "RU-BA", "RU-90"] {
            assert_eq!(code.parse::<RegionCode>().map(String::from), Ok(code.to_owned()));
        }
        for wrong in ["", "KHA", "RU-", "ru-kha", "RU-KHAB", "RU-К"] {
            assert_eq!(wrong.parse::<RegionCode>(), Err(NotARegionCode), "{wrong}");
        }
        let longest = "a".repeat(40);
        for key in ["a", "komsomolsk-na-amure", "7", longest.as_str()] {
            assert_eq!(key.parse::<Key>().map(String::from), Ok(key.to_owned()));
        }
        for wrong in ["", "A", "ключ", "a_b", "a b", &"a".repeat(41)] {
            assert_eq!(wrong.parse::<Key>(), Err(NotAKey), "{wrong}");
        }
        assert_eq!(serde_json::to_string(&OutsideHours::ReadOnly).expect("json"), "\"read_only\"");
    }
}
