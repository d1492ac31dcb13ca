//! Signing up, and oneself.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use wire::person::{Account, Me, SignUp};
use wire::problem::Problem;

use crate::http::App;
use crate::http::address::From;
use crate::http::encode;
use crate::http::extract::{Json, SignedIn};
use crate::http::problem::HttpResult;

/// Opens a resident's account.
#[utoipa::path(post, path = "/accounts", tag = "people", request_body = SignUp, responses(
    (status = 201, body = Account, description = "It may read; it may write after verification"),
    (status = 409, body = Problem, description = "`login_taken`"),
    (status = 422, body = Problem, description = "Every fault, field by field"),
    (status = 429, body = Problem, description = "Too many sign-ups"),
))]
pub async fn sign_up(
    State(app): State<App>,
    From(from): From,
    Json(SignUp { login, password, alias }): Json<SignUp>,
) -> HttpResult<Response> {
    let account = app.acts.sign_up(crate::acts::account::SignUp { login, password, alias, from }).await?;
    Ok((StatusCode::CREATED, axum::Json(encode::account(&account))).into_response())
}

/// Oneself: account, signature, grants, rooms.
#[utoipa::path(get, path = "/me", tag = "people", responses(
    (status = 200, body = Me),
    (status = 401, body = Problem, description = "Nobody is signed in"),
))]
pub async fn me(State(app): State<App>, SignedIn(person): SignedIn) -> HttpResult<axum::Json<Me>> {
    Ok(axum::Json(encode::me(&app.acts.me(&person).await?)))
}
