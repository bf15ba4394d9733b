//! Sizes: a function fits a screen, a file is one concept, and every file says first what it is for.

use crate::house::{Fault, files, read, tell, verdict};
use crate::source::{Source, production};

/// Lines of code of a function: median, nine of ten, and the most.
const FUNCTION: Bounds = Bounds { median: 10, p90: 35, max: 70 };
/// Production lines of a file.
const FILE: Bounds = Bounds { median: 180, p90: 400, max: 700 };
/// Production lines of a file of the core: the state machine's home must not become the attic.
const CORE_FILE_MAX: usize = 500;

const SPLIT_FUNCTION: &str =
    "give the parts names of their own, so that the function reads as the list of its steps";
const SPLIT_FILE: &str = "split the file by concept: one file per command in core, one per resource in http";
const OPEN_FILE: &str = "begin the file with `//!`: what it is for, and what it never does";

struct Bounds {
    median: usize,
    p90: usize,
    max: usize,
}

/// The measured counterpart of [`Bounds`].
struct Figures {
    count: usize,
    median: usize,
    p90: usize,
    max: usize,
}

impl Figures {
    fn of(mut sizes: Vec<usize>) -> Self {
        assert!(!sizes.is_empty(), "nothing to measure: is this a checkout of the whole repository?");
        sizes.sort_unstable();
        let rank = |percent: usize| sizes[(sizes.len() * percent).div_ceil(100).max(1) - 1];
        Self { count: sizes.len(), median: rank(50), p90: rank(90), max: rank(100) }
    }

    fn told(&self, what: &str, bounds: &Bounds) -> String {
        let Self { count, median, p90, max } = self;
        let Bounds { median: median_bound, p90: p90_bound, max: max_bound } = bounds;
        format!(
            "{what}: {count}, median {median} (≤ {median_bound}), p90 {p90} (≤ {p90_bound}), max {max} (≤ {max_bound})"
        )
    }

    fn faults(&self, what: &str, bounds: &Bounds, remedy: &'static str) -> Vec<Fault> {
        let over = |name: &str, size: usize, bound: usize| {
            (size > bound).then(|| Fault::new(what, format!("{name} is {size}, allowed are {bound}"), remedy))
        };
        [over("median", self.median, bounds.median), over("p90", self.p90, bounds.p90)]
            .into_iter()
            .flatten()
            .collect()
    }
}

fn function_faults(sources: &[Source]) -> Vec<Fault> {
    let too_long = |source: &Source| -> Vec<Fault> {
        let long = source.functions().into_iter().filter(|function| function.length > FUNCTION.max);
        long.map(|function| {
            let what =
                format!("fn {} has {} lines, allowed are {}", function.name, function.length, FUNCTION.max);
            Fault::new(format!("{}:{}", source.path, function.line), what, SPLIT_FUNCTION)
        })
        .collect()
    };
    sources.iter().flat_map(too_long).collect()
}

fn file_faults(sources: &[Source]) -> Vec<Fault> {
    let too_long = |source: &Source| {
        let bound = if source.path.starts_with("engine/core/") { CORE_FILE_MAX } else { FILE.max };
        let lines = source.production_lines();
        let what = || format!("{lines} production lines, allowed are {bound}");
        (lines > bound).then(|| Fault::new(&source.path, what(), SPLIT_FILE))
    };
    sources.iter().filter_map(too_long).collect()
}

fn opening_fault(path: &str, text: &str) -> Option<Fault> {
    let first = text.lines().next().unwrap_or("");
    (!first.starts_with("//! "))
        .then(|| Fault::new(format!("{path}:1"), "does not open with `//!`", OPEN_FILE))
}

fn shipped() -> Vec<Source> {
    let mut sources = production("engine/");
    sources.extend(production("plugins/"));
    sources
}

#[test]
fn a_function_fits_a_screen() {
    let sources = shipped();
    let lengths = sources.iter().flat_map(Source::functions).map(|function| function.length).collect();
    let figures = Figures::of(lengths);
    tell(&figures.told("functions", &FUNCTION));
    let mut faults = figures.faults("all functions", &FUNCTION, SPLIT_FUNCTION);
    faults.extend(function_faults(&sources));
    verdict("functions are short", faults);
}

#[test]
fn a_file_is_one_concept() {
    let sources = shipped();
    let figures = Figures::of(sources.iter().map(Source::production_lines).collect());
    tell(&figures.told("files", &FILE));
    let mut faults = figures.faults("all files", &FILE, SPLIT_FILE);
    faults.extend(file_faults(&sources));
    verdict("files are small", faults);
}

#[test]
fn a_file_says_first_what_it_is_for() {
    let rust = files().into_iter().filter(|path| path.ends_with(".rs"));
    verdict(
        "every .rs file opens with //!",
        rust.filter_map(|path| opening_fault(&path, &read(&path))).collect(),
    );
}

#[test]
fn long_functions_and_files_are_found() {
    let long = |lines: usize| format!("//! Long.\nfn long() {{\n{}}}\n", "    work();\n".repeat(lines));
    let parsed = |path: &str, lines| vec![Source::parse(path, long(lines))];
    assert_eq!(function_faults(&parsed("engine/http/src/a.rs", 68)), []);
    assert_eq!(function_faults(&parsed("engine/http/src/a.rs", 69))[0].place, "engine/http/src/a.rs:2");
    assert_eq!(file_faults(&parsed("engine/http/src/a.rs", 600)), []);
    assert_eq!(file_faults(&parsed("engine/http/src/a.rs", 700)).len(), 1);
    assert_eq!(file_faults(&parsed("engine/core/src/a.rs", 600)).len(), 1);
}

#[test]
fn percentiles_are_those_of_the_nearest_rank() {
    let figures = Figures::of((1..=10).rev().collect());
    assert_eq!((figures.median, figures.p90, figures.max), (5, 9, 10));
    assert_eq!(Figures::of(vec![7]).p90, 7);
    assert_eq!(figures.faults("all", &Bounds { median: 4, p90: 9, max: 1 }, SPLIT_FILE).len(), 1);
}

#[test]
fn a_file_without_opening_words_is_found() {
    assert!(opening_fault("a.rs", "//! What it is for.\n").is_none());
    for text in ["", "use std::fs;\n", "// a comment\n", "\n//! late\n", "//!\n"] {
        assert!(opening_fault("a.rs", text).is_some(), "{text:?}");
    }
}
