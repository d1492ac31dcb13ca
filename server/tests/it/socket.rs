//! The socket's manners: how it opens, what it takes, and the number it closes with when it does not.

use std::time::Duration;

use http::header;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::sockets::{Heard, Socket};
use crate::world::{Setting, World, feed};

async fn opens(world: &World, headers: &[(&str, &str)]) -> Socket {
    world.opens_socket(headers).await.unwrap_or_else(|answer| panic!("no upgrade: {answer:?}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_opens_with_a_header_or_a_first_frame() {
    let world = World::new().await;
    let nina = world.resident(1);
    let bearer = format!("Bearer {}", nina.token().await);
    let mut by_header = opens(&world, &[("authorization", &bearer)]).await;
    let Heard::Frame(hello) = by_header.next().await else { panic!("hello comes first") };
    assert_eq!((&hello["ev"], &hello["server_time"]), (&json!("hello"), &json!("2026-11-23T06:00:00.000Z")));
    let mut by_frame = opens(&world, &[]).await;
    by_frame.says(json!({"op": "auth", "token": nina.token().await})).await;
    assert_eq!(by_frame.next().await, Heard::Frame(hello), "the same session");
    by_frame.stays().await;
    by_frame.is_refused(json!({"op": "auth", "token": nina.token().await}), "invalid").await;
    by_frame.stays().await;
    // A cookie counts for nothing.
    let mut by_cookie = opens(&world, &[("cookie", &nina.session().await.cookie)]).await;
    by_cookie.says(json!({"op": "ping"})).await;
    assert_eq!(by_cookie.next().await, Heard::Closed(4501));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_says_nothing_for_five_seconds_is_closed() {
    let world = World::new().await;
    let started = Instant::now();
    let mut silent = opens(&world, &[]).await;
    let mut pinging = opens(&world, &[]).await;
    pinging.sends(Message::Ping(vec![1].into())).await;
    for socket in [&mut silent, &mut pinging] {
        assert_eq!(socket.closes().await, 4501);
        let took = started.elapsed();
        assert!((Duration::from_millis(4900)..Duration::from_secs(7)).contains(&took), "{took:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_json_object_closes_it() {
    let world = World::new().await;
    let nina = world.resident(1);
    for junk in [
        "",
        "nope",
        "{",
        "{\"op\":\"ping\"} x",
        "[]",
        "5",
        "null",
        "\"ping\"",
        "[\"ping\"]",
        "{\"op\":\"ping\"}{}",
    ] {
        let mut socket = nina.opens_socket().await;
        socket.sends(Message::text(junk)).await;
        assert_eq!(socket.closes().await, 4500, "{junk}");
        let mut unknown = opens(&world, &[]).await;
        unknown.sends(Message::text(junk)).await;
        let code = unknown.closes().await;
        assert!([4500, 4501].contains(&code), "{junk}: {code}");
    }
    for binary in [b"{\"op\":\"ping\"}".to_vec(), vec![0xff, 0xfe], Vec::new()] {
        let mut socket = nina.opens_socket().await;
        socket.sends(Message::binary(binary.clone())).await;
        assert_eq!(socket.closes().await, 4500);
        let mut unknown = opens(&world, &[]).await;
        unknown.sends(Message::binary(binary)).await;
        assert_eq!(unknown.closes().await, 4500);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_in_pieces_is_one_message() {
    let world = World::new().await;
    let nina = world.resident(1);
    let piece = |bytes: &[u8], first: bool, last: bool| {
        let kind = if first { Data::Text } else { Data::Continue };
        Message::Frame(Frame::message(bytes.to_vec(), OpCode::Data(kind), last))
    };
    let mut socket = nina.opens_socket().await;
    socket.sends(piece(b"{\"op\":", true, false)).await;
    socket.sends(Message::Ping(Vec::new().into())).await;
    socket.sends(piece(b"\"ping\"}", false, true)).await;
    socket.hears("pong").await;
    // No piece is too big, the whole is.
    socket.sends(piece(b"{\"op\":\"ping\"}", true, false)).await;
    for _ in 0..17 {
        socket.sends(piece(&[b' '; 1000], false, false)).await;
    }
    assert_eq!(socket.closes().await, 1009);
    let mut socket = nina.opens_socket().await;
    socket.sends(piece(b"{\"op\":\"\xff\"}", true, true)).await;
    assert_eq!(socket.closes().await, 4500, "what is not UTF-8 is no JSON");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_breaks_the_protocol_is_closed() {
    let world = World::new().await;
    let nina = world.resident(1);
    for kind in [Data::Reserved(3), Data::Continue] {
        let broken = Message::Frame(Frame::message(b"{}".to_vec(), OpCode::Data(kind), true));
        let mut socket = nina.opens_socket().await;
        socket.sends(broken.clone()).await;
        assert_eq!(socket.closes().await, 1002, "{broken:?}");
        let mut unknown = opens(&world, &[]).await;
        unknown.sends(broken).await;
        assert_eq!(unknown.closes().await, 4501, "nobody in particular");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_field_is_an_error_and_the_socket_stays() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let nina = world.resident(1);
    nina.joins(&room).await;
    let mut socket = nina.opens_socket().await;
    let bad = [
        json!({"op": "post", "cid": "c", "room": room, "text": 5}),
        json!({"op": "post", "cid": "c", "room": room}),
        json!({"op": "post", "cid": "c", "room": 5, "text": "а"}),
        json!({"op": "post", "cid": "c", "room": room, "text": "а", "colour": "red"}),
        json!({"op": "post", "cid": "c", "room": room, "text": ""}),
        json!({"op": "post", "cid": "c", "room": room, "text": "ж".repeat(4001)}),
        json!({"op": "post", "cid": "c", "room": room, "text": "а", "acknowledged": "yes"}),
        json!({"op": "dance", "cid": "c"}),
        json!({"op": 5, "cid": "c"}),
        json!({"cid": "c"}),
    ];
    for frame in bad {
        let error = socket.is_refused(frame.clone(), "invalid").await;
        assert_eq!(error["cid"], "c", "{frame}");
    }
    let name = feed(&room);
    for frame in [
        json!({"op": "subscribe", "feed": name, "after": -1}),
        json!({"op": "subscribe", "feed": name, "after": 1.5}),
        json!({"op": "subscribe", "feed": name, "after": "0"}),
        json!({"op": "subscribe", "feed": name, "epoch": 7}),
        json!({"op": "read", "feed": name, "seq": "1"}),
        json!({"op": "read", "feed": name}),
    ] {
        let error = socket.is_refused(frame.clone(), "invalid").await;
        assert_eq!(error["feed"], json!(name), "{frame}");
    }
    for cid in ["", "ж", &"x".repeat(65)] {
        socket.is_refused(json!({"op": "post", "cid": cid, "room": room, "text": "а"}), "invalid").await;
        socket.is_refused(json!({"op": "cancel", "cid": cid}), "invalid").await;
    }
    assert_eq!(socket.posts(&room, "c", "Теперь верно").await.seq, 1);
    assert_eq!(world.is_gapless(&room).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_feed_is_not_found_and_the_socket_stays() {
    let world = World::new().await;
    let mut socket = world.resident(1).opens_socket().await;
    let nothing = "01939f6e-7c3a-7000-8000-0123456789ab";
    let staff = feed(&world.staff_room("rukha", "a"));
    let others = ["", "room", "room:", "room:x", "desk:x", "ROOM:x", &staff];
    for name in others.into_iter().map(ToOwned::to_owned).chain([feed(nothing), format!("person:{nothing}")])
    {
        for frame in [
            json!({"op": "subscribe", "feed": name, "after": 0}),
            json!({"op": "read", "feed": name, "seq": 1}),
        ] {
            let error = socket.is_refused(frame, "not_found").await;
            assert_eq!(error["feed"], json!(name));
        }
    }
    let error =
        socket.is_refused(json!({"op": "post", "cid": "1", "room": nothing, "text": "а"}), "not_found");
    assert_eq!(error.await["cid"], "1");
    socket.says(json!({"op": "unsubscribe", "feed": "room:x"})).await;
    socket.stays().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frame_over_16_kib_closes_it() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let nina = world.resident(1);
    nina.joins(&room).await;
    let frame = |size: usize| {
        let frame = json!({"op": "ping"}).to_string();
        format!("{frame}{}", " ".repeat(size - frame.len()))
    };
    let mut socket = nina.opens_socket().await;
    socket.sends(Message::text(frame(16 * 1024))).await;
    socket.hears("pong").await;
    // 4 000 characters of four bytes fit.
    socket.posts(&room, "big", &"🏥".repeat(4000)).await;
    for size in [16 * 1024 + 1, 100_000, 4 << 20] {
        let mut socket = nina.opens_socket().await;
        socket.sends(Message::text(frame(size))).await;
        assert_eq!(socket.closes().await, 1009, "{size}");
    }
    let mut unknown = opens(&world, &[]).await;
    unknown.sends(Message::text(frame(20_000))).await;
    assert_eq!(unknown.closes().await, 1009);
    socket.stays().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_page_is_refused_before_the_upgrade() {
    let world = World::new().await;
    let nina = world.resident(1);
    let bearer = format!("Bearer {}", nina.token().await);
    let own = format!("http://{}", world.address);
    let port = world.address.port();
    for foreign in [
        "null",
        "https://evil.example",
        &format!("https://{}", world.address),
        &format!("{own}.evil.example"),
        &format!("http://127.0.0.1:{}", port + 1),
        &format!("http://localhost.evil.example:{port}"),
        "",
    ] {
        let headers = [("authorization", bearer.as_str()), ("origin", foreign)];
        let refused = world.opens_socket(&headers).await.err().unwrap_or_else(|| panic!("{foreign} got in"));
        refused.refused(403, "not_allowed");
    }
    let twice = [("origin", own.as_str()), ("origin", "https://evil.example")];
    world.opens_socket(&twice).await.err().unwrap().refused(403, "not_allowed");
    for ours in [own, format!("http://localhost:{port}")] {
        let mut socket = opens(&world, &[("authorization", &bearer), ("origin", &ours)]).await;
        socket.hears("hello").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_subprotocol_is_too_old() {
    let world = World::new().await;
    let bearer = format!("Bearer {}", world.resident(1).token().await);
    let speaking = |protocols: &'static str| {
        let headers = [("authorization", bearer.clone()), ("sec-websocket-protocol", protocols.to_owned())];
        let world = &world;
        async move {
            let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
            opens(world, &headers).await
        }
    };
    speaking("medchat.v1").await.hears("hello").await;
    speaking("medchat.v0, medchat.v1").await.hears("hello").await;
    for old in ["medchat.v0", "chat", "medchat.v10, MEDCHAT.V1"] {
        assert_eq!(speaking(old).await.next().await, Heard::Closed(4510), "{old}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_upgrade_gets_no_socket() {
    let world = World::new().await;
    let nina = world.resident(1);
    let plain = nina.asks("GET", "/socket", None).await.with(426);
    assert_eq!(plain.headers[header::UPGRADE], "websocket");
    nina.asks("POST", "/socket", None).await.with(405);
    // Spoken by hand: a version nobody knows.
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    let request = format!(
        "GET /api/v1/socket HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
        world.address
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = [0; 64];
    let read = timeout(Duration::from_secs(5), stream.read(&mut answer)).await.unwrap().unwrap();
    assert!(answer[..read].starts_with(b"HTTP/1.1 426"), "{:?}", String::from_utf8_lossy(&answer[..read]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_holds_a_bounded_number_of_sockets() {
    let world = World::new().await;
    let nina = world.resident(1);
    let mut sockets = Vec::new();
    let refused = loop {
        let bearer = format!("Bearer {}", nina.token().await);
        let mut socket = opens(&world, &[("authorization", &bearer)]).await;
        match socket.next().await {
            Heard::Frame(_) => sockets.push(socket),
            Heard::Closed(code) => break code,
        }
        assert!(sockets.len() <= 100);
    };
    assert_eq!(refused, 4509);
    assert!(sockets.len() >= 5, "{}", sockets.len());
    world.resident(2).opens_socket().await.stays().await;
    sockets.pop().unwrap().sends(Message::Close(None)).await;
    let again = async {
        let bearer = format!("Bearer {}", nina.token().await);
        loop {
            let mut socket = opens(&world, &[("authorization", &bearer)]).await;
            if let Heard::Frame(_) = socket.next().await {
                return;
            }
        }
    };
    timeout(Duration::from_secs(5), again).await.expect("one that left makes room");
    for socket in &mut sockets {
        socket.stays().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_follows_a_hundred_feeds() {
    let change = |plans: &mut Vec<domain::region_file::RegionPlan>| {
        let mut more = plans[2].clone();
        more.region.code = "RU-TST".parse().unwrap();
        plans.push(more);
    };
    let world = World::with(Setting { change: Some(change), ..Setting::default() }).await;
    let mut rooms: Vec<String> = Vec::new();
    for region in ["rutst", "ruros", "rukha"] {
        rooms.extend(world.medchats(region));
    }
    assert!(rooms.len() > 101);
    let mut socket = world.resident(1).opens_socket().await;
    for room in &rooms[..100] {
        socket.subscribes(&feed(room), Some(0)).await;
    }
    let too_many = json!({"op": "subscribe", "feed": feed(&rooms[100]), "after": 0});
    let error = socket.is_refused(too_many.clone(), "invalid").await;
    assert_eq!(error["feed"], json!(feed(&rooms[100])));
    socket.subscribes(&feed(&rooms[0]), Some(0)).await;
    socket.says(json!({"op": "unsubscribe", "feed": feed(&rooms[0])})).await;
    socket.subscribes(&feed(&rooms[100]), Some(0)).await;
    let writer = world.resident(2);
    writer.joins(&rooms[100]).await;
    writer.posts(&rooms[100], "Сотая").await;
    assert_eq!(socket.next_entry().await["feed"], json!(feed(&rooms[100])));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_may_post_without_following() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let nina = world.resident(1);
    nina.joins(&room).await;
    let mut socket = nina.opens_socket().await;
    socket.posts(&room, "1", "Слово").await;
    socket.says(json!({"op": "ping"})).await;
    let Heard::Frame(next) = socket.next().await else { panic!("it stays") };
    assert_eq!(next, json!({"ev": "pong"}), "what one does not follow does not come");
    let mut follower = nina.follows(&room).await;
    let entry = follower.next_entry().await;
    assert_eq!((&entry["seq"], &entry["entry"]["cid"]), (&json!(1), &json!("1")), "matched by its cid");
    assert_eq!(entry["entry"]["author"]["kind"], "resident");
    assert_eq!(entry["entry"].get("hidden"), None);
    assert_eq!(entry["entry"]["author"].get("signature"), None::<&Value>);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pings_are_answered_and_a_polite_goodbye_is_returned() {
    let world = World::new().await;
    let mut socket = world.resident(1).opens_socket().await;
    socket.sends(Message::Ping(vec![7; 125].into())).await;
    socket.stays().await;
    socket.sends(Message::Close(None)).await;
    assert_eq!(socket.closes().await, 1005, "a close without a code is answered without one");
}
