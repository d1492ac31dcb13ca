//! Why an act was not done. One enum for all acts; HTTP and the socket map it once each.

use domain::message::Message;
use domain::moment::Moment;
use domain::policy::Denied;
use store::StoreError;

use crate::auth::password::PasswordError;

/// The result of an act.
pub type ActResult<T> = Result<T, ActError>;

/// What is wrong with one thing the client sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field's path.
    pub field: String,
    /// A word for programs.
    pub code: String,
    /// A sentence.
    pub detail: String,
}

impl Fault {
    /// A fault of `field`.
    pub fn new(field: &str, code: &str, detail: impl ToString) -> Self {
        Self { field: field.into(), code: code.into(), detail: detail.to_string() }
    }
}

/// Why an act was not done.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// The policy said no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Wrong login or password, or a token that is no good.
    #[error("not signed in")]
    Unauthenticated,
    /// The password is right; the second factor is asked for too.
    #[error("the second factor is asked for")]
    SecondFactorRequired,
    /// The access token has expired.
    #[error("the token has expired")]
    TokenExpired,
    /// What the client sent cannot be accepted.
    #[error("invalid")]
    Invalid(Vec<Fault>),
    /// The cid was used for another content, or given up.
    #[error("this cid was used for something else or given up")]
    CidConflict,
    /// Staff have written what the sender has not seen: these.
    #[error("staff have written meanwhile")]
    StaleView(Vec<Message>),
    /// The login is taken.
    #[error("the login is taken")]
    LoginTaken,
    /// It was done before.
    #[error("it was done before")]
    AlreadyDone,
    /// The code was redeemed before.
    #[error("the code was used before")]
    CodeUsed,
    /// The code is too old, or was taken back.
    #[error("the code is no longer good")]
    CodeExpired,
    /// Somebody else must do this.
    #[error("a second person must do this")]
    FourEyes,
    /// Not possible in the present state.
    #[error("not possible while {state}")]
    WrongState {
        /// The state.
        state: &'static str,
        /// For a closed room: when it opens.
        next_opening: Option<Moment>,
    },
    /// Too many requests.
    #[error("too many requests")]
    RateLimited {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// Something the server needs does not answer.
    #[error("the server is busy")]
    Busy(#[source] Option<StoreError>),
    /// The disk is full.
    #[error("no space is left")]
    StorageFull,
    /// A fault of the server.
    #[error("a fault of the server")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ActError {
    /// What one may not see and what does not exist are the same.
    pub const fn not_found() -> Self {
        Self::Denied(Denied::Unseen)
    }

    /// One fault of one field.
    pub fn invalid(field: &str, code: &str, detail: impl ToString) -> Self {
        Self::Invalid(vec![Fault::new(field, code, detail)])
    }
}

impl From<StoreError> for ActError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::Busy(Some(error)),
            StoreError::Full(_) => Self::StorageFull,
            other => Self::Broken(Box::new(other)),
        }
    }
}

impl From<PasswordError> for ActError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::Busy(None),
            broken @ PasswordError::Broken(_) => Self::Broken(Box::new(broken)),
        }
    }
}
