//! Long-poll: the line of envelopes, a handful at a time, for networks where nothing else passes.

use super::feed::{Feed, Frame, Goodbye};
use crate::problem::Problem;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::value::RawValue;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Most envelopes of one answer.
const MOST: usize = 500;
/// How long reading the backlog may take, whatever the wait.
const BACKLOG: Duration = Duration::from_secs(10);
/// How long an answer that has something waits for more of the same moment.
const LINGER: Duration = Duration::from_millis(20);

/// What a poll is answered with.
#[derive(Serialize, schemars::JsonSchema)]
pub(crate) struct Polled {
    /// Envelopes, in order.
    #[schemars(with = "Vec<serde_json::Value>")]
    events: Vec<Box<RawValue>>,
    /// What `after` must be next.
    cursor: String,
}

/// Waits until there is something, at most for `wait`.
pub(crate) async fn poll(mut feed: Feed, wait: Duration) -> Result<Polled, Problem> {
    let began = Instant::now();
    let mut until = began + wait;
    let (mut events, mut last, mut caught_up) = (Vec::new(), None, false);
    while events.len() < MOST {
        // The backlog is there already: reading it is no waiting for events.
        let deadline = if caught_up { until } else { until.max(began + BACKLOG) };
        let Ok(frame) = timeout_at(deadline, feed.next()).await else { break };
        match frame {
            Frame::Text { kind: "stream.hello" | "stream.reset_required", .. } => {}
            Frame::Text { kind: "stream.caught_up", .. } => {
                caught_up = true;
                if !events.is_empty() {
                    break;
                }
            }
            Frame::Text { text, cursor, .. } => {
                events.push(RawValue::from_string(text).expect("an envelope is JSON"));
                last = cursor.or(last);
                if caught_up {
                    until = until.min(Instant::now() + LINGER);
                }
            }
            Frame::Close(Goodbye::Reset) => return Err(reset()),
            Frame::Close(Goodbye::Revoked) => return Err(Problem::unauthorized()),
            Frame::Close(_) => break,
        }
    }
    let reached = if caught_up { last.max(Some(feed.began)) } else { last };
    Ok(Polled { events, cursor: reached.unwrap_or(feed.from).to_string() })
}

fn reset() -> Problem {
    let detail = "the cursor is older than what is kept: begin again from a snapshot";
    Problem::new(StatusCode::GONE, "reset_required", detail)
}
