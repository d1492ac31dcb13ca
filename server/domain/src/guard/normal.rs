//! One spelling of a text: lower case, е for ё, no invisible characters, no tripled letters, look-alike and
//! transliterated letters in the script the word is meant in. Pure and linear; normalising twice changes nothing.
//! Knows letters only: what words mean is `lexicon`'s business.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfkc_quick};

/// From how many letters on a word spelt letter by letter is one: fewer may be prepositions.
const SPELT: usize = 4;

/// The text in its one spelling. Letters of Bashkir and Tatar come as their Russian neighbours, because half of
/// those who write them have no such keys.
pub fn normalise(text: &str) -> String {
    let text = match is_nfkc_quick(text.chars()) {
        IsNormalized::Yes => plain(text.chars()),
        _ => plain(text.nfkc()),
    };
    let cyrillic = text.chars().any(is_cyrillic);
    let latin_words = text.split(|symbol: char| !symbol.is_ascii_alphabetic()).filter(|word| word.len() > 1);
    let transliterated = !cyrillic && latin_words.take(2).count() == 2;
    let mut written = String::with_capacity(text.len() + 8);
    for piece in Pieces(&text) {
        let piece = if transliterated { Cow::Owned(transliterate(piece)) } else { Cow::Borrowed(piece) };
        if (cyrillic || transliterated) && is_disguised(&piece) {
            written.extend(
                Neighbours::of(&piece).map(|(before, letter, after)| undisguise(before, letter, after)),
            );
        } else {
            written.push_str(&piece);
        }
    }
    // Twice: squeezing may leave letters alone, or one space where several parted them.
    squeeze(&close_up(squeeze(&close_up(written))))
}

/// Words spelt with a space after every letter are words again; more than one space parts them.
fn close_up(text: String) -> String {
    let alone = |word: &&str| word.chars().next().is_some_and(is_cyrillic) && word.chars().nth(1).is_none();
    if text.split(' ').filter(alone).count() < SPELT {
        return text;
    }
    let letters: Vec<char> = text.chars().collect();
    let inside = |at: usize| letters.get(at).is_some_and(|symbol| symbol.is_alphanumeric());
    let alone = |at: usize| {
        let letter = letters.get(at).is_some_and(|symbol| is_cyrillic(*symbol) && symbol.is_alphabetic());
        letter && !inside(at + 1) && (at == 0 || !inside(at - 1))
    };
    let mut written = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(symbol) = letters.get(at) {
        let mut end = at;
        while alone(end) && letters.get(end + 1) == Some(&' ') && alone(end + 2) {
            end += 2;
        }
        if end >= at + 2 * (SPELT - 1) {
            written.extend(letters.iter().skip(at).take(end - at + 1).step_by(2));
            at = end + 1;
        } else {
            written.push(*symbol);
            at += 1;
        }
    }
    written
}

/// Lower case without what cannot be seen; any white space is a space.
fn plain(symbols: impl Iterator<Item = char>) -> String {
    let seen = symbols.filter(|symbol| !is_invisible(*symbol));
    let lower = seen.flat_map(char::to_lowercase).filter(|symbol| !is_invisible(*symbol));
    lower
        .map(|symbol| if symbol.is_whitespace() || symbol.is_control() { ' ' } else { fold(symbol) })
        .collect()
}

/// Zero-width characters, directions, soft hyphens, variation selectors, accents that stand alone, NUL.
fn is_invisible(symbol: char) -> bool {
    matches!(symbol, '\0' | '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{61c}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// The letter a letter is taken for.
fn fold(symbol: char) -> char {
    match symbol {
        'ё' => 'е',
        'ә' => 'а',
        'ө' => 'о',
        'ү' => 'у',
        'ҡ' | 'қ' => 'к',
        'ғ' => 'г',
        'ҙ' => 'з',
        'ҫ' => 'с',
        'һ' => 'х',
        'ң' => 'н',
        'җ' => 'ж',
        'і' | 'ї' => 'и',
        'ѕ' => 's',
        'α' => 'а',
        'ο' => 'о',
        'ρ' => 'р',
        other => other,
    }
}

fn is_cyrillic(symbol: char) -> bool {
    matches!(symbol, '\u{400}'..='\u{4ff}')
}

/// Runs of letters and digits, and what stands between them.
struct Pieces<'a>(&'a str);

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let first = self.0.chars().next()?;
        let inside = first.is_alphanumeric();
        let cut = self.0.find(|symbol: char| symbol.is_alphanumeric() != inside).unwrap_or(self.0.len());
        let (piece, rest) = self.0.split_at(cut);
        self.0 = rest;
        Some(piece)
    }
}

/// A word in two scripts, with digits among its letters, or in Latin letters that all look Cyrillic.
fn is_disguised(word: &str) -> bool {
    let latin = word.chars().any(|symbol| symbol.is_ascii_alphabetic());
    let digit = word.chars().any(|symbol| symbol.is_ascii_digit());
    let cyrillic = word.chars().any(is_cyrillic);
    cyrillic && (latin || digit)
        || latin && !digit && word.chars().all(|symbol| "aceopxykmtbh".contains(symbol))
}

/// The letters of a word with what stands on either side.
struct Neighbours<'a> {
    before: Option<char>,
    rest: std::iter::Peekable<std::str::Chars<'a>>,
}

impl<'a> Neighbours<'a> {
    fn of(word: &'a str) -> Self {
        Self { before: None, rest: word.chars().peekable() }
    }
}

impl Iterator for Neighbours<'_> {
    type Item = (Option<char>, char, Option<char>);

    fn next(&mut self) -> Option<Self::Item> {
        let letter = self.rest.next()?;
        let before = self.before.replace(letter);
        Some((before, letter, self.rest.peek().copied()))
    }
}

/// A Latin letter or a digit as the Cyrillic letter it stands for; a digit only between letters.
fn undisguise(before: Option<char>, letter: char, after: Option<char>) -> char {
    let between = before.is_some_and(char::is_alphabetic) && after.is_some_and(char::is_alphabetic);
    match letter {
        'a' => 'а',
        'b' => 'в',
        'c' | 's' => 'с',
        'e' => 'е',
        'h' => 'н',
        'i' | 'u' => 'и',
        'k' => 'к',
        'm' => 'м',
        'n' => 'п',
        'o' => 'о',
        'p' => 'р',
        'r' => 'г',
        't' => 'т',
        'x' => 'х',
        'y' => 'у',
        '0' if between => 'о',
        '3' if between => 'з',
        '4' if between => 'ч',
        '6' if between => 'б',
        other => other,
    }
}

/// How Russian is written in Latin letters, the longest first.
const TRANSLIT: [(&str, &str); 38] = [
    ("shch", "щ"),
    ("sch", "щ"),
    ("yo", "е"),
    ("yu", "ю"),
    ("ya", "я"),
    ("ju", "ю"),
    ("ja", "я"),
    ("zh", "ж"),
    ("kh", "х"),
    ("ts", "ц"),
    ("ch", "ч"),
    ("sh", "ш"),
    ("a", "а"),
    ("b", "б"),
    ("c", "ц"),
    ("d", "д"),
    ("e", "е"),
    ("f", "ф"),
    ("g", "г"),
    ("h", "х"),
    ("i", "и"),
    ("j", "й"),
    ("k", "к"),
    ("l", "л"),
    ("m", "м"),
    ("n", "н"),
    ("o", "о"),
    ("p", "п"),
    ("q", "к"),
    ("r", "р"),
    ("s", "с"),
    ("t", "т"),
    ("u", "у"),
    ("v", "в"),
    ("w", "в"),
    ("x", "х"),
    ("y", "ы"),
    ("z", "з"),
];

fn transliterate(piece: &str) -> String {
    let mut written = String::with_capacity(piece.len() * 2);
    let mut rest = piece;
    while let Some(first) = rest.chars().next() {
        let known = TRANSLIT.iter().find(|(latin, _)| rest.starts_with(latin));
        let taken = known.map_or(first.len_utf8(), |(latin, _)| latin.len());
        match known {
            Some(("y", _)) if written.ends_with(['а', 'е', 'и', 'о', 'у', 'ы']) => written.push('й'),
            Some((_, cyrillic)) => written.push_str(cyrillic),
            None => written.push(first),
        }
        rest = rest.get(taken..).unwrap_or_default();
    }
    written
}

/// Three or more of one letter or sign are one.
fn squeeze(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut symbols = text.chars().peekable();
    while let Some(symbol) = symbols.next() {
        let mut run = 1_usize;
        while symbols.next_if_eq(&symbol).is_some() {
            run += 1;
        }
        written.push(symbol);
        if run == 2 && !symbol.is_whitespace() || symbol.is_ascii_digit() {
            written.extend(std::iter::repeat_n(symbol, run - 1));
        }
    }
    written
}
