//! The log of an appeal: the closed list of what can happen to it, each with its facts, and the act each one comes of.
//! The log is append-only and the only truth; state, clocks and figures are folded from it. It holds no text of the
//! thread: messages are entries of the lanes' feeds, which the log names.

use serde::{Deserialize, Serialize};

use crate::appeal::lane::Lane;
use crate::appeal::outcome::{Outcome, Score};
use crate::id::{AccountId, AppealId, EntryId, OrganisationId, RoomId};
use crate::moment::Moment;
use crate::topic::Topic;

/// One entry of an appeal's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When it happened; never earlier than the event before it.
    pub at: Moment,
    /// What happened.
    pub fact: Fact,
}

/// An employee who acts for an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Employee {
    /// The account.
    pub account: AccountId,
    /// The organisation.
    pub organisation: OrganisationId,
}

/// Who wrote a message of the thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Writer {
    /// The appeal's author.
    Resident,
    /// A named employee, in their own words.
    Staff(Employee),
    /// A ready-made text sent without anybody's words, such as an acknowledgement.
    Template,
    /// The server.
    Machine,
}

/// Something that happened to an appeal. Reasons and comments are kept as they may be shown: personal data masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// A resident opened it. Always the first event, and only the first.
    Opened {
        /// The resident.
        author: AccountId,
        /// The room it belongs to.
        room: RoomId,
        /// One of the accepted topics.
        category: Topic,
        /// Who owes the answer; none while every desk of the room does.
        organisation: Option<OrganisationId>,
    },
    /// An employee took it.
    Accepted {
        /// Who took it.
        by: Employee,
    },
    /// It was given to an employee.
    Assigned {
        /// To whom.
        to: Employee,
        /// Who gave it; nobody when the roster did.
        by: Option<AccountId>,
    },
    /// An employee gave it back: it waits for another of the same organisation.
    Released {
        /// Who gave it back.
        by: Employee,
    },
    /// It was passed to another organisation.
    Transferred {
        /// Who passed it on.
        by: Employee,
        /// Who owes the answer now.
        to: OrganisationId,
        /// Why.
        reason: String,
    },
    /// Somebody wrote a message.
    Messaged {
        /// Who.
        by: Writer,
        /// In which lane.
        lane: Lane,
        /// The lane's entry.
        entry: EntryId,
        /// Whether personal data was found in it.
        personal: bool,
    },
    /// An employee asked the resident something and waits for the reply.
    Asked {
        /// Who asked.
        by: Employee,
        /// In which lane.
        lane: Lane,
        /// The lane's entry.
        entry: EntryId,
    },
    /// An employee gave the final answer.
    Answered {
        /// Who gave it.
        by: Employee,
        /// What they say came of the appeal.
        outcome: Outcome,
        /// In which lane.
        lane: Lane,
        /// The lane's entry.
        entry: EntryId,
    },
    /// Staff or a moderator refused it.
    Refused {
        /// Who refused it.
        by: AccountId,
        /// The organisation they acted for; none for a moderator.
        organisation: Option<OrganisationId>,
        /// Why, and where to turn instead.
        reason: String,
    },
    /// The resident confirmed the final answer.
    Confirmed,
    /// The resident contested the final answer; the next cycle begins.
    Contested {
        /// Why.
        reason: String,
    },
    /// The resident rated the final answer.
    Rated {
        /// How.
        score: Score,
        /// In their words.
        comment: Option<String>,
    },
    /// The resident took it back.
    Withdrawn,
    /// Staff joined it to another appeal.
    Merged {
        /// Who did.
        by: Employee,
        /// The appeal that goes on.
        into: AppealId,
    },
    /// The resident stayed silent after the final answer.
    ClosedSilently,
}

/// The acts that make events, as people and tables name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// Open it.
    Open,
    /// Take it.
    Accept,
    /// Give it to an employee.
    Assign,
    /// Give it back for a colleague to take.
    Release,
    /// Pass it to another organisation.
    Transfer,
    /// Write a message.
    Message,
    /// Ask the resident.
    Ask,
    /// Give the final answer.
    FinalAnswer,
    /// Refuse it.
    Refuse,
    /// Confirm the final answer.
    Confirm,
    /// Contest the final answer.
    Contest,
    /// Rate the final answer.
    Rate,
    /// Take it back.
    Withdraw,
    /// Join it to another.
    Merge,
    /// Close it after silence.
    CloseSilently,
}

impl Act {
    /// The act's word, as in its route.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accept => "accept",
            Self::Assign => "assign",
            Self::Release => "release",
            Self::Transfer => "transfer",
            Self::Message => "messages",
            Self::Ask => "ask",
            Self::FinalAnswer => "final-answer",
            Self::Refuse => "refuse",
            Self::Confirm => "confirm",
            Self::Contest => "contest",
            Self::Rate => "rate",
            Self::Withdraw => "withdraw",
            Self::Merge => "merge",
            Self::CloseSilently => "close silently",
        }
    }
}

impl Fact {
    /// The act it comes of.
    pub const fn act(&self) -> Act {
        match self {
            Self::Opened { .. } => Act::Open,
            Self::Accepted { .. } => Act::Accept,
            Self::Assigned { .. } => Act::Assign,
            Self::Released { .. } => Act::Release,
            Self::Transferred { .. } => Act::Transfer,
            Self::Messaged { .. } => Act::Message,
            Self::Asked { .. } => Act::Ask,
            Self::Answered { .. } => Act::FinalAnswer,
            Self::Refused { .. } => Act::Refuse,
            Self::Confirmed => Act::Confirm,
            Self::Contested { .. } => Act::Contest,
            Self::Rated { .. } => Act::Rate,
            Self::Withdrawn => Act::Withdraw,
            Self::Merged { .. } => Act::Merge,
            Self::ClosedSilently => Act::CloseSilently,
        }
    }

    /// The organisation whose employee acted here; the first one becomes the owner of an appeal that has none.
    pub const fn organisation(&self) -> Option<OrganisationId> {
        match self {
            Self::Accepted { by }
            | Self::Released { by }
            | Self::Transferred { by, .. }
            | Self::Messaged { by: Writer::Staff(by), .. }
            | Self::Asked { by, .. }
            | Self::Answered { by, .. }
            | Self::Merged { by, .. } => Some(by.organisation),
            Self::Assigned { to, .. } => Some(to.organisation),
            Self::Refused { organisation, .. } => *organisation,
            Self::Opened { .. }
            | Self::Messaged { .. }
            | Self::Confirmed
            | Self::Contested { .. }
            | Self::Rated { .. }
            | Self::Withdrawn
            | Self::ClosedSilently => None,
        }
    }

    /// Whether a named employee spoke to the resident: what the first answer's clock waits for. A question and the
    /// final answer are messages too; templates and machines never count.
    pub const fn is_named_answer(&self) -> bool {
        matches!(
            self,
            Self::Messaged { by: Writer::Staff(_), .. } | Self::Asked { .. } | Self::Answered { .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appeal::tests::{employee, facts};

    #[test]
    fn an_event_survives_being_a_row() {
        for fact in facts() {
            let event = Event { at: Moment::from_millis(7), fact };
            let row = serde_json::to_string(&event).expect("json");
            assert_eq!(serde_json::from_str::<Event>(&row).expect("an event"), event, "{row}");
        }
        let staff = Fact::Messaged {
            by: Writer::Staff(employee(1)),
            lane: Lane::Private,
            entry: crate::appeal::tests::id(3),
            personal: true,
        };
        let row = serde_json::to_string(&staff).expect("json");
        assert!(row.starts_with(r#"{"kind":"messaged","by":{"kind":"staff","account":"#), "{row}");
    }

    #[test]
    fn only_people_who_speak_answer() {
        let answering: Vec<&str> =
            facts().iter().filter(|fact| fact.is_named_answer()).map(|fact| fact.act().word()).collect();
        assert_eq!(answering, ["messages", "ask", "final-answer"]);
    }
}
