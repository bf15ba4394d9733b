//! Answers from any help centre with a REST interface: requests, answers and log-in are configured by templates, and
//! ready for Zendesk Guide. A plugin like any other, made with the SDK.
//!
//! It keeps no articles and ranks none: order and scores are the other system's. A system that is away or slow is an
//! answer, with a text for the agent.
#![forbid(unsafe_code)]

mod articles;
mod config;

use articles::{Articles, maybe};
use config::{CategoriesConfig, Config};
use hark_plugin_rest::{Asking, Client, Fields, Pick, Request};
use hark_plugin_sdk::crm::limit;
use hark_plugin_sdk::faq::{
    Article, CategoriesAnswer, CategoriesRequest, Category, Faq, FeedbackAnswer, FeedbackRequest, GetRequest,
    SearchAnswer, SearchRequest,
};
use hark_plugin_sdk::{Failure, Host, Json, Manifest, Plugin, export};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many calls may wait for the other system at once.
const MAX_IN_FLIGHT: u32 = 32;
/// For how long the categories' ids are kept, so that a search costs one request.
const IDS_KEPT: Duration = Duration::from_secs(60);
/// The most categories that are listed.
const CATEGORIES: usize = 1000;

/// A help centre behind a REST interface.
pub struct FaqHttp {
    client: Client,
    constants: Fields,
    articles: Articles,
    search: Request,
    get: Request,
    categories: Option<Categories>,
    feedback: Option<Request>,
}

struct Categories {
    request: Request,
    name: Pick,
    id: Option<Pick>,
    count: Option<Pick>,
    ids: Mutex<Option<Ids>>,
}

/// The ids of the categories, and when they were read.
struct Ids {
    at: Instant,
    by_name: Vec<(String, String)>,
}

impl Plugin for FaqHttp {
    fn manifest() -> Manifest {
        Manifest::new("faq-http", env!("CARGO_PKG_VERSION"))
            .blocking(true)
            .max_in_flight(MAX_IN_FLIGHT)
            .config_schema(Config::schema())
    }

    fn create(config: Json, _host: Host) -> Result<Self, Failure> {
        let config = Config::read(config)?;
        let constants: Fields =
            config.values.iter().map(|(name, value)| (format!("values.{name}"), value.clone())).collect();
        let request = |config, key: &str, names: &[&str]| Request::compile(config, key, names, &constants);
        let names = ["text", "language", "category", "category_id", "limit"];
        let feedback = config.feedback.as_ref();
        Ok(Self {
            articles: Articles::compile(&config.article, &config.hit)?,
            search: request(&config.search, "search", &names)?,
            get: request(&config.get, "get", &["id"])?,
            categories: config
                .categories
                .as_ref()
                .map(|it| Categories::compile(it, &constants))
                .transpose()?,
            feedback: feedback.map(|it| request(it, "feedback", &["id", "helpful", "vote"])).transpose()?,
            client: Client::new(&config.server)?,
            constants,
        })
    }
}

impl Categories {
    fn compile(config: &CategoriesConfig, constants: &Fields) -> Result<Self, Failure> {
        Ok(Self {
            request: Request::compile(&config.request, "categories.request", &[], constants)?,
            name: Pick::compile(&config.name, "categories.name")?,
            id: maybe(config.id.as_ref(), "categories.id")?,
            count: maybe(config.count.as_ref(), "categories.count")?,
            ids: Mutex::default(),
        })
    }

    async fn list(&self, asking: &Asking<'_>, fields: &Fields) -> Result<Vec<Category>, Failure> {
        let records = asking.list(&self.request, fields, CATEGORIES).await?;
        let of = |pick: &Option<Pick>, record: &Json| pick.as_ref()?.of(record);
        let ids = records.iter().filter_map(|record| Some((self.name.of(record)?, of(&self.id, record)?)));
        *self.ids.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Ids { at: Instant::now(), by_name: ids.collect() });
        let categories = records.iter().filter_map(|record| {
            let count = of(&self.count, record).and_then(|count| count.parse().ok());
            Some(Category { name: self.name.of(record)?, count: count.unwrap_or_default() })
        });
        Ok(categories.collect())
    }

    /// The system's id of a category.
    async fn id(&self, asking: &Asking<'_>, fields: &Fields, name: &str) -> Result<Option<String>, Failure> {
        let known = || {
            let ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
            ids.as_ref().filter(|ids| ids.at.elapsed() < IDS_KEPT).map(|ids| ids.by_name.clone())
        };
        if known().is_none() {
            self.list(asking, fields).await?;
        }
        let ids = known().unwrap_or_default();
        Ok(ids.into_iter().find(|(known, _)| known == name).map(|(_, id)| id))
    }
}

impl FaqHttp {
    fn fields<const N: usize>(&self, own: [(&str, Option<String>); N]) -> Fields {
        let own = own.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        self.constants.clone().into_iter().chain(own).collect()
    }

    async fn find(&self, asking: &Asking<'_>, request: SearchRequest) -> Result<SearchAnswer, Failure> {
        let limit = limit(request.limit);
        let mut fields = self.fields([
            ("text", Some(request.text.trim().to_owned())),
            ("language", request.language),
            ("category", request.category.clone()),
            ("limit", Some(limit.to_string())),
        ]);
        if let (Some(name), Some(categories)) = (&request.category, &self.categories)
            && categories.id.is_some()
        {
            let Some(id) = categories.id(asking, &self.constants, name).await? else {
                return Ok(SearchAnswer::default());
            };
            fields.insert("category_id".to_owned(), id);
        }
        let records = asking.list(&self.search, &fields, limit as usize).await?;
        let last = records.len();
        let hits = records.iter().enumerate();
        Ok(SearchAnswer {
            hits: hits.filter_map(|(at, record)| self.articles.hit(record, (last - at) as f32)).collect(),
        })
    }
}

impl Faq for FaqHttp {
    fn search(&self, request: SearchRequest) -> Result<SearchAnswer, Failure> {
        if request.text.trim().is_empty() {
            return Ok(SearchAnswer::default());
        }
        self.client.run(async |asking| self.find(asking, request).await)
    }

    fn get(&self, request: GetRequest) -> Result<Article, Failure> {
        let fields = self.fields([("id", Some(request.id.clone()))]);
        let records = self.client.run(async |asking| asking.list(&self.get, &fields, 1).await)?;
        let article = records.first().and_then(|record| self.articles.read(record));
        article.ok_or_else(|| Failure::not_found(format!("there is no article {}", request.id)))
    }

    fn categories(&self, _request: CategoriesRequest) -> Result<CategoriesAnswer, Failure> {
        let Some(categories) = &self.categories else { return Ok(CategoriesAnswer::default()) };
        let list = self.client.run(async |asking| categories.list(asking, &self.constants).await)?;
        Ok(CategoriesAnswer { categories: list })
    }

    fn feedback(&self, request: FeedbackRequest) -> Result<FeedbackAnswer, Failure> {
        let Some(feedback) = &self.feedback else {
            let text = "the help centre is not configured for this: there is no `feedback`";
            return Err(Failure::UnknownOperation(text.to_owned()));
        };
        let vote = if request.helpful { "up" } else { "down" };
        let fields = self.fields([
            ("id", Some(request.id)),
            ("helpful", Some(request.helpful.to_string())),
            ("vote", Some(vote.to_owned())),
        ]);
        self.client.run(async |asking| asking.ask(feedback, &fields).await)?;
        Ok(FeedbackAnswer {})
    }
}

export!(FaqHttp: faq);
