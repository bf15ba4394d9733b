//! What an event leaves in history. Every event of a chat is kept as it was; when the chat is over, the core's own
//! rules make the chat of them once more, that is kept beside them, and they move together. Decides nothing itself.

use super::closed::{ClosedChat, Ending, PastEvent};
use super::draft::Draft;
use super::error::HistoryError;
use super::keys::{self, List};
use super::roster::Roster;
use hark_core::state::{ChatLog, EndedBy, Stage};
use hark_core::view::ScreenPopView;
use hark_core::{AgentId, ChatId, Event, QueueId, State, Time};

/// Puts an event of a chat into the draft of the chat's period.
pub(super) fn fold(
    draft: &mut Draft,
    roster: &Roster,
    chat: ChatId,
    past: PastEvent,
) -> Result<(), HistoryError> {
    match &past.event {
        Event::ChatCreated { .. } => draft.put(List::Open.key(chat), Vec::new()),
        Event::ChatClosed { .. } => return close(draft, roster, chat, past, None),
        Event::ChatAbandoned { by, .. } => {
            let by = *by;
            return close(draft, roster, chat, past, Some(by));
        }
        Event::ChatLogOpened { log, .. } => keep_log(draft, log),
        Event::ChatLogDraftSaved { .. }
        | Event::ChatLogSaved { .. }
        | Event::ChatLogFiled { .. }
        | Event::ChatLogFilingFailed { .. }
        | Event::CustomerLinked { .. }
        | Event::DispositionSet { .. }
        | Event::JobRequested { .. } => change_log(draft, chat, &past)?,
        _ => {}
    }
    draft.add_event(chat, past);
    Ok(())
}

/// Makes the chat of its events and keeps it. All its events go under one key: sled's memory and room grow with the
/// number of keys.
fn close(
    draft: &mut Draft,
    roster: &Roster,
    id: ChatId,
    last: PastEvent,
    abandoned: Option<EndedBy>,
) -> Result<(), HistoryError> {
    draft.remove(List::Open.key(id));
    let mut events = draft.take_events(id)?;
    let at = last.at;
    let mut state = roster.stage(events.iter().chain([&last]).map(|past| &past.event));
    events.iter().for_each(|past| state.apply(past.at, &past.event));
    events.push(last);
    draft.put_events(id, &events);
    let Some(closed) = closed_chat(&state, id, at, abandoned) else {
        tracing::error!(chat = %id, "history has not seen this chat's beginning: only its last events are kept");
        return Ok(());
    };
    draft.put_long(&keys::chat(id), &closed);
    list_chat(draft, &closed);
    Ok(())
}

fn closed_chat(state: &State, id: ChatId, at: Time, abandoned: Option<EndedBy>) -> Option<ClosedChat> {
    let chat = state.chat(id)?.clone();
    let end = match (abandoned, &chat.stage) {
        (Some(by), _) => Ending::Abandoned { by },
        (None, Stage::Ended { by, .. }) => Ending::Closed { by: *by },
        (None, _) => return None,
    };
    let queue = state.queue(chat.queue);
    let agent = chat.owner().and_then(|agent| state.agent(agent));
    Some(ClosedChat {
        end,
        closed_at: at,
        agent_name: agent.map(|agent| agent.profile.name.clone()),
        queue_name: queue.map(|queue| queue.name.clone()).unwrap_or_default(),
        queue_title: queue.map(|queue| queue.title().to_owned()).unwrap_or_default(),
        screen_pop: ScreenPopView::of(state, &chat),
        code_rules: queue.map(|queue| queue.setup.codes.clone()).unwrap_or_default(),
        log_mode: state.log(id).map(|log| log.mode),
        chat,
    })
}

fn list_chat(draft: &mut Draft, closed: &ClosedChat) {
    let chat = &closed.chat;
    let listed = facts(chat.owner(), chat.queue);
    let known = chat.customer.as_ref().and_then(|customer| customer.email.as_deref());
    let agents = chat.owner().map(List::ChatsOfAgent);
    let customers = chat.form.email.as_deref().into_iter().chain(known).map(List::ChatsOfCustomer);
    for list in [List::Chats, List::ChatsOfQueue(chat.queue)].into_iter().chain(agents).chain(customers) {
        draft.put(list.key(chat.id), listed.clone());
    }
}

fn keep_log(draft: &mut Draft, log: &ChatLog) {
    draft.put_long(&keys::log(log.chat), log);
    let listed = facts(Some(log.agent), log.queue);
    for list in [List::Logs, List::LogsOfAgent(log.agent), List::LogsOfQueue(log.queue)] {
        draft.put(list.key(log.chat), listed.clone());
    }
}

/// What a list says of an entry, so that it can be filtered without being read: its agent and its queue.
fn facts(agent: Option<AgentId>, queue: QueueId) -> Vec<u8> {
    let agent = agent.map_or(0, AgentId::bits);
    [agent.to_be_bytes(), queue.bits().to_be_bytes()].concat()
}

/// Lets the core's own rules change a log.
fn change_log(draft: &mut Draft, chat: ChatId, past: &PastEvent) -> Result<(), HistoryError> {
    let Some(log) = draft.read_one::<ChatLog>(&keys::log(chat))? else { return Ok(()) };
    let mut state = State::new();
    let opened = Event::ChatLogOpened { log: Box::new(log), policy: String::new() };
    state.apply(state.now(), &opened);
    state.apply(past.at, &past.event);
    if let Some(log) = state.log(chat) {
        draft.put_long(&keys::log(chat), log);
    }
    Ok(())
}
