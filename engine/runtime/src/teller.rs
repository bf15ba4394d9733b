//! Tells what is durable, in order, while the committer already writes what comes next. It runs among those who wait,
//! so that waking them costs little.

use crate::feed::Feed;
use crate::group::Tidings;
use tokio::sync::mpsc;

/// Groups that are durable and not told yet, at most; then the committer waits.
const LINE: usize = 16;

/// Where the committer hands over what may be told. Dropping it ends the feed, once everything is told.
pub(crate) struct Teller(mpsc::Sender<Tidings>);

impl Teller {
    /// Starts telling in this runtime.
    pub(crate) fn start(runtime: &tokio::runtime::Handle, feed: Feed) -> Self {
        let (sender, mut line) = mpsc::channel::<Tidings>(LINE);
        runtime.spawn(async move {
            while let Some(tidings) = line.recv().await {
                tidings.tell(&feed);
            }
            feed.stop();
        });
        Self(sender)
    }

    /// Lets something durable be told. May block, never in the runtime's own threads.
    pub(crate) fn tell(&self, tidings: Tidings) {
        // A runtime that is gone took with it whoever could be told.
        let _ = self.0.blocking_send(tidings);
    }
}
