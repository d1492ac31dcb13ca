//! The whole programme with a handful of people, as one would start it: a database, a bus and nodes of its own, a day
//! of an instant, an announcement to everybody, a node killed. The server's program lies beside the load tester's, where
//! `cargo test --workspace` puts it.

use std::process::Command;

use serde_json::Value;

#[test]
fn a_handful_lives_a_day_on_three_nodes_and_one_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("million");
    let mut command = Command::new(env!("CARGO_BIN_EXE_loadtest"));
    command.args(["million", "--residents", "60", "--rooms", "12", "--nodes", "3", "--minutes", "0.05"]);
    // How fast is not asked here: the machine may be busy.
    command.args(["--times", "2000", "--goal-join-seconds", "600", "--goal-p99-ms", "60000", "--report"]);
    let output = command.arg(&path).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));

    let report = std::fs::read_to_string(path.with_extension("json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    let figures = report.pointer("/figures").and_then(Value::as_array).unwrap();
    let value = |name: &str| {
        let figure = figures.iter().find(|figure| figure.get("name").is_some_and(|it| it == name));
        figure.and_then(|figure| figure.get("value")).and_then(Value::as_f64).unwrap_or(f64::NAN)
    };
    assert!((value("people") - 60.0).abs() < 0.5, "{said}");
    assert!((value("a node killed: its people") - 20.0).abs() < 0.5, "{said}");
    assert!(value("appeals put and answered") >= 1.0, "{said}");
    assert!(path.with_extension("html").is_file());
}
