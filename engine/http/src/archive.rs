//! Finds a chat wherever it is, on the desk or in history, and shows it to whoever may see it. To everybody else it
//! does not exist.

use crate::ask::Ask;
use crate::auth::Person;
use crate::problem::Problem;
use hark_core::state::{Chat, EndedBy, Message, Role, Stage, State};
use hark_core::view::GuestChatView;
use hark_core::{ChatId, Refusal};
use hark_runtime::Seen;

/// How a chat that has left the desk ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Its post processing is over.
    Closed,
    /// The customer left before an agent accepted.
    Abandoned(EndedBy),
}

/// A chat that was found.
pub(crate) struct Found<'a> {
    pub(crate) state: &'a State,
    pub(crate) chat: &'a Chat,
    /// None while it is on the desk.
    pub(crate) ending: Option<Ending>,
}

impl Found<'_> {
    /// The word for where it is on its way, where the chat itself cannot say.
    pub(crate) fn state_word(&self) -> Option<&'static str> {
        self.ending.map(|ending| match ending {
            Ending::Closed => "closed",
            Ending::Abandoned(_) => "abandoned",
        })
    }

    /// Who ended it.
    pub(crate) fn ended_by(&self) -> Option<EndedBy> {
        match (self.ending, &self.chat.stage) {
            (Some(Ending::Abandoned(by)), _) => Some(by),
            (_, Stage::Ended { by, .. }) => Some(*by),
            _ => None,
        }
    }

    /// Tells a customer how it ended. A chat that is over waits for nobody.
    pub(crate) fn end_for_guest(&self, view: &mut GuestChatView) {
        let Some(ending) = self.ending else { return };
        let word = if ending == Ending::Closed { "ended" } else { "abandoned" };
        view.state = word.into();
        view.position = None;
        view.ended_by = self.ended_by();
    }
}

/// Shows a chat to its customer.
pub(crate) async fn for_guest<T: Send + 'static>(
    ask: &Ask,
    id: ChatId,
    look: impl FnOnce(&Found<'_>) -> T + Send + 'static,
) -> Result<Seen<T>, Problem> {
    find(ask, id, |_| true, look).await
}

/// Shows a chat to its agent, or to whoever sees all.
pub(crate) async fn for_person<T: Send + 'static>(
    ask: &Ask,
    id: ChatId,
    look: impl FnOnce(&Found<'_>) -> T + Send + 'static,
) -> Result<Seen<T>, Problem> {
    let person = ask.person()?.clone();
    find(ask, id, move |chat| may_see(&person, chat), look).await
}

/// Whether a person may see a chat: theirs, or any for a supervisor.
pub(crate) fn may_see(person: &Person, chat: &Chat) -> bool {
    person.role >= Role::Supervisor || chat.holder() == Some(person.id)
}

async fn find<T: Send + 'static>(
    ask: &Ask,
    id: ChatId,
    may: impl FnOnce(&Chat) -> bool + Send + 'static,
    look: impl FnOnce(&Found<'_>) -> T + Send + 'static,
) -> Result<Seen<T>, Problem> {
    let seen = ask
        .read(move |state| {
            let chat = state.chat(id).filter(|chat| may(chat))?;
            Some(look(&Found { state, chat, ending: None }))
        })
        .await?;
    let value = seen.value.ok_or(Refusal::UnknownChat)?;
    Ok(Seen { value, cursor: seen.cursor, now: seen.now })
}

/// A message that was just stored.
pub(crate) async fn message(ask: &Ask, id: ChatId, seq: u32) -> Result<Option<Message>, Problem> {
    let place = seq.saturating_sub(1) as usize;
    let look = move |state: &State| state.chat(id).and_then(|chat| chat.messages.get(place)).cloned();
    Ok(ask.read(look).await?.value)
}
