//! How well real questions find their article: 77 banking intents, three questions of each in its article and the
//! others asked, as typed and with seeded typing errors, beside plain BM25 on the same articles and questions. Prints the
//! measure; asserts a floor a little under it, and that plain BM25 is left behind.

#![allow(clippy::print_stdout, reason = "the measure is printed for whoever tunes the ranking")]

use std::collections::BTreeMap;
use std::fs;

mod common;
use common::bm25::Bm25;
use common::{Shelf, repository, search};

/// Questions of an intent that make its article; the others are asked.
const WRITTEN: usize = 3;
/// Hits that are looked at: as many as the search gives unless told otherwise.
const SHOWN: usize = 10;
const SEED: u64 = 0x0068_6172_6b21;

#[test]
fn real_questions_find_their_article() {
    let intents = intents();
    assert_eq!(intents.len(), 77);
    let shelf = Shelf::new();
    let mut articles = BTreeMap::new();
    for (intent, questions) in &intents {
        let body = questions[..WRITTEN].join("\n\n");
        let text = format!("# {}\n\n{body}\n", intent.replace('_', " ").trim_end_matches('?'));
        shelf.write(&format!("{}.md", slug(intent)), text.as_bytes());
        articles.insert(slug(intent), text);
    }
    let library = shelf.open();
    let plain = Bm25::of(articles.iter().map(|(id, text)| (id.as_str(), text.as_str())));
    let mut dice = Dice(SEED);
    let held_out = intents.iter().flat_map(|(intent, questions)| {
        questions[WRITTEN..].iter().map(|question| (slug(intent), question.clone()))
    });
    let typed: Vec<(String, String)> = held_out.collect();
    let mistyped: Vec<(String, String)> =
        typed.iter().map(|(id, text)| (id.clone(), mistype(text, &mut dice))).collect();
    println!(
        "seed {SEED:#x}, {} questions\n| | recall@1 | recall@5 | MRR |\n| --- | ---: | ---: | ---: |",
        typed.len()
    );
    let by_search = |text: &str| search(&library, text).into_iter().map(|hit| hit.id).collect();
    let by_bm25 = |text: &str| plain.search(text, SHOWN);
    let as_typed = [measure("as typed", &typed, by_search), measure("as typed, plain BM25", &typed, by_bm25)];
    let with_errors = [
        measure("with typing errors", &mistyped, by_search),
        measure("with typing errors, plain BM25", &mistyped, by_bm25),
    ];
    as_typed[0].at_least(0.56, 0.83, 0.68);
    with_errors[0].at_least(0.53, 0.81, 0.65);
    for [ours, plain] in [as_typed, with_errors] {
        ours.at_least(plain.at_1, plain.at_5, plain.mrr);
    }
}

/// Shares of the questions in 0..=1, and the mean reciprocal rank.
struct Measure {
    at_1: f64,
    at_5: f64,
    mrr: f64,
}

impl Measure {
    fn at_least(&self, at_1: f64, at_5: f64, mrr: f64) {
        assert!(self.at_1 >= at_1 && self.at_5 >= at_5 && self.mrr >= mrr, "worse than {at_1} {at_5} {mrr}");
    }
}

fn measure(name: &str, asked: &[(String, String)], found: impl Fn(&str) -> Vec<String>) -> Measure {
    let (mut at_1, mut at_5, mut reciprocal) = (0_u32, 0_u32, 0.0);
    for (id, text) in asked {
        let rank = found(text).iter().position(|hit| hit == id);
        at_1 += u32::from(rank == Some(0));
        at_5 += u32::from(rank.is_some_and(|rank| rank < 5));
        reciprocal += rank.map_or(0.0, |rank| 1.0 / (rank as f64 + 1.0));
    }
    let all = asked.len() as f64;
    let measure = Measure { at_1: f64::from(at_1) / all, at_5: f64::from(at_5) / all, mrr: reciprocal / all };
    println!("| {name} | {:.3} | {:.3} | {:.3} |", measure.at_1, measure.at_5, measure.mrr);
    measure
}

fn slug(intent: &str) -> String {
    intent.to_lowercase().replace('_', "-").replace('?', "")
}

/// Reads `text,category` with quoted texts.
fn intents() -> BTreeMap<String, Vec<String>> {
    let csv = fs::read_to_string(repository("tests/data/faq/banking-queries.csv")).expect("the data");
    let mut intents: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut fields, mut quoted) = (vec![String::new()], false);
    for c in csv.chars().filter(|c| *c != '\r') {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            '\n' if !quoted => {
                let row = std::mem::replace(&mut fields, vec![String::new()]);
                if let [text, intent] = row.as_slice() {
                    intents.entry(intent.clone()).or_default().push(text.clone());
                }
            }
            _ => fields.last_mut().expect("always one").push(c),
        }
    }
    intents.remove("category");
    intents
}

/// One typing error in every third word of four letters or more, and in one word at least.
fn mistype(text: &str, dice: &mut Dice) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let long: Vec<usize> =
        (0..words.len()).filter(|at| words[*at].chars().all(char::is_alphabetic)).collect();
    let long: Vec<usize> = long.into_iter().filter(|at| words[*at].chars().count() >= 4).collect();
    if long.is_empty() {
        return text.to_owned();
    }
    let surely = long[dice.below(long.len())];
    for at in long {
        if at == surely || dice.below(3) == 0 {
            words[at] = with_error(&words[at], dice);
        }
    }
    words.join(" ")
}

fn with_error(word: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = dice.below(letters.len() - 1);
    let letter = char::from(b'a' + u8::try_from(dice.below(26)).expect("below 26"));
    match dice.below(4) {
        0 => letters.swap(at, at + 1),
        1 => drop(letters.remove(at)),
        2 => letters.insert(at, letter),
        _ => letters[at] = letter,
    }
    letters.into_iter().collect()
}

/// xorshift64*: the same errors in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(drawn).expect("31 bits") % limit
    }
}
