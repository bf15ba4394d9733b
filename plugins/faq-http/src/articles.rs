//! Articles and hits out of another system's records, by where their parts are.

use crate::config::{ArticleConfig, HitConfig};
use hark_plugin_rest::{Pick, PickConfig};
use hark_plugin_sdk::faq::{Article, FaqHit};
use hark_plugin_sdk::{Failure, Json};

/// Characters of a snippet that is made of the text.
const SNIPPET: usize = 200;

/// Reads articles.
pub(crate) struct Articles {
    id: Pick,
    title: Pick,
    body: Pick,
    category: Option<Pick>,
    language: Option<Pick>,
    updated_at: Option<Pick>,
    snippet: Option<Pick>,
    score: Option<Pick>,
}

/// The pick of a key that may be left out.
pub(crate) fn maybe(pick: Option<&PickConfig>, key: &str) -> Result<Option<Pick>, Failure> {
    pick.map(|pick| Pick::compile(pick, key)).transpose()
}

impl Articles {
    pub(crate) fn compile(article: &ArticleConfig, hit: &HitConfig) -> Result<Self, Failure> {
        Ok(Self {
            id: Pick::compile(&article.id, "article.id")?,
            title: Pick::compile(&article.title, "article.title")?,
            body: Pick::compile(&article.body, "article.body")?,
            category: maybe(article.category.as_ref(), "article.category")?,
            language: maybe(article.language.as_ref(), "article.language")?,
            updated_at: maybe(article.updated_at.as_ref(), "article.updated_at")?,
            snippet: maybe(hit.snippet.as_ref(), "hit.snippet")?,
            score: maybe(hit.score.as_ref(), "hit.score")?,
        })
    }

    /// The article in a record, if there is one.
    pub(crate) fn read(&self, record: &Json) -> Option<Article> {
        let of = |pick: &Option<Pick>| pick.as_ref()?.of(record);
        let id = self.id.of(record)?;
        Some(Article {
            title: self.title.of(record).unwrap_or_else(|| id.clone()),
            id,
            body: self.body.of(record).unwrap_or_default(),
            category: of(&self.category),
            language: of(&self.language),
            updated_at: of(&self.updated_at),
        })
    }

    /// The hit in a record; `place` is its score when the system says none.
    pub(crate) fn hit(&self, record: &Json, place: f32) -> Option<FaqHit> {
        let article = self.read(record)?;
        let snippet = self.snippet.as_ref().and_then(|pick| pick.of(record));
        let score = self.score.as_ref().and_then(|pick| pick.of(record)?.parse().ok());
        Some(FaqHit {
            snippet: snippet
                .unwrap_or_else(|| article.body.chars().take(SNIPPET).collect())
                .replace("**", ""),
            id: article.id,
            title: article.title,
            category: article.category,
            language: article.language,
            score: score.filter(|score: &f32| score.is_finite()).unwrap_or(place),
        })
    }
}
