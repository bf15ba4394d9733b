//! The sample plugin in Zig, a third language over the same header: it builds, keeps the contract and answers. Where there
//! is no Zig it is left out; `tests/run` brings one and names it by `HARK_ZIG`, and then it must build.

use crate::opened::open;
use hark_plugin_sdk::testing::{Driver, contract};
use hark_plugin_sdk::{Failure, Json, json};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The compiler: the one that is named, or one on the path of the version that the sample is written for.
fn zig() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("HARK_ZIG") {
        return Some(PathBuf::from(named));
    }
    let version = Command::new("zig").arg("version").output().ok()?;
    String::from_utf8_lossy(&version.stdout).starts_with("0.13.").then(|| PathBuf::from("zig"))
}

fn build(zig: &Path) -> PathBuf {
    let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("sdk lies in plugins");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let library = folder.join("libglossary.so");
    let output = Command::new(zig)
        .args(["build-lib", "-dynamic", "-O", "ReleaseSafe", "-lc", "-I"])
        .arg(plugins.join("abi/include"))
        .arg(format!("-femit-bin={}", library.display()))
        .arg("--global-cache-dir")
        .arg(folder.join("zig-global"))
        .arg("--cache-dir")
        .arg(folder.join("zig-local"))
        .arg(plugins.join("samples/zig-glossary/glossary.zig"))
        .output()
        .expect("the compiler that is named can be run");
    assert!(output.status.success(), "the sample builds: {}", String::from_utf8_lossy(&output.stderr));
    library
}

fn config() -> Json {
    json!({ "terms": { "SLA": "Service level agreement.", "Übergabe": "Der Wechsel zu jemand anderem. 🤝" } })
}

#[test]
fn a_plugin_in_a_third_language_answers_and_keeps_the_contract() {
    let Some(zig) = zig() else {
        eprintln!("left out: there is no Zig 0.13; tests/run brings one");
        return;
    };
    let table = open(&build(&zig));
    contract::check(table, config());
    let faq = Driver::create(table, &config()).expect("created");
    let found = faq.call("faq.search/1", json!({ "text": "nothing fits", "language": "en" }));
    assert_eq!(found.expect("answered"), json!({ "hits": [] }));
    let found = faq.call("faq.search/1", json!({ "text": "sla übergabe", "limit": 5 })).expect("answered");
    assert_eq!(found["hits"][0]["id"], "SLA");
    let article = faq.call("faq.get/1", json!({ "id": "Übergabe" })).expect("answered");
    assert_eq!(article["body"], "Der Wechsel zu jemand anderem. 🤝");
    let failure = faq.call("faq.get/1", json!({ "id": "nothing" })).expect_err("it is not there");
    assert_eq!(failure, Failure::not_found("the glossary has no such term"));
    let failure = Driver::create(table, &json!({ "terms": 7 })).err().expect("refused");
    assert!(failure.message().starts_with("`terms` must be a table of texts"), "{failure}");
}
