//! What the model sees of a text: stems, pairs of stems, classes of the lexicon, letters inside words, and where in the
//! text they stand, each hashed to a bucket. Knows no labels and no weights.

use rust_stemmers::{Algorithm, Stemmer};

use crate::guard::lexicon::{self, Class, Weight};
use crate::guard::signs;

/// Buckets of the model, a power of two.
pub const BUCKETS: usize = 1 << 18;

/// A feature: its bucket and how much it counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Feature {
    /// Which row of the model.
    pub bucket: u32,
    /// How much.
    pub value: f32,
}

/// A word of the text.
#[derive(Debug, Clone)]
pub struct Word<'a> {
    /// As normalised.
    pub text: &'a str,
    /// The hash of its stem.
    pub stem: u32,
    /// Its class, if the lexicon knows one.
    pub class: Option<Class>,
    /// Which sentence it stands in, from nought.
    pub sentence: u32,
    /// Whether it is quoted.
    pub quoted: bool,
}

/// A text taken apart.
#[derive(Debug, Clone)]
pub struct Reading<'a> {
    /// Its words and numbers.
    pub words: Vec<Word<'a>>,
    /// For each sentence, whether it asks.
    pub asks: Vec<bool>,
}

/// What kind of feature: two of different kinds never mean the same.
#[derive(Clone, Copy)]
enum Kind {
    Stem = 1,
    Pair,
    Skip,
    Class,
    ClassPair,
    ClassSkip,
    Letters,
    Asked,
    Last,
    LastClass,
    Quoted,
    First,
    Shape,
    Together,
    Danger,
    Sign,
}

fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

fn mix(kind: Kind, left: u32, right: u32) -> u32 {
    let mut hash = (kind as u32).wrapping_mul(0x9e37_79b1) ^ left;
    hash = hash.wrapping_mul(0x85eb_ca6b) ^ (hash >> 13) ^ right.rotate_left(15);
    hash = hash.wrapping_mul(0xc2b2_ae35);
    (hash ^ (hash >> 15)) & (BUCKETS as u32 - 1)
}

/// Takes a normalised text apart.
pub fn read(text: &str) -> Reading<'_> {
    let stemmer = Stemmer::create(Algorithm::Russian);
    let mut reading = Reading { words: Vec::with_capacity(text.len() / 8), asks: Vec::new() };
    let (mut sentence, mut quoted, mut asks, mut begun) = (0, false, false, false);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = first.is_alphanumeric();
        let length = if is_word { token_length(rest, first) } else { first.len_utf8() };
        let (token, after) = rest.split_at(length);
        rest = after;
        if is_word {
            begun = true;
            push(&mut reading.words, &stemmer, token, sentence, quoted);
            continue;
        }
        match first {
            '«' | '“' | '„' => quoted = true,
            '»' | '”' => quoted = false,
            '"' | '\'' => quoted = !quoted,
            '?' => asks = true,
            _ => {}
        }
        if begun && matches!(first, '.' | '!' | '?' | ';') && !rest.starts_with(['?', '!', '.', ')']) {
            reading.asks.push(asks);
            (asks, begun) = (false, false);
            sentence += 1;
        }
    }
    if begun || asks || reading.asks.is_empty() {
        reading.asks.push(asks);
    }
    reading
}

/// Letters together or digits together.
fn token_length(text: &str, first: char) -> usize {
    let digit = first.is_ascii_digit();
    text.find(|symbol: char| !symbol.is_alphanumeric() || symbol.is_ascii_digit() != digit)
        .unwrap_or(text.len())
}

fn push<'a>(words: &mut Vec<Word<'a>>, stemmer: &Stemmer, text: &'a str, sentence: u32, quoted: bool) {
    let previous = words.last().map_or("", |word| word.text);
    let class = lexicon::class(previous, text);
    let stem = match text.as_bytes() {
        b"103" | b"112" | b"03" | b"122" => hash(text.as_bytes()),
        [b'0'..=b'9', ..] => hash(&[b'#', text.len().min(5) as u8]),
        _ => hash(stemmer.stem(text).as_bytes()),
    };
    words.push(Word { text, stem, class, sentence, quoted });
}

/// The features of a text, of unit length, and each word's own bucket is that of [`word_bucket`].
pub fn features(reading: &Reading<'_>) -> Vec<Feature> {
    let words = &reading.words;
    let mut list: Vec<Feature> = Vec::with_capacity(words.len() * 24 + 8);
    let mut add = |kind, left, right, value| list.push(Feature { bucket: mix(kind, left, right), value });
    let last = reading.asks.len().saturating_sub(1) as u32;
    let symbol = |word: &Word<'_>| word.class.map_or(word.stem, |class| u32::from(class.0));
    for (place, word) in words.iter().enumerate() {
        // Prepositions and the like say little by themselves.
        let weight = if word.text.chars().nth(2).is_none() { 0.35 } else { 1.0 };
        add(if word.quoted { Kind::Quoted } else { Kind::Stem }, word.stem, 0, weight);
        if let Some(class) = word.class {
            add(Kind::Class, u32::from(class.0), u32::from(word.quoted), 1.0);
        }
        if reading.asks.get(word.sentence as usize).is_some_and(|asks| *asks) {
            add(Kind::Asked, symbol(word), 0, 0.6);
        }
        if last > 0 && word.sentence == last {
            add(Kind::Last, word.stem, 0, 0.7);
            if let Some(class) = word.class {
                add(Kind::LastClass, u32::from(class.0), 0, 0.7);
            }
        }
        for (step, plain, classed) in [(1, Kind::Pair, Kind::ClassPair), (2, Kind::Skip, Kind::ClassSkip)] {
            let Some(next) = words.get(place + step).filter(|next| next.sentence == word.sentence) else {
                continue;
            };
            let value = if step == 1 { 0.8 } else { 0.5 };
            add(plain, word.stem, next.stem, value);
            if word.class.is_some() || next.class.is_some() {
                add(classed, symbol(word), symbol(next), value);
            }
        }
        letters(word.text, |hash| add(Kind::Letters, hash, 0, 0.3));
    }
    if let Some(first) = words.first() {
        add(Kind::First, first.stem, 0, 0.5);
    }
    let asked = u32::from(reading.asks.iter().any(|asks| *asks));
    add(Kind::Shape, words.len().min(3) as u32, asked, 0.5);
    add(Kind::Shape, 10 + words.len().ilog2_or_zero(), 0, 0.5);
    together(words, |left, right| add(Kind::Together, left, right, 0.4));
    dangers(reading, |left, right| add(Kind::Danger, left, right, 0.5));
    told(reading, |left, right| add(Kind::Sign, left, right, 1.0));
    settle(list)
}

/// Signs that several words tell together, and the cues against them in the same sentence and elsewhere.
fn told(reading: &Reading<'_>, mut add: impl FnMut(u32, u32)) {
    let found = signs::find(&reading.words);
    let (mut clear, mut kinds) = (0_u32, 0_u32);
    let cue = |sentence: Option<u32>| {
        reading.words.iter().any(|word| {
            sentence.is_none_or(|sentence| word.sentence == sentence)
                && word.class.is_some_and(|class| matches!(lexicon::weight(class), Weight::Cue(_)))
        })
    };
    let anywhere = cue(None);
    for (sign, sentence) in found {
        let here = cue(Some(sentence));
        kinds |= 1 << (sign % 32);
        clear += u32::from(!here);
        add(1 + u32::from(sign), 0);
        add(1 + u32::from(sign), 1 + u32::from(here));
    }
    add(1000, clear.min(2));
    add(1001, kinds.count_ones().min(3));
    add(1002, kinds.count_ones().min(3) * 2 + u32::from(anywhere));
}

/// The bucket of a word by itself.
pub fn word_bucket(word: &Word<'_>) -> u32 {
    mix(if word.quoted { Kind::Quoted } else { Kind::Stem }, word.stem, 0)
}

trait Log {
    fn ilog2_or_zero(self) -> u32;
}

impl Log for usize {
    fn ilog2_or_zero(self) -> u32 {
        self.checked_ilog2().unwrap_or(0)
    }
}

/// Three to five letters in a row, word edges marked.
fn letters(word: &str, mut add: impl FnMut(u32)) {
    if !word.chars().next().is_some_and(char::is_alphabetic) {
        return;
    }
    let mut row = ['<'; 26];
    let mut length = 1;
    for (place, letter) in row.iter_mut().skip(1).take(24).zip(word.chars()) {
        *place = letter;
        length += 1;
    }
    if let Some(edge) = row.get_mut(length) {
        *edge = '>';
        length += 1;
    }
    let row = row.get(..length).unwrap_or_default();
    for size in 3..=5 {
        for window in row.windows(size) {
            add(window.iter().fold(size as u32, |hash, letter| {
                (hash ^ *letter as u32).wrapping_mul(0x0100_0193).rotate_left(5)
            }));
        }
    }
}

/// Classes that stand in the same text, by twos.
fn together(words: &[Word<'_>], mut add: impl FnMut(u32, u32)) {
    let mut present = [false; 256];
    for class in words.iter().filter(|word| !word.quoted).filter_map(|word| word.class) {
        if let Some(seen) = present.get_mut(usize::from(class.0)) {
            *seen = true;
        }
    }
    let classes: Vec<u32> =
        (0_u32..).zip(present).filter_map(|(class, seen)| seen.then_some(class)).collect();
    for (place, left) in classes.iter().enumerate() {
        for right in classes.iter().skip(place + 1) {
            add(*left, *right);
        }
    }
}

/// How many signs of danger there are, of which kind, and what speaks against them; quotations
/// left out.
fn dangers(reading: &Reading<'_>, mut add: impl FnMut(u32, u32)) {
    let (mut kinds, mut cues) = (0_u32, 0_u32);
    for class in reading.words.iter().filter(|word| !word.quoted).filter_map(|word| word.class) {
        match lexicon::weight(class) {
            Weight::Sign(place) => kinds |= 1 << place,
            Weight::Cue(place) => cues |= 1 << place,
            Weight::None => {}
        }
    }
    let asks = u32::from(reading.asks.iter().any(|asks| *asks));
    let count = kinds.count_ones().min(4);
    add(count, 0);
    add(count, 1 + cues.count_ones().min(2) + 3 * asks);
    for kind in (0..32).filter(|kind| kinds >> kind & 1 == 1) {
        add(100 + kind, 1 + u32::from(cues != 0));
        for cue in (0..32).filter(|cue| cues >> cue & 1 == 1) {
            add(100 + kind, 100 + cue);
        }
    }
}

/// Each bucket once, and the whole of length one.
fn settle(mut list: Vec<Feature>) -> Vec<Feature> {
    list.sort_unstable_by_key(|feature| feature.bucket);
    list.dedup_by_key(|feature| feature.bucket);
    let square: f32 = list.iter().map(|feature| feature.value * feature.value).sum();
    let scale = if square > 0.0 { square.sqrt().recip() } else { 0.0 };
    for feature in &mut list {
        feature.value *= scale;
    }
    list
}
