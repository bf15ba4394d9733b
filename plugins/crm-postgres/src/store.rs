//! The database as the operations see it: work that reads, work that writes, and how the last work went. Each has an end
//! in time. It knows nothing of customers.

use crate::config::Config;
use crate::error::Error;
use crate::pool::Pool;
use crate::session::Session;
use crate::{sample, schema};
use hark_plugin_sdk::{Failure, time_left};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

/// One consistent view of the database.
const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// A change.
const WRITE: &str = "BEGIN";
/// How often work is tried that somebody else was in the way of.
const TRIES: u32 = 3;
/// The time for the first connection and the migrations: less than a host gives a start.
const START: Duration = Duration::from_secs(9);
/// The time for a look whether the server is back.
const PROBE: Duration = Duration::from_millis(500);
/// What is left of a call's time for the way back.
const MARGIN: Duration = Duration::from_millis(20);

/// An open database.
pub(crate) struct Store {
    /// Moves the connections' bytes; the work itself runs on the calling thread.
    runtime: Runtime,
    pool: Pool,
    within: Duration,
    trouble: Mutex<Option<String>>,
}

impl Store {
    /// Connects, and brings the database to today's schema. True when it was empty and has the sample now.
    pub(crate) fn open(config: &Config) -> Result<(Self, bool), Failure> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("crm-postgres")
            .enable_all()
            .build()
            .map_err(|error| Failure::unavailable(format!("no thread for the database: {error}")))?;
        let pool = Pool::new(config)?;
        let store = Self { runtime, pool, within: config.timeout(), trouble: Mutex::default() };
        let prepare = async |db: &Session| {
            schema::migrate(db, &config.schema).await?;
            if config.sample { sample::fill(db).await } else { Ok(false) }
        };
        let filled = store.tried(WRITE, START, &prepare).map_err(Error::at_start)?;
        Ok((store, filled))
    }

    /// Reads, in one consistent view.
    pub(crate) fn read<A>(&self, work: &impl AsyncFn(&Session) -> Result<A, Error>) -> Result<A, Failure> {
        self.noted(self.tried(READ, self.within(), work))
    }

    /// Writes, all or nothing. When it returns with success the work is committed.
    pub(crate) fn write<A>(&self, work: &impl AsyncFn(&Session) -> Result<A, Error>) -> Result<A, Failure> {
        self.noted(self.tried(WRITE, self.within(), work))
    }

    /// Why the database cannot be used. It is what the last work met, and looked at again if that was bad: who is
    /// not asked for work while it is unwell would never get well.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.troubles().clone()?;
        let look = async |db: &Session| db.one("SELECT count(*) FROM hark_migrations", &[]).await;
        match self.noted(self.tried(READ, PROBE, &look)) {
            Err(Failure::Unavailable(text)) => Some(text),
            _ => None,
        }
    }

    /// The time for an operation: what is configured, or what the host still waits if that is less.
    fn within(&self) -> Duration {
        let left = time_left().map(|left| left.saturating_sub(MARGIN));
        left.map_or(self.within, |left| left.min(self.within))
    }

    fn tried<A>(
        &self,
        begin: &str,
        within: Duration,
        work: &impl AsyncFn(&Session) -> Result<A, Error>,
    ) -> Result<A, Error> {
        let all = async {
            for _ in 1..TRIES {
                match self.pool.transaction(begin, work).await {
                    Err(error) if error.was_in_the_way() => {}
                    result => return result,
                }
            }
            self.pool.transaction(begin, work).await
        };
        self.runtime.block_on(async { timeout(within, all).await }).unwrap_or_else(|_| {
            self.pool.forget();
            Err(Error::TooSlow)
        })
    }

    fn noted<A>(&self, result: Result<A, Error>) -> Result<A, Failure> {
        let result = result.map_err(Failure::from);
        *self.troubles() = match &result {
            Err(Failure::Unavailable(text)) => Some(text.clone()),
            _ => None,
        };
        result
    }

    fn troubles(&self) -> MutexGuard<'_, Option<String>> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
