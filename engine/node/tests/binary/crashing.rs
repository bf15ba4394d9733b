//! A CRM in a child process that crashes in the middle of a look-up: the chat goes on, the desk shows what happened, and
//! the next look-up is answered.

use crate::commands::initialised;
use crate::support::{Running, eventually, hark_with_input, told};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A plugin in C, from the host's own collection of bad ones.
fn bad_crm() -> PathBuf {
    let repository =
        Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the room lies in engine");
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join("libbad_crm.so");
    let built = Command::new("cc")
        .args(["-std=c11", "-shared", "-fPIC", "-pthread", "-DOPERATION=\"crm.lookup/1\"", "-I"])
        .arg(repository.join("plugins/abi/include"))
        .arg("-o")
        .arg(&library)
        .arg(repository.join("engine/plugin-host/tests/bad/lookup.c"))
        .status();
    assert!(built.expect("the tests need `cc`").success());
    library
}

/// A desk with that CRM, an admin and nobody else.
fn desk(folder: &Path, fuse: &Path) -> PathBuf {
    let file = initialised(folder);
    let (library, fuse) = (bad_crm().display().to_string(), fuse.display().to_string());
    let config = format!(
        "[server]\nlisten = \"127.0.0.1:0\"\n[[plugins]]\nname = \"crm\"\npath = \"{library}\"\nconfig = {{ fuse = \"{fuse}\" }}\n"
    );
    fs::write(&file, config).expect("it can be written");
    let name = file.display().to_string();
    let add = ["user", "add", "root", "--role", "admin", "--password-stdin", "--config", &name];
    let output = hark_with_input(&add, "a good password\n");
    assert!(output.status.success(), "{}", told(&output));
    file
}

fn signed_in(desk: &Running, login: &str, password: &str) -> String {
    let (status, answer) = desk.log_in(login, password);
    assert_eq!(status, 201, "{answer}");
    answer["token"].as_str().expect("a token").to_owned()
}

fn agent(desk: &Running, admin: &str) -> String {
    let leo = json!({ "login": "leo", "name": "Leo", "role": "agent", "capacity": 3, "queues": ["support"],
        "password": "another good one" });
    let (status, made) = desk.post("/v1/agents", admin, &leo);
    assert_eq!(status, 201, "{made}");
    let token = signed_in(desk, "leo", "another good one");
    let (status, told) = desk.send("PUT", "/v1/me/status", &token, &json!({ "status": "available" }));
    assert_eq!(status, 200, "{told}");
    token
}

fn crm(desk: &Running, admin: &str) -> Value {
    desk.get("/v1/plugins", admin).1["data"][0].clone()
}

#[test]
fn a_crm_that_crashes_costs_its_own_answer_and_no_chat() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let fuse = folder.path().join("fuse");
    let desk = Running::serve(&desk(folder.path(), &fuse));
    let admin = signed_in(&desk, "root", "a good password");
    let before = crm(&desk, &admin);
    assert_eq!(
        (before["isolation"].as_str(), before["state"].as_str()),
        (Some("process"), Some("serving")),
        "{before}"
    );
    let leo = agent(&desk, &admin);

    fs::write(&fuse, "").expect("it can be written");
    let form = json!({ "name": "Ada", "email": "ada@example.org", "question": "Do you know me?" });
    let (status, made) = desk.post("/v1/widget/main/chats", "", &form);
    assert_eq!(status, 201, "{made}");
    let offer = eventually("the offer is there", || {
        desk.get("/v1/me/desk", &leo).1["offers"][0]["id"].as_str().map(str::to_owned)
    });
    let (status, taken) = desk.post(&format!("/v1/offers/{offer}/accept"), &leo, &json!({}));
    assert!((200..300).contains(&status), "{taken}");
    let chat = made["chat"]["id"].as_str().expect("an id").to_owned();
    let say = json!({ "client_id": "1", "text": "One moment." });
    let (status, said) = desk.post(&format!("/v1/chats/{chat}/messages"), &leo, &say);
    assert!((200..300).contains(&status), "{said}");

    let after = eventually("another child serves", || {
        let now = crm(&desk, &admin);
        (now["restarts"] == 1 && now["state"] == "serving").then_some(now)
    });
    assert_eq!(after["last_death"], "was ended by signal 11 (segmentation fault)", "{after}");
    assert_ne!(after["pid"], before["pid"]);
    assert!(!fuse.exists(), "the look-up lit it");

    // Once more, under an agent's own eyes.
    fs::write(&fuse, "").expect("it can be written");
    let ask = "/v1/customers/lookup?email=ada@example.org";
    let (status, refused) = desk.get(ask, &leo);
    assert_eq!((status, refused["code"].as_str()), (503, Some("crm_unavailable")), "{refused}");
    let found = eventually("the next child answers", || {
        let (status, found) = desk.get(ask, &leo);
        (status != 503).then_some(found)
    });
    assert!(found.to_string().contains("Ada Lovelace"), "{found}");
    assert_eq!(crm(&desk, &admin)["restarts"], 2);
}
