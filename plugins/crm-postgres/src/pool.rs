//! Connections: as many as are allowed, made when they are needed, kept while they work. A transaction is begun on one
//! that answers; those that a restart of the server has closed are dropped unseen. It knows no customers.

use crate::error::Error;
use crate::session::Session;
use crate::tls::Tls;
use hark_plugin_sdk::Failure;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;
use tokio_postgres::{Config, NoTls};

/// The connections to one database.
pub(crate) struct Pool {
    server: Config,
    tls: Option<Tls>,
    connect_within: Duration,
    room: Semaphore,
    idle: Mutex<Vec<Session>>,
}

/// A connection in a transaction, and the room that it takes.
pub(crate) struct Begun<'a> {
    session: Session,
    _room: SemaphorePermit<'a>,
}

impl Pool {
    /// A pool without connections yet.
    pub(crate) fn new(config: &crate::config::Config) -> Result<Self, Failure> {
        let (server, tls) = config.server()?;
        let room = Semaphore::new(config.connections);
        Ok(Self { server, tls, connect_within: config.connect_timeout(), room, idle: Mutex::default() })
    }

    /// Does `work` between `begin` and COMMIT, all or nothing.
    pub(crate) async fn transaction<A>(
        &self,
        begin: &str,
        work: &impl AsyncFn(&Session) -> Result<A, Error>,
    ) -> Result<A, Error> {
        let begun = self.begin(begin).await?;
        match work(&begun.session).await {
            Ok(answer) => {
                begun.session.run("COMMIT").await?;
                self.keep(begun);
                Ok(answer)
            }
            Err(error) => {
                if begun.session.run("ROLLBACK").await.is_ok() {
                    self.keep(begun);
                }
                Err(error)
            }
        }
    }

    /// Drops the connections that nobody uses: one of them has led nowhere.
    pub(crate) fn forget(&self) {
        self.idle().clear();
    }

    async fn begin(&self, begin: &str) -> Result<Begun<'_>, Error> {
        let room = self.room.acquire().await.expect("the semaphore is never closed");
        while let Some(session) = self.take() {
            if session.run(begin).await.is_ok() {
                return Ok(Begun { session, _room: room });
            }
        }
        // The server's greeting is part of it, and TLS, which the library's own limit leaves out.
        let session = timeout(self.connect_within, self.connect()).await.map_err(|_| Error::TooSlow)??;
        session.run(begin).await?;
        Ok(Begun { session, _room: room })
    }

    fn take(&self) -> Option<Session> {
        let mut idle = self.idle();
        idle.retain(|session| !session.is_closed());
        idle.pop()
    }

    fn keep(&self, begun: Begun<'_>) {
        self.idle().push(begun.session);
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Session>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn connect(&self) -> Result<Session, Error> {
        // What a connection ends with is told by the statement that runs on it.
        Ok(match &self.tls {
            None => {
                let (client, wire) = self.server.connect(NoTls).await?;
                Session::new(client, tokio::spawn(async { drop(wire.await) }))
            }
            Some(tls) => {
                let (client, wire) = self.server.connect(tls.clone()).await?;
                Session::new(client, tokio::spawn(async { drop(wire.await) }))
            }
        })
    }
}
