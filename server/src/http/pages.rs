//! Everything under the server's name that is not the API: the two clients with their start pages, and the
//! API's description.

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::actor::Actor;
use domain::invitation::InvitationCode;
use domain::message::Message;
use domain::room::RoomKind;
use serde::Deserialize;
use utoipa::openapi::OpenApi;

use crate::acts::Acts;
use crate::acts::error::ActError;
use crate::acts::read::Item;
use crate::acts::room::{RoomView, Wanted};
use crate::http::App;
use crate::http::assets::{Client, policy};
use crate::http::extract::Caller;
use crate::http::problem::{HttpResult, no_such_route};
use crate::http::shell::{self, Missing, Search, Shell};

/// How many messages the page without script shows.
const LAST_MESSAGES: u32 = 10;

/// How many medchats the finder shows without script; more than any region has.
const FOUND: usize = 100;

/// The routes of pages and files.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(finder))
        .route("/j", get(typed_code))
        .route("/j/{code}", get(door))
        .route("/rooms/{id}", get(room))
        .route("/console", get(console))
        .route("/console/", get(console))
        .route("/console/{*path}", get(console_file))
        .fallback(get(resident_file))
}

/// The API's description.
#[utoipa::path(get, path = "/openapi.json", tag = "description", responses(
    (status = 200, description = "OpenAPI 3.1", body = serde_json::Value),
))]
pub async fn openapi(State(app): State<App>, Caller(actor): Caller) -> HttpResult<axum::Json<OpenApi>> {
    Acts::admit_to_service(&actor, domain::policy::Act::SeeApi)?;
    Ok(axum::Json(OpenApi::clone(&app.api)))
}

/// What the finder is asked for; anything else in the address is somebody else's.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FinderQuery {
    region: String,
    q: String,
}

async fn finder(State(app): State<App>, query: Result<Query<FinderQuery>, QueryRejection>) -> Response {
    let FinderQuery { region, q } = query.map(|Query(query)| query).unwrap_or_default();
    let search = Search { region, words: q };
    let found = if search.asks() {
        let wanted = Wanted {
            region: Some(search.region.clone()).filter(|region| !region.is_empty()),
            kind: Some(RoomKind::Medchat.word().to_owned()),
            words: Some(search.words.clone()).filter(|_| search.asks_words()),
            after: None,
            limit: FOUND,
        };
        match app.acts.rooms(&Actor::Guest, &wanted).await {
            Ok((rooms, _)) => Some(rooms),
            Err(error) => return missing(Missing::Room, &error),
        }
    } else {
        None
    };
    let page = shell::finder(&app.acts.catalogue(), &search, found.as_deref());
    start(Client::Resident, StatusCode::OK, Some(&page))
}

/// A code typed into a form, which cannot build a path.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TypedCode {
    code: String,
}

async fn typed_code(query: Result<Query<TypedCode>, QueryRejection>) -> Response {
    let TypedCode { code } = query.map(|Query(typed)| typed).unwrap_or_default();
    match InvitationCode::parse(&code) {
        Ok(code) => Redirect::to(&format!("/j/{code}")).into_response(),
        Err(_) => {
            start(Client::Resident, StatusCode::NOT_FOUND, Some(&shell::nothing(Missing::Mistyped(&code))))
        }
    }
}

async fn door(State(app): State<App>, Path(code): Path<String>) -> Response {
    match app.acts.invitation(&Actor::Guest, &code).await {
        Ok((_, view)) => filled(&app, &view, shell::door::door).await,
        Err(error @ ActError::Invalid(_)) => missing(Missing::Mistyped(&code), &error),
        Err(error) => missing(Missing::Code(&code), &error),
    }
}

async fn room(State(app): State<App>, Path(id): Path<String>) -> Response {
    match app.acts.room(&Actor::Guest, &id).await {
        Ok(view) => filled(&app, &view, shell::door::room).await,
        // A closed room looks like none; its people see it once the client has signed them in.
        Err(error) => missing(Missing::Room, &error),
    }
}

async fn filled(app: &App, view: &RoomView, page: fn(&shell::door::Room<'_>) -> Shell) -> Response {
    let code = &view.entry.room.region;
    let id = view.entry.room.id.to_string();
    let history = match app.acts.history(&Actor::Guest, &id, None, LAST_MESSAGES).await {
        Ok(history) => Some(history),
        Err(ActError::Denied(_)) => None,
        Err(error) => return missing(Missing::Room, &error),
    };
    let catalogue = app.acts.catalogue();
    let Some(region) = catalogue.region(code.as_str()) else {
        return missing(Missing::Room, &ActError::not_found());
    };
    let announcements = catalogue
        .rooms()
        .find(|entry| entry.room.region == *code && entry.room.kind == RoomKind::Announcements)
        .map(|entry| entry.room.id);
    let messages: Option<Vec<Message>> = history.map(|history| messages_of(history.items));
    let messages = messages.as_deref();
    let now = app.acts.now();
    let page = page(&shell::door::Room { view, region, messages, announcements, now });
    start(Client::Resident, StatusCode::OK, Some(&page))
}

/// The messages among what a room's history holds: the door tells what was said, not what is owed.
fn messages_of(items: Vec<Item>) -> Vec<Message> {
    let message = |item| match item {
        Item::Message(message) => Some(message),
        Item::Appeal { .. } => None,
    };
    items.into_iter().filter_map(message).collect()
}

/// What was asked for is not there; or it is not known whether it is, which must not look the same.
fn missing(what: Missing<'_>, why: &ActError) -> Response {
    match why {
        ActError::Denied(_) | ActError::Invalid(_) => {
            start(Client::Resident, StatusCode::NOT_FOUND, Some(&shell::nothing(what)))
        }
        _ => start(Client::Resident, StatusCode::SERVICE_UNAVAILABLE, Some(&shell::nothing(Missing::Failed))),
    }
}

async fn console(State(_): State<App>) -> Response {
    start(Client::Console, StatusCode::OK, None)
}

async fn console_file(Path(path): Path<String>, headers: HeaderMap) -> Response {
    file_or_start(Client::Console, &path, &headers)
}

async fn resident_file(uri: Uri, headers: HeaderMap) -> Response {
    if uri.path().starts_with("/api/") {
        return no_such_route().await.into_response();
    }
    file_or_start(Client::Resident, uri.path().trim_start_matches('/'), &headers)
}

/// A file of the client; a path without an ending is a screen of it.
fn file_or_start(client: Client, path: &str, headers: &HeaderMap) -> Response {
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    match client.serve(path, headers) {
        Some(response) if path != "index.html" => response,
        _ if is_file => StatusCode::NOT_FOUND.into_response(),
        _ => start(client, StatusCode::OK, None),
    }
}

/// The start page of a client, filled where the server has something to say before any script.
fn start(client: Client, status: StatusCode, shell: Option<&Shell>) -> Response {
    let Some(page) = client.start_page() else {
        return (StatusCode::NOT_FOUND, "the web clients were not built into this server: run `make web`\n")
            .into_response();
    };
    let policy = policy(&page);
    let page = shell.map_or(page.clone(), |shell| shell.fill(&page));
    let mut response = (status, page).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.extend(HeaderValue::from_str(&policy).map(|policy| (header::CONTENT_SECURITY_POLICY, policy)));
    response
}
