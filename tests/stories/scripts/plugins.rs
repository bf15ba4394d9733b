//! An admin reloads, unloads and loads a CRM's plugin while customers come: each customer is known by the build that
//! answers then, none is lost, and a build that cannot serve changes nothing.

use hark_tests::client::Api;
use hark_tests::{AgentClient, PATIENCE, Server, quote, repository, within};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const DESK: &str = r#"
default_queue = "main"

[queues.main]

[scripts]
root = "{repository}/scripts"

[[plugins]]
name = "crm"
path = "crm.so"
deadline_ms = 10000
config = { bye = "{data}/bye" }

[[widgets]]
key = "main"
title = "Main"
"#;

/// Reloads while customers come.
const RELOADS: usize = 8;
/// Between two looks whether a chat's customer is known.
const LOOK: Duration = Duration::from_millis(20);

/// Builds a CRM that knows everybody as the customer of this name, and puts it into the place of the one that is there.
fn lay(folder: &Path, name: &str, flags: &[&str]) {
    let customer = json!({ "id": "c1", "name": name, "vip": false, "version": 1 });
    let answer =
        json!({ "matches": [{ "customer": customer, "open_cases": 0, "score": 100, "by": "email" }] });
    let new = folder.join("new.so");
    let built = Command::new("cc")
        .args(["-std=c11", "-shared", "-fPIC", "-pthread", "-DOPERATION=\"crm.lookup/1\"", "-I"])
        .arg(repository().join("plugins/abi/include"))
        .arg(format!("-DANSWER={}", quote(&answer.to_string())))
        .arg(format!("-DEDITION={}", quote(name)))
        .args(flags)
        .arg("-o")
        .arg(&new)
        .arg(repository().join("engine/plugin-host/tests/bad/edition.c"))
        .status();
    assert!(built.expect("there is a C compiler").success(), "it builds");
    fs::rename(new, folder.join("crm.so")).expect("it can be renamed");
}

/// A customer comes; who the CRM says they are.
async fn known_as(server: &Api) -> String {
    let form = json!({ "name": "Somebody", "email": "ada@example.org", "question": "Where is it?" });
    let made = server.nobody().post("/v1/widget/main/chats", &form).await.is(201);
    let path = format!("/v1/chats/{}", made["chat"]["id"].as_str().expect("a chat has an id"));
    let known = async {
        loop {
            let chat = server.get(&path).await.is(200);
            if let Some(name) = chat["customer"]["name"].as_str() {
                return name.to_owned();
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    within(PATIENCE, "a customer who is known", known).await
}

fn fields<'a>(report: &'a Value, names: &[&str]) -> Vec<&'a Value> {
    names.iter().map(|name| &report[*name]).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plugin_is_changed_under_chats_and_each_change_is_told() {
    let server = Server::serve_after(DESK, |folder| lay(folder, "Ada", &[])).await;
    let (admin, folder) = (server.admin(), server.folder());
    assert_eq!(known_as(&admin).await, "Ada");
    let first = admin.get("/v1/plugins/crm/stats").await.is(200);
    assert_eq!(fields(&first, &["state", "calls", "reloads"]), [&json!("serving"), &json!(1), &json!(0)]);

    refused(&admin, folder).await;
    lay(folder, "Bea", &[]);
    let second = admin.press("/v1/plugins/crm/reload").await.is(200);
    assert_eq!(
        fields(&second, &["state", "version", "reloads"]),
        [&json!("serving"), &json!("Bea"), &json!(1)]
    );
    assert_ne!(second["sha256"], first["sha256"]);
    assert_eq!(known_as(&admin).await, "Bea", "the next customer is known by the new build");

    under_chats(&admin).await;
    out_and_in(&admin).await;
    audited(&admin, &first["sha256"], &second["sha256"]).await;
    who_may(&server).await;
    assert_eq!(admin.server_faults(), Vec::<String>::new());
}

/// What cannot serve is told, and what served serves on.
async fn refused(admin: &Api, folder: &Path) {
    lay(folder, "Bad", &["-DCREATE=return say(error,\"no licence\",HARK_REFUSED)"]);
    let answer = admin.press("/v1/plugins/crm/reload").await;
    answer.is_problem(422, "plugin_unfit");
    assert_eq!(answer.json()["detail"], "nothing has changed: no licence");
    fs::write(folder.join("crm.so"), "no library").expect("it can be written");
    admin.press("/v1/plugins/crm/reload").await.is_problem(422, "plugin_unfit");
    assert_eq!(known_as(admin).await, "Ada");
    assert_eq!(admin.get("/v1/audit").await.is(200)["data"], json!([]), "what was refused was not done");
}

/// Customers come while the plugin is reloaded again and again: each is known.
async fn under_chats(admin: &Api) {
    let (over, api) = (Arc::new(AtomicBool::new(false)), admin.clone());
    let ends = Arc::clone(&over);
    let customers = tokio::spawn(async move {
        let mut came = 0;
        while !ends.load(Ordering::Relaxed) {
            assert_eq!(known_as(&api).await, "Bea");
            came += 1;
        }
        came
    });
    for _ in 0..RELOADS {
        admin.press("/v1/plugins/crm/reload").await.must_be(200);
    }
    over.store(true, Ordering::Relaxed);
    assert!(customers.await.expect("each is known") > 0);
    let report = admin.get("/v1/plugins/crm/stats").await.is(200);
    let numbers = fields(&report, &["reloads", "errors", "timeouts", "restarts"]);
    assert_eq!(numbers, [&json!(RELOADS + 1), &json!(0), &json!(0), &json!(0)], "{report:#}");
}

/// Unloaded, the CRM is unavailable at once; loaded, it answers.
async fn out_and_in(admin: &Api) {
    for _ in 0..2 {
        let report = admin.press("/v1/plugins/crm/unload").await.is(200);
        assert_eq!(
            (&report["state"], &report["pid"]),
            (&json!("unloaded"), &Value::Null),
            "a repeat is no fault"
        );
    }
    let missing = admin.get("/v1/customers/lookup?email=ada@example.org").await;
    missing.is_problem(503, "crm_unavailable");
    assert_eq!(missing.json()["detail"], "crm has been unloaded");
    admin.press("/v1/plugins/crm/reload").await.is_problem(409, "plugin_unloaded");
    for _ in 0..2 {
        let report = admin.press("/v1/plugins/crm/load").await.is(200);
        assert_eq!(report["state"], "serving", "{report:#}");
    }
    assert_eq!(known_as(admin).await, "Bea");
}

async fn audited(admin: &Api, first: &Value, second: &Value) {
    let deeds = admin.all("/v1/audit?subject=crm").await;
    let told: Vec<_> = deeds.iter().map(|deed| (&deed["what"], &deed["before"], &deed["after"])).collect();
    let (same, none) = (json!("plugin.reloaded"), Value::Null);
    let mut wanted = vec![(&same, second, second); RELOADS];
    wanted.push((&same, first, second));
    let (loaded, unloaded) = (json!("plugin.loaded"), json!("plugin.unloaded"));
    wanted.splice(0..0, [(&loaded, &none, second), (&unloaded, second, &none)]);
    assert_eq!(told, wanted, "{deeds:#?}");
    assert!(deeds.iter().all(|deed| deed["name"] == "admin"), "{deeds:#?}");
    assert_eq!(deeds.last().expect("the first")["note"], "version Bea after Ada");
}

async fn who_may(server: &Server) {
    server.admin().press("/v1/plugins/none/reload").await.is_problem(404, "unknown_plugin");
    server.admin().get("/v1/plugins/none/stats").await.is_problem(404, "unknown_plugin");
    let sue = server.hire("sue", "supervisor", 1, &["main"]).await;
    let sue = AgentClient::log_in(server, &sue.login, &sue.password).await.api;
    sue.get("/v1/plugins/crm/stats").await.must_be(200);
    for verb in ["reload", "unload", "load"] {
        sue.press(&format!("/v1/plugins/crm/{verb}")).await.is_problem(403, "forbidden");
    }
}
