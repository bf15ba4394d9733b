//! How far long work is, on standard error, for who watches a terminal. Where nobody watches nothing is written, and
//! work that is over at once shows nothing.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// Work that is shorter shows nothing.
const PATIENCE: Duration = Duration::from_millis(400);
/// Time between two drawings.
const PACE: Duration = Duration::from_millis(100);
/// Cells of the bar.
const CELLS: u64 = 30;

/// A bar in one line that is drawn again and again, and goes when it is dropped.
pub(crate) struct Bar {
    what: &'static str,
    watched: bool,
    next: Instant,
    drawn: bool,
}

impl Bar {
    /// For this work, which begins now.
    pub(crate) fn new(what: &'static str) -> Self {
        let watched = io::stderr().is_terminal();
        Self { what, watched, next: Instant::now() + PATIENCE, drawn: false }
    }

    /// So much is done.
    pub(crate) fn tell(&mut self, done: u64, total: u64) {
        let now = Instant::now();
        if !self.watched || now < self.next {
            return;
        }
        self.next = now + PACE;
        self.drawn = true;
        // A terminal that went away watches no more.
        let _ = write!(io::stderr(), "\r{}", line(self.what, done, total));
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if self.drawn {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

fn line(what: &str, done: u64, total: u64) -> String {
    let total = total.max(1);
    let done = done.min(total);
    let filled = done * CELLS / total;
    let bar: String = (0..CELLS).map(|cell| if cell < filled { '#' } else { '.' }).collect();
    format!("{what} [{bar}] {:>3} %", done * 100 / total)
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn the_bar_fills_and_never_overflows() {
        assert_eq!(line("reading", 0, 0), format!("reading [{}]   0 %", ".".repeat(30)));
        assert_eq!(line("reading", 5, 10), format!("reading [{}{}]  50 %", "#".repeat(15), ".".repeat(15)));
        assert_eq!(line("reading", 20, 10), format!("reading [{}] 100 %", "#".repeat(30)));
    }
}
