//! Cuts text into words and folds them, the same way for articles and for questions.
//!
//! A word is a run of letters and digits; a character of a script without spaces (Han, Hiragana,
//! Katakana) is a word of its own, and the parts of a hyphenated word count together as well, so that
//! "e-mail" is found by "email". It never changes the text itself and knows no language.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longer words are cut here, counted in characters: nobody types them, and an automaton is built per word.
const MAX_WORD_CHARS: usize = 40;
/// A hyphenated word of more parts than this is not joined: it is a path or a rule, not a word.
const MAX_JOINED_PARTS: usize = 3;

/// A word and where it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// Lower case, diacritics kept: what stemmers and stop lists expect.
    pub(crate) lower: String,
    /// Lower case without diacritics: what is compared.
    pub(crate) folded: String,
    /// The bytes of the text it was read from.
    pub(crate) bytes: Range<usize>,
}

/// All words of `text`, in order.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let mut found: Vec<Word> = Vec::new();
    let mut parts_from = 0;
    for bytes in runs(text) {
        let joined = found.last().is_some_and(|last: &Word| is_hyphen(&text[last.bytes.end..bytes.start]));
        if !joined {
            join_parts(text, &mut found, parts_from);
            parts_from = found.len();
        }
        found.extend(word(&text[bytes.clone()], bytes));
    }
    join_parts(text, &mut found, parts_from);
    found
}

/// Lower case, compatibility forms unified, diacritics of Latin, Greek and Cyrillic letters dropped.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).flat_map(plain_letters).nfc().collect()
}

/// Adds the word made of the hyphenated parts from `from` on, if there are several.
fn join_parts(text: &str, found: &mut Vec<Word>, from: usize) {
    let parts = found.get(from..).unwrap_or_default();
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return };
    if !(2..=MAX_JOINED_PARTS).contains(&parts.len()) {
        return;
    }
    let bytes = first.bytes.start..last.bytes.end;
    let letters: String = text[bytes.clone()].chars().filter(|c| in_word(*c)).collect();
    found.extend(word(&letters, bytes));
}

fn word(run: &str, bytes: Range<usize>) -> Option<Word> {
    if run.is_ascii() {
        // Most words: nothing to compose or fold.
        let lower = run[..run.len().min(MAX_WORD_CHARS)].to_ascii_lowercase();
        return (!lower.is_empty()).then(|| Word { folded: lower.clone(), lower, bytes });
    }
    let lower: String = run.nfc().take(MAX_WORD_CHARS).flat_map(char::to_lowercase).collect();
    let folded = fold(&lower);
    (!folded.is_empty()).then_some(Word { lower, folded, bytes })
}

/// Byte ranges of the runs of word characters.
fn runs(text: &str) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut grows = false;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let spaced = !stands_alone(c);
        match runs.last_mut() {
            Some(run) if grows && spaced && in_word(c) => run.end = end,
            _ if c.is_alphanumeric() => runs.push(at..end),
            _ => {}
        }
        grows = spaced && in_word(c);
    }
    runs
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || (!c.is_ascii() && is_combining_mark(c))
}

/// Han, Hiragana and Katakana are written without spaces.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn is_hyphen(between: &str) -> bool {
    matches!(between, "-" | "\u{2010}" | "\u{2011}")
}

/// Letters that have no decomposition but a customary spelling without their mark.
fn plain_letters(c: char) -> impl Iterator<Item = char> {
    let customary = match c {
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ø' | 'Ø' => "o",
        'ł' | 'Ł' => "l",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'þ' | 'Þ' => "th",
        'ı' => "i",
        _ => "",
    };
    let own = customary.is_empty().then_some(c).into_iter().flat_map(char::to_lowercase);
    customary.chars().chain(own)
}

#[cfg(test)]
mod tests {
    use super::{fold, words};

    fn folded(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.folded).collect()
    }

    #[test]
    fn diacritics_case_and_compatibility_forms_fold() {
        assert_eq!(fold("Kündigung CAFÉ Straße ﬁbre ２ Łódź"), "kundigung cafe strasse fibre 2 lodz");
        assert_eq!(folded("cafe\u{301}s"), ["cafes"], "a decomposed accent does not end a word");
    }

    #[test]
    fn hyphenated_words_count_apart_and_together() {
        assert_eq!(folded("my e-mail, please"), ["my", "e", "mail", "email", "please"]);
        assert_eq!(folded("a-b-c-d"), ["a", "b", "c", "d"], "a long chain is no word");
        assert_eq!(folded("-- e- mail"), ["e", "mail"]);
    }

    #[test]
    fn scripts_without_spaces_are_cut_by_character() {
        assert_eq!(folded("光回線 router"), ["光", "回", "線", "router"]);
    }

    #[test]
    fn bytes_point_at_the_word_in_the_text() {
        let text = "¿Cómo, Ĳssel?";
        let found: Vec<&str> = words(text).iter().map(|word| &text[word.bytes.clone()]).collect();
        assert_eq!(found, ["Cómo", "Ĳssel"]);
    }
}
