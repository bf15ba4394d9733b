//! A script's function for a point, and how much of a question it takes. It never runs it.

use mlua::{Function, Result};

/// What a script registered for a point.
#[derive(Debug)]
pub(crate) struct Handler {
    function: Function,
    /// Parts of the question that it takes: its parameters, or all.
    takes: u8,
}

impl Handler {
    pub(crate) fn new(function: Function) -> Self {
        let info = function.info();
        let takes = if info.is_vararg { u8::MAX } else { info.num_params };
        Self { function, takes }
    }

    pub(crate) fn function(&self) -> &Function {
        &self.function
    }

    /// Makes the part at this place of the question, counted from 1, if the handler takes it: what is not made costs nothing.
    pub(super) fn takes<T>(&self, place: u8, make: impl FnOnce() -> Result<T>) -> Result<Option<T>> {
        if self.takes >= place { make().map(Some) } else { Ok(None) }
    }
}
