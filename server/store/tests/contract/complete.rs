//! Nobody is left out: every public function of the store's statements is called by a test of this folder.

use std::fs;
use std::path::Path;

#[test]
fn every_public_function_is_called_by_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut missing = Vec::new();
    let mut found = 0;
    for entry in fs::read_dir(root.join("src")).unwrap() {
        let path = entry.unwrap().path();
        let noun = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if noun == "testing" {
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        let tests = fs::read_to_string(root.join("tests/contract").join(format!("{noun}.rs")));
        for line in source.lines() {
            // Methods of `Store` and `Tx` are indented; they are looked for by their name alone.
            let Some(rest) = line.trim_start().strip_prefix("pub async fn ") else { continue };
            let name = rest.split(['(', '<']).next().unwrap();
            let call = if line.starts_with(' ') { format!("{name}(") } else { format!("{noun}::{name}(") };
            found += 1;
            if !tests.as_ref().is_ok_and(|text| text.contains(&call)) {
                missing.push(call);
            }
        }
    }
    assert!(found > 40, "the search finds functions: {found}");
    assert!(missing.is_empty(), "no test calls {missing:?}");
}
