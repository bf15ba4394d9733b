//! An admin changes the desk's rules while it works: a text that does not load or fails its tests never answers, one that
//! passes answers from the next chat on, what was there can be had back, and all of it is told with who and when.

#![forbid(unsafe_code)]

mod admin;
mod plugins;
mod top;

use admin::Admin;
use hark_tests::{AgentClient, Server};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const DESK: &str = r#"
default_queue = "main"
plugins = []

[queues.main]
reject_allowed = false

[queues.golden]
priority = 9

[[widgets]]
key = "main"
title = "Main"

[scripts]
files = ["rules.lua"]
# On a busy machine too, all recorded questions are asked.
recorded_ms = 20000
"#;

/// Everybody has the same priority.
const RULES: &str = r#"hark.on("route_chat", function(chat)
    return { priority = 4 }
end)
"#;

/// A test that the rules must pass: priority 4 or more.
const TEST: &str = r#"local desk = policy("rules.lua")
describe("routing", function()
    it("gives everybody at least priority 4", function()
        expect(desk.route_chat(chat()).priority >= 4).to_be(true)
    end)
end)
"#;

/// The settings with the story's scripts in the server's folder.
async fn desk() -> Server {
    // The folder of a server is known once it is made: its scripts are written before it starts.
    Server::serve_after(DESK, |folder| {
        fs::create_dir_all(folder.join("scripts/test")).expect("a folder can be made");
        fs::write(folder.join("scripts/rules.lua"), RULES).expect("a script can be written");
        fs::write(folder.join("scripts/test/rules.lua"), TEST).expect("a test can be written");
    })
    .await
}

fn on_disk(server: &Server, name: &str) -> String {
    fs::read_to_string(server.folder().join("scripts").join(name)).expect("the script is there")
}

/// Priority of a new chat: what the rules decide.
async fn priority(server: &Server) -> Value {
    let form = json!({ "name": "Ada", "question": "Where is it?" });
    let made = server.nobody().post("/v1/widget/main/chats", &form).await.is(201);
    let id = made["chat"]["id"].as_str().expect("a chat has an id");
    server.admin().get(&format!("/v1/chats/{id}")).await.is(200)["priority"].clone()
}

#[tokio::test]
async fn a_change_answers_when_it_passes_and_not_before() {
    let server = desk().await;
    let admin = Admin::of(&server);
    assert_eq!(priority(&server).await, 4);
    let (script, tag) = admin.read("rules.lua").await;
    assert_eq!((script["text"].as_str(), &script["state"]), (Some(RULES), &json!("on")), "{script:#}");
    assert_eq!((&script["points"][0]["point"], &script["calls"]), (&json!("route_chat"), &json!(1)));

    let better = RULES.replace("priority = 4", "priority = 7");
    admin.put("rules.lua", None, &better).await.is_problem(428, "if_match_required");
    admin.put("rules.lua", Some("0123456789ab"), &better).await.is_problem(412, "stale_version");
    nothing_bad_goes_live(&server, &admin, &tag).await;

    let published = admin.put("rules.lua", Some(&tag), &better).await.is(200);
    assert_eq!((&published["before"], &published["trial"]["ok"]), (&json!(tag), &json!(true)));
    assert_eq!(priority(&server).await, 7, "the next chat is decided by it");
    assert_eq!(on_disk(&server, "rules.lua"), better);
    admin.put("rules.lua", Some(&tag), RULES).await.is_problem(412, "stale_version");
    let (script, newer) = admin.read("rules.lua").await;
    assert_eq!((&script["changed_by"], &script["calls"]), (&json!("admin"), &json!(1)), "{script:#}");
    admin.put("rules.lua", Some(&newer), &better).await.is_problem(409, "script_unchanged");

    back_to_the_first(&server, &admin, &newer).await;
    audited(&admin, &tag, &newer).await;
    assert_eq!(server.nobody().server_faults(), Vec::<String>::new());
}

/// What does not load and what fails a test is told with its place, and the old text goes on answering.
async fn nothing_bad_goes_live(server: &Server, admin: &Admin, tag: &str) {
    let broken =
        "hark.on(\"route_chat\", function(chat)\n    return { queue = chat.frm.name }\nend)\nlocal x = = 1\n";
    let refused = admin.put("rules.lua", Some(tag), broken).await;
    refused.is_problem(422, "script_faulty");
    let fault = &refused.json()["errors"][0];
    assert_eq!(
        (&fault["code"], &fault["file"], &fault["line"]),
        (&json!("script_fault"), &json!("rules.lua"), &json!(4)),
        "{refused}"
    );

    let worse = RULES.replace("priority = 4", "priority = 3");
    let refused = admin.put("rules.lua", Some(tag), &worse).await;
    refused.is_problem(422, "script_tests_failed");
    let fault = &refused.json()["errors"][0];
    assert_eq!(fault["file"], "test/rules.lua", "{refused}");
    assert!(fault["detail"].as_str().is_some_and(|why| why.contains("at least priority 4")), "{refused}");

    let tried = admin.press("rules.lua", "test", &worse).await.is(200);
    assert_eq!((&tried["ok"], &tried["faults"]), (&json!(false), &json!([])), "{tried:#}");
    let tried = admin.press("rules.lua", "validate", &worse).await.is(200);
    assert_eq!((&tried["ok"], &tried["tests"]), (&json!(true), &Value::Null), "{tried:#}");
    let tried = admin.press("rules.lua", "validate", broken).await.is(200);
    assert_eq!((&tried["ok"], &tried["faults"][0]["line"]), (&json!(false), &json!(4)), "{tried:#}");

    assert_eq!(priority(server).await, 4);
    assert_eq!(on_disk(server, "rules.lua"), RULES);
    assert_eq!(admin.api.get("/v1/audit").await.is(200)["data"], json!([]), "what was refused was not done");
}

async fn back_to_the_first(server: &Server, admin: &Admin, tag: &str) {
    let versions = admin.versions("rules.lua").await;
    let told: Vec<_> = versions.iter().map(|one| (&one["number"], &one["by"], &one["live"])).collect();
    let wanted = [(&json!(2), &json!("admin"), &json!(true)), (&json!(1), &Value::Null, &json!(false))];
    assert_eq!(told, wanted, "{versions:#?}");
    let old = admin.api.get("/v1/scripts/rules.lua/versions/1").await.is(200);
    assert_eq!(old["text"], RULES);
    let body = json!({ "number": 1 });
    admin
        .with_match("POST", "/v1/scripts/rules.lua/roll-back", None, &body)
        .await
        .is_problem(428, "if_match_required");
    let missing = json!({ "number": 9 });
    admin
        .with_match("POST", "/v1/scripts/rules.lua/roll-back", Some(tag), &missing)
        .await
        .is_problem(404, "not_found");
    admin.with_match("POST", "/v1/scripts/rules.lua/roll-back", Some(tag), &body).await.must_be(200);
    assert_eq!(priority(server).await, 4);
    assert_eq!(on_disk(server, "rules.lua"), RULES);
    assert_eq!(admin.versions("rules.lua").await.len(), 3);
}

async fn audited(admin: &Admin, first: &str, second: &str) {
    let entries = admin.api.all("/v1/audit?subject=rules.lua").await;
    let told: Vec<_> = entries.iter().map(|one| (&one["what"], &one["before"], &one["after"])).collect();
    let wanted = [
        (&json!("script.rolled_back"), &json!(second), &json!(first)),
        (&json!("script.published"), &json!(first), &json!(second)),
    ];
    assert_eq!(told, wanted, "{entries:#?}");
    for entry in &entries {
        assert_eq!((&entry["name"], &entry["by"]["kind"]), (&json!("admin"), &json!("agent")), "{entry:#}");
        assert!(entry["note"].as_str().is_some_and(|note| note.contains("1 test passed")), "{entry:#}");
    }
}

#[tokio::test]
async fn switches_new_scripts_and_versions_outlast_a_restart() {
    let mut server = desk().await;
    let admin = Admin::of(&server);
    let golden = r#"hark.on("route_chat", function(chat)
    return { queue = "golden" }
end)
"#;
    for name in ["../evil.lua", "api/hark.lua", "a b.lua", "rules.txt"] {
        let refused = admin.api.post("/v1/scripts", &json!({ "name": name, "text": golden })).await;
        refused.is_problem(422, "invalid_script_name");
    }
    let new = json!({ "name": "golden.lua", "text": golden });
    admin.api.post("/v1/scripts", &new).await.must_be(201);
    admin.api.post("/v1/scripts", &new).await.is_problem(409, "script_exists");
    assert_eq!(priority(&server).await, 9, "what is new is asked first");
    assert_eq!(
        admin.states().await,
        [("golden.lua", "on"), ("rules.lua", "on"), ("test/rules.lua", "not_asked")]
            .map(|(name, state)| (name.to_owned(), state.to_owned()))
    );
    admin.api.press("/v1/scripts/rules.lua/disable").await.must_be(200);
    admin.api.press("/v1/scripts/golden.lua/disable").await.must_be(200);
    admin.api.press("/v1/scripts/golden.lua/disable").await.must_be(200);
    assert_eq!(priority(&server).await, 5, "nobody is asked: the built-in rule");
    admin.api.press("/v1/scripts/golden.lua/enable").await.must_be(200);
    let before = admin.api.get("/v1/audit").await.is(200)["data"].clone();
    let done: Vec<_> = before.as_array().expect("a list").iter().map(|deed| deed["what"].clone()).collect();
    assert_eq!(done, ["script.enabled", "script.disabled", "script.disabled", "script.created"]);

    assert!(server.stop().await.success(), "it stops in order\n{}", server.log());
    server.start().await;
    assert_eq!(priority(&server).await, 9);
    let admin = Admin::of(&server);
    assert_eq!(admin.states().await[1], ("rules.lua".to_owned(), "off".to_owned()));
    assert_eq!(admin.api.get("/v1/audit").await.is(200)["data"], before);
    assert_eq!(admin.versions("golden.lua").await.len(), 1);
    // A file that was added and is gone does not keep the desk from starting.
    fs::remove_file(server.folder().join("scripts/golden.lua")).expect("it can be removed");
    server.kill().await;
    server.start().await;
    assert_eq!(priority(&server).await, 5);
}

#[tokio::test]
async fn a_script_that_fails_is_shown_set_aside_and_comes_back() {
    let server = desk().await;
    let admin = Admin::of(&server);
    let (_, tag) = admin.read("rules.lua").await;
    let failing =
        RULES.replace("return {", "if chat.form.name == \"Ada\" then error(\"no Adas\") end\n    return {");
    admin.put("rules.lua", Some(&tag), &failing).await.must_be(200);
    for _ in 0..20 {
        assert_eq!(priority(&server).await, 5, "the stated default answers");
    }
    let (script, tag) = admin.read("rules.lua").await;
    assert_eq!(
        (&script["state"], &script["errors"], &script["errors_last_hour"]),
        (&json!("set_aside"), &json!(20), &json!(20)),
        "{script:#}"
    );
    let last = &script["last_error"];
    assert_eq!(
        (&last["file"], &last["line"], &last["point"]),
        (&json!("rules.lua"), &json!(2), &json!("route_chat")),
        "{last:#}"
    );
    let again = admin.api.press("/v1/scripts/rules.lua/enable").await;
    again.is_problem(422, "script_recorded_failed");
    assert!(
        again.json()["errors"][0]["detail"].as_str().is_some_and(|why| why.contains("no Adas")),
        "{again}"
    );
    let tried = admin.press("rules.lua", "dry-run", RULES).await.is(200);
    let recorded = &tried["recorded"];
    assert_eq!((&tried["ok"], &recorded["different"]), (&json!(true), &json!(20)), "{tried:#}");
    assert_eq!(recorded["changes"][0]["point"], "route_chat", "{tried:#}");
    let mended = admin.put("rules.lua", Some(&tag), RULES).await.is(200);
    assert_eq!((&mended["state"], &mended["errors"]), (&json!("on"), &json!(0)), "{mended:#}");
    assert_eq!(priority(&server).await, 4);
}

#[tokio::test]
async fn a_supervisor_looks_and_does_not_touch() {
    let server = desk().await;
    let sue = server.hire("sue", "supervisor", 1, &["main"]).await;
    let ana = server.hire("ana", "agent", 1, &["main"]).await;
    let sue = AgentClient::log_in(&server, &sue.login, &sue.password).await.api;
    let ana = AgentClient::log_in(&server, &ana.login, &ana.password).await.api;
    for path in
        ["/v1/scripts", "/v1/scripts/rules.lua", "/v1/scripts/rules.lua/versions", "/v1/audit", "/v1/plugins"]
    {
        sue.get(path).await.must_be(200);
        ana.get(path).await.is_problem(403, "forbidden");
    }
    sue.post("/v1/scripts/rules.lua/validate", &json!({ "text": "" })).await.is_problem(403, "forbidden");
    sue.press("/v1/scripts/rules.lua/disable").await.is_problem(403, "forbidden");
    let admin = Admin::of(&server);
    for path in ["none.lua", "..%2Fconfig.toml", "..%2F..%2Fetc%2Fpasswd.lua"] {
        admin.api.get(&format!("/v1/scripts/{path}")).await.is_problem(404, "not_found");
    }
    let link = server.folder().join("scripts/link.lua");
    std::os::unix::fs::symlink(Path::new("../secret.lua"), &link).expect("it can be linked");
    fs::write(server.folder().join("secret.lua"), "return 1").expect("it can be written");
    admin.api.get("/v1/scripts/link.lua").await.is_problem(404, "not_found");
}
