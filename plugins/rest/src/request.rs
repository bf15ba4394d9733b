//! One request to another system as it is configured: method, path, query, headers and JSON body, each with places for
//! named values, each value escaped for its place. It is checked when the plugin starts, and sends nothing itself.

use crate::change::Change;
use crate::schema::texts;
use crate::template::Template;
use hark_plugin_sdk::{Failure, Json, json};
use hyper::Method;
use hyper::header::{HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What stands for itself in a URL.
pub(crate) const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// Pages of a list that are fetched at most, unless configured.
const PAGES: u32 = 3;
/// The most pages that can be configured.
const MAX_PAGES: u32 = 20;
/// Values that a paged list gets by itself.
pub(crate) const CURSOR: &str = "cursor";
/// How many records were read.
pub(crate) const OFFSET: &str = "offset";

/// Named values for a request.
pub type Fields = BTreeMap<String, String>;

/// A [`Request`] as it is configured.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestConfig {
    #[serde(default)]
    method: MethodConfig,
    path: String,
    #[serde(default)]
    query: BTreeMap<String, String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<Json>,
    idempotent: Option<bool>,
    #[serde(default)]
    list: String,
    next: Option<Next>,
    pages: Option<u32>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum MethodConfig {
    #[default]
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// How the next page of a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Next {
    /// By an address in the answer, at this JSON pointer.
    Link(String),
    /// By a value in the answer, at this JSON pointer, which becomes `{cursor}`.
    Cursor(String),
    /// By `{offset}`, the number of records so far; a page with fewer than this many is the last.
    Offset(usize),
}

/// A request with places for values.
#[derive(Clone, Debug)]
pub struct Request {
    method: Method,
    path: Template,
    query: Vec<(String, Template)>,
    headers: Vec<(HeaderName, Template)>,
    body: Option<Body>,
    pub(crate) idempotent: bool,
    pub(crate) list: String,
    pub(crate) next: Option<Next>,
    pub(crate) pages: u32,
}

#[derive(Clone, Debug)]
enum Body {
    Fixed(Json),
    Text(Template),
    List(Vec<Body>),
    Table(Vec<(String, Body)>),
}

/// A request with its values: ready to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Ready {
    pub(crate) method: Method,
    /// Path and query, below the base; or a whole address, when it came as a link.
    pub(crate) target: String,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) idempotent: bool,
}

impl RequestConfig {
    /// JSON Schema of a request, and of what else its table has.
    #[must_use]
    pub fn schema(more: Json) -> Json {
        let pointer = json!({ "type": "string", "description": "JSON pointer into the answer" });
        let mut schema = json!({
            "type": "object",
            "additionalProperties": false,
            "required": ["path"],
            "properties": {
                "method": { "enum": ["GET", "POST", "PUT", "PATCH", "DELETE"], "default": "GET" },
                "path": { "type": "string", "minLength": 1 },
                "query": texts(),
                "headers": texts(),
                "body": { "type": "object" },
                "idempotent": { "type": "boolean" },
                "list": pointer,
                "next": {
                    "type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1,
                    "properties": {
                        "link": pointer, "cursor": pointer, "offset": { "type": "integer", "minimum": 1 }
                    }
                },
                "pages": { "type": "integer", "minimum": 1, "maximum": MAX_PAGES, "default": PAGES }
            }
        });
        if let (Some(known), Json::Object(more)) = (schema["properties"].as_object_mut(), more) {
            known.extend(more);
        }
        schema
    }
}

impl Request {
    /// Reads a request whose templates may name `fields`, the `constants`, and `field.` with any name. `key` is the configuration's, for messages.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with the key.
    pub fn compile(
        config: &RequestConfig,
        key: &str,
        fields: &[&str],
        constants: &Fields,
    ) -> Result<Self, Failure> {
        let paged = match &config.next {
            Some(Next::Cursor(_)) => CURSOR,
            Some(Next::Offset(_)) => OFFSET,
            _ => "limit",
        };
        let known = |name: &str| {
            fields.contains(&name)
                || name == paged
                || name.starts_with("field.")
                || constants.contains_key(name)
        };
        let template = |place: &str, text: &str| {
            Template::parse(text, &known).map_err(|what| Failure::invalid(format!("`{key}.{place}` {what}")))
        };
        if !config.path.starts_with('/') {
            return Err(Failure::invalid(format!("`{key}.path` does not begin with /")));
        }
        let query = config
            .query
            .iter()
            .map(|(name, text)| Ok((name.clone(), template(&format!("query.{name}"), text)?)));
        let headers = config.headers.iter().map(|(name, text)| {
            let place = format!("headers.{name}");
            let header = HeaderName::try_from(name.as_str())
                .map_err(|_| Failure::invalid(format!("`{key}.{place}` is no header's name")))?;
            Ok((header, template(&place, text)?))
        });
        let method = config.method.method();
        Ok(Self {
            path: template("path", &config.path)?,
            query: query.collect::<Result<_, Failure>>()?,
            headers: headers.collect::<Result<_, Failure>>()?,
            body: config.body.as_ref().map(|body| Body::compile(body, "body", &template)).transpose()?,
            idempotent: config.idempotent.unwrap_or(method != Method::POST && method != Method::PATCH),
            method,
            list: config.list.clone(),
            next: config.next.clone(),
            pages: config.pages.unwrap_or(PAGES).clamp(1, MAX_PAGES),
        })
    }

    /// Whether its address or its body has a place for this value.
    #[must_use]
    pub fn says(&self, name: &str) -> bool {
        let named = |template: &Template| template.names().any(|known| known == name);
        named(&self.path)
            || self.query.iter().any(|(_, template)| named(template))
            || self.body.as_ref().is_some_and(|body| body.any(&named))
    }

    /// Puts values into their places. A part of query, header or body whose value is missing is left out; of a body that
    /// makes a change, also what is as before.
    pub(crate) fn ready(&self, fields: &Fields, change: Option<&Change>) -> Result<Ready, Failure> {
        let value = |name: &str| fields.get(name).filter(|value| !value.is_empty()).cloned();
        let path = self.path.fill(&value, in_path)?;
        let mut target =
            path.ok_or_else(|| Failure::invalid("the request lacks what its address is made of"))?;
        for (name, template) in &self.query {
            if let Some(text) = template.fill(&value, as_it_is)? {
                // Words and values alike are written as they are meant, so all of it is encoded at once.
                target.push(if target.contains('?') { '&' } else { '?' });
                target.push_str(&format!("{name}={}", utf8_percent_encode(&text, PLAIN)));
            }
        }
        let mut headers = Vec::new();
        for (name, template) in &self.headers {
            if let Some(text) = template.fill(&value, as_it_is)? {
                let text = HeaderValue::from_str(&text).map_err(|_| {
                    Failure::invalid(format!("what was asked does not fit into the header {name}"))
                })?;
                headers.push((name.clone(), text));
            }
        }
        let body = self.body.as_ref().and_then(|body| body.fill(&value, change));
        Ok(Ready {
            method: self.method.clone(),
            target,
            headers,
            body: body.map(|body| body.to_string().into_bytes()),
            idempotent: self.idempotent,
        })
    }
}

/// A value is one segment of a path, whatever is in it.
fn in_path(text: &str) -> Result<String, Failure> {
    if matches!(text, "." | "..") {
        return Err(Failure::invalid("an id cannot be . or .."));
    }
    Ok(utf8_percent_encode(text, PLAIN).to_string())
}

fn as_it_is(text: &str) -> Result<String, Failure> {
    Ok(text.to_owned())
}

impl MethodConfig {
    fn method(self) -> Method {
        match self {
            Self::Get => Method::GET,
            Self::Post => Method::POST,
            Self::Put => Method::PUT,
            Self::Patch => Method::PATCH,
            Self::Delete => Method::DELETE,
        }
    }
}

impl Body {
    fn compile(
        json: &Json,
        place: &str,
        template: &impl Fn(&str, &str) -> Result<Template, Failure>,
    ) -> Result<Self, Failure> {
        Ok(match json {
            Json::String(text) => Self::Text(template(place, text)?),
            Json::Array(items) => {
                let items = items.iter().enumerate();
                let items = items.map(|(at, item)| Self::compile(item, &format!("{place}[{at}]"), template));
                Self::List(items.collect::<Result<_, _>>()?)
            }
            Json::Object(fields) => {
                let fields = fields.iter().map(|(name, value)| {
                    Ok((name.clone(), Self::compile(value, &format!("{place}.{name}"), template)?))
                });
                Self::Table(fields.collect::<Result<_, Failure>>()?)
            }
            fixed => Self::Fixed(fixed.clone()),
        })
    }

    /// Whether a text in it is such a one.
    fn any(&self, wanted: &impl Fn(&Template) -> bool) -> bool {
        match self {
            Self::Fixed(_) => false,
            Self::Text(template) => wanted(template),
            Self::List(items) => items.iter().any(|item| item.any(wanted)),
            Self::Table(fields) => fields.iter().any(|(_, body)| body.any(wanted)),
        }
    }

    /// The JSON with its values; a text whose value is missing is left out of its table or list.
    fn fill(&self, value: &dyn Fn(&str) -> Option<String>, change: Option<&Change>) -> Option<Json> {
        match self {
            Self::Fixed(json) => Some(json.clone()),
            Self::Text(template) => {
                if change.is_some_and(|change| change.leaves_out(template)) {
                    return None;
                }
                let Some(text) = template.fill(value, as_it_is).ok().flatten() else {
                    return change.and_then(|change| change.in_place_of(template));
                };
                match text.parse::<serde_json::Number>() {
                    Ok(number) if template.is_number() => Some(Json::Number(number)),
                    _ => Some(Json::String(text)),
                }
            }
            Self::List(items) => Some(items.iter().filter_map(|item| item.fill(value, change)).collect()),
            Self::Table(fields) => {
                let fields = fields.iter();
                let fields =
                    fields.filter_map(|(name, body)| Some((name.clone(), body.fill(value, change)?)));
                Some(Json::Object(fields.collect()))
            }
        }
    }
}
