//! Finds what in a text may be one number: neighbouring groups of digits with little between them, and the words just
//! before. What such a candidate is, `contacts` and `documents` say; of all readings the longest counts.

use crate::pii::{Kind, Span, contacts, documents};

/// No number looked for is longer.
const MOST_DIGITS: usize = 19;
/// How many characters and words before a number may say what it is.
const REACH: usize = 64;
const WORDS: usize = 5;

/// What a candidate turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Personal data.
    Found(Kind),
    /// Recognised, and nobody's secret.
    Kept,
}

/// Digits that may be one number.
pub(super) struct Candidate<'a> {
    /// The digits, as numbers.
    pub digits: &'a [u8],
    /// Digits in its first group.
    pub first_group: usize,
    /// Digits in its second group.
    pub second_group: Option<usize>,
    /// Digits in the shortest of its groups, the last one left out: checks end in a short group.
    pub shortest_group: usize,
    /// Whether a plus stands before it.
    pub plus: bool,
    /// How many groups it has.
    pub groups: usize,
    /// Whether a bracket stands right before it and closes after its first group.
    pub bracketed: bool,
    /// What follows it, up to the next finding.
    pub after: &'a str,
    /// Whether dots or brackets stand between its groups, as in phones alone.
    pub dotted: bool,
    /// The words before it, the nearest first, in lower case with е for ё.
    pub words: &'a [String],
}

impl Candidate<'_> {
    /// The next few words, up to the end of the sentence or anything but words.
    pub fn words_after(&self) -> Vec<String> {
        let cut = self
            .after
            .find(|symbol: char| !(symbol.is_alphabetic() || matches!(symbol, ' ' | ',' | '(' | '-')));
        let words = self.after.get(..cut.unwrap_or(self.after.len())).unwrap_or_default();
        let words = words.split(|symbol: char| !symbol.is_alphabetic()).filter(|word| !word.is_empty());
        words.take(WORDS).map(|word| word.to_lowercase().replace('ё', "е")).collect()
    }
}

/// A run of digits: bytes `start..end`.
#[derive(Clone, Copy)]
struct Group {
    start: usize,
    end: usize,
}

/// What stands between two groups of one number.
enum Gap {
    Plain,
    Dotted,
}

/// Numbers outside the spans `taken`, in order.
pub(super) fn find(text: &str, taken: &[Span]) -> Vec<Span> {
    let groups = groups(text, taken);
    let mut found: Vec<Span> = Vec::new();
    let mut taken = taken.iter().peekable();
    let mut floor = 0;
    let mut place = 0;
    while let Some(first) = groups.get(place) {
        while let Some(span) = taken.next_if(|span| span.end <= first.start) {
            floor = floor.max(span.end);
        }
        let ceiling = taken.peek().map_or(text.len(), |span| span.start);
        let rest = groups.get(place..).unwrap_or_default();
        let Some((length, verdict)) = longest(text, rest, floor, ceiling) else {
            place += 1;
            continue;
        };
        place += length;
        if let (Verdict::Found(kind), Some(last)) = (verdict, rest.get(length - 1)) {
            let start = first.start - prefix(text, floor, first.start, last.end).len();
            found.push(Span { start, end: last.end, kind });
            floor = last.end;
        }
    }
    found
}

/// The groups of digits outside `taken`.
fn groups(text: &str, taken: &[Span]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut taken = taken.iter().peekable();
    for (at, _) in text.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_digit()) {
        while taken.next_if(|span| span.end <= at).is_some() {}
        if taken.peek().is_some_and(|span| span.start <= at) {
            continue;
        }
        match groups.last_mut() {
            Some(last) if last.end == at => last.end = at + 1,
            _ => groups.push(Group { start: at, end: at + 1 }),
        }
    }
    groups
}

/// The longest reading of the first groups: how many of them and what it is.
fn longest(text: &str, groups: &[Group], floor: usize, ceiling: usize) -> Option<(usize, Verdict)> {
    let first = groups.first()?;
    let length = |group: &Group| group.end - group.start;
    let before = text.get(floor..first.start).unwrap_or_default();
    let plus = before.ends_with('+');
    let mut words: Option<Vec<String>> = None;
    let mut digits: Vec<u8> = Vec::with_capacity(MOST_DIGITS);
    let mut dotted = false;
    let mut end = first.start;
    let mut best = None;
    for (place, group) in groups.iter().enumerate() {
        match gap(text.get(end..group.start).unwrap_or_default()) {
            Some(Gap::Plain) => {}
            Some(Gap::Dotted) => dotted = true,
            None => break,
        }
        end = group.end;
        if digits.len() + length(group) > MOST_DIGITS {
            break;
        }
        let written = text.get(group.start..group.end).unwrap_or_default();
        digits.extend(written.bytes().map(|byte| byte - b'0'));
        if !(matches!(digits.len(), 10..=12 | 16..=19) || plus && digits.len() >= 10) {
            continue;
        }
        let candidate = Candidate {
            digits: &digits,
            first_group: length(first),
            second_group: groups.get(1).filter(|_| place > 0).map(length),
            shortest_group: groups.iter().take(place).map(length).min().unwrap_or(usize::MAX),
            groups: place + 1,
            bracketed: before.ends_with('(')
                && text.get(first.end..).is_some_and(|rest| rest.starts_with(')')),
            after: text.get(group.end..ceiling).unwrap_or_default(),
            plus,
            dotted,
            words: words.get_or_insert_with(|| words_before(before)),
        };
        let verdict = documents::named(&candidate)
            .or_else(|| contacts::phone(&candidate))
            .or_else(|| documents::checked(&candidate));
        best = verdict.map(|verdict| (place + 1, verdict)).or(best);
    }
    best
}

/// What may stand between two groups of one number: up to four spaces, hyphens, brackets and dots.
fn gap(between: &str) -> Option<Gap> {
    let mut gap = Gap::Plain;
    if between.chars().nth(4).is_some() {
        return None;
    }
    for symbol in between.chars() {
        match symbol {
            ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}' | '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' => {}
            '(' | ')' | '.' => gap = Gap::Dotted,
            _ => return None,
        }
    }
    Some(gap)
}

/// A plus before the number `start..end`, and a bracket that is closed inside it.
fn prefix(text: &str, floor: usize, start: usize, end: usize) -> &str {
    let before = text.get(floor..start).unwrap_or_default();
    let number = text.get(start..end).unwrap_or_default();
    let closed_inside = number.matches(')').count() > number.matches('(').count();
    let outside = if closed_inside { before.strip_suffix('(').unwrap_or(before) } else { before };
    let outside = outside.strip_suffix('+').unwrap_or(outside);
    before.get(outside.len()..).unwrap_or_default()
}

/// The last words of a text, the nearest first, up to the end of another sentence or a mask.
fn words_before(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for symbol in text.chars().rev().take(REACH) {
        if symbol.is_alphabetic() {
            word.extend(symbol.to_lowercase().map(|letter| if letter == 'ё' { 'е' } else { letter }));
            continue;
        }
        finish(&mut word, &mut words);
        if words.len() == WORDS || matches!(symbol, '!' | '?' | ';' | '\n' | '•') {
            return words;
        }
    }
    finish(&mut word, &mut words);
    words.truncate(WORDS);
    words
}

fn finish(word: &mut String, words: &mut Vec<String>) {
    if !word.is_empty() {
        words.push(std::mem::take(word).chars().rev().collect());
    }
}
