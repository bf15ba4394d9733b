//! How deep reactions to reactions go: a note that makes its own script write the next one would go on for ever. It counts
//! in memory alone; a start begins anew.

use hark_policy::reaction::Missed;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Deepest chain of commands that led to one another.
const DEEPEST: u8 = 8;
/// Turns that are remembered.
const KEPT: usize = 4096;

/// The turns that reactions brought about, each with how many led to it.
#[derive(Debug, Default)]
pub(super) struct Chain(Mutex<BTreeMap<u64, u8>>);

impl Chain {
    /// How deep a command is that follows from an event of this turn.
    ///
    /// # Errors
    /// Too deep: it is refused.
    pub(super) fn next_depth(&self, turn: u64) -> Result<u8, Missed> {
        let turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let depth = turns.get(&turn).map_or(1, |depth| depth + 1);
        if depth > DEEPEST {
            let message =
                format!("this follows from {DEEPEST} reactions to reactions in a row: it looks endless");
            return Err(Missed::Refused { code: "endless_chain".to_owned(), message });
        }
        Ok(depth)
    }

    /// A command of that depth brought about this turn. A repeat that changed nothing names a turn of others, which keeps
    /// the depth it had.
    pub(super) fn caused(&self, turn: u64, depth: u8) {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        turns.entry(turn).or_insert(depth);
        while turns.len() > KEPT {
            turns.pop_first();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_ends() {
        let chain = Chain::default();
        let mut turn = 1;
        while let Ok(depth) = chain.next_depth(turn) {
            turn += 1;
            chain.caused(turn, depth);
        }
        assert_eq!(turn, 1 + u64::from(DEEPEST));
        assert_eq!(chain.next_depth(1), Ok(1), "another event begins anew");
    }
}
