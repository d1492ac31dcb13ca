//! The frames of the socket `medchat.v1`, both directions: one JSON object per text frame.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::appeal::{AppealCard, Lane};
use crate::message::{Author, Message};
use crate::notice::Notice;
use crate::problem::Code;

/// The subprotocol's name.
pub const SUBPROTOCOL: &str = "medchat.v1";
/// The path a socket is asked for at.
pub const SOCKET: &str = "/api/v1/socket";
/// The largest frame a client may send, in bytes.
pub const MAX_FRAME: usize = 16 * 1024;
/// How many feeds one socket may follow.
pub const MAX_SUBSCRIPTIONS: usize = 100;

/// What a client says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientFrame {
    /// Sign in; only as the first frame.
    Auth {
        /// An access token.
        token: String,
    },
    /// Follow a feed.
    Subscribe {
        /// The feed.
        feed: String,
        /// Deliver everything after this number; left out: only what is new.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        #[ts(optional, type = "number")]
        after: Option<u64>,
        /// The history `after` belongs to; left out: the present one.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        #[ts(optional)]
        epoch: Option<String>,
    },
    /// Stop following a feed.
    Unsubscribe {
        /// The feed.
        feed: String,
    },
    /// Say something in a room or in an appeal: exactly one of the two is named.
    Post {
        /// The client's own name for this try.
        cid: String,
        /// The room's id.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        #[ts(optional)]
        room: Option<String>,
        /// The appeal's id.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        #[ts(optional)]
        appeal: Option<String>,
        /// In an appeal: the lane; left out: public, but private where the text holds personal data.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        #[ts(optional)]
        lane: Option<Lane>,
        /// The text.
        text: String,
        /// In an appeal, staff: the lane's head they last saw.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        #[ts(optional, type = "number")]
        seen: Option<u64>,
        /// The author saw the emergency card and goes on.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        #[ts(optional)]
        acknowledged: Option<bool>,
    },
    /// Give up a try.
    Cancel {
        /// The try.
        cid: String,
    },
    /// Note how far one has read.
    Read {
        /// The feed.
        feed: String,
        /// The highest number read.
        #[ts(type = "number")]
        seq: u64,
    },
    /// Staff: tell colleagues that one looks at an appeal, and whether one is writing. Another appeal takes its place;
    /// it lapses after a minute.
    Viewing {
        /// The appeal's id.
        appeal: String,
        /// Whether a draft is being written.
        drafting: bool,
    },
    /// Ask for a `pong`.
    Ping,
}

impl ClientFrame {
    /// Says something in a room.
    pub fn post(cid: impl Into<String>, room: impl Into<String>, text: impl Into<String>) -> Self {
        let (room, text) = (Some(room.into()), text.into());
        Self::Post { cid: cid.into(), room, appeal: None, lane: None, text, seen: None, acknowledged: None }
    }
}

/// What the server says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "ev", rename_all = "snake_case")]
pub enum ServerFrame {
    /// You are signed in.
    Hello {
        /// The session.
        session: String,
        /// The server's time.
        server_time: String,
    },
    /// You follow a feed now; precedes each of its entries.
    Subscribed {
        /// The feed.
        feed: String,
        /// Its history.
        epoch: String,
        /// Its highest number now.
        #[ts(type = "number")]
        head: u64,
    },
    /// An entry of a feed you follow.
    Entry {
        /// The feed.
        feed: String,
        /// Its number there.
        #[ts(type = "number")]
        seq: u64,
        /// What it says.
        entry: Entry,
    },
    /// What you sent is durable.
    Ack {
        /// The try.
        cid: String,
        /// Where it landed.
        feed: String,
        /// Its number there.
        #[ts(type = "number")]
        seq: u64,
        /// Its id.
        id: String,
        /// When.
        at: String,
    },
    /// The try is given up and barred for ever.
    Cancelled {
        /// The try.
        cid: String,
    },
    /// Something was wrong; the socket stays.
    Error {
        /// The try it concerns.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        #[ts(optional)]
        cid: Option<String>,
        /// The feed it concerns.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        #[ts(optional)]
        feed: Option<String>,
        /// The code.
        code: Code,
        /// A sentence for people.
        detail: String,
        /// For `rate_limited`: seconds to wait.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        #[ts(optional, type = "number")]
        retry_after: Option<u64>,
        /// For `stale_view`: what one has not seen of the lane.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        #[ts(optional)]
        missing: Option<Vec<Message>>,
    },
    /// Your numbers belong to another history: forget what you know of the feed.
    Reset {
        /// The feed.
        feed: String,
        /// Its history.
        epoch: String,
        /// Its highest number.
        #[ts(type = "number")]
        head: u64,
    },
    /// How far those who owe this feed an answer have read.
    Seen {
        /// The feed.
        feed: String,
        /// The highest number they read.
        #[ts(type = "number")]
        seq: u64,
    },
    /// Who of the staff looks at an appeal you look at.
    Viewing {
        /// The appeal's id.
        appeal: String,
        /// Your colleagues there.
        people: Vec<Viewer>,
    },
    /// The socket is about to close; come back within this window.
    Closing {
        /// The shortest and the longest wait in milliseconds.
        #[ts(type = "[number, number]")]
        retry_ms: [u64; 2],
    },
    /// The answer to `ping`.
    Pong,
}

/// What an entry of a feed says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    /// A message.
    Message {
        /// Its id.
        id: String,
        /// When.
        at: String,
        /// Who wrote it.
        author: Author,
        /// The text; empty when hidden.
        text: String,
        /// The author's own name for the try that made it.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        #[ts(optional)]
        cid: Option<String>,
        /// Whether a moderator hid it since.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        #[ts(optional, as = "Option<bool>")]
        hidden: bool,
    },
    /// Its author changed a message.
    Edit {
        /// The message's id.
        target: String,
        /// The new text; empty when hidden since.
        text: String,
        /// When.
        at: String,
    },
    /// A moderator hid a message.
    Hide {
        /// The message's id.
        target: String,
        /// Why.
        reason: String,
        /// When.
        at: String,
    },
    /// An appeal was opened or has changed.
    Appeal(Box<AppealCard>),
    /// Something you should know.
    Notice(Box<Notice>),
}

/// Somebody who looks at an appeal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Viewer {
    /// Their name.
    pub name: String,
    /// Whether they are writing.
    pub drafting: bool,
}
