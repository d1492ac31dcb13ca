//! Personal data in a text: where it stands and the text without it. Here: phones, e-mail and numbers with a checksum
//! (СНИЛС, ИНН, ОМС policy, bank card). Which lane a text belongs to is `appeal::lane`'s business.
//!
//! One pass finds e-mail addresses, a second one looks at every group of digits once, so the work grows with the text
//! alone. What surrounds a number is looked at up to the previous finding only: masking that finding therefore changes
//! nothing for the next one, and a masked text masks to itself.

mod contacts;
mod documents;
mod numbers;

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

/// All findings in a text, in order; they never overlap.
pub fn find(text: &str) -> Vec<Span> {
    let emails = contacts::emails(text);
    let mut spans = numbers::find(text, &emails);
    spans.extend(emails);
    spans.sort_unstable();
    spans
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
