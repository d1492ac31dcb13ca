//! Prints the policy table for people and holds it against the golden file. Run with `UPDATE_GOLDEN=1` after
//! a decision about rights, and read the difference before you commit it.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::fmt::Write as _;

use domain::grant::Role;
use domain::policy::{Act, Cell, Standing, TargetKind, cell};

fn word(cell: Cell) -> &'static str {
    match cell {
        Cell::Unseen => "-",
        Cell::No => "no",
        Cell::AfterVerification => "18+",
        Cell::Yes => "YES",
    }
}

fn print() -> String {
    let mut out = String::from(
        "Who may do what. YES allowed, 18+ after verification, no seen but not allowed (a guest is asked to\n\
         sign in), - does not exist for them. Generated from server/domain/src/policy/table.rs.\n",
    );
    for target in TargetKind::ALL {
        let acts: Vec<Act> = Act::ALL.into_iter().filter(|act| act.targets().contains(&target)).collect();
        write!(out, "\n{target:?}\n{:24}", "").unwrap();
        for act in &acts {
            write!(out, "{:>15}", format!("{act:?}")).unwrap();
        }
        for standing in Standing::all() {
            let name = match standing {
                Standing::Holds(role) => role.word().to_owned(),
                other => format!("{other:?}").to_lowercase(),
            };
            write!(out, "\n{name:24}").unwrap();
            for act in &acts {
                write!(out, "{:>15}", word(cell(standing, *act, target))).unwrap();
            }
        }
        out.push('\n');
    }
    out
}

#[test]
fn the_table_is_the_one_people_have_read() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/who_may_what.txt");
    let printed = print();
    if option_env!("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, &printed).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), printed, "UPDATE_GOLDEN=1 writes the new table");
}

#[test]
fn every_act_is_in_the_list_and_has_a_target() {
    for act in Act::ALL {
        assert!(!act.targets().is_empty(), "{act:?}");
        assert_eq!(Act::ALL.iter().filter(|other| **other == act).count(), 1);
    }
}

#[test]
fn a_guest_writes_nothing_and_sees_no_closed_room() {
    for act in Act::ALL {
        assert_eq!(cell(Standing::Guest, act, TargetKind::StaffRoom), Cell::Unseen, "{act:?}");
    }
    for target in TargetKind::ROOMS {
        for act in [Act::Post, Act::Edit, Act::Hide, Act::Join, Act::MarkRead, Act::Subscribe] {
            assert_ne!(cell(Standing::Guest, act, target), Cell::Yes, "{act:?} {target:?}");
        }
    }
}

#[test]
fn private_lanes_desks_and_mailboxes_are_not_there_for_others() {
    use Role::{Administrator, Auditor, Moderator, Registrar, Volunteer};
    for act in [Act::Read, Act::Subscribe, Act::MarkRead] {
        for role in [Administrator, Auditor, Moderator, Registrar, Volunteer] {
            for target in [TargetKind::PrivateLane, TargetKind::Desk, TargetKind::Mailbox] {
                assert_eq!(
                    cell(Standing::Holds(role), act, target),
                    Cell::Unseen,
                    "{role:?} {act:?} {target:?}"
                );
            }
        }
        for role in [Role::Curator, Role::Observer] {
            assert_eq!(
                cell(Standing::Holds(role), act, TargetKind::PrivateLane),
                Cell::Unseen,
                "{role:?} {act:?}"
            );
        }
    }
}
