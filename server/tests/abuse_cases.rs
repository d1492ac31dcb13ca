//! The list of abuse cases is kept honest: thirty numbers, each with tests that are there, or an open word that nothing can
//! be abused yet.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::fs;
use std::path::{Path, PathBuf};

fn server() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Number and tests of each case.
fn cases() -> Vec<(usize, Vec<String>)> {
    let text = fs::read_to_string(server().join("tests/ABUSE.md")).unwrap();
    let rows = text.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let number = cells.get(1)?.parse().ok()?;
        let tests = cells.get(5)?.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect();
        Some((number, tests))
    });
    rows.collect()
}

/// Whether `file::name` is a test; a file without a folder is one of `it`.
fn is_there(test: &str) -> bool {
    let Some((file, name)) = test.split_once("::") else { return false };
    let file = if file.contains('/') { file.to_owned() } else { format!("tests/it/{file}") };
    let text = fs::read_to_string(server().join(format!("{file}.rs"))).unwrap_or_default();
    text.contains(&format!("fn {name}("))
}

#[test]
fn every_case_has_its_tests() {
    let cases = cases();
    assert_eq!(cases.iter().map(|(number, _)| *number).collect::<Vec<_>>(), (1..=30).collect::<Vec<_>>());
    let missing: Vec<&String> =
        cases.iter().flat_map(|(_, tests)| tests).filter(|test| !is_there(test)).collect();
    assert!(missing.is_empty(), "these tests are not there: {missing:?}");
    let bare: Vec<usize> =
        cases.iter().filter(|(_, tests)| tests.is_empty()).map(|(number, _)| *number).collect();
    // Files, exports and bridges: whoever builds one of them gives its cases their tests.
    assert_eq!(bare, [24, 25, 27, 28]);
}
