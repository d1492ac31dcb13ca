//! Every word shown to people, compiled in from `server/texts`: found by its dotted key, with gaps filled and
//! plurals chosen as the web clients do it (`web/ui/say.ts`). Moments in words are [`when`]'s. Knows no page and
//! no reader.

pub mod when;

use std::sync::LazyLock;

use domain::sla::year::Holiday;
use toml::{Table, Value};

/// A language with texts of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// The source of all texts.
    Russian,
    /// Follows it key by key.
    English,
}

impl Language {
    /// Its code, as `lang` attributes write it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Russian => "ru",
            Self::English => "en",
        }
    }

    /// The form of a plural that stands with `count`.
    const fn form(self, count: u64) -> &'static str {
        match (self, count % 10, count % 100) {
            (Self::Russian, 1, hundred) if hundred != 11 => "one",
            (Self::Russian, 2..=4, hundred) if hundred < 12 || hundred > 14 => "few",
            (Self::Russian, ..) => "many",
            (Self::English, ..) if count == 1 => "one",
            (Self::English, ..) => "other",
        }
    }
}

/// The texts of one language.
#[derive(Debug)]
pub struct Texts {
    language: Language,
    sections: Table,
}

static RUSSIAN: LazyLock<Texts> =
    LazyLock::new(|| Texts::read(Language::Russian, include_str!("../texts/ru.toml")));
static ENGLISH: LazyLock<Texts> =
    LazyLock::new(|| Texts::read(Language::English, include_str!("../texts/en.toml")));

impl Texts {
    /// The texts of a language; read once.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::Russian => &RUSSIAN,
            Language::English => &ENGLISH,
        }
    }

    #[expect(clippy::expect_used, reason = "the file is part of the program and read by its tests")]
    fn read(language: Language, file: &str) -> Self {
        Self { language, sections: file.parse().expect("texts are TOML") }
    }

    /// Which language it is.
    pub const fn language(&self) -> Language {
        self.language
    }

    fn value(&self, key: &str) -> Option<&Value> {
        let (section, name) = key.split_once('.')?;
        self.sections.get(section)?.get(name)
    }

    /// The text under `section.name`, if there is one.
    pub fn find(&self, key: &str) -> Option<&str> {
        self.value(key)?.as_str()
    }

    /// The text under `section.name`. A missing one shows its key, and the tests find it before people do.
    pub fn word<'a>(&'a self, key: &'a str) -> &'a str {
        self.find(key).unwrap_or(key)
    }

    /// The text under `section.name` with its gaps filled.
    pub fn say(&self, key: &str, gaps: &[(&str, &str)]) -> String {
        fill(self.word(key), gaps)
    }

    /// The plural under `section.name` for `count`.
    pub fn counted(&self, key: &str, count: u64) -> String {
        let form = self.value(key).and_then(|forms| forms.get(self.language.form(count))?.as_str());
        fill(form.unwrap_or(key), &[("count", &count.to_string())])
    }

    /// One text of the list under `section.name`.
    pub fn nth<'a>(&'a self, key: &'a str, index: usize) -> &'a str {
        self.value(key).and_then(|list| list.get(index)?.as_str()).unwrap_or(key)
    }

    /// What a day off is called; one of the region's own has the region's words.
    pub fn holiday<'a>(&'a self, holiday: &'a Holiday) -> &'a str {
        match holiday {
            Holiday::Special(reason) => reason,
            Holiday::NewYear => self.word("holidays.new_year"),
            Holiday::Christmas => self.word("holidays.christmas"),
            Holiday::DefenderDay => self.word("holidays.defender_day"),
            Holiday::WomensDay => self.word("holidays.womens_day"),
            Holiday::LabourDay => self.word("holidays.labour_day"),
            Holiday::VictoryDay => self.word("holidays.victory_day"),
            Holiday::RussiaDay => self.word("holidays.russia_day"),
            Holiday::UnityDay => self.word("holidays.unity_day"),
            Holiday::MovedDayOff => self.word("holidays.moved_day_off"),
        }
    }
}

/// Fills the `{gaps}` of a text in one pass: what is filled in is never read as a gap itself.
fn fill(text: &str, gaps: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, name, after)) = next_gap(rest) {
        filled.push_str(before);
        match gaps.iter().find(|(gap, _)| *gap == name) {
            Some((_, value)) => filled.push_str(value),
            None => filled.extend(["{", name, "}"]),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// What stands before the next gap, its name, and what stands after it.
fn next_gap(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

/// The text with its first letter in upper case: one made for the middle of a sentence begins one.
pub fn opening(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use domain::topic::Topic;

    use super::*;

    fn russian() -> &'static Texts {
        Texts::of(Language::Russian)
    }

    #[test]
    fn gaps_are_filled_once() {
        assert_eq!(russian().say("room.open_until", &[("time", "20:00")]), "Открыто до 20:00");
        assert_eq!(fill("{a}{b} {c} {", &[("a", "{b}"), ("b", "x")]), "{b}x {c} {");
    }

    #[test]
    fn plurals_follow_the_number() {
        let cases = [
            (1, "1 медчат"),
            (2, "2 медчата"),
            (5, "5 медчатов"),
            (11, "11 медчатов"),
            (21, "21 медчат"),
            (112, "112 медчатов"),
            (0, "0 медчатов"),
        ];
        for (count, words) in cases {
            assert_eq!(russian().counted("finder.rooms", count), words);
        }
        let english = Texts::of(Language::English);
        assert_eq!(english.counted("finder.rooms", 1), "1 medchat");
        assert_eq!(english.counted("finder.rooms", 2), "2 medchats");
    }

    #[test]
    fn a_sentence_begins_with_a_capital() {
        assert_eq!(opening("завтра в 08:00"), "Завтра в 08:00");
        assert_eq!(opening(""), "");
    }

    #[test]
    fn what_is_missing_shows_its_key() {
        assert_eq!(russian().word("door.nowhere"), "door.nowhere");
        assert_eq!(russian().counted("door.nowhere", 3), "door.nowhere");
        assert_eq!(russian().find("door"), None);
    }

    /// Every key the server's code asks for, read from the code itself.
    fn asked_for() -> Vec<(&'static str, String)> {
        fn walk(folder: &Path, found: &mut Vec<(&'static str, String)>) {
            for entry in std::fs::read_dir(folder).expect("the source folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    walk(&path, found);
                } else {
                    let source = std::fs::read_to_string(&path).expect("source");
                    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
                    for call in ["word", "say", "counted", "nth"] {
                        let begins = format!(".{call}(\"");
                        let asked = code.split(&begins).skip(1);
                        found.extend(asked.filter_map(|rest| Some((call, rest.split_once('"')?.0.into()))));
                    }
                }
            }
        }
        let mut found = Vec::new();
        walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        found
    }

    #[test]
    fn every_key_asked_for_is_there_in_every_language() {
        let asked = asked_for();
        assert!(asked.len() > 40, "the walk finds the calls: {asked:?}");
        for texts in [Texts::of(Language::Russian), Texts::of(Language::English)] {
            let code = texts.language().code();
            for (call, key) in &asked {
                let fits = texts.value(key).is_some_and(|value| match *call {
                    "counted" => value.is_table(),
                    "nth" => value.is_array(),
                    _ => value.is_str(),
                });
                assert!(fits, "{code}.toml has no {key} for {call}");
            }
            for topic in Topic::ACCEPTED.into_iter().chain(Topic::REFUSABLE) {
                assert!(texts.find(&format!("topics.{}", topic.key())).is_some(), "{code} {topic:?}");
            }
        }
    }

    #[test]
    fn every_holiday_has_the_name_of_its_key() {
        let all = [
            Holiday::NewYear,
            Holiday::Christmas,
            Holiday::DefenderDay,
            Holiday::WomensDay,
            Holiday::LabourDay,
            Holiday::VictoryDay,
            Holiday::RussiaDay,
            Holiday::UnityDay,
            Holiday::MovedDayOff,
        ];
        for holiday in &all {
            let key = format!("holidays.{}", holiday.key());
            assert_eq!(Some(russian().holiday(holiday)), russian().find(&key));
        }
        assert_eq!(russian().holiday(&Holiday::Special("санитарный день".into())), "санитарный день");
    }
}
