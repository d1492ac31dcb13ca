//! How a person is shown: the signature the server makes for staff.

use serde::{Deserialize, Serialize};

/// What stands under every staff message. Made by the server from the account, never by the author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The employee's name.
    pub name: String,
    /// The employee's position.
    pub position: String,
    /// The organisation they answer for.
    pub organisation: String,
}
