//! Ways to reach a person: e-mail addresses and phones. Clinics' and hotlines' phones are no personal data; handles and
//! postal addresses are not looked for here.

use crate::pii::numbers::{Candidate, Verdict};
use crate::pii::{Kind, Span};

/// Words that make a landline beside them a clinic's, by how they begin.
const CLINIC: [&str; 33] = [
    "справочн",
    "регистратур",
    "больниц",
    "поликлиник",
    "клиник",
    "горяч",
    "лини",
    "диспансер",
    "амбулатори",
    "минздрав",
    "министерств",
    "роддом",
    "травмпункт",
    "приемн",
    "диспетчер",
    "дежурн",
    "колл",
    "центр",
    "отделени",
    "фап",
    "аптек",
    "кабинет",
    "гауз",
    "гбуз",
    "прием",
    "звонил",
    "звоню",
    "дозвонил",
    "дозвониться",
    "набира",
    "больничн",
    "организац",
    "заведующ",
];

/// Words that make a number beside them a person's, by how they begin.
const OWN: [&str; 19] = [
    "мой",
    "моя",
    "мое",
    "моих",
    "моего",
    "мне",
    "меня",
    "наш",
    "нам",
    "сотов",
    "мобильн",
    "домашн",
    "личн",
    "муж",
    "контактн",
    "звоните",
    "позвоните",
    "перезвоните",
    "наберите",
];

/// E-mail addresses: something before an `@` and a domain with a dot and two letters after it. The whole run of
/// domain characters belongs to it, so that nothing glued to an address is left over.
pub(super) fn emails(text: &str) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    for (at, _) in text.match_indices('@') {
        let taken = found.last().map_or(0, |span| span.end);
        let (Some(before), Some(after)) = (text.get(taken..at), text.get(at + 1..)) else { continue };
        let local = run_before(before).trim_start_matches(|symbol: char| !symbol.is_alphanumeric());
        let domain = run_after(after).trim_end_matches(|symbol: char| !symbol.is_alphanumeric());
        if !local.is_empty() && is_domain(domain) {
            found.push(Span { start: at - local.len(), end: at + 1 + domain.len(), kind: Kind::Email });
        }
    }
    found
}

fn run_before(text: &str) -> &str {
    let fits = |symbol: char| symbol.is_alphanumeric() || matches!(symbol, '.' | '_' | '%' | '+' | '-');
    let cut = text.char_indices().rev().find(|(_, symbol)| !fits(*symbol));
    cut.and_then(|(place, symbol)| text.get(place + symbol.len_utf8()..)).unwrap_or(text)
}

fn run_after(text: &str) -> &str {
    let fits = |symbol: char| symbol.is_alphanumeric() || matches!(symbol, '.' | '_' | '-');
    let cut = text.find(|symbol| !fits(symbol)).unwrap_or(text.len());
    text.get(..cut).unwrap_or(text)
}

fn is_domain(text: &str) -> bool {
    let zone = |label: &str| label.chars().take(2).filter(|symbol| symbol.is_alphabetic()).count() == 2;
    text.starts_with(char::is_alphanumeric) && text.split('.').skip(1).any(zone)
}

/// Whether a candidate is a phone, and if so whose.
///
/// Russian numbers begin with 7 or 8 and an area code in 3, 4 or 8 or an operator's in 9; people leave the first digit
/// out before an operator's. Behind a plus any number is a phone.
pub(super) fn phone(candidate: &Candidate<'_>) -> Option<Verdict> {
    let digits = candidate.digits;
    let russian = match digits {
        [7 | 8, area, ..] if digits.len() == 11 => {
            matches!(area, 3 | 4 | 8 | 9) && is_split_as_phone(candidate)
        }
        [9, ..] if digits.len() == 10 => matches!(candidate.first_group, 3 | 10),
        // A landline without the first digit, its code in brackets.
        [3 | 4 | 8, ..] if digits.len() == 10 => {
            candidate.bracketed && matches!(candidate.first_group, 3..=5)
        }
        _ => false,
    };
    let foreign = candidate.plus && (10..=15).contains(&digits.len());
    if !russian && !foreign {
        return None;
    }
    let landline = russian
        && (matches!(digits, [_, 3 | 4 | 8, ..]) && candidate.first_group != 3
            || digits.len() == 10 && !matches!(digits, [9, ..]));
    let hotline = landline && matches!(digits, [_, 8, 0, 0, ..]);
    let kept = hotline || (landline && belongs_to_clinic(candidate));
    Some(if kept { Verdict::Kept } else { Verdict::Found(Kind::Phone) })
}

/// A lone first digit is followed by a whole area code, so "7.4.2024 10 30 1" is no phone; digits one
/// by one are.
fn is_split_as_phone(candidate: &Candidate<'_>) -> bool {
    candidate.first_group != 1
        || candidate.second_group.is_some_and(|length| length >= 3)
        || candidate.groups == candidate.digits.len()
}

/// The nearest word that says whose a number is decides; a mobile phone is always somebody's.
fn belongs_to_clinic(candidate: &Candidate<'_>) -> bool {
    let begins = |word: &str, list: &[&str]| list.iter().any(|beginning| word.starts_with(beginning));
    let telling = candidate.words.iter().find(|word| begins(word, &CLINIC) || begins(word, &OWN));
    match telling {
        Some(word) => begins(word, &CLINIC),
        None => candidate.words_after().iter().any(|word| begins(word, &CLINIC)),
    }
}
