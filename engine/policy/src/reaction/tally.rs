//! What reactions did so far, by script and event: read from any thread, written by those that react.

use crate::fault::Fault;
use crate::stats::Spread;
use hark_core::Time;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One script and one event.
#[derive(Debug, Clone, PartialEq)]
pub struct ReactionEntry {
    /// The script's file.
    pub script: String,
    /// The event's name.
    pub event: &'static str,
    /// Events that it was told of, each counted once.
    pub events: u64,
    /// Times that it was called, repeats included.
    pub calls: u64,
    /// Calls that failed.
    pub errors: u64,
    /// Calls that were repeats.
    pub retries: u64,
    /// Events that it failed at so often that they were passed over.
    pub passed_over: u64,
    /// The last failure, and when.
    pub last_error: Option<(Fault, Time)>,
    /// Time in its calls so far, in microseconds.
    pub total_us: u64,
    /// At most this many microseconds in 95 of 100 calls, to the next power of two nanoseconds.
    pub p95_us: f64,
    /// How old the event that it is at is, in milliseconds; 0 when it has caught up.
    pub lag_ms: u64,
}

#[derive(Debug, Default)]
struct Row {
    events: u64,
    calls: u64,
    errors: u64,
    retries: u64,
    passed_over: u64,
    last_error: Option<(Fault, Time)>,
    spread: Spread,
}

#[derive(Debug, Default)]
struct Rows {
    rows: BTreeMap<(String, &'static str), Row>,
    lags: BTreeMap<String, u64>,
}

/// The numbers. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Tally(Arc<Mutex<Rows>>);

impl Tally {
    /// The numbers now, by script, then by event.
    pub fn entries(&self) -> Vec<ReactionEntry> {
        let rows = self.rows();
        let entry = |((script, event), row): (&(String, &'static str), &Row)| ReactionEntry {
            script: script.clone(),
            event,
            events: row.events,
            calls: row.calls,
            errors: row.errors,
            retries: row.retries,
            passed_over: row.passed_over,
            last_error: row.last_error.clone(),
            total_us: row.spread.total_us(),
            p95_us: row.spread.percentile_us(95),
            lag_ms: rows.lags.get(script).copied().unwrap_or(0),
        };
        rows.rows.iter().map(entry).collect()
    }

    /// A script reacts to exactly these events from now on; others of it are no longer told of.
    pub fn expect(&self, script: &str, events: impl Iterator<Item = &'static str>) {
        let events: Vec<_> = events.collect();
        let mut rows = self.rows();
        rows.rows.retain(|(file, event), _| file != script || events.contains(event));
        for event in events {
            rows.rows.entry((script.to_owned(), event)).or_default();
        }
    }

    /// A script reacts no more.
    pub fn forget(&self, script: &str) {
        let mut rows = self.rows();
        rows.rows.retain(|(file, _), _| file != script);
        rows.lags.remove(script);
    }

    /// A script is told of an event, for the first time or again.
    pub fn called(&self, script: &str, event: &'static str, repeated: bool) {
        self.change(script, event, |row| {
            row.calls += 1;
            row.events += u64::from(!repeated);
            row.retries += u64::from(repeated);
        });
    }

    /// It reacted.
    pub fn reacted(&self, script: &str, event: &'static str, nanos: u64) {
        self.change(script, event, |row| row.spread.took(nanos));
    }

    /// It failed.
    pub fn failed(&self, script: &str, event: &'static str, fault: Fault, at: Time) {
        self.change(script, event, |row| {
            row.errors += 1;
            row.last_error = Some((fault, at));
        });
    }

    /// It failed too often at one event.
    pub fn passed_over(&self, script: &str, event: &'static str) {
        self.change(script, event, |row| row.passed_over += 1);
    }

    /// How far behind a script is, in milliseconds.
    pub fn lags(&self, script: &str, lag_ms: u64) {
        let mut rows = self.rows();
        match rows.lags.get_mut(script) {
            Some(lag) => *lag = lag_ms,
            None => drop(rows.lags.insert(script.to_owned(), lag_ms)),
        }
    }

    fn change(&self, script: &str, event: &'static str, change: impl FnOnce(&mut Row)) {
        change(self.rows().rows.entry((script.to_owned(), event)).or_default());
    }

    /// A panic while the rows were held leaves numbers that are still numbers.
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
