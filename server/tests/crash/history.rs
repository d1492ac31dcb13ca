//! What happened, told by everyone who took part, and whether it keeps the promises of the contract: what was
//! acknowledged is there once, where it was said to be; numbers have no holes; every reader read the same.
//! Pure: it knows no server, no socket and no database. Linear in the number of entries, since the numbers
//! that the server gave are the witness.

use std::collections::{BTreeMap, HashMap, HashSet};

/// A post, as its writer made it. Names of tries are unique over all writers here.
#[derive(Debug, Clone)]
pub struct Sent {
    pub cid: String,
    pub author: String,
    pub feed: String,
    pub text: String,
    /// The highest number of the feed that its writer had seen acknowledged before sending it first.
    pub after: u64,
}

/// What the server said became of a try; for a try sent again there are several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ack {
    pub cid: String,
    pub seq: u64,
    pub id: String,
}

/// One entry, as it is stored or as a reader got it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub seq: u64,
    pub id: String,
    pub author: String,
    pub cid: String,
    pub text: String,
}

/// A feed as the database holds it.
#[derive(Debug, Clone, Default)]
pub struct Stored {
    pub head: u64,
    pub lines: Vec<Line>,
}

/// All that one reader got of one feed, over all its connections.
#[derive(Debug, Clone)]
pub struct Transcript {
    pub reader: String,
    pub feed: String,
    pub lines: Vec<Line>,
}

/// Everything that happened.
#[derive(Debug, Clone, Default)]
pub struct History {
    pub sent: Vec<Sent>,
    pub acks: Vec<Ack>,
    pub stored: BTreeMap<String, Stored>,
    pub transcripts: Vec<Transcript>,
}

/// A broken promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// What was acknowledged is not there: no entry of this try has that number and that id. That the try,
    /// sent again, made another entry later does not bring it back.
    Lost { cid: String },
    /// It is in another feed, of another author or with another text than it was sent.
    Altered { cid: String },
    /// It is an entry twice.
    Twice { cid: String },
    /// It was resent until it was acknowledged, and no acknowledgement came.
    Unanswered { cid: String },
    /// Nobody sent it.
    Foreign { cid: String },
    /// It has a smaller number than one that was acknowledged before it was sent.
    Overtaken { cid: String },
    /// The numbers of a feed are not exactly 1…head; `at` is the first wrong place.
    Numbers { feed: String, at: u64 },
    /// A reader got something else than what is stored, from number `at` on.
    Misread { reader: String, feed: String, at: u64 },
}

/// The broken promises of a history; none in a good one.
pub fn check(history: &History) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut places: HashMap<&str, (&str, &Line)> = HashMap::new();
    for (feed, stored) in &history.stored {
        if let Some(at) = wrong_number(stored) {
            faults.push(Fault::Numbers { feed: feed.clone(), at });
        }
        for line in &stored.lines {
            if places.insert(&line.cid, (feed, line)).is_some() {
                faults.push(Fault::Twice { cid: line.cid.clone() });
            }
        }
    }
    let sent: HashMap<&str, &Sent> = history.sent.iter().map(|sent| (sent.cid.as_str(), sent)).collect();
    check_writing(history, &places, &sent, &mut faults);
    let misread = history.transcripts.iter().filter_map(|transcript| {
        let stored = history.stored.get(&transcript.feed).map_or(&[][..], |stored| &stored.lines);
        let at = first_difference(&transcript.lines, stored)?;
        Some(Fault::Misread { reader: transcript.reader.clone(), feed: transcript.feed.clone(), at })
    });
    faults.extend(misread);
    faults
}

fn check_writing(
    history: &History,
    places: &HashMap<&str, (&str, &Line)>,
    sent: &HashMap<&str, &Sent>,
    faults: &mut Vec<Fault>,
) {
    let mut acked = HashSet::new();
    for ack in &history.acks {
        acked.insert(ack.cid.as_str());
        let place = places.get(ack.cid.as_str());
        if place.is_none_or(|(_, line)| line.seq != ack.seq || line.id != ack.id) {
            faults.push(Fault::Lost { cid: ack.cid.clone() });
        }
    }
    for (cid, (feed, line)) in places {
        let cid = || (*cid).to_owned();
        match sent.get(cid().as_str()) {
            None => faults.push(Fault::Foreign { cid: cid() }),
            Some(sent) if sent.feed != *feed || sent.author != line.author || sent.text != line.text => {
                faults.push(Fault::Altered { cid: cid() });
            }
            Some(sent) if line.seq <= sent.after => faults.push(Fault::Overtaken { cid: cid() }),
            Some(_) => {}
        }
    }
    let unanswered = history.sent.iter().filter(|sent| !acked.contains(sent.cid.as_str()));
    faults.extend(unanswered.map(|sent| Fault::Unanswered { cid: sent.cid.clone() }));
}

/// The first number that is not where it should be.
fn wrong_number(stored: &Stored) -> Option<u64> {
    let wrong = (1..).zip(&stored.lines).find(|(seq, line)| line.seq != *seq);
    let count = stored.lines.len() as u64;
    wrong.map(|(seq, _)| seq).or((count != stored.head).then_some(count + 1))
}

/// The place, counted from 1, of the first difference between what a reader got and what is stored. A reader
/// follows to the end, so getting less is a difference too.
fn first_difference(read: &[Line], stored: &[Line]) -> Option<u64> {
    let same = read.iter().zip(stored).take_while(|(read, stored)| read == stored).count();
    (same < read.len().max(stored.len())).then_some(same as u64 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEED: &str = "room:1";

    fn line(seq: u64) -> Line {
        Line {
            seq,
            id: format!("id{seq}"),
            author: "a".into(),
            cid: format!("c{seq}"),
            text: format!("{seq}"),
        }
    }

    fn good() -> History {
        let lines: Vec<Line> = (1..=4).map(line).collect();
        let sent = |line: &Line| Sent {
            cid: line.cid.clone(),
            author: "a".into(),
            feed: FEED.into(),
            text: line.text.clone(),
            after: line.seq - 1,
        };
        let ack = |line: &Line| Ack { cid: line.cid.clone(), seq: line.seq, id: line.id.clone() };
        History {
            sent: lines.iter().map(sent).collect(),
            acks: lines.iter().map(ack).collect(),
            stored: BTreeMap::from([(FEED.into(), Stored { head: 4, lines: lines.clone() })]),
            transcripts: vec![Transcript { reader: "r".into(), feed: FEED.into(), lines }],
        }
    }

    /// The faults of a good history that was spoiled.
    fn spoiled(spoil: impl FnOnce(&mut History)) -> Vec<Fault> {
        let mut history = good();
        spoil(&mut history);
        check(&history)
    }

    fn stored(history: &mut History) -> &mut Stored {
        history.stored.get_mut(FEED).unwrap()
    }

    #[test]
    fn a_good_history_has_no_fault() {
        assert_eq!(check(&good()), []);
    }

    #[test]
    fn an_acknowledged_entry_that_is_gone_is_lost() {
        let faults = spoiled(|history| {
            stored(history).lines.pop();
            stored(history).head = 3;
            history.transcripts[0].lines.pop();
        });
        assert_eq!(faults, [Fault::Lost { cid: "c4".into() }]);
    }

    #[test]
    fn an_entry_with_another_number_or_id_than_acknowledged_is_not_the_one() {
        let lost = [Fault::Lost { cid: "c2".into() }];
        assert_eq!(spoiled(|history| history.acks[1].id = "id9".into()), lost);
        assert_eq!(spoiled(|history| history.acks[1].seq = 3), lost);
        let again = Ack { cid: "c2".into(), seq: 5, id: "id5".into() };
        assert_eq!(spoiled(|history| history.acks.push(again)), lost, "two answers to one try");
    }

    #[test]
    fn an_entry_that_is_not_what_was_sent_is_altered() {
        let altered = [Fault::Altered { cid: "c2".into() }];
        assert_eq!(spoiled(|history| history.sent[1].text = "another".into()), altered);
        assert_eq!(spoiled(|history| history.sent[1].author = "b".into()), altered);
        assert_eq!(spoiled(|history| history.sent[1].feed = "room:2".into()), altered);
    }

    #[test]
    fn one_try_that_made_two_entries_is_found() {
        let faults = spoiled(|history| {
            let again = Line { cid: "c4".into(), text: "4".into(), ..line(5) };
            stored(history).lines.push(again.clone());
            stored(history).head = 5;
            history.transcripts[0].lines.push(again);
        });
        assert!(faults.contains(&Fault::Twice { cid: "c4".into() }), "{faults:?}");
    }

    #[test]
    fn a_try_nobody_answered_and_an_entry_nobody_sent_are_found() {
        assert_eq!(spoiled(|it| drop(it.acks.remove(0))), [Fault::Unanswered { cid: "c1".into() }]);
        let faults = spoiled(|history| {
            history.sent.remove(0);
        });
        assert_eq!(faults, [Fault::Foreign { cid: "c1".into() }]);
    }

    #[test]
    fn an_entry_that_overtook_an_earlier_one_is_found() {
        assert_eq!(spoiled(|history| history.sent[0].after = 2), [Fault::Overtaken { cid: "c1".into() }]);
    }

    #[test]
    fn a_hole_and_a_head_too_high_are_found() {
        let faults = spoiled(|history| {
            stored(history).lines[3].seq = 5;
            stored(history).head = 5;
        });
        assert!(faults.contains(&Fault::Numbers { feed: FEED.into(), at: 4 }), "{faults:?}");
        let faults = spoiled(|history| stored(history).head = 5);
        assert_eq!(faults, [Fault::Numbers { feed: FEED.into(), at: 5 }]);
    }

    #[test]
    fn a_reader_who_missed_doubled_swapped_or_mistook_something_is_found() {
        let misread = |at| [Fault::Misread { reader: "r".into(), feed: FEED.into(), at }];
        let read = |spoil: fn(&mut Vec<Line>)| spoiled(|history| spoil(&mut history.transcripts[0].lines));
        assert_eq!(read(|lines| drop(lines.remove(1))), misread(2));
        assert_eq!(read(|lines| lines.insert(1, line(1))), misread(2));
        assert_eq!(read(|lines| lines.swap(1, 2)), misread(2));
        assert_eq!(read(|lines| lines[2].text = "another".into()), misread(3));
        assert_eq!(read(|lines| drop(lines.pop())), misread(4));
        assert_eq!(read(|lines| lines.push(line(5))), misread(5));
    }
}
