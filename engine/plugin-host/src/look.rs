//! Looking at a library that is not to be run here: what it says about itself, and its table for whoever tests it. The
//! library's own code runs in this process, so whoever does not trust it looks from a child.

use crate::host::{Host, with_scratch};
use crate::library::{self, Library};
use crate::manifest::Manifest;
use crate::options::Fault;
use crate::start;
use crate::store;
use hark_plugin_abi::HarkPluginTableV1;
use std::path::Path;

/// What a library says about itself.
#[derive(Debug, Clone)]
pub struct Look {
    /// Its manifest.
    pub manifest: Manifest,
    /// The version of the ABI that it was built for, such as `1.0`.
    pub abi: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
}

impl Host {
    /// Loads a library and reads what it says about itself, without starting it.
    ///
    /// # Errors
    /// Why it is no plugin that this host can load.
    pub fn look(file: &Path) -> Result<Look, Fault> {
        let opened = with_scratch(|folder| {
            let copy = store::copy(file, folder)?;
            start::bounded("loading it", move || Library::open(&copy))?
        });
        let about = opened.map_err(|why| fault(file, why))?.about;
        Ok(Look { abi: about.abi(), manifest: about.manifest, sha256: about.sha256 })
    }

    /// Loads a library and hands out its table as it is, unchecked but for its size. It stays loaded.
    ///
    /// # Errors
    /// Why it exports no such table.
    pub fn table(file: &Path) -> Result<&'static HarkPluginTableV1, Fault> {
        let table = with_scratch(|folder| library::table(&store::copy(file, folder)?));
        table.map(|table| &*Box::leak(Box::new(table))).map_err(|why| fault(file, why))
    }
}

fn fault(file: &Path, why: String) -> Fault {
    Fault::new(&file.display().to_string(), why)
}
