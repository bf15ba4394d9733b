//! Words that mean the same, as an admin says: a question for one finds articles with the others. It changes no article.

use std::collections::{BTreeMap, BTreeSet};

use crate::language::Tongues;
use crate::words::{Word, words};

/// Groups of words, each read: what a person may configure wrong has been told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Synonyms(Vec<Vec<Word>>);

/// The terms of each group, for one set of languages.
#[derive(Debug, Default)]
pub(crate) struct Meanings {
    groups: Vec<BTreeSet<String>>,
    by_term: BTreeMap<String, Vec<usize>>,
}

impl Synonyms {
    /// Reads groups.
    ///
    /// # Errors
    /// The first entry that is not one word.
    pub fn read(groups: &[Vec<String>]) -> Result<Self, String> {
        let one = |text: &String| {
            let word = words(text).pop().filter(|_| !text.trim().contains(char::is_whitespace));
            word.ok_or_else(|| text.clone())
        };
        let groups = groups.iter().map(|group| group.iter().map(one).collect());
        groups.collect::<Result<_, _>>().map(Self)
    }

    /// The words as written and their stems: what stands in an index.
    pub(crate) fn meanings(&self, tongues: &mut Tongues) -> Meanings {
        let mut meanings = Meanings::default();
        for (number, group) in self.0.iter().enumerate() {
            let terms: BTreeSet<String> = group.iter().flat_map(|word| terms(word, tongues)).collect();
            for term in &terms {
                meanings.by_term.entry(term.clone()).or_default().push(number);
            }
            meanings.groups.push(terms);
        }
        meanings
    }
}

/// A word as it is compared, and its stem in each language.
fn terms(word: &Word, tongues: &mut Tongues) -> Vec<String> {
    let stems = tongues.iter_mut().filter_map(|tongue| tongue.stem(word));
    stems.chain([word.folded.clone()]).collect()
}

impl Meanings {
    /// The terms that mean the same as one of these, without these.
    pub(crate) fn beside(&self, own: &BTreeSet<String>) -> BTreeSet<String> {
        let numbers = own.iter().filter_map(|term| self.by_term.get(term)).flatten();
        let beside = numbers.flat_map(|number| &self.groups[*number]);
        beside.filter(|term| !own.contains(*term)).cloned().collect()
    }
}
