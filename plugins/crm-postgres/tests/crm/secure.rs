//! TLS and log-ins: who asks for them gets them, who is not who they say is refused, and no password is ever shown.

use crate::beside::Beside;
use crate::server::{PASSWORD, Server};
use crate::{PATIENT_MS, authority, create, new_schema};
use hark_plugin_sdk::testing::Driver;
use hark_plugin_sdk::{Failure, Json, json};
use std::path::PathBuf;

/// A server that speaks TLS, and files with its root and its password.
struct Secured {
    server: Server,
    root: PathBuf,
    password: PathBuf,
}

fn secured() -> Secured {
    let made = authority::certificate();
    let server = Server::start(Some((&made.certificate, &made.key)));
    let (root, password) = (server.write("root", &made.root), server.write("secret", PASSWORD));
    Secured { server, root, password }
}

fn open(url: &str, more: &Json) -> Result<Driver, Failure> {
    let mut config = json!({ "url": url, "schema": new_schema(), "timeout_ms": PATIENT_MS });
    let more = more.as_object().expect("a table").clone();
    config.as_object_mut().expect("a table").extend(more);
    create(&config)
}

#[test]
fn tls_is_used_when_the_url_asks_for_it_and_the_server_is_checked() {
    let Secured { server, root, password } = secured();
    let url = server.tcp_url("postgres") + "?sslmode=require&application_name=secured";
    let crm = open(&url, &json!({ "ca_file": root, "password": { "file": password } })).expect("created");
    crm.call("crm.create/1", json!({ "customer": { "name": "Ada" } })).expect("stored");
    let encrypted = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
        WHERE application_name = 'secured' AND ssl";
    assert_eq!(Beside::connect(&server).number(encrypted), 1);

    let failure = open(&url, &json!({ "password": { "file": password } })).err().expect("nobody vouches");
    assert!(matches!(&failure, Failure::Unavailable(text) if text.contains("certificate")), "{failure}");
    let by_number = url.replace("localhost", "127.0.0.1");
    let config = json!({ "ca_file": root, "password": { "file": password } });
    let failure = open(&by_number, &config).err().expect("not the certificate's name");
    assert!(matches!(&failure, Failure::Unavailable(text) if text.contains("certificate")), "{failure}");
}

#[test]
fn a_log_in_is_refused_without_showing_what_was_tried() {
    let Secured { server, password, .. } = secured();
    let plain = server.tcp_url("postgres");
    open(&plain, &json!({ "password": { "file": password } })).expect("without TLS, as the URL says");
    let wrong = server.write("wrong", "not-the-password");
    let attempts = [
        open(&plain, &json!({ "password": { "file": wrong } })),
        open(&server.tcp_url("postgres:not-the-password"), &json!({})),
        open(&server.tcp_url("nobody:not-the-password"), &json!({})),
    ];
    for attempt in attempts {
        let failure = attempt.err().expect("refused");
        let text = failure.message();
        assert!(
            matches!(failure, Failure::Invalid(_)) && text.contains("authentication failed"),
            "{failure}"
        );
        assert!(!text.contains("not-the-password"), "{failure}");
    }
    let failure = open(&plain, &json!({})).err().expect("no password");
    assert!(failure.message().contains("password"), "{failure}");
}

#[test]
fn a_wrong_configuration_is_told_by_its_key_and_the_url_is_not_shown() {
    let url = "postgres://hark:pass-word@localhost/hark";
    let cases = [
        (json!({}), "url"),
        (json!({ "url": "postgres://hark:pass-word@local host:x/" }), "`url`"),
        (json!({ "url": "http://hark:pass-word@localhost/" }), "`url`"),
        (json!({ "url": "postgres://hark:pass-word@/hark" }), "`url` names no host"),
        (json!({ "url": format!("{url}?sslmode=prefer") }), "sslmode is `require` or `disable`"),
        (json!({ "url": format!("{url}?sslmode=require"), "ca_file": "/no/such" }), "`ca_file`"),
        (json!({ "url": "postgres://h:pass-word@%2Ftmp/x?sslmode=require" }), "Unix socket"),
        (json!({ "url": url, "schema": "Robert'; --" }), "`schema`"),
        (json!({ "url": url, "schema": "pg_hark" }), "`schema`"),
        (json!({ "url": url, "connections": 0 }), "`connections`"),
        (json!({ "url": url, "password": { "env": "HARK_NO_SUCH_VARIABLE" } }), "`password`"),
        (json!({ "url": url, "pasword": "x" }), "pasword"),
    ];
    for (config, names) in cases {
        let failure = create(&config).err().expect("refused");
        let text = failure.message();
        assert!(matches!(failure, Failure::Invalid(_)) && text.contains(names), "{config}: {failure}");
        assert!(!text.contains("pass-word"), "{failure}");
    }
}
