//! What came from elsewhere is what it says it is: each vendored script has its recorded hash and licence, and lock files
//! name versions and hashes but no address.

use crate::house::{Fault, absolute, read, verdict};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::fs;

const VENDOR: &str = "engine/http/web/vendor";
/// Where Cargo says that a crate of the public registry comes from; it is a name, mirrors answer to it too.
const PUBLIC_REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// What the licences begin with, by the name that manifests use.
const LICENCES: [(&str, &str); 2] = [("BSD-3-Clause", "BSD 3-Clause License"), ("MIT", "MIT License")];

const MAKE_ANEW: &str = "run engine/http/web/vendor/update.sh; nobody edits a vendored file";
const SAME_VERSION: &str =
    "give update.sh and tests/browser/package.json the same version, then run update.sh and npm install";
const LOCK_ANEW: &str = "run npm install in tests/browser: its .npmrc keeps addresses out of the lock file";
const PUBLIC_ONLY: &str = "depend on a published version; no git and no private registry";

fn json(path: &str) -> Value {
    serde_json::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn vendored_faults(manifest: &Value, script: &[u8]) -> Vec<Fault> {
    let place = format!("{VENDOR}/{}", manifest["file"].as_str().unwrap_or_default());
    let mut faults = Vec::new();
    if manifest["sha256"] != sha256(script) {
        let what = format!("has the SHA-256 {}, the manifest says {}", sha256(script), manifest["sha256"]);
        faults.push(Fault::new(&place, what, MAKE_ANEW));
    }
    if manifest["bytes"] != script.len() {
        faults.push(Fault::new(
            &place,
            format!("{} bytes are not {}", script.len(), manifest["bytes"]),
            MAKE_ANEW,
        ));
    }
    faults
}

fn npm_lock_faults(lock: &Value) -> Vec<Fault> {
    let packages = lock["packages"].as_object().expect("a lock file lists packages");
    let bad = packages.iter().filter(|(name, entry)| {
        let locked = entry["integrity"].is_string() || name.is_empty();
        !locked || entry.get("resolved").is_some()
    });
    let what = |name: &String| format!("{name} has an address or no hash");
    bad.map(|(name, _)| Fault::new("tests/browser/package-lock.json", what(name), LOCK_ANEW)).collect()
}

/// The licence beside a script is the one that its entry names.
fn licence_faults(manifest: &Value, licence: &str) -> Vec<Fault> {
    let begins = LICENCES.iter().find(|(name, _)| manifest["licence"] == *name).map(|(_, begins)| *begins);
    if begins.is_some_and(|begins| licence.starts_with(begins)) {
        return Vec::new();
    }
    let place = format!("{VENDOR}/{}", manifest["file"].as_str().unwrap_or_default());
    vec![Fault::new(place, format!("the licence beside it is not {}", manifest["licence"]), MAKE_ANEW)]
}

#[test]
fn vendored_scripts_are_what_their_manifest_says() {
    let manifest = json(&format!("{VENDOR}/manifest.json"));
    let entries = manifest["files"].as_array().expect("the manifest lists files");
    let listed = |name: &str| entries.iter().find(|entry| entry["file"] == name);
    let mut faults = Vec::new();
    for entry in entries {
        let file = entry["file"].as_str().expect("an entry names its file");
        let script = fs::read(absolute(&format!("{VENDOR}/{file}"))).expect("the vendored script is there");
        let licence = read(&format!("{VENDOR}/{}.LICENSE", file.trim_end_matches(".js")));
        faults.extend(vendored_faults(entry, &script));
        faults.extend(licence_faults(entry, &licence));
    }
    let folder = fs::read_dir(absolute(VENDOR)).expect("the folder is there").flatten();
    let names = folder.map(|file| file.file_name().to_string_lossy().into_owned());
    let strays = names.filter(|name| name.ends_with(".js") && listed(name).is_none());
    faults.extend(strays.map(|name| Fault::new(name, "is in no manifest".to_owned(), MAKE_ANEW)));
    let (checked, lit) = (&json("tests/browser/package.json")["devDependencies"]["lit"], listed("lit.js"));
    if lit.is_none_or(|lit| *checked != lit["version"]) {
        let what = format!("types are checked against Lit {checked}, shipped is {lit:?}");
        faults.push(Fault::new("tests/browser/package.json", what, SAME_VERSION));
    }
    verdict("vendored scripts are what their manifest says", faults);
}

#[test]
fn lock_files_name_no_address() {
    let mut faults = npm_lock_faults(&json("tests/browser/package-lock.json"));
    let lock: toml::Table = read("Cargo.lock").parse().expect("Cargo.lock is TOML");
    let packages = lock["package"].as_array().expect("Cargo.lock lists packages");
    for package in packages {
        let source = package.get("source").and_then(toml::Value::as_str).unwrap_or(PUBLIC_REGISTRY);
        if source != PUBLIC_REGISTRY {
            faults.push(Fault::new(
                "Cargo.lock",
                format!("{} comes from {source}", package["name"]),
                PUBLIC_ONLY,
            ));
        }
    }
    verdict("lock files name versions and hashes only", faults);
}

#[test]
fn a_changed_script_and_a_leaking_lock_are_found() {
    let manifest = serde_json::json!({ "bytes": 3, "sha256": sha256(b"lit") });
    assert_eq!(vendored_faults(&manifest, b"lit"), []);
    assert_eq!(vendored_faults(&manifest, b"lot").len(), 1);
    assert_eq!(vendored_faults(&manifest, b"lit!").len(), 2);
    let manifest = serde_json::json!({ "file": "a.js", "licence": "MIT" });
    assert_eq!(licence_faults(&manifest, "MIT License\n"), []);
    assert_eq!(licence_faults(&manifest, "BSD 3-Clause License\n").len(), 1);
    let lock = serde_json::json!({ "packages": {
        "": { "name": "own" },
        "node_modules/good": { "integrity": "sha512-x" },
        "node_modules/told": { "integrity": "sha512-x", "resolved": "somewhere" },
        "node_modules/loose": {},
    } });
    assert_eq!(npm_lock_faults(&lock).len(), 2);
}
