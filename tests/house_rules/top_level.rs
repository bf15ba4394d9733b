//! The first thing that a newcomer sees: the visible top level is exactly what it has to be.

use crate::house::{Fault, verdict};
use std::collections::BTreeSet;
use std::fs;

const EXPECTED: [&str; 11] = [
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "config.toml",
    "engine",
    "plugins",
    "scripts",
    "tests",
];
/// Made by the build, never committed.
const BUILD_OUTPUT: &str = "target";

const MOVE_IN: &str = "put it into the room that it belongs to; docs live with what they describe";
const ADD: &str = "write it: the top level is what engine/ARCHITECTURE.md says, no less";

fn faults(seen: &BTreeSet<String>) -> Vec<Fault> {
    let visible = |name: &&String| !name.starts_with('.') && *name != BUILD_OUTPUT;
    let strange = seen.iter().filter(visible).filter(|name| !EXPECTED.contains(&name.as_str()));
    let missing = EXPECTED.iter().filter(|name| !seen.contains(**name));
    let strange = strange.map(|name| Fault::new(name, "does not belong to the top level", MOVE_IN));
    strange.chain(missing.map(|name| Fault::new(*name, "is missing", ADD))).collect()
}

#[test]
fn the_top_level_is_exactly_what_it_has_to_be() {
    let entries = fs::read_dir(hark_tests::repository()).expect("the repository can be listed");
    let seen =
        entries.map(|entry| entry.expect("an entry can be read").file_name().to_string_lossy().into_owned());
    verdict("the visible top level", faults(&seen.collect()));
}

#[test]
fn strange_and_missing_entries_are_found() {
    let mut seen: BTreeSet<String> = EXPECTED.iter().map(|&name| name.to_owned()).collect();
    seen.extend([".git".to_owned(), "target".to_owned()]);
    assert_eq!(faults(&seen), []);
    seen.remove("README.md");
    seen.insert("docs".to_owned());
    assert_eq!(
        faults(&seen).iter().map(|fault| fault.place.as_str()).collect::<Vec<_>>(),
        ["docs", "README.md"]
    );
}
