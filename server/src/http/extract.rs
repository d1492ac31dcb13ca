//! What a handler is handed: who asks, the decoded body, the decoded query.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRef, FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use domain::actor::{Actor, Person};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use wire::problem::{Code, FieldError};

use crate::acts::Acts;
use crate::acts::error::ActError;
use crate::http::problem::Refusal;

/// The largest body, in bytes: 4 000 characters take 48 000 when each is escaped as a surrogate pair.
pub const BODY_LIMIT: usize = 64 * 1024;

/// Whoever asks, signed in or not. A token that is no good is refused, not taken for a guest.
pub struct Caller(pub Actor);

/// Whoever asks, signed in.
pub struct SignedIn(pub Person);

impl<S: Send + Sync> FromRequestParts<S> for Caller
where
    Arc<Acts>: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let Some(value) = parts.headers.get(header::AUTHORIZATION) else { return Ok(Self(Actor::Guest)) };
        let token = bearer(value).ok_or_else(|| Refusal::new(Code::Unauthenticated, "sign in"))?;
        let acts = Arc::<Acts>::from_ref(state);
        let access = acts.bearer_of(token)?;
        Ok(Self(Actor::Person(acts.person(access).await?)))
    }
}

/// The token of an `Authorization` header; the scheme's case does not matter (RFC 9110 §11.1).
pub fn bearer(value: &HeaderValue) -> Option<&str> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn
where
    Arc<Acts>: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match Caller::from_request_parts(parts, state).await?.0 {
            Actor::Person(person) => Ok(Self(person)),
            Actor::Guest => Err(Refusal::new(Code::Unauthenticated, "sign in")),
        }
    }
}

/// A decoded JSON body. Nothing at all is `{}`; an unknown field is an error.
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Refusal> {
        let text = read_text(request.into_body()).await?;
        decode(if text.trim().is_empty() { "{}" } else { &text }).map(Self)
    }
}

/// Reads a whole body as text.
///
/// # Errors
/// `too_large` over 64 KiB, `malformed` when it breaks off or is not UTF-8.
pub async fn read_text(body: Body) -> Result<String, Refusal> {
    let collected = Limited::new(body, BODY_LIMIT).collect().await.map_err(|error| {
        if error.downcast_ref::<LengthLimitError>().is_some() {
            Refusal::new(Code::TooLarge, "the body is larger than 64 KiB")
        } else {
            Refusal::new(Code::Malformed, "the body broke off")
        }
    })?;
    String::from_utf8(collected.to_bytes().into()).map_err(|_| Refusal::new(Code::Malformed, "not UTF-8"))
}

/// Decodes JSON, telling what is no JSON from what is the wrong JSON.
///
/// # Errors
/// `malformed` or `invalid` with the field.
pub fn decode<T: DeserializeOwned>(text: &str) -> Result<T, Refusal> {
    let malformed = |_| Refusal::new(Code::Malformed, "not JSON");
    serde_json::from_str::<serde::de::IgnoredAny>(text).map_err(malformed)?;
    // A list would be taken for an object, field by field.
    if !text.trim_start().starts_with('{') {
        return Err(Refusal::invalid(vec![field_error("", "not an object")]));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    // It is JSON, whatever the library calls the fault: a number where one of some words is wanted and a number too
    // large are faults of syntax to it.
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        Refusal::invalid(vec![field_error(&path, &error.into_inner().to_string())])
    })
}

/// The field and what is wrong with it, without the value: it may be personal.
pub fn field_error(path: &str, message: &str) -> FieldError {
    let named = message.split('`').nth(1);
    let (code, field) = if message.starts_with("unknown field") {
        ("unknown_field", named)
    } else if message.starts_with("missing field") {
        ("missing_field", named)
    } else {
        ("wrong_type", None)
    };
    let path = path.trim_start_matches('.').trim_matches('?');
    let field = match field {
        Some(name) if path.is_empty() => name.to_owned(),
        Some(name) if path == name || path.ends_with(&format!(".{name}")) => path.to_owned(),
        Some(name) => format!("{path}.{name}"),
        None => path.to_owned(),
    };
    FieldError { detail: format!("{field}: {}", code.replace('_', " ")), field, code: code.into() }
}

/// A decoded query. An unknown parameter is an error.
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        axum::extract::Query::<T>::from_request_parts(parts, state).await.map(|query| Self(query.0)).map_err(
            |error| {
                let message = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                let message = message.rsplit(": ").next().unwrap_or_default().to_owned();
                Refusal::invalid(vec![field_error("", &message)])
            },
        )
    }
}

/// The decoded path. What cannot be decoded names nothing that exists.
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let decoded = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        decoded.map(|path| Self(path.0)).map_err(|_| ActError::not_found().into())
    }
}

/// A page size between 1 and 100.
///
/// # Errors
/// `invalid` outside of it.
pub fn limit(limit: Option<u32>) -> Result<u32, Refusal> {
    match limit.unwrap_or(50) {
        limit @ 1..=100 => Ok(limit),
        _ => Err(Refusal::invalid(vec![FieldError {
            field: "limit".into(),
            code: "out_of_range".into(),
            detail: "limit: from 1 to 100".into(),
        }])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only decoding is looked at")]
    struct Sample {
        text: String,
        scope: Option<Inner>,
        lane: Option<wire::appeal::Lane>,
        seen: Option<u64>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only decoding is looked at")]
    struct Inner {
        id: u32,
    }

    fn outcome(text: &str) -> (Code, Option<(String, String)>) {
        let refusal = decode::<Sample>(text).unwrap_err();
        let first = refusal.problem.errors.and_then(|errors| errors.into_iter().next());
        (refusal.problem.code, first.map(|error| (error.field, error.code)))
    }

    #[test]
    fn no_json_is_malformed_and_wrong_json_invalid() {
        for text in ["", "{", "nope", r#"{"text":"a"} x"#] {
            assert_eq!(outcome(text).0, Code::Malformed, "{text}");
        }
        let invalid = |text: &str, field: &str, code: &str| {
            assert_eq!(outcome(text), (Code::Invalid, Some((field.into(), code.into()))), "{text}");
        };
        invalid(r#"{"text":"a","extra":1}"#, "extra", "unknown_field");
        invalid(r#"{"text":7}"#, "text", "wrong_type");
        invalid("{}", "text", "missing_field");
        invalid(r#"["a"]"#, "", "wrong_type");
        invalid(r#"{"text":"a","scope":{"id":"x"}}"#, "scope.id", "wrong_type");
        invalid(r#"{"text":"a","scope":{"id":1,"more":1}}"#, "scope.more", "unknown_field");
        invalid(r#"{"text":"a","lane":1}"#, "lane", "wrong_type");
        invalid(r#"{"text":"a","lane":"secret"}"#, "lane", "wrong_type");
        invalid(r#"{"text":"a","seen":1e999}"#, "seen", "wrong_type");
        invalid(r#"{"text":"\ud83c"}"#, "text", "wrong_type");
    }
}
