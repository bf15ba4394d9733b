//! The WebSocket: the line of envelopes to the client, and pings, typing notices and acknowledgements from it. Writes
//! go over HTTP; nothing here sends a command.

use super::OpenStream;
use super::feed::{Feed, Frame};
use super::typing;
use crate::app::App;
use crate::ask::Ask;
use crate::auth::{Caller, is_same_origin};
use crate::options::{Limits, seconds};
use crate::problem::Problem;
use crate::route::Outcome;
use axum::extract::FromRequestParts;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use hark_core::ChatId;
use hark_runtime::Cursor;
use serde::Deserialize;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// tungstenite's own default costs 135 KiB for each idle stream; this costs 6.6.
const READ_BUFFER: usize = 4096;
/// Bytes that are gathered before they are written: none, an envelope goes out at once.
const WRITE_BUFFER: usize = 0;
/// Bytes that may wait for a reader that does not read.
const WRITE_BUFFER_LIMIT: usize = 1024 * 1024;
/// Pings without an answer after which a stream is dead.
const MISSED_PINGS: u32 = 2;
/// Frames a second that a client may send, on average over [`FLOOD_WINDOW`].
const FLOOD_RATE: u32 = 50;
const FLOOD_WINDOW: Duration = Duration::from_secs(10);
/// How long a close waits for the other side's.
const CLOSE_WAIT: Duration = Duration::from_secs(1);

/// A client broke the protocol.
const BAD_FRAME: (u16, &str) = (1008, "bad_frame");
/// A frame was larger than [`Limits::FRAME_BYTES`].
const TOO_LARGE: (u16, &str) = (1009, "too_large");
/// The log-in has ended.
const REVOKED: (u16, &str) = (4003, "revoked");
/// A frame of another version of the protocol.
const VERSION: (u16, &str) = (4010, "version");

/// A frame of the client.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum FromClient {
    Ping,
    Ack,
    Typing {
        chat_id: ChatId,
        on: bool,
    },
    #[serde(other)]
    Unknown,
}

/// Answers a WebSocket handshake.
pub(crate) async fn connect(mut ask: Ask, caller: Caller, after: Option<Cursor>) -> Outcome {
    if is_same_origin(&ask.parts.headers, &ask.parts.uri) == Some(false) {
        return Err(Problem::new(StatusCode::FORBIDDEN, "bad_origin", "streams are for our own pages"));
    }
    let upgrade = WebSocketUpgrade::from_request_parts(&mut ask.parts, &()).await;
    let upgrade = upgrade.map_err(|_| {
        let detail = "this is a WebSocket; for a plain request there is /v1/events";
        Problem::new(StatusCode::UPGRADE_REQUIRED, "websocket_expected", detail)
    })?;
    let feed = Feed::open(&ask.app, caller, after).await?;
    let open = OpenStream::new(&ask.app);
    let app = Arc::clone(&ask.app);
    let response = upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(WRITE_BUFFER_LIMIT)
        .max_message_size(Limits::FRAME_BYTES)
        .max_frame_size(Limits::FRAME_BYTES)
        .on_upgrade(move |socket| async move {
            let _open = open;
            run(app, socket, feed).await;
        });
    Ok(response)
}

/// How a stream ended.
enum End {
    /// The connection is gone.
    Gone,
    /// We end it.
    Close(u16, &'static str),
}

async fn run(app: Arc<App>, mut socket: WebSocket, mut feed: Feed) {
    if let End::Close(code, reason) = converse(&app, &mut socket, &mut feed).await {
        say_goodbye(&mut socket, code, reason).await;
    }
}

async fn converse(app: &App, socket: &mut WebSocket, feed: &mut Feed) -> End {
    let mut ping = tokio::time::interval(Limits::PING);
    // The first tick of an interval is at once; the hello is sign of life enough.
    ping.tick().await;
    let mut missed = 0;
    let mut flood = Flood::default();
    loop {
        let outcome = tokio::select! {
            message = socket.recv() => {
                missed = 0;
                hear(app, socket, feed, &mut flood, message).await
            }
            frame = feed.next() => match frame {
                Frame::Text { text, .. } => send(app, socket, Message::Text(text.into())).await,
                Frame::Close(goodbye) => Err(End::Close(goodbye.code(), goodbye.reason())),
            },
            _ = ping.tick() => {
                missed += 1;
                if missed > MISSED_PINGS {
                    Err(End::Gone)
                } else if feed.has_expired() {
                    Err(End::Close(REVOKED.0, REVOKED.1))
                } else {
                    send(app, socket, Message::Ping(bytes::Bytes::new())).await
                }
            }
        };
        if let Err(end) = outcome {
            return end;
        }
    }
}

/// Sends, or gives up on a reader that does not read.
async fn send(app: &App, socket: &mut WebSocket, message: Message) -> Result<(), End> {
    match tokio::time::timeout(seconds(app.limits.write_s), socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(End::Gone),
    }
}

async fn hear(
    app: &App,
    socket: &mut WebSocket,
    feed: &Feed,
    flood: &mut Flood,
    message: Option<Result<Message, axum::Error>>,
) -> Result<(), End> {
    if flood.is_one(Instant::now()) {
        return Err(End::Close(BAD_FRAME.0, "flood"));
    }
    match message {
        None | Some(Ok(Message::Close(_))) => Err(End::Gone),
        // The only fault a client learns of is the size; after a broken frame nothing can be said.
        Some(Err(_)) => Err(End::Close(TOO_LARGE.0, TOO_LARGE.1)),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
        Some(Ok(Message::Binary(_))) => Err(End::Close(BAD_FRAME.0, BAD_FRAME.1)),
        Some(Ok(Message::Text(text))) => obey(app, socket, feed, &text).await,
    }
}

async fn obey(app: &App, socket: &mut WebSocket, feed: &Feed, text: &str) -> Result<(), End> {
    match serde_json::from_str(text) {
        Ok(FromClient::Ping) => {
            let pong =
                format!("{{\"v\":1,\"type\":\"stream.pong\",\"ts\":\"{}\",\"data\":{{}}}}", app.handle.now());
            send(app, socket, Message::Text(pong.into())).await
        }
        Ok(FromClient::Ack) => Ok(()),
        Ok(FromClient::Typing { chat_id, on }) => {
            // A notice that comes too late for its chat is no fault of the client.
            let _ = typing::tell(app, feed.caller(), chat_id, on).await;
            Ok(())
        }
        Ok(FromClient::Unknown) => Err(End::Close(VERSION.0, VERSION.1)),
        Err(_) => Err(End::Close(BAD_FRAME.0, BAD_FRAME.1)),
    }
}

/// Closes, and lets the other side close too, for a moment.
async fn say_goodbye(socket: &mut WebSocket, code: u16, reason: &'static str) {
    let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
    let farewell = async {
        if socket.send(close).await.is_ok() {
            while let Some(Ok(message)) = socket.recv().await {
                if matches!(message, Message::Close(_)) {
                    break;
                }
            }
        }
    };
    // Whoever does not answer a goodbye is gone.
    let _ = tokio::time::timeout(CLOSE_WAIT, farewell).await;
}

/// Counts what a client sends.
#[derive(Default)]
struct Flood {
    since: Option<Instant>,
    frames: u32,
}

impl Flood {
    fn is_one(&mut self, now: Instant) -> bool {
        let since = *self.since.get_or_insert(now);
        if now.saturating_duration_since(since) > FLOOD_WINDOW {
            (self.since, self.frames) = (Some(now), 0);
        }
        self.frames += 1;
        let most = u64::from(FLOOD_RATE) * FLOOD_WINDOW.as_secs();
        u64::from(self.frames) > most
    }
}
