//! A group is its drafts one by one: whatever is appended in one transaction fares as if each draft had been appended
//! in its own, and leaves the same feeds behind.

use domain::feed::{Body, Feed};
use domain::id::AccountId;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::feed::{Draft, Outcome};
use store::testing::Fresh;
use store::{Store, cid, entry};
use tokio::runtime::Handle;

use crate::scene::{self, a_feed, append, commit, said, someone, tried};

/// How many lists of groups are tried on each engine.
const CASES: u32 = 32;
/// The try that both authors gave up beforehand.
const GIVEN_UP: usize = 3;

/// One draft, in numbers that mean the same everywhere.
#[derive(Debug, Clone, Copy)]
struct Saying {
    feed: usize,
    author: usize,
    name: Option<usize>,
    text: usize,
}

fn saying() -> impl Strategy<Value = Saying> {
    let name = prop::option::weighted(0.8, 0..=GIVEN_UP);
    (0..3_usize, 0..2_usize, name, 0..2_usize).prop_map(|(feed, author, name, text)| Saying {
        feed,
        author,
        name,
        text,
    })
}

/// Feeds and authors of its own, for sayings to be appended to.
struct Place {
    feeds: [Feed; 3],
    authors: [AccountId; 2],
}

/// What became of a draft, and where: the number of the feed and that in it.
#[derive(Debug, PartialEq, Eq)]
enum Fared {
    Fresh(usize, u64),
    Repeated(usize, u64),
    Conflict,
}

impl Place {
    async fn new(store: &Store) -> Self {
        let feeds = [a_feed(store).await, a_feed(store).await, a_feed(store).await];
        let authors = [someone(store).await, someone(store).await];
        for author in authors {
            commit!(store, tx => cid::bar(tx, author, &scene::cid(&GIVEN_UP.to_string())));
        }
        Self { feeds, authors }
    }

    fn draft(&self, saying: Saying) -> Draft {
        let (feed, author, text) = (self.feeds[saying.feed], self.authors[saying.author], saying.text);
        match saying.name {
            Some(name) => tried(feed, author, &name.to_string(), &text.to_string()),
            None => said(feed, author, &text.to_string()),
        }
    }

    async fn append(&self, store: &Store, sayings: &[Saying]) -> Vec<Fared> {
        let drafts: Vec<Draft> = sayings.iter().map(|saying| self.draft(*saying)).collect();
        let number = |feed| self.feeds.iter().position(|one| *one == feed).unwrap();
        let fared = |outcome: Outcome| match outcome {
            Outcome::Fresh(written) => Fared::Fresh(number(written.feed), written.seq),
            Outcome::Repeated(written) => Fared::Repeated(number(written.feed), written.seq),
            Outcome::Conflict => Fared::Conflict,
        };
        append(store, 5, &drafts).await.into_iter().map(fared).collect()
    }

    /// Numbers, authors and texts of every feed, and its head.
    async fn left(&self, store: &Store) -> Vec<(Vec<(u64, usize, String)>, u64)> {
        let mut left = Vec::new();
        for feed in self.feeds {
            let entries = entry::after(store, feed, 0, 1_000).await.unwrap();
            let number = |account| self.authors.iter().position(|one| *one == account).unwrap();
            let kept = entries.into_iter().map(|(entry, _)| {
                let Body::Message { text } = entry.body else { panic!("a message") };
                (entry.seq, number(entry.author.account), text.unwrap())
            });
            left.push((kept.collect(), store::feed::head(store, feed).await.unwrap().unwrap().seq));
        }
        left
    }
}

async fn a_group_fares_as_its_drafts_one_by_one(db: Fresh) {
    let same = |groups: &[Vec<Saying>]| {
        let store = &db.store;
        let both = async {
            let (at_once, apart) = (Place::new(store).await, Place::new(store).await);
            for group in groups {
                let together = at_once.append(store, group).await;
                let mut alone = Vec::new();
                for saying in group {
                    alone.extend(apart.append(store, &[*saying]).await);
                }
                assert_eq!(together, alone);
            }
            let left = at_once.left(store).await;
            for (kept, head) in &left {
                let numbers: Vec<u64> = kept.iter().map(|(seq, ..)| *seq).collect();
                assert_eq!(numbers, (1..=*head).collect::<Vec<_>>());
            }
            assert_eq!(left, apart.left(store).await);
        };
        tokio::task::block_in_place(|| Handle::current().block_on(both));
    };
    let groups = vec(vec(saying(), 0..24), 1..4);
    let mut runner = TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() });
    runner
        .run(&groups, |groups| {
            same(&groups);
            Ok(())
        })
        .unwrap();
}

on_both_engines!(a_group_fares_as_its_drafts_one_by_one);
