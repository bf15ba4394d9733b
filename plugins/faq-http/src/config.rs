//! The plugin's configuration and its schema: which request does which operation, and where in the answers the parts of an
//! article are.

use hark_plugin_rest::schema::{table, texts};
use hark_plugin_rest::{PickConfig, RequestConfig, ServerConfig};
use hark_plugin_sdk::{Failure, Json, json};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The systems that are ready, each a configuration with all but the address and the log-in.
const PRESETS: [(&str, &str); 1] = [("zendesk", include_str!("../presets/zendesk.toml"))];

/// What a plugin's `config` may say, once its preset is below it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) server: ServerConfig,
    /// Constants that templates name as `{values.NAME}`.
    #[serde(default)]
    pub(crate) values: BTreeMap<String, String>,
    pub(crate) article: ArticleConfig,
    #[serde(default)]
    pub(crate) hit: HitConfig,
    pub(crate) search: RequestConfig,
    pub(crate) get: RequestConfig,
    pub(crate) categories: Option<CategoriesConfig>,
    pub(crate) feedback: Option<RequestConfig>,
}

/// Where the parts of an article are, in a list of hits as well as alone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ArticleConfig {
    pub(crate) id: PickConfig,
    pub(crate) title: PickConfig,
    pub(crate) body: PickConfig,
    pub(crate) category: Option<PickConfig>,
    pub(crate) language: Option<PickConfig>,
    pub(crate) updated_at: Option<PickConfig>,
}

/// What only a hit has.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HitConfig {
    pub(crate) snippet: Option<PickConfig>,
    pub(crate) score: Option<PickConfig>,
}

/// How categories are listed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CategoriesConfig {
    pub(crate) request: RequestConfig,
    pub(crate) name: PickConfig,
    /// By which a search names a category, as `{category_id}`.
    pub(crate) id: Option<PickConfig>,
    pub(crate) count: Option<PickConfig>,
}

impl Config {
    /// JSON Schema of the above, for the host's check before `create`. What a preset may bring is not required here.
    pub(crate) fn schema() -> Json {
        let request = RequestConfig::schema(json!({}));
        let pick = PickConfig::schema;
        table(
            &json!({
                "preset": { "enum": PRESETS.map(|(name, _)| name) },
                "server": ServerConfig::schema(),
                "values": texts(),
                "article": table(&json!({
                        "id": pick("the article's id"), "title": pick("its title"), "body": pick("its text, Markdown"),
                        "category": pick("its category"), "language": pick("its language"),
                        "updated_at": pick("when it last changed")
                    }),
                    &[]
                ),
                "hit": table(&json!({ "snippet": pick("a piece of the text"), "score": pick("a number") }), &[]),
                "search": request, "get": request, "feedback": request,
                "categories": table(&json!({ "request": request, "name": pick("its name"), "id": pick("its id"), "count": pick("articles in it") }),
                    &[]
                )
            }),
            &["server"],
        )
    }

    /// Reads a configuration, over its preset.
    pub(crate) fn read(config: Json) -> Result<Self, Failure> {
        hark_plugin_rest::read_over_preset("faq-http", config, &PRESETS)
    }
}
