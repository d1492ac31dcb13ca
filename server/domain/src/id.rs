//! One id type per noun, so that a room's id cannot be given where a person's is wanted. An id is an
//! opaque UUID to everybody outside; order comes from a feed's numbers, never from ids.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// The id of a noun `N`.
pub struct Id<N>(Uuid, PhantomData<fn() -> N>);

macro_rules! nouns {
    ($($(#[$doc:meta])* $noun:ident => $id:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub enum $noun {}
        #[doc = concat!("The id of one `", stringify!($noun), "`.")]
        pub type $id = Id<$noun>;
    )+};
}

nouns! {
    /// A person's account, resident or staff.
    AccountNoun => AccountId,
    /// A room.
    RoomNoun => RoomId,
    /// A medical organisation.
    OrganisationNoun => OrganisationId,
    /// An appeal.
    AppealNoun => AppealId,
    /// A grant of a role.
    GrantNoun => GrantId,
    /// A sign-in.
    SessionNoun => SessionId,
    /// An entry of a feed; a message is named by the entry that brought it.
    EntryNoun => EntryId,
    /// A shift of a roster.
    ShiftNoun => ShiftId,
    /// A code handed out at a desk.
    DeskCodeNoun => DeskCodeId,
    /// A row of the audit.
    AuditNoun => AuditId,
    /// A right that was taken away.
    TakingNoun => TakingId,
}

impl<N> Id<N> {
    /// The id that wraps `uuid`.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// The wrapped UUID.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

/// The text is not an id. It carries nothing: what does not parse does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct NotAnId;

impl<N> FromStr for Id<N> {
    type Err = NotAnId;

    /// Reads the hyphenated lower-case form alone, so that one id has one spelling.
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let uuid = Uuid::try_parse(text).map_err(|_| NotAnId)?;
        let spelled_as_written = uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text;
        if spelled_as_written { Ok(Self::from_uuid(uuid)) } else { Err(NotAnId) }
    }
}

impl<N> Clone for Id<N> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<N> Copy for Id<N> {}
impl<N> PartialEq for Id<N> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<N> Eq for Id<N> {}
impl<N> PartialOrd for Id<N> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<N> Ord for Id<N> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<N> Hash for Id<N> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<N> fmt::Display for Id<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.hyphenated(), f)
    }
}
impl<N> fmt::Debug for Id<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl<N> Serialize for Id<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de, N> Deserialize<'de> for Id<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_id_has_one_spelling() {
        let text = "01939f6e-7c3a-7000-8000-0123456789ab";
        let id: RoomId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        for other in ["", "x", "01939F6E-7C3A-7000-8000-0123456789AB", "01939f6e7c3a700080000123456789ab"] {
            assert_eq!(other.parse::<RoomId>(), Err(NotAnId), "{other}");
        }
    }
}
