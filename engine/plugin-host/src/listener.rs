//! Who hears what a plugin says: its answers, its log lines, and what its own functions come to. One listens in the
//! engine's process, and one in a child, which passes it on.

use crate::failure::Failure;

/// See the module. None of it waits for the plugin, and none of it calls back into it.
pub(crate) trait Listener: Send + Sync {
    /// Whether somebody waits for this answer.
    fn is_open(&self, id: u64) -> bool;

    /// An answer, as the plugin gave it.
    fn complete(&self, id: u64, status: u32, content_type: &[u8], bytes: &[u8]);

    /// The host answers in the plugin's place: it was not asked.
    fn keep_back(&self, id: u64, why: &str);

    /// There will be no answer to anything that is open.
    fn fail_all(&self, why: &Failure);

    /// Nobody is inside this operation's `call` any more, or ever was.
    fn left(&self, id: u64);

    /// A line for the log.
    fn log(&self, level: u32, text: &[u8]);

    /// How the plugin says it is.
    fn diagnose(&self, ailment: Option<String>);
}
