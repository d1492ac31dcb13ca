//! The audit: what is kept of an act, and in what order it comes back.

use domain::audit::Row;
use domain::id::AccountId;
use store::audit::{self, Asked};
use store::testing::Fresh;

use crate::scene::{at, commit, id};

fn row(millis: i64, actor: Option<AccountId>, target: &str) -> Row {
    Row {
        id: id(),
        at: at(millis),
        actor,
        act: "hide".into(),
        target: target.into(),
        reason: "персональные данные".into(),
    }
}

async fn rows_about_a_target_come_oldest_first(db: Fresh) {
    let rows = [
        row(5, Some(id()), "message:1"),
        row(3, None, "message:1"),
        row(3, Some(id()), "message:1"),
        row(4, None, "message:2"),
    ];
    for row in &rows {
        commit!(db.store, tx => audit::add(tx, row));
    }
    let about = audit::about(&db.store, "message:1").await.unwrap();
    assert_eq!(about, [rows[1].clone(), rows[2].clone(), rows[0].clone()]);
    assert_eq!(audit::about(&db.store, "message:3").await.unwrap(), []);
}

async fn an_auditor_asks_for_what_must_all_hold(db: Fresh) {
    let somebody = id();
    let mut rows = [
        row(5, Some(somebody), "message:1"),
        row(3, None, "message:1"),
        row(3, Some(somebody), "message:2"),
        row(4, None, "message:2"),
    ];
    rows[3].act = "hide.undo".into();
    for row in &rows {
        commit!(db.store, tx => audit::add(tx, row));
    }
    let found = async |asked: Asked, limit| {
        let found = audit::search(&db.store, &asked, limit).await.unwrap();
        let place = |row: &Row| rows.iter().position(|it| it == row).unwrap();
        found.iter().map(place).collect::<Vec<_>>()
    };
    let all = Asked::default;
    assert_eq!(found(all(), 9).await, [0, 3, 2, 1]);
    assert_eq!(found(all(), 2).await, [0, 3]);
    let after = Some((rows[3].at, rows[3].id.to_string()));
    assert_eq!(found(Asked { after, ..all() }, 9).await, [2, 1]);
    let after = Some((rows[2].at, rows[2].id.to_string()));
    assert_eq!(found(Asked { after, ..all() }, 9).await, [1]);
    assert_eq!(found(Asked { actor: Some(somebody), ..all() }, 9).await, [0, 2]);
    assert_eq!(found(Asked { act: Some("hide".into()), ..all() }, 9).await, [0, 3, 2, 1]);
    assert_eq!(found(Asked { act: Some("hide.undo".into()), ..all() }, 9).await, [3]);
    assert_eq!(found(Asked { act: Some("hid".into()), ..all() }, 9).await, [0; 0]);
    assert_eq!(found(Asked { target: Some("message:2".into()), ..all() }, 9).await, [3, 2]);
    assert_eq!(found(Asked { from: Some(at(4)), ..all() }, 9).await, [0, 3]);
    assert_eq!(found(Asked { to: Some(at(4)), ..all() }, 9).await, [2, 1]);
    let narrow = Asked { actor: Some(somebody), target: Some("message:1".into()), ..all() };
    assert_eq!(found(narrow, 9).await, [0]);
}

on_both_engines!(rows_about_a_target_come_oldest_first, an_auditor_asks_for_what_must_all_hold);
