//! `hark top` beside the running desk: it shows the queue that grows, the script that fails with its line, and a plugin
//! that serves; for people and for programs.

use hark_tests::{GuestClient, Server, binary, within};
use serde_json::{Value, json};
use std::fs;
use std::process::{Output, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

/// Longest that one look may take.
const LOOK: Duration = Duration::from_secs(60);

const DESK: &str = r#"
default_queue = "main"

[queues.main]
title = "The main queue"

[[widgets]]
key = "main"

[scripts]
files = ["rules.lua"]

[[plugins]]
name = "faq-search"
isolation = "in_process"
config = { folder = "{config}/faq" }
"#;

/// Answers nothing but once it is asked what it cannot know.
const RULES: &str = r#"hark.on("route_chat", function(chat)
    local form = chat.form
    return { priority = #form.account }
end)
hark.after("chat_created", function(event) end)
"#;

/// Runs `hark top` at a desk, with a token or none.
async fn top(server: &Server, token: Option<&str>, arguments: &[&str]) -> Output {
    let mut command = Command::new(binary());
    command.args(["top", "--url", server.base()]).args(arguments).env("COLUMNS", "80");
    command.env_remove("HARK_TOKEN").envs(token.map(|token| ("HARK_TOKEN", token)));
    let command = command.stdin(Stdio::null()).kill_on_drop(true).output();
    within(LOOK, "the end of hark top", command).await.expect("the binary can be started")
}

fn out(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).expect("it is text")
}

#[tokio::test]
async fn top_shows_what_waits_and_what_fails() {
    let mut server = Server::serve_after(DESK, |folder| {
        fs::create_dir_all(folder.join("scripts")).expect("a folder can be made");
        fs::create_dir_all(folder.join("faq/help")).expect("a folder can be made");
        fs::write(folder.join("scripts/rules.lua"), RULES).expect("a script can be written");
        fs::write(folder.join("faq/help/first.md"), "# First\n\nText\n").expect("an article can be written");
    })
    .await;
    let form = json!({ "name": "Grace", "question": "Is anybody there?" });
    let _guest = GuestClient::ask(&server.nobody(), "main", &form).await;

    let admin = server.admin().bearer().expect("the admin has a token").to_owned();
    let page = out(&top(&server, Some(&admin), &[]).await);
    assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
    assert!(!page.contains('\u{1b}'), "no colours where nobody watches: {page}");
    for part in [
        "takes commands",
        "chats: 1 waiting",
        "The main queue",
        "route_chat",
        "rules.lua:3: ",
        "chat_created",
    ] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
    let plugin = page.lines().find(|line| line.starts_with("faq-search")).expect("the plugin is shown");
    assert!(plugin.contains("inside") && plugin.ends_with("serving"), "{plugin}");

    let told: Value =
        serde_json::from_str(&out(&top(&server, Some(&admin), &["--json"]).await)).expect("JSON");
    assert_eq!((&told["ready"], &told["queues"][0]["waiting"]), (&json!(true), &json!(1)), "{told}");
    assert_eq!(told["scripts"][0]["errors_last_hour"], 1, "{told}");
    assert_eq!(told["scripts"][0]["points"][0]["last_error"]["line"], 3, "{told}");
    assert_eq!(told["agents"], json!({ "logged_out": 1 }), "{told}");

    watched(&server, &admin).await;
    refusals(&server).await;
    assert!(server.stop().await.success());
    let gone = top(&server, Some(&admin), &["--once"]).await;
    assert_eq!(gone.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&gone.stderr).contains("does not answer"));
}

/// In a terminal the page is drawn again and again on a screen of its own, which Ctrl+C gives back.
async fn watched(server: &Server, token: &str) {
    let line = format!("exec {} top --url {}", binary().display(), server.base());
    let mut command = Command::new("script");
    command.args(["--quiet", "--return", "--command", &line, "/dev/null"]).env("HARK_TOKEN", token);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().expect("script, of util-linux, can be started");
    let mut keys = child.stdin.take().expect("it is piped");
    let mut page = child.stdout.take().expect("it is piped");
    let mut seen = String::new();
    let mut buffer = [0; 4096];
    within(LOOK, "a page that is drawn a second time", async {
        while seen.matches("takes commands").count() < 2 {
            let read = page.read(&mut buffer).await.expect("it can be read");
            assert!(read > 0, "it goes on: {seen:?}");
            seen.push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
    })
    .await;
    assert!(
        seen.contains("\u{1b}[?1049h") && seen.contains("\u{1b}[31m"),
        "colours, on a screen of its own: {seen:?}"
    );
    keys.write_all(b"\x03").await.expect("it reads keys");
    let mut end = Vec::new();
    within(LOOK, "its end", page.read_to_end(&mut end)).await.expect("it can be read");
    assert!(String::from_utf8_lossy(&end).ends_with("\u{1b}[?1049l"), "{end:?}");
    assert!(child.wait().await.expect("it ends").success(), "an interrupted look is no fault");
}

/// Who may not look is told what is needed; a supervisor sees all but reactions, which are the admins'.
async fn refusals(server: &Server) {
    server.hire("sue", "supervisor", 1, &[]).await;
    server.hire("ann", "agent", 1, &[]).await;
    let token_of = async |login: &str| {
        let made = server.admin().post("/v1/api-tokens", &json!({ "label": "top", "login": login })).await;
        made.is(201)["token"].as_str().expect("a token").to_owned()
    };
    let supervisor = token_of("sue").await;
    let page = out(&top(server, Some(&supervisor), &["--once"]).await);
    assert!(page.contains("rules.lua") && !page.contains("REACTION"), "{page}");
    let agent = token_of("ann").await;
    let tries = [(None, "HARK_TOKEN"), (Some("hrk_nobody"), "token"), (Some(agent.as_str()), "supervisor's")];
    for (token, says) in tries {
        let output = top(server, token, &["--once"]).await;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(says) && output.stdout.is_empty(), "{says} is not in {said}");
    }
}
