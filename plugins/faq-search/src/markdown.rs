//! Markdown to plain text: what is indexed and what snippets are cut from.
//!
//! HTML inside an article is dropped, tags and comments alike. It never makes HTML: the answer is text
//! and has to be escaped by whoever puts it into a page.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use unicode_normalization::UnicodeNormalization;

/// An article's text without its markup.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plain {
    /// The first heading, if there is one.
    pub(crate) first_heading: Option<String>,
    /// All headings, a line each.
    pub(crate) headings: String,
    /// Everything else, a line for each block.
    pub(crate) body: String,
}

/// Reads Markdown (CommonMark with tables and strikethrough); any text is Markdown, so nothing fails.
pub(crate) fn plain(markdown: &str) -> Plain {
    let mut plain = Plain::default();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => end_heading(&mut plain, heading.take()),
            Event::Text(text) | Event::Code(text) => {
                heading.as_mut().unwrap_or(&mut plain.body).push_str(&text);
            }
            Event::SoftBreak | Event::HardBreak => heading.as_mut().unwrap_or(&mut plain.body).push(' '),
            Event::End(TagEnd::TableCell) => plain.body.push(' '),
            Event::End(end) if ends_block(end) => plain.body.push('\n'),
            _ => {}
        }
    }
    plain.body = lines_with_single_spaces(&plain.body);
    plain
}

fn lines_with_single_spaces(text: &str) -> String {
    let composed: String = text.nfc().collect();
    let lines = composed.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn end_heading(plain: &mut Plain, heading: Option<String>) {
    let heading = heading.unwrap_or_default();
    let heading = heading.split_whitespace().collect::<Vec<_>>().join(" ");
    if heading.is_empty() {
        return;
    }
    plain.headings.push_str(&heading);
    plain.headings.push('\n');
    plain.first_heading.get_or_insert(heading);
}

fn ends_block(end: TagEnd) -> bool {
    !matches!(
        end,
        TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Link
            | TagEnd::Image
            | TagEnd::TableCell
    )
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn markup_and_html_are_dropped() {
        let text = plain(
            "# Reset *now*\n\nHold the [red button](http://x.y) for **10 seconds**.\n\n<script>alert(1)</script>\n\n\
             - one <b>two</b>\n- `code` ~~gone~~\n\n| a | b |\n|---|---|\n| c | d |\n\n<!-- note -->\n## Next",
        );
        assert_eq!(text.first_heading.as_deref(), Some("Reset now"));
        assert_eq!(text.headings, "Reset now\nNext\n");
        let words: Vec<&str> = text.body.split_whitespace().collect();
        assert_eq!(words.join(" "), "Hold the red button for 10 seconds. one two code gone a b c d");
    }

    #[test]
    fn entities_become_their_characters() {
        assert_eq!(plain("Fish &amp; chips &lt;3").body.trim(), "Fish & chips <3");
    }
}
