//! What is known of languages: their tags, stems and stop words, and which one a question is in.
//!
//! A language that tantivy has no stemmer for is searched by its written words alone. It never
//! refuses a language: any tag an author writes is kept as it is.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use tantivy::tokenizer::{Language, RawTokenizer, Stemmer, StopWordFilter, TextAnalyzer};

use crate::words::{Word, fold};

/// The tag of an article that names no language.
pub(crate) const DEFAULT_LANGUAGE: &str = "en";

/// Marks a stem, so that it is never taken for a written word or for another language's stem.
/// Private use: not a letter, so it occurs in no word.
const STEM_MARK: u32 = 0xE000;

/// Languages with a stemmer, by primary subtag. A place in this list is the language's stem mark.
const STEMMED: [(&str, Language); 18] = [
    ("ar", Language::Arabic),
    ("da", Language::Danish),
    ("de", Language::German),
    ("el", Language::Greek),
    ("en", Language::English),
    ("es", Language::Spanish),
    ("fi", Language::Finnish),
    ("fr", Language::French),
    ("hu", Language::Hungarian),
    ("it", Language::Italian),
    ("nl", Language::Dutch),
    ("no", Language::Norwegian),
    ("pt", Language::Portuguese),
    ("ro", Language::Romanian),
    ("ru", Language::Russian),
    ("sv", Language::Swedish),
    ("ta", Language::Tamil),
    ("tr", Language::Turkish),
];

/// Words of questions that say nothing about what is asked, beyond tantivy's lists (its English one is
/// made for documents and knows no "how", "my" or "please").
const QUESTION_WORDS: [(&str, &str); 3] = [
    (
        "en",
        "i me my mine we us our you your he she him her his its they them who whom whose which what when where \
         why how do does did doing done am been being have has had having can could cannot may might must shall \
         should would need want like please help hi hello hey thanks thank so than too very just about from up \
         out over again also any some there here m s t d ll re ve don doesn didn isn aren wasn won wouldn \
         couldn shouldn haven hasn ok okay yes tell know get got im ive id",
    ),
    ("es", "hola gracias favor puedo puede quiero quisiera necesito hacer hago hace debo ayuda saber tengo"),
    (
        "de",
        "hallo bitte danke möchte mochte brauche hilfe kann könnte konnte können mal gibt geht wieso warum wissen",
    ),
];

/// The primary subtag, lower case: what languages are compared by ("en-GB" is "en").
pub(crate) fn primary(tag: &str) -> String {
    tag.trim().split(['-', '_']).next().unwrap_or_default().to_lowercase()
}

/// The tools of one language. They keep buffers, so every search works on a cheap copy.
#[derive(Clone)]
pub(crate) struct Tongue {
    stemmer: Option<(char, TextAnalyzer)>,
    stops: Option<TextAnalyzer>,
    questions: Arc<HashSet<String>>,
}

impl Tongue {
    /// The tools for a primary subtag; empty ones for a language nobody has taught us.
    pub(crate) fn new(tag: &str) -> Self {
        let known = STEMMED.iter().position(|(known, _)| *known == tag || (*known == "no" && tag == "nb"));
        let stemmer = known.and_then(|place| {
            let mark = char::from_u32(STEM_MARK + u32::try_from(place).ok()?)?;
            Some((
                mark,
                TextAnalyzer::builder(RawTokenizer::default()).filter(Stemmer::new(STEMMED[place].1)).build(),
            ))
        });
        let stops = known.and_then(|place| StopWordFilter::new(STEMMED[place].1));
        let stops = stops.map(|filter| TextAnalyzer::builder(RawTokenizer::default()).filter(filter).build());
        let questions = QUESTION_WORDS.iter().filter(|(language, _)| *language == tag);
        let questions = questions.flat_map(|(_, list)| list.split_whitespace().map(fold)).collect();
        Self { stemmer, stops, questions: Arc::new(questions) }
    }

    /// The word's stem, folded and marked with its language.
    pub(crate) fn stem(&mut self, word: &Word) -> Option<String> {
        let (mark, analyzer) = self.stemmer.as_mut()?;
        let mut stream = analyzer.token_stream(&word.lower);
        let stem = stream.next().map(|token| fold(&token.text))?;
        (!stem.is_empty()).then(|| format!("{mark}{stem}"))
    }

    /// Whether the word carries no meaning of its own in this language.
    pub(crate) fn is_stop(&mut self, word: &Word) -> bool {
        if self.questions.contains(&word.folded) {
            return true;
        }
        let Some(stops) = self.stops.as_mut() else { return false };
        stops.token_stream(&word.lower).next().is_none() || stops.token_stream(&word.folded).next().is_none()
    }
}

/// The languages of a set of articles, by primary subtag.
#[derive(Clone, Default)]
pub(crate) struct Tongues(BTreeMap<String, Tongue>);

impl Tongues {
    /// Tools for each of these primary subtags.
    pub(crate) fn of<'a>(tags: impl Iterator<Item = &'a str>) -> Self {
        let mut tongues = BTreeMap::new();
        for tag in tags {
            if !tongues.contains_key(tag) {
                tongues.insert(tag.to_owned(), Tongue::new(tag));
            }
        }
        Self(tongues)
    }

    /// Leaves only one language, if it is there.
    pub(crate) fn only(mut self, tag: &str) -> Self {
        self.0.retain(|known, _| known == tag);
        self
    }

    /// One language's tools.
    pub(crate) fn get_mut(&mut self, tag: &str) -> Option<&mut Tongue> {
        self.0.get_mut(tag)
    }

    /// All languages' tools.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Tongue> {
        self.0.values_mut()
    }

    /// The languages a question is most likely in: those that know most of its words as stop words.
    /// Empty when no language knows any.
    pub(crate) fn likely(&mut self, words: &[Word]) -> Vec<String> {
        let mut best = 1;
        let mut likely = Vec::new();
        for (tag, tongue) in &mut self.0 {
            let known = words.iter().filter(|word| tongue.is_stop(word)).count();
            if known > best {
                likely.clear();
            }
            if known >= best {
                best = known;
                likely.push(tag.clone());
            }
        }
        likely
    }
}

/// The language mark of a stem, or none for a written word.
pub(crate) fn stem_mark(term: &str) -> Option<char> {
    let first = term.chars().next()?;
    ('\u{e000}'..='\u{f8ff}').contains(&first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::{Tongue, Tongues, primary};
    use crate::words::words;

    #[test]
    fn tags_are_compared_by_their_primary_subtag() {
        assert_eq!([primary("en-GB"), primary(" DE_at "), primary("")], ["en", "de", ""]);
    }

    #[test]
    fn stems_of_two_languages_never_meet() {
        let word = &words("router")[0];
        let (english, german) = (Tongue::new("en").stem(word), Tongue::new("de").stem(word));
        assert!(english.is_some() && german.is_some());
        assert_ne!(english, german);
        assert_eq!(Tongue::new("xx").stem(word), None);
    }

    #[test]
    fn a_question_shows_its_language() {
        let mut tongues = Tongues::of(["en", "es", "de"].into_iter());
        let mut likely = |text: &str| tongues.likely(&words(text));
        assert_eq!(likely("how do I reset my router?"), ["en"]);
        assert_eq!(likely("¿cómo puedo reiniciar el router?"), ["es"]);
        assert_eq!(likely("Wie setze ich den Router zurück?"), ["de"]);
        assert!(likely("router").is_empty());
    }
}
