//! The scripts that ship: they load, and their own tests pass; and the runner of those tests can fail.

use hark_core::Policy;
use hark_policy::{Options, Point, Scripts, testing};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts")
}

#[test]
fn the_shipped_scripts_pass_their_tests() {
    let report = testing::run(&root(), None);
    assert_eq!(report.failed(), 0, "{report}");
    assert!(report.passed() >= 15, "{report}");
}

#[test]
fn the_shipped_policy_and_all_examples_load_together() {
    let examples = std::fs::read_dir(root().join("examples")).expect("there are examples");
    let names = examples.map(|entry| entry.expect("it can be read").file_name());
    let mut scripts: Vec<String> = names.map(|name| format!("examples/{}", name.to_string_lossy())).collect();
    scripts.sort();
    scripts.push("default.lua".to_owned());
    let scripts: Vec<&str> = scripts.iter().map(String::as_str).collect();
    assert!(scripts.len() >= 4, "{scripts:?}");
    let loaded = Scripts::load(Options::new(root(), &scripts)).unwrap_or_else(|faults| panic!("{faults:?}"));
    assert_eq!(loaded.version().len(), 12);
}

/// The blocks of Lua in a page that are whole: a signature has `…` for its body.
fn blocks(page: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(page).expect("the page can be read");
    let blocks =
        text.split("```lua\n").skip(1).filter_map(|rest| rest.split("```").next().map(str::to_owned));
    let unindented = |block: String| block.lines().map(|line| format!("{}\n", line.trim_start())).collect();
    blocks.filter(|block| !block.contains('…')).map(unindented).collect()
}

#[test]
fn the_examples_of_the_reference_load() {
    for point in Point::ALL {
        let page = root().join(format!("reference/{}.md", point.name()));
        let examples = blocks(&page);
        assert!(!examples.is_empty(), "{} has no example", page.display());
        for example in examples {
            let folder = tempfile::tempdir().expect("a temporary folder can be made");
            std::fs::write(folder.path().join("example.lua"), &example).expect("it is written");
            let loaded = Scripts::load(Options::new(folder.path(), &["example.lua"]));
            let scripts = loaded.unwrap_or_else(|faults| panic!("{}: {faults:?}\n{example}", page.display()));
            assert_eq!(scripts.stats().entries()[0].point, point.name());
        }
    }
}

#[test]
fn a_failing_test_is_told_with_its_line() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    std::fs::create_dir(folder.path().join("test")).expect("a folder can be made");
    let write =
        |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("it is written");
    write("policy.lua", "hark.on('chat_log_mode', function(chat) return chat.nothing end)");
    write(
        "test/a.lua",
        "local desk = policy('policy.lua')
describe('a', function()
    it('is wrong', function()
        expect({ x = 1 }).to_equal({ x = 2 })
    end)
    it('fails in the script', function() desk.chat_log_mode(chat(), agent()) end)
    it('runs on', function() while true do end end)
    it('names what there is not', function() agent({ skils = {} }) end)
    it('is right', function() expect(1).to_be(1) end)
end)",
    );
    write("test/b.lua", "describe('b' function() end)");
    let report = testing::run(folder.path(), None);
    let told = report.to_string();
    assert_eq!((report.passed(), report.failed()), (1, 5), "{told}");
    let expected = [
        "running 6 tests",
        "test test/a.lua: a › is wrong ... FAILED",
        "test test/a.lua: a › is right ... ok",
        "test/a.lua:4: expected { x = 2 }, got { x = 1 }",
        "policy.lua:1: unknown field 'nothing' of chat",
        "test/a.lua:7: stopped after 1000 ms of CPU time",
        "test/a.lua:8: unknown field 'skils' of agent, did you mean 'skills'?",
        "test/b.lua:1: ",
        "test result: FAILED. 1 passed; 5 failed",
    ];
    for line in expected {
        assert!(told.contains(line), "{line} is not in:\n{told}");
    }
}
