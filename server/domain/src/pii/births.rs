//! Birth dates: a whole date that the words around it call one. A year alone is nobody's secret, and so is any other date.

use crate::pii::words::{Shape, Token};
use crate::pii::{Kind, Span};

const MONTHS: [&str; 12] =
    ["янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"];
const ROMAN: [&str; 12] = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"];
/// Words that announce a birth date, by how they begin.
const BEFORE: [&str; 6] = ["родил", "рожден", "рожд", "тыуған", "туган", "тыуган"];
/// How many tokens before a date may announce it.
const REACH: usize = 7;

/// All birth dates of a stretch.
pub(super) fn find(tokens: &[Token]) -> Vec<Span> {
    let mut found = Vec::new();
    let mut place = 0;
    while place < tokens.len() {
        let rest = tokens.get(place..).unwrap_or_default();
        let glued = place > 0
            && tokens.get(place - 1).is_some_and(|before| before.shape == Shape::Number || is_dot(before));
        let Some(length) = date(rest).filter(|_| !glued || rest.first().is_some_and(|token| token.apart))
        else {
            place += 1;
            continue;
        };
        let before = tokens.get(place.saturating_sub(REACH)..place).unwrap_or_default();
        let after = rest.get(length..).unwrap_or_default();
        if (announced(before) || named_after(after))
            && let (Some(first), Some(last)) = (rest.first(), rest.get(length - 1))
        {
            found.push(Span { start: first.start, end: last.end, kind: Kind::BirthDate });
        }
        place += length;
    }
    found
}

fn is_dot(token: &Token) -> bool {
    matches!(token.shape, Shape::Sign('.' | '/' | '-' | ','))
}

/// How many tokens a date at the beginning takes.
fn date(tokens: &[Token]) -> Option<usize> {
    let number = |place: usize, sizes: &[usize]| {
        tokens.get(place).is_some_and(|token| sizes.contains(&token.digits()) && token.shape == Shape::Number)
    };
    let gap = |place: usize| tokens.get(place).is_some_and(is_dot);
    let month =
        |place: usize| tokens.get(place).is_some_and(|token| token.begins(&MONTHS) || token.word == "май");
    let roman = |place: usize| tokens.get(place).is_some_and(|token| token.is_one(&ROMAN));
    if number(0, &[1, 2]) && gap(1) && (number(2, &[1, 2]) || roman(2)) && gap(3) && number(4, &[2, 4]) {
        return (!tokens.get(5).is_some_and(|token| {
            is_dot(token) && tokens.get(6).is_some_and(|next| !next.apart && next.digits() > 0)
        }))
        .then_some(5);
    }
    if number(0, &[4]) && gap(1) && number(2, &[1, 2]) && gap(3) && number(4, &[1, 2]) {
        return Some(5);
    }
    if number(0, &[1, 2]) && month(1) {
        let year = if gap(2) { 3 } else { 2 };
        return number(year, &[2, 4]).then_some(year + 1);
    }
    (number(0, &[1, 2]) && number(1, &[2]) && number(2, &[4])).then_some(3)
}

/// A word before the date calls it a birth date, and nothing says that it is another.
fn announced(before: &[Token]) -> bool {
    for (back, token) in before.iter().rev().enumerate() {
        if matches!(token.shape, Shape::Sign('!' | '?' | ';')) {
            return false;
        }
        if token.begins(&BEFORE) && !token.begins(&["рождеств"]) {
            return true;
        }
        let next = before.len().checked_sub(back).and_then(|next| before.get(next));
        if token.is_one(&["др"]) && back < 4 {
            return true;
        }
        let letters = |left: &str, right: &str| {
            token.word == left
                && next.is_some_and(|next| next.is_sign('.') || next.is_sign('/') || next.word == right)
        };
        if back < 5
            && letters("д", "р")
            && before.iter().rev().take(back).any(|token| token.word == "р" || token.word == "рожд")
        {
            return true;
        }
        if token.begins(&[
            "прием",
            "запис",
            "операц",
            "привив",
            "выдан",
            "умер",
            "госпитал",
            "приказ",
            "анализ",
        ]) {
            return false;
        }
    }
    false
}

/// "г.р.", "г. рожд.", "года рождения", "рождения" right after the date.
fn named_after(after: &[Token]) -> bool {
    let mut year = false;
    for token in after.iter().take(6) {
        if token.begins(&["рожд"]) && !token.begins(&["рождеств"])
            || token.is_one(&["гр", "тыуған", "туган", "тыуган"])
        {
            return true;
        }
        if token.word == "р" {
            return year;
        }
        if token.is_one(&["г", "года", "год", "году"]) {
            year = true;
        } else if !matches!(token.shape, Shape::Sign('.' | ',' | '/' | '('))
            && !token.is_one(&["родил", "йылда"])
        {
            return token.begins(&["родил"]);
        }
    }
    false
}
