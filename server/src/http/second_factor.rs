//! Setting up a second factor. What is told here is told once and kept nowhere in clear.

use axum::extract::State;
use wire::problem::Problem;
use wire::session::{ConfirmSecondFactor, RecoveryCodes, SecondFactorSetup};

use crate::auth::second_factor::Setup;
use crate::http::App;
use crate::http::extract::{Json, SignedIn};
use crate::http::problem::HttpResult;

/// Begins to set up a second factor.
#[utoipa::path(post, path = "/me/second-factor", tag = "sessions", responses(
    (status = 200, body = SecondFactorSetup, description = "For an authenticator; it counts once it is confirmed"),
    (status = 403, body = Problem, description = "Residents have none"),
    (status = 409, body = Problem, description = "`already_done`"),
))]
pub async fn set_up(
    State(app): State<App>,
    SignedIn(person): SignedIn,
) -> HttpResult<axum::Json<SecondFactorSetup>> {
    let Setup { link, secret } = app.acts.set_up_second_factor(&person).await?;
    Ok(axum::Json(SecondFactorSetup { link, secret }))
}

/// Confirms it by a code of the authenticator.
#[utoipa::path(post, path = "/me/second-factor/confirm", tag = "sessions", request_body = ConfirmSecondFactor, responses(
    (status = 200, body = RecoveryCodes, description = "From now on it is asked for"),
    (status = 409, body = Problem, description = "`already_done`"),
    (status = 422, body = Problem, description = "Not the code of now"),
    (status = 429, body = Problem, description = "Too many tries"),
))]
pub async fn confirm(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Json(body): Json<ConfirmSecondFactor>,
) -> HttpResult<axum::Json<RecoveryCodes>> {
    let codes = app.acts.confirm_second_factor(&person, &body.code).await?;
    Ok(axum::Json(RecoveryCodes { codes }))
}
