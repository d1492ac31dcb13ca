//! The error envelope of RFC 9457 and its codes. Which error of an act becomes which code is decided once,
//! in the server.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::message::Message;

/// The code of a problem or of an `error` frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Not JSON, not UTF-8.
    Malformed,
    /// Nobody signed in, or the token is no good.
    Unauthenticated,
    /// The password is right; the code of the second factor is missing.
    SecondFactorRequired,
    /// The access token has expired.
    TokenExpired,
    /// Seen, but not allowed.
    NotAllowed,
    /// Not verified as an adult.
    NotVerified,
    /// A second person must do this.
    FourEyes,
    /// Does not exist, or not for you.
    NotFound,
    /// The route exists, the method does not.
    MethodNotAllowed,
    /// The cid was used for another content, or given up.
    CidConflict,
    /// Staff have written what the sender has not seen.
    StaleView,
    /// Not possible in the present state.
    WrongState,
    /// The login is taken.
    LoginTaken,
    /// It was done before.
    AlreadyDone,
    /// The code was used before.
    CodeUsed,
    /// The code is too old, or was taken back.
    CodeExpired,
    /// The body is over its limit.
    TooLarge,
    /// A field is unknown, of the wrong type, too long or otherwise wrong.
    Invalid,
    /// Too many requests.
    RateLimited,
    /// Something the server needs does not answer.
    DependencyDown,
    /// No space is left.
    StorageFull,
    /// The server has a fault; it is logged.
    Internal,
}

impl Code {
    /// The HTTP status of the code.
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Unauthenticated | Self::SecondFactorRequired | Self::TokenExpired => 401,
            Self::NotAllowed | Self::NotVerified | Self::FourEyes => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::CidConflict
            | Self::StaleView
            | Self::WrongState
            | Self::LoginTaken
            | Self::AlreadyDone
            | Self::CodeUsed => 409,
            Self::CodeExpired => 410,
            Self::TooLarge => 413,
            Self::Invalid => 422,
            Self::RateLimited => 429,
            Self::Internal => 500,
            Self::DependencyDown => 503,
            Self::StorageFull => 507,
        }
    }
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema, JsonSchema)]
pub struct FieldError {
    /// The field's path, `text` or `scope.id`; empty when it is the whole body.
    pub field: String,
    /// A word for programs.
    pub code: String,
    /// A sentence for people.
    pub detail: String,
}

/// A problem, `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the code says more than a link would.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The code.
    pub code: Code,
    /// A sentence for people.
    pub detail: String,
    /// For `invalid`: what is wrong, field by field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub errors: Option<Vec<FieldError>>,
    /// For `wrong_state`: the state it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub state: Option<String>,
    /// For a closed read-only room: when it opens next.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub next_opening: Option<String>,
    /// For `stale_view`: what one has not seen of the lane.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub missing: Option<Vec<Message>>,
}
