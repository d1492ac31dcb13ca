//! The code a registrar hands out after a look at the passport: twelve digits, the last a check digit (`damm`), so that a
//! number pad is enough and a slip of the finger is noticed before anybody is asked. Whether a code was given, to whom it
//! was handed or what became of it, the store knows, and of the code itself only a keyed digest.

use std::fmt;

use crate::damm::check;

/// Digits of a code, the check digit last.
const LENGTH: usize = 12;
/// Digits that are said in one breath.
const GROUP: usize = 3;

/// How many different codes there are: guessed at random, one of a thousand codes that are out is met once in a hundred
/// million tries, and five tries in a quarter of an hour are allowed.
pub const CODES: u64 = 100_000_000_000;

/// Why a text is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeskCodeFault {
    /// Not twelve digits.
    #[error("a code has 12 digits, this has {0}")]
    WrongLength(usize),
    /// Something else than a digit.
    #[error("a code has digits alone")]
    WrongSymbol,
    /// The check digit does not fit: a digit was mistaken or two were swapped.
    #[error("the code is mistyped")]
    Mistyped,
}

impl DeskCodeFault {
    /// The stable code of the fault.
    pub const fn code(self) -> &'static str {
        match self {
            Self::WrongLength(_) => "wrong_length",
            Self::WrongSymbol => "wrong_symbol",
            Self::Mistyped => "mistyped",
        }
    }
}

/// A code. It is a secret, so it shows itself nowhere by chance.
#[derive(Clone, PartialEq, Eq)]
pub struct DeskCode(String);

impl DeskCode {
    /// The code of a random number; numbers that differ by a multiple of [`CODES`] give the same code.
    pub fn from_random(random: u64) -> Self {
        let digits = format!("{:011}", random % CODES);
        let check = check(&digits);
        Self(format!("{digits}{check}"))
    }

    /// Reads a code as typed, with spaces and hyphens anywhere.
    ///
    /// # Errors
    /// [`DeskCodeFault`]; a single wrong digit and two swapped neighbours are always [`DeskCodeFault::Mistyped`].
    pub fn parse(text: &str) -> Result<Self, DeskCodeFault> {
        let typed = text.chars().filter(|typed| !is_filler(*typed));
        let digits: String = typed
            .map(|typed| typed.is_ascii_digit().then_some(typed).ok_or(DeskCodeFault::WrongSymbol))
            .collect::<Result<_, _>>()?;
        match (digits.len(), check(&digits)) {
            (LENGTH, 0) => Ok(Self(digits)),
            (LENGTH, _) => Err(DeskCodeFault::Mistyped),
            (other, _) => Err(DeskCodeFault::WrongLength(other)),
        }
    }

    /// The digits alone, for digests.
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// As people read it aloud: `402 917 365 148`.
    pub fn shown(&self) -> String {
        let digits: Vec<char> = self.0.chars().collect();
        let groups: Vec<String> = digits.chunks(GROUP).map(|group| group.iter().collect()).collect();
        groups.join(" ")
    }
}

/// Nothing of it.
impl fmt::Debug for DeskCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeskCode(…)")
    }
}

/// What people put between digits.
fn is_filler(typed: char) -> bool {
    typed.is_whitespace() || matches!(typed, '-' | '.' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_code_is_read_as_it_is_shown(random: u64) {
            let code = DeskCode::from_random(random);
            prop_assert_eq!(code.shown().len(), 15);
            for text in [code.shown(), code.digits().to_owned(), code.shown().replace(' ', " - ")] {
                prop_assert_eq!(DeskCode::parse(&text), Ok(code.clone()));
            }
            prop_assert_eq!(DeskCode::from_random(random % CODES), code);
        }

        #[test]
        fn a_slip_is_noticed(random: u64, place in 0_usize..12, wrong in 0_u8..10) {
            let right = DeskCode::from_random(random);
            let mut digits = right.digits().as_bytes().to_vec();
            let before = std::mem::replace(&mut digits[place], b'0' + wrong);
            let typed = DeskCode::parse(std::str::from_utf8(&digits).unwrap());
            if before == b'0' + wrong {
                prop_assert_eq!(typed, Ok(right));
            } else {
                prop_assert_eq!(typed, Err(DeskCodeFault::Mistyped));
            }
        }
    }

    #[test]
    fn faults_are_told_apart_and_nothing_is_shown() {
        assert_eq!(DeskCode::parse(""), Err(DeskCodeFault::WrongLength(0)));
        assert_eq!(DeskCode::parse("1234567890123"), Err(DeskCodeFault::WrongLength(13)));
        for text in ["1234 5678 901О", "12345678901²", "١٢٣٤٥٦٧٨٩٠١٢"] {
            assert_eq!(DeskCode::parse(text), Err(DeskCodeFault::WrongSymbol), "{text}");
        }
        let code = DeskCode::from_random(7);
        assert_eq!((code.shown().as_str(), format!("{code:?}").as_str()), ("000 000 000 076", "DeskCode(…)"));
    }
}
