//! Passwords: argon2id, away from the async workers, a few at a time. An unknown login takes as long as a known one.

use crate::problem::Problem;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use std::sync::{Arc, OnceLock};
use tokio::sync::Semaphore;

/// Passwords that are hashed at a time: each takes 19 MiB and a core for tens of milliseconds.
const AT_A_TIME: usize = 2;
/// Log-ins that may wait for their turn.
const WAITING: usize = 256;
/// Longest password, in bytes: more would be work for nothing.
const LENGTH_LIMIT: usize = 1024;

/// A hash of a password in PHC form, argon2id.
///
/// Takes tens of milliseconds and 19 MiB: not for async workers.
///
/// # Panics
/// When the system has no random bytes.
#[must_use]
pub fn hash_password(password: &str) -> String {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.expect("the defaults of argon2 take any password").to_string()
}

fn fits(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// A hash that no password fits, for logins that are not there.
fn nobody() -> &'static str {
    static NOBODY: OnceLock<String> = OnceLock::new();
    NOBODY.get_or_init(|| hash_password(&super::machine_token()))
}

/// Checks and makes hashes, a few at a time.
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
    line: Semaphore,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_A_TIME)), line: Semaphore::new(WAITING) }
    }
}

impl Passwords {
    /// Whether a password fits a hash; without a hash it does the same work and says no.
    pub(crate) async fn check(&self, password: String, hash: Option<String>) -> Result<bool, Problem> {
        if password.len() > LENGTH_LIMIT {
            return Ok(false);
        }
        self.work(move || match hash {
            Some(hash) => fits(&password, &hash),
            None => {
                // The work counts, not what comes of it.
                let _ = fits(&password, nobody());
                false
            }
        })
        .await
    }

    /// A hash for a new password.
    pub(crate) async fn make(&self, password: String) -> Result<String, Problem> {
        if password.is_empty() || password.len() > LENGTH_LIMIT {
            let detail = format!("a password has 1 to {LENGTH_LIMIT} bytes");
            return Err(Problem::invalid("bad_password", detail).at("/password"));
        }
        self.work(move || hash_password(&password)).await
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let busy = || Problem::busy("too many log-ins at once: try again");
        let _place = self.line.try_acquire().map_err(|_| busy())?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| busy())?;
        let worked = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        worked.await.map_err(|_| Problem::internal())
    }
}

#[cfg(test)]
mod tests {
    use super::{Passwords, hash_password};

    #[tokio::test]
    async fn a_password_fits_its_own_hash_alone() {
        let hash = hash_password("correct horse");
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        let passwords = Passwords::default();
        let check = async |password: &str, hash: Option<&String>| {
            passwords.check(password.into(), hash.cloned()).await.expect("there is room")
        };
        assert!(check("correct horse", Some(&hash)).await);
        assert!(!check("correct horsE", Some(&hash)).await);
        assert!(!check("correct horse", None).await);
        assert!(!check("x", Some(&"not a hash".to_owned())).await);
        assert!(!check(&"x".repeat(2000), Some(&hash)).await);
        assert_ne!(hash, hash_password("correct horse"), "salted");
    }
}
