//! A decision point exists only when all of it does: a method of the core's `Policy` trait, a page for the admin, a stub
//! for the editor, a template to begin with, and a test. The compiler sees to the built-in answer.

use crate::house::{Fault, files_under, read, verdict};
use crate::source::Source;
use syn::{ImplItem, Item, TraitItem};

/// Methods of the trait that ask nothing.
const NO_QUESTION: [&str; 2] = ["version", "answered"];

const WRITE_PAGE: &str = "write scripts/reference/<point>.md: when asked, what it sees, what it may answer, default, an example, since";
const WRITE_STUB: &str =
    "add the point, with the types of its question and answer, to the stubs in scripts/api/";
const SAME_QUESTION: &str =
    "give the handler in the page's first block and in the stub the same parameters, in the engine's order";
const SAME_ANSWER: &str =
    "tell each field of the answer in the page's table and in the stub's type, by one name";
const WRITE_TEST: &str =
    "write a test that asks the point: in scripts/test/ with describe/it, or in engine/policy/tests/";
const WRITE_TEMPLATE: &str = "write scripts/templates/<point>.lua and <point>.test.lua: a new script of the point, and the test that it passes";

/// The points by the names of the trait's methods, from the text of the core's files about policies.
fn points(sources: &[Source]) -> Vec<String> {
    let mut named = Vec::new();
    for item in sources.iter().flat_map(|source| &source.tree.items) {
        let Item::Trait(policy) = item else { continue };
        if policy.ident != "Policy" {
            continue;
        }
        named.extend(policy.items.iter().filter_map(|item| match item {
            TraitItem::Fn(method) => Some(method.sig.ident.to_string()),
            _ => None,
        }));
    }
    named.retain(|name| !NO_QUESTION.contains(&name.as_str()));
    named
}

/// Who passes questions on: a point that one of them leaves out would be answered by the trait's own rule, silently.
const PASSES_ON: [&str; 3] =
    ["engine/policy/src/scripts.rs", "engine/node/src/serve/swap.rs", "engine/sim/src/desk.rs"];

const PASS_IT_ON: &str =
    "implement the method in this `impl Policy`: pass the question on, or ask the scripts";

/// The points that the `impl Policy` of a file leaves to the trait.
fn left_out(source: &Source, points: &[String]) -> Vec<String> {
    let implemented = source.tree.items.iter().find_map(|item| match item {
        Item::Impl(of) => {
            let (path, _) = of.trait_.as_ref()?;
            path.is_ident("Policy").then_some(&of.items)
        }
        _ => None,
    });
    let has = |point: &&String| {
        let mut methods = implemented.into_iter().flatten();
        methods.any(|item| matches!(item, ImplItem::Fn(method) if method.sig.ident == point.as_str()))
    };
    points.iter().filter(|point| !has(point)).cloned().collect()
}

/// What was written about decision points.
struct Shelf {
    /// Paths of the reference pages and their text.
    pages: Vec<(String, String)>,
    stubs: String,
    tests: String,
    /// Paths of the templates.
    templates: Vec<String>,
}

impl Shelf {
    fn faults(&self, point: &str) -> Vec<Fault> {
        let path = format!("scripts/reference/{point}.md");
        let page = self.pages.iter().find(|(page, _)| *page == path).map(|(_, text)| text);
        let mut faults = Vec::new();
        match page.map(|text| missing_parts(point, text)) {
            None => faults.push(Fault::new(&path, format!("the page of `{point}` is missing"), WRITE_PAGE)),
            Some(missing) if !missing.is_empty() => {
                faults.push(Fault::new(&path, format!("does not tell: {}", missing.join(", ")), WRITE_PAGE));
            }
            Some(_) => {}
        }
        if !mentions(&self.stubs, point) {
            faults.push(Fault::new("scripts/api/", format!("no stub mentions `{point}`"), WRITE_STUB));
        } else if let Some(text) = page {
            faults.extend(self.differences(point, &path, text));
        }
        if !mentions(&self.tests, point) {
            faults.push(Fault::new("scripts/test/", format!("no test mentions `{point}`"), WRITE_TEST));
        }
        for ending in ["lua", "test.lua"] {
            let path = format!("scripts/templates/{point}.{ending}");
            if !self.templates.contains(&path) {
                faults.push(Fault::new(&path, format!("a template of `{point}` is missing"), WRITE_TEMPLATE));
            }
        }
        faults
    }
}

impl Shelf {
    /// What a page and the stubs tell differently.
    fn differences(&self, point: &str, path: &str, page: &str) -> Vec<Fault> {
        let stub = parameters(&self.stubs, &format!("point: \"{point}\", answer: ("));
        let told = parameters(page, &format!("hark.on(\"{point}\", function("));
        let mut faults = Vec::new();
        if stub != told {
            let what = format!("its handler takes ({}), the stub's ({})", told.join(", "), stub.join(", "));
            faults.push(Fault::new(path, what, SAME_QUESTION));
        }
        for field in answer_fields(page).filter(|field| !mentions(&self.stubs, field)) {
            faults.push(Fault::new(path, format!("no stub knows the answer's field `{field}`"), SAME_ANSWER));
        }
        faults
    }
}

/// Names of the parameters that follow `before`.
fn parameters(text: &str, before: &str) -> Vec<String> {
    let after = text.split_once(before).map_or("", |(_, after)| after);
    let list = after.split_once(')').map_or("", |(list, _)| list);
    let names = list.split(',').filter_map(|part| part.split(':').next());
    names.map(|name| name.trim_matches(['?', ' ']).to_owned()).filter(|name| !name.is_empty()).collect()
}

/// The first column of the tables below "What it may answer", of one word each.
fn answer_fields(page: &str) -> impl Iterator<Item = &str> {
    let answers = page.split("## ").find(|part| part.starts_with("What it may answer")).unwrap_or_default();
    let cells = answers.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    cells.map(|(field, _)| field).filter(|field| field.chars().all(|c| c.is_alphanumeric() || c == '_'))
}

/// The parts of a reference page that an admin looks for and this one has not.
fn missing_parts(point: &str, page: &str) -> Vec<&'static str> {
    let lower = page.to_lowercase();
    let example = format!("hark.on(\"{point}\"");
    let parts = [
        ("when it is asked", lower.contains("asked")),
        ("the default", lower.contains("default")),
        ("an example that registers it", page.contains(&example)),
        ("since which version", lower.contains("since")),
    ];
    parts.into_iter().filter(|(_, told)| !told).map(|(part, _)| part).collect()
}

/// As a word of its own: `message` is not mentioned by `messages`.
fn mentions(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|found| found == word)
}

fn joined(folder: &str, endings: &[&str]) -> String {
    let paths = endings.iter().flat_map(|ending| files_under(folder, ending));
    paths.map(|path| read(&path)).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_decision_point_has_all_its_parts() {
    let home = files_under("engine/core/src/policy", ".rs");
    let sources: Vec<_> = home.iter().map(|path| Source::parse(path, read(path))).collect();
    let points = points(&sources);
    assert!(
        !points.is_empty(),
        "no trait `Policy` with decision points in engine/core/src/policy.rs or policy/"
    );
    let pages = files_under("scripts/reference/", ".md").into_iter().map(|path| (path.clone(), read(&path)));
    let tests = [
        joined("scripts/test/", &[".lua", ".luau"]),
        joined("engine/policy/tests/", &[".rs", ".lua", ".luau"]),
    ];
    let shelf = Shelf {
        pages: pages.collect(),
        stubs: joined("scripts/api/", &[".lua", ".luau"]),
        tests: tests.join("\n"),
        templates: files_under("scripts/templates/", ".lua"),
    };
    verdict(
        "a decision point has all its parts",
        points.iter().flat_map(|point| shelf.faults(point)).collect(),
    );
}

#[test]
fn who_passes_questions_on_passes_all_on() {
    let home = files_under("engine/core/src/policy", ".rs");
    let sources: Vec<_> = home.iter().map(|path| Source::parse(path, read(path))).collect();
    let points = points(&sources);
    let faults = PASSES_ON.iter().flat_map(|path| {
        let missing = left_out(&Source::parse(path, read(path)), &points);
        missing.into_iter().map(move |point| Fault::new(*path, format!("leaves out `{point}`"), PASS_IT_ON))
    });
    verdict("who passes questions on passes all on", faults.collect());
}

#[test]
fn a_point_that_is_left_out_is_found() {
    let text = "struct A; impl Other for A { fn relax(&mut self) {} } impl Policy for A { fn route_chat(&mut self) {} }";
    let source = Source::parse("a.rs", text.to_owned());
    let points = ["route_chat", "relax"].map(str::to_owned);
    assert_eq!(left_out(&source, &points), ["relax"]);
}

#[test]
fn the_points_are_the_traits_methods() {
    let text = "trait Other { fn no(&self); } pub trait Policy { const X: u8; fn version(&self) -> &str; \
        fn route_chat(&mut self); fn auto_log(&mut self) {} }";
    assert_eq!(points(&[Source::parse("policy.rs", text.to_owned())]), ["route_chat", "auto_log"]);
    assert!(points(&[Source::parse("policy.rs", String::new())]).is_empty());
}

#[test]
fn each_missing_part_is_found() {
    let page = "Asked when a chat ended. Default: no. Since 0.1.\n```lua\nhark.on(\"auto_log\", f)\n```\n"
        .to_owned();
    let mut shelf = Shelf {
        pages: vec![("scripts/reference/auto_log.md".to_owned(), page)],
        stubs: "on: (\"auto_log\") -> ()".to_owned(),
        tests: "it('auto_log', f)".to_owned(),
        templates: ["lua", "test.lua"].map(|ending| format!("scripts/templates/auto_log.{ending}")).to_vec(),
    };
    assert_eq!(shelf.faults("auto_log"), []);
    assert_eq!(shelf.faults("auto").len(), 5);
    shelf.pages[0].1 = "Asked at times.".to_owned();
    assert_eq!(
        shelf.faults("auto_log")[0].what,
        "does not tell: the default, an example that registers it, since which version"
    );
    shelf.stubs = "auto_logs".to_owned();
    shelf.tests.clear();
    assert_eq!(shelf.faults("auto_log").len(), 3);
}

#[test]
fn a_page_that_differs_from_its_stub_is_found() {
    let stubs =
        "on: (point: \"relax\", answer: (chat: Chat, wait: Wait?, all: { Agent }) -> { drop: X }?) -> ()";
    let shelf =
        Shelf { pages: Vec::new(), stubs: stubs.to_owned(), tests: String::new(), templates: Vec::new() };
    let page = "```lua\nhark.on(\"relax\", function(chat, wait, all) … end)\n```\n## What it may answer\n\
        | field | type |\n| --- | --- |\n| `drop` | list |\n| `\"none\"` | |\n## Default\n| `other` | |\n";
    assert_eq!(shelf.differences("relax", "page", page), []);
    let told =
        shelf.differences("relax", "page", &page.replace("wait, all", "all").replace("`drop`", "`dropp`"));
    let told: Vec<_> = told.iter().map(|fault| fault.what.as_str()).collect();
    let same = "its handler takes (chat, all), the stub's (chat, wait, all)";
    assert_eq!(told, [same, "no stub knows the answer's field `dropp`"]);
}
