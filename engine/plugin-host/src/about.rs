//! What is known of a plugin's file once it was opened, wherever that was. Values only.

use crate::manifest::Manifest;
use crate::store;
use hark_plugin_abi as abi;
use std::path::Path;

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct About {
    pub(crate) manifest: Manifest,
    /// The minor version of the ABI that it was built for.
    pub(crate) minor: u32,
    /// SHA-256 of the file, in hexadecimal.
    pub(crate) sha256: String,
}

impl About {
    /// What a copy's name and its library tell.
    pub(crate) fn new(copy: &Path, manifest: Manifest, minor: u32) -> Self {
        Self { manifest, minor, sha256: store::hash_of(copy) }
    }

    /// The version of the ABI, for people.
    pub(crate) fn abi(&self) -> String {
        format!("{}.{}", abi::ABI_MAJOR, self.minor)
    }
}
