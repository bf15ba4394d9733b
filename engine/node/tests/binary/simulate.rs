//! `hark simulate` and `hark replay` as people type them.

use crate::commands::initialised;
use crate::support::{hark, told};
use serde_json::Value;
use std::fs;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../sim/examples/day.toml");

#[test]
fn the_shipped_scenario_runs_and_says_the_same_each_time() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let config = initialised(folder.path()).display().to_string();
    let report = folder.path().join("day.html");
    let page = report.display().to_string();
    let args = ["simulate", EXAMPLE, "--config", &config, "--replications", "3", "--json", "--report", &page];
    let run = || {
        let output = hark(&args).output().expect("the binary runs");
        assert!(output.status.success(), "{}", told(&output));
        serde_json::from_slice::<Value>(&output.stdout).expect("it is JSON")
    };
    let found = run();
    assert_eq!(found, run());
    assert!(found["queues"]["support"]["asked"].as_f64().is_some_and(|asked| asked > 100.0), "{found}");
    let level = &found["queues"]["support"]["service_level"];
    assert!(level["half_width"].as_f64().is_some_and(|half| half > 0.0 && half < 1.0), "{level}");
    let html = fs::read_to_string(report).expect("the report is there");
    assert!(html.contains("<svg") && html.contains("prefers-color-scheme:dark") && !html.contains("<script"));
}

#[test]
fn a_mistake_in_a_scenario_is_told_with_line_and_key() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let config = initialised(folder.path()).display().to_string();
    let file = folder.path().join("wrong.toml");
    let text = fs::read_to_string(EXAMPLE).expect("it is there").replace("capacity = 2", "capasity = 2");
    fs::write(&file, text).expect("it can be written");
    let output = hark(&["simulate", &file.display().to_string(), "--config", &config]).output();
    let output = output.expect("the binary runs");
    let said = told(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("wrong.toml:") && said.contains("did you mean 'capacity'?"), "{said}");
}
