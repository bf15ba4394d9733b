//! Rates: how often somebody may ask. Buckets that fill with time; a bounded number of them, the oldest forgotten.

use crate::options::Limits;
use crate::problem::Problem;
use hark_core::ChatId;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Buckets kept of one kind; full ones beyond it are forgotten.
const BUCKETS: usize = 100_000;
/// Seconds over which a rate is counted.
const WINDOW_S: f64 = 60.0;

/// What is left of a rate, for the `RateLimit` headers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Left {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
}

struct Bucket {
    tokens: f64,
    at: Instant,
}

/// One kind of rate.
pub(crate) struct Rate<K> {
    limit: u32,
    buckets: Mutex<HashMap<K, Bucket>>,
}

impl<K: Hash + Eq> Rate<K> {
    pub(crate) fn new(limit: u32) -> Self {
        Self { limit: limit.max(1), buckets: Mutex::default() }
    }

    /// Takes one, or says in how many seconds there will be one.
    pub(crate) fn take(&self, key: K) -> Result<Left, u32> {
        self.take_at(key, Instant::now())
    }

    fn take_at(&self, key: K, now: Instant) -> Result<Left, u32> {
        let full = f64::from(self.limit);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= BUCKETS && !buckets.contains_key(&key) {
            buckets.retain(|_, bucket| self.filled(bucket, now) < full);
        }
        let bucket = buckets.entry(key).or_insert(Bucket { tokens: full, at: now });
        bucket.tokens = self.filled(bucket, now);
        bucket.at = now;
        if bucket.tokens < 1.0 {
            let wait = (1.0 - bucket.tokens) * WINDOW_S / full;
            return Err(whole(wait.ceil()).max(1));
        }
        bucket.tokens -= 1.0;
        Ok(Left { limit: self.limit, remaining: whole(bucket.tokens) })
    }

    /// Gives one back: it was not meant to count.
    pub(crate) fn give_back(&self, key: &K) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets.get_mut(key) {
            bucket.tokens = (bucket.tokens + 1.0).min(f64::from(self.limit));
        }
    }

    fn filled(&self, bucket: &Bucket, now: Instant) -> f64 {
        let full = f64::from(self.limit);
        let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
        (bucket.tokens + passed * full / WINDOW_S).min(full)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounded by a u32 limit, never negative"
)]
fn whole(number: f64) -> u32 {
    number as u32
}

/// All rates.
pub(crate) struct Rates {
    guests: Rate<ChatId>,
    addresses: Rate<IpAddr>,
    chats: Rate<IpAddr>,
    log_ins: Rate<(String, IpAddr)>,
}

impl Rates {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            guests: Rate::new(limits.guest_requests_per_minute),
            addresses: Rate::new(limits.address_requests_per_minute),
            chats: Rate::new(limits.address_chats_per_minute),
            log_ins: Rate::new(limits.log_in_failures_per_minute),
        }
    }

    /// A request of a guest or a stranger.
    pub(crate) fn outside(&self, address: IpAddr, chat: Option<ChatId>) -> Result<Left, Problem> {
        let of_address = self.addresses.take(address).map_err(Problem::too_many)?;
        match chat {
            Some(chat) => self.guests.take(chat).map_err(Problem::too_many),
            None => Ok(of_address),
        }
    }

    /// A chat asked for.
    pub(crate) fn chat(&self, address: IpAddr) -> Result<(), Problem> {
        self.chats.take(address).map(drop).map_err(Problem::too_many)
    }

    /// A log-in tried; [`Rates::logged_in`] takes it back.
    pub(crate) fn log_in(&self, login: &str, address: IpAddr) -> Result<(), Problem> {
        self.log_ins.take((login.into(), address)).map(drop).map_err(Problem::too_many)
    }

    pub(crate) fn logged_in(&self, login: &str, address: IpAddr) {
        self.log_ins.give_back(&(login.into(), address));
    }
}

#[cfg(test)]
mod tests {
    use super::{Left, Rate};
    use std::time::{Duration, Instant};

    #[test]
    fn a_bucket_empties_and_fills_with_time() {
        let rate = Rate::new(60);
        let start = Instant::now();
        for left in (0..60).rev() {
            assert_eq!(rate.take_at("a", start), Ok(Left { limit: 60, remaining: left }));
        }
        assert_eq!(rate.take_at("a", start), Err(1));
        assert_eq!(rate.take_at("b", start), Ok(Left { limit: 60, remaining: 59 }), "others have their own");
        let later = start + Duration::from_millis(2500);
        assert_eq!(rate.take_at("a", later), Ok(Left { limit: 60, remaining: 1 }));
        rate.give_back(&"a");
        assert_eq!(rate.take_at("a", later), Ok(Left { limit: 60, remaining: 1 }));
    }
}
