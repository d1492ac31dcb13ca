//! Sessions over HTTP. The access token travels in the body, the refresh token in a cookie no script sees.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use wire::page::Page;
use wire::problem::{Code, Problem};
use wire::session::{Session, SignIn, Tokens};

use crate::acts::session::{Credentials, Pair};
use crate::auth::token::{ACCESS_SECONDS, REFRESH_MILLIS};
use crate::http::App;
use crate::http::address::From;
use crate::http::device;
use crate::http::encode;
use crate::http::extract::{Json, Path, SignedIn};
use crate::http::problem::{HttpResult, Refusal};

/// How the refresh cookie is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CookieForm {
    /// `__Host-`, over TLS alone.
    Secure,
    /// For a demo over plain HTTP on loopback.
    Plain,
}

impl CookieForm {
    const fn name(self) -> &'static str {
        match self {
            Self::Secure => "__Host-medchat_refresh",
            Self::Plain => "medchat_refresh",
        }
    }

    fn write(self, value: &str, seconds: i64) -> String {
        let secure = if self == Self::Secure { "; Secure" } else { "" };
        format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}", self.name())
    }

    fn read(self, headers: &HeaderMap) -> Option<String> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs =
            cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(name, _)| *name == self.name()).map(|(_, value)| value.to_owned())
    }
}

/// Begins a session.
#[utoipa::path(post, path = "/sessions", tag = "sessions", request_body = SignIn, responses(
    (status = 201, body = Tokens, description = "Signed in; the refresh token is in a cookie"),
    (status = 401, body = Problem, description = "Wrong login, password or code; `second_factor_required` when the code is missing"),
    (status = 429, body = Problem, description = "Too many tries"),
))]
pub async fn sign_in(
    State(app): State<App>,
    From(from): From,
    headers: HeaderMap,
    Json(body): Json<SignIn>,
) -> HttpResult<Response> {
    let SignIn { login, password, second_factor } = body;
    let credentials = Credentials { login, password, second_factor, device: device::of(&headers), from };
    let pair = app.acts.sign_in(credentials).await?;
    Ok(answer(StatusCode::CREATED, &app, pair))
}

/// Exchanges the refresh cookie for the next pair of tokens.
#[utoipa::path(post, path = "/sessions/refresh", tag = "sessions", responses(
    (status = 200, body = Tokens, description = "A fresh access token and the next cookie"),
    (status = 401, body = Problem, description = "No cookie, or one that counts no longer"),
    (status = 403, body = Problem, description = "The page that asks is none of ours"),
))]
pub async fn refresh(State(app): State<App>, headers: HeaderMap) -> HttpResult<Response> {
    if !app.origins.admit(&headers) {
        return Err(Refusal::new(Code::NotAllowed, "this page may not do that"));
    }
    let token = app.cookie.read(&headers).ok_or_else(|| Refusal::new(Code::Unauthenticated, "sign in"))?;
    let pair = app.acts.refresh(&token).await?;
    Ok(answer(StatusCode::OK, &app, pair))
}

/// Ends the session: its tokens are worth nothing, its sockets close.
#[utoipa::path(delete, path = "/sessions/current", tag = "sessions", responses(
    (status = 204, description = "Signed out"),
    (status = 401, body = Problem, description = "Nobody is signed in"),
))]
pub async fn sign_out(State(app): State<App>, SignedIn(person): SignedIn) -> HttpResult<Response> {
    app.acts.sign_out(&person).await?;
    Ok(with_cookie(StatusCode::NO_CONTENT.into_response(), &app.cookie.write("", 0)))
}

/// Where one is signed in.
#[utoipa::path(get, path = "/sessions", tag = "sessions", responses(
    (status = 200, body = Page<Session>),
    (status = 401, body = Problem, description = "Nobody is signed in"),
))]
pub async fn sessions(
    State(app): State<App>,
    SignedIn(person): SignedIn,
) -> HttpResult<axum::Json<Page<Session>>> {
    let sessions = app.acts.sessions(&person).await?;
    let items = sessions
        .into_iter()
        .map(|listed| Session {
            id: listed.id.to_string(),
            begun_at: listed.begun_at.rfc3339(),
            seen_at: listed.seen_at.rfc3339(),
            device: listed.device,
            current: listed.id == person.session,
        })
        .collect();
    Ok(axum::Json(Page { items, next: None }))
}

/// Signs out of one session.
#[utoipa::path(delete, path = "/sessions/{id}", tag = "sessions", params(("id" = String, Path)), responses(
    (status = 204, description = "Signed out there"),
    (status = 404, body = Problem),
))]
pub async fn end_session(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path(id): Path<String>,
) -> HttpResult<StatusCode> {
    app.acts.end_session(&person, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs out everywhere but here.
#[utoipa::path(delete, path = "/sessions", tag = "sessions", responses(
    (status = 204, description = "Signed out everywhere else"),
    (status = 401, body = Problem, description = "Nobody is signed in"),
))]
pub async fn end_other_sessions(
    State(app): State<App>,
    SignedIn(person): SignedIn,
) -> HttpResult<StatusCode> {
    app.acts.end_other_sessions(&person).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn answer(status: StatusCode, app: &App, pair: Pair) -> Response {
    let tokens = Tokens {
        access_token: pair.access,
        expires_in: ACCESS_SECONDS.unsigned_abs(),
        account: encode::account(&pair.account),
    };
    let response = (status, axum::Json(tokens)).into_response();
    with_cookie(response, &app.cookie.write(&pair.refresh, REFRESH_MILLIS / 1000))
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}
