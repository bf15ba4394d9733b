//! Ranks articles for a question.
//!
//! The score of an article is a sum over the question's words, each counted by BM25 in every place that holds it, so
//! an article with more of the words is above one with fewer, and a word in the title counts more than one in the
//! body. It never fails for what was asked, only for a broken index.

use std::sync::Arc;

use tantivy::collector::TopDocs;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, Occur, Query, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Score, Term};

use crate::article::{Article, category_key};
use crate::expand::{Question, Terms, question};
use crate::index::{PLACE_BOOSTS, Picture};
use crate::language::primary;
use crate::snippet::snippet;
use crate::words::fold;
use hark_plugin_sdk::faq::{FaqHit, SearchRequest};

/// Hits when the request names no limit.
pub const DEFAULT_LIMIT: u32 = 10;
/// Hits at most.
pub const MAX_LIMIT: u32 = 50;

/// Articles below the wanted ones that readers' verdicts can lift among them.
const BELOW: usize = 20;

/// What an article gains for being in the language that the question seems to be in.
const SAME_LANGUAGE: f32 = 1.0;

/// The articles that fit, best first. Without any text, those of the wanted category and language by title. `factor` is
/// what readers' verdicts make of an article's score.
pub(crate) fn search(
    picture: &Picture,
    request: &SearchRequest,
    factor: &dyn Fn(&str) -> f32,
) -> tantivy::Result<Vec<FaqHit>> {
    let limit = match request.limit {
        0 => DEFAULT_LIMIT,
        limit => limit.min(MAX_LIMIT),
    } as usize;
    if request.text.trim().is_empty() {
        return Ok(browse(picture, request, limit));
    }
    let question = question(picture, &request.text, request.language.as_deref())?;
    if question.words.is_empty() {
        return Ok(Vec::new());
    }
    let query = query(picture, &question, request);
    let found = picture.searcher.search(&query, &TopDocs::with_limit(limit + BELOW).order_by_score())?;
    let mut ranked = Vec::with_capacity(found.len());
    for (score, address) in found {
        let article = picture.article(address)?;
        ranked.push((score * factor(&article.id), article));
    }
    // Equals stay in the order in which they were found.
    ranked.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    ranked.truncate(limit);
    let mut tongues = picture.tongues.clone();
    let mut shown = |(score, article): (Score, &Arc<Article>)| {
        hit(article, snippet(article, &question.words, &mut tongues), score)
    };
    Ok(ranked.into_iter().map(&mut shown).collect())
}

fn browse(picture: &Picture, request: &SearchRequest, limit: usize) -> Vec<FaqHit> {
    let language = request.language.as_deref().map(primary);
    let category = request.category.as_deref().map(category_key);
    let fits = |article: &&Article| {
        language.as_ref().is_none_or(|wanted| article.primary_language() == *wanted)
            && category.as_ref().is_none_or(|wanted| article.category_key().as_ref() == Some(wanted))
    };
    let mut articles: Vec<&Article> = picture.articles.iter().map(AsRef::as_ref).filter(fits).collect();
    articles.sort_by_cached_key(|article| fold(&article.title));
    articles.truncate(limit);
    let mut tongues = picture.tongues.clone();
    articles.into_iter().map(|article| hit(article, snippet(article, &[], &mut tongues), 0.0)).collect()
}

fn hit(article: &Article, snippet: String, score: Score) -> FaqHit {
    FaqHit {
        id: article.id.clone(),
        title: article.title.clone(),
        snippet,
        category: article.category.clone(),
        language: Some(article.language.clone()),
        score,
    }
}

fn query(picture: &Picture, question: &Question, request: &SearchRequest) -> BooleanQuery {
    let words = question.words.iter().map(|terms| word(picture, terms)).collect();
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = vec![(Occur::Must, Box::new(BooleanQuery::union(words)))];
    if let Some(category) = &request.category {
        clauses.push((Occur::Must, exactly(picture.fields.category, &category_key(category), 0.0)));
    }
    if let Some(language) = &request.language {
        clauses.push((Occur::Must, exactly(picture.fields.language, &fold(&primary(language)), 0.0)));
    } else if let Some(language) = &question.language {
        clauses.push((Occur::Should, exactly(picture.fields.language, language, SAME_LANGUAGE)));
    }
    BooleanQuery::new(clauses)
}

/// One typed word, anywhere in an article: the sum over the places.
fn word(picture: &Picture, terms: &Terms) -> Box<dyn Query> {
    let places = picture.fields.places.iter().zip(PLACE_BOOSTS);
    Box::new(BooleanQuery::union(places.map(|(field, boost)| place(*field, terms, boost)).collect()))
}

/// One typed word in one place: the best of the terms that stand for it.
fn place(field: Field, terms: &Terms, boost: f32) -> Box<dyn Query> {
    let terms = terms.iter().map(|(term, weight)| -> Box<dyn Query> {
        let query = TermQuery::new(Term::from_field_text(field, term), IndexRecordOption::WithFreqs);
        Box::new(BoostQuery::new(Box::new(query), boost * weight))
    });
    Box::new(DisjunctionMaxQuery::new(terms.collect()))
}

fn exactly(field: Field, text: &str, score: Score) -> Box<dyn Query> {
    let query = TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic);
    Box::new(ConstScoreQuery::new(Box::new(query), score))
}
