//! Everything under the server's name that is not the API: the two clients with their start pages, and the
//! API's description.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::actor::Actor;
use utoipa::openapi::OpenApi;

use crate::acts::Acts;
use crate::acts::room::RoomView;
use crate::http::App;
use crate::http::assets::{Client, policy};
use crate::http::extract::Caller;
use crate::http::problem::HttpResult;
use crate::http::shell;

/// How many messages the page without script shows.
const LAST_MESSAGES: u32 = 10;

/// The routes of pages and files.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(finder))
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

async fn finder(State(app): State<App>) -> Response {
    let catalogue = app.acts.catalogue();
    start(Client::Resident, StatusCode::OK, &shell::finder(&catalogue))
}

async fn door(State(app): State<App>, Path(code): Path<String>) -> Response {
    match app.acts.invitation(&Actor::Guest, &code).await {
        Ok((_, view)) => filled(&app, &view).await,
        Err(_) => start(Client::Resident, StatusCode::NOT_FOUND, &shell::nothing()),
    }
}

async fn room(State(app): State<App>, Path(id): Path<String>) -> Response {
    match app.acts.room(&Actor::Guest, &id).await {
        Ok(view) => filled(&app, &view).await,
        // A closed room looks like none; its people see it once the client has signed them in.
        Err(_) => start(Client::Resident, StatusCode::NOT_FOUND, &shell::nothing()),
    }
}

async fn filled(app: &App, view: &RoomView) -> Response {
    let id = view.entry.room.id.to_string();
    let history = app.acts.history(&Actor::Guest, &id, None, LAST_MESSAGES).await;
    let messages = history.map(|history| history.messages).unwrap_or_default();
    let catalogue = app.acts.catalogue();
    let region = catalogue.region(view.entry.room.region.as_str());
    start(
        Client::Resident,
        StatusCode::OK,
        &shell::door(view, region.map(AsRef::as_ref), &messages, app.acts.now()),
    )
}

async fn console(State(_): State<App>) -> Response {
    start(Client::Console, StatusCode::OK, "")
}

async fn console_file(Path(path): Path<String>, headers: HeaderMap) -> Response {
    file_or_start(Client::Console, &path, &headers)
}

async fn resident_file(uri: Uri, headers: HeaderMap) -> Response {
    file_or_start(Client::Resident, uri.path().trim_start_matches('/'), &headers)
}

/// A file of the client; a path without an ending is a screen of it.
fn file_or_start(client: Client, path: &str, headers: &HeaderMap) -> Response {
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    match client.serve(path, headers) {
        Some(response) if path != "index.html" => response,
        _ if is_file => StatusCode::NOT_FOUND.into_response(),
        _ => start(client, StatusCode::OK, ""),
    }
}

/// The start page of a client, with plain HTML in the place it leaves for it.
fn start(client: Client, status: StatusCode, shell: &str) -> Response {
    let Some(page) = client.start_page() else {
        return (StatusCode::NOT_FOUND, "the web clients were not built into this server: run `make web`\n")
            .into_response();
    };
    let policy = policy(&page);
    let page = page.replacen(shell::PLACE, shell, 1);
    let mut response = (status, page).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.extend(HeaderValue::from_str(&policy).map(|policy| (header::CONTENT_SECURITY_POLICY, policy)));
    response
}
