//! The event stream over WebSocket, for as long as it takes: a broken one is opened again from the last cursor. What
//! comes is handed on as it comes; nothing is sorted out or put in order here.

use super::{ATTEMPT, Api, Event, INSISTENCE, NoAnswer, REST, soon};
use futures_util::{SinkExt as _, StreamExt as _};
use hyper::Method;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// An open WebSocket.
pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Opens a WebSocket, or tells the status that it was refused with (0 when nobody answered).
///
/// # Errors
/// The status.
///
/// # Panics
/// The path or a header cannot be sent.
pub async fn handshake(base: &str, path: &str, headers: &[(&str, &str)]) -> Result<Socket, u16> {
    let address = format!("{}{path}", base.replacen("http", "ws", 1));
    let mut request: Request = address.into_client_request().expect("stories write valid addresses");
    for (name, value) in headers {
        let name: HeaderName = name.parse().expect("stories write valid names");
        request.headers_mut().insert(name, HeaderValue::from_str(value).expect("stories write valid values"));
    }
    match connect_async(request).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(_) => Err(0),
    }
}

/// How a stream was closed by the server; 1006 is a connection that broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed(pub u16);

/// A stream that comes back by itself.
#[derive(Debug)]
pub struct Stream {
    api: Api,
    cursor: Option<String>,
    socket: Option<Socket>,
    /// How each connection before the present one ended.
    pub closed: Vec<Closed>,
}

impl Stream {
    /// A stream from just after a cursor, or from now on.
    pub async fn open(api: &Api, after: Option<String>) -> Self {
        let mut stream = Self { api: api.clone(), cursor: after, socket: None, closed: Vec::new() };
        stream.connect().await;
        stream
    }

    /// After which event it would go on.
    #[must_use]
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    async fn connect(&mut self) {
        let until = Instant::now() + INSISTENCE;
        loop {
            match self.try_connect().await {
                Ok(socket) => return self.socket = Some(socket),
                Err(why) => assert!(Instant::now() < until, "no stream within {INSISTENCE:?}: {why}"),
            }
            tokio::time::sleep(REST).await;
        }
    }

    async fn try_connect(&self) -> Result<Socket, String> {
        let path = "/v1/stream/tickets";
        let answer = soon(self.api.try_send(Method::POST, path, None)).await.map_err(|NoAnswer(why)| why)?;
        if answer.status != 201 {
            return Err(answer.to_string());
        }
        let pass = answer.json()["ticket"].as_str().expect("the answer has a ticket").to_owned();
        let after = self.cursor.as_ref().map(|cursor| format!("&after={cursor}")).unwrap_or_default();
        let path = format!("/v1/stream?ticket={pass}{after}");
        tokio::time::timeout(ATTEMPT, handshake(self.api.base(), &path, &[]))
            .await
            .map_err(|_| format!("no handshake within {ATTEMPT:?}"))?
            .map_err(|status| format!("a handshake was answered {status}"))
    }

    /// The next envelope of whatever kind. It waits for ever, and over restarts of the server.
    pub async fn next(&mut self) -> Event {
        loop {
            if self.socket.is_none() {
                self.connect().await;
            }
            if let Some(event) = self.hear().await {
                return event;
            }
        }
    }

    /// The next envelope of this connection; none when it has ended or said something that is no envelope.
    async fn hear(&mut self) -> Option<Event> {
        let closed = match self.socket.as_mut()?.next().await {
            Some(Ok(Message::Text(text))) => {
                let event = Event::read(&text);
                self.remember(&event);
                return Some(event);
            }
            Some(Ok(Message::Close(frame))) => frame.map_or(1005, |frame| frame.code.into()),
            Some(Ok(_)) => return None,
            Some(Err(_)) | None => 1006,
        };
        self.socket = None;
        self.closed.push(Closed(closed));
        None
    }

    fn remember(&mut self, event: &Event) {
        let begins = event.kind == "stream.hello" && self.cursor.is_none();
        let again = event.kind == "stream.reset_required";
        if event.id.is_some() || begins || again {
            self.cursor.clone_from(&event.cursor);
        }
    }

    /// Waits for an event, letting others pass.
    ///
    /// # Panics
    /// It did not come in time.
    pub async fn until(&mut self, limit: Duration, what: &str, is: impl Fn(&Event) -> bool) -> Event {
        let wait = async {
            loop {
                let event = self.next().await;
                if is(&event) {
                    return event;
                }
            }
        };
        crate::within(limit, what, wait).await
    }

    /// Waits for an event of a chat, letting others pass.
    ///
    /// # Panics
    /// It did not come in time.
    pub async fn of_chat(&mut self, kind: &str, chat: &str) -> Event {
        self.until(crate::PATIENCE, &format!("{kind} of {chat}"), |event| event.is(kind, chat)).await
    }

    /// Waits until this connection is closed, and tells how.
    ///
    /// # Panics
    /// It was not closed in time.
    pub async fn closes(&mut self, limit: Duration) -> Closed {
        let wait = async {
            while self.socket.is_some() {
                self.hear().await;
            }
        };
        crate::within(limit, "the end of a stream", wait).await;
        *self.closed.last().expect("it was open before")
    }

    /// Sends a frame, whatever it says.
    ///
    /// # Panics
    /// The stream is not open.
    pub async fn say(&mut self, frame: &serde_json::Value) {
        let socket = self.socket.as_mut().expect("the stream is open");
        socket.send(Message::text(frame.to_string())).await.expect("the stream is open");
    }

    /// Drops the connection as a dead network does: without a goodbye.
    pub fn cut(&mut self) {
        if self.socket.take().is_some() {
            self.closed.push(Closed(1006));
        }
    }
}
