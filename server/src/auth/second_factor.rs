//! The second factor of staff: six digits of an authenticator, new every thirty seconds (RFC 6238), and ten recovery codes
//! for who has lost it. Secrets are made of a key and a number kept in the database: neither alone tells one.

use domain::id::AccountId;
use domain::source::Sources;
use totp_rs::{Builder, Secret, Totp};

use crate::auth::digest::Digests;

/// How many recovery codes one gets.
const RECOVERY_CODES: usize = 10;
/// The bytes of a secret that an authenticator counts from: what RFC 4226 recommends.
const SECRET: usize = 20;
/// The name that stands in the authenticator.
const ISSUER: &str = "Medchat";

/// What an authenticator is given, told this once.
#[derive(Clone, PartialEq, Eq)]
pub struct Setup {
    /// A link that authenticators understand, mostly shown as a QR code.
    pub link: String,
    /// The same secret for typing, base 32.
    pub secret: String,
}

/// Makes and checks second factors.
#[derive(Clone)]
pub struct SecondFactors(Digests);

impl SecondFactors {
    /// Those made with the key of `digests`.
    pub const fn new(digests: Digests) -> Self {
        Self(digests)
    }

    fn totp(&self, account: AccountId, nonce: &str) -> Totp {
        let bytes = self.0.secret(&["second factor", &account.to_string(), nonce]);
        let secret = bytes.get(..SECRET).unwrap_or_default().to_vec();
        // One step either way: a phone's clock is off, and typing takes a while.
        Builder::new().with_secret(Secret::from(secret)).build_noncompliant()
    }

    /// What the authenticator of `login` is given.
    pub fn setup(&self, account: AccountId, nonce: &str, login: &str) -> Setup {
        let secret = self.totp(account, nonce).secret().to_base32();
        let label: String = login.bytes().map(escaped).collect();
        Setup { link: format!("otpauth://totp/{ISSUER}:{label}?secret={secret}&issuer={ISSUER}"), secret }
    }

    /// The time step of `code`, if it is right at `seconds` since 1970.
    pub fn step(&self, account: AccountId, nonce: &str, code: &str, seconds: u64) -> Option<u64> {
        let digits: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        self.totp(account, nonce).check(&digits, seconds)
    }

    /// Fresh recovery codes: ten digits each, in two groups.
    pub fn recovery_codes(sources: &Sources) -> Vec<String> {
        let code = |_| {
            let digits = format!("{:010}", sources.number() % 10_000_000_000);
            let (one, two) = digits.split_at(5);
            format!("{one}-{two}")
        };
        (0..RECOVERY_CODES).map(code).collect()
    }

    /// What is kept of a recovery code, however it was typed.
    pub fn kept(&self, account: AccountId, code: &str) -> String {
        let digits: String = code.chars().filter(char::is_ascii_digit).collect();
        self.0.of(&["recovery code", &account.to_string(), &digits])
    }
}

/// A byte of a label, RFC 3986.
fn escaped(byte: u8) -> String {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' => char::from(byte).into(),
        other => format!("%{other:02X}"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use uuid::Uuid;

    use super::*;
    use crate::app::sources;
    use crate::auth::secrets::Key;

    fn factors() -> SecondFactors {
        SecondFactors::new(Digests::new(&Key { id: "k1".into(), bytes: [1; 32] }).unwrap())
    }

    fn account(number: u128) -> AccountId {
        AccountId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn a_code_is_right_for_its_step_and_its_neighbours() {
        let factors = factors();
        let now = 1_796_000_010;
        let code = factors.totp(account(1), "n").generate(now).to_string();
        let step = |code: &str, at| factors.step(account(1), "n", code, at);
        assert_eq!(step(&code, now), Some(now / 30));
        assert_eq!(step(&format!("{} {}", &code[..3], &code[3..]), now), Some(now / 30));
        assert_eq!(step(&code, now + 30), Some(now / 30));
        assert_eq!(step(&code, now - 30), Some(now / 30));
        assert_eq!(step(&code, now + 90), None);
        assert_eq!(factors.step(account(2), "n", &code, now), None);
        assert_eq!(factors.step(account(1), "m", &code, now), None);
        for odd in ["", "12345", "1234567", "abcdef", "１２３４５６"] {
            assert_eq!(step(odd, now), None, "{odd}");
        }
    }

    #[test]
    fn an_authenticator_is_given_a_link_it_understands() {
        let setup = factors().setup(account(1), "n", "олег@clinic");
        let label = "%D0%BE%D0%BB%D0%B5%D0%B3@clinic";
        assert_eq!(setup.secret.len(), 32);
        assert_eq!(
            setup.link,
            format!("otpauth://totp/Medchat:{label}?secret={}&issuer=Medchat", setup.secret)
        );
    }

    #[test]
    fn recovery_codes_differ_and_are_kept_as_digests_of_their_digits() {
        let codes = SecondFactors::recovery_codes(&sources());
        assert_eq!(codes.iter().collect::<HashSet<_>>().len(), RECOVERY_CODES);
        assert!(codes.iter().all(|code| code.len() == 11));
        let factors = factors();
        assert_eq!(factors.kept(account(1), "12345-67890"), factors.kept(account(1), "1234567890 "));
        assert_ne!(factors.kept(account(1), "12345-67890"), factors.kept(account(2), "12345-67890"));
        assert!(!factors.kept(account(1), "12345-67890").contains("12345"));
    }
}
