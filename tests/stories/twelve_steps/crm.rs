//! A CRM that is broken or silent: the agent reads that no record was found, and why, and the chat goes on.

use crate::agent;
use hark_tests::{AgentClient, GuestClient, Server, quote, repository};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A chat with somebody whom the CRM would know, when it cannot say so.
async fn goes_on(agent: &mut AgentClient, guest: &mut GuestClient) {
    let offer = agent.offered(&guest.chat).await;
    let chat = agent.take(&offer).await;
    assert_eq!(chat["state"], "active", "nobody waits for a CRM");
    let pop = if chat["screen_pop"]["kind"] == "pending" {
        agent.popped(&offer).await
    } else {
        chat["screen_pop"].clone()
    };
    assert_eq!(pop["kind"], "blank", "no record found: {pop}");
    assert!(pop["why"].as_str().is_some_and(|why| !why.trim().is_empty()), "and why: {pop}");
    guest.say("1", "Is anybody there?").await;
    agent.say(&guest.chat, "2", "Of course.").await;
    guest.hears("Of course.").await;
    agent.end(&guest.chat).await;
    let log = agent.log(&guest.chat).await;
    assert_eq!(log["mode"], "edit", "whose log it is must still be said");
    agent.finish(&guest.chat).await;
}

#[tokio::test]
async fn a_crm_whose_file_is_spoilt() {
    let (mut server, demo) = Server::demo().await;
    let mut agent = agent(&server, &demo).await;
    spoil(server.folder());
    let form = json!({ "name": "Maria Lopez", "email": "maria.lopez@example.com", "queue": "support" });
    let mut guest = GuestClient::ask(&server.nobody(), &demo.widget, &form).await;
    goes_on(&mut agent, &mut guest).await;
    agent.api.get("/v1/customers?q=maria").await.is_problem(503, "crm_unavailable");
    assert!(server.stop().await.success());
}

/// Puts something else in the place of the CRM's file, as a failed restore does.
fn spoil(folder: &Path) {
    let file = find(folder, "crm.sqlite").expect("the demo has a CRM");
    for beside in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{beside}", file.display()));
    }
    let wrong = file.with_extension("wrong");
    fs::write(&wrong, vec![b'x'; 65_536]).expect("it can be written");
    fs::rename(wrong, file).expect("it can be replaced");
}

fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?.filter_map(Result::ok).map(|entry| entry.path());
    entries.into_iter().find_map(|path| {
        let is_it = path.file_name().is_some_and(|found| found == name);
        if is_it { Some(path) } else { find(&path, name) }
    })
}

#[tokio::test]
async fn a_crm_that_never_answers() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let library = silent_crm(folder.path());
    let desk = format!(
        "default_queue = \"support\"\n[limits]\njob_timeout_s = 2\n[queues.support]\n[scripts]\nroot = \"{{repository}}/scripts\"\n\
         [[plugins]]\nname = \"silent\"\npath = {}\ndeadline_ms = 1000\n[[widgets]]\nkey = \"main\"\n[log]\nlevel = \"warn\"\n",
        quote(&library.display().to_string())
    );
    let mut server = Server::serve(&desk).await;
    let person = server.hire("ana", "agent", 1, &["support"]).await;
    let mut agent = AgentClient::arrive(&server, &person).await;
    let form = json!({ "name": "Maria Lopez", "email": "maria.lopez@example.com" });
    let mut guest = GuestClient::ask(&server.nobody(), "main", &form).await;
    goes_on(&mut agent, &mut guest).await;
    assert!(server.stop().await.success());
}

/// A plugin in C that takes questions and never answers, as a CRM.
fn silent_crm(folder: &Path) -> PathBuf {
    let library = folder.join("libsilent_crm.so");
    let source = repository().join("engine/plugin-host/tests/bad/silent.c");
    let built = Command::new("cc")
        .args(["-std=c11", "-shared", "-fPIC", "-pthread", "-DOPERATION=\"crm.lookup/1\"", "-I"])
        .arg(repository().join("plugins/abi/include"))
        .arg("-o")
        .arg(&library)
        .arg(source)
        .status();
    assert!(built.expect("there is a C compiler").success(), "it builds");
    library
}
