//! Whether a history keeps the promises of the contract: what was acknowledged is there once, where it was said to be;
//! what was given up is nowhere; numbers have no holes and follow the order in which things happened, whatever nodes
//! they happened on; every reader read the same, until they lost the right; what comes due is told once. Pure. Linear but
//! for one sorting by time, since the numbers that the servers gave are the witness.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::history::{Ack, History, Line, Moment, Notice, Sent, Stored, Transcript};

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
    /// It was resent or given up until an answer came, and none came.
    Unanswered { cid: String },
    /// Nobody sent it.
    Foreign { cid: String },
    /// It was acknowledged as given up for ever, and it is there.
    Risen { cid: String },
    /// It was sent and acknowledged while there was no database that could have kept it.
    Premature { cid: String },
    /// It has a smaller number than one that was acknowledged, by whatever node, before it was sent.
    Overtaken { cid: String },
    /// The numbers of a feed are not exactly 1…head; `at` is the first wrong place.
    Numbers { feed: String, at: u64 },
    /// A reader got something else than what is stored, from number `at` on.
    Misread { reader: String, feed: String, at: u64 },
    /// A reader got number `seq`, which was written when the loss of their right had to have reached them.
    Overheard { reader: String, feed: String, seq: u64 },
    /// It was to be told, and was not.
    Untold(Notice),
    /// It was told more than once.
    Retold(Notice),
    /// It was told to somebody whom it does not concern, or never came.
    Mistold(Notice),
}

/// Where the entry of a try is.
type Places<'a> = HashMap<&'a str, (&'a str, &'a Line)>;

/// The broken promises of a history; none in a good one.
pub fn check(history: &History) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut places = Places::new();
    for (feed, stored) in &history.stored {
        if let Some(at) = wrong_number(stored) {
            faults.push(Fault::Numbers { feed: feed.clone(), at });
        }
        for line in &stored.lines {
            if let Some((_, first)) = places.get(line.cid.as_str()) {
                faults.push(Fault::Twice { cid: first.cid.clone() });
            } else {
                places.insert(&line.cid, (feed, line));
            }
        }
    }
    let sent: HashMap<&str, &Sent> = history.sent.iter().map(|sent| (sent.cid.as_str(), sent)).collect();
    check_answers(history, &places, &sent, &mut faults);
    check_entries(history, &sent, &mut faults);
    check_order(history, &places, &mut faults);
    history.transcripts.iter().for_each(|transcript| check_reading(history, transcript, &mut faults));
    check_notices(history, &mut faults);
    faults
}

/// What the servers said is so.
fn check_answers(
    history: &History,
    places: &Places<'_>,
    sent: &HashMap<&str, &Sent>,
    faults: &mut Vec<Fault>,
) {
    let mut answered = HashSet::new();
    for ack in &history.acks {
        answered.insert(ack.cid.as_str());
        if !is_kept(ack, places) {
            faults.push(Fault::Lost { cid: ack.cid.clone() });
        }
        let sent_at = sent.get(ack.cid.as_str()).map_or(0, |sent| sent.at);
        if history.away.iter().any(|away| away.from < sent_at && ack.at < away.until) {
            faults.push(Fault::Premature { cid: ack.cid.clone() });
        }
    }
    for cid in &history.cancelled {
        answered.insert(cid.as_str());
        if places.contains_key(cid.as_str()) {
            faults.push(Fault::Risen { cid: cid.clone() });
        }
    }
    let unanswered = history.sent.iter().filter(|sent| !answered.contains(sent.cid.as_str()));
    faults.extend(unanswered.map(|sent| Fault::Unanswered { cid: sent.cid.clone() }));
}

fn is_kept(ack: &Ack, places: &Places<'_>) -> bool {
    places.get(ack.cid.as_str()).is_some_and(|(_, line)| line.seq == ack.seq && line.id == ack.id)
}

/// What is there was sent like that.
fn check_entries(history: &History, sent: &HashMap<&str, &Sent>, faults: &mut Vec<Fault>) {
    for (feed, stored) in &history.stored {
        for line in &stored.lines {
            let cid = line.cid.clone();
            match sent.get(line.cid.as_str()) {
                None => faults.push(Fault::Foreign { cid }),
                Some(sent) if sent.feed != *feed || sent.author != line.author || sent.text != line.text => {
                    faults.push(Fault::Altered { cid });
                }
                Some(_) => {}
            }
        }
    }
}

/// Numbers follow the order in which things happened. Everything is gone through by time: what is sent must come
/// after the highest number of its feed that anybody had seen acknowledged.
fn check_order(history: &History, places: &Places<'_>, faults: &mut Vec<Fault>) {
    let acked = history.acks.iter().filter(|ack| is_kept(ack, places));
    let mut happened: Vec<(Moment, &str, bool)> = acked.map(|ack| (ack.at, ack.cid.as_str(), true)).collect();
    happened.extend(history.sent.iter().map(|sent| (sent.at, sent.cid.as_str(), false)));
    happened.sort_unstable();
    let mut heads: BTreeMap<&str, u64> = BTreeMap::new();
    for (_, cid, is_ack) in happened {
        let Some((feed, line)) = places.get(cid) else { continue };
        let head = heads.entry(feed).or_default();
        if is_ack {
            *head = line.seq.max(*head);
        } else if line.seq <= *head {
            faults.push(Fault::Overtaken { cid: cid.to_owned() });
        }
    }
}

/// A reader got what is stored: all of it, or up to where they lost the right.
fn check_reading(history: &History, transcript: &Transcript, faults: &mut Vec<Fault>) {
    let Transcript { lines, silent_after, .. } = transcript;
    let (reader, feed) = (|| transcript.reader.clone(), || transcript.feed.clone());
    let stored = history.stored.get(&transcript.feed).map_or(&[][..], |stored| &stored.lines);
    let owed = if silent_after.is_some() { lines.len() } else { stored.len() };
    let same = lines.iter().zip(stored).take_while(|(read, stored)| read == stored).count();
    if same < lines.len().max(owed) {
        faults.push(Fault::Misread { reader: reader(), feed: feed(), at: same as u64 + 1 });
    }
    let late = lines.iter().find(|line| silent_after.is_some_and(|last| line.seq > last));
    faults.extend(late.map(|line| Fault::Overheard { reader: reader(), feed: feed(), seq: line.seq }));
}

/// Each notice was told once, to each whom it concerns and to nobody else.
fn check_notices(history: &History, faults: &mut Vec<Fault>) {
    let due: HashSet<&Notice> = history.due.iter().collect();
    let mut told = HashSet::new();
    for notice in &history.told {
        if !due.contains(notice) {
            faults.push(Fault::Mistold(notice.clone()));
        } else if !told.insert(notice) {
            faults.push(Fault::Retold(notice.clone()));
        }
    }
    let untold = history.due.iter().filter(|notice| !told.contains(notice));
    faults.extend(untold.map(|notice| Fault::Untold(notice.clone())));
}

/// The first number that is not where it should be.
fn wrong_number(stored: &Stored) -> Option<u64> {
    let wrong = (1..).zip(&stored.lines).find(|(seq, line)| line.seq != *seq);
    let count = stored.lines.len() as u64;
    wrong.map(|(seq, _)| seq).or((count != stored.head).then_some(count + 1))
}
