//! Numbers without a check digit that a word before them announces: passports, old policies, phones without a code,
//! phones in words.

use crate::pii::words::{Shape, Token, keep_apart};
use crate::pii::{Kind, Span};

/// How many tokens behind the word "passport" a second one may stand.
const NEAR: usize = 24;

/// All of them in a stretch.
pub(super) fn find(tokens: &[Token]) -> Vec<Span> {
    let mut found = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        let after = tokens.get(place + 1..).unwrap_or_default();
        if token.begins(&["паспорт", "пасп"]) && !token.begins(&["паспортист", "паспортн-"])
        {
            pieces(after, &[(4, 1), (6, 1), (2, 2), (10, 1)], 10, Kind::Passport, &mut found);
            // An old one and a new one: the second is told by its groups alone.
            let near = after.get(..after.len().min(NEAR)).unwrap_or_default();
            let pairs = near.windows(2).filter(|pair| {
                matches!(pair, [left, right] if left.digits() == 4 && right.digits() == 6 && right.apart)
            });
            found.extend(pairs.filter_map(|pair| {
                Some(Span { start: pair.first()?.start, end: pair.last()?.end, kind: Kind::Passport })
            }));
        } else if token.begins(&["полис", "омс", "енп", "свидетельств"]) {
            pieces(
                after,
                &[(2, 1), (3, 1), (4, 4), (6, 1), (7, 1), (9, 1), (10, 1), (16, 1)],
                16,
                Kind::PolicyOrCard,
                &mut found,
            );
        } else if token.is_one(&["серия", "серии"]) {
            pieces(after, &[(2, 2), (4, 1), (6, 1)], 10, Kind::Passport, &mut found);
        } else if token.begins(&["страхов"]) {
            pieces(after, &[(3, 3), (2, 1), (11, 1)], 11, Kind::Snils, &mut found);
        }
    }
    found.extend(local_phones(tokens));
    found.extend(spoken_phones(tokens));
    found.sort_unstable();
    keep_apart(&mut found);
    found
}

/// The groups of digits behind an announcing word: so many digits in all, groups of these sizes only, words like
/// "серия" and "номер" between them.
fn pieces(tokens: &[Token], sizes: &[(usize, usize)], most: usize, kind: Kind, found: &mut Vec<Span>) {
    let (mut open, mut total, mut words) = (None::<Span>, 0, 0);
    let mut spans: Vec<Span> = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        match token.shape {
            Shape::Number => {
                let size = token.digits();
                if !sizes.iter().any(|(known, _)| *known == size)
                    || total + size > most
                    || is_part(tokens, place)
                {
                    break;
                }
                total += size;
                match &mut open {
                    Some(span) => span.end = token.end,
                    None => open = Some(Span { start: token.start, end: token.end, kind }),
                }
            }
            Shape::Sign('-' | '–' | '—' | '.' | ':') => {}
            Shape::Sign('№' | '#' | ',' | '(' | ')') => spans.extend(open.take()),
            Shape::Word if total == 0 && words < 4 && !token.begins(&["до", "выда", "каб", "код"]) => {
                words += 1
            }
            Shape::Word if token.begins(&["номер", "сери"]) || token.word == "n" || token.word == "и" =>
            {
                spans.extend(open.take());
            }
            _ => break,
        }
    }
    spans.extend(open);
    let enough = match kind {
        Kind::Passport => matches!(total, 6 | 10),
        Kind::Snils => total == 11,
        _ => total >= 6,
    };
    if enough {
        found.extend(spans);
    }
}

/// A number glued to a letter or to a time is part of something else.
fn is_part(tokens: &[Token], place: usize) -> bool {
    let next = tokens.get(place + 1);
    next.is_some_and(|next| !next.apart && (next.is_word() || matches!(next.shape, Shape::Sign('/' | '%'))))
}

/// Whose a number is, by the nearest word: `Some(true)` a person's.
fn owner(before: &[Token]) -> Option<bool> {
    for token in before.iter().rev().take(8) {
        if matches!(token.shape, Shape::Sign('!' | '?' | ';')) {
            return None;
        }
        if token.begins(&[
            "домашн",
            "сотов",
            "мобил",
            "мой",
            "моего",
            "наш",
            "мне",
            "личн",
            "моб",
            "перезвон",
            "квартирн",
            "номерок",
        ]) {
            return Some(true);
        }
        if token.begins(&[
            "регистратур",
            "справочн",
            "больниц",
            "поликлин",
            "линия",
            "линии",
            "прием",
            "фап",
            "диспетч",
            "клиник",
            "аптек",
            "дежурн",
            "кабинет",
            "отделен",
            "роддом",
        ]) {
            return Some(false);
        }
    }
    let told = before.iter().rev().take(3).any(|token| token.begins(&["тел", "звон", "набер", "номер"]));
    told.then_some(true)
}

/// "2-41-76", "54-23-10", "254-23-10", "(8634) 61-02-75" that somebody calls theirs.
fn local_phones(tokens: &[Token]) -> Vec<Span> {
    let mut found = Vec::new();
    for place in 0..tokens.len() {
        let Some([first, hyphen, second, other, third]) = tokens.get(place..place + 5) else { break };
        let shaped = matches!(first.digits(), 1..=3) && second.digits() == 2 && third.digits() == 2;
        let dashed = hyphen.is_sign('-')
            && other.is_sign('-')
            && !hyphen.apart
            && !second.apart
            && !other.apart
            && !third.apart;
        let longer =
            tokens.get(place + 5).is_some_and(|next| !next.apart && (next.digits() > 0 || next.is_sign('-')));
        let begun = place > 0
            && tokens
                .get(place - 1)
                .is_some_and(|before| !first.apart && (before.digits() > 0 || before.is_sign('-')));
        if !shaped || !dashed || longer || begun {
            continue;
        }
        let mut start = place;
        if let Some(begin) = place.checked_sub(3)
            && let Some([open, code, close]) = tokens.get(begin..place)
            && open.is_sign('(')
            && close.is_sign(')')
            && matches!(code.digits(), 3..=5)
        {
            start = begin;
        }
        let coded = start < place;
        // With its first digit it is a whole number, which `contacts` has judged.
        if coded
            && start
                .checked_sub(1)
                .and_then(|before| tokens.get(before))
                .is_some_and(|before| before.digits() == 1)
        {
            continue;
        }
        let own = owner(tokens.get(..start).unwrap_or_default());
        let after = tokens.get(place + 5..(place + 9).min(tokens.len())).unwrap_or_default();
        let own = own.or_else(|| {
            coded.then(|| !after.iter().any(|word| word.begins(&["регистрат", "больниц", "поликлин"])))
        });
        if own == Some(true)
            && let Some(begin) = tokens.get(start)
        {
            found.push(Span { start: begin.start, end: third.end, kind: Kind::Phone });
        }
    }
    found
}

const UNITS: [&str; 29] = [
    "ноль",
    "нуль",
    "один",
    "одна",
    "два",
    "две",
    "три",
    "четыре",
    "пять",
    "шесть",
    "семь",
    "восемь",
    "девять",
    "десять",
    "одиннадцать",
    "двенадцать",
    "тринадцать",
    "четырнадцать",
    "пятнадцать",
    "шестнадцать",
    "семнадцать",
    "восемнадцать",
    "девятнадцать",
    "двадцать",
    "тридцать",
    "сорок",
    "пятьдесят",
    "шестьдесят",
    "семьдесят",
];
const TENS: [&str; 2] = ["восемьдесят", "девяносто"];
const HUNDREDS: [&str; 10] = [
    "сто",
    "двести",
    "триста",
    "четыреста",
    "пятьсот",
    "шестьсот",
    "семьсот",
    "восемьсот",
    "девятьсот",
    "плюс",
];

/// Six and more numerals in a row, two hundreds or more among them, or ten numerals: nobody counts so.
pub(super) fn spoken_phones(tokens: &[Token]) -> Vec<Span> {
    let mut found = Vec::new();
    let mut place = 0;
    while place < tokens.len() {
        let is_numeral =
            |token: &Token| token.is_one(&UNITS) || token.is_one(&TENS) || token.is_one(&HUNDREDS);
        let mut end = place;
        let (mut numerals, mut hundreds) = (0, 0);
        while let Some(token) = tokens.get(end) {
            if is_numeral(token) {
                numerals += 1;
                hundreds += usize::from(token.is_one(&HUNDREDS));
            } else if numerals == 0 || !matches!(token.shape, Shape::Sign(',' | '-' | '.')) {
                break;
            }
            end += 1;
        }
        let rows = tokens.get(place..end).unwrap_or_default();
        let last = rows.iter().rev().find(|token| token.is_word());
        if (numerals >= 5 && hundreds >= 2 || numerals >= 10)
            && let (Some(first), Some(last)) = (rows.first(), last)
        {
            found.push(Span { start: first.start, end: last.end, kind: Kind::Phone });
        }
        place = end.max(place + 1);
    }
    found
}
