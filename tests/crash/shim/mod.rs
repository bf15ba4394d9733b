//! Builds the shim that stands between the binary and the C library (recorder.c), and tells a server to start with it.

use hark_tests::{Server, repository};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// What the disk does from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None = 0,
    /// Nothing grows and nothing new is made.
    Full = 1,
    /// Every write fails.
    WriteFails = 2,
    /// Every sync fails.
    SyncFails = 3,
    /// Nothing can be opened for writing, and nothing written.
    ReadOnly = 4,
}

/// The built shim with its files, in a folder that goes with it.
pub(crate) struct Shim {
    folder: TempDir,
}

impl Shim {
    /// Builds it.
    pub(crate) fn build() -> Self {
        let folder = TempDir::with_prefix("hark-shim-").expect("a temporary folder can be made");
        let shim = Self { folder };
        let source = repository().join("tests/crash/shim/recorder.c");
        let built = Command::new("cc")
            .args(["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-pthread", "-o"])
            .arg(shim.library())
            .arg(source)
            .status()
            .expect("the tests need `cc`");
        assert!(built.success(), "the shim is built without a warning");
        shim.make(Fault::None);
        shim
    }

    fn library(&self) -> PathBuf {
        self.folder.path().join("recorder.so")
    }

    fn control(&self) -> PathBuf {
        self.folder.path().join("fault")
    }

    /// Where the record is.
    pub(crate) fn trace(&self) -> PathBuf {
        self.folder.path().join("trace")
    }

    /// Puts the shim below a server's data folder, from its next start on.
    pub(crate) fn attend(&self, server: &mut Server, records: bool) {
        let text = |path: &Path| path.display().to_string();
        server.set("LD_PRELOAD", &text(&self.library()));
        server.set("HARK_SHIM_DIR", &text(&server.data()));
        server.set("HARK_SHIM_FAULT", &text(&self.control()));
        if records {
            server.set("HARK_SHIM_TRACE", &text(&self.trace()));
        }
    }

    /// What the disk does from now on, at once.
    pub(crate) fn make(&self, fault: Fault) {
        // In place: the process has mapped this very file.
        let file = fs::OpenOptions::new().create(true).write(true).truncate(false).open(self.control());
        let mut file = file.expect("the control file can be opened");
        std::io::Write::write_all(&mut file, &[fault as u8]).expect("the control file can be written");
    }
}
