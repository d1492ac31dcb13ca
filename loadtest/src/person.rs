//! One person: an account and its token. Everything by the contract, as any client would.

use std::time::Duration;

use anyhow::{Context as _, bail};
use reqwest::{Client, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wire::page::Page;
use wire::person::{Me, SignUp};
use wire::room::{JoinRoom, Room, RoomKind};
use wire::session::{SignIn, Tokens};

use crate::target::Target;

/// How long any single answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The password of people made for a load; they own nothing.
const PASSWORD: &str = "nagruzka-2026";

/// An HTTP client for everybody.
///
/// # Errors
/// When it cannot be made.
pub fn http() -> anyhow::Result<Client> {
    Ok(Client::builder().timeout(PATIENCE).build()?)
}

/// Somebody who is signed in.
#[derive(Clone)]
pub struct Person {
    http: Client,
    target: Target,
    token: String,
}

impl Person {
    /// Signs in.
    ///
    /// # Errors
    /// When the server refuses or does not answer.
    pub async fn sign_in(
        http: &Client,
        target: &Target,
        login: &str,
        password: &str,
    ) -> anyhow::Result<Self> {
        let body = SignIn { login: login.into(), password: password.into(), second_factor: None };
        let answer = http.post(target.api("sessions")).json(&body).send().await?;
        let answer = good(answer).await.with_context(|| format!("signing {login} in"))?;
        let Tokens { access_token, .. } = answer.json().await?;
        Ok(Self { http: http.clone(), target: target.clone(), token: access_token })
    }

    /// Whoever this token was made for.
    pub fn with_token(http: &Client, target: &Target, token: String) -> Self {
        Self { http: http.clone(), target: target.clone(), token }
    }

    /// The access token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The medchat this person is a member of.
    ///
    /// # Errors
    /// When there is none, or the server does not answer.
    pub async fn own_room(&self) -> anyhow::Result<Room> {
        let me: Me = self.read("me").await?;
        let medchat = me.rooms.into_iter().find(|room| room.kind == RoomKind::Medchat);
        medchat.context("somebody with a token is a member of no medchat")
    }

    /// The announcements of a region.
    ///
    /// # Errors
    /// When there are none, or the server does not answer.
    pub async fn announcements(&self, region: &str) -> anyhow::Result<Room> {
        let rooms: Page<Room> = self.read(&format!("rooms?region={region}&kind=announcements")).await?;
        rooms.items.into_iter().next().with_context(|| format!("the region {region} has no announcements"))
    }

    /// Member number `number` of every load: signed up the first time, signed in each time.
    ///
    /// # Errors
    /// When the server refuses or does not answer.
    pub async fn member(http: &Client, target: &Target, number: u32) -> anyhow::Result<Self> {
        let login = format!("load-{number}");
        let alias = format!("Нагрузка {number}");
        let body = SignUp { login: login.clone(), password: PASSWORD.into(), alias };
        let answer = http.post(target.api("accounts")).json(&body).send().await?;
        if answer.status() != StatusCode::CONFLICT {
            good(answer).await.with_context(|| format!("signing {login} up"))?;
        }
        Self::sign_in(http, target, &login, PASSWORD).await
    }

    /// The room of this id or, without one, the first medchat of the region.
    ///
    /// # Errors
    /// When there is none, or the server does not answer.
    pub async fn room(&self, region: &str, id: Option<&str>) -> anyhow::Result<Room> {
        if let Some(id) = id {
            return self.read(&format!("rooms/{id}")).await;
        }
        let rooms: Page<Room> = self.read(&format!("rooms?region={region}")).await?;
        let medchat = rooms.items.into_iter().find(|room| room.kind == RoomKind::Medchat);
        medchat.with_context(|| format!("the region {region} has no medchat"))
    }

    /// Reads something of the API.
    ///
    /// # Errors
    /// When the server refuses or does not answer.
    pub async fn read<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        let request = self.http.get(self.target.api(path)).bearer_auth(&self.token);
        let answer = good(request.send().await?).await.with_context(|| format!("reading {path}"))?;
        Ok(answer.json().await?)
    }

    /// Does something.
    ///
    /// # Errors
    /// When the server refuses or does not answer.
    pub async fn act(&self, path: &str, body: &impl Serialize) -> anyhow::Result<Response> {
        let request = self.http.post(self.target.api(path)).bearer_auth(&self.token).json(body);
        good(request.send().await?).await.with_context(|| format!("posting to {path}"))
    }

    /// Becomes a member of a room.
    ///
    /// # Errors
    /// When the server refuses or does not answer.
    pub async fn join(&self, room: &Room) -> anyhow::Result<()> {
        self.act(&format!("rooms/{}/members", room.id), &JoinRoom {}).await.map(|_| ())
    }
}

/// The answer, when it is a good one; otherwise what the server said.
async fn good(answer: Response) -> anyhow::Result<Response> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    bail!("{status}: {}", answer.text().await.unwrap_or_default())
}
