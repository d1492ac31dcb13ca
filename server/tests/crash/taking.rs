//! A right that is given and taken while everything else happens: somebody reads the room of the staff, the right to is
//! taken at whatever node takes the order, and soon nothing that is written there may reach them, wherever they listen.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use store::Address;
use tokio::time::sleep;

use crate::crowd::{Crowd, PATIENCE};
use crate::gather::head;
use crate::people::Person;
use crate::reader::{Reader, Until};
use crate::system::{Doors, reach};

/// Who is given the right and loses it.
const GUEST: &str = "observer.rukha@demo";
/// After which time nothing comes any more: with the bus it is one second, this is what holds without it.
const SILENCE: Duration = Duration::from_secs(5);
/// How long after the nemesis began the right is taken.
const MOMENT: Duration = Duration::from_millis(300);

/// A right that is to be taken.
pub struct Right {
    grant: String,
    admin: Person,
}

/// Gives the right, and brings somebody who has read everything there.
pub async fn is_given(crowd: &Crowd, doors: &Doors, turn: usize) -> (Right, Reader) {
    let at = doors.of(turn).address;
    let [admin, second] = ["admin@demo", "admin2@demo"].map(|login| Person::sign_in(at, login));
    let (admin, second) = tokio::join!(admin, second);
    let guest = Person::sign_in(at, GUEST).await.waiting(PATIENCE);
    let chief: Value = crowd.chief().reads(at, "me").await;
    let scope = json!({"kind": "organisation", "id": chief["grants"][0]["scope"]["id"]});
    let proposal = json!({"account": guest.account, "role": "responder", "scope": scope});
    let pending: Value = admin.does(at, "grants", &proposal).await.json().await.expect("a grant");
    let grant = pending["id"].as_str().expect("an id").to_owned();
    second.does(at, &format!("grants/{grant}/approve"), &json!({})).await;
    let mut reader = Reader::new(format!("guest {turn}"), guest, std::slice::from_ref(crowd.staff_room()));
    reader.follow(doors.of(turn), Until::TheHead).await;
    (Right { grant, admin: admin.waiting(PATIENCE) }, reader)
}

impl Right {
    /// Takes it at whatever node does so; gives the head of this feed when that has to have reached everybody.
    pub async fn take(self, doors: Doors, database: Address, feed: String) -> u64 {
        sleep(MOMENT).await;
        for visit in 0.. {
            let answer = self.admin.deletes(doors.of(visit).address, &format!("grants/{}", self.grant)).await;
            match answer.map(|answer| answer.status()) {
                // A conflict: it was taken by an order whose answer was lost.
                Ok(StatusCode::NO_CONTENT | StatusCode::CONFLICT) => break,
                Err(_) | Ok(StatusCode::SERVICE_UNAVAILABLE) => sleep(MOMENT).await,
                Ok(other) => panic!("taking a right: {other}"),
            }
        }
        sleep(SILENCE).await;
        let store = reach(&database).await;
        let head = head(&store, &feed).await;
        store.close().await;
        head
    }
}
