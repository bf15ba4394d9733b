//! Which room may know which: the manifests of the workspace against the list of engine/ARCHITECTURE.md.

use crate::house::{Fault, absolute, files, read, verdict};
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

/// From each room to the rooms it may name; what a room may name in tests of its own is no more than that. The binary
/// and the tests see all rooms, and a plugin sees what plugins are made of: see [`allowed`].
const ARROWS: [(&str, &[&str]); 11] = [
    ("hark-core", &[]),
    ("hark-journal", &["hark-core"]),
    ("hark-policy", &["hark-core"]),
    ("hark-runtime", &["hark-core", "hark-journal"]),
    ("hark-plugin-host", &["hark-core", "hark-runtime", "hark-plugin-abi"]),
    ("hark-http", &["hark-core", "hark-runtime"]),
    ("hark-sim", &["hark-core", "hark-policy"]),
    ("hark-plugin-abi", &[]),
    ("hark-plugin-sdk", &["hark-plugin-abi"]),
    ("hark-plugin-net", &["hark-plugin-sdk"]),
    ("hark-plugin-rest", &["hark-plugin-net", "hark-plugin-sdk"]),
];
/// What plugins may name: the SDK, and the rooms for those that talk over a network, and over REST.
const PLUGINS_ARE_MADE_OF: &[&str] = &["hark-plugin-sdk", "hark-plugin-net", "hark-plugin-rest"];
/// The rooms that wire everything together.
const SEES_ALL: [&str; 2] = ["hark", "hark-tests"];
/// All that the core is made of besides the language, and whether it must be optional.
const CORE_IS_MADE_OF: [(&str, bool); 2] = [("serde", false), ("schemars", true)];
/// Libraries that are one room's secret.
const SECRETS: [(&str, &str); 4] = [
    ("sled", "hark-journal"),
    ("mlua", "hark-policy"),
    ("libloading", "hark-plugin-host"),
    ("axum", "hark-http"),
];
/// The one that all under plugins/ may name in their tests, and the tests too: loading a built plugin is what they test.
const FOR_LOADING: &str = "libloading";

const TURN_ARROW: &str = "remove the dependency: move what is shared into a room that both may know, or hand it over as a \
    value or a trait; a new arrow is a decision (engine/decisions/) and a line in ARCHITECTURE.md and arrows.rs";
const PURE_CORE: &str =
    "take it out of hark-core: what needs a library is done outside and comes in as a command";
const ONE_HOME: &str = "use it through the room that owns it; that room alone names the library";
const JOIN_WORKSPACE: &str =
    "add the folder to `members` of the top Cargo.toml, so that lints, tests and these rules see it";

/// One crate of the workspace.
#[derive(Debug)]
struct Crate {
    name: String,
    folder: String,
    needs: Vec<Need>,
}

/// One dependency of a crate.
#[derive(Debug)]
struct Need {
    /// The package's own name, whatever it is called in the manifest.
    name: String,
    for_tests: bool,
    optional: bool,
}

impl Crate {
    fn is_plugin(&self) -> bool {
        self.folder.starts_with("plugins/")
            && !self.folder.ends_with("/abi")
            && !self.folder.ends_with("/sdk")
    }

    fn fault(&self, what: String, remedy: &'static str) -> Fault {
        Fault::new(format!("{}/Cargo.toml", self.folder), what, remedy)
    }
}

/// None: all.
fn allowed(from: &Crate) -> Option<&'static [&'static str]> {
    if SEES_ALL.contains(&from.name.as_str()) {
        return None;
    }
    let listed = ARROWS.iter().find(|(name, _)| *name == from.name).map(|(_, to)| *to);
    Some(listed.unwrap_or(if from.is_plugin() { PLUGINS_ARE_MADE_OF } else { &[] }))
}

fn arrow_faults(crates: &[Crate]) -> Vec<Fault> {
    let rooms: BTreeSet<&str> = crates.iter().map(|room| room.name.as_str()).collect();
    let of = |from: &Crate| -> Vec<Fault> {
        let Some(to) = allowed(from) else { return Vec::new() };
        let own = from.needs.iter().map(|need| need.name.as_str()).filter(|name| rooms.contains(name));
        let wrong = own.filter(|name| !to.contains(name));
        wrong
            .map(|name| from.fault(format!("{} → {name} is no allowed arrow", from.name), TURN_ARROW))
            .collect()
    };
    crates.iter().flat_map(of).collect()
}

fn core_faults(crates: &[Crate]) -> Vec<Fault> {
    let core = crates.iter().find(|room| room.name == "hark-core").expect("the workspace has hark-core");
    let shipped = core.needs.iter().filter(|need| !need.for_tests);
    let wrong = shipped.filter(|need| {
        !CORE_IS_MADE_OF.iter().any(|(name, optional)| *name == need.name && (need.optional || !optional))
    });
    wrong.map(|need| core.fault(format!("hark-core depends on {}", need.name), PURE_CORE)).collect()
}

fn secret_faults(crates: &[Crate]) -> Vec<Fault> {
    let tells = |room: &Crate, need: &Need| {
        let tests_a_plugin =
            room.name == "hark-tests" || room.folder.starts_with("plugins/") && need.for_tests;
        let excepted = need.name == FOR_LOADING && tests_a_plugin;
        !excepted && SECRETS.iter().any(|(library, home)| *library == need.name && *home != room.name)
    };
    let of = |room: &Crate| -> Vec<Fault> {
        let told = room.needs.iter().filter(|need| tells(room, need));
        told.map(|need| room.fault(format!("{} names {}", room.name, need.name), ONE_HOME)).collect()
    };
    crates.iter().flat_map(of).collect()
}

fn parse(folder: &str, manifest: &str, renamed: &BTreeMap<String, String>) -> Crate {
    let manifest: Table = manifest.parse().unwrap_or_else(|error| panic!("{folder}/Cargo.toml: {error}"));
    let name = manifest["package"]["name"].as_str().expect("a package has a name").to_owned();
    let mut needs = needs_of(&manifest, renamed);
    let targets = manifest.get("target").and_then(Value::as_table);
    for target in targets.into_iter().flat_map(Table::values).filter_map(Value::as_table) {
        needs.extend(needs_of(target, renamed));
    }
    Crate { name, folder: folder.to_owned(), needs }
}

fn needs_of(table: &Table, renamed: &BTreeMap<String, String>) -> Vec<Need> {
    let sections = [("dependencies", false), ("build-dependencies", false), ("dev-dependencies", true)];
    let mut needs = Vec::new();
    for (section, for_tests) in sections {
        let entries = table.get(section).and_then(Value::as_table);
        for (key, entry) in entries.into_iter().flatten() {
            let own_name = entry.get("package").and_then(Value::as_str);
            let name = own_name.or(renamed.get(key).map(String::as_str)).unwrap_or(key).to_owned();
            let optional = entry.get("optional").and_then(Value::as_bool).unwrap_or(false);
            needs.push(Need { name, for_tests, optional });
        }
    }
    needs
}

fn workspace() -> Table {
    read("Cargo.toml").parse().expect("the top Cargo.toml is TOML")
}

fn members(workspace: &Table) -> Vec<String> {
    let members = workspace["workspace"]["members"].as_array().expect("the workspace has members");
    members.iter().map(|member| member.as_str().expect("a member is a path").to_owned()).collect()
}

fn crates() -> Vec<Crate> {
    let workspace = workspace();
    let shared = workspace["workspace"]["dependencies"].as_table().expect("versions are shared");
    let renamed = shared.iter().filter_map(|(key, entry)| {
        Some((key.clone(), entry.get("package")?.as_str().expect("a package is named").to_owned()))
    });
    let renamed = renamed.collect();
    let parsed = |folder: &String| parse(folder, &read(&format!("{folder}/Cargo.toml")), &renamed);
    members(&workspace).iter().map(parsed).collect()
}

#[test]
fn rooms_know_only_whom_they_may() {
    verdict("the arrows between rooms", arrow_faults(&crates()));
}

#[test]
fn the_core_is_made_of_the_language_alone() {
    verdict("hark-core needs serde and, optionally, schemars", core_faults(&crates()));
}

#[test]
fn a_library_has_one_home() {
    verdict("one room names sled, mlua, libloading, axum", secret_faults(&crates()));
}

#[test]
fn every_crate_is_in_the_workspace() {
    let workspace = workspace();
    let members = members(&workspace);
    let excluded =
        workspace["workspace"].get("exclude").and_then(Value::as_array).cloned().unwrap_or_default();
    let excluded: Vec<&str> = excluded.iter().filter_map(Value::as_str).collect();
    let strays = files().into_iter().filter_map(|path| path.strip_suffix("/Cargo.toml").map(str::to_owned));
    let strays = strays.filter(|folder| !members.contains(folder) && !excluded.contains(&folder.as_str()));
    let fault = |folder: String| Fault::new(folder, "a crate outside the workspace", JOIN_WORKSPACE);
    verdict("every crate is a member", strays.map(fault).collect());
    let ghosts: Vec<_> =
        members.iter().filter(|member| !absolute(member).join("Cargo.toml").is_file()).collect();
    assert!(ghosts.is_empty(), "members without a Cargo.toml: {ghosts:?}");
}

#[cfg(test)]
fn sample(folder: &str, manifest: &str) -> Crate {
    parse(folder, manifest, &BTreeMap::from([("kern".to_owned(), "hark-core".to_owned())]))
}

#[test]
fn wrong_arrows_are_found_under_any_name() {
    let package = |name: &str, rest: &str| format!("package.name = \"{name}\"\n{rest}");
    let crates = [
        sample("engine/core", &package("hark-core", "dependencies.hark-journal.workspace = true")),
        sample("engine/journal", &package("hark-journal", "dependencies.kern.workspace = true")),
        sample(
            "engine/http",
            &package("hark-http", "dependencies.x = { package = \"hark-policy\", version = \"1\" }"),
        ),
        sample(
            "engine/policy",
            &package("hark-policy", "[target.'cfg(unix)'.dev-dependencies]\nhark-http = \"1\""),
        ),
        sample(
            "plugins/crm-x",
            &package("hark-crm-x", "dependencies.hark-plugin-sdk = \"1\"\nbuild-dependencies.kern = \"1\""),
        ),
        sample("plugins/sdk", &package("hark-plugin-sdk", "")),
        sample("tests", &package("hark-tests", "dev-dependencies.hark-http = \"1\"")),
    ];
    let told: Vec<_> = arrow_faults(&crates).into_iter().map(|fault| fault.what).collect();
    let wrong = ["core → hark-journal", "http → hark-policy", "policy → hark-http", "crm-x → hark-core"];
    assert_eq!(told, wrong.map(|arrow| format!("hark-{arrow} is no allowed arrow")));
}

#[test]
fn a_core_with_libraries_is_found() {
    let manifest = "package.name = \"hark-core\"\ndev-dependencies.proptest = \"1\"\n[dependencies]\nserde = \"1\"\n\
        schemars = { version = \"1\", optional = true }\ntime = \"1\"\n";
    let faults = core_faults(&[sample("engine/core", manifest)]);
    assert_eq!(
        faults.iter().map(|fault| fault.what.as_str()).collect::<Vec<_>>(),
        ["hark-core depends on time"]
    );
    let always = manifest.replace(", optional = true", "").replace("time = \"1\"\n", "");
    assert_eq!(core_faults(&[sample("engine/core", &always)]).len(), 1);
}

#[test]
fn a_secret_that_got_out_is_found() {
    let crates = [
        sample("engine/journal", "package.name = \"hark-journal\"\ndependencies.sled = \"1\""),
        sample("engine/node", "package.name = \"hark\"\ndev-dependencies.axum = \"1\""),
        sample("plugins/crm-x", "package.name = \"hark-crm-x\"\ndev-dependencies.libloading = \"1\""),
        sample("plugins/crm-y", "package.name = \"hark-crm-y\"\ndependencies.libloading = \"1\""),
        sample("tests", "package.name = \"hark-tests\"\ndev-dependencies.libloading = \"1\""),
    ];
    let told: Vec<_> = secret_faults(&crates).into_iter().map(|fault| fault.what).collect();
    assert_eq!(told, ["hark names axum", "hark-crm-y names libloading"]);
}
