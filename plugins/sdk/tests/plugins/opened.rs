//! Opens a library the way the engine does; it stays open, as the ABI says. Other plugins' tests take this file too.

use hark_plugin_sdk::abi::{HarkPluginTableV1, SYMBOL};
use std::path::Path;

/// Opens a library and finds its table.
pub(crate) fn open(path: &Path) -> &'static HarkPluginTableV1 {
    // SAFETY: our own plugins, whose initialisers do nothing.
    let library = unsafe { libloading::Library::new(path) }.expect("the library loads");
    let library = Box::leak(Box::new(library));
    // SAFETY: the symbol is a constant table of this type, as the header says, and the library stays open.
    let table: libloading::Symbol<'static, *const HarkPluginTableV1> =
        unsafe { library.get(SYMBOL) }.expect("the symbol is there");
    // SAFETY: as above.
    unsafe { &**table }
}
