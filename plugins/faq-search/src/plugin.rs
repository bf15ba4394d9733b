//! The library as a plugin: configuration, operations and health in the SDK's terms.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use hark_plugin_sdk::faq::{
    Article, CategoriesAnswer, CategoriesRequest, Faq, FeedbackAnswer, FeedbackRequest, GetRequest,
    SearchAnswer, SearchRequest,
};
use hark_plugin_sdk::{Failure, Host, Json, Level, Manifest, Plugin, json};
use serde::Deserialize;
use tantivy::time::OffsetDateTime;
use tantivy::time::format_description::well_known::Rfc3339;

use crate::library::{Error, Library, Notice, Options};
use crate::synonyms::Synonyms;

/// How often the folder may be looked at, in milliseconds.
const POLL_MS: std::ops::RangeInclusive<u64> = 50..=3_600_000;

/// The most groups of synonyms.
const MAX_GROUPS: usize = 1000;
/// The most words that mean the same.
const MAX_GROUP: usize = 20;

/// The plugin `faq-search`.
pub struct FaqSearch {
    library: Library,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    folder: PathBuf,
    poll_ms: Option<u64>,
    state_path: Option<PathBuf>,
    #[serde(default)]
    synonyms: Vec<Vec<String>>,
}

impl Config {
    fn options(self) -> Result<Options, Failure> {
        let poll = self.poll_ms.map_or(Options::DEFAULT_POLL, Duration::from_millis);
        if self.poll_ms.is_some_and(|ms| !POLL_MS.contains(&ms)) {
            return Err(Failure::invalid(format!(
                "poll_ms must be {} to {}",
                POLL_MS.start(),
                POLL_MS.end()
            )));
        }
        let synonyms = Synonyms::read(&self.synonyms)
            .map_err(|entry| Failure::invalid(format!("`synonyms`: \"{entry}\" is not one word")))?;
        Ok(Options { folder: self.folder, poll, state: self.state_path, synonyms })
    }
}

impl Plugin for FaqSearch {
    fn manifest() -> Manifest {
        Manifest::new("faq-search", env!("CARGO_PKG_VERSION")).config_schema(json!({
            "type": "object",
            "required": ["folder"],
            "additionalProperties": false,
            "properties": {
                "folder": {
                    "type": "string",
                    "description": "The folder of Markdown articles: <category>/<name>.md",
                },
                "poll_ms": {
                    "type": "integer",
                    "minimum": POLL_MS.start(),
                    "maximum": POLL_MS.end(),
                    "default": Options::DEFAULT_POLL.as_millis() as u64,
                    "description": "How often the folder is looked at for changes, in milliseconds",
                },
                "state_path": {
                    "type": "string",
                    "description": "The file that keeps readers' verdicts; without it they are lost at a restart",
                },
                "synonyms": {
                    "type": "array",
                    "maxItems": MAX_GROUPS,
                    "items": {
                        "type": "array",
                        "minItems": 2,
                        "maxItems": MAX_GROUP,
                        "items": { "type": "string", "minLength": 1 },
                    },
                    "description": "Groups of words that mean the same",
                },
            },
        }))
    }

    fn create(config: Json, host: Host) -> Result<Self, Failure> {
        let config: Config =
            serde_json::from_value(config).map_err(|error| Failure::invalid(error.to_string()))?;
        let reporter = move |notice: &Notice| host.log(level(notice), &notice.to_string());
        Ok(Self { library: Library::open(config.options()?, Box::new(reporter))? })
    }
}

impl Faq for FaqSearch {
    fn search(&self, request: SearchRequest) -> Result<SearchAnswer, Failure> {
        Ok(SearchAnswer { hits: self.library.search(&request)? })
    }

    fn get(&self, request: GetRequest) -> Result<Article, Failure> {
        let article = self.library.get(&request.id).ok_or(Error::NotFound(request.id))?;
        Ok(Article {
            id: article.id.clone(),
            title: article.title.clone(),
            body: article.body.clone(),
            category: article.category.clone(),
            language: Some(article.language.clone()),
            updated_at: rfc3339(article.updated_at),
        })
    }

    fn categories(&self, _request: CategoriesRequest) -> Result<CategoriesAnswer, Failure> {
        Ok(CategoriesAnswer { categories: self.library.categories() })
    }

    fn feedback(&self, request: FeedbackRequest) -> Result<FeedbackAnswer, Failure> {
        self.library.feedback(&request.id, request.helpful)?;
        Ok(FeedbackAnswer {})
    }
}

fn level(notice: &Notice) -> Level {
    match notice {
        Notice::Indexed { .. } => Level::Info,
        Notice::Broken(_) => Level::Warn,
        Notice::Failed(_) => Level::Error,
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::NotFound(_) => Self::NotFound(message),
            Error::Folder(..) => Self::Invalid(message),
            Error::State(_) | Error::Thread(_) => Self::Unavailable(message),
            Error::Index(_) => Self::Internal(message),
        }
    }
}

/// UTC with milliseconds; none for a time outside the years that RFC 3339 can write.
fn rfc3339(time: SystemTime) -> Option<String> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let nanos = i128::from(u64::try_from(since.as_millis()).ok()?) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?.format(&Rfc3339).ok()
}

hark_plugin_sdk::export!(FaqSearch: faq);
