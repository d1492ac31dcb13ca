//! Personal data in a text: where it stands and the text without it. Which lane a text belongs to is `appeal::lane`'s
//! business.
//!
//! `contacts`, `handles` and `documents` know what can be told by its letters and digits alone; `names`, `addresses`,
//! `births` and `papers` what takes the words around it. Nobody looks across a finding or a mask, and what comes to light
//! between findings is looked for again: a masked text masks to itself. Every pass looks at a token a bounded number of
//! times, so the work grows with the text alone.

mod addresses;
mod births;
mod contacts;
mod documents;
mod handles;
mod names;
mod numbers;
mod papers;
mod words;

/// What stands in place of a finding: no letter, no digit, and the same for every length.
pub const MASK: &str = "•••";

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A person's phone.
    Phone,
    /// An e-mail address.
    Email,
    /// СНИЛС.
    Snils,
    /// ИНН.
    Inn,
    /// A policy of compulsory insurance or a bank card: both have sixteen digits and the same check.
    PolicyOrCard,
    /// Series or number of a passport.
    Passport,
    /// A birth date.
    BirthDate,
    /// Street, house and flat of a home.
    Address,
    /// Surname, first name and patronymic of somebody who is not staff.
    Name,
    /// A name in a messenger or network.
    Handle,
}

/// A finding: bytes `start..end` of the text, from its first to its last significant character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The first byte after it.
    pub end: usize,
    /// What it is.
    pub kind: Kind,
}

/// How often is looked again between what was found: texts that people write need no second look.
const ROUNDS: usize = 6;

/// All findings in a text, in order; they never overlap.
pub fn find(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    for _ in 0..ROUNDS {
        let before = spans.len();
        look(text, &mut spans);
        if spans.len() == before {
            break;
        }
    }
    spans
}

/// Looks for one kind in a stretch of a text.
type Finder = fn(&[words::Token]) -> Vec<Span>;

/// One look between the findings so far.
fn look(text: &str, spans: &mut Vec<Span>) {
    add(spans, contacts::emails(text));
    add(spans, handles::marked(text, spans));
    add(spans, numbers::find(text, spans));
    // Most texts have no digit, and then neither papers' numbers nor dates nor houses; phones in words remain.
    let finders: &[Finder] = if text.bytes().any(|byte| byte.is_ascii_digit()) {
        &[papers::find, births::find, names::find, addresses::find, handles::named]
    } else {
        &[papers::spoken_phones, names::find, handles::named]
    };
    let (mut known, mut stretches) = (spans.len(), words::stretches(text, spans));
    for finder in finders {
        if spans.len() > known {
            (known, stretches) = (spans.len(), words::stretches(text, spans));
        }
        add(spans, stretches.iter().flat_map(|tokens| finder(tokens)).collect());
    }
}

/// Takes up what overlaps nothing found before.
fn add(spans: &mut Vec<Span>, more: Vec<Span>) {
    if more.is_empty() {
        return;
    }
    let overlaps = |span: &Span| {
        let next = spans.partition_point(|known| known.end <= span.start);
        spans.get(next).is_some_and(|known| known.start < span.end)
    };
    let free: Vec<Span> = more.into_iter().filter(|span| !overlaps(span)).collect();
    spans.extend(free);
    spans.sort_unstable();
}

/// Whether anything is found.
pub fn is_personal(text: &str) -> bool {
    !find(text).is_empty()
}

/// The text with every finding replaced by [`MASK`]; a text without findings comes back byte for byte.
pub fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut kept = 0;
    for span in find(text) {
        masked.push_str(text.get(kept..span.start).unwrap_or_default());
        masked.push_str(MASK);
        kept = span.end;
    }
    masked.push_str(text.get(kept..).unwrap_or_default());
    masked
}

#[cfg(test)]
mod tests;
