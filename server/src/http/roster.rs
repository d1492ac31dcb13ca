//! The roster of an organisation.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::roster::Shift as Duty;
use serde::Deserialize;
use utoipa::IntoParams;
use wire::problem::Problem;
use wire::roster::{AddShift, Colleague, Roster, Shift, Stretch};

use crate::acts::roster::{Answering, RosterView};
use crate::http::App;
use crate::http::extract::{Json, Path, Query, SignedIn};
use crate::http::problem::HttpResult;

/// Which stretch of time.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RosterQuery {
    /// The first instant.
    from: String,
    /// The first instant after it, at most 62 days later.
    to: String,
}

/// Who is on duty when.
#[utoipa::path(get, path = "/organisations/{id}/roster", tag = "roster", params(("id" = String, Path), RosterQuery),
    responses(
    (status = 200, body = Roster),
    (status = 404, body = Problem),
    (status = 422, body = Problem),
))]
pub async fn roster(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path(id): Path<String>,
    Query(RosterQuery { from, to }): Query<RosterQuery>,
) -> HttpResult<axum::Json<Roster>> {
    Ok(axum::Json(encode(&app.acts.roster(&person, &id, &from, &to).await?)))
}

/// Puts somebody on duty.
#[utoipa::path(post, path = "/organisations/{id}/shifts", tag = "roster", params(("id" = String, Path)),
    request_body = AddShift, responses(
    (status = 201, body = Shift),
    (status = 403, body = Problem),
    (status = 404, body = Problem),
    (status = 422, body = Problem),
))]
pub async fn add(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path(id): Path<String>,
    Json(AddShift { staff, from, until }): Json<AddShift>,
) -> HttpResult<Response> {
    let (shift_id, duty) = app.acts.add_shift(&person, &id, &staff, &from, &until).await?;
    Ok((StatusCode::CREATED, axum::Json(shift(&shift_id, &duty))).into_response())
}

/// Takes a shift off the roster.
#[utoipa::path(delete, path = "/organisations/{id}/shifts/{shift}", tag = "roster",
    params(("id" = String, Path), ("shift" = String, Path)), responses(
    (status = 204),
    (status = 403, body = Problem),
    (status = 404, body = Problem),
))]
pub async fn remove(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path((id, shift)): Path<(String, String)>,
) -> HttpResult<StatusCode> {
    app.acts.remove_shift(&person, &id, &shift).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn encode(view: &RosterView) -> Roster {
    let colleague = |it: &Answering| Colleague {
        id: it.account.to_string(),
        name: it.name.clone(),
        position: it.position.clone(),
        roles: it.roles.iter().map(|role| role.word().into()).collect(),
        open_appeals: it.open,
    };
    Roster {
        organisation: view.organisation.to_string(),
        name: view.name.clone(),
        time_zone: view.time_zone.clone(),
        people: view.people.iter().map(colleague).collect(),
        shifts: view.shifts.iter().map(|(id, duty)| shift(id, duty)).collect(),
        open: view
            .open
            .iter()
            .map(|(from, until)| Stretch { from: from.rfc3339(), until: until.rfc3339() })
            .collect(),
        may_keep: view.may_keep,
    }
}

fn shift(id: &domain::id::ShiftId, duty: &Duty) -> Shift {
    Shift {
        id: id.to_string(),
        staff: duty.employee.account.to_string(),
        from: duty.from.rfc3339(),
        until: duty.until.rfc3339(),
    }
}
