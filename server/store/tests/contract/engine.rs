//! The seam itself: opening, what is refused, transactions that end or do not, a database that is away.

use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use store::cid::{self, Fate};
use store::testing::{Cluster, Engine, Fresh, fresh};
use store::{Address, KEYS_SCHEMA, Store, StoreError, StoreResult, entry, fact, feed, migrate};

use crate::scene::{self, a_feed, append, at, commit, someone, tried};

async fn what_one_opening_wrote_another_reads(db: Fresh) {
    commit!(db.store, tx => fact::set(tx, "demo", "1"));
    let other = Store::open(&db.address).await.unwrap();
    assert_eq!(fact::find(&other, "demo").await.unwrap().as_deref(), Some("1"));
    db.store.close().await;
    commit!(other, tx => fact::set(tx, "demo", "2"));
    other.close().await;
    let third = Store::open(&db.address).await.unwrap();
    assert_eq!(fact::find(&third, "demo").await.unwrap().as_deref(), Some("2"));
}

async fn a_dropped_transaction_leaves_nothing_and_holds_nobody(db: Fresh) {
    for _ in 0..40 {
        let mut tx = db.store.begin().await.unwrap();
        fact::set(&mut tx, "demo", "1").await.unwrap();
        drop(tx);
    }
    assert_eq!(fact::find(&db.store, "demo").await.unwrap(), None);
    let mut tx = db.store.begin().await.unwrap();
    fact::set(&mut tx, "demo", "2").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(fact::find(&db.store, "demo").await.unwrap().as_deref(), Some("2"));
}

async fn who_gives_up_half_way_leaves_nothing_and_holds_nobody(db: Fresh) {
    let (feed, account) = (a_feed(&db.store).await, someone(&db.store).await);
    let mut finished = 0;
    for round in 0..120_u64 {
        let draft = tried(feed, account, &format!("t{round}"), "да");
        let act = async {
            let mut tx = db.store.begin().await.unwrap();
            feed::append(&mut tx, at(5), &[draft]).await.unwrap();
            tx.commit().await.unwrap();
        };
        // Cut off anywhere between the first statement and the commit.
        let cut = Duration::from_micros(round * round % 4_001);
        finished += u64::from(tokio::time::timeout(cut, act).await.is_ok());
    }
    append(&db.store, 5, &[tried(feed, account, "last", "да")]).await;
    let kept = entry::after(&db.store, feed, 0, 999).await.unwrap();
    let head = feed::head(&db.store, feed).await.unwrap().unwrap().seq;
    assert_eq!(kept.iter().map(|(entry, _)| entry.seq).collect::<Vec<_>>(), (1..=head).collect::<Vec<_>>());
    // A commit may be under way when nobody waits for it any more.
    assert!(kept.len() as u64 > finished, "{} entries, {finished} told", kept.len());
    for (entry, cid) in kept {
        let fate = cid::look_up(&db.store, account, &scene::cid(&cid.unwrap())).await.unwrap();
        assert!(matches!(fate, Some(Fate::Written { written, .. }) if written.seq == entry.seq));
    }
}

async fn a_closed_store_says_so(db: Fresh) {
    db.store.answers().await.unwrap();
    db.store.close().await;
    for outcome in [db.store.answers().await, db.store.begin().await.map(|_| ())] {
        assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
    }
}

async fn reading_goes_on_while_somebody_writes(db: Fresh) {
    let mut tx = db.store.begin().await.unwrap();
    fact::set(&mut tx, "demo", "1").await.unwrap();
    let reading = fact::find(&db.store, "demo");
    let found = tokio::time::timeout(Duration::from_secs(1), reading).await.expect("readers wait for nobody");
    assert_eq!(found.unwrap(), None);
}

async fn who_writes_reads_while_others_wait_to_write(db: Fresh) {
    // More transactions than there are connections for; those that began wait until their act has read.
    let mut acts = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let store = db.store.clone();
        acts.spawn(async move {
            let tx = store.begin().await.unwrap();
            fact::find(&store, "demo").await.unwrap();
            tx.commit().await.unwrap();
        });
    }
    acts.join_all().await;
}

on_both_engines!(
    who_writes_reads_while_others_wait_to_write,
    what_one_opening_wrote_another_reads,
    a_dropped_transaction_leaves_nothing_and_holds_nobody,
    who_gives_up_half_way_leaves_nothing_and_holds_nobody,
    a_closed_store_says_so,
    reading_goes_on_while_somebody_writes,
);

/// A process that is frozen, or whose machine has lost its network, ends no transaction and closes no connection.
#[tokio::test]
async fn who_stands_still_in_a_transaction_does_not_hold_the_others_for_ever() {
    let db = fresh(Engine::Postgres).await;
    let (feed, account) = (a_feed(&db.store).await, someone(&db.store).await);
    let mut still = db.store.begin().await.unwrap();
    feed::append(&mut still, at(5), &[tried(feed, account, "still", "да")]).await.unwrap();
    let other = Store::open(&db.address).await.unwrap();
    let insisting = async {
        loop {
            let mut tx = other.begin().await.unwrap();
            match feed::append(&mut tx, at(5), &[tried(feed, account, "other", "да")]).await {
                Ok(_) => return tx.commit().await.unwrap(),
                Err(error) => assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}"),
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), insisting).await.expect("the others write on");
    let late = still.commit().await;
    assert!(matches!(late, Err(StoreError::Unavailable(_))), "nobody is told that it is kept: {late:?}");
    let kept = entry::after(&db.store, feed, 0, 10).await.unwrap();
    assert_eq!(kept.iter().map(|(_, cid)| cid.as_deref()).collect::<Vec<_>>(), [Some("other")]);
}

#[track_caller]
fn assert_refused(outcome: StoreResult<()>, setting: &str) {
    let refused = matches!(&outcome, Err(StoreError::Refused(why)) if why.contains(setting));
    assert!(refused, "expected to be refused for {setting}: {outcome:?}");
}

async fn opened(address: &Address) -> StoreResult<()> {
    Store::open(address).await.map(|_| ())
}

/// A SQLite database opened with other settings than the store's own.
async fn sqlite_with(db: &Fresh, journal: SqliteJournalMode, synchronous: SqliteSynchronous) -> Store {
    let Address::Sqlite(path) = &db.address else { unreachable!("asked for SQLite") };
    let options = SqliteConnectOptions::new().filename(path).journal_mode(journal).synchronous(synchronous);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    Store::Sqlite { read: pool.clone(), write: pool.clone(), tend: pool }
}

/// The database of a SQLite file alone, without the log beside it.
async fn the_file_alone(db: &Fresh) -> (tempfile::TempDir, Store) {
    let Address::Sqlite(path) = &db.address else { unreachable!("asked for SQLite") };
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    std::fs::copy(path, &copy).unwrap();
    (folder, Store::open(&Address::Sqlite(copy)).await.unwrap())
}

#[tokio::test]
async fn what_was_written_is_in_the_file_once_it_is_tended() {
    let db = fresh(Engine::Sqlite).await;
    assert!(db.store.tend().await.unwrap());
    commit!(db.store, tx => fact::set(tx, "demo", "1"));
    let (_folder, before) = the_file_alone(&db).await;
    assert_eq!(fact::find(&before, "demo").await.unwrap(), None);
    // Neither a reader nor a writer who is at it holds it up, nor is held up.
    let mut tx = db.store.begin().await.unwrap();
    fact::set(&mut tx, "other", "1").await.unwrap();
    assert!(db.store.tend().await.unwrap());
    tx.commit().await.unwrap();
    let (_folder, after) = the_file_alone(&db).await;
    assert_eq!(fact::find(&after, "demo").await.unwrap().as_deref(), Some("1"));
    let postgres = fresh(Engine::Postgres).await;
    assert!(!postgres.store.tend().await.unwrap());
}

#[tokio::test]
async fn sqlite_that_does_not_sync_every_commit_is_refused() {
    use SqliteJournalMode::{Delete, Wal};
    use SqliteSynchronous::{Extra, Full, Normal, Off};
    let db = fresh(Engine::Sqlite).await;
    db.store.check_durability().await.unwrap();
    db.store.close().await;
    for synchronous in [Off, Normal] {
        let weaker = sqlite_with(&db, Wal, synchronous).await;
        assert_refused(weaker.check_durability().await, "synchronous=");
        weaker.close().await;
    }
    for synchronous in [Full, Extra] {
        let enough = sqlite_with(&db, Wal, synchronous).await;
        enough.check_durability().await.unwrap();
        enough.close().await;
    }
    let other = sqlite_with(&db, Delete, Full).await;
    assert_refused(other.check_durability().await, "journal_mode=delete");
}

#[tokio::test]
async fn postgres_that_does_not_sync_every_commit_is_refused() {
    // Settings of a whole server are changed here: it must be nobody else's.
    let cluster = Cluster::start();
    let address = cluster.address("postgres");
    for weaker in ["off", "local", "remote_write"] {
        cluster.run(&format!("alter database postgres set synchronous_commit = {weaker}")).await;
        assert_refused(opened(&address).await, &format!("synchronous_commit={weaker}"));
    }
    for enough in ["on", "remote_apply"] {
        cluster.run(&format!("alter database postgres set synchronous_commit = {enough}")).await;
        opened(&address).await.unwrap();
    }
    for setting in ["fsync", "full_page_writes"] {
        cluster.run(&format!("alter system set {setting} = off")).await;
        cluster.run("select pg_reload_conf()").await;
        wait_until_refused(&address).await;
        assert_refused(opened(&address).await, &format!("{setting}=off"));
        cluster.run(&format!("alter system set {setting} = on")).await;
        cluster.run("select pg_reload_conf()").await;
        wait_until_opened(&address).await;
    }
}

/// The server takes new settings in its own time.
async fn wait_until_refused(address: &Address) {
    while opened(address).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn wait_until_opened(address: &Address) {
    while opened(address).await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_database_that_is_away_is_told_within_three_seconds() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = nobody.local_addr().unwrap().port();
    // First it accepts and stays silent, then it is gone.
    for silent in [Some(nobody), None] {
        let url = format!("postgres://medchat@127.0.0.1:{port}/medchat");
        let address = Address::Postgres { url, password: Some("not a real one".into()), schema: None };
        let outcome = tokio::time::timeout(Duration::from_secs(3), opened(&address)).await;
        drop(silent);
        assert!(matches!(outcome, Ok(Err(StoreError::Unavailable(_)))), "{outcome:?}");
    }
    let folder = Address::Sqlite("/no such folder/medchat.db".into());
    assert!(opened(&folder).await.is_err());
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_without_its_secrets() {
    let url = "postgres://medchat:secret@[/medchat".to_owned();
    let outcome = opened(&Address::Postgres { url, password: None, schema: None }).await;
    assert!(!format!("{outcome:?}").contains("secret"), "{outcome:?}");
    assert_refused(outcome, "address");
}

#[tokio::test]
async fn a_schema_is_used_with_any_rights_and_made_with_enough() {
    let cluster = Cluster::start();
    cluster.run("create role weak login").await;
    let Address::Postgres { url, .. } = cluster.address("postgres") else { unreachable!("it is PostgreSQL") };
    let url = url.replace("medchat@", "weak@");
    let address = Address::Postgres { url, password: None, schema: Some(KEYS_SCHEMA) };
    assert_refused(opened(&address).await, KEYS_SCHEMA);
    cluster.run("create schema medchat_keys authorization weak").await;
    let keys = Store::open(&address).await.unwrap();
    migrate::migrate_keys(&keys).await.unwrap();
}

#[tokio::test]
async fn one_connection_that_reads_and_one_that_writes_are_enough() {
    let db = fresh(Engine::Postgres).await;
    let store = Store::open_with(&db.address, 1).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    fact::set(&mut tx, "demo", "1").await.unwrap();
    let reads =
        tokio::join!(fact::find(&store, "demo"), fact::find(&store, "demo"), fact::find(&store, "demo"));
    for read in [reads.0, reads.1, reads.2] {
        assert_eq!(read.unwrap(), None, "whoever reads meanwhile finds a connection");
    }
    let waiting = store.begin().await;
    assert!(matches!(waiting.err(), Some(StoreError::Unavailable(_))), "and a second writer is told in time");
    tx.commit().await.unwrap();
    assert_eq!(fact::find(&store, "demo").await.unwrap().as_deref(), Some("1"));
}

#[tokio::test]
async fn a_server_that_hangs_is_told_within_three_seconds_and_serves_again() {
    let cluster = Cluster::start();
    let address = cluster.address("postgres");
    let store = Store::open(&address).await.unwrap();
    migrate::migrate(&store).await.unwrap();
    let open = store.begin().await.unwrap();
    let mut written = store.begin().await.unwrap();
    fact::set(&mut written, "demo", "1").await.unwrap();
    cluster.freeze();
    let limit = Duration::from_secs(3);
    let outcomes = tokio::time::timeout(limit, async {
        tokio::join!(fact::find(&store, "demo"), store.begin(), written.commit(), store.clock())
    });
    let (found, begun, committed, moment) = outcomes.await.expect("everybody is told in time");
    assert!(matches!(found, Err(StoreError::Unavailable(_))), "{found:?}");
    assert!(matches!(begun.err(), Some(StoreError::Unavailable(_))));
    assert!(matches!(committed, Err(StoreError::Unavailable(_))), "{committed:?}");
    assert!(matches!(moment, Err(StoreError::Unavailable(_))), "{moment:?}");
    drop(open);
    cluster.thaw();
    let again = async {
        while store.clock().await.is_err() || store.begin().await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), again).await.expect("it serves again");
    assert!(store.clock().await.unwrap().is_some_and(|moment| moment > at(0)));
}

#[tokio::test]
async fn the_embedded_engine_has_no_clock_of_its_own() {
    let db = fresh(Engine::Sqlite).await;
    assert_eq!(db.store.clock().await.unwrap(), None);
}
