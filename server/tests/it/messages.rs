//! Saying, changing and hiding: one cid makes one entry for ever, an author has fifteen minutes, what is hidden is
//! hidden everywhere, and a text is only text.

use std::time::Duration;

use serde_json::{Value, json};
use store::testing::Engine;
use tokio_tungstenite::tungstenite::Message;

use crate::people::Landed;
use crate::sockets::Heard;
use crate::world::{Setting, World, feed};

const MINUTE: Duration = Duration::from_secs(60);

async fn one_cid_makes_one_entry(engine: Engine) {
    let world = World::on(engine).await;
    let room = world.medchat("rukha");
    let nina = world.resident(1);
    nina.joins(&room).await;
    let first = nina.tries_to_post(&room, "a cid", "Здравствуйте").await.with(201);
    let repeat = nina.tries_to_post(&room, "a cid", "Здравствуйте").await.with(200);
    assert_eq!(first.body, repeat.body, "a repeat answers the same");
    let mut socket = nina.follows(&room).await;
    assert_eq!(socket.posts(&room, "a cid", "Здравствуйте").await, Landed::of(&first.json()));
    nina.tries_to_post(&room, "a cid", "Другое").await.refused(409, "cid_conflict");
    let error = socket
        .is_refused(json!({"op": "post", "cid": "a cid", "room": room, "text": "Другое"}), "cid_conflict");
    assert_eq!(error.await["cid"], "a cid");
    // The same cid in another room is another content too.
    let elsewhere = world.medchats("rukha").remove(1);
    nina.joins(&elsewhere).await;
    nina.tries_to_post(&elsewhere, "a cid", "Здравствуйте").await.refused(409, "cid_conflict");

    let neighbour = world.resident(2);
    neighbour.joins(&room).await;
    let other = Landed::of(&neighbour.tries_to_post(&room, "a cid", "Здравствуйте").await.with(201).json());
    assert_eq!(other.seq, 2, "the cid of another author is another cid");
    // And a cid names one try, whatever kind of try it is.
    let said = Landed::of(&first.json());
    nina.tries_to_edit(&room, &said.id, "a cid", "Здравствуйте").await.refused(409, "cid_conflict");
    world.restarts().await;
    let after = nina.tries_to_post(&room, "a cid", "Здравствуйте").await.with(200);
    assert_eq!(after.body, first.body, "for ever");
    assert_eq!(world.is_gapless(&room).await, 2);
    assert_eq!(world.is_gapless(&elsewhere).await, 0);
}

async fn the_same_try_sent_many_times_at_once_lands_once(engine: Engine) {
    let world = World::lifted(engine).await;
    let room = world.medchat("rukha");
    let nina = world.resident(1);
    nina.joins(&room).await;
    let tries = (0..40).map(|_| nina.tries_to_post(&room, "storm", "Один раз"));
    let answers = futures_util::future::join_all(tries).await;
    let created = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(created, 1, "one of them was first");
    assert!(answers.iter().all(|answer| answer.body == answers[0].body));
    assert_eq!(world.is_gapless(&room).await, 1);
}

async fn many_posts_without_waiting_land_in_their_order(engine: Engine) {
    let world = World::lifted(engine).await;
    let room = world.medchat("rukha");
    let nina = world.resident(1);
    nina.joins(&room).await;
    let mut socket = nina.opens_socket().await;
    // More than a connection keeps under way; one of them has no place, and what follows the posts is answered after.
    for number in 0..100 {
        let room = if number == 50 { "nowhere" } else { &room };
        let cid = format!("cid {number}");
        socket.says(json!({"op": "post", "cid": cid, "room": room, "text": "Подряд"})).await;
    }
    socket.says(json!({"op": "ping"})).await;
    socket.says(json!({"op": "post", "cid": "last", "room": room, "text": "И до свидания"})).await;
    socket.sends(Message::Close(None)).await;
    let mut landed = Vec::new();
    let mut refused = Vec::new();
    loop {
        match socket.next().await {
            Heard::Frame(frame) if frame["ev"] == "ack" => landed.push(frame),
            Heard::Frame(frame) if frame["ev"] == "error" => refused.push(frame["cid"].clone()),
            Heard::Frame(frame) => assert_eq!((&frame["ev"], landed.len()), (&json!("pong"), 99)),
            Heard::Closed(_) => break,
        }
    }
    assert_eq!(refused, [json!("cid 50")]);
    let of = |frame: &Value| (frame["cid"].clone(), frame["seq"].clone());
    let others = (0..100).filter(|number| *number != 50).map(|number| json!(format!("cid {number}")));
    let expected = others.chain([json!("last")]).zip((1..).map(|seq: u64| json!(seq)));
    assert!(landed.iter().map(of).eq(expected), "{landed:?}");
    assert_eq!(world.is_gapless(&room).await, 100);
}

async fn a_message_is_edited_and_hidden(engine: Engine) {
    let world = World::on(engine).await;
    let room = world.medchat("rukha");
    let (nina, moderator) = (world.resident(1), world.moderator("rukha"));
    nina.joins(&room).await;
    let said = nina.posts(&room, "Телефон 8 914 000").await;
    nina.edits(&room, &said.id, "Телефон скрыт").await;
    moderator.hides(&room, &said.id, "личные данные").await;

    let history = nina.history(&room).await;
    assert_eq!(history.len(), 1);
    assert_eq!((&history[0]["text"], &history[0]["hidden"]), (&json!(""), &json!(true)));
    let mut late = world.resident(2).follows(&room).await;
    let replay = [late.next_entry().await, late.next_entry().await, late.next_entry().await];
    let shown: Vec<&Value> = replay.iter().map(|frame| &frame["entry"]["kind"]).collect();
    assert_eq!(shown, ["message", "edit", "hide"]);
    assert_eq!((&replay[0]["entry"]["text"], &replay[0]["entry"]["hidden"]), (&json!(""), &json!(true)));
    assert_eq!(replay[1]["entry"]["text"], "", "its edits are hidden too");
    assert_eq!(replay[2]["entry"]["reason"], "личные данные");
    assert_eq!(replay[2]["entry"]["target"], json!(said.id));

    nina.tries_to_edit(&room, &said.id, "after", "Снова").await.refused(409, "wrong_state");
    moderator.tries_to_hide(&room, &said.id, "ещё раз").await.refused(409, "already_done");
    let rows = store::audit::about(&world.store(), &format!("message:{}", said.id)).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].act.as_str(), rows[0].reason.as_str()), ("message.hide", "личные данные"));
    assert_eq!(rows[0].actor.unwrap().to_string(), moderator.account().await);
    assert_eq!(world.is_gapless(&room).await, 3);
}

async fn hiding_and_editing_at_once_leave_no_text(engine: Engine) {
    let world = World::lifted(engine).await;
    let room = world.medchat("rukha");
    let (nina, moderator) = (world.resident(1), world.moderator("rukha"));
    nina.joins(&room).await;
    moderator.session().await;
    let mut edited = 0;
    for number in 0..15 {
        let said = nina.posts(&room, "Телефон 8 914 000").await;
        let cids = [world.cid(), world.cid()];
        let (first, hidden, second) = tokio::join!(
            nina.tries_to_edit(&room, &said.id, &cids[0], "Телефон 8 914 111"),
            moderator.tries_to_hide(&room, &said.id, "личные данные"),
            nina.tries_to_edit(&room, &said.id, &cids[1], "Телефон 8 914 222"),
        );
        hidden.with(200);
        for edit in [first, second] {
            edited += usize::from(edit.status == 200);
            assert!(edit.status == 200 || edit.code() == "wrong_state", "{number}: {edit:?}");
        }
    }
    let head = world.is_gapless(&room).await;
    assert_eq!(head as usize, 30 + edited);
    let mut late = world.resident(2).follows(&room).await;
    for _ in 0..head {
        let entry = late.next_entry().await;
        assert!(entry["entry"].get("text").is_none_or(|text| text == ""), "{entry}");
    }
    assert!(
        nina.history(&room).await.iter().all(|message| message["hidden"] == true && message["text"] == "")
    );
}

async fn time_never_goes_back_within_a_room(engine: Engine) {
    let world = World::on(engine).await;
    let room = world.medchat("rukha");
    let nina = world.resident(1);
    nina.joins(&room).await;
    let first = nina.posts(&room, "Сейчас").await;
    world.clock().set("2026-11-23T05:59:59.000Z");
    let second = nina.posts(&room, "Часы отстали").await;
    world.clock().set("2026-11-23T06:00:00.001Z");
    let third = nina.posts(&room, "Часы пошли").await;
    assert_eq!([first.at.as_str(), &second.at], ["2026-11-23T06:00:00.000Z"; 2]);
    assert_eq!(third.at, "2026-11-23T06:00:00.001Z");
    assert_eq!([first.seq, second.seq, third.seq], [1, 2, 3]);
}

on_both_engines!(
    hiding_and_editing_at_once_leave_no_text,
    time_never_goes_back_within_a_room,
    one_cid_makes_one_entry,
    the_same_try_sent_many_times_at_once_lands_once,
    many_posts_without_waiting_land_in_their_order,
    a_message_is_edited_and_hidden,
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_author_has_fifteen_minutes() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let nina = world.resident(1);
    nina.joins(&room).await;
    let said = nina.posts(&room, "Первое").await;
    world.clock().advance(15 * MINUTE - Duration::from_millis(1));
    let nina = world.resident(1);
    let first = nina.tries_to_edit(&room, &said.id, "edit", "Второе").await.with(200);
    world.clock().advance(Duration::from_millis(1));
    let state = nina.tries_to_edit(&room, &said.id, "late", "Третье").await.refused(409, "wrong_state");
    assert_eq!(state["state"], "settled");
    let repeat = nina.tries_to_edit(&room, &said.id, "edit", "Второе").await.with(200);
    assert_eq!(first.body, repeat.body, "the repeat of an edit in time is no new edit");
    nina.tries_to_edit(&room, &said.id, "edit", "Иное").await.refused(409, "cid_conflict");
    let history = nina.history(&room).await;
    assert_eq!((&history[0]["text"], &history[0]["edited"]), (&json!("Второе"), &json!(true)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_edits_what_others_said_and_nothing_that_is_not_there() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let elsewhere = world.medchats("rukha").remove(1);
    let (nina, neighbour) = (world.resident(1), world.resident(2));
    for room in [&room, &elsewhere] {
        nina.joins(room).await;
        neighbour.joins(room).await;
    }
    let said = nina.posts(&room, "Моё").await;
    neighbour.tries_to_edit(&room, &said.id, "foreign", "Чужое").await.refused(403, "not_allowed");
    nina.tries_to_edit(&elsewhere, &said.id, "moved", "Не там").await.refused(404, "not_found");
    let nothing = "01939f6e-7c3a-7000-8000-0123456789ab";
    nina.tries_to_edit(&room, nothing, "nothing", "Ничего").await.refused(404, "not_found");
    nina.tries_to_edit(&room, "nothing", "nothing", "Ничего").await.refused(404, "not_found");
    world.moderator("rukha").tries_to_hide(&elsewhere, &said.id, "не там").await.refused(404, "not_found");
    world.moderator("rukha").tries_to_hide(&room, nothing, "ничего").await.refused(404, "not_found");
    assert_eq!(world.is_gapless(&room).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hiding_needs_a_reason() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let (nina, moderator) = (world.resident(1), world.moderator("rukha"));
    nina.joins(&room).await;
    let said = nina.posts(&room, "Слово").await;
    for reason in ["", " \n", "\u{202E}"] {
        let invalid = moderator.tries_to_hide(&room, &said.id, reason).await.invalid();
        assert_eq!(invalid, ("reason".into(), "empty".into()));
    }
    let long = "ж".repeat(501);
    assert_eq!(moderator.tries_to_hide(&room, &said.id, &long).await.invalid().1, "too_long");
    nina.tries_to_hide(&room, &said.id, "сама").await.refused(403, "not_allowed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_is_text_of_up_to_4000_characters() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let nina = world.resident(1);
    nina.joins(&room).await;
    for symbol in ["ж", "🏥"] {
        nina.posts(&room, &symbol.repeat(4000)).await;
        let invalid = nina.tries_to_post(&room, "long", &symbol.repeat(4001)).await.invalid();
        assert_eq!(invalid, ("text".into(), "too_long".into()));
    }
    for empty in ["", "   ", "\n\t", "\u{200B}\u{202E}\u{0}"] {
        assert_eq!(
            nina.tries_to_post(&room, "empty", empty).await.invalid(),
            ("text".into(), "empty".into())
        );
    }
    let before = nina.history(&room).await.len();
    assert_eq!(before, 2, "nothing refused was stored");
    nina.posts(&room, " до\u{202E}ктор\u{0}\u{7}\u{200B} \u{2066}сказал\u{2069}\r\nда ").await;
    assert_eq!(nina.history(&room).await[0]["text"], "доктор сказал\nда");
    nina.posts(&room, "<script>alert(1)</script> & \"кавычки\"").await;
    assert_eq!(nina.history(&room).await[0]["text"], "<script>alert(1)</script> & \"кавычки\"");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cid_is_printable_ascii() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let nina = world.resident(1);
    nina.joins(&room).await;
    for cid in ["", "ж", "a\tb", "a\u{7f}", &"x".repeat(65)] {
        let invalid = nina.tries_to_post(&room, cid, "Текст").await.invalid();
        assert_eq!(invalid, ("cid".into(), "not_a_cid".into()), "{cid:?}");
    }
    nina.tries_to_post(&room, &"~".repeat(64), "Текст").await.with(201);
    nina.asks("POST", &format!("/rooms/{room}/messages"), Some(json!({"text": "без cid"}))).await.invalid();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_verified_or_no_member_may_not_post() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let newcomer = world.newcomer("rukha");
    newcomer.joins(&room).await;
    newcomer.tries_to_post(&room, "1", "Можно?").await.refused(403, "not_verified");
    let stranger = world.resident(3);
    stranger.tries_to_post(&room, "1", "Можно?").await.refused(403, "not_allowed");
    let mut socket = stranger.opens_socket().await;
    let post = json!({"op": "post", "cid": "2", "room": room, "text": "Можно?"});
    assert_eq!(socket.is_refused(post, "not_allowed").await["cid"], "2");
    world.asks("POST", &format!("/rooms/{room}/messages"), None, None).await.refused(401, "unauthenticated");
    assert_eq!(world.is_gapless(&room).await, 0);
    stranger.joins(&room).await;
    assert_eq!(stranger.posts(&room, "Теперь можно").await.seq, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_region_takes_nothing_while_closed() {
    let change = |plans: &mut Vec<domain::region_file::RegionPlan>| {
        plans[0].region.outside_hours = domain::region::OutsideHours::ReadOnly;
    };
    let world = World::with(Setting { change: Some(change), ..Setting::default() }).await;
    let room = world.medchat("rukha");
    let nina = world.resident(1);
    nina.joins(&room).await;
    let first = nina.tries_to_post(&room, "in time", "Днём").await.with(201);
    // Saturday 20:00 in Khabarovsk; the next opening is Monday 08:00.
    world.clock().set("2026-11-28T10:00:00.000Z");
    let nina = world.resident(1);
    let closed = nina.tries_to_post(&room, "too late", "Вечером").await.refused(409, "wrong_state");
    assert_eq!(closed["state"], "closed");
    assert_eq!(closed["next_opening"], "2026-11-29T22:00:00.000Z");
    assert_eq!(nina.tries_to_post(&room, "in time", "Днём").await.with(200).body, first.body);
    nina.tries_to_post(&room, "in time", "Иначе").await.refused(409, "cid_conflict");
    let mut socket = nina.opens_socket().await;
    let post = json!({"op": "post", "cid": "too late", "room": room, "text": "Вечером"});
    socket.is_refused(post, "wrong_state").await;
    world.responder("rukha").answers(&room, "Клиника пишет и в нерабочее время").await;
    world.clock().set("2026-11-29T22:00:00.000Z");
    world.resident(1).tries_to_post(&room, "too late", "Утром").await.with(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queueing_region_takes_everything_and_says_when_it_opens() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    world.clock().set("2026-11-28T10:00:00.000Z");
    let nina = world.resident(1);
    nina.joins(&room).await;
    nina.posts(&room, "Вечером").await;
    let room = nina.room(&room).await;
    assert_eq!(
        (&room["open_now"], &room["next_opening"]),
        (&json!(false), &json!("2026-11-29T22:00:00.000Z"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unread_is_what_others_said_after_the_cursor() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let (nina, neighbour) = (world.resident(1), world.resident(2));
    nina.joins(&room).await;
    for text in ["раз", "два", "три"] {
        nina.posts(&room, text).await;
    }
    neighbour.joins(&room).await;
    let my = |room: &Value| (room["my"]["read"].clone(), room["my"]["unread"].clone());
    assert_eq!(my(&neighbour.room(&room).await), (json!(3), json!(0)), "what came before one joined is read");
    for text in ["четыре", "пять"] {
        nina.posts(&room, text).await;
    }
    neighbour.posts(&room, "моё").await;
    assert_eq!(my(&neighbour.room(&room).await), (json!(3), json!(2)));
    let mut socket = neighbour.opens_socket().await;
    for (seq, stands) in [(4, (4, 1)), (2, (4, 1)), (6, (6, 0)), (u64::MAX, (6, 0))] {
        socket.says(json!({"op": "read", "feed": feed(&room), "seq": seq})).await;
        socket.stays().await;
        let (read, unread) = my(&neighbour.room(&room).await);
        assert_eq!((read, unread), (json!(stands.0), json!(stands.1)), "after reading {seq}");
    }
    let me = neighbour.reads("/me").await;
    assert_eq!(me["rooms"][0]["my"]["unread"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn residents_see_how_far_the_clinic_has_read() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let (nina, clinic) = (world.resident(1), world.responder("rukha"));
    nina.joins(&room).await;
    nina.posts(&room, "Вопрос").await;
    nina.posts(&room, "Ещё вопрос").await;
    let mut phone = nina.opens_socket().await;
    phone.subscribes(&feed(&room), None).await;
    let mut console = clinic.opens_socket().await;
    console.says(json!({"op": "read", "feed": feed(&room), "seq": 1})).await;
    let seen = phone.hears("seen").await;
    assert_eq!((&seen["feed"], &seen["seq"]), (&json!(feed(&room)), &json!(1)));
    // Going back is no news, and a resident's reading is nobody's business.
    console.says(json!({"op": "read", "feed": feed(&room), "seq": 1})).await;
    console.stays().await;
    phone.says(json!({"op": "read", "feed": feed(&room), "seq": 2})).await;
    phone.stays().await;
    console.says(json!({"op": "read", "feed": feed(&room), "seq": 2})).await;
    assert_eq!(phone.hears("seen").await["seq"], 2);
    assert_eq!(nina.room(&room).await["seen"], 2);
}
