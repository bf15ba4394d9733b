//! Server-sent events: the line of envelopes as `text/event-stream`, with a comment now and then so that nothing on
//! the way takes it for dead.

use super::feed::{Feed, Frame};
use crate::options::Limits;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use std::convert::Infallible;

/// Told to the browser: how long it waits before it comes back, in milliseconds, at least and at most.
const RETRY_MS: (u32, u32) = (1000, 5000);

/// The response that carries a line.
pub(crate) fn events(feed: Feed) -> Response {
    let first = Bytes::from(format!("retry: {}\n\n", retry_ms()));
    let body = stream::unfold((Some(first), Some(feed)), |(first, feed)| async move {
        let mut feed = feed?;
        if let Some(first) = first {
            return Some((Ok::<_, Infallible>(first), (None, Some(feed))));
        }
        let (piece, more) = match tokio::time::timeout(Limits::COMMENT, feed.next()).await {
            Err(_) if feed.has_expired() => (": the log-in is over\n\n".to_owned(), false),
            Err(_) => (": still here\n\n".to_owned(), true),
            Ok(frame) => write(frame),
        };
        Some((Ok(Bytes::from(piece)), (None, more.then_some(feed))))
    });
    let mut response = Response::new(Body::from_stream(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

/// A frame as lines, and whether more will come.
fn write(frame: Frame) -> (String, bool) {
    match frame {
        Frame::Text { text, cursor: Some(cursor), .. } => (format!("id: {cursor}\ndata: {text}\n\n"), true),
        Frame::Text { text, cursor: None, .. } => (format!("data: {text}\n\n"), true),
        Frame::Close(goodbye) => (format!(": {} {}\n\n", goodbye.code(), goodbye.reason()), false),
    }
}

/// Spread, so that listeners do not all come back in the same moment.
fn retry_ms() -> u32 {
    let (least, most) = RETRY_MS;
    least + getrandom::u32().unwrap_or_default() % (most - least)
}
