//! Figures per cycle: kept whole, replaced as the log goes on, asked for by what one may and wants to ask.

use domain::appeal::outcome::{Outcome, Score};
use domain::figures::{Record, Verdict, Wait};
use domain::id::{AccountId, OrganisationId, RoomId};
use domain::region::RegionCode;
use domain::sla::working::WorkingTime;
use domain::topic::Topic;
use store::cycle::{self, Asked, Kept, Of};
use store::testing::Fresh;
use store::{Store, StoreError, appeal};

use crate::scene::{
    a_room, an_appeal, an_organisation, at, by_hand, commit, id, opened, put, region, someone,
};

fn record(cycle: u32, last: bool) -> Record {
    Record {
        cycle,
        last,
        last_answer: false,
        first_answer: Wait::Running { due_at: at(70) },
        final_answer: Wait::Open,
        outcome: None,
        verdict: None,
        rating: None,
    }
}

/// A cycle with everything in it.
fn answered(cycle: u32, verdict: Verdict) -> Record {
    Record {
        last_answer: true,
        first_answer: Wait::Answered {
            working: WorkingTime::from_minutes(7),
            wall: 1_000_000,
            in_time: false,
        },
        final_answer: Wait::Overdue,
        outcome: Some(Outcome::Redirected),
        verdict: Some(verdict),
        rating: Some(Score::try_from(4).unwrap()),
        ..record(cycle, true)
    }
}

fn of(row: &appeal::Row) -> Of {
    Of {
        appeal: row.id,
        region: row.region.clone(),
        room: row.room,
        organisation: row.organisation,
        category: row.category,
        opened_at: row.opened_at,
    }
}

async fn records_become_exactly_those_of_the_log(db: Fresh) {
    let store = &db.store;
    let (room, author) = (a_room(store).await, someone(store).await);
    let row = opened(room, author, 1, 5);
    put(store, &row).await;
    let clinic = an_organisation(store).await;
    let owned = Of { organisation: Some(clinic), ..of(&row) };
    let contested = Record { last: false, ..answered(1, Verdict::Contested) };
    for (of, records) in [
        (of(&row), vec![record(1, true)]),
        (owned.clone(), vec![answered(1, Verdict::Silent)]),
        (owned.clone(), vec![contested, record(2, true)]),
        (owned.clone(), vec![contested, Record { last: false, ..record(2, true) }, record(3, true)]),
        (owned, vec![answered(1, Verdict::Confirmed)]),
        (of(&row), vec![]),
    ] {
        commit!(store, tx => cycle::replace(tx, &of, &records));
        assert_eq!(cycle::of_appeal(store, row.id).await.unwrap(), records);
        let kept: Vec<_> = records.iter().map(|record| Kept { of: of.clone(), record: *record }).collect();
        assert_eq!(cycle::records(store, &Asked::default()).await.unwrap(), kept);
    }
    let stranger = Of { appeal: id(), ..self::of(&row) };
    let outcome = cycle::replace(&mut store.begin().await.unwrap(), &stranger, &[record(1, true)]).await;
    assert!(matches!(outcome, Err(StoreError::MissingParent(_))), "{outcome:?}");
    assert_eq!(cycle::of_appeal(store, id()).await.unwrap(), []);
}

/// Two rooms, two clinics and a region beside the first one.
struct Country {
    rooms: [RoomId; 2],
    clinics: [OrganisationId; 2],
    other: RegionCode,
    author: AccountId,
}

async fn a_country(store: &Store) -> Country {
    let rooms = [a_room(store).await, a_room(store).await];
    let sql = "insert into regions select 'RU-ROS', '61', name, time_zone, settings from regions";
    by_hand(store, sql).await;
    Country {
        rooms,
        clinics: [an_organisation(store).await, an_organisation(store).await],
        other: "RU-ROS".parse().unwrap(),
        author: someone(store).await,
    }
}

/// Appeals that differ in all one may ask by, each with one record, oldest first.
async fn five(store: &Store, country: &Country) -> Vec<Kept> {
    let row = |running: u64, room: usize, clinic: Option<usize>, now: i64| appeal::Row {
        organisation: clinic.map(|clinic| country.clinics[clinic]),
        ..opened(country.rooms[room], country.author, running, now)
    };
    let rows = [
        row(1, 0, Some(0), 10),
        row(2, 0, Some(1), 20),
        appeal::Row { category: Topic::Ethics, ..row(3, 1, Some(0), 20) },
        appeal::Row { region: country.other.clone(), ..row(4, 1, None, 30) },
        row(5, 0, None, 40),
    ];
    let mut kept = Vec::new();
    for row in rows {
        put(store, &row).await;
        let of = of(&row);
        commit!(store, tx => cycle::replace(tx, &of, &[record(1, true)]));
        kept.push(Kept { of, record: record(1, true) });
    }
    kept
}

async fn one_gets_what_one_may_ask_and_asks(db: Fresh) {
    let store = &db.store;
    let country = a_country(store).await;
    let five = five(store, &country).await;
    let any = Asked::default;
    let [one, other] = country.clinics;
    let [hall, yard] = country.rooms;
    for (asked, expected) in [
        (any(), vec![0, 1, 2, 3, 4]),
        (Asked { regions: Some(vec![region()]), ..any() }, vec![0, 1, 2, 4]),
        (Asked { organisations: Some(vec![one, other]), ..any() }, vec![0, 1, 2]),
        (Asked { rooms: Some(vec![yard]), ..any() }, vec![2, 3]),
        (Asked { rooms: Some(vec![]), ..any() }, vec![]),
        (Asked { organisations: Some(vec![other]), rooms: Some(vec![yard]), ..any() }, vec![1, 2, 3]),
        (
            Asked {
                regions: Some(vec![country.other.clone()]),
                organisations: Some(vec![]),
                rooms: Some(vec![]),
                ..any()
            },
            vec![3],
        ),
        (Asked { organisations: Some(vec![one]), organisation: Some(other), ..any() }, vec![]),
        (Asked { organisations: Some(vec![one]), room: Some(yard), ..any() }, vec![2]),
        (Asked { region: Some(country.other.clone()), ..any() }, vec![3]),
        (Asked { room: Some(hall), ..any() }, vec![0, 1, 4]),
        (Asked { category: Some(Topic::Ethics), ..any() }, vec![2]),
        (Asked { from: Some(at(20)), to: Some(at(40)), ..any() }, vec![1, 2, 3]),
        (Asked { to: Some(at(20)), ..any() }, vec![0]),
        (Asked { from: Some(at(40)), ..any() }, vec![4]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|place: usize| five[place].clone()).collect();
        assert_eq!(cycle::records(store, &asked).await.unwrap(), expected, "{asked:?}");
    }
}

async fn records_come_by_opening_appeal_and_cycle(db: Fresh) {
    let store = &db.store;
    let (room, author) = (a_room(store).await, someone(store).await);
    let rows = [opened(room, author, 1, 9), opened(room, author, 2, 9), opened(room, author, 3, 5)];
    for row in rows.iter().rev() {
        put(store, row).await;
        let records = [Record { last: false, ..record(1, true) }, record(2, true)];
        commit!(store, tx => cycle::replace(tx, &of(row), &records));
    }
    let found = cycle::records(store, &Asked::default()).await.unwrap();
    let order: Vec<_> = found.iter().map(|kept| (kept.of.appeal, kept.record.cycle)).collect();
    let expected = [2, 0, 1].map(|place: usize| [(rows[place].id, 1), (rows[place].id, 2)]);
    assert_eq!(order, expected.concat());
}

async fn all_appeals_are_walked_by_id_with_and_without_records(db: Fresh) {
    let store = &db.store;
    let mut ids = vec![an_appeal(store).await, an_appeal(store).await, an_appeal(store).await];
    ids.sort();
    assert_eq!(cycle::appeals(store, None, 99).await.unwrap(), ids);
    assert_eq!(cycle::appeals(store, None, 1).await.unwrap(), ids[..1]);
    assert_eq!(cycle::appeals(store, Some(ids[0]), 99).await.unwrap(), ids[1..]);
    assert_eq!(cycle::appeals(store, Some(ids[2]), 99).await.unwrap(), []);
}

on_both_engines!(
    records_become_exactly_those_of_the_log,
    one_gets_what_one_may_ask_and_asks,
    records_come_by_opening_appeal_and_cycle,
    all_appeals_are_walked_by_id_with_and_without_records,
);
