//! Tells how well personal data is masked in `personal.tsv`: a positive counts when everything between its brackets is
//! covered, a negative when nothing is.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::ops::Range;

use domain::pii;

use crate::corpus::{self, Outcome};

/// A text and the bytes that must be masked in it.
pub struct Case {
    /// What is to be found, or `none`.
    pub kind: String,
    text: String,
    hidden: Vec<Range<usize>>,
}

impl Case {
    /// A line of the file: kind, text with brackets.
    fn parse(line: &str) -> Option<Self> {
        let (kind, marked) = line.split_once('\t')?;
        let (mut text, mut hidden, mut open) = (String::new(), Vec::new(), 0);
        for symbol in marked.chars() {
            match symbol {
                '⟦' => open = text.len(),
                '⟧' => hidden.push(open..text.len()),
                other => text.push(other),
            }
        }
        Some(Self { kind: kind.to_owned(), text, hidden })
    }

    /// Whether all that must be is masked, or nothing is where nothing must be.
    pub fn is_right(&self) -> bool {
        let spans = pii::find(&self.text);
        let covered = |at: usize| spans.iter().any(|span| (span.start..span.end).contains(&at));
        let letters = |range: &Range<usize>| {
            let inside = self.text.get(range.clone()).unwrap_or_default().char_indices();
            inside.filter(|(_, symbol)| symbol.is_alphanumeric()).all(|(at, _)| covered(range.start + at))
        };
        if self.hidden.is_empty() { spans.is_empty() } else { self.hidden.iter().all(letters) }
    }
}

/// All cases of the file.
pub fn read() -> Outcome<Vec<Case>> {
    let text = fs::read_to_string(corpus::folder().join("personal.tsv"))?;
    Ok(text.lines().filter_map(Case::parse).collect())
}

/// Shares of right cases by kind, and with `show` the wrong ones.
pub fn tell(show: Option<&str>) -> Outcome<String> {
    let mut text = String::from("| personal data | right |\n|---|---|\n");
    let mut kinds: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for case in read()? {
        let right = case.is_right();
        let counts = kinds.entry(case.kind.clone()).or_default();
        counts.0 += usize::from(right);
        counts.1 += 1;
        if !right && show.is_some() {
            writeln!(text, "{} | {} | {}", case.kind, case.text, pii::mask(&case.text))?;
        }
    }
    for (kind, (right, all)) in kinds {
        writeln!(text, "| {kind} | {right} of {all} |")?;
    }
    Ok(text)
}
