//! `hark script`: what an admin does before a desk runs a script.

use crate::commands::initialised;
use crate::support::{hark, told};
use std::fs;
use std::path::Path;

const POINTS: [&str; 13] = [
    "route_chat",
    "rank_agents",
    "relax",
    "reject_permission",
    "after_missed_offer",
    "screen_pop",
    "greet",
    "message",
    "customer_left",
    "agent_left",
    "post_processing",
    "chat_log_mode",
    "auto_log",
];

fn script(file: &Path, args: &[&str]) -> (Option<i32>, String) {
    let file = file.display().to_string();
    let output = hark(&[&["script"], args, &["--config", &file]].concat()).output().expect("the binary runs");
    (output.status.code(), told(&output))
}

#[test]
fn a_new_script_of_each_point_is_checked_and_passes_its_test() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = initialised(folder.path());
    for point in POINTS {
        let (code, said) = script(&file, &["new", &format!("my_{point}"), "--point", point]);
        assert_eq!((code, said.contains(&format!("answers {point}"))), (Some(0), true), "{said}");
    }
    let names = POINTS.map(|point| format!("\"my_{point}.lua\"")).join(", ");
    let config = fs::read_to_string(&file).expect("it is there");
    let named = config.replace("files = [\"default.lua\"]", &format!("files = [{names}, \"default.lua\"]"));
    fs::write(&file, named).expect("it can be written");
    let (code, said) = script(&file, &["check"]);
    assert_eq!((code, said.contains("my_auto_log.lua, default.lua; version ")), (Some(0), true), "{said}");
    let (code, said) = script(&file, &["test"]);
    assert_eq!((code, said.contains("test result: ok. 26 passed; 0 failed")), (Some(0), true), "{said}");
    let (code, said) = script(&file, &["test", "my_screen_pop"]);
    assert_eq!((code, said.contains("running 2 tests")), (Some(0), true), "{said}");
    assert!(file.with_file_name("scripts").join(".luaurc").is_file());
}

#[test]
fn faults_and_failed_tests_are_told_with_their_line() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = initialised(folder.path());
    let scripts = file.with_file_name("scripts");
    let (code, _) = script(&file, &["new", "mine"]);
    assert_eq!(code, Some(0));
    let (code, said) = script(&file, &["new", "mine"]);
    assert_eq!((code, said.contains("is already there: choose another name")), (Some(1), true), "{said}");
    let (code, said) = script(&file, &["new", "../mine"]);
    assert_eq!((code, said.contains("letters, digits and _ only")), (Some(1), true), "{said}");
    let text = fs::read_to_string(scripts.join("mine.lua")).expect("it was written");
    fs::write(scripts.join("mine.lua"), text.replace("< most", "<= most")).expect("it can be written");
    let (code, said) = script(&file, &["test"]);
    assert_eq!(code, Some(1), "{said}");
    for part in ["mine › and then no more, with a reason ... FAILED", "test/mine.lua:", "1 passed; 1 failed"]
    {
        assert!(said.contains(part), "{part} is not in\n{said}");
    }
    fs::write(scripts.join("default.lua"), "hark.on(\"screen_popp\", function() end)\n")
        .expect("it can be written");
    let (code, said) = script(&file, &["check"]);
    let meant = "default.lua:1: unknown point 'screen_popp', did you mean 'screen_pop'?";
    assert_eq!((code, said.contains(meant)), (Some(1), true), "{said}");
}

#[test]
fn a_point_is_told_about() {
    for point in POINTS {
        let output = hark(&["script", "about", point]).output().expect("the binary runs");
        let said = told(&output);
        assert!(said.starts_with(&format!("# {point}\n")) && said.contains("## Default"), "{said}");
    }
    let output = hark(&["script", "about", "no_point"]).output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(2), "wrong usage tells the points");
    assert!(told(&output).contains("route_chat"));
}
