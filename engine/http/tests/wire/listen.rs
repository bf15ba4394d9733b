//! A listener on the event stream over a real WebSocket.

use crate::support::{Client, text};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// Long enough for a busy machine; nothing waits for it when all is well.
const PATIENCE: Duration = Duration::from_secs(20);

/// A listener.
pub(crate) struct Listener {
    socket: WebSocketStream<TcpStream>,
}

/// What a stream said at its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Closed(pub(crate) u16, pub(crate) String);

impl Listener {
    /// Tries a handshake; the status when it is refused.
    pub(crate) async fn try_open(client: &Client, path: &str, headers: &[(&str, &str)]) -> Result<Self, u16> {
        let mut request = format!("ws://{}{path}", client.address).into_client_request().expect("an address");
        for (name, value) in headers {
            let name: tokio_tungstenite::tungstenite::http::HeaderName = name.parse().expect("a name");
            request.headers_mut().insert(name, value.parse().expect("a value"));
        }
        let stream = TcpStream::connect(client.address).await.expect("it listens");
        match client_async(request, stream).await {
            Ok((socket, _)) => Ok(Self { socket }),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Opens a stream with a ticket, and hears the hello.
    pub(crate) async fn open(client: &Client, after: Option<&str>) -> Self {
        let ticket = text(&client.post("/v1/stream/tickets", &json!({})).await.json()["ticket"]);
        let after = after.map(|after| format!("&after={after}")).unwrap_or_default();
        let path = format!("/v1/stream?ticket={ticket}{after}");
        let mut listener = Self::try_open(client, &path, &[]).await.expect("the ticket is good");
        assert_eq!(listener.next().await.expect("a hello")["type"], "stream.hello");
        listener
    }

    pub(crate) async fn send(&mut self, frame: Message) {
        self.socket.send(frame).await.expect("it is open");
    }

    /// The next envelope, or how the stream ended.
    pub(crate) async fn next(&mut self) -> Result<Value, Closed> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("something comes");
            match message {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Close(Some(close)))) => {
                    return Err(Closed(close.code.into(), close.reason.to_string()));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The next envelope of a type; those before it are passed over.
    pub(crate) async fn hear(&mut self, kind: &str) -> Value {
        loop {
            let envelope = self.next().await.unwrap_or_else(|closed| panic!("{closed:?} before {kind}"));
            if envelope["type"] == kind {
                return envelope;
            }
        }
    }

    /// Listens until the end.
    pub(crate) async fn end(&mut self) -> Closed {
        loop {
            if let Err(closed) = self.next().await {
                return closed;
            }
        }
    }
}
