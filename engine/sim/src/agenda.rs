//! What is due when: a heap of moments. What is due at the same moment comes in the order in which it was put in, so a
//! run is the same every time.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// See the module.
#[derive(Debug)]
pub(crate) struct Agenda<T> {
    heap: BinaryHeap<Reverse<Entry<T>>>,
    put: u64,
}

#[derive(Debug)]
struct Entry<T> {
    at: u64,
    number: u64,
    what: T,
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl<T> Eq for Entry<T> {}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

impl<T> Default for Agenda<T> {
    fn default() -> Self {
        Self { heap: BinaryHeap::new(), put: 0 }
    }
}

impl<T> Agenda<T> {
    /// Puts something in, in milliseconds since the begin.
    pub(crate) fn put(&mut self, at: u64, what: T) {
        self.put += 1;
        self.heap.push(Reverse(Entry { at, number: self.put, what }));
    }

    /// When the next is due.
    pub(crate) fn next_at(&self) -> Option<u64> {
        self.heap.peek().map(|Reverse(entry)| entry.at)
    }

    /// Takes the next out.
    pub(crate) fn pop(&mut self) -> Option<T> {
        self.heap.pop().map(|Reverse(entry)| entry.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_come_in_order_and_ties_as_they_were_put() {
        let mut agenda = Agenda::default();
        for (at, what) in [(5, 'c'), (1, 'a'), (5, 'd'), (1, 'b')] {
            agenda.put(at, what);
        }
        assert_eq!(agenda.next_at(), Some(1));
        assert_eq!(std::iter::from_fn(|| agenda.pop()).collect::<String>(), "abcd");
    }
}
