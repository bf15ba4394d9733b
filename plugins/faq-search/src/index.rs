//! One complete picture of the folder: the articles and an inverted index over them, in memory.
//!
//! A picture never changes; a new one replaces it. So a search works on one picture from start to end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tantivy::schema::{
    FAST, Field, IndexRecordOption, OwnedValue, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{PreTokenizedString, Token};
use tantivy::{Index, IndexWriter, ReloadPolicy, Searcher, TantivyDocument};

use crate::article::Article;
use crate::folder::{Broken, Content};
use crate::language::Tongues;
use crate::words::{fold, words};

/// What tantivy may use while indexing, in bytes; its least is 15 MB.
const WRITER_BYTES: usize = 32_000_000;

/// Where in an article a word may stand, and how much it counts there.
pub(crate) const PLACES: usize = 4;
/// Title over keywords over headings over body.
pub(crate) const PLACE_BOOSTS: [f32; PLACES] = [3.0, 2.0, 1.5, 1.0];

/// The index's fields.
#[derive(Clone, Copy)]
pub(crate) struct Fields {
    /// Title, keywords, headings, body: written words and marked stems.
    pub(crate) places: [Field; PLACES],
    /// The words of all places: the vocabulary that typed words are compared with.
    pub(crate) vocabulary: Field,
    /// Folded category.
    pub(crate) category: Field,
    /// Primary language subtag.
    pub(crate) language: Field,
    ordinal: Field,
}

/// Name of the fast field that leads from a document to its article.
const ORDINAL: &str = "ordinal";

impl Fields {
    fn build() -> (Schema, Self) {
        let mut schema = SchemaBuilder::new();
        let text = |schema: &mut SchemaBuilder, name: &str, freqs: bool| {
            let record = if freqs { IndexRecordOption::WithFreqs } else { IndexRecordOption::Basic };
            let indexing = TextFieldIndexing::default().set_tokenizer("raw").set_index_option(record);
            let indexing = indexing.set_fieldnorms(freqs);
            schema.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
        };
        let places = ["title", "keywords", "headings", "body"].map(|name| text(&mut schema, name, true));
        let vocabulary = text(&mut schema, "vocabulary", false);
        let category = text(&mut schema, "category", false);
        let language = text(&mut schema, "language", false);
        let ordinal = schema.add_u64_field(ORDINAL, FAST);
        (schema.build(), Self { places, vocabulary, category, language, ordinal })
    }
}

/// The folder as it was at one moment.
pub(crate) struct Picture {
    pub(crate) articles: Vec<Arc<Article>>,
    pub(crate) broken: Vec<Broken>,
    pub(crate) searcher: Searcher,
    pub(crate) fields: Fields,
    pub(crate) tongues: Tongues,
    by_id: BTreeMap<String, usize>,
}

impl Picture {
    /// Indexes all articles.
    pub(crate) fn of(content: Content) -> tantivy::Result<Self> {
        let (schema, fields) = Fields::build();
        let index = Index::create_in_ram(schema);
        let languages: BTreeSet<String> =
            content.articles.iter().map(|article| article.primary_language()).collect();
        let mut tongues = Tongues::of(languages.iter().map(String::as_str));
        let mut writer: IndexWriter = index.writer_with_num_threads(1, WRITER_BYTES)?;
        for (ordinal, article) in content.articles.iter().enumerate() {
            writer.add_document(document(&fields, &mut tongues, article, ordinal as u64))?;
        }
        writer.commit()?;
        writer.wait_merging_threads()?;
        let searcher = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?.searcher();
        let by_id =
            content.articles.iter().enumerate().map(|(at, article)| (article.id.clone(), at)).collect();
        Ok(Self { articles: content.articles, broken: content.broken, searcher, fields, tongues, by_id })
    }

    /// The article with this id.
    pub(crate) fn get(&self, id: &str) -> Option<&Arc<Article>> {
        self.by_id.get(id).map(|at| &self.articles[*at])
    }

    /// Leads from documents found in one segment to their articles.
    pub(crate) fn article(&self, found: tantivy::DocAddress) -> tantivy::Result<&Arc<Article>> {
        let segment = self.searcher.segment_reader(found.segment_ord);
        let ordinal = segment.fast_fields().u64(ORDINAL)?.first(found.doc_id).unwrap_or_default();
        Ok(&self.articles[usize::try_from(ordinal).unwrap_or_default()])
    }
}

fn document(fields: &Fields, tongues: &mut Tongues, article: &Article, ordinal: u64) -> TantivyDocument {
    let language = article.primary_language();
    let headings = format!("{}{}", article.headings, article.category.as_deref().unwrap_or_default());
    let keywords = article.keywords.join("\n");
    let mut document = TantivyDocument::new();
    let mut vocabulary = BTreeSet::new();
    let texts = [article.title.as_str(), &keywords, &headings, &article.plain];
    for (field, text) in fields.places.iter().zip(texts) {
        let tokens = tokens(text, &language, tongues);
        vocabulary.extend(tokens.iter().map(|token| token.text.clone()));
        document.add_pre_tokenized_text(*field, PreTokenizedString { text: String::new(), tokens });
    }
    let tokens = vocabulary.into_iter().map(|text| token(text, 0)).collect();
    document.add_pre_tokenized_text(fields.vocabulary, PreTokenizedString { text: String::new(), tokens });
    if let Some(category) = article.category_key() {
        document.add_text(fields.category, category);
    }
    document.add_text(fields.language, fold(&language));
    document.add_field_value(fields.ordinal, &OwnedValue::U64(ordinal));
    document
}

/// Each word as written, and its stem where the language has one.
fn tokens(text: &str, language: &str, tongues: &mut Tongues) -> Vec<Token> {
    let mut tokens = Vec::new();
    for word in words(text) {
        let stem = tongues.get_mut(language).and_then(|tongue| tongue.stem(&word));
        tokens.extend(stem.map(|stem| token(stem, word.position)));
        tokens.push(token(word.folded, word.position));
    }
    tokens
}

fn token(text: String, position: usize) -> Token {
    Token { text, position, position_length: 1, offset_from: 0, offset_to: 0 }
}
