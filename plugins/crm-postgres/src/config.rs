//! The plugin's configuration and its schema. It never connects to what it names, and never shows the URL: a password
//! may be in it.

use hark_plugin_net::{SecretSource, tls};
use hark_plugin_sdk::{Failure, Json, json};
use serde::Deserialize;
use std::path::PathBuf;
use std::time::Duration;
use tokio_postgres::config::{Host, SslMode};

use crate::tls::Tls;

/// Connections at a time, unless configured.
const CONNECTIONS: usize = 8;
/// The most connections that can be configured.
const MAX_CONNECTIONS: usize = 64;
/// Milliseconds for one operation with all that it waits for, unless configured: less than a host's usual deadline.
const TIMEOUT_MS: u64 = 1500;
/// The least and the most that can be configured for one operation, in milliseconds.
const TIMEOUT_BOUNDS_MS: (u64, u64) = (50, 600_000);
/// Milliseconds for making a connection, unless configured.
const CONNECT_TIMEOUT_MS: u64 = 1000;
/// The longest name that PostgreSQL gives a schema, in bytes.
const MAX_NAME: usize = 63;

/// What a plugin's `config` may say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    url: String,
    password: Option<SecretSource>,
    /// The PostgreSQL schema that all tables are in.
    #[serde(default = "schema_name")]
    pub(crate) schema: String,
    /// Connections at a time.
    #[serde(default = "connections")]
    pub(crate) connections: usize,
    #[serde(default = "timeout_ms")]
    timeout_ms: u64,
    #[serde(default = "connect_timeout_ms")]
    connect_timeout_ms: u64,
    ca_file: Option<PathBuf>,
    /// Whether an empty database is filled with sample customers.
    #[serde(default)]
    pub(crate) sample: bool,
}

fn schema_name() -> String {
    "hark".to_owned()
}

fn connections() -> usize {
    CONNECTIONS
}

fn timeout_ms() -> u64 {
    TIMEOUT_MS
}

fn connect_timeout_ms() -> u64 {
    CONNECT_TIMEOUT_MS
}

impl Config {
    /// JSON Schema of the above, for the host's check before `create`.
    pub(crate) fn schema() -> Json {
        let (least, most) = TIMEOUT_BOUNDS_MS;
        json!({
            "type": "object",
            "additionalProperties": false,
            "required": ["url"],
            "properties": {
                "url": {
                    "type": "string",
                    "minLength": 1,
                    "description": "postgres://USER@HOST:PORT/DATABASE, with ?sslmode=require for TLS"
                },
                "password": SecretSource::schema("the password of the URL's user"),
                "schema": {
                    "type": "string", "minLength": 1, "maxLength": MAX_NAME, "default": "hark",
                    "description": "the PostgreSQL schema that the tables are in: a-z, 0-9 and _; made when it is not there"
                },
                "connections": {
                    "type": "integer", "minimum": 1, "maximum": MAX_CONNECTIONS, "default": CONNECTIONS,
                    "description": "connections at a time"
                },
                "timeout_ms": {
                    "type": "integer", "minimum": least, "maximum": most, "default": TIMEOUT_MS,
                    "description": "milliseconds for one operation; less than the plugin's deadline_ms"
                },
                "connect_timeout_ms": {
                    "type": "integer", "minimum": least, "maximum": most, "default": CONNECT_TIMEOUT_MS,
                    "description": "milliseconds for making one connection"
                },
                "ca_file": {
                    "type": "string", "minLength": 1,
                    "description": "PEM file with a root that is trusted beside the system's"
                },
                "sample": {
                    "type": "boolean", "default": false,
                    "description": "fill an empty database with sample customers and cases"
                }
            }
        })
    }

    /// Reads a configuration.
    pub(crate) fn read(config: Json) -> Result<Self, Failure> {
        let config: Self =
            serde_json::from_value(config).map_err(|error| wrong(&format!("configuration: {error}")))?;
        let fits = |c: u8| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'_');
        let name = config.schema.as_bytes();
        let named = name.first().is_some_and(|c| !c.is_ascii_digit()) && name.iter().all(|c| fits(*c));
        if !named || name.len() > MAX_NAME || config.schema.starts_with("pg_") {
            return Err(wrong("`schema` takes a-z, 0-9 and _, and begins with none of pg_ and a digit"));
        }
        if !(1..=MAX_CONNECTIONS).contains(&config.connections) {
            return Err(wrong(&format!("`connections` is 1 to {MAX_CONNECTIONS}")));
        }
        Ok(config)
    }

    /// The time for one operation.
    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    /// The time for making one connection.
    pub(crate) fn connect_timeout(&self) -> Duration {
        Duration::from_millis(self.connect_timeout_ms)
    }

    /// How connections are made, and by which TLS if by any.
    pub(crate) fn server(&self) -> Result<(tokio_postgres::Config, Option<Tls>), Failure> {
        // The parser's own words may quote the URL.
        let mut server: tokio_postgres::Config = self
            .url
            .parse()
            .map_err(|_| wrong("`url` is not postgres://USER@HOST:PORT/DATABASE with known parameters"))?;
        if server.get_hosts().is_empty() && server.get_hostaddrs().is_empty() {
            return Err(wrong("`url` names no host"));
        }
        if let Some(password) = &self.password {
            server.password(password.read("password")?.reveal());
        }
        let tls = self.tls(&mut server)?;
        server.options(self.options(server.get_options())).tcp_user_timeout(self.timeout());
        if server.get_application_name().is_none() {
            server.application_name("hark");
        }
        Ok((server, tls))
    }

    /// The library's own default would take TLS or not, as the server likes: here it is what the URL says.
    fn tls(&self, server: &mut tokio_postgres::Config) -> Result<Option<Tls>, Failure> {
        let socket = server.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)));
        if server.get_ssl_mode() != SslMode::Require {
            if self.url.contains("sslmode=prefer") {
                return Err(wrong("`url`: sslmode is `require` or `disable`, so that one knows"));
            }
            server.ssl_mode(SslMode::Disable);
            return Ok(None);
        }
        if socket && server.get_hostaddrs().is_empty() {
            return Err(wrong("`url`: there is no TLS on a Unix socket"));
        }
        Ok(Some(Tls::new(tls::client(self.ca_file.as_deref())?)))
    }

    /// Settings of each connection. The server ends what this plugin no longer waits for.
    fn options(&self, own: Option<&str>) -> String {
        format!(
            "{} -c search_path={} -c statement_timeout={} -c idle_in_transaction_session_timeout={}",
            own.unwrap_or_default(),
            self.schema,
            self.timeout_ms,
            self.timeout_ms * 2
        )
    }
}

fn wrong(what: &str) -> Failure {
    Failure::invalid(format!("crm-postgres: {what}"))
}
