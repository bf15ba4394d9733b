//! Secrets and roots: read from where they are, refused with the key, never shown.

mod authority;

use hark_plugin_net::{Secret, SecretSource, tls};
use hark_plugin_sdk::{Failure, json};
use std::path::Path;

fn source(json: hark_plugin_sdk::Json) -> SecretSource {
    serde_json::from_value(json).expect("a source")
}

#[test]
fn secrets_come_from_variables_and_files_without_outer_blanks() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    std::fs::write(&path, "tok-123\n").expect("written");
    let secret = source(json!({ "file": path })).read("auth.token").expect("read");
    assert_eq!(secret.reveal(), "tok-123");
    let name = "CARGO_MANIFEST_DIR";
    let secret = source(json!({ "env": name })).read("auth.token").expect("read");
    assert_eq!(secret.reveal(), std::env::var(name).expect("cargo sets it"));
}

#[test]
fn what_cannot_be_read_is_told_with_its_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let (empty, large, odd) =
        (folder.path().join("empty"), folder.path().join("large"), folder.path().join("odd"));
    std::fs::write(&empty, " \n").expect("written");
    std::fs::write(&large, vec![b'x'; 100_000]).expect("written");
    std::fs::write(&odd, [0xff, 0xfe]).expect("written");
    let cases = [
        (json!({ "env": "HARK_NO_SUCH_VARIABLE" }), "HARK_NO_SUCH_VARIABLE"),
        (json!({ "file": folder.path().join("none") }), "none cannot be read"),
        (json!({ "file": empty }), "is empty"),
        (json!({ "file": large }), "is no secret"),
        (json!({ "file": odd }), "cannot be read"),
    ];
    for (from, names) in cases {
        let failure = source(from).read("auth.token").expect_err("wrong");
        let text = failure.message();
        assert!(matches!(failure, Failure::Invalid(_)) && text.starts_with("`auth.token`"), "{failure}");
        assert!(text.contains(names), "{failure}");
    }
}

#[test]
fn a_secret_is_not_shown_and_is_taken_out_of_messages() {
    let secret = Secret::new("tok-123");
    assert_eq!(format!("{secret:?}"), "[hidden]");
    assert_eq!(secret.scrub("who sent tok-123? tok-123!"), "who sent [hidden]? [hidden]!");
    assert_eq!(Secret::new("no").scrub("not known"), "not known", "it would be found in ordinary words");
}

#[test]
fn a_file_of_roots_has_certificates_or_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("roots.pem");
    let refused = |text: &str| {
        std::fs::write(&path, text).expect("written");
        tls::client(Some(&path)).expect_err("refused").message().to_owned()
    };
    assert!(refused("").contains("has no certificate"));
    assert!(refused(&authority::certificate().key).contains("has no certificate"), "a key is none");
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(refused(broken).contains("has a bad certificate"), "{}", refused(broken));
    let made = authority::certificate();
    for pem in [&made.root, &made.certificate] {
        std::fs::write(&path, pem).expect("written");
        tls::client(Some(&path)).expect("one may trust a root, and one server alone");
    }
    let nowhere = tls::client(Some(Path::new("/no/such/roots.pem"))).expect_err("not there");
    assert!(nowhere.message().starts_with("`ca_file`: /no/such/roots.pem"), "{nowhere}");
}
