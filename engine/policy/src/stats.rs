//! What the scripts did so far, for `hark top` and the admin's page: read from any thread, written by the one that
//! decides.

use crate::fault::Fault;
use crate::point::Point;
use hark_core::Time;
use std::sync::{Arc, Mutex, MutexGuard};

/// Buckets of the histogram: powers of two of nanoseconds, up to over two seconds.
const BUCKETS: usize = 32;
/// Part of the decisions that the told percentile covers.
const PERCENTILE: u64 = 95;

/// One script at one point.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The script's file.
    pub script: String,
    /// The point's name.
    pub point: &'static str,
    /// How often it was asked.
    pub calls: u64,
    /// How often it answered something else than nil.
    pub answers: u64,
    /// How often it failed.
    pub errors: u64,
    /// How often the stated default answered in its place.
    pub defaults: u64,
    /// The last failure, and the command's time of it.
    pub last_error: Option<(Fault, Time)>,
    /// Time in the script so far, in microseconds.
    pub total_us: u64,
    /// At most this many microseconds in 95 of 100 decisions, to the next power of two nanoseconds.
    pub p95_us: f64,
    /// Whether the script was set aside.
    pub set_aside: bool,
}

/// Reads the numbers. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct StatsHandle(Arc<Mutex<Vec<Row>>>);

impl StatsHandle {
    /// The numbers now, by script in the configured order, then by point.
    pub fn entries(&self) -> Vec<Entry> {
        self.rows().iter().map(Row::entry).collect()
    }

    pub(crate) fn add(&self, script: &str, point: Point) -> usize {
        let mut rows = self.rows();
        rows.push(Row::new(script, point));
        rows.len() - 1
    }

    pub(crate) fn change(&self, row: usize, change: impl FnOnce(&mut Row)) {
        change(&mut self.rows()[row]);
    }

    /// A panic while the rows were held leaves numbers that are still numbers.
    fn rows(&self) -> MutexGuard<'_, Vec<Row>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[derive(Debug)]
pub(crate) struct Row {
    script: String,
    point: Point,
    pub(crate) calls: u64,
    pub(crate) answers: u64,
    pub(crate) errors: u64,
    pub(crate) defaults: u64,
    pub(crate) last_error: Option<(Fault, Time)>,
    pub(crate) set_aside: bool,
    total_ns: u64,
    histogram: [u64; BUCKETS],
}

impl Row {
    fn new(script: &str, point: Point) -> Self {
        Self {
            script: script.to_owned(),
            point,
            calls: 0,
            answers: 0,
            errors: 0,
            defaults: 0,
            last_error: None,
            set_aside: false,
            total_ns: 0,
            histogram: [0; BUCKETS],
        }
    }

    pub(crate) fn took(&mut self, nanos: u64) {
        self.total_ns += nanos;
        let bucket = (u64::BITS - nanos.leading_zeros()) as usize;
        self.histogram[bucket.min(BUCKETS - 1)] += 1;
    }

    fn p95_ns(&self) -> u64 {
        let all: u64 = self.histogram.iter().sum();
        let wanted = (all * PERCENTILE).div_ceil(100);
        let mut seen = 0;
        for (bucket, count) in self.histogram.iter().enumerate() {
            seen += count;
            if seen >= wanted && seen > 0 {
                return 1 << bucket;
            }
        }
        0
    }

    fn entry(&self) -> Entry {
        Entry {
            script: self.script.clone(),
            point: self.point.name(),
            calls: self.calls,
            answers: self.answers,
            errors: self.errors,
            defaults: self.defaults,
            last_error: self.last_error.clone(),
            total_us: self.total_ns / 1000,
            p95_us: self.p95_ns() as f64 / 1000.0,
            set_aside: self.set_aside,
        }
    }
}
