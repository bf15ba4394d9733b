//! FAQ search over a folder of Markdown articles, as a plugin of the capability `faq`.
//!
//! An author writes `<folder>/<category>/<name>.md`, with or without a small head (title, category, language,
//! keywords); the article is found a moment later, by what it says, by what was nearly typed, and by what is
//! still being typed. The index is in memory and made anew when the folder changes; the folder is the only truth.
//! It never writes to the folder, and never takes user text for a query language.

#![forbid(unsafe_code)]

mod article;
mod expand;
mod feedback;
mod folder;
mod front_matter;
mod index;
mod language;
mod library;
mod markdown;
mod plugin;
mod search;
mod snippet;
mod synonyms;
mod words;

pub use article::{Article, Fault, MAX_ARTICLE_BYTES};
pub use feedback::Verdicts;
pub use folder::{Broken, MAX_ARTICLES, MAX_TEXT_BYTES};
pub use library::{Error, Library, Notice, Options, Reporter, Status};
pub use plugin::FaqSearch;
pub use search::{DEFAULT_LIMIT, MAX_LIMIT};
pub use snippet::MAX_SNIPPET_CHARS;
pub use synonyms::Synonyms;
