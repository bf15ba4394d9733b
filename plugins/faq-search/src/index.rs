//! One complete picture of the folder: the articles and an inverted index over them, in memory.
//!
//! A picture never changes; a new one replaces it. So a search works on one picture from start to end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tantivy::merge_policy::NoMergePolicy;
use tantivy::schema::{
    FAST, Field, IndexRecordOption, OwnedValue, STRING, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};
use tantivy::{Index, IndexWriter, ReloadPolicy, Searcher, TantivyDocument};

use crate::article::Article;
use crate::folder::{Broken, Content};
use crate::language::Tongues;
use crate::synonyms::{Meanings, Synonyms};
use crate::words::{fold, words};

/// What tantivy may use while indexing, in bytes: its least. A larger folder makes several segments.
const WRITER_BYTES: usize = 15_000_000;
/// The writer's queue would otherwise take ten thousand articles into memory a second time.
const DOCUMENTS_AT_A_TIME: usize = 1000;

/// Title, keywords, headings, body. Each place holds the ones before it, too, so a word of the title stands in all
/// four; and no place is empty in most articles, which would make the lengths that BM25 compares meaningless.
pub(crate) const PLACES: usize = 4;
/// How much a word counts in each place. In sum: 1.9 in the title, 1.5 in the keywords, 1.2 in a heading, 1 in the
/// body; more for the title ranked real questions worse (tests/quality.rs prints the measure).
pub(crate) const PLACE_BOOSTS: [f32; PLACES] = [0.4, 0.3, 0.2, 1.0];

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
            let indexing = TextFieldIndexing::default().set_tokenizer("whitespace").set_index_option(record);
            let indexing = indexing.set_fieldnorms(freqs);
            schema.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
        };
        let places = ["title", "keywords", "headings", "body"].map(|name| text(&mut schema, name, true));
        let vocabulary = text(&mut schema, "vocabulary", false);
        let category = schema.add_text_field("category", STRING);
        let language = schema.add_text_field("language", STRING);
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
    pub(crate) meanings: Meanings,
    by_id: BTreeMap<String, usize>,
}

impl Picture {
    /// Indexes all articles.
    pub(crate) fn of(content: Content, synonyms: &Synonyms) -> tantivy::Result<Self> {
        let (schema, fields) = Fields::build();
        let index = Index::create_in_ram(schema);
        let languages: BTreeSet<String> =
            content.articles.iter().map(|article| article.primary_language()).collect();
        let mut tongues = Tongues::of(languages.iter().map(String::as_str));
        let mut writer: IndexWriter = index.writer_with_num_threads(1, WRITER_BYTES)?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        for (ordinal, article) in content.articles.iter().enumerate() {
            writer.add_document(document(&fields, &mut tongues, article, ordinal as u64))?;
            if ordinal % DOCUMENTS_AT_A_TIME == DOCUMENTS_AT_A_TIME - 1 {
                writer.commit()?;
            }
        }
        writer.commit()?;
        writer.wait_merging_threads()?;
        let searcher = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?.searcher();
        let meanings = synonyms.meanings(&mut tongues);
        let by_id =
            content.articles.iter().enumerate().map(|(at, article)| (article.id.clone(), at)).collect();
        let Content { articles, broken } = content;
        Ok(Self { articles, broken, searcher, fields, tongues, meanings, by_id })
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
    let keywords = format!("{}\n{}", article.title, article.keywords.join("\n"));
    let headings =
        format!("{keywords}\n{}\n{}", article.headings, article.category.as_deref().unwrap_or_default());
    let body = format!("{headings}\n{}", article.plain);
    let mut document = TantivyDocument::new();
    let mut vocabulary = BTreeSet::new();
    let texts = [article.title.as_str(), &keywords, &headings, &body];
    for (field, text) in fields.places.iter().zip(texts) {
        document.add_text(*field, terms(text, &language, tongues, &mut vocabulary));
    }
    document.add_text(fields.vocabulary, vocabulary.into_iter().collect::<Vec<_>>().join(" "));
    if let Some(category) = article.category_key() {
        document.add_text(fields.category, category);
    }
    document.add_text(fields.language, fold(&language));
    document.add_field_value(fields.ordinal, &OwnedValue::U64(ordinal));
    document
}

/// Each word as written, and its stem where the language has one, apart by spaces: the index cuts there.
fn terms(text: &str, language: &str, tongues: &mut Tongues, vocabulary: &mut BTreeSet<String>) -> String {
    let mut terms = String::with_capacity(2 * text.len());
    for word in words(text) {
        let stem = tongues.get_mut(language).and_then(|tongue| tongue.stem(&word));
        for term in stem.into_iter().chain([word.folded]) {
            terms.push_str(&term);
            terms.push(' ');
            vocabulary.insert(term);
        }
    }
    terms
}
