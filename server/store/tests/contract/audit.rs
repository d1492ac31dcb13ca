//! The audit: what is kept of an act, and in what order it comes back.

use domain::id::AccountId;
use store::audit::{self, Row};
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

on_both_engines!(rows_about_a_target_come_oldest_first);
