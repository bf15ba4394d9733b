//! Requests of simulated people: HTTP/1.1 by hand, a connection each. It is no client for anything else: it believes
//! what our own server says.

use serde_json::Value;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Longest that an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Somebody who sends requests.
#[derive(Debug, Clone)]
pub(super) struct Wire {
    address: SocketAddr,
    token: String,
}

impl Wire {
    /// A stranger.
    pub(super) fn new(address: SocketAddr) -> Self {
        Self { address, token: String::new() }
    }

    /// The same with a token.
    pub(super) fn with_token(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// Sends a request; the answer's body, when the status is a good one.
    ///
    /// # Errors
    /// The connection broke, or the status was not a good one.
    pub(super) async fn send(&self, method: &str, path: &str, body: &Value) -> io::Result<Value> {
        let sent = tokio::time::timeout(PATIENCE, self.exchange(method, path, body));
        let answer = sent.await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.split(' ').nth(1).unwrap_or_default();
        if !status.starts_with('2') {
            return Err(io::Error::other(format!("{method} {path}: {status}")));
        }
        Ok(serde_json::from_str(body).unwrap_or_default())
    }

    /// Looks at something.
    ///
    /// # Errors
    /// As [`Wire::send`].
    pub(super) async fn get(&self, path: &str) -> io::Result<Value> {
        self.send("GET", path, &Value::Null).await
    }

    async fn exchange(&self, method: &str, path: &str, body: &Value) -> io::Result<String> {
        let Self { address, token } = self;
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let bearer =
            if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n{bearer}\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        String::from_utf8(answer).map_err(io::Error::other)
    }
}
