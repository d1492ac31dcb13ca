//! There are two ways to a socket, a short one for a request that comes whole and alone, and the one of every other
//! request. Whoever may come in does, on either, and finds the same socket behind it.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::world::World;

/// The head of a request for a socket, with more fields.
fn request(world: &World, path: &str, fields: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: medchat.v1\r\n{fields}\r\n",
        world.address
    )
}

/// A text frame as a client sends it, masked with zeros.
fn frame(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap();
    let [high, low] = length.to_be_bytes();
    let length = if length < 126 { vec![0x80 | low] } else { vec![0x80 | 126, high, low] };
    [&[0x81], length.as_slice(), &[0; 4], text.as_bytes()].concat()
}

/// Sends pieces with a pause between them, and reads until the answer holds `awaited`.
async fn hears(world: &World, pieces: &[&[u8]], awaited: &str) -> String {
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut heard = Vec::new();
    let talk = async {
        for (index, piece) in pieces.iter().enumerate() {
            if index > 0 {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            stream.write_all(piece).await.unwrap();
        }
        while !String::from_utf8_lossy(&heard).contains(awaited) {
            let read = stream.read_buf(&mut heard).await.unwrap();
            assert!(read > 0, "hung up after {:?}", String::from_utf8_lossy(&heard));
        }
    };
    timeout(Duration::from_secs(5), talk).await.unwrap_or_else(|_| panic!("no {awaited} in time"));
    String::from_utf8_lossy(&heard).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn however_the_request_comes_the_socket_is_the_same() {
    let world = World::new().await;
    let bearer = format!("Authorization: Bearer {}\r\n", world.resident(1).token().await);
    let short = request(&world, "/api/v1/socket", &bearer);
    let large = request(&world, "/api/v1/socket", &format!("{bearer}X-Long: {}\r\n", "x".repeat(6000)));
    let many = request(&world, "/api/v1/socket", &format!("{bearer}{}", "X-Many: 1\r\n".repeat(40)));
    let asking = request(&world, "/api/v1/socket?a=b", &bearer);
    let bodied = request(&world, "/api/v1/socket", &format!("{bearer}Content-Length: 0\r\n"));
    let (first, second) = short.as_bytes().split_at(40);
    let ping = frame(r#"{"op":"ping"}"#);
    let pinging = [short.as_bytes(), &ping].concat();
    for (what, pieces) in [
        ("whole", vec![short.as_bytes(), &ping]),
        ("in pieces", vec![first, second, &ping]),
        ("with a frame behind it", vec![&pinging]),
        ("large", vec![large.as_bytes(), &ping]),
        ("with many fields", vec![many.as_bytes(), &ping]),
        ("with a query", vec![asking.as_bytes(), &ping]),
        ("with an empty body", vec![bodied.as_bytes(), &ping]),
    ] {
        let heard = hears(&world, &pieces, "pong").await;
        assert!(heard.starts_with("HTTP/1.1 101 "), "{what}: {heard}");
        let head = heard.to_lowercase();
        // The answer to the key of RFC 6455 §1.3.
        for field in
            ["sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=", "sec-websocket-protocol: medchat.v1"]
        {
            assert!(head.contains(field), "{what}: {heard}");
        }
        assert!(heard.contains(r#""ev":"hello""#), "{what}: {heard}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_signs_in_by_a_frame_is_answered_before() {
    let world = World::new().await;
    let anonymous = request(&world, "/api/v1/socket", "");
    let auth = frame(&json!({"op": "auth", "token": world.resident(1).token().await}).to_string());
    let together = [anonymous.as_bytes(), &auth].concat();
    hears(&world, &[anonymous.as_bytes()], "\r\n\r\n").await;
    for pieces in [vec![anonymous.as_bytes(), &auth], vec![&together]] {
        let heard = hears(&world, &pieces, "hello").await;
        assert!(heard.starts_with("HTTP/1.1 101 "), "{heard}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_looks_as_any_other() {
    let world = World::new().await;
    let foreign = request(&world, "/api/v1/socket", "Origin: https://evil.example\r\n");
    let old = request(&world, "/api/v1/socket", "").replace("Version: 13", "Version: 8");
    for (request, status, field) in
        [(foreign, "403", "x-content-type-options: nosniff"), (old, "426", "upgrade: websocket")]
    {
        let heard = hears(&world, &[request.as_bytes()], "\r\n\r\n").await;
        assert!(heard.starts_with(&format!("HTTP/1.1 {status} ")), "{heard}");
        assert!(heard.to_lowercase().contains(field), "{heard}");
    }
    let bad = request(&world, "/api/v1/socket", "Authorization: Bearer nonsense\r\n");
    // Told by a close code: 4501.
    hears(&world, &[bad.as_bytes()], "not_signed_in").await;
}
