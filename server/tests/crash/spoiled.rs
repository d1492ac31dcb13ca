//! A check that cannot fail proves nothing: here is a good history, as five writers at three nodes with four readers
//! would leave it, and each row of the tables below spoils it in one way, which the check must call by its name.

use std::collections::{BTreeMap, HashSet};
use std::mem::discriminant;

use crate::check::{Fault, check};
use crate::history::{Ack, Away, History, Line, Notice, Sent, Stored, Transcript};

const ROOM: &str = "room:1";
const OTHER_ROOM: &str = "room:2";
/// How many tries there were.
const TRIES: usize = 40;
/// How many of them made an entry of the first room.
const HEAD: u64 = 23;
/// The entry that was sent while the database stood still.
const WAITED: u64 = 12;
/// Up to where the one who lost the right may have read, and how far they read.
const SILENT_AFTER: u64 = 15;
const HEARD: usize = 14;

/// One way to spoil a history.
struct Spoiling {
    how: &'static str,
    spoil: fn(&mut History),
    fault: Fault,
}

/// What was written and answered, and what is there.
fn of_writing() -> Vec<Spoiling> {
    vec![
        row("lost: acknowledged, and not there", forget_the_last, lost(HEAD)),
        row("lost: acknowledged with another number", |it| ack(it, 5).seq = 6, lost(5)),
        row("lost: two nodes acknowledge it as two", acknowledge_as_another, lost(5)),
        row(
            "lost: acknowledged, and given up before",
            |it| it.acks.push(raised()),
            Fault::Lost { cid: given_up() },
        ),
        row("altered: another text than sent", |it| sent(it, 5).text = "другое".into(), altered(5)),
        row("altered: under another name", |it| sent(it, 5).author = "stranger".into(), altered(5)),
        row("altered: in another room", |it| sent(it, 5).feed = OTHER_ROOM.into(), altered(5)),
        row("twice: one try, two entries", |it| append(it, &cid(5)), Fault::Twice { cid: cid(5) }),
        row(
            "unanswered: resent and resent",
            |it| it.acks.retain(|ack| ack.cid != cid(5)),
            Fault::Unanswered { cid: cid(5) },
        ),
        row(
            "unanswered: given up, nobody says so",
            |it| drop(it.cancelled.remove(0)),
            Fault::Unanswered { cid: given_up() },
        ),
        row(
            "foreign: nobody sent it",
            |it| it.sent.retain(|sent| sent.cid != cid(5)),
            Fault::Foreign { cid: cid(5) },
        ),
        row(
            "risen: given up for ever, and there",
            |it| append(it, &given_up()),
            Fault::Risen { cid: given_up() },
        ),
        row("premature: acknowledged without a database", hurry, Fault::Premature { cid: cid(WAITED) }),
    ]
}

/// The numbers of the first room.
fn of_numbers() -> Vec<Spoiling> {
    vec![
        row("overtaken: by what another node had acknowledged", be_late, Fault::Overtaken { cid: cid(5) }),
        row("a hole", leave_a_hole, Fault::Numbers { feed: ROOM.into(), at: HEAD }),
        row(
            "the head too high",
            |it| stored(it).head += 1,
            Fault::Numbers { feed: ROOM.into(), at: HEAD + 1 },
        ),
    ]
}

/// What readers got, some of whom moved from node to node.
fn of_reading() -> Vec<Spoiling> {
    vec![
        row("missed: one where the reader moved", |it| drop(read(it, 0).remove(4)), misread(0, 5)),
        row("missed: the last", |it| drop(read(it, 1).pop()), misread(1, HEAD)),
        row("missed: everything", |it| read(it, 1).clear(), misread(1, 1)),
        row("doubled: told again where the reader moved", |it| double(read(it, 2), 4), misread(2, 6)),
        row("swapped: two neighbours", |it| read(it, 0).swap(4, 5), misread(0, 5)),
        row("foreign: another text", |it| read(it, 1)[6].text = "другое".into(), misread(1, 7)),
        row(
            "foreign: what is stored nowhere",
            |it| double(read(it, 2), HEAD as usize - 1),
            misread(2, HEAD + 1),
        ),
        row(
            "overheard: after the right was taken",
            hear_on,
            Fault::Overheard { reader: "r3".into(), feed: ROOM.into(), seq: SILENT_AFTER + 1 },
        ),
        row("missed: one before the right was taken", |it| drop(read(it, 3).remove(2)), misread(3, 3)),
    ]
}

/// What was told of clocks.
fn of_notices() -> Vec<Spoiling> {
    vec![
        row("untold: a node died before it told", |it| drop(it.told.remove(1)), Fault::Untold(notice(1))),
        row("retold: two nodes tell it", |it| it.told.push(notice(1)), Fault::Retold(notice(1))),
        row("mistold: to whom it does not concern", |it| it.told.push(notice(9)), Fault::Mistold(notice(9))),
    ]
}

#[test]
fn a_good_history_has_no_fault() {
    assert_eq!(check(&recorded()), []);
    assert_eq!(stored(&mut recorded()).head, HEAD);
}

#[test]
fn every_spoiled_history_is_found_out() {
    let spoilings: Vec<Spoiling> =
        [of_writing(), of_numbers(), of_reading(), of_notices()].into_iter().flatten().collect();
    for Spoiling { how, spoil, fault } in &spoilings {
        let mut history = recorded();
        spoil(&mut history);
        assert_eq!(check(&history), std::slice::from_ref(fault), "{how}");
    }
    let kinds: HashSet<_> = spoilings.iter().map(|spoiling| discriminant(&spoiling.fault)).collect();
    assert_eq!(kinds.len(), 14, "each kind of fault is in the tables");
}

fn row(how: &'static str, spoil: fn(&mut History), fault: Fault) -> Spoiling {
    Spoiling { how, spoil, fault }
}

fn lost(seq: u64) -> Fault {
    Fault::Lost { cid: cid(seq) }
}

fn altered(seq: u64) -> Fault {
    Fault::Altered { cid: cid(seq) }
}

fn misread(reader: usize, at: u64) -> Fault {
    Fault::Misread { reader: format!("r{reader}"), feed: ROOM.into(), at }
}

/// The good history. Each of five writers is at another node than the one before; answers come when the next has sent
/// already. Every seventh is answered a second time by another node, every tenth is given up.
fn recorded() -> History {
    let mut history = History::default();
    let mut acks: Vec<Ack> = Vec::new();
    for index in 0..TRIES {
        let (at, node) = (10 * index as u64, index % 3);
        let feed = if index.is_multiple_of(3) { OTHER_ROOM } else { ROOM };
        let author = format!("a{}", index % 5);
        let (cid, text) = (format!("w{}-{index}", index % 5), format!("Сообщение {index}"));
        let sent = Sent {
            cid: cid.clone(),
            author: author.clone(),
            feed: feed.into(),
            text: text.clone(),
            node,
            at,
        };
        history.sent.push(sent);
        if index % 10 == 4 {
            history.cancelled.push(cid);
            continue;
        }
        let stored = history.stored.entry(feed.into()).or_default();
        stored.head += 1;
        let seq = stored.head;
        let id = format!("{feed}/{seq}");
        stored.lines.push(Line { seq, id: id.clone(), author, cid: cid.clone(), text });
        acks.push(Ack { cid: cid.clone(), seq, id: id.clone(), node, at: at + 15 });
        if index.is_multiple_of(7) {
            acks.push(Ack { cid, seq, id, node: (node + 1) % 3, at: at + 25 });
        }
    }
    history.acks = acks;
    history.transcripts = (0..4).flat_map(|reader| transcripts(&history.stored, reader)).collect();
    let waited = sent(&mut history, WAITED).at;
    history.away.push(Away { from: waited - 1, until: waited + 9 });
    history.due = (0..3).map(notice).collect();
    history.told = (0..3).rev().map(notice).collect();
    history
}

/// What is told of an appeal.
fn notice(number: usize) -> Notice {
    Notice { feed: format!("person:{number}"), about: "appeal 1, first answer, cycle 1, 50 %".into() }
}

/// All of both rooms; the last reader lost the right to the first.
fn transcripts(stored: &BTreeMap<String, Stored>, reader: usize) -> Vec<Transcript> {
    let of = |(feed, stored): (&String, &Stored)| Transcript {
        reader: format!("r{reader}"),
        feed: feed.clone(),
        lines: stored.lines.clone(),
        silent_after: None,
    };
    let mut transcripts: Vec<Transcript> = stored.iter().map(of).collect();
    if reader == 3 {
        transcripts[0].lines.truncate(HEARD);
        transcripts[0].silent_after = Some(SILENT_AFTER);
    }
    transcripts
}

/// The try that made this entry of the first room.
fn cid(seq: u64) -> String {
    stored(&mut recorded()).lines[seq as usize - 1].cid.clone()
}

/// A try of the first room that was given up.
fn given_up() -> String {
    recorded().cancelled[0].clone()
}

/// Says that what was given up has landed.
fn raised() -> Ack {
    Ack { cid: given_up(), seq: HEAD + 1, id: "risen".into(), node: 0, at: 999 }
}

fn stored(history: &mut History) -> &mut Stored {
    history.stored.get_mut(ROOM).unwrap()
}

fn sent(history: &mut History, seq: u64) -> &mut Sent {
    let cid = stored(history).lines[seq as usize - 1].cid.clone();
    history.sent.iter_mut().find(|sent| sent.cid == cid).unwrap()
}

fn ack(history: &mut History, seq: u64) -> &mut Ack {
    let cid = stored(history).lines[seq as usize - 1].cid.clone();
    history.acks.iter_mut().find(|ack| ack.cid == cid).unwrap()
}

fn acknowledge_as_another(history: &mut History) {
    let again = Ack { seq: 99, ..ack(history, 5).clone() };
    history.acks.push(again);
}

/// What this reader got of the first room.
fn read(history: &mut History, reader: usize) -> &mut Vec<Line> {
    let reader = format!("r{reader}");
    let of = history.transcripts.iter_mut().find(|it| it.reader == reader && it.feed == ROOM);
    &mut of.unwrap().lines
}

/// Everywhere the last of the first room is as if it had never been, except for who was told of it.
fn forget_the_last(history: &mut History) {
    stored(history).head -= 1;
    everywhere(history, |lines| drop(lines.pop()));
}

/// An entry comes at the end, of a try that has ended already.
fn append(history: &mut History, cid: &str) {
    let Sent { author, text, .. } = history.sent.iter().find(|sent| sent.cid == cid).unwrap().clone();
    stored(history).head += 1;
    let line = Line { seq: HEAD + 1, id: "again".into(), author, cid: cid.into(), text };
    everywhere(history, |lines| lines.push(line.clone()));
}

fn leave_a_hole(history: &mut History) {
    stored(history).head += 1;
    ack(history, HEAD).seq += 1;
    everywhere(history, |lines| lines.last_mut().unwrap().seq += 1);
}

/// Changes the first room in the database and with everybody who read to its end.
fn everywhere(history: &mut History, change: impl Fn(&mut Vec<Line>)) {
    change(&mut stored(history).lines);
    (0..3).for_each(|reader| change(read(history, reader)));
}

/// The answer comes while the database stands still.
fn hurry(history: &mut History) {
    ack(history, WAITED).at = sent(history, WAITED).at + 5;
}

/// One is sent after its neighbour was acknowledged.
fn be_late(history: &mut History) {
    let neighbour = ack(history, 6).at;
    sent(history, 5).at = neighbour + 1;
    ack(history, 5).at = neighbour + 2;
}

fn double(lines: &mut Vec<Line>, index: usize) {
    lines.insert(index + 1, lines[index].clone());
}

fn hear_on(history: &mut History) {
    let all = stored(history).lines.clone();
    *read(history, 3) = all[..SILENT_AFTER as usize + 1].to_vec();
}
