//! Files that are changed by hand answer by themselves where the configuration asks for it: once they pass, and never
//! otherwise.

use super::{DESK, LOOK, RELOAD, version, write_version};
use hark_tests::{Server, within};
use hyper::Method;
use serde_json::json;
use std::fs;
use std::path::Path;

/// What the log says of each time that changed files are taken.
const TAKEN: &str = "reloaded: the scripts, whose files have changed";

/// A desk whose scripts are of version A, and which takes changed files by itself or not.
async fn desk(by_itself: bool) -> Server {
    let asked = format!("recorded_ms = 5\nreload_on_change = {by_itself}");
    Server::serve_after(&DESK.replace("recorded_ms = 5", &asked), |folder| {
        fs::create_dir_all(folder.join("scripts/test")).expect("a folder can be made");
        write_version(folder, 'A');
    })
    .await
}

/// Another version than this, which comes without anybody's asking.
async fn other(server: &Server, before: &str) -> String {
    let waiting = async {
        loop {
            let now = version(server).await;
            if now != before {
                return now;
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    within(RELOAD, "another version, by itself", waiting).await
}

/// Waits until the log says this.
async fn said(server: &Server, text: &str) {
    let waiting = async {
        while !server.has_said(text) {
            tokio::time::sleep(LOOK).await;
        }
    };
    within(RELOAD, "a line of the log", waiting).await;
}

/// As editors do it: beside, and then into its place.
fn rename_into_place(path: &Path, text: &str) {
    let beside = path.with_extension("swp");
    fs::write(&beside, text).expect("it can be written");
    fs::rename(&beside, path).expect("it can be renamed");
}

/// How often changed files were taken, with the files of each time.
fn taken(server: &Server) -> Vec<String> {
    let log = server.log();
    let lines = log.lines().filter(|line| line.contains(TAKEN));
    lines.filter_map(|line| Some(line.split_once("files=")?.1.to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changed_files_answer_by_themselves_once_they_pass() {
    let mut server = desk(true).await;
    let scripts = server.folder().join("scripts");
    let first = version(&server).await;

    // A module that is required, renamed into place.
    rename_into_place(&scripts.join("part.lua"), "return 'other'\n");
    let second = other(&server, &first).await;

    // A script that does not load, and one that fails its test: both are told, and change nothing.
    let right = fs::read_to_string(scripts.join("policy.lua")).expect("it can be read");
    fs::write(scripts.join("policy.lua"), "hark.on('message', function(m) return broken(m) end)\n")
        .expect("it can");
    said(&server, "unknown global 'broken'").await;
    assert_eq!(version(&server).await, second, "the old version stays");
    let test = "describe('it', function()\n    it('is so', function() expect(1).to_be(2) end)\nend)\n";
    fs::write(scripts.join("test/never.lua"), test).expect("a test can be written");
    fs::write(scripts.join("policy.lua"), right.replace("'line'", "'line' .. ''"))
        .expect("it can be written");
    said(&server, "it › is so fails").await;
    assert_eq!(version(&server).await, second, "the old version stays");

    // The test is mended: what waited for it answers.
    fs::write(scripts.join("test/never.lua"), test.replace("(2)", "(1)")).expect("it can be written");
    let third = other(&server, &second).await;

    // What the admin's page publishes answers at once, and is not taken a second time.
    let read = server.admin().get("/v1/scripts/policy.lua").await;
    let tag = read.header("etag").expect("a script has an ETag").to_owned();
    let body = json!({ "text": format!("{right}-- published\n") });
    let (admin, seen) = (server.admin(), [("if-match", tag.as_str())]);
    let put = admin.send(Method::PUT, "/v1/scripts/policy.lua", &seen, Some(&body)).await.is(200);
    assert_eq!(put["name"], "policy.lua");
    let fourth = version(&server).await;
    assert_ne!(fourth, third);
    fs::write(scripts.join("part.lua"), "return 'last'\n").expect("it can be written");
    other(&server, &fourth).await;
    said(&server, "files=part.lua\n").await;
    assert!(server.stop().await.success());
    let taken = taken(&server);
    assert_eq!(taken.len(), 3, "{taken:?}\n{}", server.log());
    assert!(taken[1].contains("policy.lua") && taken[1].contains("test/never.lua"), "{taken:?}");
    assert_eq!((taken[0].as_str(), taken[2].as_str()), ("part.lua", "part.lua"), "{taken:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_being_asked_changed_files_wait_for_sighup() {
    let (mut watching, mut waiting) = (desk(true).await, desk(false).await);
    let first = version(&waiting).await;
    let mut watched = version(&watching).await;
    assert_eq!(watched, first, "the same scripts are the same version");
    // The desk beside it tells when there was time enough, twice over.
    for mark in ['B', 'A'] {
        for server in [&watching, &waiting] {
            write_version(server.folder(), mark);
        }
        watched = other(&watching, &watched).await;
    }
    write_version(waiting.folder(), 'B');
    assert_eq!(version(&waiting).await, first);
    waiting.signal("HUP").await;
    other(&waiting, &first).await;
    assert!(taken(&waiting).is_empty());
    assert!(watching.stop().await.success());
    assert!(waiting.stop().await.success());
}
