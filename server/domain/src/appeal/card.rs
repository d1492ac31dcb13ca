//! The card of an appeal: how it stands, in so few words that it may lie in other feeds than its own. Whoever may read
//! the room may read a card, so it holds nothing of the private lane; who works on it stands on desks alone.

use serde::{Deserialize, Serialize};

use crate::appeal::number::AppealNumber;
use crate::appeal::outcome::Outcome;
use crate::appeal::state::StateKind;
use crate::id::{AccountId, AppealId, OrganisationId, RoomId};
use crate::moment::Moment;
use crate::sla::clock::Reading;
use crate::topic::Topic;

/// How many characters of the public text a card shows.
pub const EXCERPT: usize = 280;

/// Something with the name it had then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named<I> {
    /// Its id.
    pub id: I,
    /// Its name.
    pub name: String,
}

/// The card of an appeal at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The appeal.
    pub id: AppealId,
    /// Its number.
    pub number: AppealNumber,
    /// Its state.
    pub state: StateKind,
    /// Its cycle, from 1.
    pub cycle: u32,
    /// What it is about.
    pub category: Topic,
    /// The room it belongs to.
    pub room: RoomId,
    /// Who owes the answer; none while every desk of the room does.
    pub organisation: Option<Named<OrganisationId>>,
    /// The employee who has it. On desks alone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub assignee: Option<Named<AccountId>>,
    /// How its clocks stand.
    pub clocks: Vec<Reading>,
    /// The beginning of the public text, personal data masked.
    pub excerpt: String,
    /// Whether something was written in the private lane.
    pub has_private: bool,
    /// What the last final answer declares.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub outcome: Option<Outcome>,
    /// The appeal it goes on as.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub merged_into: Option<AppealId>,
    /// When it was opened.
    pub opened_at: Moment,
}

/// The beginning of a text, at most [`EXCERPT`] characters; a cut one ends in an ellipsis, at a word where it can.
pub fn excerpt(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= EXCERPT {
        return text;
    }
    let cut: String = text.chars().take(EXCERPT - 1).collect();
    let whole = cut.rfind(' ').filter(|at| *at > cut.len() / 2).and_then(|at| cut.get(..at));
    format!("{}…", whole.unwrap_or(&cut).trim_end_matches([',', ';', ':', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_the_text_or_its_beginning() {
        assert_eq!(excerpt("  Где\n\nталоны? "), "Где талоны?");
        let long = "слово, ".repeat(60);
        let cut = excerpt(&long);
        assert!(cut.chars().count() <= EXCERPT && cut.ends_with("слово…"), "{cut}");
        assert_eq!(excerpt(&"я".repeat(300)).chars().count(), EXCERPT);
        assert_eq!(excerpt(&"я".repeat(280)), "я".repeat(280));
    }
}
