//! Values to and from columns: ids and JSON are text, moments big integers. What a column cannot hold is a
//! corrupt row, named by table and column.

use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{StoreError, StoreResult};

/// Reads a value that the column holds as text.
pub fn parse<T: FromStr>(text: &str, table: &'static str, column: &'static str) -> StoreResult<T> {
    text.parse().map_err(|_| StoreError::Corrupt { table, column })
}

/// Reads a value that the column holds as JSON.
pub fn from_json<T: DeserializeOwned>(
    text: &str,
    table: &'static str,
    column: &'static str,
) -> StoreResult<T> {
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt { table, column })
}

/// Writes a value as JSON.
pub fn to_json<T: Serialize>(value: &T, table: &'static str, column: &'static str) -> StoreResult<String> {
    serde_json::to_string(value).map_err(|_| StoreError::Corrupt { table, column })
}

/// The value, or a corrupt row where there is none.
pub fn known<T>(value: Option<T>, table: &'static str, column: &'static str) -> StoreResult<T> {
    value.ok_or(StoreError::Corrupt { table, column })
}

/// A number that is never negative.
pub fn count(number: i64) -> u64 {
    number.max(0).unsigned_abs()
}

/// A number as the database keeps it.
pub fn bigint(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
