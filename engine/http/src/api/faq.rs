//! FAQs: search, articles, categories and what readers thought of them.

use super::systems::{FAQ, ask_system};
use crate::ask::{Ask, empty, ok};
use crate::problem::Problem;
use crate::route::{Outcome, Route, Who, get, post};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Longest search text, in characters: more finds no more.
const TEXT_LIMIT: usize = 500;
/// Hits, unless asked otherwise, and at most.
const HITS: (u32, u32) = (10, 50);

const SEARCH: &[(&str, &str)] = &[
    ("q", "Any words"),
    ("limit", "Hits, at most 50"),
    ("category", "Only this category"),
    ("language", "Preferred language, a BCP 47 tag"),
];

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/v1/widget/{key}/faq", Who::Anyone, "Search the FAQs", search_as_customer)
            .query(SEARCH)
            .gives::<Hits>(),
        get("/v1/widget/{key}/faq-categories", Who::Anyone, "Categories of the FAQs", categories)
            .gives::<Categories>(),
        get("/v1/faq", Who::Agent, "Search the FAQs", search).query(SEARCH).gives::<Hits>(),
        get("/v1/faq/{id}", Who::Anyone, "An article", article).gives::<Article>(),
        post("/v1/faq/{id}/feedback", Who::Anyone, "Say whether an article helped", feedback)
            .takes::<Verdict>()
            .empty(),
    ]
}

/// What was found, best first.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Hits {
    /// They.
    hits: Vec<Hit>,
}

/// An article that fits.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Hit {
    /// Its id.
    id: String,
    /// Its title.
    title: String,
    /// A piece of it, plain text.
    snippet: String,
    /// Its category.
    #[serde(default)]
    category: Option<String>,
    /// Its language.
    #[serde(default)]
    language: Option<String>,
    /// How well it fits, comparable within one answer.
    score: f32,
}

/// An article.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Article {
    /// Its id.
    id: String,
    /// Its title.
    title: String,
    /// Its text, Markdown.
    body: String,
    /// Its category.
    #[serde(default)]
    category: Option<String>,
    /// Its language.
    #[serde(default)]
    language: Option<String>,
    /// When it last changed.
    #[serde(default)]
    updated_at: Option<String>,
}

/// Categories of the FAQs.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Categories {
    /// By name.
    categories: Vec<Category>,
}

/// A category.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Category {
    /// Its name.
    name: String,
    /// How many articles it has.
    count: u32,
}

/// What a reader thought.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Verdict {
    /// Whether it helped.
    helpful: bool,
}

fn known_widget(ask: &Ask) -> Result<(), Problem> {
    if ask.app.widgets.contains_key(ask.param("key")) { Ok(()) } else { Err(Problem::not_found()) }
}

async fn search_as_customer(ask: Ask) -> Outcome {
    known_widget(&ask)?;
    search(ask).await
}

async fn search(ask: Ask) -> Outcome {
    let text = ask.query("q").unwrap_or_default();
    if text.chars().count() > TEXT_LIMIT {
        return Err(Problem::invalid("too_long", format!("q may have {TEXT_LIMIT} characters")));
    }
    let (usual, most) = HITS;
    let limit = ask.query_as::<u32>("limit")?.unwrap_or(usual).clamp(1, most);
    let mut request = json!({ "text": text, "limit": limit });
    for name in ["category", "language"] {
        if let Some(value) = ask.query(name).filter(|value| !value.is_empty()) {
            request[name] = value.into();
        }
    }
    let hits: Hits = ask_system(&ask, &FAQ, "faq.search/1", &request).await?;
    Ok(ok(&hits))
}

async fn categories(ask: Ask) -> Outcome {
    known_widget(&ask)?;
    let categories: Categories = ask_system(&ask, &FAQ, "faq.categories/1", &json!({})).await?;
    Ok(ok(&categories))
}

async fn article(ask: Ask) -> Outcome {
    let article: Article = ask_system(&ask, &FAQ, "faq.get/1", &json!({ "id": ask.param("id") })).await?;
    Ok(ok(&article))
}

async fn feedback(ask: Ask) -> Outcome {
    let Verdict { helpful } = ask.body()?;
    let request = json!({ "id": ask.param("id"), "helpful": helpful });
    let _: serde_json::Value = ask_system(&ask, &FAQ, "faq.feedback/1", &request).await?;
    Ok(empty())
}
