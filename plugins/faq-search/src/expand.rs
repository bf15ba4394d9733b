//! From what somebody typed to the index's terms: which words count, and which terms stand for each of them.
//!
//! A word stands for itself, for its stem, for its synonyms, for words it begins (only the last one, while it is typed) and for
//! words that differ by a typing error. User text is never parsed as a query language: any text is just words.

use std::collections::{BTreeMap, BTreeSet};

use tantivy::Term;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;

use crate::index::Picture;
use crate::language::{Tongues, primary, stem_mark};
use crate::words::{Word, words};

/// What is read of a question, in characters.
const MAX_TEXT_CHARS: usize = 2000;
/// What counts of a question, in words.
const MAX_WORDS: usize = 32;
/// Terms that stand for one word.
const MAX_TERMS: usize = 48;
/// Shorter words have to be typed right, in characters.
const ONE_ERROR_FROM: usize = 4;
/// Words from this length may have two errors.
const TWO_ERRORS_FROM: usize = 8;
/// Longer ones are no words but serial numbers: they have to be typed right.
const NO_ERROR_FROM: usize = 28;
/// A word this long may have an error and be unfinished at once.
const UNFINISHED_ERROR_FROM: usize = 5;

const STEM: f32 = 0.9;
const BEGINS: f32 = 0.7;
/// A word that means the same.
const SYNONYM: f32 = 0.7;
/// A word with one or two errors, when the word as typed is in no article.
const ERRORS: [f32; 2] = [0.6, 0.35];
/// A word with one error, when the word as typed is in some article: that one is probably meant.
const ERROR_BESIDE_EXACT: f32 = 0.15;
const UNFINISHED_ERROR: f32 = 0.4;

/// The terms that stand for one typed word, with their weights in (0, 1].
pub(crate) type Terms = BTreeMap<String, f32>;

/// A question in the index's terms.
#[derive(Debug, Default)]
pub(crate) struct Question {
    /// One entry for each word that counts.
    pub(crate) words: Vec<Terms>,
    /// The primary subtag of the language it is in, if only one is likely.
    pub(crate) language: Option<String>,
}

/// Reads a question. `language` narrows stems and stop words to one language.
pub(crate) fn question(picture: &Picture, text: &str, language: Option<&str>) -> tantivy::Result<Question> {
    let text: String = text.chars().take(MAX_TEXT_CHARS).collect();
    let mut tongues = picture.tongues.clone();
    if let Some(language) = language {
        tongues = tongues.only(&primary(language));
    }
    let all = words(&text);
    let typed_to = all.iter().map(|word| word.bytes.end).max();
    // Nothing after the last word: it may still be growing.
    let open = typed_to.filter(|end| *end == text.len());
    let likely = tongues.likely(&all);
    let mut vocabulary = Vocabulary { picture, field: picture.fields.vocabulary };
    let mut found = Vec::new();
    for word in meaningful(&all, &mut tongues, &likely) {
        let terms = vocabulary.stand_ins(word, &mut tongues, open == Some(word.bytes.end))?;
        if !terms.is_empty() {
            found.push(terms);
        }
    }
    let language = match likely.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    };
    Ok(Question { words: found, language })
}

/// The words that carry meaning; all of them when none does. Each once.
fn meaningful<'a>(all: &'a [Word], tongues: &mut Tongues, likely: &[String]) -> Vec<&'a Word> {
    let mut seen = BTreeSet::new();
    let once: Vec<&Word> = all.iter().filter(|word| seen.insert(word.folded.as_str())).collect();
    let mut telling = once.clone();
    for tag in likely {
        if let Some(tongue) = tongues.get_mut(tag) {
            telling.retain(|word| !tongue.is_stop(word));
        }
    }
    let mut words = if telling.is_empty() { once } else { telling };
    words.truncate(MAX_WORDS);
    words
}

/// A term found in the vocabulary.
struct Found {
    term: String,
    weight: f32,
    /// Articles that have it.
    articles: u64,
}

struct Vocabulary<'a> {
    picture: &'a Picture,
    field: Field,
}

impl Vocabulary<'_> {
    fn stand_ins(&mut self, word: &Word, tongues: &mut Tongues, open: bool) -> tantivy::Result<Terms> {
        let stems: BTreeSet<String> = tongues.iter_mut().filter_map(|tongue| tongue.stem(word)).collect();
        let mut found = self.exact(&word.folded, 1.0)?;
        for stem in &stems {
            found.extend(self.exact(stem, STEM)?);
        }
        let own = stems.iter().cloned().chain([word.folded.clone()]).collect();
        for term in self.picture.meanings.beside(&own) {
            found.extend(self.exact(&term, SYNONYM)?);
        }
        if open {
            found.extend(self.beginning(&word.folded)?);
        }
        let known = found.iter().map(|found| found.articles).max();
        let length = word.folded.chars().count();
        if known.is_some() {
            found.extend(self.mistyped(&word.folded, length, &[ERROR_BESIDE_EXACT])?);
        } else {
            found.extend(self.mistyped(&word.folded, length, &ERRORS)?);
            for stem in &stems {
                found.extend(self.mistyped(stem, length, &ERRORS.map(|weight| weight * STEM))?);
            }
        }
        if open && found.is_empty() && (UNFINISHED_ERROR_FROM..NO_ERROR_FROM).contains(&length) {
            found.extend(
                self.near(&FuzzyTermQuery::new_prefix(self.term(&word.folded), 1, true), UNFINISHED_ERROR)?,
            );
        }
        Ok(self.weigh(found, known))
    }

    /// A stand-in must not count as rarer than the word itself (or, for an unknown word, than its most common
    /// stand-in): rare misreadings would win over what was meant.
    fn weigh(&self, mut found: Vec<Found>, known: Option<u64>) -> Terms {
        let reference = known.or_else(|| found.iter().map(|found| found.articles).max()).unwrap_or(1);
        let ceiling = self.rarity(reference);
        for found in &mut found {
            found.weight *= (ceiling / self.rarity(found.articles)).min(1.0);
        }
        found.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.term.cmp(&b.term)));
        found.truncate(MAX_TERMS);
        let mut terms = Terms::new();
        for Found { term, weight, .. } in found {
            let held = terms.entry(term).or_insert(weight);
            *held = held.max(weight);
        }
        terms
    }

    /// BM25's measure.
    fn rarity(&self, articles: u64) -> f32 {
        let (all, with) = (self.picture.searcher.num_docs() as f32, articles as f32);
        (1.0 + ((all - with).max(0.0) + 0.5) / (with + 0.5)).ln()
    }

    fn term(&self, text: &str) -> Term {
        Term::from_field_text(self.field, text)
    }

    fn exact(&self, text: &str, weight: f32) -> tantivy::Result<Vec<Found>> {
        let articles = self.picture.searcher.doc_freq(&self.term(text))?;
        Ok((articles > 0).then(|| Found { term: text.to_owned(), weight, articles }).into_iter().collect())
    }

    fn beginning(&self, start: &str) -> tantivy::Result<Vec<Found>> {
        let query = FuzzyTermQuery::new_prefix(self.term(start), 0, true);
        let found = self.near(&query, BEGINS)?;
        Ok(found.into_iter().filter(|found| found.term != start).collect())
    }

    /// Terms with one typing error, two, …: as many as there are weights, and as the word's length allows.
    fn mistyped(&self, text: &str, length: usize, weights: &[f32]) -> tantivy::Result<Vec<Found>> {
        let allowed = match length {
            ONE_ERROR_FROM..TWO_ERRORS_FROM => 1,
            TWO_ERRORS_FROM..NO_ERROR_FROM => 2,
            _ => 0,
        };
        let mut closer = BTreeSet::from([text.to_owned()]);
        let mut found = Vec::new();
        for (errors, weight) in (1..=allowed).zip(weights) {
            let mut near = self.near(&FuzzyTermQuery::new(self.term(text), errors, true), *weight)?;
            near.retain(|near| stem_mark(&near.term) == stem_mark(text) && closer.insert(near.term.clone()));
            found.extend(near);
        }
        Ok(found)
    }

    /// The vocabulary's terms that an automaton takes, over all segments.
    fn near(&self, query: &FuzzyTermQuery, weight: f32) -> tantivy::Result<Vec<Found>> {
        let mut articles: BTreeMap<String, u64> = BTreeMap::new();
        for segment in self.picture.searcher.segment_readers() {
            let inverted = segment.inverted_index(self.field)?;
            let mut stream = inverted.terms().search(query.automaton()?).into_stream()?;
            while let Some((term, info)) = stream.next() {
                // Terms are made from text, so they are UTF-8.
                let term = String::from_utf8_lossy(term).into_owned();
                *articles.entry(term).or_default() += u64::from(info.doc_freq);
            }
        }
        Ok(articles.into_iter().map(|(term, articles)| Found { term, weight, articles }).collect())
    }
}
