//! What reactions reach, as it really is: commands through the engine's handle, systems through the plugin host, chats on
//! the desk or in history. Each call blocks the reaction's thread.

use super::chain::Chain;
use hark_core::{Actor, ChatId, State};
use hark_http::chat_view;
use hark_plugin_sdk::payloads::PAYLOADS;
use hark_policy::reaction::{Missed, Outside, Wish};
use hark_runtime::{ClosedChat, Error, Handle, SystemErrorKind, Systems};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Messages of a chat that a script sees, the last ones.
const MESSAGES: usize = 200;

/// The desk and the systems outside.
pub(super) struct Reach {
    pub(super) handle: Handle,
    pub(super) systems: Arc<dyn Systems>,
    pub(super) executor: tokio::runtime::Handle,
    pub(super) chain: Chain,
    pub(super) stopping: Arc<AtomicBool>,
}

/// What one script reaches after one event.
pub(super) struct After {
    pub(super) reach: Arc<Reach>,
    /// The event's turn in the journal.
    pub(super) turn: u64,
}

impl Reach {
    fn goes_on(&self) -> Result<(), Missed> {
        match self.stopping.load(Ordering::Relaxed) {
            true => Err(Missed::Later("Hark is stopping".to_owned())),
            false => Ok(()),
        }
    }

    /// Looks at the desk.
    pub(super) fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&State) -> T + Send + 'static,
    ) -> Result<T, Missed> {
        let seen = self.executor.block_on(self.handle.read(look));
        seen.map(|seen| seen.value).map_err(|error| Missed::Later(error.to_string()))
    }

    fn closed(&self, id: ChatId) -> Result<Option<ClosedChat>, Missed> {
        let history = self.handle.history();
        let seen = self.executor.block_on(self.handle.read(|_| ()));
        let cursor = seen.map_err(|error| Missed::Later(error.to_string()))?.cursor;
        // What history does not have in time it tells as it is; then the event comes again.
        if !self.executor.block_on(history.wait_folded(cursor)) {
            return Err(Missed::Later("history has not followed yet".to_owned()));
        }
        history.chat(id).map_err(|error| Missed::Later(error.to_string()))
    }
}

impl Outside for After {
    fn call(&self, operation: &str, request: Value) -> Result<Value, Missed> {
        self.reach.goes_on()?;
        // Those that Hark's own doors know; what a plugin provides beyond is its own affair.
        let known = PAYLOADS.iter().map(|payload| payload.operation);
        let Some(operation) = known.clone().find(|known| *known == operation) else {
            let known = known.collect::<Vec<_>>().join(", ");
            let message = format!("no plugin provides {operation}; known are {known}");
            return Err(Missed::Refused { code: "unknown_operation".to_owned(), message });
        };
        let asked = self.reach.systems.ask(operation, request.to_string().into_bytes());
        match self.reach.executor.block_on(asked) {
            Ok(answer) if answer.is_empty() => Ok(Value::Null),
            Ok(answer) => serde_json::from_slice(&answer)
                .map_err(|error| Missed::Later(format!("{operation} was not answered with JSON: {error}"))),
            Err(error) if error.kind == SystemErrorKind::Unavailable => Err(Missed::Later(error.message)),
            Err(error) => {
                let code = serde_json::to_value(error.kind).unwrap_or_default();
                let code = code.as_str().unwrap_or_default().to_owned();
                Err(Missed::Refused { code, message: error.message })
            }
        }
    }

    fn command(&self, wish: Wish<'_>) -> Result<(), Missed> {
        self.reach.goes_on()?;
        let Wish { file, action, key, .. } = wish;
        let depth = self.reach.chain.next_depth(self.turn)?;
        let by = Actor::Script { file: file.to_owned() };
        match self.reach.executor.block_on(self.reach.handle.submit(by, action, Some(key))) {
            Ok(done) => {
                self.reach.chain.caused(done.cursor.turn().0, depth);
                Ok(())
            }
            Err(Error::Refused(refusal)) => {
                Err(Missed::Refused { code: refusal.code().to_owned(), message: refusal.to_string() })
            }
            Err(error) => Err(Missed::Later(error.to_string())),
        }
    }

    fn chat(&self, id: ChatId) -> Result<Option<Value>, Missed> {
        self.reach.goes_on()?;
        let live = self
            .reach
            .look(move |state| state.chat(id).map(|chat| chat_view(state, chat, None, MESSAGES)))?;
        let view = match live {
            Some(view) => Some(view),
            None => match self.reach.closed(id)? {
                Some(closed) => Some(
                    self.reach.look(move |state| chat_view(state, &closed.chat, Some(&closed), MESSAGES))?,
                ),
                None => None,
            },
        };
        let json = view.map(|view| serde_json::to_value(view).unwrap_or_default());
        Ok(json.map(without_draft))
    }
}

/// What an agent typed and did not send is nobody's to see.
fn without_draft(mut chat: Value) -> Value {
    if let Some(fields) = chat.as_object_mut() {
        fields.remove("draft");
    }
    chat
}
