//! `hark script`: what an admin does with scripts before a desk runs them. It touches no journal and starts no desk.

use super::ConfigFile;
use super::journal::JournalFolder;
use crate::config::Config;
use crate::error::Error;
use crate::recorded::{self, Wanted};
use crate::say::{Lines, say};
use crate::serve;
use crate::shipped;
use crate::when::moment;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand, ValueEnum};
use hark_core::Time;
use hark_policy::{Point, testing};
use std::path::{Path, PathBuf};

/// What stands for a script's name in a template.
const PLACEHOLDER: &str = "TEMPLATE";

/// Longest wall-clock time of one decision while recorded questions are asked, in milliseconds.
const PATIENCE_MS: u32 = 10_000;
/// What stands beside the decision points: reactions to events.
const AFTER: &str = "after";

/// What is wanted of scripts.
#[derive(Debug, Subcommand)]
pub(super) enum ScriptCommand {
    /// Tell every fault of the configured scripts at once
    Check(ConfigFile),
    /// Run the scripts' own tests, the files in test/ below their folder
    Test(Test),
    /// Ask a changed script the questions that the journal recorded: what would be answered otherwise. Safe beside a
    /// running desk
    Run(Run),
    /// Write a script that answers one decision point, and its test
    New(New),
    /// Print what a decision point sees and may answer
    About {
        /// The decision point
        #[arg(value_parser = points())]
        point: String,
    },
}

/// Which tests are wanted.
#[derive(Debug, Args)]
pub(super) struct Test {
    /// Only tests whose file or name contains this
    #[arg(value_name = "TEXT")]
    only: Option<String>,
    #[command(flatten)]
    file: ConfigFile,
}

/// Which script is tried, and on what.
#[derive(Debug, Args)]
pub(super) struct Run {
    /// The script, a file in the scripts' folder; asked in its configured place, or first where it has none
    file: PathBuf,
    /// What it is asked
    #[arg(long, value_name = "WHAT", default_value = "recorded")]
    on: On,
    /// The data folder, or the journal's own; the configuration's when left out
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// From this moment on, such as 2026-11-23 or 2026-11-23T08:00:00Z; the journal's beginning when left out
    #[arg(long, value_name = "TIME", value_parser = moment)]
    from: Option<Time>,
    /// Until this moment; the journal's end when left out
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<Time>,
    /// Print one JSON object instead of lines
    #[arg(long)]
    json: bool,
    /// The configuration file
    #[arg(long, short, value_name = "FILE", default_value = "config.toml")]
    config: PathBuf,
}

/// What a script is asked.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum On {
    /// The questions that the journal recorded
    Recorded,
}

/// Which script is wanted.
#[derive(Debug, Args)]
pub(super) struct New {
    /// Its name, without an ending: letters, digits and _
    name: String,
    /// The decision point that it answers
    #[arg(long, default_value = "reject_permission", value_parser = points())]
    point: String,
    #[command(flatten)]
    file: ConfigFile,
}

fn points() -> PossibleValuesParser {
    PossibleValuesParser::new(Point::ALL.map(Point::name).into_iter().chain([AFTER]))
}

pub(super) fn script(command: &ScriptCommand) -> Result<(), Error> {
    match command {
        ScriptCommand::Check(file) => check(&file.config),
        ScriptCommand::Test(wish) => test(wish),
        ScriptCommand::Run(wish) => run(wish),
        ScriptCommand::New(wish) => new(wish),
        ScriptCommand::About { point } => about(point),
    }
}

fn check(file: &Path) -> Result<(), Error> {
    let config = Config::load(file).map_err(Error::Faults)?;
    let loaded = serve::load_scripts(&config).map_err(Error::Faults)?;
    let files = &config.scripts.files;
    let names = if files.is_empty() { "none: Hark's own rules".to_owned() } else { files.join(", ") };
    say(format!("no faults; asked in this order: {names}; version {}", loaded.policy.version()));
    Ok(())
}

fn test(wish: &Test) -> Result<(), Error> {
    let config = Config::load(&wish.file.config).map_err(Error::Faults)?;
    let root = config.below_base(&config.scripts.root);
    let report = testing::run(&root, wish.only.as_deref());
    let mut out = Lines::new();
    out.line(&report);
    drop(out);
    match report.failed() {
        0 => Ok(()),
        1 => Err(Error::told("1 test of the scripts failed")),
        failed => Err(Error::told(format!("{failed} tests of the scripts failed"))),
    }
}

fn run(wish: &Run) -> Result<(), Error> {
    let On::Recorded = wish.on;
    let mut config = Config::load(&wish.config).map_err(Error::Faults)?;
    let name = name_below(&config.below_base(&config.scripts.root), &wish.file)?;
    if !config.scripts.files.contains(&name) {
        config.scripts.files.insert(0, name);
    }
    // Nobody waits here, and a busy machine is no fault of the script's.
    config.scripts.budget.wall_ms = PATIENCE_MS;
    let mut rules = serve::load_scripts(&config).map_err(Error::Faults)?;
    let data = wish.dir.clone().unwrap_or_else(|| config.data_dir());
    let journal = JournalFolder::of(data).find_filled()?;
    let (from, until) = (Some(wish.from.unwrap_or_default()), wish.until);
    let told = recorded::rehearse(&journal, &mut *rules.policy, Wanted { from, until, within: None })?;
    if wish.json {
        say(serde_json::to_string_pretty(&told).map_err(|error| Error::told(error.to_string()))?);
    } else {
        let mut out = Lines::new();
        for one in &told.differences {
            let script = one.script.as_deref().unwrap_or("built-in");
            out.line(format!("{} {} {}", one.at, one.chat_id, one.point));
            out.line(format!("  - {}", one.was));
            out.line(format!("  + {}   ({script})", one.now));
        }
        told.failures.iter().for_each(|why| out.line(format!("failed: {why}")));
        out.line(told.summary());
    }
    match told.failed {
        0 => Ok(()),
        failed => Err(Error::told(format!("a script failed at {failed} of the recorded questions"))),
    }
}

/// A script's name in its folder.
fn name_below(root: &Path, file: &Path) -> Result<String, Error> {
    let found = if file.is_file() { file.to_owned() } else { root.join(file) };
    let whole = |path: &Path| path.canonicalize().map_err(Error::io("find", path));
    let (found, root) = (whole(&found)?, whole(root)?);
    let name = found.strip_prefix(&root).map_err(|_| {
        Error::told(format!("{} must lie in the scripts' folder {}", file.display(), root.display()))
    })?;
    Ok(name.to_string_lossy().into_owned())
}

fn new(wish: &New) -> Result<(), Error> {
    let name = &wish.name;
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    if name.is_empty() || !name.chars().all(is_plain) {
        return Err(Error::told(format!("a script's name has letters, digits and _ only; it is '{name}'")));
    }
    let config = Config::load(&wish.file.config).map_err(Error::Faults)?;
    let root = config.below_base(&config.scripts.root);
    let point = &wish.point;
    let (script, test) = (root.join(format!("{name}.lua")), root.join(format!("test/{name}.lua")));
    for (file, template) in [(&script, format!("{point}.lua")), (&test, format!("{point}.test.lua"))] {
        let text = text_of(shipped::TEMPLATES, &template)?.replace(PLACEHOLDER, name);
        if !shipped::write_new(file, &text)? {
            return Err(Error::told(format!("{} is already there: choose another name", file.display())));
        }
    }
    shipped::write_out(&root, &editors_files())?;
    let (script, test, config) = (script.display(), test.display(), wish.file.config.display());
    say(format!(
        "{script} answers {point}; {test} is its test.\nNext: name \"{name}.lua\" in scripts.files of {config}, then\n  \
         hark script test {name} --config {config}\n  \
         hark script check --config {config}\n\
         A desk that runs takes it on SIGHUP."
    ));
    Ok(())
}

/// What editors want beside the scripts.
fn editors_files() -> Vec<(&'static str, &'static str)> {
    let wanted = |name: &str| name == ".luaurc" || name.starts_with("api/");
    shipped::SCRIPTS.iter().copied().filter(|(name, _)| wanted(name)).collect()
}

fn about(point: &str) -> Result<(), Error> {
    say(text_of(shipped::REFERENCE, &format!("{point}.md"))?.trim_end());
    Ok(())
}

fn text_of(files: &[(&str, &'static str)], name: &str) -> Result<&'static str, Error> {
    let found = files.iter().find(|(known, _)| *known == name);
    found.map(|(_, text)| *text).ok_or_else(|| Error::told(format!("{name} does not ship with this binary")))
}
