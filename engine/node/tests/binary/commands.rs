//! Commands that run to their end.

use crate::support::{hark, hark_with_input, told};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder as `hark init` makes it, and its configuration.
pub(crate) fn initialised(folder: &Path) -> PathBuf {
    let dir = folder.join("desk");
    let output = hark(&["init", &dir.display().to_string()]).output().expect("the binary runs");
    assert!(output.status.success(), "{}", told(&output));
    dir.join("config.toml")
}

fn check(file: &Path) -> (Option<i32>, String) {
    let output = hark(&["check", "--config", &file.display().to_string()]).output().expect("the binary runs");
    (output.status.code(), told(&output))
}

#[test]
fn what_init_writes_has_no_faults_and_init_writes_over_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = initialised(folder.path());
    let (code, said) = check(&file);
    assert_eq!((code, said.contains("no faults; 1 queue, 1 script, 2 plugins")), (Some(0), true), "{said}");
    assert!(!file.with_file_name("data").exists(), "check starts nothing");
    fs::write(&file, "# mine").expect("it can be written");
    let dir = file.parent().expect("it has a folder").display().to_string();
    let again = hark(&["init", &dir]).output().expect("the binary runs");
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(fs::read_to_string(&file).expect("it is there"), "# mine");
}

#[test]
fn check_tells_faults_of_configuration_scripts_and_plugins_at_once() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = initialised(folder.path());
    let wrong = "[queues.support]\nacceptence_s = 20\npriority = 12\n\n[[plugins]]\nname = \"crm-sqlite\"\n\
        config = { pfad = \"x\" }\n\n[[plugins]]\nname = \"none\"\npath = \"lib/none.so\"\n";
    fs::write(&file, wrong).expect("it can be written");
    fs::write(file.with_file_name("scripts").join("default.lua"), "hark.on(\"screen_pop\", function(\n")
        .expect("it can be written");
    let (code, said) = check(&file);
    assert_eq!(code, Some(1));
    let name = file.display();
    for part in [
        format!("{name}:2:1: unknown key 'acceptence_s' in [queues.support], did you mean 'acceptance_s'?"),
        format!("{name}:3:12: queues.support.priority must be a whole number from 0 to 9; it is 12"),
        "default.lua:".to_owned(),
        "plugin none: there is no file".to_owned(),
        "plugin crm-sqlite".to_owned(),
    ] {
        assert!(said.contains(&part), "{part} is not in\n{said}");
    }
}

#[test]
fn a_configuration_that_is_not_there_is_told() {
    let (code, said) = check(Path::new("no/such.toml"));
    assert_eq!(code, Some(1));
    assert!(said.starts_with("no/such.toml: the file cannot be read"), "{said}");
}

#[test]
fn wrong_usage_is_another_code_than_a_fault() {
    for args in [&["serve", "--colour"][..], &["nothing"], &["user", "add", "x", "--role", "boss"]] {
        assert_eq!(hark(args).output().expect("the binary runs").status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn what_is_printed_for_programs_is_what_they_read() {
    let print = |args: &[&str]| {
        let output = hark(args).output().expect("the binary runs");
        assert!(output.status.success(), "{}", told(&output));
        String::from_utf8(output.stdout).expect("it is UTF-8")
    };
    let api: Value = serde_json::from_str(&print(&["openapi"])).expect("it is JSON");
    assert!(api["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")), "{api}");
    assert!(api["paths"]["/v1/sessions"].is_object());
    assert!(print(&["completions", "bash"]).contains("_hark"));
    assert_eq!(print(&["version"]), format!("hark {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn people_and_tokens_are_made_while_no_engine_runs() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = initialised(folder.path()).display().to_string();
    let run = |args: &[&str], input: &str| {
        let output = hark_with_input(&[args, &["--config", &file]].concat(), input);
        (output.status.code(), told(&output))
    };
    let add = ["user", "add", "ana", "--name", "Ana", "--skill", "german=3", "--password-stdin"];
    assert_eq!(run(&add, "long enough\n"), (Some(0), "agent 'ana' is there\n".to_owned()));
    assert_eq!(run(&add, "long enough\n").0, Some(1), "there is one already");
    assert_eq!(run(&["user", "add", "bo", "--password-stdin"], "short\n").0, Some(1));
    let (code, said) = run(&["user", "add", "bo", "--capacity", "90", "--password-stdin"], "long enough\n");
    assert_eq!((code, said.contains("capacity is 90, 1 to 6 is allowed")), (Some(1), true), "{said}");
    assert_eq!(run(&["user", "disable", "ana"], "").0, Some(0));
    let (_, listed) = run(&["user", "list", "--json"], "");
    let ana: Value = serde_json::from_str(&listed).expect("one JSON object a line");
    assert_eq!(
        (&ana["login"], &ana["disabled"], &ana["skills"]["german"]),
        (&"ana".into(), &true.into(), &3.into())
    );
    assert_eq!(run(&["token", "add", "ana"], "").0, Some(1), "she is disabled");
    assert_eq!(run(&["user", "enable", "ana"], "").0, Some(0));
    let (code, token) = run(&["token", "add", "ana", "--label", "export"], "");
    assert_eq!((code, token.starts_with("hrk_")), (Some(0), true), "{token}");
    let (_, tokens) = run(&["token", "list"], "");
    assert!(
        tokens.contains("ana") && tokens.contains("export") && !tokens.contains(token.trim()),
        "{tokens}"
    );
    let id = tokens.split(' ').next().expect("a line has words");
    assert_eq!(run(&["token", "revoke", id], "").0, Some(0));
    assert_eq!(run(&["token", "revoke", id], "").0, Some(1));
}
