//! Codes from a desk, and showing with one that one is an adult.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use wire::page::Page;
use wire::problem::Problem;
use wire::verification::{DeskCode, HandOutCodes, Sheet, Slip, Verification, Verify};

use crate::http::App;
use crate::http::address::From;
use crate::http::extract::{Json, Path, SignedIn};
use crate::http::problem::HttpResult;

/// Hands out a code, or a sheet of them.
#[utoipa::path(post, path = "/desk-codes", tag = "people", request_body = HandOutCodes, responses(
    (status = 201, body = Sheet, description = "The codes are told this once"),
    (status = 403, body = Problem, description = "One is no registrar"),
    (status = 422, body = Problem),
    (status = 429, body = Problem, description = "Too many for one day"),
))]
pub async fn hand_out(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Json(HandOutCodes { organisation, count }): Json<HandOutCodes>,
) -> HttpResult<Response> {
    let codes = app.acts.hand_out_codes(&person, organisation.as_deref(), count.unwrap_or(1)).await?;
    let slips: Vec<Slip> = codes
        .iter()
        .map(|it| Slip { id: it.issued.id.to_string(), place: it.issued.place, code: it.code.shown() })
        .collect();
    let first = codes.first();
    let sheet = Sheet {
        code: first.map(|it| it.code.shown()).unwrap_or_default(),
        expires_at: first.map(|it| it.issued.expires_at.rfc3339()).unwrap_or_default(),
        slips,
    };
    Ok((StatusCode::CREATED, axum::Json(sheet)).into_response())
}

/// What became of the codes of one's desk within a week.
#[utoipa::path(get, path = "/desk-codes", tag = "people", responses(
    (status = 200, body = Page<DeskCode>),
    (status = 403, body = Problem, description = "One is no registrar"),
))]
pub async fn handed_out(
    State(app): State<App>,
    SignedIn(person): SignedIn,
) -> HttpResult<axum::Json<Page<DeskCode>>> {
    let codes = app.acts.handed_out_codes(&person).await?;
    let items = codes
        .iter()
        .map(|(code, fate)| DeskCode {
            id: code.id.to_string(),
            place: code.place,
            organisation: code.organisation.to_string(),
            issued_at: code.issued_at.rfc3339(),
            expires_at: code.expires_at.rfc3339(),
            state: fate.word().into(),
        })
        .collect();
    Ok(axum::Json(Page { items, next: None }))
}

/// Takes a code back.
#[utoipa::path(delete, path = "/desk-codes/{id}", tag = "people", params(("id" = String, Path)), responses(
    (status = 204),
    (status = 403, body = Problem, description = "One is no registrar"),
    (status = 404, body = Problem),
    (status = 409, body = Problem, description = "`code_used`, or `already_done`"),
))]
pub async fn take_back(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path(id): Path<String>,
) -> HttpResult<StatusCode> {
    app.acts.take_back_code(&person, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Shows that one is an adult.
#[utoipa::path(post, path = "/verifications", tag = "people", request_body = Verify, responses(
    (status = 200, body = Verification, description = "One may write at once"),
    (status = 409, body = Problem, description = "`code_used`, or `already_done` for who was verified before"),
    (status = 410, body = Problem, description = "`code_expired`"),
    (status = 422, body = Problem, description = "Mistyped, or handed out by nobody"),
    (status = 429, body = Problem, description = "Too many tries"),
))]
pub async fn verify(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    From(from): From,
    Json(body): Json<Verify>,
) -> HttpResult<axum::Json<Verification>> {
    let Verify::DeskCode { code } = body;
    let verification = app.acts.verify_by_desk_code(&person, &code, from).await?;
    Ok(axum::Json(Verification {
        adult: true,
        method: verification.method.word().into(),
        at: verification.at.rfc3339(),
        expires_at: verification.expires_at.map(|moment| moment.rfc3339()),
    }))
}
