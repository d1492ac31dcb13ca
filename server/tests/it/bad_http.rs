//! What bad requests get: each its code, none a fault of the server, and the server keeps serving.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, header};
use http_body_util::Full;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::people::{Answer, Person};
use crate::world::World;

/// Sends bytes as they are and reads until the server hangs up or says nothing more.
async fn says(world: &World, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    // The server may hang up before it has read everything.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let reading = async {
        let mut piece = [0; 4096];
        while let Ok(read @ 1..) = stream.read(&mut piece).await {
            answer.extend_from_slice(&piece[..read]);
        }
    };
    let _ = timeout(Duration::from_secs(2), reading).await;
    String::from_utf8_lossy(&answer).into_owned()
}

async fn posts_body(person: &Person<'_>, path: &str, body: Bytes) -> Answer {
    let request = Request::builder()
        .method("POST")
        .uri(format!("http://{}/api/v1{path}", person.world.address))
        .header(header::AUTHORIZATION, format!("Bearer {}", person.token().await));
    person.world.sends(request.body(Full::from(body)).unwrap()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_is_json_of_the_right_form() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let nina = world.resident(1);
    nina.joins(&room).await;
    let path = format!("/rooms/{room}/messages");
    let good = json!({"cid": "1", "text": "Слово"}).to_string();
    for malformed in [
        "{",
        "nope",
        "[",
        "\"",
        "{\"cid\":\"1\",}",
        "{'cid':'1'}",
        "NaN",
        "\u{feff}{}",
        &format!("{good} x"),
        &format!("{good}{good}"),
        &"[".repeat(10_000),
    ] {
        let answer = posts_body(&nina, &path, Bytes::from(malformed.to_owned())).await;
        answer.refused(400, "malformed");
    }
    for broken in [&b"\xff\xfe"[..], b"{\"cid\":\"1\",\"text\":\"\xc3\x28\"}", b"\xed\xa0\x80"] {
        posts_body(&nina, &path, Bytes::from_static(broken)).await.refused(400, "malformed");
    }
    for (wrong, field, code) in [
        (json!({"cid": "1", "text": "Слово", "colour": "red"}), "colour", "unknown_field"),
        (json!({"cid": "1", "text": 5}), "text", "wrong_type"),
        (json!({"cid": "1", "text": null}), "text", "wrong_type"),
        (json!({"cid": "1", "text": ["Слово"]}), "text", "wrong_type"),
        (json!({"cid": 1, "text": "Слово"}), "cid", "wrong_type"),
        (json!({"cid": "1"}), "text", "missing_field"),
        (json!({}), "cid", "missing_field"),
        (json!([]), "", "wrong_type"),
        (json!("Слово"), "", "wrong_type"),
        (json!(null), "", "wrong_type"),
        (json!({"cid": "1", "text": "Слово", "acknowledged": "true"}), "acknowledged", "wrong_type"),
        (json!(["1", "Слово"]), "", "wrong_type"),
        (json!({"cid": "1", "text": "ж".repeat(4001)}), "text", "too_long"),
    ] {
        let invalid = posts_body(&nina, &path, Bytes::from(wrong.to_string())).await.invalid();
        assert_eq!(invalid, (field.to_owned(), code.to_owned()), "{wrong}");
    }
    // Half of a surrogate pair, and a field twice.
    for odd in ["{\"cid\":\"1\",\"text\":\"\\ud83c\"}", "{\"cid\":\"1\",\"cid\":\"2\",\"text\":\"а\"}"] {
        let status = posts_body(&nina, &path, Bytes::from(odd)).await.status;
        assert!([400, 422].contains(&status), "{odd}: {status}");
    }
    assert_eq!(world.is_gapless(&room).await, 0, "nothing was stored");
    // An empty body equals `{}`.
    let members = format!("/rooms/{room}/members");
    for empty in ["", " \n", "{}"] {
        posts_body(&nina, &members, Bytes::from(empty)).await.with(200);
    }
    posts_body(&nina, &members, Bytes::from("{\"a\":1}")).await.refused(422, "invalid");
    posts_body(&nina, &path, Bytes::from(good)).await.with(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_over_its_limit_is_too_large() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let nina = world.resident(1);
    nina.joins(&room).await;
    let path = format!("/rooms/{room}/messages");
    // As long as a text can be, each character escaped as a surrogate pair.
    let escaped = format!("{{\"cid\":\"1\",\"text\":\"{}\"}}", "\\ud83c\\udfe5".repeat(4000));
    posts_body(&nina, &path, Bytes::from(escaped)).await.with(201);
    let filled = |size: usize| Bytes::from(format!("{{\"cid\":\"2\",\"text\":\"{}\"}}", "x".repeat(size)));
    posts_body(&nina, &path, filled(60_000)).await.refused(422, "invalid");
    posts_body(&nina, &path, filled(70_000)).await.refused(413, "too_large");
    let head =
        format!("POST /api/v1{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n", nina.token().await);
    let announced = format!("{head}Content-Length: 99999999\r\n\r\n{{");
    let mut chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
    for _ in 0..100 {
        chunked.extend_from_slice(b"1000\r\n");
        chunked.extend_from_slice(&[b' '; 0x1000]);
        chunked.extend_from_slice(b"\r\n");
    }
    let (announced, chunked) = tokio::join!(says(&world, announced.as_bytes()), says(&world, &chunked));
    assert!(chunked.starts_with("HTTP/1.1 413") && chunked.contains("too_large"), "{chunked}");
    assert!(announced.is_empty() || announced.starts_with("HTTP/1.1 4"), "{announced}");
    assert_eq!(world.is_gapless(&room).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_open_connections_are_closed() {
    let world = World::new().await;
    let token = world.resident(1).token().await.to_owned();
    let stalled = format!(
        "POST /api/v1/accounts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: 50\r\n\r\n{{"
    );
    let half_open = ["", "GET", "GET /api/v1/regions HTTP/1.1\r\nHost: x\r\n", &stalled];
    let closing = half_open.map(|bytes| {
        let address = world.address;
        async move {
            let started = Instant::now();
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(bytes.as_bytes()).await.unwrap();
            let mut answer = Vec::new();
            let reading = stream.read_to_end(&mut answer);
            timeout(Duration::from_secs(25), reading).await.expect("it is closed").unwrap();
            (started.elapsed(), String::from_utf8_lossy(&answer).into_owned())
        }
    });
    let closed = futures_util::future::join_all(closing);
    let serving = async {
        for _ in 0..20 {
            world.asks("GET", "/regions", None, None).await.with(200);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let (closed, ()) = tokio::join!(closed, serving);
    for (took, answer) in &closed[..3] {
        assert!((Duration::from_secs(9)..Duration::from_secs(14)).contains(took), "{took:?}");
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    // A body that does not come: answered within the same time, and the silent connection is closed later.
    let (took, answer) = &closed[3];
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("malformed"), "{answer}");
    assert!(*took < Duration::from_secs(24), "{took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_path_knows_its_methods() {
    let world = World::new().await;
    let nina = world.resident(1);
    for (method, path) in [
        ("PUT", "/sessions"),
        ("GET", "/accounts"),
        ("DELETE", "/me"),
        ("POST", "/regions"),
        ("PATCH", "/rooms"),
        ("TRACE", "/me"),
        ("OPTIONS", "/me"),
        ("BREW", "/me"),
        ("PROPFIND", "/rooms"),
    ] {
        let answer = nina.asks(method, path, None).await;
        assert!(answer.headers.contains_key(header::ALLOW), "{method} {path} names no methods: {answer:?}");
        assert!(!answer.headers.contains_key("access-control-allow-origin"), "{method} {path}");
        answer.refused(405, "method_not_allowed");
    }
    for path in ["/regions", "/me", "/openapi.json"] {
        let (head, get) = (nina.asks("HEAD", path, None).await, nina.asks("GET", path, None).await);
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        assert_eq!(head.headers[header::CONTENT_TYPE], get.headers[header::CONTENT_TYPE]);
    }
    for path in ["", "/", "/nothing", "/rooms/", "/rooms//messages", "/me/", "/ME", "/accounts/other"] {
        nina.asks("GET", path, None).await.refused(404, "not_found");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_is_of_the_right_form() {
    let world = World::new().await;
    let messages = format!("/rooms/{}/messages", world.medchat("rukha"));
    for (query, field, code) in [
        ("colour=red".to_owned(), "colour", "unknown_field"),
        ("limit=0".into(), "limit", "out_of_range"),
        ("limit=101".into(), "limit", "out_of_range"),
    ] {
        for path in ["/rooms", &messages] {
            let invalid = world.asks("GET", &format!("{path}?{query}"), None, None).await.invalid();
            assert_eq!(invalid, (field.to_owned(), code.to_owned()), "{path}?{query}");
        }
    }
    for query in
        ["limit=ten", "limit=-1", "limit=1.5", "limit=99999999999999999999", "limit=1&limit=2", "limit="]
    {
        world.asks("GET", &format!("/rooms?{query}"), None, None).await.refused(422, "invalid");
    }
    for query in ["before=-1", "before=x", "before=18446744073709551616"] {
        world.asks("GET", &format!("{messages}?{query}"), None, None).await.refused(422, "invalid");
    }
    for query in ["before=0", "before=18446744073709551615", "q=%FF", "q=%00", "q=%27"] {
        let path = if query.starts_with('q') { "/rooms" } else { &messages };
        world.asks("GET", &format!("{path}?{query}"), None, None).await.with(200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_that_is_none_is_not_found() {
    let world = World::new().await;
    let nina = world.resident(1);
    let long = "x".repeat(4000);
    let room = world.medchat("rukha");
    let upper = room.to_uppercase();
    for id in ["x", "%FF", "%00", "..%2f..", "%2e%2e", "-1", "null", "*", "%D0%96", &long, &upper, "' or 1=1"]
    {
        let id = id.replace(' ', "%20");
        for (method, path, body) in [
            ("GET", format!("/rooms/{id}"), None),
            ("GET", format!("/rooms/{id}/messages"), None),
            ("POST", format!("/rooms/{id}/messages"), Some(json!({"cid": "1", "text": "а"}))),
            ("POST", format!("/rooms/{id}/members"), None),
            ("DELETE", format!("/rooms/{id}/members/me"), None),
            ("PATCH", format!("/rooms/{room}/messages/{id}"), Some(json!({"cid": "2", "text": "а"}))),
            ("GET", format!("/regions/{id}"), None),
        ] {
            let answer = nina.asks(method, &path, body).await;
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (404, "not_found"),
                "{method} {path}: {answer:?}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_have_a_limit() {
    let world = World::new().await;
    let get = "GET /api/v1/regions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    assert!(says(&world, format!("{get}\r\n").as_bytes()).await.starts_with("HTTP/1.1 200"));
    let many: String = (0..100).map(|number| format!("X-{number}: 1\r\n")).collect();
    for huge in [
        format!("{get}X-Long: {}\r\n\r\n", "x".repeat(1 << 20)),
        format!("{get}Authorization: Bearer {}\r\n\r\n", "x".repeat(1 << 20)),
        format!("{get}{many}\r\n"),
        format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(1 << 20)),
    ] {
        let answer = says(&world, huge.as_bytes()).await;
        let refused =
            ["HTTP/1.1 431", "HTTP/1.1 414", "HTTP/1.1 400"].iter().any(|status| answer.starts_with(status));
        // The rest of a megabyte that nobody reads may cost the client the answer.
        assert!(refused || answer.is_empty(), "{answer}");
    }
    for nonsense in [
        "\r\n\r\n\r\n",
        "GET\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}",
        "GET / HTTP/9.9\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\n",
    ] {
        let answer = says(&world, nonsense.as_bytes()).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{nonsense:?}: {answer}");
    }
    // Two lengths that disagree are how requests are smuggled.
    let smuggled =
        "POST /api/v1/accounts HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}";
    assert!(says(&world, smuggled.as_bytes()).await.starts_with("HTTP/1.1 400"));
    world.asks("GET", "/regions", None, None).await.with(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_path_leads_out_of_the_site() {
    let world = World::new().await;
    for path in [
        "/../../../../etc/passwd",
        "/..%2f..%2f..%2f..%2fetc/passwd",
        "/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/console/../../../../../etc/passwd",
        "/console/..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "//etc/passwd",
        "/console//etc/passwd",
        "/..\\..\\etc\\passwd",
        "/rooms/..%2f..%2fetc%2fpasswd",
        "/j/..%2f..%2fetc%2fpasswd",
        "/../package.json",
        "/console/../package.json",
        "/.env",
        "/%00",
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let answer = says(&world, request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 "), "{path}: {answer}");
        assert!(!answer.starts_with("HTTP/1.1 5"), "{path}: {answer}");
        for secret in ["root:", "\"workspaces\"", "\"dependencies\""] {
            assert!(!answer.contains(secret), "{path}: {answer}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_carries_the_headers_of_a_careful_site() {
    let world = World::new().await;
    let nina = world.resident(1);
    for path in ["/me", "/regions", "/nothing", "/rooms?limit=0"] {
        let answer = nina.asks("GET", path, None).await;
        let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert!(header("content-security-policy").contains("default-src 'none'"));
        assert!(!answer.headers.contains_key("server"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_with_a_key_is_done_once() {
    let world = World::new().await;
    let room = world.medchat("rukha");
    let nina = world.resident(1);
    let keyed = |path: String, key: &'static str, body: Value| {
        let nina = &nina;
        async move {
            let request = Request::builder()
                .method("POST")
                .uri(format!("http://{}/api/v1{path}", nina.world.address))
                .header(header::AUTHORIZATION, format!("Bearer {}", nina.token().await))
                .header("idempotency-key", key);
            nina.world.sends(request.body(Full::from(body.to_string())).unwrap()).await
        }
    };
    let members = format!("/rooms/{room}/members");
    let first = keyed(members.clone(), "join", json!({})).await.with(201);
    let repeat = keyed(members.clone(), "join", json!({})).await.with(201);
    assert_eq!(first.json(), repeat.json(), "the answer of the first time, 201 and all");
    keyed(members.clone(), "join", json!({"a": 1})).await.refused(409, "cid_conflict");
    let elsewhere = format!("/rooms/{}/members", world.medchats("rukha")[1]);
    keyed(elsewhere, "join", json!({})).await.refused(409, "cid_conflict");
    keyed(members.clone(), "", json!({})).await.refused(422, "invalid");
    // At once: one is done, the others are told to wait for its answer or get it.
    let other = format!("/rooms/{}/members", world.medchats("rukha")[2]);
    let storm = (0..20).map(|_| keyed(other.clone(), "storm", json!({})));
    for answer in futures_util::future::join_all(storm).await {
        assert!(answer.status == 201 || answer.code() == "wrong_state", "{answer:?}");
    }
    world.clock().advance(Duration::from_secs(25 * 3600));
    keyed(members, "join", json!({})).await.refused(401, "token_expired");
}
