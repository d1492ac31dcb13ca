//! The one mapping of an act's error to an answer, for HTTP and, by its code, for the socket. A fault of the
//! server is logged here, once, with its causes; clients get no inner words.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::policy::Denied;
use wire::problem::{Code, FieldError, Problem};

use crate::acts::error::ActError;
use crate::http::encode;

/// What a handler gives.
pub type HttpResult<T> = Result<T, Refusal>;

/// An answer that is a problem.
#[derive(Debug)]
pub struct Refusal {
    /// The problem.
    pub problem: Box<Problem>,
    /// For `rate_limited` and `dependency_down`: seconds to wait.
    pub retry_after: Option<u64>,
}

impl Refusal {
    /// A problem of this code with nothing but a sentence.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        let status = code.status();
        let title = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
        Self {
            problem: Box::new(Problem {
                kind: "about:blank".into(),
                title: title.unwrap_or("Error").into(),
                status,
                code,
                detail: detail.into(),
                errors: None,
                state: None,
                next_opening: None,
                missing: None,
            }),
            retry_after: None,
        }
    }

    /// Invalid input, field by field.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = errors.first().map_or_else(|| "invalid input".to_owned(), |error| error.detail.clone());
        let mut refusal = Self::new(Code::Invalid, detail);
        refusal.problem.errors = Some(errors);
        refusal
    }
}

impl From<ActError> for Refusal {
    fn from(error: ActError) -> Self {
        match error {
            ActError::Denied(Denied::Unseen) => Self::new(Code::NotFound, "there is nothing here"),
            ActError::Denied(Denied::NotAllowed) => Self::new(Code::NotAllowed, "this is not allowed"),
            ActError::Denied(Denied::NotVerified) => {
                Self::new(Code::NotVerified, "somebody must first see that you are 18 or older")
            }
            ActError::Denied(Denied::Unauthenticated) | ActError::Unauthenticated => {
                Self::new(Code::Unauthenticated, "sign in")
            }
            ActError::SecondFactorRequired => {
                Self::new(Code::SecondFactorRequired, "show the code of your second factor too")
            }
            ActError::TokenExpired => Self::new(Code::TokenExpired, "the access token has expired"),
            ActError::Invalid(faults) => Self::invalid(
                faults
                    .into_iter()
                    .map(|fault| FieldError { field: fault.field, code: fault.code, detail: fault.detail })
                    .collect(),
            ),
            ActError::CidConflict => {
                Self::new(Code::CidConflict, "this cid was used for something else or given up")
            }
            ActError::StaleView(missing) => {
                let mut refusal =
                    Self::new(Code::StaleView, "a colleague has written what you have not seen");
                refusal.problem.missing = Some(missing.iter().map(encode::message).collect());
                refusal
            }
            ActError::LoginTaken => Self::new(Code::LoginTaken, "this login is taken"),
            ActError::AlreadyDone => Self::new(Code::AlreadyDone, "it was done before"),
            ActError::CodeUsed => Self::new(Code::CodeUsed, "this code was used before"),
            ActError::CodeExpired => Self::new(Code::CodeExpired, "this code is no longer good"),
            ActError::FourEyes => Self::new(Code::FourEyes, "another administrator must do this"),
            ActError::WrongState { state, next_opening } => {
                let mut refusal = Self::new(Code::WrongState, format!("not possible while {state}"));
                refusal.problem.state = Some(state.into());
                refusal.problem.next_opening = next_opening.map(|moment| moment.rfc3339());
                refusal
            }
            ActError::RateLimited { retry_after } => {
                Self { retry_after: Some(retry_after), ..Self::new(Code::RateLimited, "too many requests") }
            }
            ActError::Busy(source) => {
                if let Some(source) = source {
                    tracing::warn!(error = %source, cause = ?std::error::Error::source(&source), "the database does not answer");
                }
                Self { retry_after: Some(2), ..Self::new(Code::DependencyDown, "try again in a moment") }
            }
            ActError::StorageFull => Self::new(Code::StorageFull, "the server has no space left"),
            ActError::Broken(source) => {
                tracing::error!(error = %source, cause = ?source.source(), "an act failed by a fault of the server");
                Self::new(Code::Internal, "the server has a fault; it is logged")
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self.problem).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// No route has this path.
pub async fn no_such_route() -> Refusal {
    Refusal::from(ActError::not_found())
}

/// The route exists, the method does not.
pub async fn no_such_method() -> Refusal {
    Refusal::new(Code::MethodNotAllowed, "this path knows other methods")
}
