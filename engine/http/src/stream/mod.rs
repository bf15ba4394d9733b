//! The event stream: one envelope and one cursor over WebSocket, server-sent events and long-poll. It tells what
//! happened; it changes nothing but presence and typing notices.

mod board;
mod envelope;
mod feed;
mod poll;
mod sse;
mod tickets;
mod typing;
mod websocket;

pub(crate) use board::{Board, watch as watch_board};
pub(crate) use envelope::audit;
pub use envelope::envelope_of;
pub(crate) use feed::Feed;
pub(crate) use poll::{Polled, poll};
pub(crate) use sse::events;
pub(crate) use tickets::StreamTickets;
pub(crate) use typing::{Typing, tell as tell_typing};
pub(crate) use websocket::connect;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Notify;

/// Counts the WebSockets that are open, so that a stop can wait for their goodbyes.
#[derive(Default)]
pub(crate) struct Streams {
    open: AtomicUsize,
    ended: Notify,
}

impl Streams {
    /// Waits until no WebSocket is open.
    pub(crate) async fn none_left(&self) {
        loop {
            let ended = self.ended.notified();
            if self.open.load(Ordering::SeqCst) == 0 {
                return;
            }
            ended.await;
        }
    }
}

/// One open WebSocket.
struct OpenStream(Arc<crate::app::App>);

impl OpenStream {
    fn new(app: &Arc<crate::app::App>) -> Self {
        app.streams.open.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(app))
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.0.streams.open.fetch_sub(1, Ordering::SeqCst);
        self.0.streams.ended.notify_waiters();
    }
}
