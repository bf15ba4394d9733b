//! What commands print. Standard output is for answers, standard error for faults; a reader that went away is no fault.

use std::fmt::Display;
use std::io::{self, Write as _};

/// A line for standard output, written at once: whoever reads it by a pipe may be waiting for it.
pub(crate) fn say(line: impl Display) {
    let mut out = io::stdout().lock();
    // A closed pipe means that nobody wants to know any more.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// A line for standard error.
pub(crate) fn complain(line: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Many lines for standard output, buffered. It learns when nobody wants to know any more.
pub(crate) struct Lines {
    out: io::BufWriter<io::StdoutLock<'static>>,
    closed: bool,
}

impl Lines {
    pub(crate) fn new() -> Self {
        Self { out: io::BufWriter::new(io::stdout().lock()), closed: false }
    }

    /// One more line; written at the latest when this is dropped.
    pub(crate) fn line(&mut self, line: impl Display) {
        self.closed |= writeln!(self.out, "{line}").is_err();
    }

    /// Whether the reader went away.
    pub(crate) fn closed(&self) -> bool {
        self.closed
    }
}
