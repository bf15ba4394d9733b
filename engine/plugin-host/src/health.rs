//! What an instance says of its health: its last word, and the wait for its first. It asks nobody.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A word: well, or what is wrong.
type Word = Result<(), String>;

/// See the module.
#[derive(Default)]
pub(crate) struct Health {
    said: Mutex<Option<Word>>,
    first: Condvar,
}

impl Health {
    fn said(&self) -> MutexGuard<'_, Option<Word>> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how it says it is; true when that is new.
    pub(crate) fn note(&self, ailment: Option<String>) -> bool {
        let word = ailment.map_or(Ok(()), Err);
        let mut said = self.said();
        let changed = said.as_ref().unwrap_or(&Ok(())) != &word;
        *said = Some(word);
        self.first.notify_all();
        changed
    }

    /// It can say nothing any more: whoever waits for its first word hears why.
    pub(crate) fn silenced(&self, why: &str) {
        self.said().get_or_insert_with(|| Err(why.to_owned()));
        self.first.notify_all();
    }

    /// What it says is wrong with it.
    pub(crate) fn ailment(&self) -> Option<String> {
        self.said().clone().and_then(Word::err)
    }

    /// Waits for its first word. None: there was none within this time.
    pub(crate) fn first(&self, within: Duration) -> Option<Word> {
        let waited = self.first.wait_timeout_while(self.said(), within, |said| said.is_none());
        waited.unwrap_or_else(PoisonError::into_inner).0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::Health;
    use std::time::Duration;

    #[test]
    fn only_what_is_new_is_told() {
        let health = Health::default();
        assert!(!health.note(None), "nobody thought that it was ill");
        assert!(health.note(Some("a cold".to_owned())));
        assert!(!health.note(Some("a cold".to_owned())));
        assert_eq!(health.ailment().as_deref(), Some("a cold"));
        assert!(health.note(None) && health.ailment().is_none());
    }

    #[test]
    fn its_first_word_is_waited_for_and_an_end_is_one() {
        let (health, soon, late) = (Health::default(), Duration::ZERO, Duration::from_secs(60));
        assert_eq!(health.first(soon), None);
        let word = std::thread::scope(|scope| {
            let word = scope.spawn(|| health.first(late));
            health.silenced("it died");
            word.join().expect("no panic")
        });
        assert_eq!(word, Some(Err("it died".to_owned())));
        health.note(None);
        health.silenced("it died");
        assert_eq!(health.first(late), Some(Ok(())), "an end after a word changes nothing");
    }
}
