//! Follows a book: a reader with a shell, an editor and a new folder, who does what the blocks say and nothing else.
//!
//! | block | what the reader does |
//! | --- | --- |
//! | `bash` | runs it by `bash -eu` where the last one ended (`cd` is kept, variables are not); it must succeed |
//! | `bash fails` | the same; it must not succeed |
//! | `text output` | compares it with all that the last `bash` block printed; `…` stands for what differs ([`output`]) |
//! | `toml FILE` | puts its lines into the file ([`settings`]), or writes the file when there is none |
//! | any other with a FILE | writes the file, over the one that is there |
//! | any without a second word | reads it |
//!
//! What a block leaves running (`… &`) is stopped when the follower goes. A reader's own circumstances (a port that is
//! free, where a clone lies) are told to the follower before.

use crate::book::Block;
use crate::{output, settings};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longest time for one block.
const LONGEST: Duration = Duration::from_secs(300);
/// Between two looks whether a block has ended.
const LOOK: Duration = Duration::from_millis(5);

/// Where the reader is, and what they know.
pub(crate) struct Follower {
    folder: TempDir,
    path: String,
    environment: Vec<(String, String)>,
    instead: Vec<(String, String)>,
    /// What the last block printed, until it was compared.
    printed: Option<String>,
    shells: Vec<Child>,
    /// How many blocks were run, written and compared.
    done: usize,
}

impl Follower {
    /// A reader in a new folder, who has the binary on their path.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        fs::create_dir(folder.path().join("home")).expect("a folder can be made");
        let binary = hark_tests::binary();
        let binaries = binary.parent().expect("a binary lies in a folder").display().to_string();
        let path = format!("{binaries}:{}", std::env::var("PATH").unwrap_or_default());
        let (environment, instead, shells) = (Vec::new(), Vec::new(), Vec::new());
        let follower = Self { folder, path, environment, instead, printed: None, shells, done: 0 };
        follower.stand_in(&follower.home());
        follower
    }

    /// The folder in which the reader begins.
    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The reader has this variable in their shell.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The reader writes something else where the book has `text`: a port of their own, for example.
    pub(crate) fn instead(mut self, text: &str, other: &str) -> Self {
        self.instead.push((text.to_owned(), other.to_owned()));
        self
    }

    /// Does what the blocks say, and tells how many of them said anything.
    ///
    /// # Panics
    /// Something did not happen as the book says; the message begins with the book's file and line.
    pub(crate) fn follow(&mut self, blocks: &[Block]) -> usize {
        let before = self.done;
        blocks.iter().for_each(|block| self.block(block));
        self.done - before
    }

    fn block(&mut self, block: &Block) {
        let words: Vec<&str> = block.words.iter().map(String::as_str).collect();
        let mut text = block.text.clone();
        for (from, to) in &self.instead {
            text = text.replace(from, to);
        }
        match (block.language.as_str(), words.as_slice()) {
            ("bash", []) => self.run(block, &text, true),
            ("bash", ["fails"]) => self.run(block, &text, false),
            ("text", ["output"]) => self.compare(block, &text),
            ("bash" | "text", _) => panic!("{}: a block has unknown words: {words:?}", block.place),
            (_, []) => return,
            (language, [file]) => self.write(block, language, file, &text),
            _ => panic!("{}: a block names one file; it has {words:?}", block.place),
        }
        self.done += 1;
    }

    /// Where the reader stands.
    fn place(&self) -> PathBuf {
        let place = fs::read_to_string(self.folder.path().join("place")).expect("the place was written");
        PathBuf::from(place.trim_end())
    }

    fn stand_in(&self, folder: &Path) {
        let place = folder.display().to_string();
        fs::write(self.folder.path().join("place"), place).expect("the place can be written");
    }

    fn write(&self, block: &Block, language: &str, file: &str, text: &str) {
        let path = self.place().join(file);
        let there = fs::read_to_string(&path).ok().filter(|_| language == "toml");
        let text = there.map_or_else(|| text.to_owned(), |there| settings::put(&there, text));
        let folder = path.parent().expect("a file lies in a folder");
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, text))
            .unwrap_or_else(|error| panic!("{}: {error}", block.place));
    }

    fn run(&mut self, block: &Block, text: &str, succeeds: bool) {
        let own = self.folder.path();
        let (script, printed) = (own.join("block.sh"), own.join("printed"));
        // The place is kept whatever the block does, but only once it has done all of it.
        let all = format!("set -eu\n{text}\npwd > '{}'\n", own.join("place").display());
        fs::write(&script, all).expect("a script can be written");
        let out = File::create(&printed).expect("a file can be made");
        let mut shell = Command::new("bash");
        shell.arg(&script).current_dir(self.place()).stdin(Stdio::null()).env("PATH", &self.path);
        shell.envs(self.environment.iter().map(|(name, value)| (name, value)));
        shell.stderr(out.try_clone().expect("a file can be shared")).stdout(out);
        std::os::unix::process::CommandExt::process_group(&mut shell, 0);
        self.shells.push(shell.spawn().expect("bash can be started"));
        let status = end_of(self.shells.last_mut().expect("it was just started"), &block.place);
        let printed = fs::read_to_string(&printed).expect("a block prints text");
        assert!(
            status.success() == succeeds,
            "{}: it ended with {status} and printed:\n{printed}",
            block.place
        );
        self.printed = Some(printed);
    }

    fn compare(&mut self, block: &Block, told: &str) {
        let printed =
            self.printed.take().unwrap_or_else(|| panic!("{}: no block ran before it", block.place));
        assert!(
            output::is_as_told(told, &printed),
            "{}: the book says\n{told}\nbut this was printed\n{printed}",
            block.place
        );
    }
}

/// Waits for the shell itself: what it left running goes on.
fn end_of(shell: &mut Child, place: &str) -> ExitStatus {
    let begun = Instant::now();
    loop {
        if let Some(status) = shell.try_wait().expect("a child can be waited for") {
            return status;
        }
        assert!(begun.elapsed() < LONGEST, "{place}: it has not ended after {LONGEST:?}");
        thread::sleep(LOOK);
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        for shell in &self.shells {
            // Each block's shell led a group of its own, which has its number as long as any of it runs.
            let group = format!("-{}", shell.id());
            let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(language: &str, words: &[&str], text: &str) -> Block {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        Block { place: "book.md:1".to_owned(), language: language.to_owned(), words, text: text.to_owned() }
    }

    fn follow(blocks: &[Block]) -> Result<usize, String> {
        let followed = std::panic::catch_unwind(|| Follower::new().instead("PORT", "7171").follow(blocks));
        followed.map_err(|error| *error.downcast::<String>().expect("it panics with words"))
    }

    #[test]
    fn a_book_is_followed() {
        let blocks = [
            block("bash", &[], "mkdir desk\ncd desk\n"),
            block("toml", &["a.toml"], "[a]\nx = 1\n"),
            block("toml", &["a.toml"], "[a]\nx = PORT\n"),
            block("lua", &[], "only to read\n"),
            block("bash", &[], "sleep 60 &\ncat a.toml\n"),
            block("text", &["output"], "[a]\nx = …71\n"),
            block("bash", &["fails"], "hark script about nothing\n"),
        ];
        assert_eq!(follow(&blocks), Ok(6));
    }

    #[test]
    fn a_book_that_lies_is_found_out() {
        let told = |blocks: &[Block]| follow(blocks).expect_err("the book lies");
        let lie = told(&[block("bash", &[], "echo one\n"), block("text", &["output"], "two\n")]);
        assert!(lie.starts_with("book.md:1: the book says\ntwo"), "{lie}");
        assert!(told(&[block("bash", &[], "false\ntrue\n")]).contains("it ended with exit status: 1"));
        assert!(told(&[block("bash", &["fails"], "true\n")]).contains("it ended with exit status: 0"));
        assert!(told(&[block("text", &["output"], "one\n")]).contains("no block ran before it"));
        assert!(told(&[block("bash", &["quickly"], "true\n")]).contains("unknown words"));
    }
}
