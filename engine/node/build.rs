//! Lists the files that ship inside of the binary: the default script with its stubs, and the sample FAQ articles. So
//! `hark demo` and `hark init` need nothing but the binary.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Files below `folder` with one of the endings, relative to it, sorted.
fn files(folder: &Path, below: &Path, endings: &[&str]) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder.join(below))? {
        let path = below.join(entry?.file_name());
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if folder.join(&path).is_dir() {
            found.extend(files(folder, &path, endings)?);
        } else if endings.contains(&ending) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// A constant with the names and texts of files.
fn constant(name: &str, doc: &str, folder: &Path, files: &[PathBuf]) -> String {
    let mut code = format!("/// {doc}\npub(crate) const {name}: &[(&str, &str)] = &[\n");
    for file in files {
        let whole = folder.join(file);
        writeln!(
            code,
            "    ({:?}, include_str!({:?})),",
            file.display().to_string(),
            whole.display().to_string()
        )
        .expect("a string takes all that is written");
    }
    code.push_str("];\n");
    code
}

fn main() -> io::Result<()> {
    let top = fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))?;
    let (scripts, articles) = (top.join("scripts"), top.join("plugins/faq-search/articles"));
    println!("cargo:rerun-if-changed={}", scripts.display());
    println!("cargo:rerun-if-changed={}", articles.display());
    let mut shipped = files(&scripts, Path::new(""), &["lua", "luau"])?;
    shipped.retain(|file| !["test", "reference", "templates"].iter().any(|folder| file.starts_with(folder)));
    shipped.push(".luaurc".into());
    let (templates, reference) = (scripts.join("templates"), scripts.join("reference"));
    let code = constant("SCRIPTS", "The shipped scripts, with what editors want.", &scripts, &shipped)
        + &constant(
            "TEMPLATES",
            "What new scripts and their tests begin with, by decision point.",
            &templates,
            &files(&templates, Path::new(""), &["lua"])?,
        )
        + &constant(
            "REFERENCE",
            "The pages about the decision points.",
            &reference,
            &files(&reference, Path::new(""), &["md"])?,
        )
        + &constant(
            "ARTICLES",
            "The sample FAQ articles.",
            &articles,
            &files(&articles, Path::new(""), &["md"])?,
        );
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("shipped.rs"), code)
}
