//! The event stream by long-poll. It asks only when it is told to.

use super::{Api, Event};

/// A line of polls.
#[derive(Debug)]
pub struct Poll {
    api: Api,
    cursor: String,
}

impl Poll {
    /// From just after a cursor.
    #[must_use]
    pub fn new(api: &Api, after: &str) -> Self {
        Self { api: api.clone(), cursor: after.to_owned() }
    }

    /// What has happened since; waits for it, at most so many seconds.
    ///
    /// # Panics
    /// The answer is no list of envelopes.
    pub async fn ask(&mut self, wait_s: u32) -> Vec<Event> {
        let path = format!("/v1/events/poll?after={}&wait={wait_s}", self.cursor);
        let said = self.api.get(&path).await.is(200);
        said["cursor"].as_str().expect("a poll says where to go on").clone_into(&mut self.cursor);
        let events = said["events"].as_array().expect("a poll has events");
        events.iter().map(|event| Event::read(&event.to_string())).collect()
    }
}
