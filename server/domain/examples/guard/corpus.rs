//! Reads the labelled messages, in the order of their files' names.

use std::fs;
use std::path::{Path, PathBuf};

use domain::guard::corpus::Line;

/// Whatever goes wrong is told and ends the run.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// The folder of the corpus.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus")
}

/// All labelled messages.
pub fn read() -> Outcome<Vec<Line>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder().join("messages"))? {
        files.push(entry?.path());
    }
    files.sort();
    let mut lines = Vec::new();
    for file in files {
        for (number, line) in fs::read_to_string(&file)?.lines().enumerate() {
            let place = || format!("{}:{}: no labelled line", file.display(), number + 1);
            lines.push(Line::parse(line).ok_or_else(place)?);
        }
    }
    Ok(lines)
}

/// A number that is another one for another corpus.
pub fn fingerprint(lines: &[Line]) -> u64 {
    let bytes = lines.iter().flat_map(|line| {
        let columns = [
            line.situation.as_str(),
            line.label.key(),
            if line.planned { "planned" } else { "" },
            &line.text,
        ];
        columns.join("\t").into_bytes().into_iter().chain([b'\n'])
    });
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
