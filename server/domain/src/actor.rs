//! Who acts: a guest, or a person who signed in, with the facts of that moment the policy asks for.

use serde::{Deserialize, Serialize};

use crate::grant::{Grant, Role};
use crate::id::{AccountId, SessionId};
use crate::moment::Moment;
use crate::room::Room;

/// The two kinds of account. Who is both has two accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Житель.
    Resident,
    /// Представитель медорганизации.
    Staff,
}

impl Kind {
    /// The kind's word in the API and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Resident => "resident",
            Self::Staff => "staff",
        }
    }

    /// The kind with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Resident, Self::Staff].into_iter().find(|kind| kind.word() == word)
    }
}

/// A person who signed in, as they stand at `seen_at`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The account.
    pub account: AccountId,
    /// The session it signed in with.
    pub session: SessionId,
    /// Resident or staff.
    pub kind: Kind,
    /// The name others see.
    pub alias: String,
    /// Whether an accepted method has shown them to be 18 or older.
    pub verified_adult: bool,
    /// Whether they have a confirmed second factor.
    pub second_factor: bool,
    /// All grants, current or not.
    pub grants: Vec<Grant>,
    /// The moment these facts were read.
    pub seen_at: Moment,
}

impl Person {
    /// The grants that hold now.
    pub fn holding(&self) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(|grant| grant.holds_at(self.seen_at))
    }

    /// The roles that hold now and concern `room`.
    pub fn roles_in<'a>(&'a self, room: &'a Room) -> impl Iterator<Item = Role> + 'a {
        self.holding().filter(|grant| grant.scope.covers(room)).map(|grant| grant.role)
    }

    /// Whether the person owes `room` an answer now.
    pub fn answers_in(&self, room: &Room) -> bool {
        self.roles_in(room).any(Role::answers)
    }
}

/// Whoever asks for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Nobody has signed in.
    Guest,
    /// Somebody has.
    Person(Person),
}

impl Actor {
    /// The person, when somebody signed in.
    pub const fn person(&self) -> Option<&Person> {
        match self {
            Self::Guest => None,
            Self::Person(person) => Some(person),
        }
    }
}
