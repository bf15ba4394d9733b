//! One article: what an author wrote, read into what the index needs.
//!
//! A file that cannot be read as an article is a [`Fault`], told and passed over. It never touches the disk.

use std::time::SystemTime;

use crate::front_matter;
use crate::language::{DEFAULT_LANGUAGE, primary};
use crate::markdown::{self, Plain};
use crate::words::fold;

/// A larger file is no FAQ article, in bytes.
pub const MAX_ARTICLE_BYTES: u64 = 256 * 1024;

/// An article of the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Path below the folder without its extension, `/` between parts: stable while the file stays.
    pub id: String,
    /// From the head, else the first heading, else the file's name in words.
    pub title: String,
    /// The Markdown below the head, as written.
    pub body: String,
    /// From the head, else the parent folder's name; none for a file at the top.
    pub category: Option<String>,
    /// From the head, else `en`; a BCP 47 tag in lower case.
    pub language: String,
    /// Words a reader may use that the text does not.
    pub keywords: Vec<String>,
    /// When the file was last written.
    pub updated_at: SystemTime,
    pub(crate) headings: String,
    pub(crate) plain: String,
}

/// Why a file is not an article.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The system would not read it; its words.
    Unreadable(String),
    /// Not UTF-8; the byte where it stops being.
    NotUtf8 {
        /// Offset from the start of the file.
        at: usize,
    },
    /// The path is not UTF-8, so it cannot be an id.
    PathNotUtf8,
    /// More than [`MAX_ARTICLE_BYTES`].
    TooLarge {
        /// The file's size.
        bytes: u64,
    },
    /// The head has a line that is no `key: value`.
    FrontMatter {
        /// Line of the file, from 1.
        line: usize,
    },
    /// The head is never closed by `---`.
    OpenFrontMatter,
    /// Neither a title nor any text.
    Empty,
    /// The reader of Markdown failed on it: a fault of ours.
    Unbearable,
    /// The folder is full: more articles or more text than the limits allow.
    OverLimit,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreadable(why) => write!(f, "cannot be read: {why}"),
            Self::NotUtf8 { at } => write!(f, "is not UTF-8 at byte {at}"),
            Self::PathNotUtf8 => f.write_str("has a name that is not UTF-8"),
            Self::TooLarge { bytes } => write!(f, "has {bytes} bytes, more than {MAX_ARTICLE_BYTES}"),
            Self::FrontMatter { line } => write!(f, "line {line} of its head is not `key: value`"),
            Self::OpenFrontMatter => f.write_str("has a head that is not closed by `---`"),
            Self::Empty => f.write_str("has neither a title nor any text"),
            Self::Unbearable => f.write_str("made the reader of Markdown fail; please report it"),
            Self::OverLimit => f.write_str("is over the limit of articles or of text in one folder"),
        }
    }
}

impl std::error::Error for Fault {}

impl Article {
    /// Reads a file's bytes. `id` is its path below the folder without the extension.
    pub fn parse(id: &str, bytes: &[u8], updated_at: SystemTime) -> Result<Self, Fault> {
        let text = std::str::from_utf8(bytes).map_err(|error| Fault::NotUtf8 { at: error.valid_up_to() })?;
        let (head, body) = front_matter::split(text.trim_start_matches('\u{feff}'))?;
        let Plain { first_heading, headings, body: plain } = markdown::plain(body);
        if head.title.is_none() && headings.is_empty() && plain.trim().is_empty() {
            return Err(Fault::Empty);
        }
        Ok(Self {
            id: id.to_owned(),
            title: head.title.or(first_heading).unwrap_or_else(|| name_in_words(id)),
            body: body.trim().to_owned(),
            category: head.category.or_else(|| parent(id)),
            language: head.language.map_or(DEFAULT_LANGUAGE.to_owned(), |tag| tag.to_lowercase()),
            keywords: head.keywords,
            updated_at,
            headings,
            plain,
        })
    }

    /// What language filters compare.
    pub(crate) fn primary_language(&self) -> String {
        primary(&self.language)
    }

    /// What category filters compare: folded, so that case and accents do not matter.
    pub(crate) fn category_key(&self) -> Option<String> {
        self.category.as_deref().map(category_key)
    }

    /// Bytes of text it brings into memory, for the folder's limit.
    pub(crate) fn text_bytes(&self) -> u64 {
        (self.body.len() + self.title.len()) as u64
    }
}

/// The form in which category names are compared.
pub(crate) fn category_key(name: &str) -> String {
    fold(name.trim())
}

fn parent(id: &str) -> Option<String> {
    let (folder, _) = id.rsplit_once('/')?;
    Some(folder.rsplit('/').next().unwrap_or(folder).to_owned())
}

fn name_in_words(id: &str) -> String {
    id.rsplit('/').next().unwrap_or(id).replace(['-', '_'], " ")
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::{Article, Fault};

    fn parse(id: &str, text: &str) -> Result<Article, Fault> {
        Article::parse(id, text.as_bytes(), UNIX_EPOCH)
    }

    #[test]
    fn defaults_come_from_the_heading_the_folder_and_the_name() {
        let article = parse("billing/late-fee", "# Late fees\n\nText").unwrap();
        assert_eq!((article.title.as_str(), article.category.as_deref()), ("Late fees", Some("billing")));
        assert_eq!(article.language, "en");
        let article = parse("late-fee", "Text").unwrap();
        assert_eq!((article.title.as_str(), article.category), ("late fee", None));
    }

    #[test]
    fn the_head_wins() {
        let text = "\u{feff}---\ntitle: T\ncategory: C\nlanguage: pt-BR\n---\n# H\nText";
        let article = parse("a/b", text).unwrap();
        assert_eq!((article.title.as_str(), article.category.as_deref()), ("T", Some("C")));
        assert_eq!((article.language.as_str(), article.primary_language().as_str()), ("pt-br", "pt"));
        assert_eq!(article.body, "# H\nText");
    }

    #[test]
    fn what_is_not_an_article_is_told() {
        assert_eq!(Article::parse("x", b"abc\xff", UNIX_EPOCH).unwrap_err(), Fault::NotUtf8 { at: 3 });
        assert_eq!(parse("x", " \n").unwrap_err(), Fault::Empty);
    }
}
