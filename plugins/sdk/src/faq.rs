//! The capability `faq`: articles that agents insert and customers read. Payloads are in [`types`]; here are the
//! operations' names and the trait that answers them. It never indexes anything.

use crate::{Call, Failure, Plugin};

mod types;

pub use types::{
    Article, CategoriesAnswer, CategoriesRequest, Category, FaqHit, FeedbackAnswer, FeedbackRequest,
    GetRequest, SearchAnswer, SearchRequest,
};

/// Finds articles by free text.
pub const SEARCH: &str = "faq.search/1";
/// Reads one article.
pub const GET: &str = "faq.get/1";
/// Lists the categories.
pub const CATEGORIES: &str = "faq.categories/1";
/// Takes a reader's "this helped", or not.
pub const FEEDBACK: &str = "faq.feedback/1";
/// All of them.
pub const OPERATIONS: &[&str] = &[SEARCH, GET, CATEGORIES, FEEDBACK];

/// Articles. What a plugin does not override answers "unknown operation"; list the others in the manifest's
/// capabilities.
pub trait Faq: Plugin {
    /// Articles that fit a text, best first; none is an empty list, not a failure.
    ///
    /// # Errors
    /// Any [`Failure`].
    fn search(&self, request: SearchRequest) -> Result<SearchAnswer, Failure> {
        unknown(SEARCH, request)
    }

    /// The article with this id.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when there is none; any other [`Failure`].
    fn get(&self, request: GetRequest) -> Result<Article, Failure> {
        unknown(GET, request)
    }

    /// The categories, with the number of articles in each.
    ///
    /// # Errors
    /// Any [`Failure`].
    fn categories(&self, request: CategoriesRequest) -> Result<CategoriesAnswer, Failure> {
        unknown(CATEGORIES, request)
    }

    /// Counts a reader's verdict.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when there is no such article; any other [`Failure`].
    fn feedback(&self, request: FeedbackRequest) -> Result<FeedbackAnswer, Failure> {
        unknown(FEEDBACK, request)
    }
}

fn unknown<Q, A>(operation: &str, _request: Q) -> Result<A, Failure> {
    Err(Failure::unknown_operation(operation))
}

/// Whether the operation belongs to this capability, known or not.
#[must_use]
pub fn serves(operation: &str) -> bool {
    operation.starts_with("faq.")
}

/// Decodes a call, asks the method that it names, and answers.
pub fn dispatch<P: Faq>(plugin: &P, call: Call<'_>) {
    match call.operation() {
        SEARCH => call.reply(|request| plugin.search(request)),
        GET => call.reply(|request| plugin.get(request)),
        CATEGORIES => call.reply(|request| plugin.categories(request)),
        FEEDBACK => call.reply(|request| plugin.feedback(request)),
        other => call.fail(&Failure::unknown_operation(other)),
    }
}
