//! Rooms and invitations.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::actor::Actor;
use serde::Deserialize;
use utoipa::IntoParams;
use wire::page::Page;
use wire::problem::Problem;
use wire::room::{Invitation, JoinRoom, Room};

use crate::acts::room::Wanted;
use crate::http::App;
use crate::http::encode;
use crate::http::extract::{Caller, Json, Path, Query, SignedIn, limit};
use crate::http::problem::HttpResult;

/// Which rooms.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RoomQuery {
    /// A region's code.
    region: Option<String>,
    /// `medchat`, `announcements` or `staff`.
    kind: Option<String>,
    /// Words of the title, the territory, the region or an organisation.
    q: Option<String>,
    /// The cursor of the page before.
    after: Option<String>,
    /// From 1 to 100.
    limit: Option<u32>,
}

/// The rooms one may see.
#[utoipa::path(get, path = "/rooms", tag = "rooms", params(RoomQuery), responses(
    (status = 200, body = Page<Room>),
    (status = 422, body = Problem),
))]
pub async fn rooms(
    State(app): State<App>,
    Caller(actor): Caller,
    Query(query): Query<RoomQuery>,
) -> HttpResult<axum::Json<Page<Room>>> {
    let wanted = Wanted {
        region: query.region,
        kind: query.kind,
        words: query.q,
        after: query.after,
        limit: limit(query.limit)? as usize,
    };
    let (rooms, next) = app.acts.rooms(&actor, &wanted).await?;
    Ok(axum::Json(Page { items: rooms.iter().map(encode::room).collect(), next }))
}

/// One room.
#[utoipa::path(get, path = "/rooms/{id}", tag = "rooms", params(("id" = String, Path)), responses(
    (status = 200, body = Room),
    (status = 404, body = Problem),
))]
pub async fn room(
    State(app): State<App>,
    Caller(actor): Caller,
    Path(id): Path<String>,
) -> HttpResult<axum::Json<Room>> {
    Ok(axum::Json(encode::room(&app.acts.room(&actor, &id).await?)))
}

/// What an invitation code opens.
#[utoipa::path(get, path = "/invitations/{code}", tag = "rooms", params(("code" = String, Path)), responses(
    (status = 200, body = Invitation),
    (status = 404, body = Problem, description = "No room has this code"),
    (status = 422, body = Problem, description = "The code is mistyped"),
))]
pub async fn invitation(
    State(app): State<App>,
    Caller(actor): Caller,
    Path(code): Path<String>,
) -> HttpResult<axum::Json<Invitation>> {
    let (code, room) = app.acts.invitation(&actor, &code).await?;
    Ok(axum::Json(Invitation { code: code.to_string(), room: encode::room(&room) }))
}

/// Joins a room.
#[utoipa::path(post, path = "/rooms/{id}/members", tag = "rooms", params(("id" = String, Path)),
    request_body = JoinRoom, responses(
    (status = 200, body = Room, description = "One was a member already"),
    (status = 201, body = Room),
    (status = 403, body = Problem),
    (status = 404, body = Problem),
))]
pub async fn join(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path(id): Path<String>,
    Json(JoinRoom {}): Json<JoinRoom>,
) -> HttpResult<Response> {
    let joined = app.acts.join(&person, &id).await?;
    let room = app.acts.room(&Actor::Person(person), &id).await?;
    let status = if joined { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, axum::Json(encode::room(&room))).into_response())
}

/// Leaves a room.
#[utoipa::path(delete, path = "/rooms/{id}/members/me", tag = "rooms", params(("id" = String, Path)), responses(
    (status = 204),
    (status = 403, body = Problem),
    (status = 404, body = Problem),
))]
pub async fn leave(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path(id): Path<String>,
) -> HttpResult<StatusCode> {
    app.acts.leave(&person, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
