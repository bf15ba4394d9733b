//! Plain BM25, as textbooks have it, to hold the search against: Robertson and Zaragoza, "The Probabilistic Relevance
//! Framework: BM25 and Beyond" (2009), formula 3.15, with the idf that Lucene keeps above zero. Words are runs of letters and
//! digits in small letters; title and text are one field; no stems, no stop words, no errors forgiven. It shares nothing
//! with the search.

use std::collections::HashMap;

/// How soon a repeated word counts no more.
const K1: f64 = 1.2;
/// How much a text's length counts.
const B: f64 = 0.75;

/// Texts that can be searched.
pub(crate) struct Bm25 {
    /// Words of each text, with their counts.
    texts: Vec<(String, HashMap<String, f64>, f64)>,
    /// In how many texts a word is.
    holders: HashMap<String, f64>,
    mean_length: f64,
}

fn words(text: &str) -> Vec<String> {
    let parts = text.split(|letter: char| !letter.is_alphanumeric()).filter(|part| !part.is_empty());
    parts.map(str::to_lowercase).collect()
}

impl Bm25 {
    /// Of texts with their ids.
    pub(crate) fn of<'a>(texts: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut holders: HashMap<String, f64> = HashMap::new();
        let counted = texts.map(|(id, text)| {
            let words = words(text);
            let length = words.len() as f64;
            let mut counts: HashMap<String, f64> = HashMap::new();
            words.into_iter().for_each(|word| *counts.entry(word).or_default() += 1.0);
            counts.keys().for_each(|word| *holders.entry(word.clone()).or_default() += 1.0);
            (id.to_owned(), counts, length)
        });
        let texts: Vec<_> = counted.collect();
        let mean_length = texts.iter().map(|(_, _, length)| length).sum::<f64>() / texts.len() as f64;
        Self { texts, holders, mean_length }
    }

    /// Ids of the texts that have a word of the question, best first.
    pub(crate) fn search(&self, question: &str, limit: usize) -> Vec<String> {
        let words = words(question);
        let mut found: Vec<(f64, &String)> = self
            .texts
            .iter()
            .map(|(id, counts, length)| {
                (words.iter().map(|word| self.weight(word, counts, *length)).sum(), id)
            })
            .filter(|(score, _)| *score > 0.0)
            .collect();
        found.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(other.1)));
        found.into_iter().take(limit).map(|(_, id)| id.clone()).collect()
    }

    fn weight(&self, word: &str, counts: &HashMap<String, f64>, length: f64) -> f64 {
        let (Some(count), Some(holders)) = (counts.get(word), self.holders.get(word)) else { return 0.0 };
        let all = self.texts.len() as f64;
        let idf = (1.0 + (all - holders + 0.5) / (holders + 0.5)).ln();
        idf * count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * length / self.mean_length))
    }
}
