//! How good the guard is on messages it has not learnt from, and how well it masks. The floors are what was reached, not
//! what is wanted: `server/corpus/README.md` tells both.
#![expect(dead_code, reason = "a test uses a part of the trainer")]

#[path = "../examples/guard/corpus.rs"]
mod corpus;
#[path = "../examples/guard/figures.rs"]
mod figures;
#[path = "../examples/guard/masks.rs"]
mod masks;

use domain::guard::corpus::Part;
use domain::guard::model::Model;
use figures::Figures;

#[test]
fn the_held_out_part_is_judged_no_worse_than_told() {
    let lines = corpus::read().unwrap();
    let figures =
        Figures::of(&Model::compiled_in(), lines.iter().filter(|line| line.part() == Part::HeldOut));
    let told = figures.tell();
    assert!(figures.verdicts.percent() >= 93.0, "{told}");
    assert!(figures.topics.percent() >= 86.5, "{told}");
    assert!(figures.found.percent() >= 95.0, "{told}");
    assert!(figures.false_alarms.percent() <= 2.0, "{told}");
    assert!(figures.refused.percent() <= 3.0, "{told}");
}

/// Whoever changes the corpus teaches the model anew.
#[test]
fn the_model_is_of_this_corpus() {
    let lines = corpus::read().unwrap();
    assert_eq!(
        Model::compiled_in().corpus(),
        corpus::fingerprint(&lines),
        "run `cargo run --release -p domain --example guard -- train`"
    );
    assert!(lines.len() >= 8_000);
}

#[test]
fn personal_data_is_masked_and_nothing_else() {
    let cases = masks::read().unwrap();
    for (none, floor) in [(true, 0.97), (false, 0.98)] {
        let those: Vec<bool> =
            cases.iter().filter(|case| (case.kind == "none") == none).map(masks::Case::is_right).collect();
        let right = those.iter().filter(|right| **right).count();
        assert!(
            those.len() > 150 && right as f64 >= those.len() as f64 * floor,
            "{right} of {}",
            those.len()
        );
    }
}
