//! Libraries that cannot be used, and why, as an admin is told; all at once.

use crate::common::{bad, faults, load, plugin};
use hark_plugin_host::{Host, Options, PluginOptions};
use hark_runtime::{SystemErrorKind, Systems};
use serde_json::json;
use std::path::PathBuf;

fn fault(library: &str) -> String {
    let told = faults(vec![plugin("crm", bad(library))]);
    assert_eq!(told.len(), 1, "{told:?}");
    told[0].strip_prefix("plugin crm: ").expect("it names the plugin").to_owned()
}

#[test]
fn each_wrong_library_is_told_what_is_wrong_with_it() {
    assert!(fault("version").starts_with("it exports no hark_plugin_v1"));
    assert_eq!(fault("small"), "its table has 8 bytes, this version of Hark needs 64");
    assert_eq!(fault("no_functions"), "its table has no function `cancel`");
    assert!(fault("no_manifest").starts_with("its manifest is not one"));
    assert_eq!(fault("no_instance"), "it made no instance and no complaint");
}

#[test]
fn what_is_no_library_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = folder.path().join("text.so");
    std::fs::write(&text, "no library").expect("written");
    let told = faults(vec![
        plugin("one", folder.path().join("none.so")),
        plugin("two", text),
        plugin("three", folder.path().to_owned()),
    ]);
    let starts = ["plugin one: ", "plugin two: it cannot be loaded: ", "plugin three: "];
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told.iter().zip(starts).all(|(told, start)| told.starts_with(start)), "{told:?}");
}

#[test]
fn wrong_settings_are_told_all_at_once() {
    let wrong = PluginOptions {
        memory_mib: 0,
        deadline_ms: 0,
        max_in_flight: Some(0),
        queue: u32::MAX,
        ..plugin("crm", bad("twice"))
    };
    let told = faults(vec![wrong, plugin("crm", bad("small")), plugin("fine", bad("twice"))]);
    assert_eq!(told.len(), 6, "{told:?}");
    for part in ["memory_mib", "deadline_ms", "max_in_flight", "queue", "same name", "its table has 8 bytes"]
    {
        assert!(told.iter().any(|fault| fault.contains(part)), "{part}: {told:?}");
    }
}

#[test]
fn a_check_finds_the_same_and_starts_nothing() {
    let plugins = vec![plugin("a", bad("small")), plugin("b", bad("no_instance")), plugin("c", bad("twice"))];
    let cache_dir = PathBuf::from("never/made");
    let told = Host::check(&Options::new(plugins, &cache_dir));
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].plugin, "a");
    assert!(!cache_dir.exists());
}

#[test]
fn a_library_tells_its_manifest() {
    let manifest = Host::inspect(&bad("overlap")).expect("a plugin");
    assert_eq!((manifest.name.as_str(), manifest.max_in_flight, manifest.blocking), ("bad", 8, true));
    assert_eq!(manifest.capabilities, ["test.do/1", "test.stats/1"]);
    assert_eq!(manifest.check_config(&json!([])).map_err(|wrong| wrong.len()), Err(1));
    let fault = Host::inspect(&bad("small")).expect_err("no plugin");
    assert_eq!(fault.plugin, "libsmall");
}

#[tokio::test]
async fn the_first_that_provides_an_operation_is_asked_and_nobody_for_others() {
    let desk = load(vec![plugin("first", bad("twice")), plugin("second", bad("slow"))]);
    assert!(desk.host.has("test.do/1") && !desk.host.has("test.do/2"));
    assert_eq!(desk.ask("test.do/1", json!({})).await, Ok(json!({ "answer": 1 })));
    let failure = desk.ask("crm.lookup/1", json!({})).await.expect_err("nobody");
    assert_eq!(failure.kind, SystemErrorKind::UnknownOperation);
    assert_eq!(failure.message, "no plugin provides crm.lookup/1");
    assert_eq!(desk.report("second").calls, 0);
}

#[tokio::test]
async fn a_new_build_in_the_same_place_is_loaded_beside_the_old_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let library = folder.path().join("plugin.so");
    std::fs::copy(bad("twice"), &library).expect("copied");
    let old = load(vec![plugin("crm", library.clone())]);
    // In place, as a careless build does it.
    std::fs::copy(bad("slow"), &library).expect("copied");
    let new = load(vec![plugin("crm", library)]);
    assert_eq!(old.ask("test.do/1", json!({})).await, Ok(json!({ "answer": 1 })));
    assert_eq!(new.ask("test.do/1", json!({})).await, Ok(json!({ "answer": "slow" })));
}
