//! The plugin's configuration and its schema: which request does which operation, and where in the answers the fields are.

use hark_plugin_rest::schema::{table, texts};
use hark_plugin_rest::{PickConfig, RequestConfig, ServerConfig};
use hark_plugin_sdk::{Failure, Json, json};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The systems that are ready, each a configuration with all but the address and the log-in.
pub(crate) const PRESETS: [(&str, &str); 4] = [
    ("salesforce", include_str!("../presets/salesforce.toml")),
    ("hubspot", include_str!("../presets/hubspot.toml")),
    ("zendesk", include_str!("../presets/zendesk.toml")),
    ("dynamics", include_str!("../presets/dynamics.toml")),
];

/// What a plugin's `config` may say, once its preset is below it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) server: ServerConfig,
    /// Constants that templates name as `{values.NAME}`.
    #[serde(default)]
    pub(crate) values: BTreeMap<String, String>,
    pub(crate) customer: CustomerConfig,
    pub(crate) case: Option<CaseConfig>,
    #[serde(default)]
    pub(crate) lookup: Vec<WayConfig>,
    pub(crate) search: Option<RequestConfig>,
    pub(crate) get: Option<RequestConfig>,
    pub(crate) create: Option<MakeConfig>,
    pub(crate) update: Option<UpdateConfig>,
    pub(crate) cases: Option<RequestConfig>,
    pub(crate) get_case: Option<RequestConfig>,
    pub(crate) create_case: Option<MakeConfig>,
    pub(crate) attach: Option<AttachConfig>,
}

/// Where a customer's fields are.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CustomerConfig {
    pub(crate) id: PickConfig,
    pub(crate) name: PickConfig,
    pub(crate) email: Option<PickConfig>,
    pub(crate) phone: Option<PickConfig>,
    pub(crate) account: Option<PickConfig>,
    pub(crate) company: Option<PickConfig>,
    pub(crate) language: Option<PickConfig>,
    pub(crate) vip: Option<PickConfig>,
    pub(crate) since: Option<PickConfig>,
    pub(crate) notes: Option<PickConfig>,
    /// What is another text whenever the record is another.
    pub(crate) version: Option<PickConfig>,
    #[serde(default)]
    pub(crate) fields: BTreeMap<String, PickConfig>,
}

/// Where a case's fields are.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseConfig {
    pub(crate) id: PickConfig,
    pub(crate) number: PickConfig,
    pub(crate) customer_id: Option<PickConfig>,
    pub(crate) subject: PickConfig,
    pub(crate) status: PickConfig,
    pub(crate) opened_at: PickConfig,
    pub(crate) updated_at: PickConfig,
}

/// One way to find a customer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WayConfig {
    /// The form's field that leads this way.
    pub(crate) by: String,
    pub(crate) score: Option<u8>,
    pub(crate) request: RequestConfig,
    /// Where in a record the customer is; all of it, unless said otherwise.
    #[serde(default)]
    pub(crate) customer: String,
    /// The customer's id in a record that has no more of the customer.
    pub(crate) customer_id: Option<PickConfig>,
    /// Where in a record the case is.
    pub(crate) case: Option<String>,
}

/// A request that makes something, and where the answer has its id.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MakeConfig {
    pub(crate) request: RequestConfig,
    pub(crate) id: PickConfig,
}

/// A request that changes a customer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateConfig {
    pub(crate) request: RequestConfig,
    /// What the body has for a value that is no more; `null`, unless said otherwise.
    pub(crate) cleared: Option<String>,
    /// Whether the body says all of the customer, and not only what is another than before.
    #[serde(default)]
    pub(crate) whole: bool,
}

/// How a chat's log is stored, and found if it is stored already.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AttachConfig {
    pub(crate) find: Option<FindConfig>,
    pub(crate) store: RequestConfig,
    /// The most characters of a note.
    pub(crate) longest: Option<usize>,
}

/// How a log is found that is stored already.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FindConfig {
    pub(crate) request: RequestConfig,
    /// The case that has it; the customer's newest open one, unless said otherwise.
    pub(crate) case_id: Option<PickConfig>,
}

fn picks(names: &[&str]) -> serde_json::Map<String, Json> {
    names.iter().map(|name| ((*name).to_owned(), PickConfig::schema(name))).collect()
}

impl Config {
    /// JSON Schema of the above, for the host's check before `create`. What a preset may bring is not required here.
    pub(crate) fn schema() -> Json {
        let request = RequestConfig::schema(json!({}));
        let pick = PickConfig::schema("an id");
        let pointer = json!({ "type": "string", "description": "JSON pointer into a record" });
        let make = table(&json!({ "request": request, "id": pick }), &[]);
        let update = table(
            &json!({
                "request": request,
                "cleared": { "type": "string", "description": "what the body has for a value that is no more; null" },
                "whole": { "type": "boolean", "default": false }
            }),
            &[],
        );
        let mut customer = picks(&[
            "id", "name", "email", "phone", "account", "company", "language", "vip", "since", "notes",
            "version",
        ]);
        customer.insert(
            "fields".to_owned(),
            json!({ "type": "object", "additionalProperties": PickConfig::schema("a field") }),
        );
        let case = picks(&["id", "number", "customer_id", "subject", "status", "opened_at", "updated_at"]);
        let way = json!({
            "by": { "type": "string", "minLength": 1, "description": "email, phone, account, case, name, or field.NAME" },
            "score": { "type": "integer", "minimum": 1, "maximum": 100 },
            "request": request, "customer": pointer, "customer_id": pick, "case": pointer
        });
        let attach = json!({
            "find": table(&json!({ "request": request, "case_id": pick }), &[]),
            "store": request,
            "longest": { "type": "integer", "minimum": 100, "description": "the most characters of a note" }
        });
        table(
            &json!({
                "preset": { "enum": PRESETS.map(|(name, _)| name) },
                "server": ServerConfig::schema(),
                "values": texts(),
                "customer": table(&customer.into(), &[]),
                "case": table(&case.into(), &[]),
                "lookup": { "type": "array", "items": table(&way, &["by", "request"]) },
                "search": request, "get": request, "cases": request, "get_case": request,
                "create": make, "create_case": make, "update": update,
                "attach": table(&attach, &[])
            }),
            &["server"],
        )
    }

    /// Reads a configuration, over its preset.
    pub(crate) fn read(config: Json) -> Result<Self, Failure> {
        hark_plugin_rest::read_over_preset("crm-http", config, &PRESETS)
    }
}
