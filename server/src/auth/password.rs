//! Passwords, hashed with argon2id (19 MiB, t=2, p=1: the OWASP minimum of 2023, measured at about 20 ms).
//! At most two hashes run at once, so that a flood of sign-ins cannot take memory or cores from the chat.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};
use domain::source::Sources;
use tokio::sync::Semaphore;

/// How many hashes may run at once.
const AT_ONCE: usize = 2;
/// How many may wait for their turn: about three seconds' worth.
const WAITING: usize = 256;

/// Hashes and checks passwords.
pub struct Passwords {
    turns: Semaphore,
    waiting: AtomicUsize,
    sources: Sources,
    /// Checked when nobody has the login, so that the answer takes as long.
    nobody: Arc<str>,
}

/// Why a password was neither hashed nor checked.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too many wait already.
    #[error("too many sign-ins at once")]
    Busy,
    /// The hashing itself failed.
    #[error("a password could not be hashed: {0}")]
    Broken(String),
}

impl Passwords {
    /// A hasher whose salts come from `sources`.
    ///
    /// # Errors
    /// [`PasswordError::Broken`] when the hashing does not work at all.
    pub fn new(sources: Sources) -> Result<Self, PasswordError> {
        let nobody = hash("nobody has this password", &sources.bytes())?.into();
        Ok(Self { turns: Semaphore::new(AT_ONCE), waiting: AtomicUsize::new(0), sources, nobody })
    }

    /// The password as it is kept.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] when too many wait.
    pub async fn hash(&self, password: String) -> Result<String, PasswordError> {
        let salt = self.sources.bytes();
        self.in_turn(move || hash(&password, &salt)).await?
    }

    /// Whether `password` is the one kept as `kept`; with `None`, no, after the same time.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] when too many wait.
    pub async fn matches(&self, password: String, kept: Option<String>) -> Result<bool, PasswordError> {
        let nobody = self.nobody.clone();
        self.in_turn(move || {
            let against = kept.as_deref().unwrap_or(&nobody);
            let parsed = PasswordHash::new(against).map_err(broken)?;
            let matches = argon2()?.verify_password(password.as_bytes(), &parsed).is_ok();
            Ok(matches && kept.is_some())
        })
        .await?
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let _place = Place::take(&self.waiting)?;
        let _turn = self.turns.acquire().await.map_err(broken)?;
        tokio::task::spawn_blocking(work).await.map_err(broken)
    }
}

/// A place in the queue, given back on drop: a client that hangs up must not keep it.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize) -> Result<Self, PasswordError> {
        let place = Self(waiting);
        if waiting.fetch_add(1, Ordering::Relaxed) < WAITING { Ok(place) } else { Err(PasswordError::Busy) }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn argon2() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(broken)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str, salt: &[u8; 16]) -> Result<String, PasswordError> {
    let hashed = argon2()?.hash_password_with_salt(password.as_bytes(), salt).map_err(broken)?;
    Ok(hashed.to_string())
}

fn broken(error: impl std::fmt::Display) -> PasswordError {
    PasswordError::Broken(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::sources;

    #[tokio::test]
    async fn a_password_matches_itself_alone() {
        let passwords = Passwords::new(sources()).unwrap();
        let kept = passwords.hash("правильная лошадь".into()).await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(passwords.matches("правильная лошадь".into(), Some(kept.clone())).await.unwrap());
        assert!(!passwords.matches("другая лошадь".into(), Some(kept)).await.unwrap());
        assert!(!passwords.matches("nobody has this password".into(), None).await.unwrap());
    }
}
