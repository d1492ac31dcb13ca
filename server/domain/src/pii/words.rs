//! A text taken apart for the finders that look at words: words in their one spelling, numbers and signs with the bytes
//! they stand on. What was found already, and masks, part a text for good: no finder looks across.

use crate::pii::{MASK, Span};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Letters, with hyphens between them.
    Word,
    /// Digits.
    Number,
    /// Anything else that is seen.
    Sign(char),
}

/// A part of a text: bytes `start..end`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// The first byte.
    pub start: usize,
    /// The first byte after it.
    pub end: usize,
    /// What it is.
    pub shape: Shape,
    /// A word in lower case and one script; empty for the rest.
    pub word: String,
    /// Begins with a capital.
    pub capital: bool,
    /// Capitals alone.
    pub capitals: bool,
    /// White space, a line's end or nothing stands before it.
    pub apart: bool,
}

impl Token {
    /// Digits in a number.
    pub fn digits(&self) -> usize {
        if self.shape == Shape::Number { self.end - self.start } else { 0 }
    }

    /// Whether it is a word.
    pub fn is_word(&self) -> bool {
        self.shape == Shape::Word
    }

    /// Whether it is this sign.
    pub fn is_sign(&self, sign: char) -> bool {
        self.shape == Shape::Sign(sign)
    }

    /// Whether the word begins with one of these.
    pub fn begins(&self, list: &[&str]) -> bool {
        list.iter().any(|beginning| self.word.starts_with(beginning)) && self.is_word()
    }

    /// Whether the word is one of these.
    pub fn is_one(&self, list: &[&str]) -> bool {
        list.contains(&self.word.as_str()) && self.is_word()
    }
}

/// The stretches of a text between findings and masks, each taken apart.
pub(super) fn stretches(text: &str, taken: &[Span]) -> Vec<Vec<Token>> {
    let mut list = Vec::new();
    let mut floor = 0;
    for span in taken.iter().map(|span| (span.start, span.end)).chain([(text.len(), text.len())]) {
        let mut start = floor;
        let stretch = text.get(floor..span.0).unwrap_or_default();
        for part in stretch.split_inclusive(MASK) {
            list.push(tokens(part.strip_suffix(MASK).unwrap_or(part), start));
            start += part.len();
        }
        floor = span.1;
    }
    list.retain(|tokens| !tokens.is_empty());
    list
}

fn tokens(text: &str, offset: usize) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut apart = true;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(first) = rest.chars().next() else { break };
        let (length, shape) = if first.is_ascii_digit() {
            (rest.bytes().take_while(u8::is_ascii_digit).count(), Shape::Number)
        } else if first.is_alphabetic() {
            (word_length(rest), Shape::Word)
        } else {
            (first.len_utf8(), Shape::Sign(first))
        };
        if first.is_whitespace() || is_unseen(first) {
            apart |= first.is_whitespace();
            at += length;
            continue;
        }
        let written = rest.get(..length).unwrap_or_default();
        tokens.push(token(written, offset + at, shape, apart));
        apart = false;
        at += length;
    }
    tokens
}

fn token(written: &str, start: usize, shape: Shape, apart: bool) -> Token {
    let is_word = shape == Shape::Word;
    let mut letters = written.chars().filter(|letter| letter.is_alphabetic());
    let capital = is_word && letters.next().is_some_and(char::is_uppercase);
    let mut rest = letters.peekable();
    let capitals = capital && rest.peek().is_some() && rest.all(char::is_uppercase);
    let word = if is_word { spell(written) } else { String::new() };
    Token { start, end: start + written.len(), shape, word, capital, capitals, apart }
}

fn is_unseen(symbol: char) -> bool {
    matches!(symbol, '\0' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Letters with single hyphens between them.
fn word_length(text: &str) -> usize {
    let mut symbols = text.char_indices().peekable();
    while let Some((at, symbol)) = symbols.next() {
        let goes_on = symbol.is_alphabetic()
            || matches!(symbol, '-' | '\u{2010}' | '\u{2011}')
                && symbols.peek().is_some_and(|(_, next)| next.is_alphabetic());
        if !goes_on {
            return at;
        }
    }
    text.len()
}

/// Lower case, е for ё; Latin letters as the Cyrillic ones they look like when the word has Cyrillic ones,
/// or no other at all.
fn spell(written: &str) -> String {
    let single = written.chars().nth(1).is_none();
    let cyrillic = single || written.chars().any(|letter| matches!(letter, '\u{400}'..='\u{4ff}'));
    let lower = written.chars().flat_map(char::to_lowercase);
    lower.map(|letter| if cyrillic { look(letter) } else { letter }).collect()
}

fn look(letter: char) -> char {
    match letter {
        'ё' => 'е',
        'a' => 'а',
        'b' => 'в',
        'c' => 'с',
        'e' => 'е',
        'h' => 'н',
        'k' => 'к',
        'm' => 'м',
        'o' => 'о',
        'p' => 'р',
        't' => 'т',
        'x' => 'х',
        'y' => 'у',
        other => other,
    }
}

/// Leaves out spans that overlap an earlier one; they come in the order of their beginnings.
pub(super) fn keep_apart(found: &mut Vec<Span>) {
    let mut floor = 0;
    found.retain(|span| {
        let free = span.start >= floor;
        floor = floor.max(span.end);
        free
    });
}
