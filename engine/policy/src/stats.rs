//! What the scripts did so far, for `hark top` and the admin's page: read from any thread, written by the one that
//! decides.

use crate::fault::Fault;
use crate::point::Point;
use hark_core::Time;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

/// Buckets of the histogram: powers of two of nanoseconds, up to over two seconds.
const BUCKETS: usize = 32;
/// Minutes that are looked back at.
const MINUTES: u64 = 60;
/// Milliseconds of a minute.
const MINUTE_MS: u64 = 60_000;

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
    /// At most this many microseconds in half of the decisions, to the next power of two nanoseconds.
    pub p50_us: f64,
    /// At most this many microseconds in 95 of 100 decisions, to the next power of two nanoseconds.
    pub p95_us: f64,
    /// Whether the script was set aside.
    pub set_aside: bool,
}

/// What a script did lately at one point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lately {
    /// Calls a minute, over about the last minute.
    pub calls_per_minute: f64,
    /// Failures within the last hour, to the minute.
    pub errors_last_hour: u64,
}

/// Reads the numbers. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct StatsHandle(Arc<Mutex<Vec<Row>>>);

impl StatsHandle {
    /// The numbers now, by script in the configured order, then by point.
    pub fn entries(&self) -> Vec<Entry> {
        self.rows().iter().map(Row::entry).collect()
    }

    /// What was done lately, seen from `now`; in the order of [`StatsHandle::entries`].
    pub fn lately(&self, now: Time) -> Vec<Lately> {
        self.rows().iter().map(|row| row.lately(now)).collect()
    }

    /// Goes on with the numbers that `earlier` has of scripts for which `same` is true: those that are loaded anew and
    /// have not changed. One that was set aside begins anew all the same.
    pub fn inherit(&self, earlier: &Self, same: impl Fn(&str) -> bool) {
        if Arc::ptr_eq(&self.0, &earlier.0) {
            return;
        }
        let earlier = earlier.rows();
        for row in self.rows().iter_mut().filter(|row| same(&row.script)) {
            let before = earlier.iter().find(|old| old.script == row.script && old.point == row.point);
            if let Some(before) = before {
                *row = Row { set_aside: row.set_aside, ..before.clone() };
            }
        }
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

/// Calls and failures of one minute.
#[derive(Debug, Clone, Copy)]
struct Minute {
    number: u64,
    calls: u64,
    errors: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct Row {
    script: String,
    point: Point,
    pub(crate) calls: u64,
    pub(crate) answers: u64,
    pub(crate) errors: u64,
    pub(crate) defaults: u64,
    pub(crate) last_error: Option<(Fault, Time)>,
    pub(crate) set_aside: bool,
    spread: Spread,
    /// The last hour's, oldest first; minutes without a call are left out.
    minutes: VecDeque<Minute>,
}

/// How long something took so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spread {
    total_ns: u64,
    histogram: [u64; BUCKETS],
}

impl Spread {
    pub(crate) fn took(&mut self, nanos: u64) {
        self.total_ns += nanos;
        let bucket = (u64::BITS - nanos.leading_zeros()) as usize;
        self.histogram[bucket.min(BUCKETS - 1)] += 1;
    }

    /// In microseconds.
    pub(crate) fn total_us(&self) -> u64 {
        self.total_ns / 1000
    }

    /// What so many of 100 took at most, in microseconds.
    pub(crate) fn percentile_us(&self, percentile: u64) -> f64 {
        let all: u64 = self.histogram.iter().sum();
        let wanted = (all * percentile).div_ceil(100);
        let mut seen = 0;
        for (bucket, count) in self.histogram.iter().enumerate() {
            seen += count;
            if seen >= wanted && seen > 0 {
                return (1_u64 << bucket) as f64 / 1000.0;
            }
        }
        0.0
    }
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
            spread: Spread::default(),
            minutes: VecDeque::new(),
        }
    }

    pub(crate) fn took(&mut self, nanos: u64) {
        self.spread.took(nanos);
    }

    /// Counts a call, and its failure where there was one.
    pub(crate) fn asked(&mut self, now: Time, failed: bool) {
        self.calls += 1;
        self.errors += u64::from(failed);
        let number = now.millis() / MINUTE_MS;
        if self.minutes.back().is_none_or(|last| last.number < number) {
            while self.minutes.front().is_some_and(|first| first.number + MINUTES < number) {
                self.minutes.pop_front();
            }
            self.minutes.push_back(Minute { number, calls: 0, errors: 0 });
        }
        if let Some(last) = self.minutes.back_mut() {
            last.calls += 1;
            last.errors += u64::from(failed);
        }
    }

    /// The minute that has passed counts for the part of it that is not yet a minute ago.
    fn lately(&self, now: Time) -> Lately {
        let number = now.millis() / MINUTE_MS;
        let calls = |wanted: u64| {
            let found = self.minutes.iter().find(|minute| minute.number == wanted);
            found.map_or(0.0, |minute| minute.calls as f64)
        };
        let left = 1.0 - (now.millis() % MINUTE_MS) as f64 / MINUTE_MS as f64;
        let hour = self.minutes.iter().filter(|minute| minute.number + MINUTES > number);
        Lately {
            calls_per_minute: calls(number) + number.checked_sub(1).map_or(0.0, calls) * left,
            errors_last_hour: hour.map(|minute| minute.errors).sum(),
        }
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
            total_us: self.spread.total_us(),
            p50_us: self.spread.percentile_us(50),
            p95_us: self.spread.percentile_us(95),
            set_aside: self.set_aside,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: u64 = 12 * 60 * MINUTE_MS;

    #[test]
    fn lately_is_the_last_minute_and_the_last_hour() {
        let mut row = Row::new("a.lua", Point::RouteChat);
        for second in 0..120 {
            row.asked(Time::from_millis(NOON + second * 1000), second < 3);
        }
        let at = |minutes: u64| row.lately(Time::from_millis(NOON + minutes * MINUTE_MS));
        assert_eq!(at(2), Lately { calls_per_minute: 60.0, errors_last_hour: 3 });
        assert_eq!(at(3).calls_per_minute, 0.0);
        assert_eq!((at(59).errors_last_hour, at(60).errors_last_hour), (3, 0));
        for hour in 1..5 {
            row.asked(Time::from_millis(NOON + hour * MINUTES * MINUTE_MS), true);
        }
        assert!(row.minutes.len() <= 2, "what is older is forgotten");
        assert_eq!((row.calls, row.errors), (124, 7));
    }

    #[test]
    fn what_has_not_changed_goes_on_with_its_numbers() {
        let (old, new) = (StatsHandle::default(), StatsHandle::default());
        for stats in [&old, &new] {
            stats.add("a.lua", Point::RouteChat);
            stats.add("b.lua", Point::RouteChat);
        }
        for row in 0..2 {
            old.change(row, |row| row.asked(Time::from_millis(1), true));
        }
        old.change(0, |row| row.set_aside = true);
        new.inherit(&old, |script| script == "a.lua");
        let entries = new.entries();
        assert_eq!((entries[0].calls, entries[0].errors, entries[0].set_aside), (1, 1, false));
        assert_eq!(entries[1].calls, 0);
        old.inherit(&old.clone(), |_| true);
    }
}
