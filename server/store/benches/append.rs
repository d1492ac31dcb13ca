//! How many posts a second are appended, beside bare inserts of the same texts: the same engine, the same durability,
//! the same groups, one table with the key of a feed's entries, no tries, no heads, no rights. Both take turns, so that
//! a busy machine is busy for both; the ratio is what counts. Rooms are many and one of them is hot.
//!
//! `cargo bench -p store --bench append` prints a table; with `--json` one line for programs.
#![expect(clippy::print_stdout, reason = "it prints its figures")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench fails by panicking")]

use std::time::Duration;

use domain::actor::Kind;
use domain::author::Author;
use domain::feed::{Body, Feed};
use domain::id::{AccountId, Id};
use domain::message::Cid;
use domain::moment::Moment;
use sqlx::{Database, QueryBuilder};
use store::account::{self, Account};
use store::feed::{self, Draft};
use store::testing::{Engine, fresh};
use store::{Store, Tx};
use tokio::time::Instant;
use uuid::Uuid;

/// How many rooms are written into; every fourth post goes into the first.
const ROOMS: u64 = 460;
/// From how many people.
const SENDERS: u64 = 64;
/// Posts in a transaction.
const GROUPS: [u64; 3] = [1, 32, 256];
/// How often each takes its turn, and for how long.
const TURNS: usize = 8;
const TURN: Duration = Duration::from_millis(250);
/// A usual question.
const TEXT: &str =
    "Здравствуйте! Подскажите, пожалуйста, когда принимает участковый терапевт на улице Ленина, 5?";

/// One engine, its people and its rooms.
struct Ground {
    store: Store,
    people: Vec<AccountId>,
    feeds: Vec<Feed>,
    posts: u64,
}

/// Posts a second: ours and bare.
struct Pace {
    ours: f64,
    bare: f64,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let json = std::env::args().any(|argument| argument == "--json");
    for engine in Engine::ALL {
        let db = fresh(engine).await;
        let mut ground = Ground::prepare(db.store.clone()).await;
        for group in GROUPS {
            let Pace { ours, bare } = ground.race(group).await;
            let (engine, ratio) = (format!("{engine:?}").to_lowercase(), ours / bare);
            if json {
                println!(
                    r#"{{"engine":"{engine}","group":{group},"posts_per_s":{ours:.0},"bare_per_s":{bare:.0},"ratio":{ratio:.3}}}"#
                );
            } else {
                println!(
                    "{engine:>8}, groups of {group:>3}: {ours:>8.0} posts/s, bare inserts {bare:>8.0}/s, {ratio:.2} of them"
                );
            }
        }
    }
}

impl Ground {
    async fn prepare(store: Store) -> Self {
        let people: Vec<AccountId> = (0..SENDERS).map(|number| id(1, number)).collect();
        let feeds: Vec<Feed> = (0..ROOMS).map(|number| Feed::Room(id(2, number))).collect();
        let mut tx = store.begin().await.unwrap();
        for person in &people {
            account::add(&mut tx, &somebody(*person), "$argon2id$").await.unwrap();
        }
        for feed in &feeds {
            feed::create(&mut tx, *feed, "epoch").await.unwrap();
        }
        let table = "create table bare (feed text not null, seq bigint not null, author text not null, \
                     text text not null, primary key (feed, seq))";
        match &mut tx {
            Tx::Sqlite(tx) => sqlx::query(table).execute(&mut **tx).await.map(|_| ()).unwrap(),
            Tx::Postgres(tx) => sqlx::query(table).execute(&mut **tx).await.map(|_| ()).unwrap(),
        }
        tx.commit().await.unwrap();
        Self { store, people, feeds, posts: 0 }
    }

    /// Lets both take turns with groups of this size; gives the median turn of each.
    async fn race(&mut self, group: u64) -> Pace {
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            ours.push(self.turn(group, true).await);
            bare.push(self.turn(group, false).await);
        }
        Pace { ours: median(ours), bare: median(bare) }
    }

    /// Posts a second of one turn.
    async fn turn(&mut self, group: u64, ours: bool) -> f64 {
        let (before, begun) = (self.posts, Instant::now());
        while begun.elapsed() < TURN {
            let drafts: Vec<Draft> = (0..group).map(|_| self.next()).collect();
            let mut tx = self.store.begin().await.unwrap();
            if ours {
                feed::append(&mut tx, Moment::from_millis(1), &drafts).await.unwrap();
            } else {
                let from = self.posts;
                match &mut tx {
                    Tx::Sqlite(tx) => bare(from, &drafts).build().execute(&mut **tx).await.map(|_| ()),
                    Tx::Postgres(tx) => bare(from, &drafts).build().execute(&mut **tx).await.map(|_| ()),
                }
                .unwrap();
            }
            tx.commit().await.unwrap();
        }
        (self.posts - before) as f64 / begun.elapsed().as_secs_f64()
    }

    fn next(&mut self) -> Draft {
        self.posts += 1;
        let room = if self.posts.is_multiple_of(4) { 0 } else { self.posts * 7919 % ROOMS };
        let person = self.people[usize::try_from(self.posts % SENDERS).unwrap()];
        Draft {
            feed: self.feeds[usize::try_from(room).unwrap()],
            id: id(3, self.posts),
            author: Author {
                account: person,
                kind: Kind::Resident,
                alias: "Нина К.".into(),
                signature: None,
            },
            body: Body::Message { text: Some(TEXT.into()) },
            attempt: Some((Cid::new(&self.posts.to_string()).unwrap(), "digest".into())),
        }
    }
}

/// One statement that inserts the texts of `drafts`, as plainly as a table of messages can be written.
fn bare<Db: Database>(from: u64, drafts: &[Draft]) -> QueryBuilder<Db>
where
    String: sqlx::Type<Db> + for<'q> sqlx::Encode<'q, Db>,
    i64: sqlx::Type<Db> + for<'q> sqlx::Encode<'q, Db>,
{
    let mut query = QueryBuilder::new("insert into bare (feed, seq, author, text) ");
    query.push_values(drafts.iter().zip(from..), |mut values, (draft, seq)| {
        values
            .push_bind(draft.feed.to_string())
            .push_bind(i64::try_from(seq).unwrap())
            .push_bind(draft.author.account.to_string())
            .push_bind(TEXT.to_owned());
    });
    query
}

fn somebody(id: AccountId) -> Account {
    Account {
        id,
        login: id.to_string(),
        kind: Kind::Resident,
        alias: "Нина К.".into(),
        name: None,
        position: None,
        employer: None,
        created_at: Moment::from_millis(1),
        closed_at: None,
    }
}

/// The id of thing `number` of a kind. Ids of entries grow, as real ones do.
fn id<N>(kind: u64, number: u64) -> Id<N> {
    Id::from_uuid(Uuid::from_u64_pair(kind, number))
}

fn median(mut paces: Vec<f64>) -> f64 {
    paces.sort_by(f64::total_cmp);
    paces[paces.len() / 2]
}
