//! Waiting for what is expected, with an end: a story that waits in vain says for what. It never waits for an amount
//! of time to pass.

use std::time::Duration;

/// How long a story waits for one thing on a machine that does much else.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// What `wait` gives, or a panic that names what did not come within `limit`.
///
/// # Panics
/// It did not come.
pub async fn within<T>(limit: Duration, what: &str, wait: impl Future<Output = T>) -> T {
    match tokio::time::timeout(limit, wait).await {
        Ok(got) => got,
        Err(_) => panic!("{what} did not come within {limit:?}"),
    }
}
