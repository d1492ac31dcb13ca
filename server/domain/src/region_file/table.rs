//! Reading a TOML table field by field, remembering where everything stood, so that every fault of a file is found in
//! one go and told with its line. It knows TOML and nothing of regions.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use jiff::civil::DateTime;
use serde::de::value::{Error as WordError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Fault;
use crate::sla::calendar::civil;
use crate::sla::target::Minutes;
use crate::text::clean;

/// Longest title or name, in characters.
const TITLE_LIMIT: usize = 200;

/// A value and the byte of the file where it stands.
#[derive(Debug, Clone)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) at: usize,
}

/// The faults found so far, in a text whose bytes they are found at.
pub(super) struct Faults<'t> {
    text: &'t str,
    found: Vec<Fault>,
}

impl<'t> Faults<'t> {
    pub(super) const fn in_text(text: &'t str) -> Self {
        Self { text, found: Vec::new() }
    }

    pub(super) fn add(&mut self, at: usize, reason: impl Display) {
        let fault = self.at(at, reason);
        self.found.push(fault);
    }

    /// A fault of this place, not counted: a warning.
    pub(super) fn at(&self, at: usize, reason: impl Display) -> Fault {
        let before = self.text.bytes().take(at);
        Fault { line: 1 + before.filter(|byte| *byte == b'\n').count(), reason: reason.to_string() }
    }

    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    /// All faults in the order of their lines.
    pub(super) fn into_sorted(mut self) -> Vec<Fault> {
        self.found.sort_by_key(|fault| fault.line);
        self.found
    }
}

/// A table whose fields are taken out one by one; what is left at the end is unknown.
pub(super) struct Table<'a> {
    /// Where the table stands.
    pub(super) at: usize,
    left: BTreeMap<&'a str, (usize, &'a Spanned<DeValue<'a>>)>,
}

impl<'a> Table<'a> {
    pub(super) fn new(table: &'a DeTable<'a>, at: usize) -> Self {
        let fields = table.iter().map(|(key, value)| (key.get_ref().as_ref(), (key.span().start, value)));
        Self { at, left: fields.collect() }
    }

    pub(super) fn is_text(&self, field: &str) -> bool {
        self.left.get(field).is_some_and(|(_, value)| value.get_ref().is_str())
    }

    fn take(&mut self, field: &str) -> Option<At<&'a DeValue<'a>>> {
        let (_, value) = self.left.remove(field)?;
        Some(At { value: value.get_ref(), at: value.span().start })
    }

    /// Tells which of the fields that must be there are not.
    pub(super) fn require(&self, faults: &mut Faults<'_>, fields: &[&str]) {
        for field in fields.iter().filter(|field| !self.left.contains_key(**field)) {
            faults.add(self.at, format_args!("\"{field}\" is missing"));
        }
    }

    /// A text that may be shown in one line: not empty, at most 200 characters, nothing invisible in it.
    pub(super) fn title(&mut self, faults: &mut Faults<'_>, field: &str) -> Option<String> {
        let At { value, at } = self.text(faults, field)?;
        let plain = clean(value) == value && !value.contains('\n');
        if plain && (1..=TITLE_LIMIT).contains(&value.chars().count()) {
            return Some(value.to_owned());
        }
        faults.add(at, format_args!("\"{field}\" must be one line of 1 to {TITLE_LIMIT} visible characters"));
        None
    }

    pub(super) fn text(&mut self, faults: &mut Faults<'_>, field: &str) -> Option<At<&'a str>> {
        let At { value, at } = self.take(field)?;
        let text = value.as_str();
        if text.is_none() {
            faults.add(at, format_args!("\"{field}\" must be text, not {}", value.type_str()));
        }
        text.map(|value| At { value, at })
    }

    /// A text that its type can read.
    pub(super) fn parsed<T: FromStr<Err: Display>>(
        &mut self,
        faults: &mut Faults<'_>,
        field: &str,
    ) -> Option<At<T>> {
        let At { value, at } = self.text(faults, field)?;
        match value.parse() {
            Ok(value) => Some(At { value, at }),
            Err(reason) => {
                faults.add(at, format_args!("\"{field}\": {reason}"));
                None
            }
        }
    }

    /// One word of a closed list.
    pub(super) fn word<T: DeserializeOwned>(&mut self, faults: &mut Faults<'_>, field: &str) -> Option<T> {
        let At { value, at } = self.text(faults, field)?;
        let word: StrDeserializer<'_, WordError> = value.into_deserializer();
        T::deserialize(word).map_err(|reason| faults.add(at, format_args!("\"{field}\": {reason}"))).ok()
    }

    pub(super) fn flag(&mut self, faults: &mut Faults<'_>, field: &str) -> Option<bool> {
        let At { value, at } = self.take(field)?;
        let flag = value.as_bool();
        if flag.is_none() {
            faults.add(at, format_args!("\"{field}\" must be true or false, not {}", value.type_str()));
        }
        flag
    }

    pub(super) fn positive(&mut self, faults: &mut Faults<'_>, field: &str) -> Option<u32> {
        let At { value, at } = self.take(field)?;
        let number =
            value.as_integer().and_then(|digits| u32::from_str_radix(digits.as_str(), digits.radix()).ok());
        if number.is_none_or(|number| number == 0) {
            faults.add(at, format_args!("\"{field}\" must be a whole number above 0"));
        }
        number
    }

    /// Working minutes that a target may have.
    pub(super) fn minutes(&mut self, faults: &mut Faults<'_>, field: &str) -> Option<Minutes> {
        let At { value, at } = self.take(field)?;
        let number =
            value.as_integer().and_then(|digits| i64::from_str_radix(digits.as_str(), digits.radix()).ok());
        let Some(number) = number else {
            faults.add(at, format_args!("\"{field}\" must be a whole number of working minutes"));
            return None;
        };
        Minutes::new(number).map_err(|reason| faults.add(at, format_args!("\"{field}\": {reason}"))).ok()
    }

    /// A date and time of the region's own clocks, written without quotes.
    pub(super) fn local_time(&mut self, faults: &mut Faults<'_>, field: &str) -> Option<At<DateTime>> {
        let At { value, at } = self.take(field)?;
        let local = value.as_datetime().and_then(|written| civil(&written.to_string()));
        if local.is_none() {
            faults.add(at, format_args!("\"{field}\" must be a local time, such as 2026-01-01T00:00:00"));
        }
        local.map(|value| At { value, at })
    }

    /// A list of texts that their type can read; the faulty ones are left out.
    pub(super) fn list<T: FromStr<Err: Display>>(
        &mut self,
        faults: &mut Faults<'_>,
        field: &str,
    ) -> Option<At<Vec<At<T>>>> {
        let At { value, at } = self.take(field)?;
        let Some(array) = value.as_array() else {
            faults.add(at, format_args!("\"{field}\" must be a list, not {}", value.type_str()));
            return None;
        };
        let mut list = Vec::new();
        for item in array.iter() {
            let at = item.span().start;
            match item.get_ref().as_str().map(str::parse) {
                Some(Ok(value)) => list.push(At { value, at }),
                Some(Err(reason)) => faults.add(at, format_args!("\"{field}\": {reason}")),
                None => faults.add(at, format_args!("\"{field}\" must be a list of texts")),
            }
        }
        Some(At { value: list, at })
    }

    pub(super) fn table(&mut self, faults: &mut Faults<'_>, field: &str) -> Option<Self> {
        let At { value, at } = self.take(field)?;
        let table = value.as_table();
        if table.is_none() {
            faults.add(at, format_args!("\"{field}\" must be a table, not {}", value.type_str()));
        }
        table.map(|table| Self::new(table, at))
    }

    /// The tables written `[[field]]`.
    pub(super) fn tables(&mut self, faults: &mut Faults<'_>, field: &str) -> Vec<Self> {
        let Some(At { value, at }) = self.take(field) else { return Vec::new() };
        let Some(array) = value.as_array() else {
            faults.add(at, format_args!("\"{field}\" must be written [[{field}]]"));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in array.iter() {
            match item.get_ref().as_table() {
                Some(table) => tables.push(Self::new(table, item.span().start)),
                None => {
                    faults.add(item.span().start, format_args!("\"{field}\" must be written [[{field}]]"))
                }
            }
        }
        tables
    }

    /// Every field nobody took is unknown.
    pub(super) fn close(self, faults: &mut Faults<'_>) {
        self.close_with(faults, |field| format!("unknown field \"{field}\""));
    }

    /// The same where fields have names of a closed list, with the words for one that is not in it.
    pub(super) fn close_with(self, faults: &mut Faults<'_>, words: impl Fn(&str) -> String) {
        for (field, (at, _)) in self.left {
            faults.add(at, words(field));
        }
    }
}
