//! What every plugin is: a manifest, a way to be made, and a state of health. Dropping it is `destroy`.

use crate::{Failure, Host, Json, Manifest};
use std::time::Duration;

/// How an instance is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// It can do its work.
    Well,
    /// It cannot do its work now, and why.
    Unavailable(String),
    /// It will not be able to do its work again, and why.
    Broken(String),
}

/// A plugin. Its methods may run on several threads at once, unless the manifest says `serialized`.
pub trait Plugin: Send + Sync + Sized + 'static {
    /// What the plugin is; asked once.
    fn manifest() -> Manifest;

    /// Makes an instance from its configuration, a JSON object (`{}` when there is none).
    ///
    /// # Errors
    /// With a message for the admin: [`Failure::Invalid`] when the configuration is wrong (a plain text becomes
    /// that), [`Failure::Unavailable`] when it may be right later.
    fn create(config: Json, host: Host) -> Result<Self, Failure>;

    /// How the instance is, from what it knows; asked every few seconds, and should not do new work.
    fn health(&self) -> Health {
        Health::Well
    }

    /// Told before the end: no call comes after it. The SDK then waits for open calls, for what is left of `within`.
    fn drain(&self, within: Duration) {
        let _ = within;
    }
}
