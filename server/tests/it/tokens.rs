//! Forged tokens: a claim that is missing or wrong, a header that lies, a signature of another. None passes, over HTTP or
//! a socket, and none makes the server stumble.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{Request, header};
use http_body_util::Full;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::ground::keys;
use crate::sockets::Socket;
use crate::world::World;

/// A socket on which the first frame signed in with this token.
pub async fn auth(world: &World, token: &str) -> Socket {
    let mut socket = world.opens_socket(&[]).await.unwrap_or_else(|_| panic!("101"));
    socket.says(json!({"op": "auth", "token": token})).await;
    socket
}

/// What a token claims.
pub fn claims(token: &str) -> Value {
    serde_json::from_slice(&BASE64.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

fn signed(header: &Value, claims: &str, key: &[u8]) -> String {
    let body = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(body.as_bytes());
    format!("{body}.{}", BASE64.encode(mac.finalize().into_bytes()))
}

/// Tokens with a claim that is missing or wrong, all signed with our own key.
fn with_wrong_claims(good: &Value) -> Vec<(String, String)> {
    let now = good["iat"].as_i64().unwrap();
    let wrong = [
        ("exp", json!("9999999999")),
        ("exp", json!(now as f64 + 600.5)),
        ("exp", json!(u64::MAX)),
        ("exp", json!(true)),
        ("nbf", json!(now + 31)),
        ("nbf", json!("0")),
        ("nbf", json!(i64::MAX)),
        ("iat", json!(now + 31)),
        ("aud", json!("another")),
        ("aud", json!(["another"])),
        ("iss", json!("another")),
        ("sub", json!("")),
        ("sub", json!("01939f6e-7c3a-7000-8000-0123456789ab")),
        ("sub", json!("' or 1=1 --")),
        ("sid", json!("01939f6e-7c3a-7000-8000-0123456789ab")),
        ("sid", json!(1)),
        ("role", json!("administrator")),
    ];
    let key = keys().token[0].bytes;
    let header = json!({"alg": "HS256", "typ": "JWT", "kid": "k-token"});
    let mut tokens = Vec::new();
    for (name, value) in wrong {
        let mut claims = good.clone();
        claims[name] = value.clone();
        tokens.push((format!("{name} {value}"), signed(&header, &claims.to_string(), &key)));
    }
    for name in ["sub", "sid", "exp", "nbf", "iat", "iss", "aud", "jti"] {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(name);
        tokens.push((format!("no {name}"), signed(&header, &claims.to_string(), &key)));
        claims[name] = Value::Null;
        tokens.push((format!("{name} null"), signed(&header, &claims.to_string(), &key)));
    }
    tokens
}

/// Tokens with a header that lies, or another signature.
fn with_wrong_headers(token: &str, good: &Value) -> Vec<(String, String)> {
    let key = keys().token[0].bytes;
    let claims = good.to_string();
    let headers = [
        json!({"alg": "none", "kid": "k-token"}),
        json!({"alg": "None", "kid": "k-token"}),
        json!({"alg": "HS384", "kid": "k-token"}),
        json!({"alg": "RS256", "kid": "k-token"}),
        json!({"alg": "EdDSA", "kid": "k-token"}),
        json!({"alg": "HS256"}),
        json!({"kid": "k-token"}),
        json!({"alg": "HS256", "kid": "another"}),
        json!({"alg": "HS256", "kid": ""}),
        json!({"alg": "HS256", "kid": 7}),
        json!({"alg": "HS256", "kid": "../../../../dev/null"}),
        json!({"alg": "HS256", "kid": "x' union select 'k-token"}),
        json!({"alg": "HS256", "kid": "k-evil", "jku": "https://evil.example/jwks.json"}),
    ];
    let mut tokens: Vec<(String, String)> =
        headers.iter().map(|header| (header.to_string(), signed(header, &claims, &key))).collect();
    let header = json!({"alg": "HS256", "kid": "k-token"});
    let unsigned = format!("{}.{}.", BASE64.encode(headers[0].to_string()), BASE64.encode(&claims));
    let (body, signature) = token.rsplit_once('.').unwrap();
    let mut parts = token.split('.');
    let (head, _) = (parts.next().unwrap(), parts.next());
    tokens.extend([
        ("no signature".into(), unsigned),
        ("an empty key".into(), signed(&header, &claims, b"")),
        ("another key".into(), signed(&header, &claims, &[8; 32])),
        ("the refresh key".into(), signed(&header, &claims, &keys().refresh.bytes)),
        ("half a signature".into(), format!("{body}.{}", &signature[..20])),
        ("another payload".into(), format!("{head}.{}.{signature}", BASE64.encode("{\"sub\":\"x\"}"))),
        ("a longer token".into(), format!("{token}{}", "A".repeat(8000))),
        ("twice".into(), format!("{token}.{token}")),
        ("nothing".into(), String::new()),
        ("dots".into(), "..".into()),
        ("words".into(), "not a token".into()),
    ]);
    tokens
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_forged_token_passes() {
    let world = World::new().await;
    let nina = world.resident(1);
    let token = nina.token().await;
    let good = claims(token);
    let key = keys().token[0].bytes;
    let header = json!({"alg": "HS256", "typ": "JWT", "kid": "k-token"});
    let own = signed(&header, &good.to_string(), &key);
    world.asks("GET", "/me", Some(&own), None).await.with(200);

    let mut hostile = with_wrong_claims(&good);
    hostile.extend(with_wrong_headers(token, &good));
    hostile
        .push(("a refresh token".into(), nina.session().await.cookie.split_once('=').unwrap().1.to_owned()));
    assert!(hostile.len() >= 50, "{}", hostile.len());
    for (what, token) in &hostile {
        let answer = world.asks("GET", "/me", Some(token), None).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "unauthenticated"), "{what}");
        assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer", "{what}");
        let code = auth(&world, token).await.closes().await;
        // A good token of ours that names a session which is none is that of a session which has ended.
        assert!(
            if what.contains("01939f6e") { [4501, 4503].contains(&code) } else { code == 4501 },
            "{what}: {code}"
        );
        let bearer = format!("Bearer {token}");
        let opened = world.opens_socket(&[("authorization", &bearer)]).await;
        let mut opened = opened.unwrap_or_else(|answer| panic!("{what}: {answer:?}"));
        assert_eq!(opened.closes().await, code, "{what}");
        // A bad token is no guest: even what everybody may see is refused.
        world.asks("GET", "/regions", Some(token), None).await.refused(401, "unauthenticated");
    }
    for exp in [i64::MIN, -1, 0, 1, good["iat"].as_i64().unwrap() - 30] {
        let mut claims = good.clone();
        claims["exp"] = json!(exp);
        let token = signed(&header, &claims.to_string(), &key);
        let answer = world.asks("GET", "/me", Some(&token), None).await.with(401);
        assert!(exp < 0 || answer.code() == "token_expired", "{exp}");
    }
    for scheme in ["bearer", "BEARER"] {
        let request = Request::builder()
            .uri(format!("http://{}/api/v1/me", world.address))
            .header(header::AUTHORIZATION, format!("{scheme} {token}"));
        world.sends(request.body(Full::default()).unwrap()).await.with(200);
    }
    for broken in ["", "Basic bmluYTpuaW5h", "Bearer", "Bearer \u{fffd}"] {
        let request = Request::builder()
            .uri(format!("http://{}/api/v1/me", world.address))
            .header(header::AUTHORIZATION, header::HeaderValue::from_bytes(broken.as_bytes()).unwrap());
        let answer = world.sends(request.body(Full::default()).unwrap()).await;
        answer.refused(401, "unauthenticated");
    }
    nina.reads("/me").await;
}
