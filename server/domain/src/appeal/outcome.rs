//! What the staff say came of an appeal. What the resident says of it (confirmed, contested, silent) is a state, and
//! the two are never merged into one figure.

use serde::{Deserialize, Serialize};

/// The outcome a final answer declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Done: what was asked for has happened.
    Resolved,
    /// Explained: how it is and why.
    Explained,
    /// Redirected: who else has to deal with it.
    Redirected,
    /// Unfounded: there is nothing to put right.
    Unfounded,
}

impl Outcome {
    /// Every outcome, in the order shown.
    pub const ALL: [Self; 4] = [Self::Resolved, Self::Explained, Self::Redirected, Self::Unfounded];

    /// The word in the API and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Resolved => "resolved",
            Self::Explained => "explained",
            Self::Redirected => "redirected",
            Self::Unfounded => "unfounded",
        }
    }

    /// The outcome with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.word() == word)
    }
}

/// What a resident gives a final answer: 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Score(u8);

/// The number is no score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a score is 1, 2, 3, 4 or 5, not {0}")]
pub struct NotAScore(u8);

impl Score {
    /// The score as a number.
    pub const fn value(self) -> u8 {
        self.0
    }
}
impl TryFrom<u8> for Score {
    type Error = NotAScore;
    fn try_from(value: u8) -> Result<Self, NotAScore> {
        if (1..=5).contains(&value) { Ok(Self(value)) } else { Err(NotAScore(value)) }
    }
}
impl From<Score> for u8 {
    fn from(score: Score) -> Self {
        score.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_back_to_outcomes() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::from_word(outcome.word()), Some(outcome));
            assert_eq!(serde_json::to_value(outcome).expect("json"), outcome.word());
        }
        assert_eq!(Outcome::from_word("done"), None);
    }

    #[test]
    fn five_scores_and_no_more() {
        let scores = (0..=u8::MAX).filter_map(|value| Score::try_from(value).ok()).map(Score::value);
        assert_eq!(scores.collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        assert_eq!(Score::try_from(0), Err(NotAScore(0)));
    }
}
