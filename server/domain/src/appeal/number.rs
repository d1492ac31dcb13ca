//! The number of an appeal, made to be said on the phone: `27-4183-7`. The region's two digits, a number that grows
//! within the region (four digits or more), and a check digit over all digits before it (`damm`). Who gives numbers and that
//! none is given twice, the store knows.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::damm::check;

/// Digits of the growing part: at least four, so that the groups are easy to hear, at most twelve.
const SHORTEST: usize = 4;
const LONGEST: usize = 12;

/// Why a text or pair of numbers is no appeal number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberFault {
    /// Something that is neither a digit nor put between digits.
    #[error("an appeal number never contains \"{0}\"")]
    WrongSymbol(char),
    /// Too few or too many digits, counted without what stands between them.
    #[error("an appeal number has 7 to 15 digits, this has {0}")]
    WrongLength(usize),
    /// The check digit does not fit: a digit was mistaken or two were swapped.
    #[error("the appeal number is mistyped")]
    Mistyped,
    /// The region's part is not two digits, or the growing part is no number that is ever given.
    #[error("no appeal has this number")]
    NeverGiven,
}

impl NumberFault {
    /// The stable code of the fault.
    pub const fn code(self) -> &'static str {
        match self {
            Self::WrongSymbol(_) => "wrong_symbol",
            Self::WrongLength(_) => "wrong_length",
            Self::Mistyped => "mistyped",
            Self::NeverGiven => "never_given",
        }
    }
}

/// The number of an appeal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AppealNumber {
    region: u8,
    running: u64,
}

impl AppealNumber {
    /// The `running`-th number of the region with these two digits (`"27"`, [`crate::region::Region::number`]).
    ///
    /// # Errors
    /// [`NumberFault::NeverGiven`] when `region` is not two digits, `running` is 0 or has more than twelve digits.
    pub fn new(region: &str, running: u64) -> Result<Self, NumberFault> {
        let two_digits = region.len() == 2 && region.bytes().all(|byte| byte.is_ascii_digit());
        let region = region.parse().ok().filter(|_| two_digits).ok_or(NumberFault::NeverGiven)?;
        let given = (1..10_u64.pow(LONGEST as u32)).contains(&running);
        if given { Ok(Self { region, running }) } else { Err(NumberFault::NeverGiven) }
    }

    /// Reads a number as typed or dictated: spaces, hyphens, dots and "№" anywhere.
    ///
    /// # Errors
    /// [`NumberFault`]; a single wrong digit and two swapped neighbours are always [`NumberFault::Mistyped`].
    pub fn parse(text: &str) -> Result<Self, NumberFault> {
        let mut digits = String::with_capacity(SHORTEST + 3);
        for typed in text.chars().filter(|typed| !is_filler(*typed)) {
            if !typed.is_ascii_digit() {
                return Err(NumberFault::WrongSymbol(typed));
            }
            digits.push(typed);
        }
        let length = digits.len();
        if !(SHORTEST + 3..=LONGEST + 3).contains(&length) {
            return Err(NumberFault::WrongLength(length));
        }
        if check(&digits) != 0 {
            return Err(NumberFault::Mistyped);
        }
        let region = digits.get(..2).ok_or(NumberFault::NeverGiven)?;
        let running = digits.get(2..length - 1).ok_or(NumberFault::NeverGiven)?;
        if running.len() > SHORTEST && running.starts_with('0') {
            return Err(NumberFault::NeverGiven);
        }
        Self::new(region, running.parse().map_err(|_| NumberFault::NeverGiven)?)
    }

    /// The region's two digits, as a number.
    pub const fn region(self) -> u8 {
        self.region
    }

    /// The place in the region's row of numbers.
    pub const fn running(self) -> u64 {
        self.running
    }
}

/// What people put between the groups or before the number.
fn is_filler(typed: char) -> bool {
    typed.is_whitespace()
        || matches!(typed, '-' | '.' | ',' | '/' | '№' | '#' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// The canonical form, `27-4183-7`.
impl fmt::Display for AppealNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = format!("{:02}-{:04}", self.region, self.running);
        write!(f, "{before}-{}", check(&before))
    }
}
impl FromStr for AppealNumber {
    type Err = NumberFault;
    fn from_str(text: &str) -> Result<Self, NumberFault> {
        Self::parse(text)
    }
}
impl TryFrom<String> for AppealNumber {
    type Error = NumberFault;
    fn try_from(text: String) -> Result<Self, NumberFault> {
        Self::parse(&text)
    }
}
impl From<AppealNumber> for String {
    fn from(number: AppealNumber) -> Self {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(region: &str, running: u64) -> AppealNumber {
        AppealNumber::new(region, running).expect("a number")
    }
    fn digits(number: AppealNumber) -> Vec<u8> {
        number.to_string().bytes().filter(u8::is_ascii_digit).collect()
    }
    fn typed(digits: &[u8]) -> Result<AppealNumber, NumberFault> {
        AppealNumber::parse(std::str::from_utf8(digits).expect("digits"))
    }

    /// Every wrong digit in every place and every swap of unlike neighbours.
    fn every_slip_is_caught(right: &[u8]) {
        for place in 0..right.len() {
            for wrong in (b'0'..=b'9').filter(|digit| *digit != right[place]) {
                let mut slip = right.to_vec();
                slip[place] = wrong;
                assert_eq!(typed(&slip), Err(NumberFault::Mistyped));
            }
            if place + 1 < right.len() && right[place] != right[place + 1] {
                let mut slip = right.to_vec();
                slip.swap(place, place + 1);
                assert_eq!(typed(&slip), Err(NumberFault::Mistyped));
            }
        }
    }

    #[test]
    fn a_number_is_said_in_three_groups() {
        let shown = number("27", 4183);
        assert_eq!(shown.to_string(), "27-4183-7");
        assert_eq!((shown.region(), shown.running()), (27, 4183));
        assert_eq!(number("02", 1).to_string().get(..8), Some("02-0001-"));
        assert_eq!(number("61", 1_234_567).to_string().len(), "61-1234567-0".len());
        for text in
            ["27-4183-7", "2741837", " 27 41 83 7 ", "№ 27—4183—7", "27.4183.7", "27\u{a0}4183\u{2212}7"]
        {
            assert_eq!(AppealNumber::parse(text), Ok(shown), "{text}");
        }
    }

    #[test]
    fn faults_are_told_apart() {
        assert_eq!(AppealNumber::parse(""), Err(NumberFault::WrongLength(0)));
        assert_eq!(AppealNumber::parse("27-418-3"), Err(NumberFault::WrongLength(6)));
        assert_eq!(AppealNumber::parse(&"1".repeat(16)), Err(NumberFault::WrongLength(16)));
        assert_eq!(AppealNumber::parse("27-4183-З"), Err(NumberFault::WrongSymbol('З')));
        assert_eq!(AppealNumber::parse("27-4183-6"), Err(NumberFault::Mistyped));
        assert_eq!(NumberFault::Mistyped.code(), "mistyped");
        // Right by its check digit, yet nobody is ever given it: zero, or a fifth digit that is a leading zero.
        for before in ["270000", "2704183"] {
            let text = format!("{before}{}", check(before));
            assert_eq!(AppealNumber::parse(&text), Err(NumberFault::NeverGiven), "{text}");
        }
        for (region, running) in [("2", 1), ("+2", 1), ("277", 1), ("", 1), ("27", 0), ("27", 10_u64.pow(12))]
        {
            assert_eq!(AppealNumber::new(region, running), Err(NumberFault::NeverGiven));
        }
    }

    /// Every slip in each of a region's first two thousand numbers.
    #[test]
    fn no_slip_goes_unnoticed_in_the_numbers_of_a_region() {
        for running in 1..2_000 {
            every_slip_is_caught(&digits(number("27", running)));
        }
    }

    proptest! {
        #[test]
        fn a_number_is_read_back_and_guards_itself(region in 0_u8..100, running in 1..10_u64.pow(12)) {
            let given = number(&format!("{region:02}"), running);
            prop_assert_eq!(AppealNumber::parse(&given.to_string()), Ok(given));
            every_slip_is_caught(&digits(given));
        }

        #[test]
        fn no_text_breaks_the_reader(text in any::<String>(), likely in "[0-9 №.-]{0,20}") {
            for text in [text, likely] {
                if let Ok(number) = AppealNumber::parse(&text) {
                    prop_assert_eq!(AppealNumber::parse(&number.to_string()), Ok(number));
                }
            }
        }
    }
}
