//! A crowd and the bare server, as one would start them: everything is heard, and the exit status says so.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

/// Runs the yardstick and gives what it prints.
fn yardstick(arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_loadtest"));
    let output = command.arg("yardstick").args(arguments).output().unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_room_hears_every_post_of_a_schedule() {
    let (good, said) = yardstick(&["--members", "50", "--posts", "40", "--rate", "200"]);
    assert!(good, "{said}");
    assert!(said.contains("50 members: 2000 deliveries on schedule"), "{said}");
}

#[test]
fn two_rooms_one_after_the_other_with_posts_in_flight() {
    let (good, said) = yardstick(&["--members", "20,60", "--seconds", "1", "--deliveries", "1000"]);
    assert!(good, "{said}");
    for members in [20, 60] {
        assert!(said.contains(&format!("{members} members: deliveries")), "{said}");
    }
}
