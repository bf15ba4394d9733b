//! The piece of an article that shows best why it was found.
//!
//! Plain text without markup, on one line. It never marks the words, and must be escaped like any text
//! by whoever puts it into a page.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use crate::article::Article;
use crate::expand::Terms;
use crate::language::Tongues;
use crate::words::words;

/// A snippet's length at most, in characters, without the dots that say that something was left out.
pub const MAX_SNIPPET_CHARS: usize = 200;
/// How far a snippet may begin before its first found word to begin with a sentence, in characters.
const LEAD_CHARS: usize = 70;
const LEFT_OUT: char = '…';

/// Cuts the snippet for a question out of an article.
pub(crate) fn snippet(article: &Article, question: &[Terms], tongues: &mut Tongues) -> String {
    let text =
        [&article.plain, &article.headings, &article.title].into_iter().find(|text| !text.trim().is_empty());
    let text = text.map_or("", |text| text.trim());
    let marks = marks(text, &article.primary_language(), question, tongues);
    let start = match best(&marks, text) {
        Some(mark) => lead(text, mark.bytes.start),
        None => 0,
    };
    cut(text, start)
}

/// A word of the text that the question asked for.
struct Mark {
    bytes: Range<usize>,
    /// Which word of the question.
    asked: usize,
    weight: f32,
}

fn marks(text: &str, language: &str, question: &[Terms], tongues: &mut Tongues) -> Vec<Mark> {
    let mut wanted: HashMap<&str, Vec<(usize, f32)>> = HashMap::new();
    for (asked, terms) in question.iter().enumerate() {
        for (term, weight) in terms {
            wanted.entry(term).or_default().push((asked, *weight));
        }
    }
    let mut marks = Vec::new();
    if wanted.is_empty() {
        return marks;
    }
    for word in words(text) {
        let stem = tongues.get_mut(language).and_then(|tongue| tongue.stem(&word));
        let hits = [Some(&word.folded), stem.as_ref()]
            .into_iter()
            .flatten()
            .filter_map(|term| wanted.get(term.as_str()));
        for &(asked, weight) in hits.flatten() {
            marks.push(Mark { bytes: word.bytes.clone(), asked, weight });
        }
    }
    marks
}

/// The mark from which a snippet shows most of the question; the first of equals.
fn best<'a>(marks: &'a [Mark], text: &str) -> Option<&'a Mark> {
    let mut best: Option<(&Mark, f32)> = None;
    for (at, first) in marks.iter().enumerate() {
        let end = forward(text, first.bytes.start, MAX_SNIPPET_CHARS - LEAD_CHARS);
        let mut shown: BTreeMap<usize, f32> = BTreeMap::new();
        for mark in marks[at..].iter().take_while(|mark| mark.bytes.end <= end) {
            let held = shown.entry(mark.asked).or_default();
            *held = held.max(mark.weight);
        }
        let score = shown.values().sum();
        if best.is_none_or(|(_, most)| score > most) {
            best = Some((first, score));
        }
    }
    best.map(|(mark, _)| mark)
}

/// Where a snippet that shows the word at `at` begins: with its sentence if that is near, else a little before it.
fn lead(text: &str, at: usize) -> usize {
    let from = text[..at].char_indices().rev().nth(LEAD_CHARS - 1).map_or(0, |(index, _)| index);
    let before = &text[from..at];
    let sentence =
        [". ", "! ", "? ", "\n"].into_iter().filter_map(|end| before.rfind(end).map(|i| i + end.len())).max();
    match (sentence, from) {
        (Some(start), _) => from + start,
        (None, 0) => 0,
        (None, _) => from + before.find(' ').map_or(before.len(), |space| space + 1),
    }
}

/// One line of at most `MAX_SNIPPET_CHARS` characters from `start`, ending with a word.
fn cut(text: &str, start: usize) -> String {
    let limit = forward(text, start, MAX_SNIPPET_CHARS);
    let mut end = limit;
    if limit < text.len() {
        // A single word longer than the snippet is cut inside.
        end = text[start..limit].rfind([' ', '\n']).map_or(limit, |space| start + space);
    }
    let mut line = String::with_capacity(end - start + 2 * LEFT_OUT.len_utf8());
    if start > 0 {
        line.push(LEFT_OUT);
    }
    line.extend(text[start..end].chars().map(|c| if c.is_control() { ' ' } else { c }));
    if end < text.len() {
        line.push(LEFT_OUT);
    }
    line
}

/// The byte `chars` characters after `at`, or the end.
fn forward(text: &str, at: usize, chars: usize) -> usize {
    text[at..].char_indices().nth(chars).map_or(text.len(), |(index, _)| at + index)
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::{MAX_SNIPPET_CHARS, snippet};
    use crate::article::Article;
    use crate::expand::Terms;
    use crate::language::Tongues;

    fn shown(body: &str, question: &[&str]) -> String {
        let article = Article::parse("a", body.as_bytes(), UNIX_EPOCH).unwrap();
        let question: Vec<Terms> =
            question.iter().map(|word| Terms::from([((*word).to_owned(), 1.0)])).collect();
        snippet(&article, &question, &mut Tongues::default())
    }

    #[test]
    fn the_sentence_with_most_of_the_question_is_shown() {
        let filler = "Nothing of interest is told in this sentence. ".repeat(10);
        let text =
            format!("{filler}The router is grey. {filler}Hold the *reset* button of the router. {filler}");
        let shown = shown(&text, &["reset", "router"]);
        assert!(shown.starts_with("…Hold the reset button of the router."), "{shown}");
        assert!(shown.ends_with('…') && shown.chars().count() <= MAX_SNIPPET_CHARS + 2);
    }

    #[test]
    fn without_a_found_word_it_is_the_beginning() {
        assert_eq!(shown("Short text.\n\nSecond.", &["absent"]), "Short text. Second.");
        assert_eq!(shown("# Only a heading", &[]), "Only a heading");
    }

    #[test]
    fn no_text_breaks_a_cut() {
        for text in ["é".repeat(500), format!("{} x", "字".repeat(300)), "a\u{301} ".repeat(300)] {
            let shown = shown(&text, &["x"]);
            assert!(!shown.is_empty() && shown.chars().count() <= MAX_SNIPPET_CHARS + 2);
        }
    }
}
