//! Everybody of a run: who they are, which room is theirs, and how they are dealt out to processes.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::Client;
use tempfile::NamedTempFile;
use wire::room::Room;

use crate::crowd::order::{Begin, Group, RoomFeeds};
use crate::person::Person;
use crate::progress;
use crate::target::Target;

/// How many sign-ups are under way at once; the server hashes two passwords at a time.
const SIGN_UPS: usize = 8;

/// Everybody of a run.
#[derive(Debug, Clone)]
pub struct Everybody {
    /// Tells this run from others.
    pub run: u32,
    /// The server.
    pub target: Target,
    /// Its nodes.
    pub nodes: Vec<SocketAddr>,
    /// The file with their tokens; without one nobody signs in.
    pub tokens: Option<PathBuf>,
    /// Where in it each token begins.
    pub offsets: Vec<u64>,
    /// The rooms.
    pub rooms: Vec<RoomFeeds>,
    /// Everybody in the order of the file, by room.
    pub groups: Vec<Group>,
    /// Whether they follow their own mailbox.
    pub mailbox: bool,
    /// Whether who is cut off comes back.
    pub returns: bool,
}

impl Everybody {
    /// How many they are.
    pub fn count(&self) -> u32 {
        self.groups.iter().map(|group| group.count).sum()
    }

    /// `count` of them, from the one with number `first` on.
    pub fn some(&self, first: u32, count: u32) -> Self {
        let at = usize::try_from(first).unwrap_or(usize::MAX);
        let offsets = self.offsets.get(at..).unwrap_or_default().to_vec();
        Self { groups: part(&self.groups, first, count), offsets, ..self.clone() }
    }

    /// Deals them out to processes of at most `in_one`, each with an address of its own to come from.
    pub fn deal(&self, in_one: u32) -> Vec<Begin> {
        let count = self.count();
        let processes = count.div_ceil(in_one.max(1)).max(1);
        let share = count.div_ceil(processes);
        let begin = |turn: u32| {
            let first = turn * share;
            // 127.0.0.1 is left to everybody else.
            self.begin(first, share.min(count - first), Ipv4Addr::from(0x7f00_0002 + turn))
        };
        (0..processes).filter(|turn| turn * share < count).map(begin).collect()
    }

    fn begin(&self, first: u32, count: u32, source: Ipv4Addr) -> Begin {
        let at = usize::try_from(first).unwrap_or(usize::MAX);
        Begin {
            run: self.run,
            addresses: self.nodes.clone(),
            authority: self.target.authority().to_owned(),
            source: self.target.address.ip().is_loopback().then_some(source),
            tokens: self.tokens.clone(),
            from: self.offsets.get(at).copied().unwrap_or_default(),
            first,
            groups: part(&self.groups, first, count),
            rooms: self.rooms.clone(),
            mailbox: self.mailbox,
            returns: self.returns,
            receive_buffer: None,
        }
    }
}

/// The groups of `count` people from the one with number `first` on.
fn part(groups: &[Group], first: u32, count: u32) -> Vec<Group> {
    let (mut skip, mut left) = (first, count);
    let mut part = Vec::new();
    for group in groups {
        let here = group.count.saturating_sub(skip).min(left);
        skip = skip.saturating_sub(group.count);
        left -= here;
        if here > 0 {
            part.push(Group { count: here, room: group.room });
        }
    }
    part
}

/// A file of tokens, one a line; where each of at most `count` begins.
///
/// # Errors
/// When there are fewer.
pub fn offsets(tokens: &Path, count: u32) -> anyhow::Result<Vec<u64>> {
    let file = File::open(tokens).with_context(|| tokens.display().to_string())?;
    let mut lines = BufReader::new(file);
    let mut offsets = Vec::new();
    let (mut at, mut line) = (0, String::new());
    for _ in 0..count {
        line.clear();
        let length = lines.read_line(&mut line)?;
        ensure!(length > 0, "{} holds {} tokens, not {count}", tokens.display(), offsets.len());
        offsets.push(at);
        at += length as u64;
    }
    Ok(offsets)
}

/// The token of each of these lines.
///
/// # Errors
/// When a line is not there.
pub fn token(tokens: &Path, offset: u64) -> anyhow::Result<String> {
    use std::io::{Seek as _, SeekFrom};
    let mut file = BufReader::new(File::open(tokens)?);
    file.seek(SeekFrom::Start(offset))?;
    let mut line = String::new();
    file.read_line(&mut line)?;
    ensure!(!line.trim().is_empty(), "{} ends early", tokens.display());
    Ok(line.trim_end().to_owned())
}

/// People who sign up, or in, with a password, and their tokens in a file that goes away with the run; `poster` is
/// the first.
///
/// # Errors
/// When the server refuses or does not answer.
pub async fn gather(
    count: u32,
    http: &Client,
    target: &Target,
    poster: &Person,
    room: &Room,
) -> anyhow::Result<NamedTempFile> {
    let bar = progress::bar("people", u64::from(count));
    let people = stream::iter(1..count).map(|number| {
        let bar = &bar;
        async move {
            let person = Person::member(http, target, number).await?;
            person.join(room).await?;
            bar.inc(1);
            anyhow::Ok(person)
        }
    });
    let people: Vec<Person> = people.buffer_unordered(SIGN_UPS).try_collect().await?;
    bar.finish_and_clear();
    let mut file = NamedTempFile::with_prefix("tokens-")?;
    for person in [poster].into_iter().chain(&people) {
        writeln!(file, "{}", person.token())?;
    }
    file.flush()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUPS: [Group; 3] =
        [Group { count: 5, room: 0 }, Group { count: 1, room: 1 }, Group { count: 4, room: 2 }];

    #[test]
    fn parts_hold_everybody_once() {
        let split: Vec<Group> = [part(&GROUPS, 0, 3), part(&GROUPS, 3, 3), part(&GROUPS, 6, 4)].concat();
        let shown: Vec<(u32, usize)> = split.iter().map(|group| (group.count, group.room)).collect();
        assert_eq!(shown, [(3, 0), (2, 0), (1, 1), (4, 2)]);
    }

    #[test]
    fn where_each_token_begins() {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(b"one\nthree\nfour\n").unwrap();
        let offsets = offsets(file.path(), 3).unwrap();
        assert_eq!(offsets, [0, 4, 10]);
        assert_eq!(token(file.path(), 4).unwrap(), "three");
        assert!(super::offsets(file.path(), 4).is_err(), "there are three");
    }
}
