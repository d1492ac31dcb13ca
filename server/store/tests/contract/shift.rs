//! Shifts: on the roster and off it, overlapping a stretch, holding now, beginning and ending, never two at once.

use domain::appeal::event::Employee;
use domain::id::ShiftId;
use domain::roster::Shift;
use store::shift;
use store::testing::Fresh;
use store::{Store, StoreError};

use crate::scene::{an_organisation, at, commit, id, someone};

async fn an_employee(store: &Store) -> Employee {
    Employee { account: someone(store).await, organisation: an_organisation(store).await }
}

const fn duty(employee: Employee, from: i64, until: i64) -> Shift {
    Shift { employee, from: at(from), until: at(until) }
}

async fn add(store: &Store, shift: Shift) -> ShiftId {
    let (id, by) = (id(), shift.employee.account);
    commit!(store, tx => shift::add(tx, id, &shift, by, at(1)));
    id
}

async fn a_roster_shows_what_overlaps_a_stretch_in_order_of_time(db: Fresh) {
    let store = &db.store;
    let (anna, boris) = (an_employee(store).await, an_employee(store).await);
    let colleague = Employee { account: boris.account, ..anna };
    let late = duty(anna, 20, 30);
    let early = duty(colleague, 10, 20);
    let long = duty(colleague, 20, 90);
    let elsewhere = duty(boris, 10, 30);
    let mut ids = Vec::new();
    for shift in [late, early, long, elsewhere] {
        ids.push(add(store, shift).await);
    }
    let all = [(ids[1], early), (ids[0], late), (ids[2], long)];
    for (from, until, expected) in [
        (0, 100, &all[..]),
        (10, 20, &all[..1]),
        (19, 21, &all[..]),
        (20, 21, &all[1..]),
        (30, 40, &all[2..]),
        (0, 10, &[]),
        (90, 99, &[]),
    ] {
        let found = shift::of_organisation(store, anna.organisation, at(from), at(until)).await.unwrap();
        assert_eq!(found, expected, "{from}..{until}");
    }
    assert!(!commit!(store, tx => shift::remove(tx, boris.organisation, ids[0])), "it is another's");
    assert!(commit!(store, tx => shift::remove(tx, anna.organisation, ids[0])));
    assert!(!commit!(store, tx => shift::remove(tx, anna.organisation, ids[0])));
    let left = shift::of_organisation(store, anna.organisation, at(0), at(100)).await.unwrap();
    assert_eq!(left, [all[0], all[2]]);
}

async fn a_shift_holds_from_its_first_moment_until_its_last(db: Fresh) {
    let store = &db.store;
    let (anna, boris) = (an_employee(store).await, an_employee(store).await);
    let (early, late) = (duty(anna, 10, 20), duty(boris, 15, 30));
    add(store, late).await;
    add(store, early).await;
    for (now, expected) in [
        (9, vec![]),
        (10, vec![early]),
        (15, vec![early, late]),
        (19, vec![early, late]),
        (20, vec![late]),
        (30, vec![]),
    ] {
        assert_eq!(shift::at(store, at(now)).await.unwrap(), expected, "at {now}");
        for shift in [early, late] {
            assert_eq!(expected.contains(&shift), shift.holds_at(at(now)), "as the domain says");
        }
    }
}

async fn the_roster_turns_when_a_shift_begins_or_ends(db: Fresh) {
    let store = &db.store;
    add(store, duty(an_employee(store).await, 10, 20)).await;
    for (since, until, expected) in
        [(0, 9, false), (9, 10, true), (10, 19, false), (19, 20, true), (20, 99, false), (0, 99, true)]
    {
        let turned = shift::turned(store, at(since), at(until)).await.unwrap();
        assert_eq!(turned, expected, "({since}, {until}]");
    }
}

async fn an_employee_is_in_one_place_at_a_time(db: Fresh) {
    let store = &db.store;
    let (anna, other) = (an_employee(store).await, an_employee(store).await);
    add(store, duty(anna, 10, 20)).await;
    let elsewhere = Employee { organisation: other.organisation, ..anna };
    for (employee, from, until, expected) in [
        (anna, 0, 10, false),
        (anna, 20, 30, false),
        (anna, 19, 30, true),
        (anna, 0, 11, true),
        (anna, 12, 13, true),
        (anna, 0, 99, true),
        (elsewhere, 12, 13, true),
        (other, 12, 13, false),
    ] {
        let overlaps = commit!(store, tx => shift::overlapping(tx, employee, at(from), at(until)));
        assert_eq!(overlaps, expected, "{from}..{until}");
    }
}

async fn whoever_asks_makes_others_who_book_the_employee_wait(db: Fresh) {
    let store = &db.store;
    let anna = an_employee(store).await;
    let mut tx = store.begin().await.unwrap();
    assert!(!shift::overlapping(&mut tx, anna, at(10), at(20)).await.unwrap());
    let theirs = store.clone();
    let mut other = tokio::spawn(async move {
        let mut tx = theirs.begin().await.unwrap();
        shift::overlapping(&mut tx, anna, at(15), at(25)).await.unwrap()
    });
    let early = tokio::time::timeout(std::time::Duration::from_millis(200), &mut other).await;
    assert!(early.is_err(), "the lock does not hold anybody");
    shift::add(&mut tx, id(), &duty(anna, 10, 20), anna.account, at(1)).await.unwrap();
    tx.commit().await.unwrap();
    assert!(other.await.unwrap(), "who waited sees what was booked meanwhile");
}

async fn a_shift_has_an_employee_and_takes_time(db: Fresh) {
    let store = &db.store;
    let anna = an_employee(store).await;
    let nobody = Employee { account: id(), ..anna };
    let nowhere = Employee { organisation: id(), ..anna };
    for (employee, by) in [(nobody, anna.account), (nowhere, anna.account), (anna, id())] {
        let mut tx = store.begin().await.unwrap();
        let outcome = shift::add(&mut tx, id(), &duty(employee, 10, 20), by, at(1)).await;
        assert!(matches!(outcome, Err(StoreError::MissingParent(_))), "{outcome:?}");
    }
    for until in [9, 10] {
        let mut tx = store.begin().await.unwrap();
        let outcome = shift::add(&mut tx, id(), &duty(anna, 10, until), anna.account, at(1)).await;
        assert!(matches!(outcome, Err(StoreError::RuleBroken(_))), "{outcome:?}");
    }
}

on_both_engines!(
    a_roster_shows_what_overlaps_a_stretch_in_order_of_time,
    a_shift_holds_from_its_first_moment_until_its_last,
    the_roster_turns_when_a_shift_begins_or_ends,
    an_employee_is_in_one_place_at_a_time,
    whoever_asks_makes_others_who_book_the_employee_wait,
    a_shift_has_an_employee_and_takes_time,
);
