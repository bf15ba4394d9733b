//! The sample plugin in C: it builds with `cc` without a warning, and behaves as its README says.

use crate::opened::open;
use hark_plugin_sdk::abi::{self, HarkPluginTableV1};
use hark_plugin_sdk::testing::Driver;
use hark_plugin_sdk::{Failure, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

pub(crate) fn sample() -> &'static HarkPluginTableV1 {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    let library = LIBRARY.get_or_init(|| {
        let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("sdk lies in plugins");
        let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join("libecho_crm.so");
        let built = Command::new("cc")
            .args([
                "-std=c99",
                "-Wall",
                "-Wextra",
                "-Wpedantic",
                "-Werror",
                "-shared",
                "-fPIC",
                "-pthread",
                "-I",
            ])
            .arg(plugins.join("abi/include"))
            .arg("-o")
            .arg(&library)
            .arg(plugins.join("samples/c-echo-crm/echo_crm.c"))
            .status()
            .expect("the tests need `cc`");
        assert!(built.success(), "the sample builds without a warning");
        library
    });
    open(library)
}

#[test]
fn it_describes_itself() {
    let manifest = Driver::manifest(sample());
    assert_eq!(manifest["name"], "c-echo-crm");
    assert_eq!(manifest["capabilities"], json!(["crm.lookup/1"]));
    assert_eq!(manifest["config_schema"]["required"], json!(["domain"]));
}

#[test]
fn it_knows_everybody_at_its_domain_and_nobody_else() {
    let crm = Driver::create(sample(), &json!({ "domain": "example.com" })).expect("created");
    assert_eq!(crm.logs(), [(abi::LOG_INFO, "ready".to_owned())]);
    let answer =
        crm.call("crm.lookup/1", json!({ "name": "email", "email": "maria.lopez@example.com", "limit": 5 }));
    let found = answer.expect("answered")["matches"][0].clone();
    assert_eq!(found["customer"]["id"], "cus_maria.lopez");
    assert_eq!(found["by"], "email");
    let typed: hark_plugin_sdk::crm::Match =
        serde_json::from_value(found).expect("a match as the payload says");
    assert_eq!(typed.customer.email.as_deref(), Some("maria.lopez@example.com"));
    for nobody in
        [json!({ "email": "x@example.org" }), json!({ "email": null }), json!({}), json!({ "email": "x" })]
    {
        assert_eq!(crm.call("crm.lookup/1", &nobody), Ok(json!({ "matches": [] })), "{nobody}");
    }
}

#[test]
fn it_refuses_what_it_does_not_do() {
    let crm = Driver::create(sample(), &json!({ "domain": "example.com" })).expect("created");
    for operation in ["crm.get/1", "crm.lookup/2", "crm.lookup/", ""] {
        let failure = crm.call(operation, json!({ "id": "cus_1" })).expect_err("unknown");
        assert!(matches!(failure, Failure::UnknownOperation(_)), "{operation}: {failure}");
    }
    for email in ["\"quoted\"@example.com", "line\nbreak@example.com", &"x".repeat(300)] {
        let failure = crm.call("crm.lookup/1", json!({ "email": email })).expect_err("refused");
        assert!(matches!(failure, Failure::Invalid(_)), "{email}: {failure}");
    }
    for payload in [
        &b""[..],
        b"\"email\"",
        b"{\"email\":\"",
        b"{\"email\":",
        b"{\"email\"",
        b"\xff\xff\xff\xff\xff\xff\xff\xff",
    ] {
        let answer = crm.wait(crm.start("crm.lookup/1", payload));
        assert!([abi::STATUS_OK, abi::STATUS_INVALID].contains(&answer.status), "{payload:?}");
    }
}

#[test]
fn a_wrong_configuration_is_told() {
    for config in [json!({}), json!({ "domain": 7 }), json!({ "domain": "" }), json!({ "domain": "x\"y" })] {
        let failure = Driver::create(sample(), &config).err().expect("refused");
        assert!(matches!(&failure, Failure::Invalid(text) if text.contains("domain")), "{config}: {failure}");
    }
}

#[test]
fn more_at_once_than_it_can_hold_is_refused_and_nothing_is_lost() {
    let crm = Driver::create(sample(), &json!({ "domain": "example.com" })).expect("created");
    let calls: Vec<u64> = std::thread::scope(|scope| {
        let ask = || {
            let ask = |n| crm.start("crm.lookup/1", format!("{{\"email\":\"{n}@example.com\"}}").as_bytes());
            (0..500).map(ask).collect::<Vec<_>>()
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("asked")).collect()
    });
    crm.drain(std::time::Duration::from_secs(10));
    for call in calls {
        let answer = crm.answer(call).expect("drain waits for every answer");
        assert!([abi::STATUS_OK, abi::STATUS_UNAVAILABLE].contains(&answer.status));
    }
    assert_eq!(crm.surplus(), 0);
}
