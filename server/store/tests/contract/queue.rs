//! The queue of appeals: its two orders and their pages, what one may see and what narrows it, words and numbers.

use std::collections::HashMap;

use domain::appeal::state::StateKind;
use domain::id::{AccountId, AppealId, OrganisationId, RoomId};
use domain::topic::Topic;
use store::Store;
use store::appeal::{Place, Row, Wanted};
use store::queue;
use store::testing::Fresh;

use crate::scene::{a_room, an_organisation, at, id, opened, put, someone};

async fn ids(store: &Store, wanted: &Wanted) -> Vec<AppealId> {
    queue::list(store, wanted, None, 100).await.unwrap().iter().map(|row| row.id).collect()
}

/// Rooms, organisations, a resident and two employees.
struct Town {
    rooms: [RoomId; 2],
    clinics: [OrganisationId; 2],
    resident: AccountId,
    staff: [AccountId; 2],
}

async fn a_town(store: &Store) -> Town {
    Town {
        rooms: [a_room(store).await, a_room(store).await],
        clinics: [an_organisation(store).await, an_organisation(store).await],
        resident: someone(store).await,
        staff: [someone(store).await, someone(store).await],
    }
}

/// Puts `rows` there and gives their ids in the same order.
async fn put_all(store: &Store, rows: &[Row]) -> Vec<AppealId> {
    for row in rows {
        put(store, row).await;
    }
    rows.iter().map(|row| row.id).collect()
}

/// Appeals of every tier, some at equal moments, in the order in which they are due.
fn in_order(town: &Town) -> Vec<Row> {
    let row = |running, now| opened(town.rooms[0], town.resident, running, now);
    let due = |running, now, due_at| Row { due_at: Some(at(due_at)), ..row(running, now) };
    let paused = |running, now| {
        let state = StateKind::WaitingForResident;
        Row { due_at: None, state, ..row(running, now) }
    };
    let over =
        |running, now, last_at, state| Row { due_at: None, state, last_at: at(last_at), ..row(running, now) };
    vec![
        due(1, 50, -7),
        due(2, 9, 60),
        due(3, 8, 70),
        due(4, 7, 70),
        paused(5, 3),
        paused(6, 4),
        paused(7, 4),
        over(8, 2, 90, StateKind::Answered),
        over(9, 1, 80, StateKind::Confirmed),
        over(10, 1, 80, StateKind::Withdrawn),
        over(11, 0, 10, StateKind::ClosedSilent),
    ]
}

/// Everything page by page, each place read back from its text.
async fn pages(store: &Store, wanted: &Wanted, limit: u32) -> Vec<AppealId> {
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let page = queue::list(store, wanted, after.as_ref(), limit).await.unwrap();
        ids.extend(page.iter().map(|row| row.id));
        match page.last() {
            Some(last) => {
                let place = Place::of(last, wanted.newest_first);
                after = Some(place.to_string().parse().unwrap());
                assert_eq!(after, Some(place));
            }
            None => return ids,
        }
    }
}

async fn what_is_due_comes_first_and_what_is_over_last(db: Fresh) {
    let store = &db.store;
    let rows = in_order(&a_town(store).await);
    let mut shuffled = rows.clone();
    shuffled.rotate_left(4);
    shuffled.swap(1, 8);
    put_all(store, &shuffled).await;
    let due_first: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut newest = rows.clone();
    newest.sort_by_key(|row| std::cmp::Reverse((row.opened_at, row.id)));
    let newest_first: Vec<_> = newest.iter().map(|row| row.id).collect();
    for limit in [1, 2, 3, 100] {
        assert_eq!(pages(store, &Wanted::default(), limit).await, due_first, "pages of {limit}");
        let wanted = Wanted { newest_first: true, ..Wanted::default() };
        assert_eq!(pages(store, &wanted, limit).await, newest_first, "pages of {limit}");
    }
    let other_order = Place::of(&rows[0], true);
    assert_eq!(queue::list(store, &Wanted::default(), Some(&other_order), 9).await.unwrap(), []);
    for text in
        ["", "due", "due.1.2", "due.1.2.x", "old.0.0.", "due.x.0.01939f6e-7c3a-7000-8000-0123456789ab"]
    {
        assert!(text.parse::<Place>().is_err(), "{text}");
    }
}

async fn desks_and_rooms_say_what_one_may_see(db: Fresh) {
    let store = &db.store;
    let town = a_town(store).await;
    let row = |running, room: usize, clinic: Option<usize>| Row {
        organisation: clinic.map(|clinic| town.clinics[clinic]),
        ..opened(town.rooms[room], town.resident, running, running.cast_signed())
    };
    let all = [row(1, 0, Some(0)), row(2, 0, Some(1)), row(3, 0, None), row(4, 1, Some(0)), row(5, 1, None)];
    let ids_of = put_all(store, &all).await;
    let desks = |clinics: &[usize], rooms: &[usize]| Wanted {
        desks: Some(clinics.iter().map(|clinic| town.clinics[*clinic]).collect()),
        desk_rooms: rooms.iter().map(|room| town.rooms[*room]).collect(),
        ..Wanted::default()
    };
    let rooms = |rooms: &[usize]| Some(rooms.iter().map(|room| town.rooms[*room]).collect::<Vec<_>>());
    for (wanted, expected) in [
        (Wanted::default(), vec![0, 1, 2, 3, 4]),
        (desks(&[0], &[]), vec![0, 3]),
        (desks(&[0], &[0]), vec![0, 2, 3]),
        (desks(&[1], &[0, 1]), vec![1, 2, 4]),
        (desks(&[0, 1], &[]), vec![0, 1, 3]),
        (desks(&[], &[]), vec![]),
        (desks(&[], &[1]), vec![4]),
        (Wanted { rooms: rooms(&[1]), ..Wanted::default() }, vec![3, 4]),
        (Wanted { rooms: rooms(&[]), ..Wanted::default() }, vec![]),
        (Wanted { rooms: rooms(&[1]), ..desks(&[1], &[]) }, vec![1, 3, 4]),
        (Wanted { rooms: rooms(&[1]), room: Some(town.rooms[0]), ..desks(&[1], &[]) }, vec![1]),
        (Wanted { organisation: Some(town.clinics[0]), ..desks(&[0, 1], &[0]) }, vec![0, 3]),
        (Wanted { organisation: Some(town.clinics[0]), ..desks(&[1], &[0]) }, vec![]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|place| ids_of[place]).collect();
        assert_eq!(ids(store, &wanted).await, expected, "{wanted:?}");
    }
}

async fn everything_else_narrows(db: Fresh) {
    let store = &db.store;
    let town = a_town(store).await;
    let row = |running: u64| opened(town.rooms[0], town.resident, running, running.cast_signed());
    let all = [
        Row { author: town.staff[0], ..row(1) },
        Row { assignee: Some(town.staff[0]), state: StateKind::Accepted, ..row(2) },
        Row { assignee: Some(town.staff[1]), state: StateKind::InWork, category: Topic::Ethics, ..row(3) },
        Row { room: town.rooms[1], ..row(4) },
        Row { due_at: None, state: StateKind::WaitingForResident, ..row(5) },
        Row { due_at: None, state: StateKind::Refused, ..row(6) },
    ];
    let ids_of = put_all(store, &all).await;
    let any = Wanted::default;
    for (wanted, expected) in [
        (Wanted { author: Some(town.staff[0]), ..any() }, vec![0]),
        (Wanted { room: Some(town.rooms[1]), ..any() }, vec![3]),
        (Wanted { assignee: Some(town.staff[1]), ..any() }, vec![2]),
        (Wanted { unassigned: true, ..any() }, vec![0, 3, 4, 5]),
        (Wanted { unassigned: true, assignee: Some(town.staff[1]), ..any() }, vec![]),
        (Wanted { category: Some(Topic::Ethics), ..any() }, vec![2]),
        (Wanted { states: vec![StateKind::Refused, StateKind::Accepted], ..any() }, vec![1, 5]),
        (Wanted { due_before: Some(at(103)), ..any() }, vec![0, 1]),
        (Wanted { due_before: Some(at(1_000)), ..any() }, vec![0, 1, 2, 3]),
        (Wanted { due_before: Some(at(1_000)), newest_first: true, ..any() }, vec![3, 2, 1, 0]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|place| ids_of[place]).collect();
        assert_eq!(ids(store, &wanted).await, expected, "{wanted:?}");
    }
}

async fn appeals_are_found_by_words_and_by_numbers(db: Fresh) {
    let store = &db.store;
    let town = a_town(store).await;
    let row = |running, excerpt: &str| Row {
        excerpt: excerpt.into(),
        ..opened(town.rooms[0], town.resident, running, running.cast_signed())
    };
    let all = [
        row(30, "Ещё нет талонов 100% \\ к ЛОРу!"),
        row(4183, "Когда откроют_приём 05.11?"),
        row(70_000, "Врач на дом, 4183"),
    ];
    let ids_of = put_all(store, &all).await;
    for (words, expected) in [
        ("талон", vec![0]),
        ("  ЕЩЕ   НЕТ ", vec![0]),
        ("лор", vec![0]),
        ("100%", vec![0]),
        ("\\", vec![0]),
        ("%", vec![0]),
        ("_", vec![1]),
        ("!", vec![0]),
        ("05.11", vec![1]),
        ("4183", vec![1, 2]),
        ("27-4183", vec![1]),
        ("№ 27 4183", vec![1]),
        (&all[1].number.to_string(), vec![1]),
        ("7-700", vec![2]),
        ("дом", vec![2]),
        ("нет врача", vec![]),
        ("", vec![0, 1, 2]),
    ] {
        let wanted = Wanted { words: Some(words.into()), ..Wanted::default() };
        let expected: Vec<_> = expected.into_iter().map(|place| ids_of[place]).collect();
        assert_eq!(ids(store, &wanted).await, expected, "{words:?}");
    }
}

async fn what_may_still_change_is_read_by_id(db: Fresh) {
    let store = &db.store;
    let town = a_town(store).await;
    let mut alive = Vec::new();
    for (running, state) in (1..).zip(StateKind::ALL) {
        let due_at = state.is_open().then(|| at(50));
        let row = Row { state, due_at, ..opened(town.rooms[0], town.resident, running, 5) };
        put(store, &row).await;
        if state.is_open() || state == StateKind::Answered {
            alive.push(row.id);
        }
    }
    alive.sort();
    assert_eq!(queue::open_of(store, None, 99).await.unwrap(), alive);
    assert_eq!(queue::open_of(store, None, 2).await.unwrap(), alive[..2]);
    assert_eq!(queue::open_of(store, Some(alive[1]), 99).await.unwrap(), alive[2..]);
    assert_eq!(queue::open_of(store, alive.last().copied(), 99).await.unwrap(), []);
}

async fn what_waits_is_nobodys_or_theirs_and_the_oldest_comes_first(db: Fresh) {
    let store = &db.store;
    let town = a_town(store).await;
    let row = |running, clinic: Option<usize>, now| Row {
        organisation: clinic.map(|clinic| town.clinics[clinic]),
        due_at: (running != 3).then(|| at(100 - now)),
        ..opened(town.rooms[0], town.resident, running, now)
    };
    let all = [
        row(1, Some(0), 1),
        Row { assignee: Some(town.staff[0]), ..row(2, Some(0), 2) },
        Row { state: StateKind::WaitingForResident, ..row(3, None, 3) },
        row(4, Some(1), 4),
        Row { state: StateKind::Answered, due_at: None, ..row(5, Some(0), 5) },
    ];
    let ids_of = put_all(store, &all).await;
    for (clinics, limit, expected) in [
        (vec![town.clinics[0]], 9, vec![0, 1, 2]),
        (vec![town.clinics[1]], 9, vec![2, 3]),
        (town.clinics.to_vec(), 9, vec![0, 1, 2, 3]),
        (town.clinics.to_vec(), 2, vec![0, 1]),
        (vec![], 9, vec![2]),
    ] {
        let found = queue::waiting(store, &clinics, None, limit).await.unwrap();
        let expected: Vec<_> = expected.into_iter().map(|place| ids_of[place]).collect();
        assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), expected, "{clinics:?}");
    }
    let (mut walked, mut last) = (Vec::new(), None);
    while let Some(row) = queue::waiting(store, &town.clinics, last.as_ref(), 1).await.unwrap().pop() {
        walked.push(row.id);
        last = Some(row);
    }
    assert_eq!(walked, ids_of[..4], "page by page nobody is left out");
}

async fn loads_count_open_appeals_of_the_organisation(db: Fresh) {
    let store = &db.store;
    let town = a_town(store).await;
    let row = |running, clinic: usize, staff: usize| Row {
        organisation: Some(town.clinics[clinic]),
        assignee: Some(town.staff[staff]),
        ..opened(town.rooms[0], town.resident, running, 5)
    };
    let all = [
        row(1, 0, 0),
        row(2, 0, 0),
        Row { due_at: None, state: StateKind::WaitingForResident, ..row(3, 0, 1) },
        Row { due_at: None, state: StateKind::Answered, ..row(4, 0, 1) },
        row(5, 1, 1),
        Row { assignee: None, ..row(6, 0, 1) },
    ];
    put_all(store, &all).await;
    let expected = HashMap::from([(town.staff[0], 2), (town.staff[1], 1)]);
    assert_eq!(queue::loads(store, town.clinics[0]).await.unwrap(), expected);
    assert!(queue::loads(store, id()).await.unwrap().is_empty());
}

on_both_engines!(
    what_is_due_comes_first_and_what_is_over_last,
    desks_and_rooms_say_what_one_may_see,
    everything_else_narrows,
    appeals_are_found_by_words_and_by_numbers,
    what_may_still_change_is_read_by_id,
    what_waits_is_nobodys_or_theirs_and_the_oldest_comes_first,
    loads_count_open_appeals_of_the_organisation,
);
