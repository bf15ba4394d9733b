//! Reads the small head of an article: `title`, `category`, `language`, `keywords` between two `---` lines.
//!
//! A subset of YAML that authors get right by hand: one `key: value` a line, and a list as `a, b`,
//! `[a, b]` or `- a` lines. Other tools' keys are passed over. It never looks at the text below the head.

use crate::article::Fault;

/// What the head of an article said.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct FrontMatter {
    pub(crate) title: Option<String>,
    pub(crate) category: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) keywords: Vec<String>,
}

/// Splits an article into its head and its text; an article may have no head.
pub(crate) fn split(text: &str) -> Result<(FrontMatter, &str), Fault> {
    let mut lines = text.split_inclusive('\n');
    let Some(first) = lines.next().filter(|line| line.trim_end() == "---") else {
        return Ok((FrontMatter::default(), text));
    };
    let mut head = FrontMatter::default();
    let mut key = String::new();
    let mut read = first.len();
    for (number, line) in lines.enumerate() {
        read += line.len();
        if line.trim_end() == "---" {
            return Ok((head, &text[read..]));
        }
        take_line(&mut head, &mut key, line).ok_or(Fault::FrontMatter { line: number + 2 })?;
    }
    Err(Fault::OpenFrontMatter)
}

/// Takes one line of the head; none when it is neither a key, a list item nor a comment.
fn take_line(head: &mut FrontMatter, key: &mut String, line: &str) -> Option<()> {
    let text = line.trim();
    if text.is_empty() || text.starts_with('#') {
        return Some(());
    }
    if let Some(item) = text.strip_prefix("- ") {
        take_value(head, key, item);
        return Some(());
    }
    if line.starts_with([' ', '\t']) {
        // The inside of another tool's value.
        return Some(());
    }
    let (name, value) = text.split_once(':')?;
    *key = name.trim().to_lowercase();
    take_value(head, key, value);
    Some(())
}

fn take_value(head: &mut FrontMatter, key: &str, value: &str) {
    let one = || Some(unquoted(value).to_owned()).filter(|text| !text.is_empty());
    match key {
        "title" => head.title = one(),
        "category" => head.category = one(),
        "language" => head.language = one(),
        "keywords" => head.keywords.extend(list(value)),
        _ => {}
    }
}

fn list(value: &str) -> impl Iterator<Item = String> {
    let inner = value.trim();
    let inner = inner.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(inner);
    inner.split(',').map(|item| unquoted(item).to_owned()).filter(|item| !item.is_empty())
}

fn unquoted(value: &str) -> &str {
    let value = value.trim();
    let inside = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inside('"').or_else(|| inside('\'')).unwrap_or(value).trim()
}

#[cfg(test)]
mod tests {
    use super::{FrontMatter, split};
    use crate::article::Fault;

    #[test]
    fn keys_lists_and_quotes_are_read() {
        let text = "---\ntitle: \"Moving: a guide\"\nlanguage: de\r\nkeywords: [move, 'new home']\ndraft: no\n---\nBody";
        let (head, body) = split(text).unwrap();
        assert_eq!(head.title.as_deref(), Some("Moving: a guide"));
        assert_eq!(head.language.as_deref(), Some("de"));
        assert_eq!(head.keywords, ["move", "new home"]);
        assert_eq!(body, "Body");
        let (head, _) = split("---\nkeywords:\n  - one\n  - two\ncategory:\n---\n").unwrap();
        assert_eq!((head.keywords, head.category), (vec!["one".to_owned(), "two".to_owned()], None));
    }

    #[test]
    fn an_article_without_a_head_is_all_text() {
        assert_eq!(split("# Hello\n---\n").unwrap(), (FrontMatter::default(), "# Hello\n---\n"));
    }

    #[test]
    fn a_broken_head_is_named_by_its_line() {
        assert_eq!(split("---\ntitle: x\nno key here\n---\n").unwrap_err(), Fault::FrontMatter { line: 3 });
        assert_eq!(split("---\ntitle: x\n").unwrap_err(), Fault::OpenFrontMatter);
    }
}
