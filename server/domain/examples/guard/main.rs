//! Teaches the guard from `server/corpus` and tells how good it is. `cargo run --release -p domain --example guard --
//! train` writes the model, `-- report` tells the figures for `server/corpus/README.md`, `-- tune show` the mistakes of
//! models that have not seen the line, `-- mask show` those of masking, `-- judge FILE` the figures on other lines.
#![expect(clippy::print_stdout, reason = "a report is printed")]

mod corpus;
mod figures;
mod learn;
mod masks;
mod report;

use std::process::ExitCode;

fn main() -> ExitCode {
    let done = match std::env::args().nth(1).as_deref() {
        Some("train") => learn::train(),
        Some("report") => report::report(),
        Some("tune") => report::tune(std::env::args().nth(2).as_deref()),
        Some("judge") => report::judge(
            std::env::args().nth(2).as_deref().unwrap_or_default(),
            std::env::args().nth(3).as_deref(),
        ),
        Some("mask") => masks::tell(std::env::args().nth(2).as_deref()),
        _ => Err("train, report, tune, mask or judge".into()),
    };
    match done {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}
