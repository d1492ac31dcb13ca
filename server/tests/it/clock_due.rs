//! Warnings and escalation: each step of each clock is told once, in working time, to whom it concerns, by whatever
//! node, however the machine's clock jumps.

use std::time::Duration;

use domain::feed::Body;
use domain::moment::Moment;
use domain::sla::clock::ClockKind;
use domain::sla::ladder::Step;
use futures_util::future::join_all;
use serde_json::json;
use store::due::{Due, What};
use store::testing::Engine;

use crate::asking::Appeal;
use crate::people::Person;
use crate::revoke::{is_given, proposal};
use crate::world::World;

const HALF_AN_HOUR: Duration = Duration::from_secs(1800);

/// What a feed is told of clocks: `first_answer 1 50 % 2026-11-23 17:00`, times as in Khabarovsk.
async fn told(world: &World, feed: &str) -> Vec<String> {
    let entries = world.all_of(feed).await;
    let notices = entries.iter().filter_map(|entry| match &entry.body {
        Body::Notice(notice) => {
            let local = entry.at.plus_millis(10 * 3_600_000).rfc3339();
            let (clock, percent) = (notice.clock.word(), notice.step.percent());
            Some(format!("{clock} {} {percent} % {}", notice.cycle, local[..16].replace('T', " ")))
        }
        _ => None,
    });
    notices.collect()
}

/// What somebody is told of clocks.
async fn told_to(world: &World, person: &Person<'_>) -> Vec<String> {
    told(world, &person.mailbox().await).await
}

/// Lets time go by in steps of half an hour, with a look at what is due at each.
async fn time_goes_by(world: &World, until: &str) {
    let until = crate::asking::utc(until);
    while world.now().rfc3339() < until {
        world.clock().advance(HALF_AN_HOUR);
        world.rings().await;
    }
}

async fn nobody_answers_for_a_week(engine: Engine) {
    let world = World::on(engine).await;
    let cast = world.cast();
    let deputy = world.person("observer.rukha@demo");
    is_given(&world, proposal(&deputy, "deputy_chief_physician").await).await;
    let a = world.organisation("rukha", "a");
    let appeal = cast.nina.asks_clinic_of(&world.medchat("rukha"), &a, "Нет талонов").await;
    cast.oleg.accepts(&appeal).await;
    let (registrar, admin) = (world.person("registrar.rukha@demo"), world.administrator(1));
    let others = [&cast.viktor, &cast.petr, &cast.moderator, &registrar, &admin];
    for person in
        [&cast.nina, &cast.oleg, &cast.head, &cast.chief, &deputy, &cast.curator].into_iter().chain(others)
    {
        // They sign in while their token is good; the feeds are read from the database.
        person.session().await;
    }
    time_goes_by(&world, "2026-11-30 12:00").await;
    let first = [
        "first_answer 1 50 % 2026-11-23 17:00",
        "first_answer 1 75 % 2026-11-23 17:30",
        "first_answer 1 100 % 2026-11-23 18:00",
        // Twice the target is used at the closing instant, and told when the room opens again.
        "first_answer 1 200 % 2026-11-24 08:00",
    ];
    let last = [
        "final_answer 1 50 % 2026-11-24 10:00",
        "final_answer 1 75 % 2026-11-24 13:00",
        "final_answer 1 100 % 2026-11-24 16:00",
        "final_answer 1 200 % 2026-11-25 16:00",
    ];
    assert_eq!(told(&world, &format!("desk:{a}")).await, [first, last].concat());
    for (step, people) in [
        (0, vec![&cast.oleg]),
        (1, vec![&cast.head]),
        (2, vec![&cast.chief, &deputy, &cast.nina]),
        (3, vec![&cast.curator]),
    ] {
        for person in people {
            assert_eq!(told_to(&world, person).await, [first[step], last[step]], "{}", person.login);
        }
    }
    for person in others {
        assert_eq!(told_to(&world, person).await, [""; 0], "{}", person.login);
    }
    assert_eq!(told(&world, &format!("desk:{}", world.organisation("rukha", "b"))).await, [""; 0]);
    let audited = world.audit_of(&appeal).await.into_iter().filter(|row| row.0 == "appeal.clock_due").count();
    assert_eq!(audited, 8);
    let breached = world.cast().nina.appeal(&appeal).await["clocks"].clone();
    assert!(breached.as_array().unwrap().iter().all(|clock| clock["breached"] == true), "{breached}");
}

async fn a_question_moves_the_steps_and_an_answer_ends_them(engine: Engine) {
    let world = World::on(engine).await;
    let a = world.organisation("rukha", "a");
    let desk = format!("desk:{a}");
    let cast = world.cast();
    let appeal = cast.nina.asks_clinic_of(&world.medchat("rukha"), &a, "Нет талонов").await;
    time_goes_by(&world, "2026-11-23 16:30").await;
    world.cast().oleg.asks_back(&appeal, "К кому?").await;
    time_goes_by(&world, "2026-11-25 16:30").await;
    assert_eq!(told(&world, &desk).await, [""; 0], "while the resident is waited for, nothing is due");
    world.cast().nina.writes(&appeal, "К терапевту").await;
    time_goes_by(&world, "2026-11-26 12:00").await;
    // Half an hour was used on Monday: three and a half on Wednesday and two on Thursday make six.
    assert_eq!(told(&world, &desk).await, ["final_answer 1 50 % 2026-11-26 10:00"]);
    world.cast().oleg.answers_finally(&appeal, "resolved").await;
    time_goes_by(&world, "2026-11-27 12:00").await;
    assert_eq!(told(&world, &desk).await.len(), 1, "what is answered is not called for");
    world.cast().nina.contests(&appeal, "нет").await;
    time_goes_by(&world, "2026-11-27 13:30").await;
    assert_eq!(
        told(&world, &desk).await[1..],
        ["first_answer 2 50 % 2026-11-27 13:00", "first_answer 2 75 % 2026-11-27 13:30"]
    );
}

async fn nobody_owns_it_and_every_desk_is_told(engine: Engine) {
    let world = World::on(engine).await;
    let cast = world.cast();
    let desks = ["a", "b"].map(|which| format!("desk:{}", world.organisation("rukha", which)));
    cast.nina.asks_clinic(&world.medchat("rukha"), "Нет талонов").await;
    let people = [&cast.oleg, &cast.petr, &cast.head, &cast.chief, &cast.nina];
    for person in people {
        person.session().await;
    }
    time_goes_by(&world, "2026-11-23 18:00").await;
    let steps = [
        "first_answer 1 50 % 2026-11-23 17:00",
        "first_answer 1 75 % 2026-11-23 17:30",
        "first_answer 1 100 % 2026-11-23 18:00",
    ];
    for desk in &desks {
        assert_eq!(told(&world, desk).await, steps);
    }
    for (person, steps) in people.into_iter().zip([&[][..], &[], &steps[1..2], &steps[2..], &steps[2..]]) {
        assert_eq!(told_to(&world, person).await, *steps, "{}", person.login);
    }
}

/// Makes the first answer's steps due at `utc` for the reminders alone, as hours would that hold no more.
async fn are_remembered(world: &World, appeal: &Appeal, utc: &str) {
    let (appeal, at) = (appeal.id.parse().unwrap(), Moment::parse_rfc3339(utc).unwrap());
    let what = |step| What::Step { clock: ClockKind::FirstAnswer, cycle: 1, step };
    let dues = Step::ALL.map(|step| Due { appeal, what: what(step), at });
    let mut tx = world.store().begin().await.unwrap();
    store::due::replace(&mut tx, appeal, &dues).await.unwrap();
    tx.commit().await.unwrap();
}

const ON_TIME: [&str; 5] = [
    "first_answer 1 50 % 2026-11-23 17:00",
    "first_answer 1 75 % 2026-11-23 17:30",
    "first_answer 1 100 % 2026-11-23 18:00",
    "first_answer 1 200 % 2026-11-24 08:00",
    "final_answer 1 50 % 2026-11-24 10:00",
];

async fn a_step_remembered_too_early_is_told_on_time(engine: Engine) {
    let world = World::on(engine).await;
    let a = world.organisation("rukha", "a");
    let appeal = world.cast().nina.asks_clinic_of(&world.medchat("rukha"), &a, "Нет талонов").await;
    are_remembered(&world, &appeal, "2026-11-23T06:10:00Z").await;
    time_goes_by(&world, "2026-11-23 16:30").await;
    assert_eq!(told(&world, &format!("desk:{a}")).await, [""; 0], "nothing is due yet");
    time_goes_by(&world, "2026-11-24 10:00").await;
    assert_eq!(told(&world, &format!("desk:{a}")).await, ON_TIME);
}

async fn a_step_remembered_too_late_is_told_on_time_once_counted_again(engine: Engine) {
    let world = World::on(engine).await;
    let a = world.organisation("rukha", "a");
    let appeal = world.cast().nina.asks_clinic_of(&world.medchat("rukha"), &a, "Нет талонов").await;
    are_remembered(&world, &appeal, "2026-12-01T06:00:00Z").await;
    assert_eq!(world.acts().recount().await.unwrap(), 0, "no promise moves");
    time_goes_by(&world, "2026-11-24 10:00").await;
    assert_eq!(told(&world, &format!("desk:{a}")).await, ON_TIME);
}

on_both_engines!(
    a_step_remembered_too_early_is_told_on_time,
    a_step_remembered_too_late_is_told_on_time_once_counted_again,
    nobody_answers_for_a_week,
    a_question_moves_the_steps_and_an_answer_ends_them,
    nobody_owns_it_and_every_desk_is_told,
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_is_heard_on_open_sockets() {
    let world = World::new().await;
    let a = world.organisation("rukha", "a");
    let cast = world.cast();
    let appeal = cast.nina.asks_clinic_of(&world.medchat("rukha"), &a, "Нет талонов").await;
    let mut console = cast.head.opens_socket().await;
    console.subscribes(&format!("desk:{a}"), None).await;
    console.subscribes(&cast.head.mailbox().await, None).await;
    world.is("2026-11-23 17:30");
    world.rings().await;
    let mut heard = [console.next_entry().await, console.next_entry().await, console.next_entry().await];
    heard.sort_by_key(|frame| {
        (frame["entry"]["percent"].as_u64(), frame["feed"].as_str().map(ToOwned::to_owned))
    });
    let percents: Vec<_> = heard.iter().map(|frame| frame["entry"]["percent"].as_u64().unwrap()).collect();
    assert_eq!(percents, [50, 75, 75]);
    let notice = &heard[2]["entry"];
    assert_eq!(
        (&notice["kind"], &notice["appeal"], &notice["number"]),
        (&json!("notice"), &json!(appeal.id), &json!(appeal.number))
    );
    assert_eq!(
        (&notice["clock"], &notice["cycle"], &notice["told"]),
        (&json!("first_answer"), &json!(1), &json!(["department_head"]))
    );
    assert_eq!(notice["due_at"], json!(crate::asking::utc("2026-11-23 18:00")));
}

/// Two nodes look at the same database while the clock jumps a day forward and back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_tell_each_step_once() {
    let world = World::on(Engine::Postgres).await;
    let other = world.another_node().await;
    let (own, room, a) = (world.acts(), world.medchat("rukha"), world.organisation("rukha", "a"));
    let cast = world.cast();
    let mut appeals: Vec<Appeal> = Vec::new();
    for _ in 0..5 {
        appeals.push(cast.nina.asks_clinic_of(&room, &a, "Нет талонов").await);
    }
    let silent = cast.nina.asks_clinic_of(&room, &a, "Нет талонов").await;
    cast.oleg.answers_finally(&silent, "resolved").await;
    let hour = 3_600_000;
    for step in [1, 24, -24, 26, -1, 24, -48, 96, -24, 24, 24] {
        let at = world.now().plus_millis(step * hour);
        world.clock().set(&at.rfc3339());
        let rings = join_all((0..6).map(|turn| if turn % 2 == 0 { own.ring() } else { other.ring() }));
        for rung in rings.await {
            rung.unwrap();
        }
    }
    world.rings().await;
    let entries = world.all_of(&format!("desk:{a}")).await;
    for appeal in &appeals {
        let mut steps: Vec<(&str, u32)> = entries
            .iter()
            .filter_map(|entry| match &entry.body {
                Body::Notice(notice) if notice.appeal.to_string() == appeal.id => {
                    Some((notice.clock.word(), notice.step.percent()))
                }
                _ => None,
            })
            .collect();
        steps.sort_unstable();
        let each =
            ["final_answer", "first_answer"].map(|clock| [50, 75, 100, 200].map(|percent| (clock, percent)));
        assert_eq!(steps, each.concat(), "each step once");
        assert_eq!(world.history_of(appeal).await, ["open"], "a step is no event");
    }
    assert_eq!(world.history_of(&silent).await, ["open", "final-answer", "close silently"]);
    assert_eq!(world.audited(&silent, "appeal.close_silently", "").await, 1);
}
