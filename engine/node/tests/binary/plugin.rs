//! `hark plugin`: what an integrator does before a desk runs a plugin. Real compilers, real libraries, real crashes. (The
//! template in Rust is built by the test that follows the integrator's book.)

use crate::commands::initialised;
use crate::support::{hark, told};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs `hark plugin`, and returns its code and what it said.
fn plugin(args: &[&str]) -> (Option<i32>, String) {
    let output = hark(&[&["plugin"], args].concat()).output().expect("the binary runs");
    (output.status.code(), told(&output))
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the room lies in engine").to_owned()
}

fn run(command: &mut Command) {
    let output = command.output().expect("the command is there");
    assert!(output.status.success(), "{command:?}:\n{}", told(&output));
}

#[test]
fn a_new_plugin_in_c_builds_and_keeps_the_contract() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let dir = folder.path().join("mine").display().to_string();
    let (code, said) = plugin(&["new", "--lang", "c", "my-echo", "--dir", &dir]);
    assert_eq!(code, Some(0), "{said}");
    run(Command::new("make").args(["-C", &dir]));
    let library = format!("{dir}/libmy_echo.so");
    let (code, said) = plugin(&["check", &library, "--settings", r#"{"domain":"example.com"}"#]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("tests of my-echo 1.0.0, ABI 1.1, "), "{said}");
    assert!(said.contains(" 0 failed; finished in ") && !said.contains("FAILED"), "{said}");

    let (code, said) = plugin(&["new", "--lang", "c", "my-echo", "--dir", &dir]);
    assert_eq!((code, said.contains("is already there: choose another folder")), (Some(1), true), "{said}");
    let (code, said) = plugin(&["check", &library]);
    assert_eq!((code, said.contains("does not take the settings")), (Some(1), true), "{said}");
    let (code, said) = plugin(&["schema", &library]);
    assert_eq!((code, said.contains("\"required\": [\n    \"domain\"")), (Some(0), true), "{said}");
}

/// A plugin of the engine's tests that misbehaves, as a CRM.
fn bad(name: &str, folder: &Path) -> String {
    let library = folder.join(format!("lib{name}.so"));
    let bad = repository().join("engine/plugin-host/tests/bad");
    let mut cc = Command::new("cc");
    cc.args(["-std=c11", "-shared", "-fPIC", "-pthread", "-w", "-DOPERATION=\"crm.search/1\"", "-I"]);
    cc.arg(repository().join("plugins/abi/include")).arg("-I").arg(&bad).arg("-o").arg(&library);
    let source = bad.join(format!("{name}.c"));
    cc.arg(if source.is_file() { source } else { folder.join(format!("{name}.c")) });
    run(&mut cc);
    library.display().to_string()
}

#[test]
fn a_crash_is_a_line_of_the_report_and_hides_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let source = "#include \"bad.h\"\n\
        static void call(void *instance, const hark_call *call) {\n\
        (void)instance; if (call->payload.len == 0) { fputs(\"oh no\\n\", stderr); *(volatile int *)8 = 1; }\n\
        answer(call->call_id, \"{\\\"matches\\\":[]}\"); }\n\
        PLUGIN(good_describe, good_create, call, good_cancel, good_health)\n";
    fs::write(folder.path().join("fragile.c"), source).expect("written");
    let (code, said) = plugin(&["check", &bad("fragile", folder.path()), "--deadline-ms", "300"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("test nulls_are_survived ... FAILED"), "{said}");
    assert!(
        said.contains("it crashed with signal 11 (segmentation fault); it had printed:\n    oh no"),
        "{said}"
    );
    assert!(said.contains("test every_operation_is_answered_as_it_should_be ... ok"), "{said}");
    assert!(said.contains("test unknown_operations_are_told_so ... FAILED"), "it answers all: {said}");
}

#[test]
fn answers_that_come_twice_or_never_are_told() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let only = ["--only", "cancelled_calls", "--changes", "--deadline-ms", "200"];
    let twice = bad("twice", folder.path());
    let (code, said) = plugin(&[&["check", &twice][..], &only].concat());
    assert_eq!((code, said.contains("answered more than once")), (Some(1), true), "{said}");
    let silent = bad("silent", folder.path());
    let (code, said) = plugin(&["check", &silent, "--only", "every_operation", "--deadline-ms", "200"]);
    assert_eq!((code, said.contains("no answer to call 1 within 200ms")), (Some(1), true), "{said}");
}

#[test]
fn what_is_no_plugin_is_told_and_a_library_that_crashes_at_loading_too() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let (code, said) = plugin(&["check", &bad("small", folder.path())]);
    assert_eq!((code, said.contains("its table has 8 bytes")), (Some(1), true), "{said}");
    let source = "__attribute__((constructor)) static void early(void) { __builtin_trap(); }\n";
    fs::write(folder.path().join("early.c"), source).expect("written");
    let (code, said) = plugin(&["check", &bad("early", folder.path())]);
    let crashed = said.contains("test it_loads ... FAILED") && said.contains("crashed with signal 4");
    assert_eq!((code, crashed), (Some(1), true), "{said}");
}

#[test]
fn every_operation_has_its_schemas() {
    let (code, said) = plugin(&["schema"]);
    let all: Value = serde_json::from_str(&said).expect("it is JSON");
    assert_eq!((code, all.as_object().map(serde_json::Map::len)), (Some(0), Some(12)));
    let customer = &all["crm.get/1"]["answer"];
    assert_eq!(customer["properties"]["email"]["description"], "E-mail address.");
    assert_eq!(customer["required"], serde_json::json!(["id", "name"]));
    let (_, said) = plugin(&["schema", "crm.get/1"]);
    let one: Value = serde_json::from_str(&said).expect("it is JSON");
    assert_eq!(one, all["crm.get/1"]);
    let (code, said) = plugin(&["schema", "crm.guess/1"]);
    assert_eq!(
        (code, said.contains("neither a file nor one of the operations crm.lookup/1, ")),
        (Some(1), true)
    );
}

#[test]
fn the_configured_plugins_are_listed_and_what_is_wrong_with_them() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = initialised(folder.path());
    let config = file.display().to_string();
    let (code, said) = plugin(&["list", "--config", &config]);
    assert_eq!(code, Some(0), "{said}");
    for part in
        ["crm-sqlite: ready", "faq-search: ready", "ABI 1.1, in_process", "crm.attach_log/1", "sha256 "]
    {
        assert!(said.contains(part), "{part} is not in\n{said}");
    }
    // No desk has run here: there is no data folder, and the check leaves none.
    let (code, said) = plugin(&["check", "crm-sqlite", "--config", &config]);
    assert_eq!(code, Some(0), "the plugin that ships: {said}");
    assert!(!file.with_file_name("data").exists(), "the data folder is the desk's to make");
    let wrong = bad("small", folder.path());
    let text = fs::read_to_string(&file).expect("it is there");
    fs::write(&file, format!("{text}\n[[plugins]]\nname = \"small\"\npath = \"{wrong}\"\n"))
        .expect("written");
    let (code, said) = plugin(&["list", "--config", &config]);
    assert_eq!((code, said.contains("small: cannot be loaded")), (Some(1), true), "{said}");
    assert!(said.contains("plugin small: its table has 8 bytes"), "{said}");
}
