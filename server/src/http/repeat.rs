//! `Idempotency-Key`: a change that comes again under the same key gets the answer it got before, for a day.
//! Only what succeeded is kept; a refusal may be tried again.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::actor::Person;
use domain::message::Cid;
use wire::problem::Code;

use crate::acts::answer::Claim;
use crate::acts::error::ActError;
use crate::http::App;
use crate::http::extract::{SignedIn, read_text};
use crate::http::problem::{HttpResult, Refusal};

const HEADER: &str = "idempotency-key";

/// Answers a repeated change as it was answered before. Requests without a key, of guests, and those that
/// change nothing pass through.
pub async fn remember(State(app): State<App>, request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let key = request.headers().get(HEADER).map(|key| key.to_str().unwrap_or_default().to_owned());
    let Some(key) = key.filter(|_| changes) else { return next.run(request).await };
    let (mut parts, body) = request.into_parts();
    match SignedIn::from_request_parts(&mut parts, &app).await {
        Ok(SignedIn(person)) => keyed(&app, &person, &key, (parts, body), next).await.into_response(),
        // The handler says what is wrong.
        Err(_) => next.run(Request::from_parts(parts, body)).await,
    }
}

async fn keyed(
    app: &App,
    person: &Person,
    key: &str,
    (parts, body): (Parts, Body),
    next: Next,
) -> HttpResult<Response> {
    let body = read_text(body).await?;
    let what = format!("{} {}", parts.method, parts.uri.path());
    let (key, claim) = app.acts.claim_answer(person, key, &what, &body).await?;
    match claim {
        Claim::Ours => {
            settle(app, person, &key, next.run(Request::from_parts(parts, body.into())).await).await
        }
        Claim::Answered { status, body } => Ok(answer(status, body)),
        Claim::Underway => {
            Err(Refusal::new(Code::WrongState, "the first request with this key is under way"))
        }
        Claim::Other => Err(Refusal::new(Code::CidConflict, "this key was used for something else")),
    }
}

async fn settle(app: &App, person: &Person, key: &Cid, response: Response) -> HttpResult<Response> {
    if !response.status().is_success() {
        app.acts.settle_answer(person, key, None).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = read_own(body).await?;
    app.acts.settle_answer(person, key, Some((parts.status.as_u16(), &body))).await?;
    Ok(Response::from_parts(parts, body.into()))
}

/// Reads an answer of ours, however long it is: the limit is for those who send a body. What is done must be answered.
async fn read_own(body: Body) -> HttpResult<String> {
    let bytes = to_bytes(body, usize::MAX).await.map_err(|error| ActError::Broken(Box::new(error)))?;
    Ok(String::from_utf8(bytes.into()).map_err(|error| ActError::Broken(Box::new(error)))?)
}

fn answer(status: u16, body: String) -> Response {
    let mut response = (StatusCode::from_u16(status).unwrap_or(StatusCode::OK), body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
