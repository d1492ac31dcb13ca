//! What holds for every appeal: the table of acts and states as people have read it, and invariants over any sequence
//! of acts.

use std::fmt::Write as _;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::appeal::event::Writer;
use crate::appeal::lane::Lane;
use crate::appeal::outcome::{Outcome, Score};
use crate::id::Id;

pub(crate) fn id<N>(byte: u8) -> Id<N> {
    Id::from_uuid(Uuid::from_bytes([byte; 16]))
}
pub(crate) fn organisation(byte: u8) -> OrganisationId {
    Id::from_uuid(Uuid::from_bytes([100 + byte; 16]))
}
/// An employee; odd ones work for organisation 1, even ones for organisation 0.
pub(crate) fn employee(byte: u8) -> Employee {
    Employee { account: id(byte), organisation: organisation(byte % 2) }
}
pub(crate) fn opened() -> Fact {
    Fact::Opened { author: id(90), room: id(91), category: Topic::Queue, organisation: None }
}

fn said(by: Writer) -> Fact {
    Fact::Messaged { by, lane: Lane::Public, entry: id(92), personal: false }
}
fn rated(score: u8) -> Fact {
    Fact::Rated { score: Score::try_from(score).expect("a score"), comment: None }
}

/// Every row of the table: an act, who does it where that matters, and the fact it would write.
fn rows() -> [(&'static str, Fact); 18] {
    let (by, entry, lane) = (employee(1), id(92), Lane::Public);
    [
        ("accept", Fact::Accepted { by }),
        ("assign", Fact::Assigned { to: employee(3), by: Some(id(5)) }),
        ("release", Fact::Released { by }),
        ("transfer", Fact::Transferred { by, to: organisation(0), reason: "участок".into() }),
        ("messages (resident)", said(Writer::Resident)),
        ("messages (staff)", said(Writer::Staff(by))),
        ("messages (template)", said(Writer::Template)),
        ("messages (machine)", said(Writer::Machine)),
        ("ask", Fact::Asked { by, lane, entry }),
        ("final-answer", Fact::Answered { by, outcome: Outcome::Explained, lane, entry }),
        ("refuse", Fact::Refused { by: id(6), organisation: None, reason: "скорая".into() }),
        ("confirm", Fact::Confirmed),
        ("contest", Fact::Contested { reason: "не помогло".into() }),
        ("rate", rated(4)),
        ("withdraw", Fact::Withdrawn),
        ("merge", Fact::Merged { by, into: id(93) }),
        ("close silently", Fact::ClosedSilently),
        ("open", opened()),
    ]
}

/// One fact of every kind.
pub(crate) fn facts() -> Vec<Fact> {
    rows().map(|(_, fact)| fact).to_vec()
}

fn row(name: &str) -> Fact {
    let found = rows().into_iter().find(|(row, _)| *row == name);
    found.map(|(_, fact)| fact).expect("a row")
}

fn after(acts: &[&str]) -> Appeal {
    let first = Event { at: Moment::from_millis(0), fact: opened() };
    let opened = Appeal::open(&first).expect("opened");
    acts.iter().zip(1..).fold(opened, |appeal, (act, at)| {
        let event = appeal.admit(Moment::from_millis(at), row(act)).expect("possible");
        appeal.after(&event).expect("admitted")
    })
}

/// A way into each state, by one who took it where anybody works on it.
fn in_state(kind: StateKind) -> Appeal {
    let acts: &[&str] = match kind {
        StateKind::New => &[],
        StateKind::Accepted => &["accept"],
        StateKind::InWork => &["accept", "messages (staff)"],
        StateKind::WaitingForResident => &["accept", "ask"],
        StateKind::Answered => &["final-answer"],
        StateKind::Confirmed => &["final-answer", "confirm"],
        StateKind::Contested => &["accept", "final-answer", "contest"],
        StateKind::ClosedSilent => &["final-answer", "close silently"],
        StateKind::Refused => &["refuse"],
        StateKind::Withdrawn => &["withdraw"],
        StateKind::Merged => &["merge"],
    };
    let appeal = after(acts);
    assert_eq!(appeal.kind(), kind);
    appeal
}

/// The state after an act, or the fault's code.
fn cell(state: StateKind, fact: &Fact) -> &'static str {
    let appeal = in_state(state);
    match appeal.admit(Moment::from_millis(100), fact.clone()) {
        Ok(event) => appeal.after(&event).expect("admitted").kind().word(),
        Err(fault) => {
            assert_eq!(fault.state(), state);
            fault.code()
        }
    }
}

fn print() -> String {
    let mut out = String::from(
        "What each act makes of an appeal: the new state, or wrong_state (refused, with the state it is in). An act\n\
         that is possible and changes nothing shows the same state. A second rating is refused with already_done.\n\
         Generated from server/domain/src/appeal/state.rs; the words are the contract's.\n\n",
    );
    write!(out, "{:20}", "").expect("text");
    for state in StateKind::ALL {
        write!(out, "  {:20}", state.word()).expect("text");
    }
    for (name, fact) in rows() {
        write!(out, "\n{name:20}").expect("text");
        for state in StateKind::ALL {
            write!(out, "  {:20}", cell(state, &fact)).expect("text");
        }
    }
    let lines: Vec<&str> = out.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

#[test]
fn the_table_is_the_one_people_have_read() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/appeal_states.txt");
    let printed = print();
    if option_env!("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, &printed).expect("the golden file");
    }
    let read = std::fs::read_to_string(path).expect("the golden file");
    assert_eq!(read, printed, "UPDATE_GOLDEN=1 writes the new table");
}

#[test]
fn words_lead_back_to_states() {
    for kind in StateKind::ALL {
        assert_eq!(StateKind::from_word(kind.word()), Some(kind));
        assert_eq!(serde_json::to_value(kind).expect("json"), kind.word());
    }
    assert_eq!(StateKind::from_word("closed"), None);
}

#[test]
fn what_nobody_has_nobody_gives_back() {
    let fault = after(&["ask"]).admit(Moment::from_millis(9), row("release")).expect_err("refused");
    assert_eq!((fault.code(), fault.state().word()), ("wrong_state", "waiting_for_resident"));
    let back = after(&["accept", "ask", "release"]);
    assert_eq!((back.kind().word(), back.assignee()), ("waiting_for_resident", None));
    assert_eq!(back.owner(), Some(organisation(1)), "its organisation owes it as before");
}

#[test]
fn a_fault_names_the_state() {
    let fault = in_state(StateKind::Merged).admit(Moment::from_millis(9), row("ask")).expect_err("refused");
    assert_eq!((fault.code(), fault.state().word()), ("wrong_state", "merged"));
    assert_eq!(fault.to_string(), "an appeal that is merged does not take \"ask\"");
    for acts in [&["final-answer", "rate"][..], &["final-answer", "rate", "confirm"]] {
        let fault = after(acts).admit(Moment::from_millis(9), row("rate")).expect_err("refused");
        assert_eq!(fault.code(), "already_done");
    }
}

#[test]
fn an_answer_has_its_answerer_its_moment_and_its_rating() {
    let appeal = after(&["accept", "final-answer", "rate", "confirm"]);
    let answer = appeal.state().answer().expect("answered");
    assert_eq!((answer.by, answer.at.millis(), answer.outcome), (employee(1), 2, Outcome::Explained));
    assert_eq!(answer.rating.map(Score::value), Some(4));
    let again = after(&["final-answer", "rate", "contest", "final-answer"]);
    assert_eq!(again.state().answer().and_then(|answer| answer.rating), None, "a new answer, a new rating");
    assert_eq!(again.cycle(), 2);
}

#[test]
fn the_first_organisation_to_act_owns_it() {
    assert_eq!(after(&["messages (resident)"]).owner(), None);
    assert_eq!(after(&["messages (template)", "refuse"]).owner(), None);
    for act in ["accept", "assign", "messages (staff)", "ask", "final-answer"] {
        assert_eq!(after(&[act]).owner(), Some(organisation(1)), "{act}");
    }
    let passed = after(&["accept", "transfer"]);
    assert_eq!((passed.owner(), passed.assignee()), (Some(organisation(0)), None));
    assert_eq!(passed.path().transfers(), 1);
    assert_eq!(after(&["assign"]).assignee(), Some(employee(3)));
}

#[test]
fn a_merged_appeal_takes_no_other() {
    for kind in StateKind::ALL {
        assert_eq!(in_state(kind).takes_merged().is_err(), kind.takes_nothing());
    }
}

#[test]
fn only_an_opening_opens() {
    let at = Moment::from_millis(0);
    let opening = Event { at, fact: opened() };
    let accepted = Event { at, fact: row("accept") };
    assert_eq!(Appeal::fold(&[]), Err(BrokenLog::NotOpened));
    assert_eq!(Appeal::fold([&accepted]), Err(BrokenLog::NotOpened));
    let fault = Appeal::fold([&opening, &accepted, &accepted]).expect_err("impossible");
    assert!(matches!(fault, BrokenLog::Impossible { place: 2, .. }));
    assert!(matches!(Appeal::fold([&opening, &opening]), Err(BrokenLog::Impossible { place: 1, .. })));
}

/// Acts in any order with moments that may also lie in the past; what cannot happen is refused.
fn tries() -> impl Strategy<Value = Vec<(i64, Fact)>> {
    prop::collection::vec((-50_i64..200, prop::sample::select(facts())), 0..60)
}

/// What one sequence of tries wrote, and the appeal after each event, folded one by one.
fn played(tries: Vec<(i64, Fact)>) -> (Vec<Event>, Vec<Appeal>) {
    let mut now = 1000;
    let mut log = vec![Event { at: Moment::from_millis(now), fact: opened() }];
    let mut appeals = vec![Appeal::open(&log[0]).expect("opened")];
    for (gap, fact) in tries {
        now += gap;
        let appeal = appeals.last().expect("one").clone();
        if let Ok(event) = appeal.admit(Moment::from_millis(now), fact) {
            appeals.push(appeal.after(&event).expect("admitted"));
            log.push(event);
        }
    }
    (log, appeals)
}

fn count(log: &[Event], act: Act) -> usize {
    log.iter().filter(|event| event.fact.act() == act).count()
}

proptest! {
    #[test]
    fn folding_any_prefix_is_applying_one_by_one(tries in tries()) {
        let (log, appeals) = played(tries);
        for (length, appeal) in (1..).zip(&appeals) {
            prop_assert_eq!(&Appeal::fold(&log[..length]).expect("a log"), appeal);
        }
    }

    /// * The log's moments never go back.
    /// * A cycle begins with a contest and only so; each cycle has at most one final answer, and only an answered one
    ///   is contested: at most one cycle is open.
    /// * One rating a final answer; none while or after it is closed silently, until it is answered again.
    /// * Refused, withdrawn and merged appeals take nothing.
    /// * A message never reopens, closes or answers anything.
    /// * The owner changes by a transfer alone; whoever speaks for staff makes one.
    /// * The first event stays the only opening.
    #[test]
    fn any_sequence_of_acts_keeps_the_invariants(tries in tries()) {
        let (log, appeals) = played(tries);
        prop_assert!(log.windows(2).all(|pair| pair[0].at <= pair[1].at));
        prop_assert_eq!(count(&log, Act::Open), 1);
        let last = appeals.last().expect("one");
        let (answers, contests) = (count(&log, Act::FinalAnswer), count(&log, Act::Contest));
        prop_assert_eq!(usize::try_from(last.cycle()).expect("small"), contests + 1);
        prop_assert!(answers == contests || answers == contests + 1);
        prop_assert_eq!(last.state().answer().is_some(), answers == contests + 1);
        prop_assert!(count(&log, Act::Rate) <= answers);
        let mut rated = false;
        for ((event, before), after) in log[1..].iter().zip(&appeals).zip(&appeals[1..]) {
            let (was, is) = (before.kind(), after.kind());
            prop_assert!(!was.takes_nothing());
            match event.fact.act() {
                Act::FinalAnswer => rated = false,
                Act::Rate => {
                    prop_assert!(!rated && is == was && was != StateKind::ClosedSilent);
                    rated = true;
                }
                Act::Message => {
                    prop_assert!(is == was || (was.is_open() && is == StateKind::InWork));
                    prop_assert_eq!(before.cycle(), after.cycle());
                }
                Act::Contest => prop_assert!(is.is_open() && !was.is_open()),
                _ => {}
            }
            if event.fact.act() != Act::Transfer && before.owner().is_some() {
                prop_assert_eq!(before.owner(), after.owner());
            }
            prop_assert!(!event.fact.is_named_answer() || after.owner().is_some());
        }
    }
}
