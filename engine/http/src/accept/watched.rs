//! A socket whose progress is watched: how long it has been silent, in the middle of a header, idle, or stuck in a
//! write. It times out nothing itself; who serves it asks whether it is overdue.

use super::caps::Place;
use crate::options::{Limits, seconds};
use axum::http::Version;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// What the connection is at.
#[derive(Debug, Clone, Copy)]
enum Phase {
    /// Between the moment it was accepted, or the first byte of a later request, and the end of the header.
    Header(Instant),
    /// A request is being answered.
    Busy,
    /// Between requests.
    Idle(Instant),
}

struct Progress {
    phase: Phase,
    in_flight: u32,
    /// Bytes of HTTP/2 between requests are no header's.
    http2: bool,
    stuck_since: Option<Instant>,
}

/// What is known about a connection's progress.
pub(super) struct Watch {
    header: Duration,
    idle: Duration,
    write: Duration,
    progress: Mutex<Progress>,
}

impl Watch {
    pub(super) fn new(limits: &Limits) -> Self {
        let phase = Phase::Header(Instant::now());
        Self {
            header: seconds(limits.header_s),
            idle: seconds(limits.idle_s),
            write: seconds(limits.write_s),
            progress: Mutex::new(Progress { phase, in_flight: 0, http2: false, stuck_since: None }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next moment at which it is overdue unless something happens.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let progress = self.lock();
        let phase = match progress.phase {
            Phase::Header(since) => Some(since + self.header),
            Phase::Idle(since) => Some(since + self.idle),
            Phase::Busy => None,
        };
        let write = progress.stuck_since.map(|since| since + self.write);
        phase.into_iter().chain(write).min()
    }

    pub(super) fn is_overdue(&self, now: Instant) -> bool {
        self.deadline().is_some_and(|deadline| deadline <= now)
    }

    fn has_read(&self, now: Instant) {
        let mut progress = self.lock();
        if matches!(progress.phase, Phase::Idle(_)) && !progress.http2 {
            progress.phase = Phase::Header(now);
        }
    }

    fn has_written(&self, stuck: bool, now: Instant) {
        let mut progress = self.lock();
        if stuck {
            progress.stuck_since.get_or_insert(now);
        } else {
            progress.stuck_since = None;
        }
    }
}

/// One request in flight, for as long as it lives.
pub(super) struct InFlight(Arc<Watch>);

impl InFlight {
    pub(super) fn new(watch: &Arc<Watch>, version: Version) -> Self {
        let mut progress = watch.lock();
        progress.in_flight += 1;
        progress.phase = Phase::Busy;
        progress.http2 |= version == Version::HTTP_2;
        drop(progress);
        Self(Arc::clone(watch))
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut progress = self.0.lock();
        progress.in_flight -= 1;
        if progress.in_flight == 0 {
            progress.phase = Phase::Idle(Instant::now());
        }
    }
}

/// A socket, watched, with its place under the caps.
pub(super) struct Watched {
    stream: TcpStream,
    watch: Arc<Watch>,
    _place: Place,
}

impl Watched {
    pub(super) fn new(stream: TcpStream, watch: Arc<Watch>, place: Place) -> Self {
        Self { stream, watch, _place: place }
    }

    fn wrote<T>(&self, poll: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        self.watch.has_written(poll.is_pending(), Instant::now());
        poll
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let poll = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.watch.has_read(Instant::now());
        }
        poll
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.wrote(poll)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.wrote(poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
