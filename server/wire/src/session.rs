//! Signing in.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::person::Account;

/// `POST /sessions`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// What one signs in with.
    pub login: String,
    /// The password.
    pub password: String,
    /// The code of a second factor, for accounts that have one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub second_factor: Option<String>,
}

/// Where one is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Session {
    /// The id.
    pub id: String,
    /// When one signed in.
    pub begun_at: String,
    /// When its tokens were last renewed.
    pub seen_at: String,
    /// On what, as the browser calls itself: `Chrome · Android`.
    pub device: Option<String>,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// What an authenticator is given, told this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct SecondFactorSetup {
    /// A link for a QR code.
    pub link: String,
    /// The same secret for typing.
    pub secret: String,
}

/// `POST /me/second-factor/confirm`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmSecondFactor {
    /// The six digits of now.
    pub code: String,
}

/// The codes that stand in for a lost authenticator, each once; told this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct RecoveryCodes {
    /// Ten of them.
    pub codes: Vec<String>,
}

/// A fresh access token; the refresh token travels in its cookie alone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Tokens {
    /// For the `Authorization: Bearer` header. Keep it in memory.
    pub access_token: String,
    /// Seconds until it expires.
    #[ts(type = "number")]
    pub expires_in: u64,
    /// Who signed in.
    pub account: Account,
}
