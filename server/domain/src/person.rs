//! How people are called: a resident's public alias, the signature the server makes for staff, the login. Aliases must
//! not pass for staff; who is staff, and what they may do, is `grant` and `actor`.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::reserved;
use crate::text::{clean, fold};

/// Why an alias is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AliasFault {
    /// Fewer than 2 characters.
    #[error("an alias has at least 2 characters")]
    TooShort,
    /// More than 40 characters.
    #[error("an alias has at most 40 characters")]
    TooLong,
    /// Something else than Cyrillic or Latin letters, digits, space, dot, hyphen, apostrophe.
    #[error("an alias holds letters, digits, spaces, dots, hyphens and apostrophes")]
    WrongSymbol,
    /// Cyrillic and Latin letters in one word.
    #[error("a word of an alias is written in one script")]
    MixedScripts,
    /// Digits and no letter.
    #[error("an alias is not a number")]
    DigitsOnly,
    /// Neither letters nor digits.
    #[error("an alias has letters")]
    NoLetters,
    /// A run of digits that could be a phone.
    #[error("an alias holds no phone number")]
    PhoneLike,
    /// It is, or looks like, a word kept for staff and the service.
    #[error("an alias does not look like staff")]
    Reserved,
}

impl AliasFault {
    /// The stable code of the fault.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::WrongSymbol => "wrong_symbol",
            Self::MixedScripts => "mixed_scripts",
            Self::DigitsOnly => "digits_only",
            Self::NoLetters => "no_letters",
            Self::PhoneLike => "phone_like",
            Self::Reserved => "reserved",
        }
    }
}

/// The name a resident is shown by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Alias(String);

/// Shortest and longest alias, in characters.
const ALIAS_LENGTH: std::ops::RangeInclusive<usize> = 2..=40;
/// Digits in a row, spaces and hyphens between them not counted, from which on they may be a phone. Mobile numbers have
/// ten or eleven, those of large cities seven; a birth year or a number told apart by a site stays below.
const PHONE_DIGITS: usize = 7;

impl Alias {
    /// An alias as it will be shown: composed letters, single spaces, no space at the ends.
    pub fn new(text: &str) -> Result<Self, AliasFault> {
        // Far longer than an alias of decomposed letters can be, so that the rest is never done on a novel.
        if text.chars().nth(4 * ALIAS_LENGTH.end()).is_some() {
            return Err(AliasFault::TooLong);
        }
        let composed: String = text.nfc().collect();
        let shown = composed.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        match shown.chars().count() {
            short if short < *ALIAS_LENGTH.start() => return Err(AliasFault::TooShort),
            long if long > *ALIAS_LENGTH.end() => return Err(AliasFault::TooLong),
            _ => {}
        }
        check_symbols(&shown)?;
        check_digits(&shown)?;
        let words: Vec<&str> = shown.split(is_separator).filter(|word| !word.is_empty()).collect();
        if words.iter().any(|word| word.chars().any(is_cyrillic) && word.chars().any(is_latin)) {
            return Err(AliasFault::MixedScripts);
        }
        if reserved::is_reserved(&words) { Err(AliasFault::Reserved) } else { Ok(Self(shown)) }
    }

    /// The alias as shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True when people could take one for the other.
    pub fn looks_like(&self, other: &Self) -> bool {
        self.skeleton() == other.skeleton()
    }

    /// What is equal for aliases that look alike; the column to keep beside the alias.
    pub fn skeleton(&self) -> String {
        fold(&self.0)
    }
}

fn check_symbols(alias: &str) -> Result<(), AliasFault> {
    let allowed = |symbol: char| {
        is_separator(symbol) || symbol.is_ascii_digit() || is_cyrillic(symbol) || is_latin(symbol)
    };
    if alias.chars().all(allowed) { Ok(()) } else { Err(AliasFault::WrongSymbol) }
}

fn check_digits(alias: &str) -> Result<(), AliasFault> {
    let has_digit = alias.chars().any(|symbol| symbol.is_ascii_digit());
    if alias.chars().all(|symbol| symbol.is_ascii_digit() || is_separator(symbol)) {
        return Err(if has_digit { AliasFault::DigitsOnly } else { AliasFault::NoLetters });
    }
    let runs = alias.split(|symbol: char| !(symbol.is_ascii_digit() || is_separator(symbol)));
    let longest = runs.map(|run| run.chars().filter(char::is_ascii_digit).count()).max();
    if longest >= Some(PHONE_DIGITS) { Err(AliasFault::PhoneLike) } else { Ok(()) }
}

/// What may stand between the words of an alias.
const fn is_separator(symbol: char) -> bool {
    matches!(symbol, ' ' | '.' | '-' | '\'')
}

/// Letters of the Cyrillic block: Russian, Bashkir, Tatar and the other languages of the country.
fn is_cyrillic(symbol: char) -> bool {
    matches!(symbol, '\u{400}'..='\u{52F}') && symbol.is_alphabetic()
}

/// Letters of the European Latin alphabets.
fn is_latin(symbol: char) -> bool {
    symbol.is_ascii_alphabetic() || (matches!(symbol, '\u{C0}'..='\u{17F}') && symbol.is_alphabetic())
}

impl TryFrom<String> for Alias {
    type Error = AliasFault;
    fn try_from(text: String) -> Result<Self, AliasFault> {
        Self::new(&text)
    }
}
impl From<Alias> for String {
    fn from(alias: Alias) -> Self {
        alias.0
    }
}
impl fmt::Display for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a signature cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    /// A part of it is empty.
    #[error("a signature has a name, a position and an organisation")]
    Empty,
    /// A part of it has more than 200 characters.
    #[error("a part of a signature has at most 200 characters")]
    TooLong,
}

impl SignatureFault {
    /// The stable code of the fault.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
        }
    }
}

/// What stands under every staff message. Made by the server from the account, never by the author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The employee's name.
    pub name: String,
    /// The employee's position.
    pub position: String,
    /// The organisation they answer for.
    pub organisation: String,
}

impl Signature {
    /// A signature of three cleaned single lines, none empty.
    pub fn new(name: &str, position: &str, organisation: &str) -> Result<Self, SignatureFault> {
        let line = |text: &str| {
            let line = clean(text).replace('\n', " ");
            match line.chars().count() {
                0 => Err(SignatureFault::Empty),
                1..=200 => Ok(line),
                _ => Err(SignatureFault::TooLong),
            }
        };
        Ok(Self { name: line(name)?, position: line(position)?, organisation: line(organisation)? })
    }
}

/// Why a login is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LoginFault {
    /// Fewer than 3 characters.
    #[error("a login has at least 3 characters")]
    TooShort,
    /// More than 64 characters.
    #[error("a login has at most 64 characters")]
    TooLong,
    /// Something else than `a-z 0-9 . _ @ + -`.
    #[error("a login holds Latin letters, digits and . _ @ + -")]
    WrongSymbol,
}

impl LoginFault {
    /// The stable code of the fault.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::WrongSymbol => "wrong_symbol",
        }
    }
}

/// What one signs in with. Kept in lower case, so that `Anna` and `anna` are one account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Login(String);

impl Login {
    /// A login in lower case; spaces around it are forgiven.
    pub fn new(text: &str) -> Result<Self, LoginFault> {
        let text = text.trim();
        let plain =
            |symbol: char| symbol.is_ascii_alphanumeric() || matches!(symbol, '.' | '_' | '@' | '+' | '-');
        if text.chars().nth(64).is_some() {
            return Err(LoginFault::TooLong);
        }
        if !text.chars().all(plain) {
            return Err(LoginFault::WrongSymbol);
        }
        if text.len() < 3 { Err(LoginFault::TooShort) } else { Ok(Self(text.to_ascii_lowercase())) }
    }

    /// The login in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl TryFrom<String> for Login {
    type Error = LoginFault;
    fn try_from(text: String) -> Result<Self, LoginFault> {
        Self::new(&text)
    }
}
impl From<Login> for String {
    fn from(login: Login) -> Self {
        login.0
    }
}
impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(text: &str) -> Option<AliasFault> {
        Alias::new(text).err()
    }

    #[test]
    fn ordinary_names_are_welcome() {
        let names = "Анна|Анна К.|Ян|Жан-Поль|O'Neil|Әлфиә|Ҡәҙерле Ғилман|Гөлҗан Һаҗиева|Zoë|Врачёв|Бадминтон|Маша 1985|Житель 482130|\
                     Аня2|Сосед с 3-го этажа|Мама Пети";
        for name in names.split('|') {
            assert_eq!(refused(name), None, "{name}");
        }
        let decomposed = "  Андреи\u{306}   К. ";
        assert_eq!(Alias::new(decomposed).map(String::from), Ok("Андрей К.".to_owned()));
    }

    #[test]
    fn every_fault_has_its_case() {
        let cases = [
            ("А", AliasFault::TooShort),
            ("   ", AliasFault::TooShort),
            ("", AliasFault::TooShort),
            ("Анна\u{200b}", AliasFault::WrongSymbol),
            ("Анна\nК", AliasFault::WrongSymbol),
            ("Анна🙂", AliasFault::WrongSymbol),
            ("Αννα", AliasFault::WrongSymbol),
            ("анна_к", AliasFault::WrongSymbol),
            ("Ａnna", AliasFault::WrongSymbol),
            ("Аnnа", AliasFault::MixedScripts),
            ("Анна Mапия", AliasFault::MixedScripts),
            ("1985", AliasFault::DigitsOnly),
            ("8-914 123.45", AliasFault::DigitsOnly),
            ("...", AliasFault::NoLetters),
            ("Аня 8-914-1234567", AliasFault::PhoneLike),
            ("Аня 223-45-67", AliasFault::PhoneLike),
            ("тел1234567", AliasFault::PhoneLike),
        ];
        for (text, fault) in cases {
            assert_eq!(refused(text), Some(fault), "{text:?}");
        }
        assert_eq!(refused(&"я".repeat(40)), None);
        assert_eq!(refused(&"я".repeat(41)), Some(AliasFault::TooLong));
        assert_eq!(refused(&"я".repeat(1_000_000)), Some(AliasFault::TooLong));
        assert_eq!(AliasFault::PhoneLike.code(), "phone_like");
    }

    #[test]
    fn nobody_passes_for_staff() {
        let staff = "Врач|BPA4|Bpa4|врааач|В р а ч|в.р.а.ч.|Вра-ч|Главврач|глав врач Иванова|Врач Иванова|ПОЛИКЛИНИКА 5|\
                     Поликлиника5|Больница|МедЧат|мед чат|Администратор|администрация|Модератор|Минздрав|мин-здрав|\
                     Скорая|Скорая помощь|Регистратура|Министерство|Росздравнадзор|Техподдержка|тех. поддержка|\
                     Support|supp0rt|Admin|admin1|Doctor|D0ct0r|Dr. House|Система|ЗдравКонтроль|Бот";
        for alias in staff.split('|') {
            assert_eq!(refused(alias), Some(AliasFault::Reserved), "{alias}");
        }
    }

    #[test]
    fn aliases_that_look_alike_are_found() {
        let alias = |text| Alias::new(text).expect("an alias");
        assert!(alias("Алёна К").looks_like(&alias("АЛЕНА К")));
        assert!(alias("СОМА").looks_like(&alias("COMA")));
        assert!(!alias("Анна 1").looks_like(&alias("Анна 11")));
    }

    #[test]
    fn signatures_are_three_lines() {
        let made = Signature::new(" Иванова А. П.", "врач\nтерапевт", "Поликлиника № 1\u{202e}")
            .expect("a signature");
        assert_eq!(made.position, "врач терапевт");
        assert_eq!(made.organisation, "Поликлиника № 1");
        assert_eq!(Signature::new("", "a", "b"), Err(SignatureFault::Empty));
        assert_eq!(Signature::new("a", "b", &"c".repeat(201)), Err(SignatureFault::TooLong));
    }

    #[test]
    fn logins_are_lower_case_and_plain() {
        let login = |text: &str| Login::new(text).map(String::from);
        assert_eq!(login(" Resident1.RUKHA@demo "), Ok("resident1.rukha@demo".to_owned()));
        assert_eq!(login("ab"), Err(LoginFault::TooShort));
        assert_eq!(login("анна"), Err(LoginFault::WrongSymbol));
        assert_eq!(login("a b c"), Err(LoginFault::WrongSymbol));
        assert_eq!(login(&"a".repeat(64)), Ok("a".repeat(64)));
        assert_eq!(login(&"a".repeat(65)), Err(LoginFault::TooLong));
    }

    proptest! {
        #[test]
        fn an_alias_is_its_own_alias(text in any::<String>(), plausible in "[А-яЁёA-z0-9 .'-]{0,44}") {
            for text in [text, plausible] {
                if let Ok(alias) = Alias::new(&text) {
                    prop_assert_eq!(Alias::new(alias.as_str()), Ok(alias.clone()));
                    let length = alias.as_str().chars().count();
                    prop_assert!((2..=40).contains(&length));
                }
            }
        }

        #[test]
        fn a_login_is_its_own_login(text in "\\PC{0,70}") {
            if let Ok(login) = Login::new(&text) {
                prop_assert_eq!(Login::new(login.as_str()), Ok(login));
            }
        }
    }
}
