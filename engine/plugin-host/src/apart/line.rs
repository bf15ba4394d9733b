//! The host's end of a child's line: hands operations over without ever waiting, and knows which seats the child still
//! holds. It reads nothing; [`super::watch`] does.

use crate::failure::Failure;
use crate::frames::{Broken, ToChild, ToHost};
use crate::ledger::Ledger;
use crate::limits;
use crate::listener::Listener as _;
use crate::transport::{Order, Seat};
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::UnixStream;
use tokio::sync::Notify;

/// What is still to be written.
#[derive(Default)]
struct Out {
    backlog: Vec<u8>,
    /// Why nothing is written any more.
    closed: Option<String>,
}

/// A seat that the child holds.
struct Held {
    _seat: Option<Seat>,
    /// Nobody waits for it any more, and the plugin is still inside.
    cancelled: bool,
}

/// See the module.
pub(super) struct Line {
    ledger: Arc<Ledger>,
    pub(super) stream: UnixStream,
    /// Something waits to be written.
    pub(super) more: Notify,
    out: Mutex<Out>,
    held: Mutex<HashMap<u64, Held>>,
}

impl Line {
    pub(super) fn new(ledger: Arc<Ledger>, stream: UnixStream) -> Self {
        Self { ledger, stream, more: Notify::new(), out: Mutex::default(), held: Mutex::default() }
    }

    pub(super) fn plugin(&self) -> &str {
        &self.ledger.plugin
    }

    fn out(&self) -> MutexGuard<'_, Out> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn held(&self) -> MutexGuard<'_, HashMap<u64, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands an operation over, or answers it.
    pub(super) fn call(&self, order: Order) {
        let Order { id, operation, request, until, seat } = order;
        let left = until.saturating_duration_since(Instant::now()).as_millis();
        let deadline_ms = u32::try_from(left).unwrap_or(u32::MAX).max(1);
        let frame = ToChild::Call { id, deadline_ms, operation: &operation, request: &request }.encode();
        self.held().insert(id, Held { _seat: seat, cancelled: false });
        if let Err(why) = self.write(&frame) {
            self.held().remove(&id);
            self.ledger.keep_back(id, &format!("{} {why}", self.plugin()));
        }
    }

    /// Tells the child; its seat is held until the child says that the plugin is not inside any more.
    pub(super) fn cancel(&self, id: u64) {
        if let Some(held) = self.held().get_mut(&id) {
            held.cancelled = true;
        }
        // A child that does not hear it is on its way out.
        let _ = self.write(&ToChild::Cancel { id }.encode());
    }

    pub(super) fn ping(&self) {
        let _ = self.write(&ToChild::Ping.encode());
    }

    pub(super) fn end(&self, within: Duration) {
        let within_ms = u32::try_from(within.as_millis()).unwrap_or(u32::MAX);
        let _ = self.write(&ToChild::End { within_ms }.encode());
    }

    /// Writes what goes through at once, and leaves the rest to the watch.
    fn write(&self, frame: &[u8]) -> Result<(), String> {
        let mut out = self.out();
        if let Some(why) = &out.closed {
            return Err(why.clone());
        }
        if out.backlog.len() + frame.len() > limits::BACKLOG_BYTES {
            return Err("does not read what it is asked".to_owned());
        }
        let written = if out.backlog.is_empty() { self.stream.try_write(frame).unwrap_or(0) } else { 0 };
        if written < frame.len() {
            // An error is seen by the watch, which tries again.
            out.backlog.extend_from_slice(&frame[written..]);
            self.more.notify_one();
        }
        Ok(())
    }

    /// Writes more of what waits. False: the child does not take more now.
    pub(super) fn flush(&self) -> io::Result<bool> {
        let mut out = self.out();
        while !out.backlog.is_empty() {
            match self.stream.try_write(&out.backlog) {
                Ok(written) => drop(out.backlog.drain(..written)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        out.backlog = Vec::new();
        Ok(true)
    }

    /// Nothing goes over it any more; everything that is open is answered.
    pub(super) fn close(&self, why: &str) {
        self.out().closed.get_or_insert_with(|| why.to_owned());
        self.ledger.fail_all(&Failure::kept_back(format!("{} {why}", self.plugin())));
        self.held().clear();
    }

    /// Hears the child. True: the plugin has let go of something.
    pub(super) fn hear(&self, word: &ToHost<'_>) -> Result<bool, Broken> {
        match *word {
            ToHost::Answer { id, status, content_type, bytes } => {
                self.ledger.complete(id, status, content_type, bytes);
                Ok(self.let_go(id))
            }
            ToHost::TooLarge { id, bytes } => {
                self.ledger.too_large(id, bytes);
                Ok(self.let_go(id))
            }
            ToHost::KeptBack { id, why } => {
                self.ledger.keep_back(id, why);
                Ok(self.let_go(id))
            }
            ToHost::Free { id } => Ok(self.held().remove(&id).is_some()),
            ToHost::Log { level, text } => {
                self.ledger.log(level, text);
                Ok(false)
            }
            ToHost::Health { ailment } => {
                self.ledger.diagnose((!ailment.is_empty()).then(|| ailment.to_owned()));
                Ok(false)
            }
            ToHost::Pong => Ok(false),
            ToHost::Opened { .. }
            | ToHost::NotOpened { .. }
            | ToHost::Created
            | ToHost::NotCreated { .. } => Err(Broken),
        }
    }

    /// An answered operation frees its seat, unless the child was told to say when the plugin is out of it.
    fn let_go(&self, id: u64) -> bool {
        let mut held = self.held();
        let free = held.get(&id).is_some_and(|held| !held.cancelled);
        if free {
            held.remove(&id);
        }
        free
    }

    /// How many seats are taken by what nobody waits for any more.
    pub(super) fn stuck(&self) -> usize {
        self.held().values().filter(|held| held.cancelled).count()
    }
}
