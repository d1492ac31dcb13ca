//! Messages of a room.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use wire::message::{EditMessage, HideMessage, Item, PostMessage, Written};
use wire::page::Page;
use wire::problem::Problem;

use crate::acts::post::{Landed, Saying};
use crate::http::App;
use crate::http::encode;
use crate::http::extract::{Caller, Json, Path, Query, SignedIn, limit};
use crate::http::problem::HttpResult;

/// Which page of the history.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    /// Messages before this number.
    before: Option<u64>,
    /// From 1 to 100.
    limit: Option<u32>,
}

/// A page of a room's messages, newest first.
#[utoipa::path(get, path = "/rooms/{id}/messages", tag = "messages", params(("id" = String, Path), HistoryQuery),
    responses(
    (status = 200, body = Page<Item>),
    (status = 401, body = Problem, description = "This region asks readers to sign in"),
    (status = 404, body = Problem),
))]
pub async fn history(
    State(app): State<App>,
    Caller(actor): Caller,
    Path(room): Path<String>,
    Query(query): Query<HistoryQuery>,
) -> HttpResult<axum::Json<Page<Item>>> {
    let history = app.acts.history(&actor, &room, query.before, limit(query.limit)?).await?;
    let items = history.items.iter().map(encode::item).collect();
    Ok(axum::Json(Page { items, next: history.next.map(|seq| seq.to_string()) }))
}

/// Says something in a room; answers when it is durable.
#[utoipa::path(post, path = "/rooms/{id}/messages", tag = "messages", params(("id" = String, Path)),
    request_body = PostMessage, responses(
    (status = 200, body = Written, description = "The same try had landed before"),
    (status = 201, body = Written),
    (status = 403, body = Problem, description = "`not_verified` or `not_allowed`"),
    (status = 404, body = Problem),
    (status = 409, body = Problem, description = "`cid_conflict`, or `wrong_state` while a read-only room is closed"),
    (status = 422, body = Problem),
    (status = 429, body = Problem),
))]
pub async fn post(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path(room): Path<String>,
    Json(PostMessage { cid, text, acknowledged: _ }): Json<PostMessage>,
) -> HttpResult<Response> {
    let Landed { written, fresh } = app.acts.post(&person, Saying { room, cid, text }).await?;
    let status = if fresh { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, axum::Json(encode::written(&written))).into_response())
}

/// Changes one's own message, within 15 minutes.
#[utoipa::path(patch, path = "/rooms/{id}/messages/{mid}", tag = "messages",
    params(("id" = String, Path), ("mid" = String, Path)), request_body = EditMessage, responses(
    (status = 200, body = Written),
    (status = 403, body = Problem, description = "Somebody else wrote it"),
    (status = 404, body = Problem),
    (status = 409, body = Problem, description = "`cid_conflict`, or `wrong_state` after 15 minutes"),
    (status = 422, body = Problem),
))]
pub async fn edit(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path((room, message)): Path<(String, String)>,
    Json(EditMessage { cid, text }): Json<EditMessage>,
) -> HttpResult<axum::Json<Written>> {
    let landed = app.acts.edit(&person, &message, Saying { room, cid, text }).await?;
    Ok(axum::Json(encode::written(&landed.written)))
}

/// Hides a message, with a reason all readers see.
#[utoipa::path(post, path = "/rooms/{id}/messages/{mid}/hide", tag = "messages",
    params(("id" = String, Path), ("mid" = String, Path)), request_body = HideMessage, responses(
    (status = 200, body = Written),
    (status = 403, body = Problem),
    (status = 404, body = Problem),
    (status = 409, body = Problem, description = "`already_done`"),
    (status = 422, body = Problem),
))]
pub async fn hide(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path((room, message)): Path<(String, String)>,
    Json(HideMessage { reason }): Json<HideMessage>,
) -> HttpResult<axum::Json<Written>> {
    let written = app.acts.hide(&person, &room, &message, &reason).await?;
    Ok(axum::Json(encode::written(&written)))
}
