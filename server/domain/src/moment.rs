//! A moment on the time line, as the database keeps it. Civil time (days, weeks, zones) lives in
//! `sla::calendar`; the current moment is never asked for here, it is handed in by a [`crate::source::Clock`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Milliseconds since the Unix epoch, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(i64);

impl Moment {
    /// A moment `millis` milliseconds after the Unix epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This moment moved by `millis` milliseconds, stopping at the ends of the scale.
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// RFC 3339 in UTC with milliseconds, as every answer of the contract writes it.
    pub fn rfc3339(self) -> String {
        match Timestamp::from_millisecond(self.0) {
            Ok(instant) => format!("{instant:.3}"),
            Err(_) => String::from("0000-01-01T00:00:00.000Z"),
        }
    }

    /// Reads an RFC 3339 instant; `None` when it is not one.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        text.parse::<Timestamp>().ok().map(|instant| Self(instant.as_millisecond()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_and_reads_milliseconds_in_utc() {
        let at = Moment::from_millis(1_764_115_200_007);
        assert_eq!(at.rfc3339(), "2025-11-26T00:00:00.007Z");
        assert_eq!(Moment::parse_rfc3339(&at.rfc3339()), Some(at));
        assert_eq!(Moment::parse_rfc3339("2025-11-26T10:00:00.007+10:00"), Some(at));
        assert_eq!(Moment::parse_rfc3339("yesterday"), None);
    }
}
