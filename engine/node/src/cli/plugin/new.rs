//! `hark plugin new`: writes a plugin that builds and keeps the contract, for somebody to change. It writes over nothing.

use crate::error::Error;
use crate::say::say;
use crate::shipped;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// The plugin in Rust that the integrator's book shows, and the one in C that is the sample.
const FIRST_CRM: &str = include_str!("../../../../../plugins/sdk/examples/first_crm.rs");
const ECHO_CRM: &str = include_str!("../../../../../plugins/samples/c-echo-crm/echo_crm.c");
const HEADER: &str = include_str!("../../../../../plugins/abi/include/hark_plugin.h");

macro_rules! template {
    ($file:literal) => {
        include_str!(concat!("../../../../../plugins/templates/", $file))
    };
}

/// What the environment calls the folder of the SDK.
const HARK_SDK: &str = "HARK_SDK";

/// Which plugin is wanted.
#[derive(Debug, Args)]
pub(in super::super) struct New {
    /// Its name: lower case, digits and -
    name: String,
    /// The language that it is to be written in
    #[arg(long)]
    lang: Lang,
    /// The folder for it; one of its name, here, when left out
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// For Rust, the folder of the SDK: plugins/sdk in a clone of Hark. Else HARK_SDK of the environment, or the clone that
    /// this binary was built in
    #[arg(long, value_name = "DIR")]
    sdk: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Lang {
    Rust,
    C,
}

pub(super) fn new(wish: &New) -> Result<(), Error> {
    let name = wish.name.as_str();
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    if !name.starts_with(|first: char| first.is_ascii_lowercase()) || !name.chars().all(plain) {
        let what = "a plugin's name has lower case, digits and - only, and begins with a letter";
        return Err(Error::told(format!("{what}; it is '{name}'")));
    }
    let folder = wish.dir.clone().unwrap_or_else(|| PathBuf::from(name));
    let files = match wish.lang {
        Lang::Rust => in_rust(wish)?,
        Lang::C => in_c(name),
    };
    let place = std::path::absolute(&folder).map_err(Error::io("find", &folder))?;
    let place = place.display().to_string();
    if let Some((there, _)) = files.iter().find(|(file, _)| folder.join(file).exists()) {
        return Err(Error::told(format!(
            "{} is already there: choose another folder",
            folder.join(there).display()
        )));
    }
    for (file, text) in &files {
        let text = text.replace("NAME", name).replace("FILE", &symbol(name)).replace("FOLDER", &place);
        shipped::write_new(&folder.join(file), &text)?;
    }
    say(format!("{} is a plugin that works; next: {}", folder.display(), folder.join("README.md").display()));
    Ok(())
}

/// The name as a part of a file's name.
fn symbol(name: &str) -> String {
    name.replace('-', "_")
}

fn in_rust(wish: &New) -> Result<Vec<(String, String)>, Error> {
    let sdk = sdk(wish)?.display().to_string();
    Ok(vec![
        ("Cargo.toml".to_owned(), template!("rust/Cargo.toml.in").replace("SDK", &sdk)),
        ("src/lib.rs".to_owned(), FIRST_CRM.replace("\"first-crm\"", "\"NAME\"")),
        ("customers.csv".to_owned(), template!("rust/customers.csv").to_owned()),
        ("README.md".to_owned(), template!("rust/README.md").to_owned()),
        (".gitignore".to_owned(), template!("rust/gitignore").to_owned()),
    ])
}

fn in_c(name: &str) -> Vec<(String, String)> {
    vec![
        (format!("{}.c", symbol(name)), ECHO_CRM.replace("c-echo-crm", "NAME")),
        ("hark_plugin.h".to_owned(), HEADER.to_owned()),
        ("Makefile".to_owned(), template!("c/Makefile").to_owned()),
        ("README.md".to_owned(), template!("c/README.md").to_owned()),
    ]
}

/// The folder of the SDK.
fn sdk(wish: &New) -> Result<PathBuf, Error> {
    let named = wish.sdk.clone().or_else(|| std::env::var_os(HARK_SDK).map(PathBuf::from));
    let found = named.or_else(|| {
        let binary = std::env::current_exe().and_then(std::fs::canonicalize).ok()?;
        binary.ancestors().map(|folder| folder.join("plugins/sdk")).find(|folder| is_sdk(folder))
    });
    match found {
        Some(folder) if is_sdk(&folder) => std::fs::canonicalize(&folder).map_err(Error::io("find", &folder)),
        Some(folder) => Err(Error::told(format!(
            "{} is not the folder of the SDK: it is plugins/sdk in a clone of Hark",
            folder.display()
        ))),
        None => Err(Error::told(format!(
            "a plugin in Rust needs the SDK: clone Hark, and name its folder plugins/sdk by --sdk or {HARK_SDK}"
        ))),
    }
}

fn is_sdk(folder: &Path) -> bool {
    folder.join("Cargo.toml").is_file() && folder.join("src/lib.rs").is_file()
}
