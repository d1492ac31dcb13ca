//! Showing that one is an adult, and the codes that registrars hand out for it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// `POST /desk-codes`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOutCodes {
    /// The organisation whose desk it is; may be left out by whoever has one alone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub organisation: Option<String>,
    /// How many slips the sheet has, up to 48; left out: one code.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub count: Option<u32>,
}

/// A code on a slip. The server keeps a digest of it alone, so it is told this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Slip {
    /// The id, for taking it back.
    pub id: String,
    /// The number on the sheet, from 1 on.
    pub place: u32,
    /// The code, in groups as it is read aloud.
    pub code: String,
}

/// Codes that were handed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Sheet {
    /// The first code.
    pub code: String,
    /// The first moment they are good for nothing.
    pub expires_at: String,
    /// All of them.
    pub slips: Vec<Slip>,
}

/// What became of a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct DeskCode {
    /// The id.
    pub id: String,
    /// The number on its sheet.
    pub place: u32,
    /// The organisation whose desk it is.
    pub organisation: String,
    /// When it was handed out; those of one sheet have the same moment.
    pub issued_at: String,
    /// The first moment it is good for nothing.
    pub expires_at: String,
    /// `open`, `redeemed`, `revoked` or `expired`.
    pub state: String,
}

/// `POST /verifications`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum Verify {
    /// By a code from a desk.
    DeskCode {
        /// The twelve digits, with spaces or without.
        code: String,
    },
}

/// How one was shown to be an adult.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Verification {
    /// Always true: nothing is kept of tries that failed.
    pub adult: bool,
    /// `desk_code`.
    pub method: String,
    /// When.
    pub at: String,
    /// Until when it counts; `null` for good.
    pub expires_at: Option<String>,
}
