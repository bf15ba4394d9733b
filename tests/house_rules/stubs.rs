//! The editor stubs say nothing that a checker in use refuses: one line that it does not know, and it knows none of them.
//! `tests/run --only stubs` asks the checker itself.

use crate::house::{Fault, read, verdict};

const STUBS: &str = "scripts/api/hark.d.luau";
const SETTINGS: &str = "scripts/.luaurc";

fn faults(stubs: &str, settings: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (line, number) in stubs.lines().zip(1..) {
        let code = line.split("--").next().unwrap_or_default();
        let mut words = code.split([' ', '{', '(', ',']).filter(|word| !word.is_empty());
        if words.any(|word| word == "read" || word == "write") {
            let what = "a read-only field, which Luau's older checker refuses, and with it all stubs";
            faults.push(Fault::new(format!("{STUBS}:{number}"), what, "write the field without `read`"));
        }
    }
    if settings.contains("\"globals\"") {
        let what = "names listed under \"globals\" have no type, whatever the stubs say";
        faults.push(Fault::new(SETTINGS, what, "declare them in the stubs alone"));
    }
    faults
}

#[test]
fn editor_stubs_are_taken_by_all_checkers() {
    verdict("editor stubs are taken by all checkers", faults(&read(STUBS), &read(SETTINGS)));
}

#[test]
fn a_stub_that_is_refused_is_found() {
    let stubs = "-- what they read last\nexport type A = {\n    read name: string,\n    ready: number,\n}\n\
        export type B = { list: string, read code: string }\n";
    let found = faults(stubs, "{ \"globals\": [\"hark\"] }");
    let places: Vec<_> = found.iter().map(|fault| fault.place.as_str()).collect();
    assert_eq!(places, ["scripts/api/hark.d.luau:3", "scripts/api/hark.d.luau:6", "scripts/.luaurc"]);
}
