//! Appeals on open sockets: writing in a lane, knowing how far the clinic has read, and colleagues who look at the same
//! appeal.

use std::time::Duration;

use serde_json::{Value, json};
use store::testing::Engine;
use tokio::time::timeout;

use crate::asking::Appeal;
use crate::people::Landed;
use crate::sockets::Socket;
use crate::world::World;

/// The names in the next `viewing`, with a mark for those who write.
async fn viewers(socket: &mut Socket, appeal: &Appeal) -> Vec<String> {
    let frame = socket.hears("viewing").await;
    assert_eq!(frame["appeal"], json!(appeal.id));
    let people = frame["people"].as_array().unwrap().iter();
    let shown = people.map(|it| {
        format!("{}{}", it["name"].as_str().unwrap(), if it["drafting"] == true { "…" } else { "" })
    });
    shown.collect()
}

fn look(appeal: &Appeal, drafting: bool) -> Value {
    json!({"op": "viewing", "appeal": appeal.id, "drafting": drafting})
}

const NOBODY: [&str; 0] = [];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn colleagues_who_look_at_the_same_appeal_know_of_each_other() {
    let world = World::new().await;
    let cast = world.cast();
    let a = world.organisation("rukha", "a");
    let appeal = cast.nina.asks_clinic_of(&world.medchat("rukha"), &a, "Нет талонов").await;
    let other = cast.nina.asks_clinic_of(&world.medchat("rukha"), &a, "Нет врача").await;
    let (mut irina, mut oleg) = (cast.head.opens_socket().await, cast.oleg.opens_socket().await);
    irina.says(look(&appeal, false)).await;
    assert_eq!(viewers(&mut irina, &appeal).await, NOBODY, "nobody sees oneself");
    oleg.says(look(&appeal, true)).await;
    assert_eq!(viewers(&mut irina, &appeal).await, ["Олег Показательный…"]);
    assert_eq!(viewers(&mut oleg, &appeal).await, ["Ирина Образцова"]);
    oleg.says(look(&appeal, false)).await;
    assert_eq!(viewers(&mut irina, &appeal).await, ["Олег Показательный"]);
    let mut second = cast.oleg.opens_socket().await;
    second.says(look(&appeal, true)).await;
    assert_eq!(
        viewers(&mut irina, &appeal).await,
        ["Олег Показательный…"],
        "one person, however many sockets"
    );
    assert_eq!(viewers(&mut second, &appeal).await, ["Ирина Образцова"]);
    second.says(look(&other, true)).await;
    assert_eq!(viewers(&mut irina, &appeal).await, ["Олег Показательный"], "who looks elsewhere has gone");
    assert_eq!(viewers(&mut second, &other).await, NOBODY);
    drop(oleg);
    assert_eq!(viewers(&mut irina, &appeal).await, NOBODY, "and so has who hung up");
    // It concerns those who answer for the owner, and is never kept.
    for who in [&cast.petr, &cast.nina, &cast.viktor, &cast.curator, &cast.moderator] {
        who.opens_socket().await.is_refused(look(&appeal, true), "not_allowed").await;
    }
    irina.stays().await;
    let public = world.head_of(&appeal.lane("public")).await;
    assert_eq!((public, world.history_of(&appeal).await.len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_passed_an_appeal_on_is_not_told_who_looks_at_it() {
    let world = World::new().await;
    let cast = world.cast();
    let [a, b] = ["a", "b"].map(|which| world.organisation("rukha", which));
    let appeal = cast.nina.asks_clinic_of(&world.medchat("rukha"), &a, "Нет талонов").await;
    let (mut oleg, mut petr) = (cast.oleg.opens_socket().await, cast.petr.opens_socket().await);
    oleg.says(look(&appeal, true)).await;
    assert_eq!(viewers(&mut oleg, &appeal).await, NOBODY);
    cast.head.transfers(&appeal, &b, "не наше").await;
    oleg.stays().await;
    petr.says(look(&appeal, false)).await;
    assert_eq!(viewers(&mut petr, &appeal).await, NOBODY, "the new owner's people do not meet the old one's");
    oleg.stays().await;
    let more = timeout(Duration::from_millis(100), oleg.hears("viewing")).await;
    assert!(more.is_err(), "{more:?}");
    oleg.is_refused(look(&appeal, true), "not_allowed").await;

    // While nobody owns it, both organisations' people look at it together; whoever takes it sends the others away.
    let nobodys = cast.nina.asks_clinic(&world.medchat("rukha"), "Нет врача").await;
    petr.says(look(&nobodys, true)).await;
    assert_eq!(viewers(&mut petr, &nobodys).await, NOBODY);
    oleg.says(look(&nobodys, false)).await;
    assert_eq!(viewers(&mut oleg, &nobodys).await, ["Пётр Учебный…"]);
    assert_eq!(viewers(&mut petr, &nobodys).await, ["Олег Показательный"]);
    cast.oleg.accepts(&nobodys).await;
    assert_eq!(viewers(&mut oleg, &nobodys).await, NOBODY);
    petr.is_refused(look(&nobodys, true), "not_allowed").await;
}

async fn the_author_sees_how_far_the_clinic_has_read(engine: Engine) {
    let world = World::on(engine).await;
    let cast = world.cast();
    let appeal = cast.nina.asks_clinic(&world.medchat("rukha"), "Нет талонов").await;
    cast.nina.writes(&appeal, "Ещё вот что").await;
    cast.nina.confides(&appeal, "Лично").await;
    let (public, private) = (appeal.lane("public"), appeal.lane("private"));
    let mut phone = cast.nina.opens_socket().await;
    phone.subscribes(&public, None).await;
    phone.subscribes(&private, None).await;
    let read = |feed: &str, seq: u64| json!({"op": "read", "feed": feed, "seq": seq});
    let seen = |frame: Value| (frame["feed"].as_str().unwrap().to_owned(), frame["seq"].as_u64().unwrap());
    // Nobody owns it yet: either organisation owes the answer.
    let (mut oleg, mut petr) = (cast.oleg.opens_socket().await, cast.petr.opens_socket().await);
    petr.says(read(&public, 1)).await;
    assert_eq!(seen(phone.hears("seen").await), (public.clone(), 1));
    cast.oleg.accepts(&appeal).await;
    petr.says(read(&public, 2)).await;
    petr.stays().await;
    phone.stays().await;
    oleg.says(read(&private, 1)).await;
    assert_eq!(
        seen(phone.hears("seen").await),
        (private.clone(), 1),
        "who owes nothing any more does not count"
    );
    oleg.says(read(&public, u64::MAX)).await;
    assert_eq!(seen(phone.hears("seen").await), (public.clone(), 2), "nobody has read what is not there");
    for (mut reader, seq) in
        [(oleg, 1), (cast.viktor.opens_socket().await, 2), (cast.curator.opens_socket().await, 2)]
    {
        reader.says(read(&public, seq)).await;
        reader.stays().await;
    }
    phone.says(read(&public, 2)).await;
    phone.stays().await;
    cast.nina.writes(&appeal, "И ещё").await;
    let mut irina = cast.head.opens_socket().await;
    irina.says(read(&public, 3)).await;
    assert_eq!(seen(phone.hears("seen").await), (public, 3), "going back and others' reading is no news");
    let lanes = cast.nina.appeal(&appeal).await["lanes"].clone();
    assert_eq!((&lanes["public"]["seen"], &lanes["private"]["seen"]), (&json!(3), &json!(1)));
    petr.is_refused(read(&private, 1), "not_found").await;
}

async fn a_lane_is_written_in_over_a_socket(engine: Engine) {
    let world = World::on(engine).await;
    let cast = world.cast();
    let a = world.organisation("rukha", "a");
    let appeal = cast.nina.asks_clinic_of(&world.medchat("rukha"), &a, "Нет талонов").await;
    let (public, private) = (appeal.lane("public"), appeal.lane("private"));
    let mut phone = cast.nina.follows_feed(&private).await;
    phone.subscribes(&public, Some(1)).await;
    let mut console = cast.oleg.follows_feed(&private).await;
    let personal = "Мой телефон 8 914 123-45-67";
    for (cid, lane, text, feed) in [
        ("1", None, "Ещё вот что", &public),
        ("2", None, personal, &private),
        ("3", Some("private"), "Лично", &private),
        ("4", Some("public"), "Для всех", &public),
    ] {
        let mut post =
            json!({"op": "post", "cid": cid, "appeal": appeal.id, "text": text, "acknowledged": true});
        if let Some(lane) = lane {
            post["lane"] = json!(lane);
        }
        phone.says(post.clone()).await;
        let ack = phone.hears("ack").await;
        assert_eq!((&ack["cid"], &ack["feed"]), (&json!(cid), &json!(feed)));
        let entry = phone.next_entry().await;
        assert_eq!((&entry["feed"], &entry["seq"]), (&ack["feed"], &ack["seq"]));
        assert_eq!((&entry["entry"]["cid"], &entry["entry"]["text"]), (&json!(cid), &json!(text)));
        if feed == &private {
            let entry = console.next_entry().await;
            assert_eq!((&entry["seq"], &entry["entry"]["text"]), (&ack["seq"], &json!(text)));
        }
        phone.says(post).await;
        assert_eq!(Landed::of(&phone.hears("ack").await), Landed::of(&ack), "a repeat is told the same");
    }
    let room = world.medchat("rukha");
    for (name, value) in
        [("room", json!(room)), ("appeal", Value::Null), ("lane", json!("secret")), ("text", json!(" "))]
    {
        let mut post = json!({"op": "post", "cid": "5", "appeal": appeal.id, "text": "Слово"});
        post[name] = value;
        assert_eq!(phone.is_refused(post, "invalid").await["cid"], "5", "{name}");
    }
    let stray = json!({"op": "post", "cid": "5", "room": room, "lane": "public", "text": "Слово"});
    phone.is_refused(stray, "invalid").await;
    assert_eq!((world.head_of(&public).await, world.head_of(&private).await), (3, 2));
}

async fn what_was_sealed_is_read_after_a_restart(engine: Engine) {
    let world = World::on(engine).await;
    let cast = world.cast();
    let question = json!({"room": world.medchat("rukha"), "organisation": world.organisation("rukha", "a"),
        "text": "Нет талонов", "private_text": "Тайна"});
    let appeal = cast.nina.asks_clinic_with(question).await;
    cast.oleg.confides(&appeal, "Ответная тайна").await;
    let before = cast.nina.follows_feed(&appeal.lane("private")).await.next_entry().await;
    world.restarts().await;
    assert_eq!(cast.nina.texts(&appeal, "private").await.unwrap(), ["Тайна", "Ответная тайна"]);
    assert_eq!(cast.oleg.texts(&appeal, "private").await.unwrap(), ["Тайна", "Ответная тайна"]);
    let mut phone = cast.nina.follows_feed(&appeal.lane("private")).await;
    assert_eq!(phone.next_entry().await, before);
    cast.nina.confides(&appeal, "И ещё").await;
    for text in ["Ответная тайна", "И ещё"] {
        assert_eq!(phone.next_entry().await["entry"]["text"], text);
    }
}

on_both_engines!(
    the_author_sees_how_far_the_clinic_has_read,
    a_lane_is_written_in_over_a_socket,
    what_was_sealed_is_read_after_a_restart,
);
