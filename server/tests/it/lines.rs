//! `medchat triage` and `medchat mask`, as a program asks them: lines in, lines out, nothing else and nothing written.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// Runs a command on these lines in an empty folder, which must stay empty.
fn run(command: &str, lines: &[u8]) -> Output {
    let folder = TempDir::with_prefix("medchat-").unwrap();
    let mut process = Command::new(env!("CARGO_BIN_EXE_medchat"));
    process.arg(command).env_clear().current_dir(folder.path());
    process.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = process.spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(folder.path().read_dir().unwrap().count(), 0, "nothing was written");
    output
}

/// What comes out for these objects, and what is warned of.
fn told(command: &str, objects: &[Value]) -> (Vec<Value>, String) {
    let lines: String = objects.iter().map(|object| format!("{object}\n")).collect();
    let output = run(command, lines.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let answers = String::from_utf8(output.stdout).unwrap();
    let answers = answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (answers, String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_line_gets_verdict_topic_rule_and_mask() {
    let text = "сколько стоит узи почек платно, перезвоните 8 914 000 11 22";
    let asked = ["RU-KHA", "RU-ROS"].map(|region| json!({"id": region, "region": region, "text": text}));
    let (answers, warnings) = told("triage", &asked);
    assert_eq!(warnings, "");
    let masked = "сколько стоит узи почек платно, перезвоните •••";
    for (answer, id, verdict, topic, rule) in [
        (&answers[0], "RU-KHA", "allow", "reference", "reference.prices"),
        (&answers[1], "RU-ROS", "refuse", "prices", "refused.prices"),
    ] {
        for (field, value) in
            [("id", id), ("verdict", verdict), ("topic", topic), ("rule", rule), ("masked", masked)]
        {
            assert_eq!(answer[field], value, "{answer}");
        }
    }
}

#[test]
fn danger_and_courtesy_are_their_own_topics() {
    let asked = ["мама упала и не дышит, губы синие", "Спасибо большое!"];
    let asked = asked.map(|text| json!({"id": "1", "region": "RU-BA", "text": text}));
    let (answers, _) = told("triage", &asked);
    let seen = answers.iter().map(|answer| (answer["verdict"].clone(), answer["topic"].clone()));
    let expected = [("emergency", "emergency"), ("chatter", "chatter")];
    assert!(seen.eq(expected.map(|(verdict, topic)| (json!(verdict), json!(topic)))), "{answers:?}");
}

#[test]
fn an_unknown_region_gets_the_default_and_one_warning() {
    let asked = [1, 2]
        .map(|id| json!({"id": id.to_string(), "region": "RU-XX", "text": "почем удаление зуба платно"}));
    let (answers, warnings) = told("triage", &asked);
    assert!(answers.iter().all(|answer| answer["verdict"] == "refuse"), "{answers:?}");
    assert_eq!(warnings, "medchat: warning: there is no region \"RU-XX\": this is the federal default\n");
}

#[test]
fn any_text_gets_an_answer() {
    let texts =
        ["", "🙏", "\0\u{202e}<b>", &"а".repeat(4_000), &"8 914 000 11 22 ".repeat(100), "ﷺ 𝔸 \u{301}"];
    let asked: Vec<Value> =
        texts.iter().map(|text| json!({"id": "1", "region": "RU-KHA", "text": text})).collect();
    assert_eq!(told("triage", &asked).0.len(), texts.len());
    let shown: Vec<Value> = texts.iter().map(|text| json!({"id": "1", "text": text})).collect();
    let (answers, _) = told("mask", &shown);
    assert_eq!(answers[0]["masked"], "");
    assert_eq!(answers[2]["masked"], texts[2]);
    assert_eq!(answers[4]["masked"], "••• ".repeat(100));
}

#[test]
fn a_bad_line_ends_it_with_one_line_that_quotes_nothing() {
    let good = "{\"id\":\"1\",\"text\":\"мой 8 914 000 11 22\"}\n";
    for bad in [
        "{\"id\":\"2\"}",
        "тайна",
        "{\"id\":\"2\",\"text\":\"тайна\",\"more\":1}",
        "[",
        "{\"id\":2,\"text\":\"тайна\"}",
    ] {
        let output = run("mask", format!("{good}\n{bad}\n{good}").as_bytes());
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{bad}");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "{\"id\":\"1\",\"masked\":\"мой •••\"}\n");
        assert!(complaint.starts_with("medchat: line 3 is not what is asked for here ("), "{complaint}");
        assert!(complaint.lines().count() == 1 && !complaint.contains("тайна"), "{complaint}");
    }
    let output = run("triage", b"{\"id\":\"1\",\"region\":\"RU-BA\",\"text\":\"\xff\"}\n");
    assert_eq!(output.status.code(), Some(1));
}
