//! What a template may do with a value before it stands in its place: `{email|soql}`. Escaping for the place itself (path,
//! query, header, JSON) comes after, by itself; a filter is for a language inside of it.

/// What a placeholder's filter does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    /// Salesforce's query language, inside quotes.
    Soql,
    /// The same in a LIKE pattern.
    SoqlLike,
    /// OData, inside quotes.
    Odata,
    /// A search language, inside double quotes: what would end them becomes a blank.
    Quoted,
    /// Letters and digits only.
    Plain,
    /// Digits only.
    Digits,
    Lower,
    /// Of a name: all but the last word.
    FirstName,
    /// Of a name: the last word, or all of it.
    LastName,
    /// The first ten characters: the date of a time.
    Date,
    /// A time as RFC 3339: `+0000` and milliseconds since 1970 are understood.
    Time,
    /// HTML as Markdown.
    Html,
    /// Text as HTML.
    AsHtml,
    /// Hexadecimal digits and `-` only.
    Guid,
    /// In a JSON body: a number, when the whole text is this placeholder.
    Number,
}

/// Every filter by its name.
pub(crate) const FILTERS: [(&str, Filter); 15] = [
    ("soql", Filter::Soql),
    ("soql_like", Filter::SoqlLike),
    ("odata", Filter::Odata),
    ("quoted", Filter::Quoted),
    ("plain", Filter::Plain),
    ("digits", Filter::Digits),
    ("lower", Filter::Lower),
    ("first_name", Filter::FirstName),
    ("last_name", Filter::LastName),
    ("date", Filter::Date),
    ("time", Filter::Time),
    ("html", Filter::Html),
    ("as_html", Filter::AsHtml),
    ("guid", Filter::Guid),
    ("number", Filter::Number),
];

impl Filter {
    pub(crate) fn named(name: &str) -> Option<Self> {
        FILTERS.iter().find(|(known, _)| *known == name).map(|(_, filter)| *filter)
    }

    pub(crate) fn apply(self, text: &str) -> String {
        match self {
            Self::Soql => soql(text),
            Self::SoqlLike => soql(text).replace('%', "\\%").replace('_', "\\_"),
            Self::Odata => text.replace('\'', "''"),
            Self::Quoted => text.replace(['"', '\\'], " "),
            Self::Plain => text.chars().filter(|c| c.is_alphanumeric()).collect(),
            Self::Digits => text.chars().filter(char::is_ascii_digit).collect(),
            Self::Lower => text.to_lowercase(),
            Self::FirstName => name(text).0,
            Self::LastName => name(text).1,
            Self::Date => text.chars().take(10).collect(),
            Self::Time => crate::time::rfc3339(text),
            Self::Html => crate::html::markdown(text),
            Self::AsHtml => crate::html::escaped(text),
            Self::Guid => text.chars().filter(|c| c.is_ascii_hexdigit() || *c == '-').collect(),
            Self::Number => text.to_owned(),
        }
    }
}

fn soql(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '\'' | '"' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// First names and last name.
fn name(text: &str) -> (String, String) {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.split_last() {
        Some((last, first)) => (first.join(" "), (*last).to_owned()),
        None => (String::new(), String::new()),
    }
}
