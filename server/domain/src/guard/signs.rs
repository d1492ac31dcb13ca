//! Signs of danger to life that several words tell together: somebody does not breathe, blood flows, half a face hangs.
//! Read from `signs.txt`, which people edit. What a sign weighs is the model's business.

use std::sync::LazyLock;

use crate::guard::features::Word;
use crate::guard::lexicon::Lists;

const TEXT: &str = include_str!("signs.txt");

/// How many words one sign may stretch over.
const REACH: usize = 10;

struct Signs {
    atoms: Lists,
    /// The number of a sign's name, and the atoms that must be there.
    rules: Vec<(u8, u128)>,
}

static SIGNS: LazyLock<Signs> = LazyLock::new(|| {
    let mut signs = Signs { atoms: Lists::default(), rules: Vec::new() };
    let lines =
        || TEXT.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(": "));
    let atoms: Vec<(&str, &str)> =
        lines().filter_map(|(name, words)| Some((name.strip_prefix('@')?, words))).collect();
    for (place, (_, words)) in (0_u8..).zip(&atoms) {
        signs.atoms.add(place, words);
    }
    let mut names: Vec<&str> = Vec::new();
    for (name, needs) in lines().filter(|(name, _)| !name.starts_with('@')) {
        let place = names.iter().position(|known| *known == name).unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        });
        let needed = needs.split_whitespace().map(|need| {
            // An atom nobody named is a bit nothing sets: its rule never holds.
            atoms.iter().position(|(atom, _)| *atom == need).map_or(1 << 127, |place| 1_u128 << place)
        });
        signs.rules.push((u8::try_from(place).unwrap_or(u8::MAX), needed.fold(0, |all, one| all | one)));
    }
    signs
});

/// The signs in a text, by number, each with the sentence where it ends; each once a sentence.
pub fn find(words: &[Word<'_>]) -> Vec<(u8, u32)> {
    let signs = &*SIGNS;
    let mut found: Vec<(u8, u32)> = Vec::new();
    let mut met: Vec<u128> = Vec::with_capacity(words.len());
    let mut previous = "";
    for word in words {
        let mut atoms = 0;
        signs.atoms.find(previous, word.text, |entry| atoms |= 1_u128 << entry.list);
        met.push(atoms);
        previous = word.text;
        if atoms == 0 {
            continue;
        }
        let together = met.iter().rev().take(REACH).fold(0, |all, one| all | one);
        for (name, needed) in &signs.rules {
            if together & needed == *needed && !found.contains(&(*name, word.sentence)) {
                found.push((*name, word.sentence));
            }
        }
    }
    found
}
