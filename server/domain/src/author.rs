//! Who wrote something. An author is kept with what they wrote, as they were called then; a later change of a
//! name, a position or an employer does not rewrite the past.

use crate::actor::Kind;
use crate::id::AccountId;
use crate::person::Signature;

/// Who wrote something, as they were called when they wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The account.
    pub account: AccountId,
    /// Resident or staff.
    pub kind: Kind,
    /// The name others see.
    pub alias: String,
    /// Name, position and organisation of staff; residents have none, so text cannot imitate it.
    pub signature: Option<Signature>,
}
