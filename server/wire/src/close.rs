//! Why the server closes a socket. 4000–4499 invite the client back, 4500–4999 do not.

use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;

/// A numbered reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS, JsonSchema)]
#[repr(u16)]
pub enum Close {
    /// The reader was too slow; it resumes by number.
    Slow = 4001,
    /// The server cannot continue this socket from where it is.
    CannotContinue = 4002,
    /// The database cannot be reached.
    DependencyDown = 4003,
    /// The access token had expired when the socket was opened: refresh, then come back.
    TokenExpired = 4004,
    /// Too many requests.
    TooFast = 4429,
    /// A frame was no JSON object, or binary.
    NotJson = 4500,
    /// Nobody signed in within five seconds, or the token is no good.
    NotSignedIn = 4501,
    /// The session has ended or the right was taken.
    SessionEnded = 4503,
    /// The session holds too many sockets.
    TooManySockets = 4509,
    /// The client speaks another version of the protocol.
    ClientTooOld = 4510,
    /// A frame over the limit.
    FrameTooBig = 1009,
    /// The server is going down.
    Draining = 1012,
    /// The server takes no more.
    Overloaded = 1013,
}

impl Close {
    /// Every reason.
    pub const ALL: [Self; 13] = [
        Self::Slow,
        Self::CannotContinue,
        Self::DependencyDown,
        Self::TokenExpired,
        Self::TooFast,
        Self::NotJson,
        Self::NotSignedIn,
        Self::SessionEnded,
        Self::TooManySockets,
        Self::ClientTooOld,
        Self::FrameTooBig,
        Self::Draining,
        Self::Overloaded,
    ];

    /// The number on the wire.
    pub const fn code(self) -> u16 {
        self as u16
    }

    /// Whether a client should come back by itself.
    pub const fn invites_back(self) -> bool {
        self.code() < 4500
    }

    /// The window a client is asked to come back in, in milliseconds; wide where everybody leaves at once.
    pub const fn retry_ms(self) -> Option<[u64; 2]> {
        match self {
            Self::Draining => Some([0, 8_000]),
            Self::Overloaded => Some([1_000, 10_000]),
            Self::TooFast => Some([10_000, 60_000]),
            _ => None,
        }
    }

    /// A word for logs and the close frame.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Slow => "slow",
            Self::CannotContinue => "cannot_continue",
            Self::DependencyDown => "dependency_down",
            Self::TokenExpired => "token_expired",
            Self::TooFast => "too_fast",
            Self::NotJson => "not_json",
            Self::NotSignedIn => "not_signed_in",
            Self::SessionEnded => "session_ended",
            Self::TooManySockets => "too_many_sockets",
            Self::ClientTooOld => "client_too_old",
            Self::FrameTooBig => "frame_too_big",
            Self::Draining => "draining",
            Self::Overloaded => "overloaded",
        }
    }
}
