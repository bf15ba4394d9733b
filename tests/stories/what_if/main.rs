//! Yesterday's desk, once more: a desk is worked at and stopped, and from its journal alone the binary plays the day again
//! (the same configuration gives the same day, others show what would change), draws further days like it, and says what
//! is wrong with a journal that it cannot read.

#![forbid(unsafe_code)]

mod day;
mod explained;
mod hark;

use day::{CHATS, DESK, LEFT};
use hark::Hark;
use hark_tests::Server;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// How far a figure may be off that is drawn some hundred times: five standard errors of that many.
const FAR: f64 = 0.25;

#[tokio::test]
async fn a_recorded_day_is_played_again_changed_and_drawn_further() {
    let mut server = Server::serve(DESK).await;
    let chats = day::work(&server).await;
    assert!(server.stop().await.success(), "it stops in order\n{}", server.log());
    let hark = Hark::beside(&server);
    the_same_day(&hark);
    another_day(&hark, &chats);
    another_script(&hark);
    recorded_questions(&hark, &chats);
    days_like_it(&hark);
    differing_days(&hark);
    nothing_to_read(&hark);
    a_broken_journal(&hark, &server.data());
}

/// The configuration that was: each chat goes to the same agent after the same time.
fn the_same_day(hark: &Hark) {
    let told = hark.json(&["replay", "--dir", "data", "--config", "config.toml", "--json"]);
    assert_eq!(told["changes"], serde_json::json!([]), "{told:#}");
    assert_eq!(told["was"], told["would_be"], "{told:#}");
    let all = &told["was"]["all"];
    assert_eq!((all["chats"].as_u64(), all["left"].as_u64()), (Some(CHATS), Some(LEFT)), "{told:#}");
    let built_in = hark.json(&["replay", "--dir", "data", "--json"]);
    assert_eq!(built_in, told, "the recorded queues with the built-in answers are the same desk");
}

/// With the priorities the other way round, who waited in the plain queue goes before who waited in the golden one.
fn another_day(hark: &Hark, chats: &day::Chats) {
    let turned = DESK.replace("priority = 3", "priority = 9");
    assert_ne!(turned, DESK);
    hark.write_config("turned.toml", &turned);
    let told = hark.json(&[
        "replay",
        "--dir",
        "data",
        "--config",
        "turned.toml",
        "--json",
        "--report",
        "what-if.html",
    ]);
    let change = |chat: &str| {
        let changes = told["changes"].as_array().expect("there are changes");
        changes.iter().find(|change| change["chat"] == chat).unwrap_or_else(|| panic!("{chat}: {told:#}"))
    };
    let plain = change(&chats.plain);
    assert_eq!((&plain["agent"], &plain["would_get"]), (&"bo".into(), &"ada".into()), "{plain}");
    let golden = change(&chats.golden);
    assert_eq!((&golden["agent"], &golden["would_get"]), (&"ada".into(), &"bo".into()), "{golden}");
    assert_eq!(plain["answers"][1]["priority"], 9, "{plain}");
    assert!(golden["answers"].is_null(), "only the plain queue is changed: {golden}");
    let page = hark.read("what-if.html");
    assert!(page.contains(&chats.plain) && !page.contains("<script"), "the report names the chat");
    let words = hark.words(&["replay", "--dir", "data", "--config", "turned.toml"]);
    assert!(words.contains(&format!("{}: bo after", chats.plain)), "{words}");
    assert!(words.contains("another agent might need another time"), "{words}");
}

/// A script that turns everybody of the plain queue away.
fn another_script(hark: &Hark) {
    let script = "hark.on(\"route_chat\", function(chat)\n    if chat.queue == \"plain\" then\n        \
                  return { turn_away = \"We are closed.\" }\n    end\n    return nil\nend)\n";
    hark.write("closed/default.lua", script);
    let told =
        hark.json(&["replay", "--dir", "data", "--config", "config.toml", "--scripts", "closed", "--json"]);
    let (plain, golden) = (&told["would_be"]["plain"], &told["would_be"]["golden"]);
    assert_eq!(plain["refused"], plain["chats"], "{told:#}");
    assert_eq!((&golden["refused"], &golden["answered"]), (&0.into(), &golden["chats"]), "{told:#}");
}

/// The day's questions, asked again of the script that answered them and of a changed one.
fn recorded_questions(hark: &Hark, chats: &day::Chats) {
    let asks = |file| ["script", "run", file, "--on", "recorded", "--config", "tried.toml", "--json"];
    let shipped = fs::read_to_string(hark_tests::repository().join("scripts/default.lua")).expect("it ships");
    hark.write("tried/default.lua", &shipped);
    hark.write_config("tried.toml", &DESK.replace("{repository}/scripts", "tried"));
    let told = hark.json(&asks("default.lua"));
    assert!(told["asked"].as_u64() > Some(CHATS * 3), "routes, offers, pops, logs: {told:#}");
    assert_eq!((&told["asked"], &told["different"]), (&told["same"], &0.into()), "{told:#}");
    let golden = "hark.on(\"route_chat\", function(chat)\n    return if chat.queue == \"golden\" then { priority = 9 } else nil\nend)\n";
    hark.write("tried/golden.lua", golden);
    let told = hark.json(&asks("tried/golden.lua"));
    let changes = told["differences"].as_array().expect("there are differences");
    assert!(changes.iter().all(|change| change["script"] == "golden.lua" && change["point"] == "route_chat"));
    let one = changes.iter().find(|change| change["chat_id"] == chats.golden.as_str());
    let one = one.unwrap_or_else(|| panic!("{}: {told:#}", chats.golden));
    assert_eq!(one["was"], "golden, priority 6, no skills");
    assert_eq!(one["now"], "golden, priority 9, no skills");
    assert!(!changes.iter().any(|change| change["chat_id"] == chats.plain.as_str()));
    let words = hark.words(&asks("golden.lua")[..7]);
    assert!(words.contains("  + golden, priority 9, no skills   (golden.lua)"), "{words}");
    hark.write(
        "tried/broken.lua",
        "hark.on(\"screen_pop\", function(chat) return chat.form.phone .. \"\" end)\n",
    );
    let said = hark.run_out(&asks("broken.lua")[..7]);
    assert!(said.contains("failed: broken.lua:1: attempt to concatenate nil with string"), "{said}");
    let said = hark.fails(&["script", "run", "../config.toml", "--config", "tried.toml"]);
    assert!(said.contains("cannot find") || said.contains("must lie in the scripts' folder"), "{said}");
}

fn days_like_it(hark: &Hark) {
    let asks =
        ["simulate", "--journal", "data", "--config", "config.toml", "--replications", "200", "--json"];
    let found = hark.json(&asks);
    assert_eq!(hark.json(&asks), found, "the same seed gives the same figures");
    let told = hark.json(&["replay", "--dir", "data", "--config", "config.toml", "--json"]);
    assert_eq!(found["recorded"], told["was"], "beside the figures stand those that were");
    for queue in ["plain", "golden"] {
        let was = found["recorded"][queue]["chats"].as_f64().expect("it was counted");
        let asked = found["queues"][queue]["asked"].as_f64().expect("it was counted");
        assert!((asked / was - 1.0).abs() < FAR, "{queue}: {asked} customers, were {was}");
    }
    let agents: Vec<&String> = found["agents"].as_object().expect("there are agents").keys().collect();
    assert_eq!(agents, ["ada", "bo"], "who never worked is not there");
    let wait = &found["all"]["answer_s"];
    assert!(wait["value"].as_f64() > Some(0.0) && wait["half_width"].as_f64() > Some(0.0), "{wait}");
    let words =
        hark.words(&["simulate", "--journal", "data", "--report", "days.html", "--replications", "5"]);
    assert!(words.contains("As it was in the record"), "{words}");
    let page = hark.read("days.html");
    assert!(page.contains("As it was in the record") && page.contains("<svg"), "the report has both");
}

/// Three times as many customers, and two more agents.
fn differing_days(hark: &Hark) {
    hark.write("more.toml", "[journal]\narrivals = 3.0\n[[agents]]\nname = \"new\"\ncount = 2\n");
    let ask = |file: &[&str]| {
        let asks = ["simulate", "--journal", "data", "--replications", "100", "--json"];
        hark.json(&[&asks[..1], file, &asks[1..]].concat())
    };
    let (plain, more) = (ask(&[]), ask(&["more.toml"]));
    let asked = |found: &Value| found["all"]["asked"].as_f64().expect("it was counted");
    assert!((asked(&more) / asked(&plain) - 3.0).abs() < 3.0 * FAR, "{} {}", asked(&more), asked(&plain));
    assert_eq!(more["agents"].as_object().expect("there are agents").len(), 4);
    hark.write("wrong.toml", "[run]\nreplications = 5\nhours = 3\n");
    let said = hark.fails(&["simulate", "wrong.toml", "--journal", "data"]);
    assert!(said.contains("wrong.toml:3:1: unknown key 'hours'"), "{said}");
}

fn nothing_to_read(hark: &Hark) {
    for command in [["simulate", "--journal"], ["replay", "--dir"]] {
        let said = hark.fails(&[&command[..], &["nowhere"]].concat());
        assert!(said.contains("nowhere is no folder"), "{said}");
        let said =
            hark.fails(&[&command[..], &["data", "--from", "2001-01-01", "--until", "2001-01-02"]].concat());
        assert!(said.contains("nobody asked for a chat in this period"), "{said}");
        let said =
            hark.fails(&[&command[..], &["data", "--from", "2001-01-02", "--until", "2001-01-01"]].concat());
        assert!(said.contains("ends before it begins"), "{said}");
    }
    let said = hark.fails(&["simulate", "--journal", "data", "--scripts", "gone", "--config", "config.toml"]);
    assert!(said.contains("gone"), "{said}");
}

/// A flipped bit in the middle: the file and the offset are named, and what to do.
fn a_broken_journal(hark: &Hark, data: &Path) {
    let files = fs::read_dir(data.join("journal")).expect("there is a journal");
    let mut files: Vec<_> = files.map(|file| file.expect("it can be listed").path()).collect();
    files.retain(|file| file.to_string_lossy().contains("journal-0"));
    files.sort();
    let segment = files.first().expect("there is a segment");
    let mut bytes = fs::read(segment).expect("it can be read");
    let middle = bytes.iter().rposition(|byte| *byte != 0).expect("it is not empty") / 2;
    bytes[middle] ^= 0x10;
    fs::write(segment, bytes).expect("it can be written");
    for command in [["simulate", "--journal", "data"], ["replay", "--dir", "data"]] {
        let said = hark.fails(&command);
        let name = segment.file_name().expect("it has a name").to_string_lossy();
        assert!(said.contains(&*name) && said.contains("damaged at byte"), "{said}");
        assert!(said.contains("hark journal"), "it says what to do: {said}");
    }
}
