//! Every act on an appeal in every state: what comes of it over HTTP is what the table of states says, and what is
//! refused leaves nothing but an audit row.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use store::testing::Engine;

use crate::asking::{Appeal, Cast};
use crate::people::Answer;
use crate::world::World;

/// The table of states, by act and state: the state after it, or `wrong_state`.
fn table() -> BTreeMap<String, Vec<(String, String)>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("domain/tests/golden/appeal_states.txt");
    let text = fs::read_to_string(path).unwrap();
    let mut lines = text.lines().skip_while(|line| !line.starts_with(' '));
    let states: Vec<&str> = lines.next().unwrap().split_whitespace().collect();
    assert_eq!(states.len(), 11);
    let mut table = BTreeMap::new();
    for line in lines {
        let (act, cells) = line.split_at(22);
        let cells: Vec<&str> = cells.split_whitespace().collect();
        assert_eq!(cells.len(), states.len(), "{line}");
        let row = states.iter().zip(cells).map(|(state, after)| ((*state).to_owned(), after.to_owned()));
        table.insert(act.trim().to_owned(), row.collect());
    }
    table
}

/// What nobody does by a request of their own.
const OF_THE_SERVER: [&str; 4] = ["messages (template)", "messages (machine)", "close silently", "open"];

/// One stage for all tries: where they happen and what others are joined to.
struct Stage<'w> {
    world: &'w World,
    cast: Cast<'w>,
    room: String,
    into: Appeal,
}

impl Stage<'_> {
    /// Brings a fresh appeal into a state. What only time brings about is begun here and finished by `silence`.
    async fn appeal_that_is(&self, state: &str) -> Appeal {
        let Cast { nina, oleg, .. } = &self.cast;
        let appeal = nina.asks_clinic(&self.room, "Нет талонов").await;
        if matches!(state, "in_work" | "waiting_for_resident" | "contested") {
            // Whoever works on one has taken it.
            oleg.accepts(&appeal).await;
        }
        match state {
            "new" => {}
            "accepted" => drop(oleg.accepts(&appeal).await),
            "in_work" => drop(oleg.writes(&appeal, "Смотрим").await),
            "waiting_for_resident" => drop(oleg.asks_back(&appeal, "К кому?").await),
            "answered" | "closed_silent" => drop(oleg.answers_finally(&appeal, "resolved").await),
            "confirmed" => {
                oleg.answers_finally(&appeal, "resolved").await;
                nina.confirms(&appeal).await;
            }
            "contested" => {
                oleg.answers_finally(&appeal, "resolved").await;
                nina.contests(&appeal, "Нет").await;
            }
            "refused" => drop(oleg.refuses(&appeal, "Не к нам").await),
            "withdrawn" => drop(nina.withdraws(&appeal).await),
            "merged" => drop(oleg.merges(&appeal, &self.into).await),
            other => panic!("no way to {other}"),
        }
        appeal
    }

    /// One try of an act; there is a case for each.
    async fn tries(&self, act: &str, appeal: &Appeal) -> Answer {
        let Cast { nina, oleg, head, .. } = &self.cast;
        let said = json!({"text": "Слово"});
        match act {
            "messages (resident)" => nina.tries_to_write(appeal, said).await,
            "messages (staff)" => oleg.tries_to_write(appeal, said).await,
            "accept" | "release" => oleg.tries(act, appeal, json!({})).await,
            "assign" => head.tries(act, appeal, json!({"staff": oleg.account().await})).await,
            "transfer" => {
                let b = self.world.organisation("rukha", "b");
                oleg.tries(act, appeal, json!({"organisation": b, "reason": "не наше"})).await
            }
            "ask" => oleg.tries(act, appeal, said).await,
            "final-answer" => oleg.tries(act, appeal, json!({"text": "Слово", "outcome": "explained"})).await,
            "refuse" => oleg.tries(act, appeal, json!({"reason": "не наше"})).await,
            "confirm" | "withdraw" => nina.tries(act, appeal, json!({})).await,
            "contest" => nina.tries(act, appeal, json!({"reason": "нет"})).await,
            "rate" => nina.tries(act, appeal, json!({"score": 3})).await,
            "merge" => oleg.tries(act, appeal, json!({"into": self.into.id})).await,
            other => panic!("no case for {other}"),
        }
    }

    /// What the database has of an appeal, beside the audit.
    async fn kept(&self, appeal: &Appeal) -> (Vec<&'static str>, [u64; 5]) {
        let room = format!("room:{}", self.room);
        let desk = format!("desk:{}", self.world.organisation("rukha", "a"));
        let feeds =
            [&appeal.lane("public"), &appeal.lane("private"), &room, &desk, &self.cast.nina.mailbox().await];
        let mut heads = [0; 5];
        for (head, feed) in heads.iter_mut().zip(feeds) {
            *head = self.world.head_of(feed).await;
        }
        (self.world.history_of(appeal).await, heads)
    }
}

async fn every_act_in_every_state_is_as_the_table_says(engine: Engine) {
    let world = World::lifted(engine).await;
    let table = table();
    let acts: Vec<&String> = table.keys().filter(|act| !OF_THE_SERVER.contains(&act.as_str())).collect();
    assert_eq!(acts.len(), 14);
    let room = world.medchat("rukha");
    let stage = |into| Stage { world: &world, cast: world.cast(), room: room.clone(), into };
    let first = world.cast().nina.asks_clinic(&room, "Нет талонов").await;
    let early = stage(first.clone());
    // Those that silence is to close: one for each act that may be possible.
    let mut silent = Vec::new();
    for _ in &acts {
        silent.push(early.appeal_that_is("closed_silent").await);
    }
    world.is("2026-11-27 16:00");
    world.rings().await;
    let stage = stage(first);
    for (act, row) in &table {
        if OF_THE_SERVER.contains(&act.as_str()) {
            continue;
        }
        for (state, after) in row {
            let case = format!("{act} while {state}");
            let appeal = match state.as_str() {
                "closed_silent" => silent.pop().unwrap(),
                state => stage.appeal_that_is(state).await,
            };
            assert_eq!(stage.cast.nina.state(&appeal).await, *state, "{case}");
            let before = stage.kept(&appeal).await;
            let audited = world.audit_of(&appeal).await;
            let answer = stage.tries(act, &appeal).await;
            if after == "wrong_state" {
                let problem = answer.refused(409, "wrong_state");
                assert_eq!(problem["state"], json!(state), "{case}");
                assert_eq!(stage.kept(&appeal).await, before, "{case} leaves nothing");
                let mut rows = world.audit_of(&appeal).await;
                rows.retain(|row| !audited.contains(row));
                assert_eq!(rows.len(), 1, "{case}");
                assert_eq!(rows[0].1, "refused: wrong_state", "{case}");
            } else {
                assert!([200, 201].contains(&answer.status), "{case}: {answer:?}");
                if answer.status == 200 {
                    assert_eq!(answer.json()["state"], json!(after), "{case}");
                }
                assert_eq!(stage.cast.nina.state(&appeal).await, *after, "{case}");
                let (log, _) = stage.kept(&appeal).await;
                assert_eq!(log.len(), before.0.len() + 1, "{case} is one event");
            }
        }
    }
}

async fn what_may_be_done_is_what_is_offered(engine: Engine) {
    let world = World::lifted(engine).await;
    let room = world.medchat("rukha");
    let into = world.cast().nina.asks_clinic(&room, "Нет талонов").await;
    let stage = Stage { world: &world, cast: world.cast(), room, into };
    let table = table();
    for (state, _) in &table["accept"] {
        if state == "closed_silent" {
            continue;
        }
        let appeal = stage.appeal_that_is(state).await;
        let Cast { nina, oleg, head, .. } = &stage.cast;
        let possible =
            |act: &str| table[act].iter().any(|(from, after)| from == state && after != "wrong_state");
        let offered = |seen: &Value, name: &str| seen["may"].as_array().unwrap().contains(&json!(name));
        let (to_nina, to_oleg, to_head) =
            (nina.appeal(&appeal).await, oleg.appeal(&appeal).await, head.appeal(&appeal).await);
        for act in ["confirm", "contest", "rate", "withdraw"] {
            assert_eq!(offered(&to_nina, act), possible(act), "{act} to the author while {state}");
            assert!(!offered(&to_oleg, act), "{act} to staff");
        }
        for act in ["accept", "transfer", "ask", "final-answer", "refuse", "merge"] {
            assert_eq!(offered(&to_oleg, act), possible(act), "{act} to staff while {state}");
            assert!(!offered(&to_nina, act), "{act} to the author");
        }
        assert_eq!(offered(&to_nina, "messages"), possible("messages (resident)"), "{state}");
        assert_eq!(offered(&to_oleg, "messages"), possible("messages (staff)"), "{state}");
        assert_eq!(offered(&to_head, "assign"), possible("assign"), "{state}");
        assert!(!offered(&to_oleg, "assign"), "who answers does not give");
        let guest = world.asks("GET", &format!("/appeals/{}", appeal.id), None, None).await.with(200).json();
        assert_eq!(guest["may"], json!([]));
    }
}

on_both_engines!(every_act_in_every_state_is_as_the_table_says, what_may_be_done_is_what_is_offered);
