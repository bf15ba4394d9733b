//! What a scenario takes and what it says of what it does not take.

use super::*;
use crate::config::Config;

const SMALL: &str =
    "[[traffic]]\nper_hour = 10\n[queues.support]\nhandle = { mean_s = 300 }\n[[agents]]\nname = 'a'\n";

fn faults(text: &str) -> Vec<String> {
    let config = Config::new("");
    understand("s.toml", text, &config.setup).1.iter().map(ToString::to_string).collect()
}

#[test]
fn a_small_scenario_has_no_faults() {
    assert_eq!(faults(SMALL), Vec::<String>::new());
}

#[test]
fn mistakes_have_their_lines_and_the_nearest_names() {
    let wrong = [
        (
            "per_hour = 10",
            "per_hours = 10",
            "s.toml:2:1: unknown key 'per_hours' in [traffic], did you mean 'per_hour'?",
        ),
        (
            "mean_s = 300",
            "mean_s = 'long'",
            "s.toml:4:21: queues.support.handle.mean_s must be a number from 0 to 2592000; it is the text \"long\"",
        ),
        ("[queues.support]", "[queues.suport]", "there is no queue 'suport', did you mean 'support'?"),
        (
            "name = 'a'",
            "name = 'a'\ncapacity = 2\nspeeds = [1.0]",
            "s.toml:8:10: speeds has 1 numbers, the capacity is 2",
        ),
        (
            "per_hour = 10",
            "per_hour = 10\nswing = { amplitude_per_hour = 20 }",
            "a rate cannot swing below 0",
        ),
        ("name = 'a'", "name = 'a'\nshifts = [{ from_h = 9, until_h = 8 }]", "a shift ends after it begins"),
        ("handle = { mean_s = 300 }", "", "queues.support.handle is missing"),
    ];
    for (right, slip, told) in wrong {
        let found = faults(&SMALL.replace(right, slip));
        assert!(found.iter().any(|fault| fault.contains(told)), "{slip}: {found:#?}");
    }
}

#[test]
fn an_empty_scenario_says_what_is_missing() {
    let found = faults("").join("\n");
    assert!(found.contains("nobody comes") && found.contains("nobody answers"), "{found}");
}
