//! `medchat sla due`, as an operator asks it: local time in, local time out, nothing else and nothing written.

use std::process::{Command, Output};

use tempfile::TempDir;

/// Runs the command in an empty folder, which must stay empty.
fn asks(arguments: &[&str]) -> Output {
    let folder = TempDir::with_prefix("medchat-").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_medchat"));
    command.args(["sla", "due"]).args(arguments).env_clear().current_dir(folder.path());
    let output = command.output().unwrap();
    assert_eq!(folder.path().read_dir().unwrap().count(), 0, "nothing was written");
    output
}

/// What it prints and what it warns of.
fn told(region: &str, from: &str, minutes: &str) -> (String, String) {
    let output = asks(&["--region", region, "--from", from, "--minutes", minutes]);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    (text(output.stdout), text(output.stderr))
}

#[track_caller]
fn due(region: &str, from: &str, minutes: &str, expected: &str) {
    assert_eq!(told(region, from, minutes), (format!("{expected}\n"), String::new()), "{region} {from}");
}

#[test]
fn two_hours_over_sundays_and_holidays() {
    // Saturday, New Year, moved days off, the working Saturday of 2027, closing and opening instants.
    for (from, expected) in [
        ("2026-01-10T19:30:00", "2026-01-12T09:30:00"),
        ("2025-12-31T10:00:00", "2026-01-09T10:00:00"),
        ("2025-12-30T19:00:00", "2026-01-09T09:00:00"),
        ("2026-03-07T19:00:00", "2026-03-10T09:00:00"),
        ("2026-05-08T18:30:00", "2026-05-11T08:30:00"),
        ("2026-05-09T12:00:00", "2026-05-11T10:00:00"),
        ("2026-06-11T19:59:00", "2026-06-13T09:59:00"),
        ("2026-12-30T19:15:00", "2027-01-09T09:15:00"),
        ("2027-02-20T10:00:00", "2027-02-20T12:00:00"),
        ("2027-02-22T10:00:00", "2027-02-22T12:00:00"),
        ("2026-11-21T20:00:00", "2026-11-23T10:00:00"),
        ("2026-11-22T12:00:00", "2026-11-23T10:00:00"),
        ("2026-11-23T18:00:00", "2026-11-23T20:00:00"),
    ] {
        for region in ["RU-KHA", "RU-KGD", "RU-KAM"] {
            due(region, from, "120", expected);
        }
    }
    due("RU-KHA", "2026-11-21T19:30:00", "120", "2026-11-23T09:30:00");
    due("RU-KHA", "2026-11-21T19:30", "120", "2026-11-23T09:30:00");
}

#[test]
fn every_subject_is_known() {
    // A region with a file, one with an ISO code alone, and those that have none.
    for region in
        ["RU-BA", "RU-ROS", "RU-MOW", "RU-CHU", "RU-90", "RU-91", "RU-92", "RU-93", "RU-94", "RU-95"]
    {
        due(region, "2026-11-23T10:00:00", "720", "2026-11-24T10:00:00");
    }
    // The republic's own holiday is not its rooms' unless its file says so.
    due("RU-BA", "2026-03-20T10:00:00", "120", "2026-03-20T12:00:00");
}

#[test]
fn an_unknown_region_gets_the_federal_default_and_a_warning() {
    for region in ["RU-XXX", "Хабаровск", "ru-kha", "RU-00", ""] {
        let (due, warning) = told(region, "2026-11-21T19:30:00", "120");
        assert_eq!(due, "2026-11-23T09:30:00\n", "{region}");
        assert_eq!(warning.lines().count(), 1, "{warning}");
        assert!(warning.contains(region) && warning.contains("federal default"), "{warning}");
    }
}

#[test]
fn a_year_beyond_the_calendar_works_by_rule_with_a_warning() {
    let (due, warning) = told("RU-KHA", "2027-12-30T19:00:00", "120");
    assert_eq!(due, "2028-01-10T09:00:00\n");
    assert!(warning.contains("2028") && !warning.contains("2027"), "{warning}");
    let (due, warning) = told("RU-KHA", "2033-06-11T19:00:00", "120");
    assert_eq!(due, "2033-06-14T09:00:00\n", "12 June is a Sunday and moves to Monday");
    assert!(warning.contains("2033"), "{warning}");
}

#[test]
fn what_cannot_be_is_refused_in_one_line() {
    let good = ("2026-11-21T19:30:00", "120");
    for (from, minutes, word) in [
        (good.0, "0", "not 0"),
        (good.0, "-120", "not -120"),
        (good.0, "999999", "400 days"),
        (good.0, "99999999999", "400 days"),
        ("2026-11-21", good.1, "local time"),
        ("19:30", good.1, "local time"),
        ("завтра", good.1, "local time"),
        ("", good.1, "local time"),
        ("2026-02-30T10:00:00", good.1, "local time"),
        ("2026-11-21T25:00:00", good.1, "local time"),
        ("2026-11-21T19:30:00Z", good.1, "local time"),
        ("2026-11-21T19:30:00+10:00", good.1, "local time"),
        ("2026-11-21T19:30:00[Asia/Vladivostok]", good.1, "local time"),
        ("-1", good.1, "local time"),
    ] {
        let output = asks(&["--region", "RU-KHA", "--from", from, "--minutes", minutes]);
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{from} {minutes}: {complaint}");
        assert!(output.stdout.is_empty(), "{from} {minutes}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        assert!(complaint.contains(word), "{complaint}");
    }
}

#[test]
fn bad_usage_is_told_apart() {
    for arguments in [
        &[][..],
        &["--region", "RU-KHA"],
        &["--region", "RU-KHA", "--from", "2026-11-21T19:30:00", "--minutes", "two hours"],
        &["--region", "RU-KHA", "--from", "2026-11-21T19:30:00", "--minutes", "120", "--calendar", "x"],
    ] {
        let output = asks(arguments);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}");
    }
}
