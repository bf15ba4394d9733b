//! The event stream as server-sent events over a plain request. It does not reconnect: a story says when and from where.

use super::{Api, Event};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

/// An open stream of server-sent events.
#[derive(Debug)]
pub struct Sse {
    body: Incoming,
    text: String,
}

impl Sse {
    /// Opens a stream; `last` is sent as `Last-Event-ID`.
    ///
    /// # Panics
    /// It is refused.
    pub async fn open(api: &Api, last: Option<&str>) -> Self {
        let mut request =
            Request::get(format!("{}/v1/events", api.base())).header("accept", "text/event-stream");
        if let Some(token) = api.bearer() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let request = request.body(Empty::<Bytes>::new()).expect("stories write valid requests");
        let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
        let response = client.request(request).await.expect("the server answers");
        assert_eq!(response.status().as_u16(), 200, "the stream is opened");
        let kind = response.headers()["content-type"].to_str().expect("a content type is text").to_owned();
        assert!(kind.starts_with("text/event-stream"), "{kind}");
        Self { body: response.into_body(), text: String::new() }
    }

    /// The next envelope; none at the end.
    ///
    /// # Panics
    /// What comes is no stream of envelopes.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                if let Some(event) = read(&block) {
                    return Some(event);
                }
            }
            let frame = self.body.frame().await?.ok()?;
            if let Some(bytes) = frame.data_ref() {
                self.text.push_str(std::str::from_utf8(bytes).expect("events are UTF-8"));
            }
        }
    }
}

/// An event; a comment is none. The `id` must be the cursor.
fn read(block: &str) -> Option<Event> {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::trim_start);
    let event = Event::read(field("data:")?);
    if event.id.is_some() {
        assert_eq!(
            field("id:"),
            event.cursor.as_deref(),
            "the id of a server-sent event is its cursor: {block}"
        );
    }
    Some(event)
}
