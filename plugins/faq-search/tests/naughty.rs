//! Any text is only words: the strings that break software, asked, filed and pasted together.

use std::fs;

mod common;
use common::{Shelf, repository, shipped, text};
use hark_faq_search::{MAX_LIMIT, MAX_SNIPPET_CHARS};
use hark_plugin_sdk::faq::SearchRequest;

fn strings() -> Vec<String> {
    let json = fs::read(repository("tests/data/strings/naughty-strings.json")).expect("the data");
    let strings: Vec<String> = serde_json::from_slice(&json).expect("a list of strings");
    assert!(strings.len() >= 500, "{}", strings.len());
    strings
}

#[test]
fn no_question_fails() {
    let library = shipped();
    for string in strings() {
        for request in [
            SearchRequest { limit: u32::MAX, ..text(&string) },
            text(&format!("router {string}")),
            SearchRequest {
                language: Some(string.clone()),
                category: Some(string.clone()),
                ..text("router")
            },
        ] {
            let hits = library.search(&request).unwrap_or_else(|error| panic!("{string:?}: {error}"));
            assert!(hits.len() <= MAX_LIMIT as usize);
            assert!(hits.iter().all(|hit| hit.score.is_finite()), "{string:?}");
        }
        assert!(library.get(&string).is_none());
        assert!(library.feedback(&string, true).is_err());
    }
}

#[test]
fn every_string_can_be_an_article() {
    let shelf = Shelf::new();
    let strings = strings();
    for (at, string) in strings.iter().enumerate() {
        shelf.write(&format!("{at}.md"), format!("---\ntitle: T{at}\n---\nzeppelin {string}\n").as_bytes());
        shelf.write(&format!("bare/{at}.md"), string.as_bytes());
    }
    let library = shelf.open();
    let status = library.status();
    assert_eq!(status.articles + status.broken.len(), 2 * strings.len());
    for at in 0..strings.len() {
        assert!(library.get(&at.to_string()).is_some());
    }
    for hit in library.search(&SearchRequest { limit: MAX_LIMIT, ..text("zeppelin") }).expect("a search") {
        assert!(!hit.snippet.chars().any(char::is_control), "{:?}", hit.snippet);
        assert!(hit.snippet.chars().count() <= MAX_SNIPPET_CHARS + 2);
    }
}

#[test]
fn no_length_hurts() {
    let library = shipped();
    let long = [
        "router ".repeat(100_000),
        "x".repeat(1_000_000),
        "router-".repeat(10_000),
        "\u{301}".repeat(100_000),
        "字".repeat(10_000),
        strings().join(" "),
        (0..10_000).map(|at| format!("wort{at} ")).collect(),
    ];
    for text_of_it in long {
        library.search(&text(&text_of_it)).expect("a search");
    }
    let found = library.search(&text(&"router ".repeat(100_000))).expect("a search");
    assert!(!found.is_empty());
}
