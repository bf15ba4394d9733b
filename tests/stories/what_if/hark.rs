//! Commands of the binary beside a server that has stopped. It looks at what they print and at how they end.

use hark_tests::{Server, binary, repository};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// The folder of a server, in which commands run.
pub(crate) struct Hark {
    folder: PathBuf,
}

impl Hark {
    pub(crate) fn beside(server: &Server) -> Self {
        Self { folder: server.folder().to_path_buf() }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(binary());
        command.args(arguments).current_dir(&self.folder).stdin(Stdio::null());
        command.output().expect("the binary can be started")
    }

    /// What a command prints that succeeds.
    pub(crate) fn words(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "hark {arguments:?}: {said}");
        assert_eq!(said, "", "hark {arguments:?} complains of nothing");
        String::from_utf8(output.stdout).expect("a command prints text")
    }

    /// The same as JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.words(arguments)).expect("it is JSON")
    }

    /// What a command complains of that ends with 1 and prints nothing else.
    pub(crate) fn fails(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "hark {arguments:?}: {said}");
        assert!(output.stdout.is_empty(), "hark {arguments:?} prints nothing when it fails");
        said
    }

    /// What a command prints that tells of failures and ends with 1.
    pub(crate) fn run_out(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "hark {arguments:?}");
        String::from_utf8(output.stdout).expect("a command prints text")
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let file = self.folder.join(name);
        fs::create_dir_all(file.parent().expect("it lies in a folder")).expect("a folder can be made");
        fs::write(file, text).expect("a file can be written");
    }

    /// A configuration like the story's.
    pub(crate) fn write_config(&self, name: &str, settings: &str) {
        self.write(name, &settings.replace("{repository}", &repository().display().to_string()));
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).expect("it was written")
    }
}
