//! The service: opens the listener, keeps its helpers running, and stops in order. Nothing of a request is here.

use crate::accept;
use crate::app::App;
use crate::dispatch;
use crate::options::{Options, seconds};
use crate::presence;
use crate::stream;
use hark_runtime::{Interest, Told};
use std::fmt;
use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use tokio::task::JoinSet;

/// Why the service could not run.
#[derive(Debug)]
pub enum Error {
    /// The listener could not be used.
    Listener(std::io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listener(error) => write!(f, "the listener could not be used: {error}"),
        }
    }
}

impl std::error::Error for Error {}

/// The service, ready to run.
pub struct Service {
    listener: TcpListener,
    app: Arc<App>,
}

impl Service {
    /// A service that serves once it runs. Its listener is bound already: connections wait in it meanwhile.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let (listener, app) = App::new(options);
        Self { listener, app }
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The listener is not bound.
    pub fn address(&self) -> Result<SocketAddr, Error> {
        self.listener.local_addr().map_err(Error::Listener)
    }

    /// Serves until `stop` is there; then streams are told to come back, open requests get their time to end, and the
    /// rest is cut.
    ///
    /// # Errors
    /// The listener could not be used at all.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<(), Error> {
        let Self { listener, app } = self;
        listener.set_nonblocking(true).map_err(Error::Listener)?;
        let listener = tokio::net::TcpListener::from_std(listener).map_err(Error::Listener)?;
        let mut helpers = JoinSet::new();
        helpers.spawn(presence::tell_engine(Arc::clone(&app)));
        helpers.spawn(stream::watch_board(Arc::clone(&app)));
        helpers.spawn(forget_log_ins(Arc::clone(&app)));
        let router = dispatch::router(&app);
        let connections = accept::accept(listener, Arc::clone(&app), router, stop).await;
        app.stopping.send_replace(true);
        let end = tokio::time::Instant::now() + seconds(app.limits.drain_s);
        // What is not done by then is cut.
        let _ = tokio::time::timeout_at(end, connections.drain()).await;
        let _ = tokio::time::timeout_at(end, app.streams.none_left()).await;
        Ok(())
    }
}

/// Listens for log-ins that end, so that no memory of them outlives them.
async fn forget_log_ins(app: Arc<App>) {
    loop {
        // From now on there is always something to subscribe to: no cursor is asked for.
        let Ok(mut subscription) = app.handle.subscribe(None, Interest::All) else { return };
        app.log_ins.clear();
        loop {
            match subscription.next().await {
                Told::Event(happened) => app.log_ins.hear(&happened.event),
                Told::Whisper(_) | Told::CaughtUp => {}
                Told::Lagged => break,
                Told::Stopped => return,
            }
        }
    }
}
