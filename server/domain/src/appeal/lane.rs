//! The two lanes of an appeal and the choice between them. Whoever may read the room reads the public lane; the private
//! one is for the author and the owning organisation. What is personal, `pii` knows.

use serde::{Deserialize, Serialize};

use crate::pii;

/// One of the two lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// Открытая часть.
    Public,
    /// Закрытая часть.
    Private,
}

impl Lane {
    /// The word in the API and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
        }
    }

    /// The lane with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Public, Self::Private].into_iter().find(|lane| lane.word() == word)
    }
}

/// Where a text goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placement {
    /// Into the public lane, as written.
    Public,
    /// Into the private lane, as written.
    Private,
    /// Masked into the public lane, and as written into the private one.
    Both {
        /// The text others may read.
        masked: String,
    },
}

impl Placement {
    /// Decides by what the writer asked for and what the text holds. Who asks for nothing is protected: a text with
    /// personal data stays private. Who asks for the public lane gets it, without the personal data.
    pub fn of(text: &str, asked: Option<Lane>) -> Self {
        let personal = pii::is_personal(text);
        match (asked, personal) {
            (Some(Lane::Private), _) | (None, true) => Self::Private,
            (Some(Lane::Public), true) => Self::Both { masked: pii::mask(text) },
            (Some(Lane::Public) | None, false) => Self::Public,
        }
    }

    /// The lane whose entry answers the writer.
    pub const fn lane(&self) -> Lane {
        match self {
            Self::Public | Self::Both { .. } => Lane::Public,
            Self::Private => Lane::Private,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HARMLESS: &str = "когда примет терапевт?";
    const PERSONAL: &str = "позвоните мне 8 (907) 611-28-40";

    #[test]
    fn who_asks_for_nothing_is_protected() {
        assert_eq!(Placement::of(HARMLESS, None), Placement::Public);
        assert_eq!(Placement::of(PERSONAL, None), Placement::Private);
        for text in [HARMLESS, PERSONAL] {
            assert_eq!(Placement::of(text, Some(Lane::Private)), Placement::Private);
        }
    }

    #[test]
    fn who_asks_for_the_public_lane_gets_it_masked() {
        assert_eq!(Placement::of(HARMLESS, Some(Lane::Public)), Placement::Public);
        let both = Placement::of(PERSONAL, Some(Lane::Public));
        assert_eq!(both, Placement::Both { masked: "позвоните мне •••".into() });
        assert_eq!(both.lane(), Lane::Public);
        assert_eq!(Lane::from_word(Lane::Private.word()), Some(Lane::Private));
        assert_eq!(Lane::from_word("secret"), None);
    }

    proptest! {
        /// Whatever is written and asked for, the public lane never gets personal data.
        #[test]
        fn nothing_personal_becomes_public(
            text in "([а-я ]{0,10}|8 9[0-9]{2} [0-9]{7}|[a-z]{1,5}@[a-z]{2,5}[.]ru|[0-9 -]{0,20}){0,4}",
            asked in prop::option::of(prop::sample::select(vec![Lane::Public, Lane::Private])),
        ) {
            match Placement::of(&text, asked) {
                Placement::Public => prop_assert!(!pii::is_personal(&text)),
                Placement::Private => {}
                Placement::Both { masked } => prop_assert!(!pii::is_personal(&masked)),
            }
        }
    }
}
