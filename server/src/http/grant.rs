//! Grants: proposed by one administrator, approved by another, taken away by any.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::moment::Moment;
use wire::grant::{GrantState, ProposeGrant};
use wire::problem::Problem;

use crate::acts::error::ActError;
use crate::acts::grant::Proposal;
use crate::http::App;
use crate::http::extract::{Json, Path, SignedIn};
use crate::http::problem::HttpResult;

/// Proposes a grant.
#[utoipa::path(post, path = "/grants", tag = "grants", request_body = ProposeGrant, responses(
    (status = 202, body = GrantState, description = "It waits for another administrator"),
    (status = 403, body = Problem, description = "`not_allowed`, or `four_eyes` for a grant to oneself"),
    (status = 422, body = Problem),
))]
pub async fn propose(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Json(body): Json<ProposeGrant>,
) -> HttpResult<Response> {
    let proposal = Proposal {
        account: body.account,
        role: body.role,
        scope_kind: body.scope.kind,
        scope_id: body.scope.id,
        from: moment("from", body.from.as_deref())?,
        until: moment("until", body.until.as_deref())?,
    };
    let id = app.acts.propose_grant(&person, proposal).await?;
    let state = GrantState { id: id.to_string(), state: "pending".into() };
    Ok((StatusCode::ACCEPTED, axum::Json(state)).into_response())
}

/// Approves a grant another administrator proposed.
#[utoipa::path(post, path = "/grants/{id}/approve", tag = "grants", params(("id" = String, Path)), responses(
    (status = 200, body = GrantState),
    (status = 403, body = Problem, description = "`four_eyes`: one proposed it oneself, or would hold it"),
    (status = 404, body = Problem),
    (status = 409, body = Problem, description = "`already_done`, or `wrong_state` when revoked"),
))]
pub async fn approve(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path(id): Path<String>,
) -> HttpResult<axum::Json<GrantState>> {
    let id = app.acts.approve_grant(&person, &id).await?;
    Ok(axum::Json(GrantState { id: id.to_string(), state: "approved".into() }))
}

/// Takes a grant away; its holder's sockets close.
#[utoipa::path(delete, path = "/grants/{id}", tag = "grants", params(("id" = String, Path)), responses(
    (status = 204),
    (status = 404, body = Problem),
    (status = 409, body = Problem, description = "`already_done`"),
))]
pub async fn revoke(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path(id): Path<String>,
) -> HttpResult<StatusCode> {
    app.acts.revoke_grant(&person, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn moment(field: &str, text: Option<&str>) -> Result<Option<Moment>, ActError> {
    let read = |text| {
        Moment::parse_rfc3339(text)
            .ok_or_else(|| ActError::invalid(field, "not_an_instant", "RFC 3339 is wanted"))
    };
    text.map(read).transpose()
}
