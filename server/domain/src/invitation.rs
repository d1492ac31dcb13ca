//! The invitation code of a room: short enough for a poster and for dictating, typed on either keyboard layout, with a
//! check symbol. Which room a code opens, and that codes are never given twice, the store knows.
//!
//! **Alphabet.** The letters of Russian number plates look the same in both scripts: АВЕКМНОРСТУХ = ABEKMHOPCTYX. Of
//! digits and letters together every pair that is confused in print or handwriting gives up a member: 0 and O both go
//! (neither is safe beside the other), 8 goes for B. The letter З is in no code, so 3 stays. What is left is 19
//! symbols, a prime, which the check needs.
//!
//! **Check.** ISO 7064's pure system with modulus 19 and radix 2: the sum of symbol values times 2^position is 1 modulo
//! 19. A single wrong symbol changes it by d·2^i, a swap of neighbours by d·2^i too (2^(i+1) − 2^i = 2^i), and neither
//! is 0 modulo the prime for 0 < |d| < 19. So every such slip is caught.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The symbols of a code; the place of a symbol is its value.
const ALPHABET: &[u8; 19] = b"12345679ABEKMHPCTYX";
/// Symbols of a code, the check symbol last.
const LENGTH: usize = 8;
const MODULUS: u64 = 19;

/// How many different codes there are: 19⁷, about 894 million.
pub const CODES: u64 = MODULUS.pow(7);

/// Why a text is no code; the status code of an appeal is spelled alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeFault {
    /// Not eight symbols.
    #[error("a code has 8 symbols, this has {0}")]
    WrongLength(usize),
    /// A symbol no code contains.
    #[error("a code never contains \"{0}\"")]
    WrongSymbol(char),
    /// The check symbol does not fit: a symbol was mistaken or two were swapped.
    #[error("the code is mistyped")]
    Mistyped,
}

impl CodeFault {
    /// The stable code of the fault.
    pub const fn code(self) -> &'static str {
        match self {
            Self::WrongLength(_) => "wrong_length",
            Self::WrongSymbol(_) => "wrong_symbol",
            Self::Mistyped => "mistyped",
        }
    }
}

/// An invitation code in its canonical form: eight upper-case ASCII symbols, as in an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InvitationCode([char; LENGTH]);

impl InvitationCode {
    /// The code of a random number; numbers that differ by a multiple of [`CODES`] give the same code.
    pub fn from_random(random: u64) -> Self {
        let mut rest = random % CODES;
        let mut symbols = ['1'; LENGTH];
        let mut sum = 0;
        let mut weight = 1;
        for place in symbols.iter_mut().rev().skip(1) {
            let value = rest % MODULUS;
            rest /= MODULUS;
            weight = weight * 2 % MODULUS;
            sum += value * weight;
            *place = symbol(value);
        }
        let check = (1 + MODULUS - sum % MODULUS) % MODULUS;
        if let Some(last) = symbols.last_mut() {
            *last = symbol(check);
        }
        Self(symbols)
    }

    /// Reads a code as typed: either script, either case, with spaces and hyphens anywhere.
    pub fn parse(text: &str) -> Result<Self, CodeFault> {
        let mut symbols = ['1'; LENGTH];
        let mut places = symbols.iter_mut();
        let mut sum = 0;
        let mut length = 0;
        for typed in text.chars().filter(|typed| !is_filler(*typed)) {
            let (value, symbol) = read(typed).ok_or(CodeFault::WrongSymbol(typed))?;
            if let Some(place) = places.next() {
                *place = symbol;
            }
            // Horner's scheme: the last symbol gets weight 1, each before it twice the weight of the next.
            sum = (sum * 2 + value) % MODULUS;
            length += 1;
        }
        match (length, sum) {
            (LENGTH, 1) => Ok(Self(symbols)),
            (LENGTH, _) => Err(CodeFault::Mistyped),
            (other, _) => Err(CodeFault::WrongLength(other)),
        }
    }

    /// As people see it, in two groups: `AB4K-73EM`.
    pub fn shown(self) -> String {
        let (left, right) = self.0.split_at(LENGTH / 2);
        left.iter().chain(&['-']).chain(right).collect()
    }
}

/// The symbol of a value below the modulus.
fn symbol(value: u64) -> char {
    usize::try_from(value).ok().and_then(|value| ALPHABET.get(value)).map_or('1', |byte| char::from(*byte))
}

/// Value and canonical form of a typed symbol.
fn read(typed: char) -> Option<(u64, char)> {
    let latin = match typed {
        'А' | 'а' => 'A',
        'В' | 'в' => 'B',
        'Е' | 'е' => 'E',
        'К' | 'к' => 'K',
        'М' | 'м' => 'M',
        'Н' | 'н' => 'H',
        'Р' | 'р' => 'P',
        'С' | 'с' => 'C',
        'Т' | 'т' => 'T',
        'У' | 'у' => 'Y',
        'Х' | 'х' => 'X',
        other => other.to_ascii_uppercase(),
    };
    let value = ALPHABET.iter().position(|byte| char::from(*byte) == latin)?;
    Some((u64::try_from(value).ok()?, latin))
}

/// What people put between the groups: spaces of all widths, hyphens and dashes.
fn is_filler(typed: char) -> bool {
    typed.is_whitespace() || matches!(typed, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

impl std::str::FromStr for InvitationCode {
    type Err = CodeFault;
    fn from_str(text: &str) -> Result<Self, CodeFault> {
        Self::parse(text)
    }
}
impl TryFrom<String> for InvitationCode {
    type Error = CodeFault;
    fn try_from(text: String) -> Result<Self, CodeFault> {
        Self::parse(&text)
    }
}
impl From<InvitationCode> for String {
    fn from(code: InvitationCode) -> Self {
        code.to_string()
    }
}
/// The canonical form.
impl fmt::Display for InvitationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|symbol| write!(f, "{symbol}"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cyrillic(text: &str) -> String {
        text.chars()
            .map(|symbol| {
                "ABEKMHPCTYX".find(symbol).and_then(|i| "АВЕКМНРСТУХ".chars().nth(i)).unwrap_or(symbol)
            })
            .collect()
    }
    fn symbols() -> impl Iterator<Item = char> {
        ALPHABET.iter().map(|byte| char::from(*byte))
    }

    #[test]
    fn every_way_of_typing_is_the_same_code() {
        let code = InvitationCode::from_random(123_456_789);
        let canonical = code.to_string();
        assert_eq!(canonical.len(), 8);
        let shown = code.shown();
        assert_eq!((shown.len(), shown.find('-')), (9, Some(4)));
        let typed = [
            canonical.clone(),
            canonical.to_lowercase(),
            shown.clone(),
            cyrillic(&shown),
            cyrillic(&canonical).to_lowercase(),
            format!("  {} — {}\u{a0}", &canonical[..3], &canonical[3..]),
        ];
        for text in typed {
            assert_eq!(InvitationCode::parse(&text), Ok(code), "{text}");
        }
    }

    #[test]
    fn faults_are_told_apart() {
        let canonical = InvitationCode::from_random(42).to_string();
        assert_eq!(InvitationCode::parse(""), Err(CodeFault::WrongLength(0)));
        assert_eq!(InvitationCode::parse(&canonical[..7]), Err(CodeFault::WrongLength(7)));
        assert_eq!(InvitationCode::parse(&format!("{canonical}1")), Err(CodeFault::WrongLength(9)));
        for wrong in ['0', 'O', 'О', '8', 'З', 'I', 'Q', 'ё', '_', '🙂'] {
            let text = format!("{}{wrong}", &canonical[..7]);
            assert_eq!(InvitationCode::parse(&text), Err(CodeFault::WrongSymbol(wrong)));
        }
        assert_eq!(CodeFault::Mistyped.code(), "mistyped");
    }

    #[test]
    fn the_check_symbol_takes_every_value() {
        let mut last: Vec<char> = (0..200)
            .filter_map(|random| InvitationCode::from_random(random).to_string().chars().last())
            .collect();
        last.sort_unstable();
        last.dedup();
        assert_eq!(last.len(), ALPHABET.len());
    }

    proptest! {
        #[test]
        fn a_code_is_read_back(random in any::<u64>()) {
            let code = InvitationCode::from_random(random);
            prop_assert_eq!(InvitationCode::parse(&code.to_string()), Ok(code));
            prop_assert_eq!(InvitationCode::parse(&code.shown()), Ok(code));
            prop_assert_eq!(code, InvitationCode::from_random(random % CODES));
        }

        #[test]
        fn different_numbers_give_different_codes(one in 0..CODES, other in 0..CODES) {
            prop_assert_eq!(one == other, InvitationCode::from_random(one) == InvitationCode::from_random(other));
        }

        /// Every wrong symbol in every place, and every swap of unlike neighbours.
        #[test]
        fn every_slip_is_caught(random in any::<u64>()) {
            let right: Vec<char> = InvitationCode::from_random(random).to_string().chars().collect();
            for place in 0..LENGTH {
                for wrong in symbols().filter(|symbol| *symbol != right[place]) {
                    let mut typed = right.clone();
                    typed[place] = wrong;
                    let typed: String = typed.iter().collect();
                    prop_assert_eq!(InvitationCode::parse(&typed), Err(CodeFault::Mistyped));
                }
                if place + 1 < LENGTH && right[place] != right[place + 1] {
                    let mut typed = right.clone();
                    typed.swap(place, place + 1);
                    let typed: String = typed.iter().collect();
                    prop_assert_eq!(InvitationCode::parse(&typed), Err(CodeFault::Mistyped));
                }
            }
        }

        #[test]
        fn no_text_breaks_the_reader(text in any::<String>()) {
            if let Ok(code) = InvitationCode::parse(&text) {
                prop_assert_eq!(InvitationCode::parse(&code.to_string()), Ok(code));
            }
        }
    }
}
