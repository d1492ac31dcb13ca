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
