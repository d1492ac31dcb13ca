//! Numbers of a person's papers that carry a check digit: СНИЛС, ИНН, the policy of compulsory medical insurance and
//! the bank card. A number named by its word is taken even with a wrong check: a slip of the pen hides one digit and
//! shows the others. Passports, which have no check, are not looked for here.

use crate::pii::Kind;
use crate::pii::numbers::{Candidate, Verdict};

/// A number that its word announces.
pub(super) fn named(candidate: &Candidate<'_>) -> Option<Verdict> {
    let says = |beginnings: &[&str]| {
        candidate.words.iter().any(|word| beginnings.iter().any(|beginning| word.starts_with(beginning)))
    };
    let kind = match candidate.digits.len() {
        _ if candidate.dotted => return None,
        11 if says(&["снилс"]) => Kind::Snils,
        // A clinic's own is no secret.
        10 if says(&["поликлиник", "больниц", "клиник", "учрежден"]) => {
            return None;
        }
        // The whole word: "Инна" is a name.
        10 | 12 if candidate.words.iter().any(|word| word == "инн") => Kind::Inn,
        17..=19 if says(&["карт"]) => Kind::PolicyOrCard,
        16 if says(&["полис", "омс", "енп", "карт"]) => Kind::PolicyOrCard,
        _ => return None,
    };
    Some(Verdict::Found(kind))
}

/// A number that its check digits give away. Every tenth row of sixteen digits passes the weakest check, so a list of
/// room numbers must not count as one number: its groups are too short. The ten digits of an organisation's ИНН have
/// one check digit only, which every tenth number passes, so they need their word.
pub(super) fn checked(candidate: &Candidate<'_>) -> Option<Verdict> {
    let digits = candidate.digits;
    let kind = match digits.len() {
        _ if candidate.dotted || candidate.shortest_group < 3 => return None,
        11 if is_snils(digits) => Kind::Snils,
        12 if is_inn(digits) => Kind::Inn,
        16 | 19 if is_luhn(digits) => Kind::PolicyOrCard,
        _ => return None,
    };
    Some(Verdict::Found(kind))
}

/// Pension Fund's rule: the first nine digits weigh 9 to 1; the sum modulo 101, where 100 counts as 0, is the rest.
fn is_snils(digits: &[u8]) -> bool {
    let sum: u32 =
        digits.iter().take(9).zip((1..=9).rev()).map(|(digit, weight)| u32::from(*digit) * weight).sum();
    let check = digits.iter().skip(9).fold(0, |check, digit| check * 10 + u32::from(*digit));
    sum % 101 % 100 == check
}

/// Tax Service's rule for people: two check digits, each a weighted sum modulo 11 modulo 10.
fn is_inn(digits: &[u8]) -> bool {
    const WEIGHTS: [u32; 11] = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
    let check = |length: usize| {
        let weights = WEIGHTS.iter().skip(11 - length);
        let sum: u32 =
            digits.iter().take(length).zip(weights).map(|(digit, weight)| u32::from(*digit) * weight).sum();
        digits.get(length).is_some_and(|digit| sum % 11 % 10 == u32::from(*digit))
    };
    check(10) && check(11)
}

/// ISO/IEC 7812: every second digit from the right doubled, the digits' sum is a multiple of ten. A policy's number
/// has the same check in other words.
fn is_luhn(digits: &[u8]) -> bool {
    let weighed = digits.iter().rev().enumerate().map(|(place, digit)| {
        let value = u32::from(*digit) * if place % 2 == 1 { 2 } else { 1 };
        if value > 9 { value - 9 } else { value }
    });
    weighed.sum::<u32>() % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> Vec<u8> {
        text.bytes().filter(u8::is_ascii_digit).map(|byte| byte - b'0').collect()
    }

    /// Any one digit changed breaks each check.
    #[test]
    fn checks_catch_a_wrong_digit() {
        type Check = fn(&[u8]) -> bool;
        let cases: [(Check, &str); 5] = [
            (is_snils, "112-233-445 95"),
            (is_snils, "769-158-340 52"),
            (is_inn, "500100732259"),
            (is_luhn, "4561 2612 1234 5467"),
            (is_luhn, "6063 8129 0457 1238"),
        ];
        for (check, text) in cases {
            let right = digits(text);
            assert!(check(&right), "{text}");
            for place in 0..right.len() {
                for wrong in (0..10).filter(|digit| *digit != right[place]) {
                    let mut slip = right.clone();
                    slip[place] = wrong;
                    assert!(!check(&slip), "{text}: {place} {wrong}");
                }
            }
        }
    }
}
