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
