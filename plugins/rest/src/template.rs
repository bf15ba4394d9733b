//! Texts with named places: `/contacts/{id}`, `Email = '{email|soql}'`, and of answers `{/properties/firstname}`. They are
//! read and checked when the plugin starts, so that a wrong name is told then. They compute nothing.

use crate::filters::{FILTERS, Filter};
use hark_plugin_sdk::Failure;

/// A text with places for values. `{{` is a brace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Place { name: String, filters: Vec<Filter> },
}

impl Template {
    /// Reads a template. `known` says whether a name is one.
    ///
    /// # Errors
    /// In words that follow the template's key: a brace that is open, a name or filter that is not known.
    pub fn parse(text: &str, known: &dyn Fn(&str) -> bool) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            literal.push_str(&rest[..at]);
            let brace = rest.as_bytes()[at] as char;
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                literal.push(brace);
                rest = after;
                continue;
            }
            let end = rest.find('}').filter(|_| brace == '{');
            let end = end.ok_or("has a brace without its other half; `{{` and `}}` mean braces")?;
            if !literal.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut literal)));
            }
            parts.push(place(&rest[..end], known)?);
            rest = &rest[end + 1..];
        }
        literal.push_str(rest);
        if !literal.is_empty() || parts.is_empty() {
            parts.push(Part::Text(literal));
        }
        Ok(Self { parts })
    }

    /// The text with its values, each escaped; nothing when one of them is missing.
    ///
    /// # Errors
    /// What `escape` says.
    pub fn fill(
        &self,
        value: &dyn Fn(&str) -> Option<String>,
        escape: fn(&str) -> Result<String, Failure>,
    ) -> Result<Option<String>, Failure> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Place { name, filters } => match value(name) {
                    Some(value) => out.push_str(&escape(&filtered(value, filters))?),
                    None => return Ok(None),
                },
            }
        }
        Ok(Some(out))
    }

    /// The text with its values, nothing in the place of those that are missing.
    #[must_use]
    pub fn fill_blank(&self, value: &dyn Fn(&str) -> Option<String>) -> String {
        let fill = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Place { name, filters } => {
                value(name).map(|value| filtered(value, filters)).unwrap_or_default()
            }
        };
        self.parts.iter().map(fill).collect()
    }

    /// The names of its places.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Place { name, .. } => Some(name.as_str()),
        })
    }

    /// Whether all of it is one place that is to be a number.
    pub(crate) fn is_number(&self) -> bool {
        matches!(self.parts.as_slice(), [Part::Place { filters, .. }] if filters.contains(&Filter::Number))
    }
}

fn place(inner: &str, known: &dyn Fn(&str) -> bool) -> Result<Part, String> {
    let mut pieces = inner.split('|').map(str::trim);
    let name = pieces.next().unwrap_or_default().to_owned();
    if !known(&name) {
        return Err(format!("names {{{name}}}, which is not known there"));
    }
    let filter = |name: &str| {
        let all = || FILTERS.map(|(name, _)| name).join(", ");
        Filter::named(name).ok_or_else(|| format!("has a filter `{name}`; there are {}", all()))
    };
    Ok(Part::Place { name, filters: pieces.map(filter).collect::<Result<_, _>>()? })
}

fn filtered(value: String, filters: &[Filter]) -> String {
    filters.iter().fold(value, |value, filter| filter.apply(&value))
}
