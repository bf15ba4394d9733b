//! One trial: builds the simulator with a bug in it and lets it run. A bug is caught when the simulator says so, when
//! the engine stops itself, or when nothing moves any more.

use crate::copy::Copied;
use crate::table::Mutant;
use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Chats within which a bug must be noticed.
const CHATS: &str = "60000";
/// Chats within which the sources themselves must have no fault.
const SOUND_CHATS: &str = "5000";
/// Longest sentence of the table.
const MOST_CHARS: usize = 90;
/// A build or a run that takes longer than this stands still.
const PATIENCE: Duration = Duration::from_secs(400);

/// What came of a trial.
pub(crate) enum Verdict {
    Caught { why: String, chats: String },
    NotCaught,
    NotBuilt(String),
}

impl Verdict {
    pub(crate) fn told(&self) -> String {
        match self {
            Self::Caught { why, .. } => why.clone(),
            Self::NotCaught => format!("NOT CAUGHT within {CHATS} chats"),
            Self::NotBuilt(why) => format!("NOT BUILT: {why}"),
        }
    }
}

/// Builds and runs the simulator, with a bug or without.
pub(crate) fn run(copied: &Copied, mutant: Option<&Mutant>) -> Verdict {
    if let Some(mutant) = mutant {
        copied.break_with(mutant);
    }
    let verdict = built_and_run(copied, if mutant.is_some() { CHATS } else { SOUND_CHATS });
    if let Some(mutant) = mutant {
        copied.mend(mutant);
    }
    verdict
}

fn built_and_run(copied: &Copied, chats: &str) -> Verdict {
    let (built, told) = ended(copied, cargo(copied));
    let program = told.lines().find_map(executable);
    let (Some(true), Some(program)) = (built, program) else {
        let error = told.lines().find(|line| line.starts_with("error")).unwrap_or("it takes too long");
        return Verdict::NotBuilt(error.to_owned());
    };
    let mut run = Command::new(copied.root.join(program));
    run.args(["--chats", chats, "--run-chats", "300", "--shrink-s", "0"]);
    let (passed, told) = ended(copied, run);
    match passed {
        Some(true) => Verdict::NotCaught,
        None => Verdict::Caught { why: "nothing moves any more".to_owned(), chats: "—".to_owned() },
        Some(false) => caught(&told),
    }
}

/// Reads `Executable sim/main.rs (path)`.
fn executable(line: &str) -> Option<&str> {
    line.trim().strip_prefix("Executable ")?.split_once('(')?.1.strip_suffix(')')
}

/// Reads `FAILED after 123 chats: why`.
fn caught(told: &str) -> Verdict {
    let line = told.lines().find_map(|line| line.strip_prefix("FAILED after "));
    let Some((chats, why)) = line.and_then(|line| line.split_once(" chats: ")) else {
        return Verdict::Caught { why: "the simulator dies".to_owned(), chats: "—".to_owned() };
    };
    let why = why.split_whitespace().collect::<Vec<_>>().join(" ");
    Verdict::Caught { why: in_short(&without_ids(&why)), chats: chats.to_owned() }
}

/// The beginning of a sentence, in whole words.
fn in_short(why: &str) -> String {
    if why.chars().count() <= MOST_CHARS {
        return why.to_owned();
    }
    let most: String = why.chars().take(MOST_CHARS).collect();
    format!("{} …", most.rsplit_once(' ').map_or(most.as_str(), |(words, _)| words))
}

/// Ids differ from run to run and say nothing to a reader.
fn without_ids(why: &str) -> String {
    let in_words = |letter: char| letter.is_alphanumeric() || letter == '_';
    let is_id = |word: &str| word.len() > 20 && word.contains('_');
    let words = why.split_inclusive(|letter| !in_words(letter)).map(|word| {
        let end = word.trim_end_matches(|letter| !in_words(letter)).len();
        if is_id(&word[..end]) { format!("…{}", &word[end..]) } else { word.to_owned() }
    });
    words.collect::<String>().replace('|', "/")
}

fn cargo(copied: &Copied) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["test", "-p", "hark-tests", "--test", "sim", "--no-run"]);
    // A bug is built often and run shortly.
    for room in ["core", "journal", "runtime", "tests"] {
        cargo.args(["--config", &format!("profile.dev.package.hark-{room}.opt-level=0")]);
    }
    cargo.env("CARGO_TARGET_DIR", &copied.target);
    cargo
}

/// Whether it ended well, or nothing if it did not end; and what it said.
fn ended(copied: &Copied, mut command: Command) -> (Option<bool>, String) {
    let said = copied.target.join("mutants-said.txt");
    let out = File::create(&said).expect("the target folder can be written");
    let errors = out.try_clone().expect("a file can be opened twice");
    command.current_dir(&copied.root).stdin(Stdio::null()).stdout(out).stderr(errors);
    let mut child = command.spawn().expect("cargo and what it built can be started");
    let ended = wait(&mut child);
    (ended, fs::read_to_string(said).unwrap_or_default())
}

fn wait(child: &mut Child) -> Option<bool> {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        if let Some(status) = child.try_wait().expect("a child can be asked") {
            return Some(status.success());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    // It may have ended just now; either way it is gone then.
    let _ = child.kill();
    let _ = child.wait();
    None
}
