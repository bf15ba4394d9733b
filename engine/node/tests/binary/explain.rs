//! One chat explained by the API and by the command, beside the running desk and after it: the same story.

use crate::demo::whole_chat;
use crate::support::{Running, hark, told};
use serde_json::{Value, json};

/// What people read of a quick chat: times and ids vary, and what depends on them.
const STORY: &str = "\
Chat CHAT of Maria, requested TIME (UTC)

Ana got this chat, because Ana was the only one who could take it. From request to acceptance it took SPAN.

TIME  Maria asked for a chat in Billing.

TIME  It was put in line in Billing, with priority 6.
                       rule: Its priority is 6, the queue's own.
                       asked route_chat: no script had a say, the built-in rule answered: queue Billing

TIME  At once it was offered to Ana, because Ana was the only one who could take it.
                       rule: Ana was the only one who could take it.
                       rule: Ana had 0 of 2 chats.
                       rule: The offer stands for 30 s.
                       asked reject_permission: default.lua answered: the offer may not be rejected: this queue does not permit it
                       Ana  available, 0 of 2 chats, idle SPAN  <- this one
                       logged out: 1

TIME  Ana accepted it after SPAN.

TIME  The chat ended: Ana ended it.
";

fn explain(args: &[&str]) -> (Option<i32>, String) {
    let output = hark(&[&["explain"], args].concat()).output().expect("the binary runs");
    (output.status.code(), told(&output))
}

/// The text with times, spans and the chat's id taken out.
fn steady(text: &str, chat: &str) -> String {
    let mut lines = Vec::new();
    for line in text.replace(chat, "CHAT").lines() {
        let line = match line.as_bytes() {
            [b'2', b'0', _, _, b'-', ..] => format!("TIME{}", &line[19..]),
            _ => line.to_owned(),
        };
        let line = match line.split_once("requested 20") {
            Some((begin, rest)) => format!("{begin}requested TIME{}", &rest[17..]),
            None => line,
        };
        lines.push(["after ", "it took ", "idle "].iter().fold(line, |line, word| without_span(&line, word)));
    }
    lines.join("\n") + "\n"
}

fn without_span(line: &str, word: &str) -> String {
    let Some((begin, rest)) = line.split_once(word) else { return line.to_owned() };
    match rest.split_once(" s") {
        Some((_, end)) => format!("{begin}{word}SPAN{end}"),
        None => line.to_owned(),
    }
}

#[test]
fn the_api_and_the_command_tell_the_same_story_in_words_that_anybody_can_read() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let dir = folder.path().join("here").display().to_string();
    let data = folder.path().join("here/data").display().to_string();
    let mut demo = Running::demo(&["--dir", &dir]);
    let (_, answer) = demo.log_in("ana", demo.told["agent"]["password"].as_str().expect("it is told"));
    let agent = answer["token"].as_str().expect("a token").to_owned();
    let (status, _) = demo.send("PUT", "/v1/me/status", &agent, &json!({ "status": "available" }));
    assert_eq!(status, 200);
    let chat = whole_chat(&demo, &agent);
    let path = format!("/v1/chats/{chat}/explanation");
    assert_eq!(demo.get(&path, &agent).0, 403, "it is for those who steer the desk");
    let admin = demo.told["admin"]["token"].as_str().expect("it is told").to_owned();
    let (status, by_api) = demo.get(&path, &admin);
    assert_eq!((status, &by_api["whole"]), (200, &true.into()), "{by_api}");
    let nobody = "int_01M82GNV9ZF2MVVD4RJHM0R1XR";
    assert_eq!(demo.get(&format!("/v1/chats/{nobody}/explanation"), &admin).0, 404);
    let command = || {
        let (code, said) = explain(&[&chat, "--dir", &data, "--json"]);
        assert_eq!(code, Some(0), "{said}");
        serde_json::from_str::<Value>(&said).expect("it is JSON")
    };
    assert_eq!(command(), by_api, "beside the running desk");
    demo.signal("TERM");
    assert_eq!(demo.wait().code(), Some(0));
    assert_eq!(command(), by_api, "after it");
    let (_, words) = explain(&[&chat, "--dir", &data]);
    assert_eq!(steady(&words, &chat), STORY);
    let (code, said) = explain(&[nobody, "--dir", &data]);
    assert_eq!((code, said.contains("there is no chat")), (Some(1), true), "{said}");
}
