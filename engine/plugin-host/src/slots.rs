//! The open operations of one instance: who waits for which answer. An id is used once in the life of the process, so an
//! answer that is late, second or another instance's finds nobody.

use crate::failure::{Failure, Given};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// Bits of an id that are the slot's place; the others are a number that never comes again.
const PLACE_BITS: u32 = 16;

/// Grows with each operation of any instance: an id is nobody else's.
static SERIAL: AtomicU64 = AtomicU64::new(1);

struct Open {
    id: u64,
    reply: oneshot::Sender<Given>,
}

#[derive(Default)]
struct Places {
    open: Vec<Option<Open>>,
    free: Vec<usize>,
}

/// See the module.
#[derive(Default)]
pub(crate) struct Slots {
    places: Mutex<Places>,
}

impl Slots {
    fn places(&self) -> MutexGuard<'_, Places> {
        // Nothing in here panics halfway through a change.
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a slot: its id, never 0, and where the answer comes.
    pub(crate) fn open(&self) -> (u64, oneshot::Receiver<Given>) {
        let (reply, answer) = oneshot::channel();
        let mut places = self.places();
        let place = places.free.pop().unwrap_or_else(|| {
            places.open.push(None);
            places.open.len() - 1
        });
        assert!(place < 1 << PLACE_BITS, "a plugin has no more open slots than seats");
        let id = (SERIAL.fetch_add(1, Ordering::Relaxed) << PLACE_BITS) | place as u64;
        places.open[place] = Some(Open { id, reply });
        (id, answer)
    }

    fn take(&self, id: u64) -> Option<oneshot::Sender<Given>> {
        let place = (id & ((1 << PLACE_BITS) - 1)) as usize;
        let mut places = self.places();
        let open = places.open.get_mut(place)?.take_if(|open| open.id == id)?;
        places.free.push(place);
        Some(open.reply)
    }

    /// Whether somebody waits for the answer.
    pub(crate) fn is_open(&self, id: u64) -> bool {
        let place = (id & ((1 << PLACE_BITS) - 1)) as usize;
        self.places().open.get(place).is_some_and(|slot| slot.as_ref().is_some_and(|open| open.id == id))
    }

    /// Gives the answer to whoever waits. False: nobody does.
    pub(crate) fn answer(&self, id: u64, given: Given) -> bool {
        self.take(id).is_some_and(|reply| reply.send(given).is_ok())
    }

    /// Nobody waits any more. False: nobody did.
    pub(crate) fn close(&self, id: u64) -> bool {
        self.take(id).is_some()
    }

    /// Tells everybody who waits that there will be no answer.
    pub(crate) fn fail_all(&self, why: &Failure) {
        let waiting: Vec<u64> = self.places().open.iter().flatten().map(|open| open.id).collect();
        for id in waiting {
            self.answer(id, Err(why.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Slots;

    #[test]
    fn an_answer_finds_its_asker_once_and_nobody_else() {
        let (one, other) = (Slots::default(), Slots::default());
        let (id, mut answer) = one.open();
        let (foreign, _kept) = other.open();
        assert_ne!(id, foreign);
        assert!(!one.answer(foreign, Ok(Vec::new())), "another instance's id");
        assert!(!one.answer(0, Ok(Vec::new())) && !one.answer(u64::MAX, Ok(Vec::new())), "made-up ids");
        assert!(one.is_open(id));
        assert!(one.answer(id, Ok(vec![1])));
        assert!(!one.answer(id, Ok(vec![2])), "a second answer");
        assert_eq!(answer.try_recv().expect("answered").expect("well"), [1]);
        let (next, _kept) = one.open();
        assert_ne!(next, id, "the same place has another id");
        assert!(!one.answer(id, Ok(Vec::new())), "a late answer for the place's former guest");
        assert!(one.close(next) && !one.close(next));
    }
}
