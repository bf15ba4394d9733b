//! The contract's tests by themselves: good plugins pass all of them, also when they are written in C, and a plugin that
//! breaks one promise fails those tests that are about it.

use crate::common::example;
use crate::loaded::file_with_customers;
use crate::opened::open;
use crate::sample_in_c::sample;
use hark_plugin_sdk::abi::HarkPluginTableV1;
use hark_plugin_sdk::json;
use hark_plugin_sdk::testing::PATIENCE;
use hark_plugin_sdk::testing::contract::{self, Subject};
use std::path::Path;
use std::process::Command;

#[test]
fn good_plugins_keep_the_contract() {
    contract::check(open(&example("first_crm")), json!({ "file": file_with_customers() }));
    contract::check(open(&example("slow_crm")), json!({}));
    contract::check(sample(), json!({ "domain": "example.com" }));
}

/// One of the engine's plugins that misbehave, as a CRM.
fn bad(name: &str) -> &'static HarkPluginTableV1 {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("sdk lies in plugins");
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("libbad_{name}.so"));
    let built = Command::new("cc")
        .args(["-std=c11", "-shared", "-fPIC", "-pthread", "-w", "-DOPERATION=\"crm.search/1\"", "-I"])
        .arg(top.join("plugins/abi/include"))
        .arg("-o")
        .arg(&library)
        .arg(top.join("engine/plugin-host/tests/bad").join(format!("{name}.c")))
        .status()
        .expect("the tests need `cc`");
    assert!(built.success(), "{name} builds");
    open(&library)
}

/// Why a plugin fails one of the contract's tests.
fn failure(name: &str, table: &'static HarkPluginTableV1) -> Option<String> {
    let subject = Subject { table, config: json!({}), changes: true, patience: PATIENCE };
    let test = contract::TESTS.iter().find(|test| test.name == name).expect("there is such a test");
    test.run(&subject).err()
}

#[test]
fn broken_promises_are_found() {
    for (name, test, why) in [
        ("twice", "cancelled_calls_are_answered_once_or_not_at_all", "answered more than once"),
        ("foreign", "cancelled_calls_are_answered_once_or_not_at_all", "that nobody made"),
        ("garbage", "every_operation_is_answered_as_it_should_be", "not JSON"),
        ("garbage", "unknown_operations_are_told_so", "not JSON"),
        ("strange", "every_operation_is_answered_as_it_should_be", "there is no status 4711"),
        ("no_functions", "the_table_is_complete", "no function `cancel`"),
        ("no_instance", "an_instance_is_made_and_ended_again_and_again", "without an instance"),
        ("no_manifest", "the_manifest_is_one_and_stays_the_same", "the manifest is"),
    ] {
        let told = failure(test, bad(name)).unwrap_or_else(|| panic!("{name} passes {test}"));
        assert!(told.contains(why), "{name} fails {test} for another reason: {told}");
    }
}

#[test]
fn a_configuration_that_is_not_taken_is_told() {
    let told = failure("health_is_told_at_once", open(&example("first_crm"))).expect("it fails");
    assert_eq!(told, "create() does not take the configuration: invalid: `file` is missing");
}
