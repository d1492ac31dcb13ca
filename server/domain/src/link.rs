//! A link to the same room in a messenger, and whether its invitation token can be a whole one. Nothing is fetched:
//! a link that looks whole may still be dead. Knows nothing of rooms or bridges.

use serde::{Deserialize, Serialize};

/// A messenger a medchat also lives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    /// Telegram, since 2018.
    Telegram,
    /// MAX, since March 2026.
    Max,
}

impl Platform {
    /// Every platform, in the order links are shown.
    pub const ALL: [Self; 2] = [Self::Telegram, Self::Max];

    /// The word used in files, rows and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Telegram => "telegram",
            Self::Max => "max",
        }
    }

    /// What every invitation link of the platform begins with.
    const fn stem(self) -> &'static str {
        match self {
            Self::Telegram => "https://t.me/+",
            Self::Max => "https://max.ru/join/",
        }
    }

    /// Characters of a whole token. Worked out from the published lists: 65 of 68 Telegram links have 16 (12 bytes
    /// in base64url), 6 of 7 MAX links 43 (32 bytes); the rest lost or gained a character when they were typed.
    pub const fn token_length(self) -> usize {
        match self {
            Self::Telegram => 16,
            Self::Max => 43,
        }
    }
}

/// What is wrong with a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkFault {
    /// It does not begin like an invitation link of its platform.
    #[error("the link does not begin with \"{}\"", .0.stem())]
    WrongHost(Platform),
    /// The token holds something else than letters, digits, `-` and `_`.
    #[error("the link's token holds \"{0}\"")]
    WrongSymbol(char),
    /// The token is too short or too long to be whole.
    #[error("the link's token has {found} characters, a whole one has {expected}")]
    WrongLength {
        /// Characters found.
        found: usize,
        /// Characters of a whole token.
        expected: usize,
    },
}

/// An invitation link as it was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Where it leads.
    pub platform: Platform,
    /// The address, character by character as published, also when it is wrong.
    pub url: String,
}

impl Link {
    /// What is wrong with the link, if anything; the length is looked at last.
    pub fn check(&self) -> Result<(), LinkFault> {
        let token = self.url.strip_prefix(self.platform.stem()).ok_or(LinkFault::WrongHost(self.platform))?;
        let stranger = token.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')));
        if let Some(stranger) = stranger {
            return Err(LinkFault::WrongSymbol(stranger));
        }
        let expected = self.platform.token_length();
        if token.len() == expected {
            Ok(())
        } else {
            Err(LinkFault::WrongLength { found: token.len(), expected })
        }
    }

    /// True when host, alphabet and length are right.
    pub fn is_valid(&self) -> bool {
        self.check().is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn telegram(url: &str) -> Result<(), LinkFault> {
        Link { platform: Platform::Telegram, url: url.into() }.check()
    }
    fn max(url: &str) -> Result<(), LinkFault> {
        Link { platform: Platform::Max, url: url.into() }.check()
    }

    #[test]
    fn a_whole_link_is_valid() {
        assert_eq!(telegram("https://t.me/+MrE-g_Ue6hIxYTcy"), Ok(()));
        assert_eq!(max("https://max.ru/join/g94itnMGY5n35WB0ANvDz10HUoJkA5Xk_0Cy_eaWxGk"), Ok(()));
    }

    #[test]
    fn a_broken_one_says_how() {
        assert_eq!(
            telegram("https://t.me/+V2F3kK6CyoyMTcy"),
            Err(LinkFault::WrongLength { found: 15, expected: 16 })
        );
        assert_eq!(
            max("https://max.ru/join/taVQuiRP8kqMbvpxSo12wTdVyneXilZC5NUYYGLVQw"),
            Err(LinkFault::WrongLength { found: 42, expected: 43 })
        );
        assert_eq!(telegram("https://t.me/+"), Err(LinkFault::WrongLength { found: 0, expected: 16 }));
        assert_eq!(telegram("https://t.me/+MrE-g\\_Ue6hIxYTcy"), Err(LinkFault::WrongSymbol('\\')));
        for foreign in
            ["http://t.me/+MrE-g_Ue6hIxYTcy", "https://t.me.example/+MrE-g_Ue6hIxYTcy", "", "javascript:1"]
        {
            assert_eq!(telegram(foreign), Err(LinkFault::WrongHost(Platform::Telegram)));
        }
        assert_eq!(max("https://t.me/+MrE-g_Ue6hIxYTcy"), Err(LinkFault::WrongHost(Platform::Max)));
    }

    #[test]
    fn the_word_is_the_one_in_files() {
        for platform in Platform::ALL {
            let word = serde_json::to_string(&platform).expect("json");
            assert_eq!(word, format!("\"{}\"", platform.as_str()));
        }
    }
}
