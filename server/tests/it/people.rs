//! Those who talk: a person asks over HTTP and opens sockets, an [`Answer`] tells what came back. Somebody
//! signs in when they first need to.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, header};
use http_body_util::{BodyExt as _, Full};
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use tokio::time::timeout;

use crate::sockets::Socket;
use crate::world::{PATIENCE, World, feed};

/// The password of everybody in the demo.
pub const PASSWORD: &str = medchat::acts::demo::PASSWORD;

/// What the server answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The answer, if it has this status.
    pub fn with(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }

    /// The problem, if it is this one.
    pub fn refused(self, status: u16, code: &str) -> Value {
        let problem = self.with(status);
        assert_eq!(problem.headers[header::CONTENT_TYPE], "application/problem+json");
        let problem = problem.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status, "{problem}");
        problem
    }

    /// The invalid field and what is wrong with it.
    pub fn invalid(self) -> (String, String) {
        let problem = self.refused(422, "invalid");
        let word = |name: &str| problem["errors"][0][name].as_str().unwrap().to_owned();
        (word("field"), word("code"))
    }

    /// The code of the problem; empty when it is none.
    pub fn code(&self) -> String {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        body["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The refresh cookie it sets, as `name=value`.
    pub fn cookie(&self) -> Option<String> {
        let cookie = self.headers.get(header::SET_COOKIE)?.to_str().unwrap();
        Some(cookie.split(';').next().unwrap().to_owned())
    }
}

/// A session somebody began.
#[derive(Debug, Clone)]
pub struct Session {
    /// The access token.
    pub token: String,
    /// The refresh cookie, as `name=value`.
    pub cookie: String,
    /// The account.
    pub account: String,
}

/// Somebody.
pub struct Person<'w> {
    /// Where they are.
    pub world: &'w World,
    /// What they sign in with.
    pub login: String,
    session: OnceCell<Session>,
}

/// A message that landed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landed {
    /// Its number.
    pub seq: u64,
    /// Its id.
    pub id: String,
    /// When.
    pub at: String,
}

impl Landed {
    /// Out of an answer or an `ack`.
    pub fn of(value: &Value) -> Self {
        let word = |name: &str| value[name].as_str().unwrap_or_else(|| panic!("{name}: {value}")).to_owned();
        Self { seq: value["seq"].as_u64().unwrap(), id: word("id"), at: word("at") }
    }
}

/// Tries until the server is not too busy to say yes or no, as every client does.
pub async fn insists<A: Future<Output = Answer>>(attempt: impl Fn() -> A) -> Answer {
    let answered = async {
        loop {
            let answer = attempt().await;
            if answer.status != 503 {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(PATIENCE, answered).await.expect("an answer in time")
}

impl World {
    /// Sends a request as it is.
    pub async fn sends(&self, request: Request<Full<Bytes>>) -> Answer {
        let asking = async {
            let (head, body) = self.client.request(request).await.unwrap().into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            Answer { status: head.status.as_u16(), headers: head.headers, body }
        };
        timeout(PATIENCE, asking).await.expect("an answer in time")
    }

    /// Asks for something under the API's base, with a token or without.
    pub async fn asks(&self, method: &str, path: &str, token: Option<&str>, body: Option<Value>) -> Answer {
        let mut request =
            Request::builder().method(method).uri(format!("http://{}/api/v1{path}", self.address));
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        self.sends(request.body(Full::from(body)).unwrap()).await
    }

    /// Tries to sign in.
    pub async fn tries_to_sign_in(&self, login: &str, password: &str) -> Answer {
        self.asks("POST", "/sessions", None, Some(json!({"login": login, "password": password}))).await
    }

    /// Repeats a refresh cookie.
    pub async fn refreshes(&self, cookie: &str) -> Answer {
        let request = Request::builder()
            .method("POST")
            .uri(format!("http://{}/api/v1/sessions/refresh", self.address))
            .header(header::COOKIE, cookie);
        self.sends(request.body(Full::default()).unwrap()).await
    }
}

impl<'w> Person<'w> {
    /// Somebody who has not signed in yet.
    pub fn new(world: &'w World, login: &str) -> Self {
        Self { world, login: login.into(), session: OnceCell::new() }
    }

    /// Their session; it begins now if it has not yet.
    pub async fn session(&self) -> &Session {
        self.session
            .get_or_init(|| async {
                let answer = self.world.tries_to_sign_in(&self.login, PASSWORD).await.with(201);
                let body = answer.json();
                Session {
                    token: body["access_token"].as_str().unwrap().to_owned(),
                    cookie: answer.cookie().unwrap(),
                    account: body["account"]["id"].as_str().unwrap().to_owned(),
                }
            })
            .await
    }

    /// Their access token.
    pub async fn token(&self) -> &str {
        &self.session().await.token
    }

    /// Their account's id.
    pub async fn account(&self) -> &str {
        &self.session().await.account
    }

    /// Asks for something under the API's base.
    pub async fn asks(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.world.asks(method, path, Some(self.token().await), body).await
    }

    /// Reads something that is there.
    pub async fn reads(&self, path: &str) -> Value {
        self.asks("GET", path, None).await.with(200).json()
    }

    /// A room as they see it.
    pub async fn room(&self, room: &str) -> Value {
        self.reads(&format!("/rooms/{room}")).await
    }

    /// Joins a room.
    pub async fn joins(&self, room: &str) {
        let status = self.asks("POST", &format!("/rooms/{room}/members"), None).await.status;
        assert!([200, 201].contains(&status), "{status}");
    }

    /// Tries to say something under a cid.
    pub async fn tries_to_post(&self, room: &str, cid: &str, text: &str) -> Answer {
        self.asks("POST", &format!("/rooms/{room}/messages"), Some(json!({"cid": cid, "text": text}))).await
    }

    /// Says something.
    pub async fn posts(&self, room: &str, text: &str) -> Landed {
        Landed::of(&self.tries_to_post(room, &self.world.cid(), text).await.with(201).json())
    }

    /// Says something, as staff do.
    pub async fn answers(&self, room: &str, text: &str) -> Landed {
        self.posts(room, text).await
    }

    /// Tries to change a message under a cid.
    pub async fn tries_to_edit(&self, room: &str, message: &str, cid: &str, text: &str) -> Answer {
        let body = json!({"cid": cid, "text": text});
        self.asks("PATCH", &format!("/rooms/{room}/messages/{message}"), Some(body)).await
    }

    /// Changes a message.
    pub async fn edits(&self, room: &str, message: &str, text: &str) -> Landed {
        Landed::of(&self.tries_to_edit(room, message, &self.world.cid(), text).await.with(200).json())
    }

    /// Tries to hide a message.
    pub async fn tries_to_hide(&self, room: &str, message: &str, reason: &str) -> Answer {
        let path = format!("/rooms/{room}/messages/{message}/hide");
        self.asks("POST", &path, Some(json!({"reason": reason}))).await
    }

    /// Hides a message.
    pub async fn hides(&self, room: &str, message: &str, reason: &str) -> Landed {
        Landed::of(&self.tries_to_hide(room, message, reason).await.with(200).json())
    }

    /// The newest page of a room, newest first.
    pub async fn history(&self, room: &str) -> Vec<Value> {
        let page = self.reads(&format!("/rooms/{room}/messages?limit=100")).await;
        page["items"].as_array().unwrap().clone()
    }

    /// Opens a socket and hears `hello`.
    pub async fn opens_socket(&self) -> Socket {
        let bearer = format!("Bearer {}", self.token().await);
        let opened = self.world.opens_socket(&[("authorization", &bearer)]).await;
        let mut socket = opened.unwrap_or_else(|answer| panic!("no upgrade: {answer:?}"));
        socket.hears("hello").await;
        socket
    }

    /// Opens a socket that follows a room from the first entry on.
    pub async fn follows(&self, room: &str) -> Socket {
        let mut socket = self.opens_socket().await;
        socket.subscribes(&feed(room), Some(0)).await;
        socket
    }
}
