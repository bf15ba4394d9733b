//! An envelope of the event stream, read once. It interprets nothing.

use serde_json::Value;

/// One envelope.
#[derive(Debug, Clone)]
pub struct Event {
    /// What happened: `message.created`, …
    pub kind: String,
    /// Its id; passing ones have none.
    pub id: Option<String>,
    /// Where the stream goes on after it; passing ones have none.
    pub cursor: Option<String>,
    /// The chat.
    pub chat_id: Option<String>,
    /// What it says.
    pub data: Value,
    /// Who brought it about.
    pub actor: Value,
}

impl Event {
    /// Reads an envelope.
    ///
    /// # Panics
    /// It is none.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut value: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(value["v"], 1, "an envelope of another version: {text}");
        let text_of = |name: &str| value[name].as_str().map(str::to_owned);
        Self {
            kind: text_of("type").unwrap_or_else(|| panic!("an envelope without a type: {text}")),
            id: text_of("id"),
            cursor: text_of("cursor"),
            chat_id: text_of("chat_id"),
            actor: value["actor"].take(),
            data: value["data"].take(),
        }
    }

    /// Whether it is about this chat and of this kind.
    #[must_use]
    pub fn is(&self, kind: &str, chat: &str) -> bool {
        self.kind == kind && self.chat_id.as_deref() == Some(chat)
    }
}
