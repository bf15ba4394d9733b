//! What an agent has in hand. All their chats go on equally fast, and the more there are, the slower each may be: so
//! each chat ends when the agent's own clock, which counts work instead of time, has come far enough.

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// Chats by their places, and at which count of work each ends.
    chats: Vec<(u32, f64)>,
    /// Work done on each chat so far, in milliseconds of an undivided agent.
    done: f64,
    /// Moment of that count.
    at: u64,
    /// Changes whenever the chats do, so that what was planned before is known to be stale.
    pub(super) version: u32,
}

impl Work {
    pub(super) fn count(&self) -> usize {
        self.chats.len()
    }

    /// Lets time pass at this speed, before anything changes.
    pub(super) fn pass(&mut self, clock: u64, speed: f64) {
        self.done += (clock - self.at) as f64 * speed;
        self.at = clock;
    }

    pub(super) fn take(&mut self, slot: u32, millis: f64) {
        self.chats.push((slot, self.done + millis));
        self.version += 1;
    }

    /// Whether the chat was there.
    pub(super) fn drop_chat(&mut self, slot: u32) -> bool {
        let before = self.chats.len();
        self.chats.retain(|(other, _)| *other != slot);
        self.version += 1;
        self.chats.len() < before
    }

    /// The chat that ends first.
    pub(super) fn first(&self) -> Option<u32> {
        self.chats.iter().min_by(|a, b| a.1.total_cmp(&b.1)).map(|(slot, _)| *slot)
    }

    /// After how many milliseconds it ends at this speed.
    pub(super) fn left(&self, speed: f64) -> Option<u64> {
        let ends = self.chats.iter().map(|(_, ends)| *ends).fold(f64::INFINITY, f64::min);
        ends.is_finite().then(|| ((ends - self.done).max(0.0) / speed).round() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_chats_at_half_speed_take_twice_as_long() {
        let mut work = Work::default();
        work.take(1, 1000.0);
        work.pass(500, 1.0);
        work.take(2, 1000.0);
        assert_eq!((work.first(), work.left(0.5)), (Some(1), Some(1000)));
        work.pass(1500, 0.5);
        assert!(work.drop_chat(1) && !work.drop_chat(1));
        assert_eq!((work.first(), work.left(1.0)), (Some(2), Some(500)));
    }
}
