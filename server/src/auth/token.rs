//! Tokens. An access token is a JWT (HS256 with `kid`) that lives ten minutes; a refresh token is 32 random
//! bytes, or rather the keyed hash of the one before it: whoever repeats an exchange after a lost answer gets
//! the same child, and the database keeps hashes alone.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use domain::id::{AccountId, Id, SessionId};
use domain::moment::Moment;
use domain::source::Sources;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::auth::secrets::{Key, Secrets};

/// How long an access token lives, in seconds.
pub const ACCESS_SECONDS: i64 = 10 * 60;
/// How long a refresh token lives, in milliseconds: 30 days.
pub const REFRESH_MILLIS: i64 = 30 * 24 * 60 * 60 * 1000;
/// How far clocks may differ, in seconds.
const LEEWAY: i64 = 30;
/// No token of ours is longer.
const LONGEST: usize = 1024;
const AUDIENCE: &str = "medchat";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    sub: String,
    sid: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    iss: String,
    aud: String,
    jti: String,
}

/// Who an access token speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Access {
    /// The account.
    pub account: AccountId,
    /// The session.
    pub session: SessionId,
}

/// Why an access token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It was good, until it expired.
    #[error("the token has expired")]
    Expired,
    /// It is not one of ours.
    #[error("the token is no good")]
    Bad,
}

/// Makes and checks tokens.
pub struct Tokens {
    signing: (String, EncodingKey),
    verifying: Vec<(String, DecodingKey)>,
    refresh: [u8; 32],
    sources: Sources,
}

enum Sid {}
type TokenId = Id<Sid>;

impl Tokens {
    /// Tokens made with `secrets`; `None` when there is no signing key.
    pub fn new(secrets: &Secrets, sources: Sources) -> Option<Self> {
        let first = secrets.token.first()?;
        Some(Self {
            signing: (first.id.clone(), EncodingKey::from_secret(&first.bytes)),
            verifying: secrets.token.iter().map(verifying).collect(),
            refresh: secrets.refresh.bytes,
            sources,
        })
    }

    /// A fresh access token.
    pub fn access(&self, access: Access) -> Option<String> {
        self.access_for(access, ACCESS_SECONDS)
    }

    /// A fresh access token that lives so many seconds.
    pub fn access_for(&self, access: Access, seconds: i64) -> Option<String> {
        let now = self.sources.now().seconds();
        let token_id: TokenId = self.sources.id();
        let claims = Claims {
            sub: access.account.to_string(),
            sid: access.session.to_string(),
            iat: now,
            nbf: now,
            exp: now.saturating_add(seconds),
            iss: AUDIENCE.into(),
            aud: AUDIENCE.into(),
            jti: token_id.to_string(),
        };
        let header = Header { kid: Some(self.signing.0.clone()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, &claims, &self.signing.1).ok()
    }

    /// Who `token` speaks for. The clock is ours, not the library's: it is handed in.
    ///
    /// # Errors
    /// [`TokenError::Expired`] for one of ours whose time is over, [`TokenError::Bad`] for all others.
    pub fn check(&self, token: &str) -> Result<Access, TokenError> {
        let claims = self.claims(token).ok_or(TokenError::Bad)?;
        let now = self.sources.now().seconds();
        if claims.nbf > now.saturating_add(LEEWAY) || claims.iat > now.saturating_add(LEEWAY) {
            return Err(TokenError::Bad);
        }
        if claims.exp.saturating_add(LEEWAY) <= now {
            return Err(TokenError::Expired);
        }
        let account = claims.sub.parse().map_err(|_| TokenError::Bad)?;
        let session = claims.sid.parse().map_err(|_| TokenError::Bad)?;
        Ok(Access { account, session })
    }

    fn claims(&self, token: &str) -> Option<Claims> {
        if token.len() > LONGEST {
            return None;
        }
        let header = jsonwebtoken::decode_header(token).ok()?;
        let kid = header.kid?;
        let (_, key) = self.verifying.iter().find(|(id, _)| *id == kid)?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[AUDIENCE]);
        // `check` looks at both against the clock it was given.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        jsonwebtoken::decode::<Claims>(token, key, &validation).ok().map(|data| data.claims)
    }

    /// The first refresh token of a session.
    pub fn first_refresh(&self) -> String {
        BASE64.encode(self.sources.bytes::<32>())
    }

    /// The token that follows `parent`.
    pub fn next_refresh(&self, parent: &str) -> Option<String> {
        Some(BASE64.encode(self.keyed("next", parent)?))
    }

    /// What the database keeps of a refresh token.
    pub fn refresh_hash(&self, token: &str) -> Option<String> {
        Some(BASE64.encode(self.keyed("kept", token)?))
    }

    fn keyed(&self, purpose: &str, text: &str) -> Option<[u8; 32]> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.refresh).ok()?;
        mac.update(purpose.as_bytes());
        mac.update(b":");
        mac.update(text.as_bytes());
        Some(mac.finalize().into_bytes().into())
    }

    /// The first moment a refresh token issued now counts no longer.
    pub fn refresh_expiry(&self) -> Moment {
        self.sources.now().plus_millis(REFRESH_MILLIS)
    }
}

fn verifying(key: &Key) -> (String, DecodingKey) {
    (key.id.clone(), DecodingKey::from_secret(&key.bytes))
}
