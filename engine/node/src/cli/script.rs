//! `hark script`: what an admin does with scripts before a desk runs them. It touches no journal and starts no desk.

use super::ConfigFile;
use crate::config::Config;
use crate::error::Error;
use crate::say::{Lines, say};
use crate::serve;
use crate::shipped;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use hark_policy::{Point, testing};
use std::path::Path;

/// What stands for a script's name in a template.
const PLACEHOLDER: &str = "TEMPLATE";

/// What is wanted of scripts.
#[derive(Debug, Subcommand)]
pub(super) enum ScriptCommand {
    /// Tell every fault of the configured scripts at once
    Check(ConfigFile),
    /// Run the scripts' own tests, the files in test/ below their folder
    Test(Test),
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
    PossibleValuesParser::new(Point::ALL.map(Point::name))
}

pub(super) fn script(command: &ScriptCommand) -> Result<(), Error> {
    match command {
        ScriptCommand::Check(file) => check(&file.config),
        ScriptCommand::Test(wish) => test(wish),
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
