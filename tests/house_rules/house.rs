//! Reading the house: which files belong to it, what is in them, and how a broken rule is told. It knows no rule.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

/// One place that breaks a rule.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// A file, a line of it, or a crate.
    pub(crate) place: String,
    /// What is wrong there.
    pub(crate) what: String,
    /// What to do about it.
    pub(crate) remedy: &'static str,
}

impl Fault {
    pub(crate) fn new(place: impl Into<String>, what: impl Into<String>, remedy: &'static str) -> Self {
        Self { place: place.into(), what: what.into(), remedy }
    }
}

/// Fails the test when there are faults, and tells them all, grouped by remedy.
pub(crate) fn verdict(rule: &str, mut faults: Vec<Fault>) {
    faults.sort_by(|a, b| (a.remedy, &a.place).cmp(&(b.remedy, &b.place)));
    let mut told = String::new();
    let mut remedy = "";
    for fault in &faults {
        if fault.remedy != remedy {
            remedy = fault.remedy;
            let _ = writeln!(told, "\n  remedy: {remedy}");
        }
        let _ = writeln!(told, "    {}: {}", fault.place, fault.what);
    }
    assert!(faults.is_empty(), "house rule broken: {rule} ({} faults)\n{told}", faults.len());
}

/// Prints past the test harness, which shows the output of failed tests only: figures are wanted from passing ones.
pub(crate) fn tell(line: &str) {
    use io::Write as _;
    let _ = writeln!(io::stderr(), "{line}");
}

/// Every file of the repository that is not ignored, relative to its root, with `/` between the parts, in order.
pub(crate) fn files() -> Vec<String> {
    let root = hark_tests::repository();
    let mut found = listed_by_git(&root).unwrap_or_else(|| walked(&root));
    // A file that was removed but is still in the index is gone.
    found.retain(|path| root.join(path).is_file());
    found.sort();
    found.dedup();
    assert!(
        found.len() > 10,
        "only {} files found under {}: this is no checkout",
        found.len(),
        root.display()
    );
    found
}

/// The files under one folder with one ending.
pub(crate) fn files_under(folder: &str, ending: &str) -> Vec<String> {
    files().into_iter().filter(|path| path.starts_with(folder) && path.ends_with(ending)).collect()
}

/// A file's text.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(absolute(path)).unwrap_or_else(|error| panic!("cannot read {path}: {error}"))
}

pub(crate) fn absolute(path: &str) -> PathBuf {
    hark_tests::repository().join(path)
}

/// None where there is no git or no repository, as in an unpacked archive.
fn listed_by_git(root: &Path) -> Option<Vec<String>> {
    let listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").arg("-C").arg(root).args(listing).output().ok()?;
    let names = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| names.split_terminator('\0').map(str::to_owned).collect())
}

fn walked(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the repository can be listed") {
            let path = entry.expect("its entries can be read").path();
            let name = path.file_name().expect("an entry has a name").to_string_lossy().into_owned();
            if path.is_dir() && !matches!(name.as_str(), ".git" | "target" | "node_modules" | "shots") {
                folders.push(path);
            } else if path.is_file() {
                let relative = path.strip_prefix(root).expect("it lies under the root");
                found.push(relative.to_string_lossy().into_owned());
            }
        }
    }
    found
}

#[test]
fn git_and_a_plain_walk_find_the_same_house() {
    let walked = walked(&hark_tests::repository());
    let missing: Vec<_> = files().into_iter().filter(|path| !walked.contains(path)).collect();
    assert!(missing.is_empty(), "a walk does not find {missing:?}");
}

#[test]
#[should_panic(expected = "remedy: mend it\n    engine/a.rs:3: torn")]
fn a_fault_is_told_with_its_place_and_remedy() {
    verdict("nothing is torn", vec![Fault::new("engine/a.rs:3", "torn", "mend it")]);
}
