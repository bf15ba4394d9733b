//! A chat's transcript to take away, as text, HTML or JSON. Every word in it is escaped for what it is written into.

use crate::archive::Found;
use crate::ask::{Ask, ok};
use crate::problem::Problem;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use hark_core::state::{EndedBy, Message, MessageKind, Side};
use hark_core::{AgentId, ChatId, Time};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Text,
    Html,
    Json,
}

impl Format {
    pub(crate) fn of(ask: &Ask) -> Result<Self, Problem> {
        match ask.query("format").as_deref() {
            None | Some("txt") => Ok(Self::Text),
            Some("html") => Ok(Self::Html),
            Some("json") => Ok(Self::Json),
            Some(_) => Err(Problem::invalid("invalid_parameter", "format is txt, html or json")),
        }
    }
}

/// A transcript.
#[derive(Debug, Serialize)]
pub(crate) struct Transcript {
    chat_id: ChatId,
    queue: String,
    customer: String,
    requested_at: Time,
    question: Option<String>,
    ended_by: Option<EndedBy>,
    messages: Vec<Line>,
}

/// One line of it.
#[derive(Debug, Serialize)]
struct Line {
    at: Time,
    seq: u32,
    from: Side,
    name: String,
    kind: MessageKind,
    text: String,
}

impl Transcript {
    /// The transcript of a chat, without private notes when it is for the customer.
    pub(crate) fn of(found: &Found<'_>, for_customer: bool) -> Self {
        let (state, chat) = (found.state, found.chat);
        let mut names = BTreeMap::<AgentId, String>::new();
        let mut line = |message: &Message| Line {
            at: message.at,
            seq: message.seq,
            from: message.from,
            name: match message.agent_id {
                Some(id) => names
                    .entry(id)
                    .or_insert_with(|| {
                        state.agent(id).map(|agent| agent.profile.name.clone()).unwrap_or_default()
                    })
                    .clone(),
                None if message.kind == MessageKind::Greeting => "Desk".to_owned(),
                None => chat.form.name.clone(),
            },
            kind: message.kind,
            text: message.text.clone(),
        };
        let shown = chat.messages.iter().filter(|message| !for_customer || message.kind.is_for_customer());
        Self {
            chat_id: chat.id,
            queue: state.queue(chat.queue).map(|queue| queue.title().into()).unwrap_or_default(),
            customer: chat.form.name.clone(),
            requested_at: chat.arrived,
            question: chat.form.question.clone(),
            ended_by: found.ended_by(),
            messages: shown.map(&mut line).collect(),
        }
    }

    pub(crate) fn answer(&self, format: Format) -> Response {
        match format {
            Format::Json => ok(self),
            Format::Text => file(self.text(), "text/plain; charset=utf-8", self.chat_id, "txt"),
            Format::Html => file(self.html(), "text/html; charset=utf-8", self.chat_id, "html"),
        }
    }

    fn text(&self) -> String {
        let mut text = format!("{} · {} · {}\n", self.chat_id, self.queue, self.requested_at);
        if let Some(question) = &self.question {
            text += &format!("{}: {question}\n", self.customer);
        }
        for line in &self.messages {
            let note = if line.kind == MessageKind::Note { " (note)" } else { "" };
            text += &format!("[{}] {}{note}: {}\n", line.at, line.name, line.text);
        }
        text
    }

    fn html(&self) -> String {
        let title = escape(&format!("{} · {} · {}", self.chat_id, self.queue, self.requested_at));
        let mut html = format!(
            "<!doctype html>\n<html><head><meta charset=\"utf-8\"><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n"
        );
        if let Some(question) = &self.question {
            html += &format!("<p><b>{}</b>: {}</p>\n", escape(&self.customer), escape(question));
        }
        html += "<ol>\n";
        for line in &self.messages {
            let note = if line.kind == MessageKind::Note { " (note)" } else { "" };
            let (at, name, text) = (line.at, escape(&line.name), escape(&line.text));
            html += &format!("<li><time>{at}</time> <b>{name}{note}</b>: {text}</li>\n");
        }
        html + "</ol>\n</body></html>\n"
    }
}

/// A file to keep: a browser must never run it as a page of ours.
fn file(body: String, content: &'static str, chat: ChatId, ending: &str) -> Response {
    let mut response = Response::new(Body::from(body));
    let name = format!("attachment; filename=\"{chat}.{ending}\"");
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content));
    let name = HeaderValue::from_str(&name).expect("an id is letters and digits");
    headers.insert(header::CONTENT_DISPOSITION, name);
    response
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' => safe.push_str("<br>"),
            letter if letter.is_control() && letter != '\t' => {
                write!(safe, "&#{};", u32::from('\u{fffd}')).expect("a string takes all that is written");
            }
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_escapes() {
        assert_eq!(
            escape("<img src=x onerror=\"alert('1')\">&\n\u{0}"),
            "&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;<br>&#65533;"
        );
    }
}
