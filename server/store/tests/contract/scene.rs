//! What most tests start from: a region, a room with its feed, people who speak. Everybody is invented. Ids
//! are counted, so that a failure reads well; moments are small numbers.

use std::sync::atomic::{AtomicU64, Ordering};

use domain::actor::Kind;
use domain::appeal::event::{Event, Fact};
use domain::appeal::number::AppealNumber;
use domain::appeal::state::StateKind;
use domain::author::Author;
use domain::feed::{Body, Feed};
use domain::id::{AccountId, AppealId, EntryId, Id, OrganisationId, RoomId};
use domain::message::Cid;
use domain::moment::Moment;
use domain::region::RegionCode;
use domain::room::RoomKind;
use domain::topic::Topic;
use store::account::{self, Account};
use store::appeal;
use store::catalogue::{self, OrganisationRow, RegionRow, RoomRow};
use store::entry::Written;
use store::feed::{self, Draft, Outcome};
use store::{Store, Tx};

/// The next id.
pub fn id<N>() -> Id<N> {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Id::from_uuid(uuid::Uuid::from_u128(NEXT.fetch_add(1, Ordering::Relaxed).into()))
}

pub const fn at(millis: i64) -> Moment {
    Moment::from_millis(millis)
}

pub fn region() -> RegionCode {
    "RU-KHA".parse().unwrap()
}

pub fn cid(text: &str) -> Cid {
    Cid::new(text).unwrap()
}

/// Does `$act` with the transaction `$tx` and commits.
macro_rules! commit {
    ($store:expr, $tx:ident => $act:expr) => {{
        let mut transaction = $store.begin().await.unwrap();
        let $tx = &mut transaction;
        let outcome = $act.await.unwrap();
        transaction.commit().await.unwrap();
        outcome
    }};
}
pub(crate) use commit;

pub fn region_row() -> RegionRow {
    RegionRow {
        code: region(),
        number: "27".into(),
        name: "Хабаровский край".into(),
        time_zone: "Asia/Vladivostok".into(),
        settings: r#"{"week":"пн–пт"}"#.into(),
    }
}

pub fn room_row(key: &str) -> RoomRow {
    RoomRow {
        id: id(),
        region: region(),
        key: key.into(),
        kind: RoomKind::Medchat,
        title: "Медчат".into(),
        subtitle: None,
        cover: None,
        week: None,
        organisation: None,
        default_organisation: None,
        code: None,
        links: Vec::new(),
        weight: 1,
    }
}

pub fn organisation_row(key: &str) -> OrganisationRow {
    let name = "Поликлиника (вымышленная)".into();
    OrganisationRow { id: id(), region: region(), key: key.into(), name, invented: true, serves: Vec::new() }
}

pub fn resident(login: &str) -> Account {
    Account {
        id: id(),
        login: login.into(),
        kind: Kind::Resident,
        alias: "Нина К.".into(),
        name: None,
        position: None,
        employer: None,
        created_at: at(1),
        closed_at: None,
    }
}

/// A resident with an account.
pub async fn someone(store: &Store) -> AccountId {
    let account = resident(&id::<()>().to_string());
    commit!(store, tx => account::add(tx, &account, "$argon2id$"));
    account.id
}

/// A room of the one region.
pub async fn a_room(store: &Store) -> RoomId {
    let room = room_row(&id::<()>().to_string());
    let mut tx = store.begin().await.unwrap();
    catalogue::put_region(&mut tx, &region_row()).await.unwrap();
    catalogue::put_room(&mut tx, &room, 0, at(1)).await.unwrap();
    tx.commit().await.unwrap();
    room.id
}

/// An organisation of the one region.
pub async fn an_organisation(store: &Store) -> OrganisationId {
    let organisation = organisation_row(&id::<()>().to_string());
    let mut tx = store.begin().await.unwrap();
    catalogue::put_region(&mut tx, &region_row()).await.unwrap();
    catalogue::put_organisation(&mut tx, &organisation).await.unwrap();
    tx.commit().await.unwrap();
    organisation.id
}

/// An empty feed.
pub async fn a_feed(store: &Store) -> Feed {
    let feed = Feed::Room(id());
    commit!(store, tx => feed::create(tx, feed, "epoch"));
    feed
}

pub fn author(account: AccountId) -> Author {
    Author { account, kind: Kind::Resident, alias: "Нина К.".into(), signature: None }
}

pub fn draft(feed: Feed, account: AccountId, body: Body) -> Draft {
    Draft { feed, id: id(), author: author(account), body, attempt: None }
}

/// A message without a client's try.
pub fn said(feed: Feed, account: AccountId, text: &str) -> Draft {
    draft(feed, account, Body::Message { text: Some(text.into()) })
}

/// A message as a client sends it; its digest is its text.
pub fn tried(feed: Feed, account: AccountId, try_name: &str, text: &str) -> Draft {
    Draft { attempt: Some((cid(try_name), text.into())), ..said(feed, account, text) }
}

pub fn edited(feed: Feed, account: AccountId, target: EntryId, text: &str) -> Draft {
    draft(feed, account, Body::Edit { target, text: Some(text.into()) })
}

pub async fn append(store: &Store, now: i64, drafts: &[Draft]) -> Vec<Outcome> {
    commit!(store, tx => feed::append(tx, at(now), drafts))
}

/// Appends one draft that is nobody's repetition.
pub async fn one(store: &Store, now: i64, draft: Draft) -> Written {
    fresh(&append(store, now, &[draft]).await[0])
}

pub fn fresh(outcome: &Outcome) -> Written {
    match outcome {
        Outcome::Fresh(written) => written.clone(),
        other => panic!("not fresh: {other:?}"),
    }
}

/// Runs `sql`, for what no function of the store does.
pub async fn by_hand(store: &Store, sql: &'static str) {
    let mut tx = store.begin().await.unwrap();
    match &mut tx {
        Tx::Sqlite(tx) => sqlx::query(sql).execute(&mut **tx).await.map(|_| ()),
        Tx::Postgres(tx) => sqlx::query(sql).execute(&mut **tx).await.map(|_| ()),
    }
    .unwrap();
    tx.commit().await.unwrap();
}

/// The number of an appeal of the one region.
pub fn number(running: u64) -> AppealNumber {
    AppealNumber::new("27", running).unwrap()
}

/// An appeal just opened in this room, as lists need it.
pub fn opened(room: RoomId, author: AccountId, running: u64, now: i64) -> appeal::Row {
    appeal::Row {
        id: id(),
        number: number(running),
        region: region(),
        room,
        author,
        alias: "Нина К.".into(),
        category: Topic::Queue,
        from: Vec::new(),
        excerpt: "Где взять талон?".into(),
        opened_at: at(now),
        organisation: None,
        assignee: None,
        state: StateKind::New,
        has_private: false,
        due_at: Some(at(now + 100)),
        last_at: at(now),
        length: 1,
    }
}

/// The event that opens `row`.
pub fn opening(row: &appeal::Row) -> Event {
    let (author, room, category, organisation) = (row.author, row.room, row.category, row.organisation);
    Event { at: row.opened_at, fact: Fact::Opened { author, room, category, organisation } }
}

/// Adds an appeal with its first event.
pub async fn put(store: &Store, row: &appeal::Row) {
    commit!(store, tx => appeal::add(tx, row, &opening(row)));
}

/// An appeal of its own, in a room of its own.
pub async fn an_appeal(store: &Store) -> AppealId {
    let (room, author) = (a_room(store).await, someone(store).await);
    let running = commit!(store, tx => appeal::next_running(tx, &region()));
    let row = opened(room, author, running, 5);
    put(store, &row).await;
    row.id
}
