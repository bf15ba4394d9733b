//! The plugins that ship, and the sample in C, loaded as an admin loads them.

use crate::common::{Loaded, bundled, c_library, faults, load, repository};
use crate::postgres::Server;
use hark_plugin_host::PluginOptions;
use hark_runtime::{SystemErrorKind, Systems};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn configured(name: &str, path: PathBuf, config: Value) -> PluginOptions {
    PluginOptions { config, ..PluginOptions::new(name, path) }
}

fn sample_in_c() -> PathBuf {
    c_library(&repository().join("plugins/samples/c-echo-crm/echo_crm.c"), &["-D_GNU_SOURCE"])
}

fn desk(folder: &std::path::Path) -> Loaded {
    std::fs::create_dir_all(folder.join("faq/net")).expect("made");
    std::fs::write(folder.join("faq/net/reset.md"), "# Reset the router\nHold it for ten seconds.")
        .expect("written");
    load(vec![
        configured(
            "crm",
            bundled("hark_crm_sqlite"),
            json!({ "path": folder.join("crm.db"), "sample": true }),
        ),
        configured("faq", bundled("hark_faq_search"), json!({ "folder": folder.join("faq") })),
        configured("echo", sample_in_c(), json!({ "domain": "example.org" })),
    ])
}

#[tokio::test]
async fn customers_and_articles_are_found_and_faults_keep_their_kind() {
    let folder = tempfile::tempdir().expect("a folder");
    let desk = desk(folder.path());
    let found = desk.ask("crm.lookup/1", json!({ "email": "maria.lopez@example.com", "limit": 5 })).await;
    assert_eq!(found.expect("found")["matches"][0]["customer"]["account"], "88213");
    let found = desk.ask("faq.search/1", json!({ "text": "rebot ruoter reset", "limit": 5 })).await;
    assert_eq!(found.expect("found")["hits"][0]["id"], "net/reset");
    let failure = desk.ask("crm.get/1", json!({ "id": "cus_none" })).await.expect_err("no such customer");
    assert_eq!(failure.kind, SystemErrorKind::NotFound);
    let failure = desk.ask("crm.get/1", json!({ "id": 7 })).await.expect_err("no such request");
    assert_eq!(failure.kind, SystemErrorKind::Invalid);
    let states: Vec<String> = desk.host.report().into_iter().map(|report| report.state).collect();
    assert_eq!(states, ["serving", "serving", "serving"], "a no is no failure");
    desk.host.drain().await;
    let states: Vec<String> = desk.host.report().into_iter().map(|report| report.state).collect();
    assert_eq!(states, ["stopped", "stopped", "stopped"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_ask_at_once_and_all_are_answered() {
    let folder = tempfile::tempdir().expect("a folder");
    let desk = Arc::new(desk(folder.path()));
    let asked: Vec<_> = (0..200)
        .map(|number| {
            let desk = Arc::clone(&desk);
            tokio::spawn(async move {
                let operation = if number % 2 == 0 { "crm.search/1" } else { "faq.search/1" };
                desk.ask(operation, json!({ "text": "maria reset", "limit": 3 })).await
            })
        })
        .collect();
    for answer in asked {
        answer.await.expect("no panic").expect("answered");
    }
    let calls: u64 = desk.host.report().iter().map(|report| report.calls).sum();
    assert_eq!(calls, 200);
    desk.host.drain().await;
}

#[tokio::test]
async fn the_sample_in_c_answers_from_its_own_thread() {
    let desk = load(vec![configured("echo", sample_in_c(), json!({ "domain": "example.org" }))]);
    let found = desk.ask("crm.lookup/1", json!({ "email": "ana@example.org" })).await.expect("found");
    assert_eq!(found["matches"][0]["customer"]["name"], "ana");
    desk.host.drain().await;
}

#[tokio::test]
async fn customers_on_a_server_are_found_until_it_stops_and_when_it_is_back() {
    let mut server = Server::start(None);
    let config = json!({ "url": server.url(), "sample": true });
    let desk = load(vec![configured("crm", bundled("hark_crm_postgres"), config)]);
    let maria = json!({ "email": "maria.lopez@example.com", "limit": 5 });
    let found = desk.ask("crm.lookup/1", maria.clone()).await.expect("found");
    assert_eq!(found["matches"][0]["customer"]["account"], "88213");
    server.stop();
    let failure = desk.ask("crm.lookup/1", maria.clone()).await.expect_err("no server");
    assert_eq!(failure.kind, SystemErrorKind::Unavailable, "{failure:?}");
    server.run(false);
    let end = Instant::now() + Duration::from_secs(60);
    while desk.ask("crm.lookup/1", maria.clone()).await.is_err() {
        assert!(Instant::now() < end, "the plugin does not go on");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    desk.host.drain().await;
}

/// Reads head and body: who closes before that may lose the answer.
fn whole_request(stream: &mut TcpStream) {
    let (mut asked, mut part) = (Vec::new(), [0u8; 4096]);
    while let Ok(count @ 1..) = stream.read(&mut part) {
        asked.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&asked).to_ascii_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            return;
        }
    }
}

/// A server that answers everything with the same JSON, until the process ends.
fn answering(body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("a port");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            whole_request(&mut stream);
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn systems_behind_rest_interfaces_are_asked_through_the_host() {
    let contact = r#"{ "results": [{ "id": "512", "properties": { "firstname": "Maria", "email": "m@example.com" } }] }"#;
    let article = r#"{ "results": [{ "id": 7, "title": "Reset", "body": "<p>Hold it.</p>" }] }"#;
    let desk = load(vec![
        configured(
            "crm",
            bundled("hark_crm_http"),
            json!({ "preset": "hubspot", "server": { "base_url": answering(contact) } }),
        ),
        configured(
            "faq",
            bundled("hark_faq_http"),
            json!({ "preset": "zendesk", "server": { "base_url": answering(article) } }),
        ),
    ]);
    let found = desk.ask("crm.lookup/1", json!({ "email": "m@example.com" })).await.expect("found");
    assert_eq!(found["matches"][0]["customer"]["name"], "Maria");
    let found = desk.ask("faq.search/1", json!({ "text": "reset" })).await.expect("found");
    assert_eq!(found["hits"][0]["snippet"], "Hold it.");
    let failure = desk.ask("crm.delete/1", json!({})).await.expect_err("nobody does this");
    assert_eq!(failure.kind, SystemErrorKind::UnknownOperation, "{failure:?}");
    desk.host.drain().await;
}

#[test]
fn wrong_configurations_are_told_by_the_schema_before_anything_starts() {
    let told = faults(vec![
        configured("crm", bundled("hark_crm_sqlite"), json!({ "pth": "x" })),
        configured("faq", bundled("hark_faq_search"), json!({ "folder": "x", "poll_ms": "often" })),
        configured("echo", sample_in_c(), json!({})),
        configured("postgres", bundled("hark_crm_postgres"), json!({ "url": "", "connections": 0 })),
        configured("server", bundled("hark_crm_postgres"), json!({ "url": "x", "password": "secret" })),
        configured("rest", bundled("hark_crm_http"), json!({ "preset": "hubspot", "sever": {} })),
        configured(
            "help",
            bundled("hark_faq_http"),
            json!({ "server": { "auth": { "bearer": { "token": "t" } } } }),
        ),
    ]);
    assert_eq!(
        told,
        [
            "plugin crm: in its configuration `path` is missing",
            "plugin crm: in its configuration `pth` is not known; did you mean `path`?",
            "plugin faq: in its configuration `poll_ms` must be a whole number, but is a text",
            "plugin echo: in its configuration `domain` is missing",
            "plugin postgres: in its configuration `connections` must be at least 1, but is 0",
            "plugin postgres: in its configuration `url` has 0 characters, at least 1 are needed",
            "plugin server: in its configuration `password` must be a table, but is a text",
            "plugin rest: in its configuration `server` is missing",
            "plugin rest: in its configuration `sever` is not known; did you mean `server`?",
            "plugin help: in its configuration `server.auth.bearer.token` must be a table, but is a text",
        ]
    );
}

#[test]
fn what_only_the_plugin_can_know_is_told_in_its_words() {
    let told = faults(vec![
        configured("faq", bundled("hark_faq_search"), json!({ "folder": "/nowhere/at/all" })),
        configured("echo", sample_in_c(), json!({ "domain": "two words" })),
    ]);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("/nowhere/at/all") && told[1].contains("`domain` must be"), "{told:?}");
}
