//! Random walks: people do whatever comes to their minds, in any order. What the server shows after each step is what
//! folding the log up to there gives, everything derived from the log follows it, and what was refused left it alone.

use domain::appeal::Appeal as Folded;
use domain::figures;
use domain::sla::clock;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};
use std::time::Duration;
use store::testing::Engine;

use crate::asking::{Appeal, Cast};
use crate::world::World;

/// How many appeals are walked through, and how many steps each takes.
const WALKS: usize = 6;
const STEPS: usize = 24;

/// What comes to people's minds: who, by a number into the cast, what, and what they say with it.
fn whim(world: &World, dice: &mut StdRng, into: &Appeal) -> (usize, &'static str, Value) {
    let said = json!({"text": "Слово"});
    let lane = *["public", "private"].choose(dice).unwrap();
    let outcome = *["resolved", "explained", "redirected", "unfounded"].choose(dice).unwrap();
    let desk = *["a", "b"].choose(dice).unwrap();
    let organisation = world.organisation("rukha", desk);
    let whims: [(&[usize], &str, Value); 14] = [
        (&[0, 1, 2, 3], "messages", json!({"cid": world.cid(), "lane": lane, "text": "Слово"})),
        (&[0, 2, 3], "messages", json!({"cid": world.cid(), "text": "мой номер 8 907 611-28-40"})),
        (&[2, 3], "accept", json!({})),
        (&[2, 3], "release", json!({})),
        (&[2, 3], "ask", said.clone()),
        (&[2, 3], "final-answer", json!({"text": "Слово", "outcome": outcome, "lane": lane})),
        (&[2, 3], "transfer", json!({"organisation": organisation, "reason": "не наше"})),
        (&[0, 1], "confirm", json!({})),
        (&[0], "contest", json!({"reason": "нет"})),
        (&[0], "contest", json!({"reason": "всё ещё нет"})),
        (&[0], "rate", json!({"score": dice.random_range(0..7)})),
        (&[0], "withdraw", json!({})),
        (&[2, 4], "refuse", json!({"reason": "не к нам"})),
        (&[3], "merge", json!({"into": into.id})),
    ];
    // Ends come seldom, or every walk would be short.
    let last = if dice.random_ratio(1, 8) { whims.len() } else { 11 };
    let (who, act, body) = whims[..last].choose(dice).unwrap().clone();
    (*who.choose(dice).unwrap(), act, body)
}

/// Everything that follows from the log is as the log says.
async fn follows_its_log(world: &World, cast: &Cast<'_>, appeal: &Appeal, case: &str) -> usize {
    let id = appeal.id.parse().unwrap();
    let (row, log) = store::appeal::find(&world.store(), id).await.unwrap().unwrap();
    let folded = Folded::fold(&log).unwrap();
    let room = world.room(&row.room.to_string());
    let clocks = clock::clocks(&log, &room.opening, &room.targets).unwrap();
    let due_at = clocks.iter().filter(|clock| clock.is_running()).map(|clock| clock.due_at).min();
    assert_eq!((row.state, row.organisation), (folded.kind(), folded.owner()), "{case}");
    assert_eq!((row.due_at, row.length), (due_at, log.len() as u64), "{case}");
    assert_eq!(row.assignee, folded.assignee().map(|employee| employee.account), "{case}");
    let records = figures::records(&log, &room.opening, &room.targets).unwrap();
    assert_eq!(store::cycle::of_appeal(&world.store(), id).await.unwrap(), records, "{case}");

    let shown = cast.nina.appeal(appeal).await;
    assert_eq!(shown["state"], json!(folded.kind().word()), "{case}");
    assert_eq!(shown["cycle"], json!(folded.cycle()), "{case}");
    assert_eq!(shown["events"].as_array().unwrap().len(), log.len(), "{case}");
    let readings: Vec<Value> = clocks
        .iter()
        .map(|clock| serde_json::to_value(wire::appeal::Clock::from(&clock.reading(world.now()))).unwrap())
        .collect();
    assert_eq!(shown["clocks"], json!(readings), "{case}");
    log.len()
}

async fn the_log_tells_it_all(engine: Engine) {
    let world = World::lifted(engine).await;
    let room = world.medchat("rukha");
    let mut dice = StdRng::seed_from_u64(20_261_126);
    let into = world.cast().viktor.asks_clinic(&room, "К кому присоединят").await;
    let (mut done, mut refused) = (0, 0);
    for walk in 0..WALKS {
        let mut cast = world.cast();
        let appeal = cast.nina.asks_clinic(&room, "Нет талонов").await;
        let mut length = follows_its_log(&world, &cast, &appeal, "opened").await;
        for step in 0..STEPS {
            if step % 6 == 5 {
                // Longer than a token lives, so that everybody comes anew.
                world.clock().advance(Duration::from_secs(dice.random_range(660..20_000)));
                cast = world.cast();
            }
            let (who, act, body) = whim(&world, &mut dice, &into);
            let people = [&cast.nina, &cast.viktor, &cast.oleg, &cast.petr, &cast.moderator];
            let case = format!("walk {walk}, step {step}: {} does {act} {body}", people[who].login);
            let answer = people[who].tries(act, &appeal, body).await;
            let after = follows_its_log(&world, &cast, &appeal, &case).await;
            if answer.status < 300 {
                assert_eq!(after, length + 1, "{case}: one act is one event");
                done += 1;
            } else {
                assert!([403, 409, 422].contains(&answer.status), "{case}: {answer:?}");
                assert_eq!(after, length, "{case}: {answer:?}");
                refused += 1;
            }
            length = after;
        }
    }
    assert!(done > 25 && refused > 25, "the walks were no walks: {done} done, {refused} refused");
}

on_both_engines!(the_log_tells_it_all);
