//! The status code of an appeal: with its number it shows the appeal's state to whoever holds both, without signing in.
//! Who reads codes wrongly how often is the limits' business, and that only a keyed hash is kept is the store's.
//!
//! It is spelled as an invitation code is (`AB4K-73EM`): the same nineteen symbols of either keyboard layout, the same
//! check symbol, so that a slip is told at once and costs no attempt. Seven free symbols make 894 million codes; who
//! knows a number and may ask ten times a minute needs 85 years on average to hit its code.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::invitation::{CodeFault, InvitationCode};

/// The code that goes with one appeal's number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StatusCode(InvitationCode);

impl StatusCode {
    /// The code of a random number.
    pub fn from_random(random: u64) -> Self {
        Self(InvitationCode::from_random(random))
    }

    /// Reads a code as typed: either script, either case, with spaces and hyphens anywhere.
    ///
    /// # Errors
    /// [`CodeFault`], as for an invitation code.
    pub fn parse(text: &str) -> Result<Self, CodeFault> {
        InvitationCode::parse(text).map(Self)
    }

    /// As people see it, in two groups: `AB4K-73EM`.
    pub fn shown(self) -> String {
        self.0.shown()
    }
}
impl FromStr for StatusCode {
    type Err = CodeFault;
    fn from_str(text: &str) -> Result<Self, CodeFault> {
        Self::parse(text)
    }
}
/// The canonical form.
impl fmt::Display for StatusCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
/// A secret: a log that prints an appeal must not open it to the log's readers.
impl fmt::Debug for StatusCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StatusCode")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_never_printed_by_accident() {
        let code = StatusCode::from_random(7);
        assert_eq!(format!("{code:?}"), "StatusCode");
        assert_eq!(StatusCode::parse("27-4183-7"), Err(CodeFault::WrongSymbol('8')));
    }

    proptest! {
        #[test]
        fn a_code_is_read_back(random in any::<u64>()) {
            let code = StatusCode::from_random(random);
            prop_assert_eq!(StatusCode::parse(&code.to_string()), Ok(code));
            prop_assert_eq!(StatusCode::parse(&code.shown().to_lowercase()), Ok(code));
            let row = serde_json::to_string(&code).expect("json");
            prop_assert_eq!(serde_json::from_str::<StatusCode>(&row).expect("a code"), code);
        }

        #[test]
        fn a_slip_is_told_at_once(random in any::<u64>(), place in 0_usize..8) {
            let mut symbols: Vec<char> = StatusCode::from_random(random).to_string().chars().collect();
            symbols[place] = if symbols[place] == 'A' { 'B' } else { 'A' };
            let slip: String = symbols.iter().collect();
            prop_assert_eq!(StatusCode::parse(&slip), Err(CodeFault::Mistyped));
        }
    }
}
