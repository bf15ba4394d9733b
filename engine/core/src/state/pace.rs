//! How fast a queue's chats go, and what that says about a wait. An estimate for people; nothing is decided by it.

use super::{ChatId, State, What};
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// How long a queue's chats take, from acceptance to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Handled {
    mean_ms: u64,
    chats: u64,
}

impl Handled {
    /// Chats from which on the mean says anything.
    const LEAST: u64 = 5;
    /// From so many chats on each new one counts as one of so many: the mean follows the day.
    const WINDOW: u64 = 50;

    fn add(&mut self, took_ms: u64) {
        self.chats = self.chats.saturating_add(1);
        let weight = self.chats.min(Self::WINDOW);
        self.mean_ms = (self.mean_ms.saturating_mul(weight - 1).saturating_add(took_ms)) / weight;
    }

    fn mean_ms(self) -> Option<u64> {
        (self.chats >= Self::LEAST).then_some(self.mean_ms)
    }
}

/// What a waiting customer can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Place in the queue, from 1.
    pub position: u32,
    /// Seconds until an agent is free, as far as the last chats tell; none with too few of them, or with nobody at
    /// work.
    pub estimate_s: Option<u32>,
}

impl State {
    /// An accepted chat is over: its queue's pace takes it in.
    pub(super) fn learn_pace(&mut self, at: Time, id: ChatId) {
        let Some(chat) = self.chats.get(&id) else { return };
        let accepted = chat.moments.iter().rev().find(|moment| matches!(moment.what, What::Accepted { .. }));
        let Some(accepted) = accepted else { return };
        let took_ms = at.since(accepted.at);
        self.paces.entry(chat.queue).or_default().add(took_ms);
    }

    /// What the customer of a waiting chat can be told. The estimate is the mean handling time × chats before it ÷ chats
    /// that run, which all end at some time (Genesys: `EWT = AHT × CIQU / AA`, with slots in place of agents).
    pub fn pace(&self, id: ChatId) -> Option<Pace> {
        let chat = self.chats.get(&id)?;
        let position = u32::try_from(self.position(id)?).unwrap_or(u32::MAX);
        let mean_ms = self.paces.get(&chat.queue).and_then(|handled| handled.mean_ms());
        let (_, running) = self.index.offered_and_active(chat.queue);
        let before = u64::from(position).saturating_sub(self.ready_count(chat.queue) as u64);
        let estimate_s = mean_ms.filter(|_| running > 0 || before == 0).map(|mean_ms| {
            let ms = mean_ms.saturating_mul(before) / (running.max(1) as u64);
            u32::try_from(ms.div_ceil(1000)).unwrap_or(u32::MAX)
        });
        Some(Pace { position, estimate_s })
    }
}

#[cfg(test)]
mod tests {
    use super::Handled;

    #[test]
    fn the_mean_says_nothing_at_first_and_follows_the_day() {
        let mut handled = Handled::default();
        (0..4).for_each(|_| handled.add(60_000));
        assert_eq!(handled.mean_ms(), None);
        handled.add(120_000);
        assert_eq!(handled.mean_ms(), Some(72_000));
        (0..500).for_each(|_| handled.add(240_000));
        assert!(handled.mean_ms().is_some_and(|mean| mean > 239_000 && mean <= 240_000));
    }
}
