//! A subject of the federation and the codes and keys that name it and its parts in region files.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

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
