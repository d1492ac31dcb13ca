//! The catalogue: everything comes back as it was written, in the order of the files; provisioning again
//! changes descriptions and leaves what happened.

use domain::feed::Feed;
use domain::id::RoomId;
use domain::room::RoomKind;
use store::catalogue::{self, OrganisationRow, RoomRow, RoomState, Rows, UnitRow};
use store::testing::Fresh;
use store::{Store, StoreError, feed, member, read_cursor};

use crate::scene::{
    a_room, an_organisation, at, commit, id, organisation_row, region, region_row, room_row, someone,
};

fn unit(key: &str, name: &str) -> UnitRow {
    UnitRow { region: region(), key: key.into(), name: name.into() }
}

fn full_room() -> RoomRow {
    RoomRow {
        title: "Северный округ".into(),
        subtitle: Some("Хабаровский край".into()),
        cover: Some(r#"{"units":["a"]}"#.into()),
        week: Some("[]".into()),
        code: Some("K7P2M".into()),
        links: vec![
            ("telegram".into(), "https://t.me/+b".into()),
            ("max".into(), "https://max.ru/join/a".into()),
        ],
        weight: 22,
        ..room_row("north")
    }
}

/// Writes `rows` as provisioning does: rooms name their organisations, services name both.
async fn put(store: &Store, rows: &Rows) {
    let mut tx = store.begin().await.unwrap();
    for region in &rows.regions {
        catalogue::put_region(&mut tx, region).await.unwrap();
    }
    catalogue::put_units(&mut tx, &region(), &rows.units).await.unwrap();
    for organisation in &rows.organisations {
        catalogue::put_organisation(&mut tx, organisation).await.unwrap();
    }
    for (position, room) in (0..).zip(&rows.rooms) {
        catalogue::put_room(&mut tx, room, position, at(7)).await.unwrap();
    }
    for organisation in &rows.organisations {
        catalogue::put_services(&mut tx, organisation).await.unwrap();
    }
    tx.commit().await.unwrap();
}

fn everything() -> Rows {
    let (mut north, south) = (full_room(), room_row("a-south"));
    let serving = OrganisationRow { serves: vec![north.id, south.id], ..organisation_row("a-2") };
    north.default_organisation = Some(serving.id);
    let idle = OrganisationRow { invented: false, ..organisation_row("a1") };
    let staff = RoomRow { kind: RoomKind::Staff, organisation: Some(serving.id), ..room_row("staff-a-2") };
    let news = RoomRow { kind: RoomKind::Announcements, ..room_row("announcements") };
    Rows {
        regions: vec![region_row()],
        units: vec![unit("z", "Амурск"), unit("a", "Хабаровск"), unit("m", "остальной край")],
        organisations: vec![serving, idle],
        rooms: vec![north, south, staff, news],
    }
}

async fn an_empty_catalogue_is_empty(db: Fresh) {
    assert_eq!(catalogue::read(&db.store).await.unwrap(), Rows::default());
    assert!(catalogue::room_states(&db.store).await.unwrap().is_empty());
}

async fn everything_comes_back_in_the_order_of_the_files(db: Fresh) {
    let rows = everything();
    put(&db.store, &rows).await;
    assert_eq!(catalogue::read(&db.store).await.unwrap(), rows);
    put(&db.store, &rows).await;
    assert_eq!(catalogue::read(&db.store).await.unwrap(), rows, "writing it again changes nothing");
}

async fn keys_are_ordered_byte_by_byte(db: Fresh) {
    let mut rows = everything();
    // A language would put the small letter first; bytes do not.
    rows.organisations = ["B", "a", "a-1", "a1", "aa"].map(organisation_row).into();
    rows.rooms.retain(|room| room.organisation.is_none());
    rows.rooms[0].default_organisation = None;
    put(&db.store, &rows).await;
    assert_eq!(catalogue::read(&db.store).await.unwrap().organisations, rows.organisations);
}

async fn what_is_left_out_the_second_time_is_gone(db: Fresh) {
    let mut rows = everything();
    put(&db.store, &rows).await;
    rows.regions[0].name = "Край".into();
    rows.units = vec![unit("a", "Хабаровск"), unit("new", "Бикин")];
    rows.organisations[0].name = "Другая (вымышленная)".into();
    rows.organisations[0].serves.truncate(1);
    rows.rooms[0].links.reverse();
    rows.rooms[0].links.truncate(1);
    rows.rooms[0].week = None;
    rows.rooms[0].default_organisation = None;
    rows.rooms[1].default_organisation = Some(rows.organisations[0].id);
    rows.rooms[1].title = "Южный округ".into();
    rows.rooms.reverse();
    put(&db.store, &rows).await;
    assert_eq!(catalogue::read(&db.store).await.unwrap(), rows);
}

async fn what_happened_in_a_room_stays(db: Fresh) {
    let store = &db.store;
    let rows = everything();
    put(store, &rows).await;
    let (room, account) = (rows.rooms[0].id, someone(store).await);
    commit!(store, tx => member::join(tx, room, account, at(8)));
    commit!(store, tx => feed::create(tx, Feed::Room(room), "first"));
    commit!(store, tx => read_cursor::note_seen(tx, Feed::Room(room), 4));
    put(store, &rows).await;
    let states = catalogue::room_states(store).await.unwrap();
    assert_eq!(states[&room], RoomState { members: 1, seen: 4 });
    assert_eq!(states[&rows.rooms[1].id], RoomState::default());
    assert_eq!(states.len(), rows.rooms.len());
    let code = RoomRow { code: Some("OTHER".into()), ..rows.rooms[0].clone() };
    commit!(store, tx => catalogue::put_room(tx, &code, 0, at(9)));
    assert_eq!(catalogue::read(store).await.unwrap(), rows, "an invitation code outlives provisioning");
}

async fn parents_must_be_there(db: Fresh) {
    let store = &db.store;
    let mut outcomes = Vec::new();
    let mut tx = store.begin().await.unwrap();
    outcomes.push(catalogue::put_units(&mut tx, &region(), &[unit("a", "А")]).await);
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    outcomes.push(catalogue::put_organisation(&mut tx, &organisation_row("a")).await);
    drop(tx);
    a_room(store).await;
    let serving = OrganisationRow { serves: vec![id::<domain::id::RoomNoun>()], ..organisation_row("b") };
    let mut tx = store.begin().await.unwrap();
    catalogue::put_organisation(&mut tx, &serving).await.unwrap();
    outcomes.push(catalogue::put_services(&mut tx, &serving).await);
    drop(tx);
    let defaulting = RoomRow { default_organisation: Some(id()), ..room_row("medchat") };
    let mut tx = store.begin().await.unwrap();
    outcomes.push(catalogue::put_room(&mut tx, &defaulting, 0, at(1)).await);
    drop(tx);
    let owned = RoomRow { kind: RoomKind::Staff, organisation: Some(id()), ..room_row("staff") };
    let mut tx = store.begin().await.unwrap();
    outcomes.push(catalogue::put_room(&mut tx, &owned, 0, at(1)).await);
    for outcome in outcomes {
        assert!(matches!(outcome, Err(StoreError::MissingParent(_))), "{outcome:?}");
    }
}

async fn keys_and_codes_are_given_once(db: Fresh) {
    let store = &db.store;
    let coded = |id: RoomId, key: &str, code: &str| RoomRow { id, code: Some(code.into()), ..room_row(key) };
    an_organisation(store).await;
    commit!(store, tx => catalogue::put_room(tx, &coded(id(), "a", "A"), 0, at(1)));
    commit!(store, tx => catalogue::put_organisation(tx, &organisation_row("a")));
    for room in [coded(id(), "a", "B"), coded(id(), "b", "A")] {
        let mut tx = store.begin().await.unwrap();
        let outcome = catalogue::put_room(&mut tx, &room, 0, at(1)).await;
        assert!(matches!(outcome, Err(StoreError::Conflict(_))), "{outcome:?}");
    }
    let mut tx = store.begin().await.unwrap();
    let outcome = catalogue::put_organisation(&mut tx, &organisation_row("a")).await;
    assert!(matches!(outcome, Err(StoreError::Conflict(_))), "{outcome:?}");
}

async fn only_a_staff_room_has_an_owner(db: Fresh) {
    let store = &db.store;
    let owner = an_organisation(store).await;
    let ownerless = RoomRow { kind: RoomKind::Staff, ..room_row("staff") };
    let owned = RoomRow { organisation: Some(owner), ..room_row("medchat") };
    for room in [ownerless, owned] {
        let mut tx = store.begin().await.unwrap();
        let outcome = catalogue::put_room(&mut tx, &room, 0, at(1)).await;
        assert!(matches!(outcome, Err(StoreError::RuleBroken(_))), "{outcome:?}");
    }
}

on_both_engines!(
    an_empty_catalogue_is_empty,
    everything_comes_back_in_the_order_of_the_files,
    keys_are_ordered_byte_by_byte,
    what_is_left_out_the_second_time_is_gone,
    what_happened_in_a_room_stays,
    parents_must_be_there,
    keys_and_codes_are_given_once,
    only_a_staff_room_has_an_owner,
);
