//! HTML of an article as Markdown: headings, lists, links, emphasis and paragraphs; of all else only the text. It trusts
//! nothing that it reads, and runs nothing.

/// Names of entities that articles have; others are left as they are.
const ENTITIES: [(&str, &str); 7] =
    [("amp", "&"), ("lt", "<"), ("gt", ">"), ("quot", "\""), ("apos", "'"), ("nbsp", " "), ("#39", "'")];

/// The text with Markdown for what it knows.
pub(crate) fn markdown(html: &str) -> String {
    let mut out = Writer::default();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.text(&rest[..at]);
        let Some(end) = rest[at..].find('>') else {
            rest = &rest[at..];
            break;
        };
        let tag = &rest[at + 1..at + end];
        rest = &rest[at + end + 1..];
        let name = name(tag);
        if matches!(name.as_str(), "script" | "style") {
            let close = format!("</{name}");
            rest = rest.to_ascii_lowercase().find(&close).map_or("", |at| &rest[at..]);
        } else {
            out.tag(tag, &name);
        }
    }
    out.text(rest);
    out.done.trim().to_owned()
}

/// A text as HTML that shows it.
pub(crate) fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    text.replace('\n', "<br>")
}

fn name(tag: &str) -> String {
    let name = tag.split(|c: char| c.is_whitespace()).next().unwrap_or_default();
    name.trim_end_matches('/').to_ascii_lowercase()
}

#[derive(Default)]
struct Writer {
    done: String,
    links: Vec<String>,
}

impl Writer {
    fn text(&mut self, html: &str) {
        let text = unescape(html);
        let begins = self.done.is_empty() || self.done.ends_with(['\n', ' ']);
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.starts_with(char::is_whitespace) && !begins {
            self.done.push(' ');
        }
        self.done.push_str(&words);
        if text.ends_with(char::is_whitespace) && !words.is_empty() {
            self.done.push(' ');
        }
    }

    fn tag(&mut self, tag: &str, name: &str) {
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.apart();
                let level = usize::from(name.as_bytes()[1] - b'0');
                self.done.push_str(&"#".repeat(level));
                self.done.push(' ');
            }
            "li" => {
                self.line();
                self.done.push_str("- ");
            }
            "br" | "tr" => self.line(),
            "b" | "strong" | "/b" | "/strong" => self.done.push_str("**"),
            "i" | "em" | "/i" | "/em" => self.done.push('*'),
            "a" => {
                self.links.push(attribute(tag, "href"));
                self.done.push('[');
            }
            "/a" => {
                let link = self.links.pop().unwrap_or_default();
                self.done.push_str(&format!("]({link})"));
            }
            "p" | "/p" | "div" | "/div" | "ul" | "/ul" | "ol" | "/ol" | "table" | "/table" | "/h1"
            | "/h2" | "/h3" | "/h4" | "/h5" | "/h6" | "hr" | "blockquote" | "/blockquote" => self.apart(),
            _ => {}
        }
    }

    /// Begins a line.
    fn line(&mut self) {
        let length = self.done.trim_end_matches(' ').len();
        self.done.truncate(length);
        if !self.done.is_empty() && !self.done.ends_with('\n') {
            self.done.push('\n');
        }
    }

    /// Begins a paragraph.
    fn apart(&mut self) {
        self.line();
        if !self.done.is_empty() && !self.done.ends_with("\n\n") {
            self.done.push('\n');
        }
    }
}

/// The value of an attribute; only addresses that lead to a page are links.
fn attribute(tag: &str, name: &str) -> String {
    let Some(at) = tag.find(&format!("{name}=")) else { return String::new() };
    let value = &tag[at + name.len() + 1..];
    let value = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => value[1..].split(quote).next().unwrap_or_default(),
        _ => value.split_whitespace().next().unwrap_or_default(),
    };
    let safe = ["https://", "http://", "mailto:", "/", "#"].iter().any(|start| value.starts_with(start));
    if safe { unescape(value).replace([' ', ')'], "") } else { String::new() }
}

fn unescape(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let known = ENTITIES
            .iter()
            .find_map(|(name, text)| Some((rest.strip_prefix(name)?.strip_prefix(';')?, *text)));
        match known {
            Some((after, text)) => {
                out.push_str(text);
                rest = after;
            }
            None => out.push('&'),
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::markdown;

    #[test]
    fn what_articles_are_made_of_becomes_markdown() {
        let cases = [
            (
                "<h2>Reset</h2><p>Hold it for <b>ten</b>&nbsp;seconds.</p>",
                "## Reset\n\nHold it for **ten** seconds.",
            ),
            ("<ul><li>One</li>\n<li>Two &amp; three</li></ul>", "- One\n- Two & three"),
            ("a<br>b<br/>c", "a\nb\nc"),
            (
                "See <a class=\"x\" href='https://example.com/a?b=1&amp;c=2'>this</a>.",
                "See [this](https://example.com/a?b=1&c=2).",
            ),
            ("<a href=\"javascript:alert(1)\">no</a>", "[no]()"),
            ("x<script>alert('<b>')</script>y<STYLE>p{}</STYLE>z", "xyz"),
            ("1 < 2 and <b", "1 < 2 and <b"),
            ("&amp;lt; stays", "&lt; stays"),
            ("", ""),
        ];
        for (html, expected) in cases {
            assert_eq!(markdown(html), expected, "{html}");
        }
    }
}
