//! Keyed digests: what the database keeps of a code that somebody holds, so that its files alone do not tell the
//! code, however short it is.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::auth::secrets::Key;

/// Makes digests with the key of this installation.
#[derive(Clone)]
pub struct Digests(Hmac<Sha256>);

impl Digests {
    /// Digests made with `key`; `None` is nothing HMAC says to a key of 32 bytes.
    pub fn new(key: &Key) -> Option<Self> {
        Hmac::new_from_slice(&key.bytes).ok().map(Self)
    }

    /// The digest of `parts`. Say in the first what it is for: equal parts have equal digests.
    pub fn of(&self, parts: &[&str]) -> String {
        BASE64.encode(self.keyed("text", parts))
    }

    /// A number that hangs on `parts` and the key alone; nobody guesses it who has not the key, also not from the
    /// digest of the same parts.
    pub fn number(&self, parts: &[&str]) -> u64 {
        let digest = self.keyed("number", parts);
        digest.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
    }

    /// 32 bytes that hang on `parts` and the key alone, as secret as the key.
    pub fn secret(&self, parts: &[&str]) -> [u8; 32] {
        self.keyed("secret", parts)
    }

    /// Each part behind its length, so that no two lists of parts are one text.
    fn keyed(&self, form: &str, parts: &[&str]) -> [u8; 32] {
        let mut mac = self.0.clone();
        for part in [form].iter().chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn digests(byte: u8) -> Digests {
        Digests::new(&Key { id: "k1".into(), bytes: [byte; 32] }).unwrap()
    }

    #[test]
    fn equal_parts_have_equal_digests_and_no_others() {
        let lists: [&[&str]; 8] = [
            &[],
            &[""],
            &["desk code"],
            &["desk code", "123"],
            &["desk code1", "23"],
            &["desk code", "123", ""],
            &["desk", " code", "123"],
            &["123", "desk code"],
        ];
        let made = |digests: &Digests| -> Vec<(String, u64)> {
            lists.iter().map(|parts| (digests.of(parts), digests.number(parts))).collect()
        };
        let (one, other) = (made(&digests(1)), made(&digests(2)));
        assert_eq!(one, made(&digests(1)));
        let texts: HashSet<&String> = one.iter().chain(&other).map(|(text, _)| text).collect();
        let numbers: HashSet<u64> = one.iter().chain(&other).map(|(_, number)| *number).collect();
        assert_eq!((texts.len(), numbers.len()), (16, 16));
        assert!(texts.iter().all(|text| text.len() == 43));
    }

    #[test]
    fn a_number_is_no_piece_of_the_digest() {
        let parts = ["appeal code", "27-4183-6"];
        let digest = BASE64.decode(digests(1).of(&parts)).unwrap();
        let number = digests(1).number(&parts).to_be_bytes();
        assert!(digest.windows(8).all(|window| window != number));
    }

    #[test]
    fn digests_stay_what_they_were() {
        // A database of years ago holds them.
        assert_eq!(
            digests(1).of(&["desk code", "123456789012"]),
            "6gNpewepklcLtUcCqA13GIVx8tV3t8jGqIQdTdkINI4"
        );
        assert_eq!(digests(1).number(&["desk code", "123456789012"]), 8_375_461_625_839_097_877);
    }
}
