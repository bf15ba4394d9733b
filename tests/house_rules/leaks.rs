//! What is in the repository is true on every machine: no address of a package registry, no path of the machine that it
//! was written on, and nothing so large that it makes every clone slow.

use crate::house::{Fault, absolute, files, verdict};
use std::fs;

/// Largest file outside the tests' data.
const LARGEST: u64 = 1 << 20;
/// Real input, kept as it was written by others.
const DATA: &str = "tests/data/";

const NO_HOST: &str = "leave the address out: the clients know their registry or mirror";
const NO_PATH: &str = "use a path relative to the repository, a variable or a temporary folder";
const SMALLER: &str = "make it at run time, take less of it, or put real input under tests/data";

/// Put together here, so that this file does not have what it looks for.
fn registry_hosts() -> Vec<String> {
    let hosts: [&[&str]; 6] = [
        &["registry", "npmjs", "org"],
        &["index", "crates", "io"],
        &["static", "crates", "io"],
        &["pypi", "org"],
        &["files", "pythonhosted", "org"],
        &["deb", "debian", "org"],
    ];
    hosts.iter().map(|parts| parts.join(".")).collect()
}

/// Folders that exist on somebody's machine only. In a URL they are no such thing: see [`starts_a_path`].
fn machine_folders() -> Vec<String> {
    ["root", "work", "home", "Users"].iter().map(|name| format!("/{name}/")).collect()
}

fn faults(path: &str, text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let place = || format!("{path}:{}", number + 1);
        for host in registry_hosts().iter().filter(|host| line.contains(host.as_str())) {
            faults.push(Fault::new(place(), format!("names {host}"), NO_HOST));
        }
        for folder in machine_folders() {
            if line.match_indices(&folder).any(|(at, _)| starts_a_path(&line[..at])) {
                faults.push(Fault::new(place(), format!("names a path under {folder}"), NO_PATH));
            }
        }
    }
    faults
}

/// A folder's name begins a path unless something of a path or URL stands before it.
fn starts_a_path(before: &str) -> bool {
    before.chars().next_back().is_none_or(|last| {
        !last.is_alphanumeric() && !matches!(last, '/' | '.' | '_' | '-' | '}' | '*' | ')')
    })
}

#[test]
fn the_repository_names_no_registry_and_no_machine() {
    let own = files().into_iter().filter(|path| !path.starts_with(DATA));
    // What is no text cannot be read by others either; its size is another rule's.
    let texts = own.filter_map(|path| Some((fs::read_to_string(absolute(&path)).ok()?, path)));
    verdict("nothing of one machine", texts.flat_map(|(text, path)| faults(&path, &text)).collect());
}

#[test]
fn no_file_is_large() {
    let sizes = files().into_iter().filter(|path| !path.starts_with(DATA)).map(|path| {
        let size = fs::metadata(absolute(&path)).expect("a listed file is there").len();
        (path, size)
    });
    let large = sizes.filter(|(_, size)| *size > LARGEST);
    let fault = |(path, size): (String, u64)| {
        Fault::new(path, format!("{size} bytes, allowed are {LARGEST}"), SMALLER)
    };
    verdict("no large files", large.map(fault).collect());
}

#[test]
fn leaks_are_found_and_links_are_none() {
    let home = machine_folders()[2].clone();
    let host = registry_hosts()[0].clone();
    assert_eq!(
        faults("a.md", &format!("fine\nsee https://{host}/x")).first().map(|f| f.place.as_str()),
        Some("a.md:2")
    );
    for line in [format!("{home}ana/x"), format!("cd \"{home}ana\""), format!("PATH=x:{home}ana/bin")] {
        assert_eq!(faults("a.md", &line).len(), 1, "{line}");
    }
    for line in
        [format!("https://example.org{home}page"), format!("/srv{home}ana"), format!("${{dir}}{home}")]
    {
        assert_eq!(faults("a.md", &line), [], "{line}");
    }
}
