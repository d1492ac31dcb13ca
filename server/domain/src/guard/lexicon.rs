//! Classes of words that mean the same to the guard: doctors, medicines, money, signs of danger, cues that a danger is
//! past, supposed or a figure of speech. Read from `lexicon.txt`, which people edit; knows no labels and no weights.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use crate::guard::normal::normalise;

/// A class, by its place in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Class(pub u8);

const TEXT: &str = include_str!("lexicon.txt");

/// The longest beginning that is looked up, in letters.
const LONGEST: usize = 14;

/// Word lists by number: what a word, perhaps after another one, belongs to.
#[derive(Default)]
pub struct Lists {
    /// Entries by the hash of their letters, which is taken letter by letter.
    entries: HashMap<u64, Vec<Entry>, BuildHasherDefault<Hashed>>,
}

/// One entry: its list, whether the whole word must be this, and the word before it if that matters.
struct Entry {
    list: u8,
    whole: bool,
    /// The word before, and whether it may go on.
    after: Option<(String, bool)>,
}

/// A word found in a list.
pub struct Found {
    /// Which list.
    pub list: u8,
    /// Whether the word before it was asked for.
    pub paired: bool,
}

/// The key is a hash already.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// The hash of one letter more.
fn longer(hash: u64, letter: char) -> u64 {
    let hash = (hash ^ u64::from(u32::from(letter))).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ (hash >> 29)
}

impl Lists {
    /// Adds words, `*` at a beginning's end and `+` between two words, to a list.
    pub fn add(&mut self, list: u8, words: &str) {
        for word in words.split_whitespace() {
            let (after, word) = match word.rsplit_once('+') {
                Some((after, word)) => (after.rsplit('+').next(), word),
                None => (None, word),
            };
            let (key, whole) = form(word);
            let entry = Entry { list, whole, after: after.map(form).map(|(word, whole)| (word, !whole)) };
            self.entries.entry(key.chars().fold(0, longer)).or_default().push(entry);
        }
    }

    /// All entries a word after another one meets, the shortest first.
    pub fn find(&self, previous: &str, word: &str, mut found: impl FnMut(Found)) {
        let mut hash = 0;
        for (at, letter) in word.char_indices().take(LONGEST) {
            hash = longer(hash, letter);
            let cut = at + letter.len_utf8();
            let Some(entries) = self.entries.get(&hash) else { continue };
            for entry in entries.iter().filter(|entry| !entry.whole || cut == word.len()) {
                match &entry.after {
                    None => found(Found { list: entry.list, paired: false }),
                    Some((before, goes_on))
                        if previous == before || *goes_on && previous.starts_with(before.as_str()) =>
                    {
                        found(Found { list: entry.list, paired: true });
                    }
                    _ => {}
                }
            }
        }
    }
}

/// An entry's letters in their one spelling, and whether it is a whole word.
fn form(word: &str) -> (String, bool) {
    let beginning = word.strip_suffix('*');
    // A hyphen parts words in a text; of "но-шпа" the first half tells nothing.
    let letters = normalise(beginning.unwrap_or(word));
    (letters.replace('-', ""), beginning.is_none())
}

struct Lexicon {
    weights: Vec<Weight>,
    classes: Lists,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon { weights: Vec::new(), classes: Lists::default() };
    let lines = TEXT.lines().filter(|line| !line.starts_with('#'));
    for (place, (name, words)) in (0_u8..).zip(lines.filter_map(|line| line.split_once(": "))) {
        lexicon.weights.push(weight_of(name));
        lexicon.classes.add(place, words);
    }
    lexicon
});

/// The class of a word after another one; the longest entry counts, and of two as long the one that asks for the word
/// before.
pub fn class(previous: &str, word: &str) -> Option<Class> {
    let mut best: Option<Found> = None;
    LEXICON.classes.find(previous, word, |found| {
        if found.paired || best.as_ref().is_none_or(|best| !best.paired) {
            best = Some(found);
        }
    });
    best.map(|found| Class(found.list))
}

/// What a class says about danger to life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// A sign of it, by its number.
    Sign(u32),
    /// A cue that it is past, supposed or a figure of speech, by its number.
    Cue(u32),
    /// Nothing.
    None,
}

/// Signs of danger.
const SIGNS: [&str; 16] = [
    "not_breathing",
    "unconscious",
    "chest",
    "stroke",
    "bleeding",
    "seizure",
    "choking",
    "poison",
    "suicide",
    "allergy",
    "burn",
    "trauma",
    "labour",
    "vital",
    "now",
    "relative",
];
/// Cues against it.
const CUES: [&str; 14] = [
    "past",
    "long_ago",
    "fine_now",
    "hypothetical",
    "figure",
    "fiction",
    "animal",
    "queue_people",
    "laugh",
    "law",
    "book",
    "benefit",
    "rude",
    "thanks",
];

/// What a class says about danger to life.
pub fn weight(class: Class) -> Weight {
    LEXICON.weights.get(usize::from(class.0)).copied().unwrap_or(Weight::None)
}

fn weight_of(name: &str) -> Weight {
    let place = |list: &[&str]| {
        list.iter().position(|known| *known == name).and_then(|place| u32::try_from(place).ok())
    };
    match (place(&SIGNS), place(&CUES)) {
        (Some(sign), _) => Weight::Sign(sign),
        (_, Some(cue)) => Weight::Cue(cue),
        _ => Weight::None,
    }
}
