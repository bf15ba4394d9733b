//! Reads a TOML document key by key and gathers what is wrong with it. It knows no key of its own: a section is asked
//! for keys, and those that nobody asked for are the unknown ones. It never stops at the first fault.

use super::fault::{Fault, Place};
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::{Range, RangeInclusive};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// How alike two keys must be, from 0 to 1, for one to be taken for the other.
const ALIKE: f64 = 0.7;

/// A parsed file and the faults found in it so far.
pub(crate) struct Document<'a> {
    file: &'a str,
    text: &'a str,
    faults: RefCell<Vec<Fault>>,
}

/// One table of a document, read key by key.
pub(crate) struct Section<'a> {
    document: &'a Document<'a>,
    /// Its path in the document; empty for the document itself.
    path: String,
    span: Range<usize>,
    table: Option<&'a DeTable<'a>>,
    known: Vec<&'static str>,
}

/// Reads `text` with `read`. The faults come sorted by their places.
pub(crate) fn document<T>(
    file: &str,
    text: &str,
    read: impl FnOnce(&mut Section<'_>) -> T,
) -> (T, Vec<Fault>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let document = Document { file, text, faults: RefCell::default() };
    for error in errors {
        document.fault(error.span().unwrap_or_default(), error.message());
    }
    let found = Section::of(&document, String::new(), table.span(), Some(table.get_ref())).read(read);
    let mut faults = document.faults.into_inner();
    faults.sort();
    (found, faults)
}

impl Document<'_> {
    fn fault(&self, span: Range<usize>, what: impl Display) {
        let place = Place::span(self.file, self.text, span);
        self.faults.borrow_mut().push(Fault { place, what: what.to_string() });
    }
}

impl<'a> Section<'a> {
    fn of(
        document: &'a Document<'a>,
        path: String,
        span: Range<usize>,
        table: Option<&'a DeTable<'a>>,
    ) -> Self {
        Self { document, path, span, table, known: Vec::new() }
    }

    /// Lets `read` ask for its keys; those that it did not ask for are faults.
    fn read<T>(mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let found = read(&mut self);
        for key in self.table.into_iter().flat_map(|table| table.keys()) {
            if !self.known.contains(&key.get_ref().as_ref()) {
                self.document.fault(key.span(), self.unknown(key.get_ref()));
            }
        }
        found
    }

    fn unknown(&self, key: &str) -> String {
        let within = if self.path.is_empty() { String::new() } else { format!(" in [{}]", self.path) };
        match nearest(key, self.known.iter().copied()) {
            Some(known) => format!("unknown key '{key}'{within}, did you mean '{known}'?"),
            None => format!("unknown key '{key}'{within}; known are {}", self.known.join(", ")),
        }
    }

    /// The keys of a table that is not read yet; none when it is left out.
    pub(crate) fn names(&self, key: &str) -> Option<Vec<String>> {
        let table = self.table?.get(key)?.get_ref().as_table()?;
        Some(table.keys().map(|name| name.get_ref().to_string()).collect())
    }

    /// Whether the document has this table at all.
    pub(crate) fn is_there(&self) -> bool {
        self.table.is_some()
    }

    /// A fault of the table as a whole.
    pub(crate) fn fault(&self, what: impl Display) {
        self.document.fault(self.span.clone(), what);
    }

    /// A fault of a key's value, or of the table when the key is left out.
    pub(crate) fn fault_at(&self, key: &str, what: impl Display) {
        let value = self.table.and_then(|table| table.get(key));
        self.document.fault(value.map_or(self.span.clone(), Spanned::span), what);
    }

    fn value(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.known.push(key);
        self.table?.get(key)
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn wrong(&self, key: &str, value: &Spanned<DeValue<'_>>, wanted: impl Display) {
        let what = format!("{} must be {wanted}; it is {}", self.path_of(key), kind(value.get_ref()));
        self.document.fault(value.span(), what);
    }

    /// A text.
    pub(crate) fn text(&mut self, key: &'static str, default: &str) -> String {
        self.text_if_there(key).unwrap_or_else(|| default.to_owned())
    }

    /// A text, none when the key is left out.
    pub(crate) fn text_if_there(&mut self, key: &'static str) -> Option<String> {
        let value = self.value(key)?;
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong(key, value, "a text in quotes");
        }
        text
    }

    /// A text that must be there and not be empty.
    pub(crate) fn needed(&mut self, key: &'static str) -> String {
        let text = self.text_if_there(key);
        if text.as_deref().is_none_or(|text| text.trim().is_empty()) && self.value(key).is_none_or(is_text) {
            self.fault_at(
                key,
                format!("{} is missing: it must be a text that is not empty", self.path_of(key)),
            );
        }
        text.unwrap_or_default()
    }

    /// A whole number of the range. All ranges of the configuration fit an `i64`.
    pub(crate) fn whole<T>(&mut self, key: &'static str, default: T, range: RangeInclusive<i64>) -> T
    where
        T: TryFrom<i64>,
    {
        let Some(value) = self.value(key) else { return default };
        let number = match value.get_ref() {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        let number =
            number.filter(|number| range.contains(number)).and_then(|number| T::try_from(number).ok());
        number.unwrap_or_else(|| {
            self.wrong(key, value, format!("a whole number from {} to {}", range.start(), range.end()));
            default
        })
    }

    /// A number of the range, with or without a fraction.
    pub(crate) fn real(&mut self, key: &'static str, default: f64, range: RangeInclusive<f64>) -> f64 {
        let Some(value) = self.value(key) else { return default };
        real(value.get_ref()).filter(|number| range.contains(number)).unwrap_or_else(|| {
            self.wrong(key, value, format!("a number from {} to {}", range.start(), range.end()));
            default
        })
    }

    /// A number of the range that must be there.
    pub(crate) fn real_needed(&mut self, key: &'static str, range: RangeInclusive<f64>) -> f64 {
        if self.value(key).is_none() {
            let what = format!("a number from {} to {}", range.start(), range.end());
            self.fault_at(key, format!("{} is missing: it must be {what}", self.path_of(key)));
        }
        self.real(key, *range.start(), range)
    }

    /// A list of numbers of the range; none when the key is left out.
    pub(crate) fn reals(&mut self, key: &'static str, range: RangeInclusive<f64>) -> Option<Vec<f64>> {
        let value = self.value(key)?;
        let numbers = value.get_ref().as_array().map(|items| {
            items.iter().map(|item| real(item.get_ref()).filter(|number| range.contains(number))).collect()
        });
        let numbers: Option<Option<Vec<f64>>> = numbers;
        if matches!(numbers, None | Some(None)) {
            let what = format!("a list of numbers from {} to {}", range.start(), range.end());
            self.wrong(key, value, what);
        }
        numbers.flatten()
    }

    /// True or false.
    pub(crate) fn flag(&mut self, key: &'static str, default: bool) -> bool {
        let Some(value) = self.value(key) else { return default };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.wrong(key, value, "true or false");
            default
        })
    }

    /// One of several words.
    pub(crate) fn choice<T: Copy>(&mut self, key: &'static str, default: T, words: &[(&str, T)]) -> T {
        let Some(value) = self.value(key) else { return default };
        let word = value.get_ref().as_str();
        let chosen = word.and_then(|word| words.iter().find(|(known, _)| *known == word));
        chosen.map_or_else(
            || {
                let known: Vec<_> = words.iter().map(|(known, _)| format!("\"{known}\"")).collect();
                self.wrong(key, value, format!("one of {}", known.join(", ")));
                default
            },
            |(_, meaning)| *meaning,
        )
    }

    /// A list of texts; none when the key is left out.
    pub(crate) fn texts(&mut self, key: &'static str) -> Option<Vec<String>> {
        let value = self.value(key)?;
        let wanted = "a list of texts, such as [\"one\", \"two\"]";
        let Some(array) = value.get_ref().as_array() else {
            self.wrong(key, value, wanted);
            return None;
        };
        let text = |item: &Spanned<DeValue<'_>>| {
            let text = item.get_ref().as_str().map(str::to_owned);
            if text.is_none() {
                self.wrong(key, item, wanted);
            }
            text
        };
        Some(array.iter().filter_map(text).collect())
    }

    /// A table that may be left out: then all its keys have their defaults.
    pub(crate) fn table<T>(&mut self, key: &'static str, read: impl FnOnce(&mut Section<'a>) -> T) -> T {
        let path = self.path_of(key);
        let value = self.value(key);
        let table = value.and_then(|value| self.as_table(key, value));
        let span = value.map_or(self.span.clone(), Spanned::span);
        Section::of(self.document, path, span, table).read(read)
    }

    fn as_table(&self, key: &str, value: &'a Spanned<DeValue<'a>>) -> Option<&'a DeTable<'a>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong(key, value, "a table of keys and values");
        }
        table
    }

    /// A table of which the admin chooses the keys, each a table again; none when it is left out.
    pub(crate) fn tables<T>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&str, &mut Section<'a>) -> T,
    ) -> Option<BTreeMap<String, T>> {
        self.entries(key, |section, name, value| {
            let table = section.as_table(name, value);
            let inner = Section::of(section.document, section.path_of(name), value.span(), table);
            inner.read(|inner| read(name, inner))
        })
    }

    /// A table of which the admin chooses the keys, each a list of tables; none when it is left out.
    pub(crate) fn lists<T>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&mut Section<'a>) -> T,
    ) -> Option<BTreeMap<String, Vec<T>>> {
        self.entries(key, |section, name, value| section.items(name, value, &mut read))
    }

    /// A table of which the admin chooses the keys, each a whole number of the range.
    pub(crate) fn numbers<T>(
        &mut self,
        key: &'static str,
        range: RangeInclusive<i64>,
    ) -> Option<BTreeMap<String, T>>
    where
        T: TryFrom<i64> + Default,
    {
        self.entries(key, |section, name, value| {
            let number = match value.get_ref() {
                DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
                _ => None,
            };
            let number =
                number.filter(|number| range.contains(number)).and_then(|number| T::try_from(number).ok());
            number.unwrap_or_else(|| {
                section.wrong(
                    name,
                    value,
                    format!("a whole number from {} to {}", range.start(), range.end()),
                );
                T::default()
            })
        })
    }

    fn entries<T>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&Section<'a>, &str, &'a Spanned<DeValue<'a>>) -> T,
    ) -> Option<BTreeMap<String, T>> {
        let path = self.path_of(key);
        let value = self.value(key)?;
        let table = self.as_table(key, value)?;
        let section = Section::of(self.document, path, value.span(), Some(table));
        let entry = |(name, value): (&Spanned<_>, &'a Spanned<DeValue<'a>>)| {
            let name: &std::borrow::Cow<'_, str> = name.get_ref();
            (name.clone().into_owned(), read(&section, name, value))
        };
        Some(table.iter().map(entry).collect())
    }

    /// A list of tables; none when it is left out.
    pub(crate) fn list<T>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&mut Section<'a>) -> T,
    ) -> Option<Vec<T>> {
        let value = self.value(key)?;
        Some(self.items(key, value, &mut read))
    }

    fn items<T>(
        &self,
        key: &str,
        value: &'a Spanned<DeValue<'a>>,
        read: &mut impl FnMut(&mut Section<'a>) -> T,
    ) -> Vec<T> {
        let Some(array) = value.get_ref().as_array() else {
            self.wrong(key, value, "a list of tables");
            return Vec::new();
        };
        let item = |item: &'a Spanned<DeValue<'a>>| {
            let table = self.as_table(key, item)?;
            let section = Section::of(self.document, self.path_of(key), item.span(), Some(table));
            Some(section.read(&mut *read))
        };
        array.iter().filter_map(item).collect()
    }

    /// A table that somebody else checks, as JSON; empty when it is left out.
    pub(crate) fn json(&mut self, key: &'static str) -> Map<String, Value> {
        let Some(value) = self.value(key) else { return Map::new() };
        match self.as_table(key, value) {
            Some(table) => {
                table.iter().map(|(key, value)| (key.get_ref().to_string(), json(value))).collect()
            }
            None => Map::new(),
        }
    }

    /// A fault when the value of `key` is none of the names.
    pub(crate) fn must_be_known(&self, key: &str, value: &str, what: &str, names: &[String]) {
        if names.iter().any(|name| name == value) {
            return;
        }
        let mut said = format!("{}: there is no {what} '{value}'", self.path_of(key));
        if let Some(name) = nearest(value, names.iter().map(String::as_str)) {
            said.push_str(&format!(", did you mean '{name}'?"));
        }
        self.fault_at(key, said);
    }
}

fn real(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Float(number) => {
            number.as_str().replace('_', "").parse().ok().filter(|n: &f64| n.is_finite())
        }
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).ok().map(|number| number as f64)
        }
        _ => None,
    }
}

fn is_text(value: &Spanned<DeValue<'_>>) -> bool {
    value.get_ref().is_str()
}

/// The known name that is most like this one, when one is like it at all.
pub(crate) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let rated = known.map(|known| (strsim::jaro_winkler(name, known), known));
    rated.filter(|(alike, _)| *alike >= ALIKE).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, known)| known)
}

/// A value as people would call it, short enough for one line.
fn kind(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("the text \"{}\"", text.chars().take(40).collect::<String>()),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(time) => format!("the time {time}"),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// TOML as JSON. Times become texts; a number that JSON cannot hold becomes null, which no schema takes.
fn json(value: &Spanned<DeValue<'_>>) -> Value {
    match value.get_ref() {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Value::Null, Value::from)
        }
        DeValue::Float(number) => number.as_str().parse::<f64>().map_or(Value::Null, Value::from),
        DeValue::Boolean(flag) => Value::from(*flag),
        DeValue::Datetime(time) => Value::from(time.to_string()),
        DeValue::Array(items) => items.iter().map(json).collect(),
        DeValue::Table(table) => {
            table.iter().map(|(key, value)| (key.get_ref().to_string(), json(value))).collect()
        }
    }
}
