//! The other system as it is configured: where it is, who we are to it, how often and how long it is asked. It connects to
//! nothing.

use crate::pick::PickConfig;
use crate::schema::{table, texts};
use hark_plugin_net::SecretSource;
use hark_plugin_sdk::{Failure, Json, json};
use hyper::Uri;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Milliseconds for one operation, unless configured: less than a host's usual deadline.
const TIMEOUT_MS: u64 = 1800;
/// The most that can be configured, in milliseconds.
const MAX_TIMEOUT_MS: u64 = 600_000;
/// Requests a second, unless configured.
const PER_SECOND: f64 = 10.0;
/// Further tries of a request that may be sent again, unless configured.
const RETRIES: u32 = 2;
/// The most that can be configured.
const MAX_RETRIES: u32 = 10;
/// Hosts that may be asked without TLS: nobody is in between.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// The table `server` of a configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    pub(crate) base_url: String,
    pub(crate) auth: Option<AuthConfig>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) ca_file: Option<PathBuf>,
    #[serde(default = "timeout_ms")]
    pub(crate) timeout_ms: u64,
    #[serde(default = "per_second")]
    pub(crate) requests_per_second: f64,
    #[serde(default = "retries")]
    pub(crate) retries: u32,
    pub(crate) error: Option<PickConfig>,
}

/// Who we are to the other system.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum AuthConfig {
    /// A token that lasts.
    Bearer { token: SecretSource },
    /// A key in a header.
    ApiKey { header: String, key: SecretSource },
    /// User and password.
    Basic { user: String, password: SecretSource },
    /// OAuth2 client credentials.
    #[serde(rename = "oauth2")]
    OAuth2 {
        token_url: String,
        client_id: String,
        client_secret: SecretSource,
        scope: Option<String>,
        #[serde(default)]
        more: BTreeMap<String, String>,
    },
}

fn timeout_ms() -> u64 {
    TIMEOUT_MS
}

fn per_second() -> f64 {
    PER_SECOND
}

fn retries() -> u32 {
    RETRIES
}

impl ServerConfig {
    /// JSON Schema of the table. `base_url` may come from a preset, so it is checked when the plugin starts.
    #[must_use]
    pub fn schema() -> Json {
        let text = json!({ "type": "string", "minLength": 1 });
        json!({
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "base_url": { "type": "string", "minLength": 1, "description": "https://HOST, before every path" },
                "auth": auth_schema(),
                "headers": texts(),
                "ca_file": text,
                "timeout_ms": { "type": "integer", "minimum": 50, "maximum": MAX_TIMEOUT_MS, "default": TIMEOUT_MS },
                "requests_per_second": {
                    "type": "number", "exclusiveMinimum": 0, "maximum": 10_000, "default": PER_SECOND
                },
                "retries": { "type": "integer", "minimum": 0, "maximum": MAX_RETRIES, "default": RETRIES },
                "error": PickConfig::schema("what an agent is told of an answer that says no")
            }
        })
    }

    /// The address before every path: TLS, or this very machine.
    pub(crate) fn base(&self) -> Result<Uri, Failure> {
        address(&self.base_url, "server.base_url")
    }
}

/// Reads an address that secrets may be sent to.
pub(crate) fn address(text: &str, key: &str) -> Result<Uri, Failure> {
    let wrong = |what: &str| Failure::invalid(format!("`{key}` {what}"));
    let uri: Uri = text.trim_end_matches('/').parse().map_err(|_| wrong("is no address"))?;
    let (Some(scheme), Some(host), Some(authority)) = (uri.scheme_str(), uri.host(), uri.authority()) else {
        return Err(wrong("is not https://HOST"));
    };
    if authority.as_str().contains('@') {
        return Err(wrong("has a user or password in it: name them in `server.auth`"));
    }
    match scheme {
        "https" => Ok(uri),
        "http" if LOOPBACK.contains(&host) => Ok(uri),
        _ => Err(wrong("does not begin with https://, as every address must but this machine's")),
    }
}

fn auth_schema() -> Json {
    let text = json!({ "type": "string", "minLength": 1 });
    json!({
        "type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1,
        "properties": {
            "bearer": table(&json!({ "token": SecretSource::schema("the token") }), &["token"]),
            "api_key": table(&json!({ "header": text, "key": SecretSource::schema("the key, as it stands in the header") }),
                &["header", "key"]
            ),
            "basic": table(&json!({ "user": text, "password": SecretSource::schema("the password") }),
                &["user", "password"]
            ),
            "oauth2": table(&json!({
                    "token_url": text, "client_id": text, "scope": text,
                    "client_secret": SecretSource::schema("the client's secret"),
                    "more": texts()
                }),
                &["token_url", "client_id", "client_secret"]
            )
        }
    })
}
