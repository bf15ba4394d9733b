//! The envelope: what an event is called and what it says, for each audience. Pure: what it needs of the state is
//! handed in, and whoever may not hear of an event is told nothing.

use hark_core::event::Target;
use hark_core::state::{OfferEnd, Side, State};
use hark_core::view::{LogSummary, OfferView, ScreenPopView, StatusView};
use hark_core::{AgentId, ChatId, Event, EventId, QueueId, Time};
use hark_runtime::{Cursor, Happened};
use serde::Serialize;
use serde_json::{Value, json};

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// An agent: their own affairs and chats.
    Agent(AgentId),
    /// A supervisor or admin: everything.
    Supervisor(AgentId),
    /// The customer of a chat.
    Guest(ChatId),
}

impl Audience {
    /// The person, if it is one.
    pub(crate) fn agent(self) -> Option<AgentId> {
        match self {
            Self::Agent(agent) | Self::Supervisor(agent) => Some(agent),
            Self::Guest(_) => None,
        }
    }
}

/// What an event is called and says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Told {
    pub(crate) kind: &'static str,
    pub(crate) data: Value,
}

/// The envelope as it is sent. Those that are not kept have neither id nor cursor.
#[derive(Serialize)]
pub(crate) struct Envelope {
    pub(crate) v: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<EventId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cursor: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) ts: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) chat_id: Option<ChatId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) seq: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) actor: Option<Value>,
    pub(crate) data: Value,
}

/// Version of the envelope.
const VERSION: u8 = 1;

impl Envelope {
    /// An event's envelope.
    pub(crate) fn of(happened: &Happened, audience: Audience, told: Told) -> Self {
        let seq = match &happened.event {
            Event::MessageCreated { message, .. } => Some(message.seq),
            _ => None,
        };
        let actor = match audience {
            // A customer learns which side it was, and no more.
            Audience::Guest(_) => json!({ "kind": value(&happened.by)["kind"] }),
            _ => value(&happened.by),
        };
        Self {
            v: VERSION,
            id: Some(happened.id),
            cursor: Some(happened.cursor.to_string()),
            kind: told.kind,
            ts: happened.at,
            chat_id: happened.scope.chat,
            seq,
            actor: Some(actor),
            data: told.data,
        }
    }

    /// Something that is not kept.
    pub(crate) fn passing(kind: &'static str, ts: Time, chat_id: Option<ChatId>, data: Value) -> Self {
        Self { v: VERSION, id: None, cursor: None, kind, ts, chat_id, seq: None, actor: None, data }
    }

    /// Something about the stream itself, at a place of it.
    pub(crate) fn of_stream(kind: &'static str, ts: Time, cursor: Cursor, data: Value) -> Self {
        Self { cursor: Some(cursor.to_string()), ..Self::passing(kind, ts, None, data) }
    }

    pub(crate) fn text(&self) -> String {
        serde_json::to_string(self).expect("an envelope is always JSON")
    }
}

/// Our own types as JSON.
fn value(of: &impl Serialize) -> Value {
    serde_json::to_value(of).expect("our own types are always JSON")
}

/// Whether telling this event needs a look at the state.
pub(crate) fn needs_state(event: &Event) -> bool {
    matches!(
        event,
        Event::AgentStatusChanged { .. }
            | Event::OfferPresented { .. }
            | Event::OfferEnded { end: OfferEnd::Accepted, .. }
            | Event::ScreenPopRequested { .. }
            | Event::ChatCreated { .. }
            | Event::ChatQueued { .. }
            | Event::ChatOverflowed { .. }
            | Event::ChatTransferred { .. }
            | Event::ChatLogOpened { .. }
    )
}

/// The agent whose activity an event may have changed, beside what they chose.
pub(crate) fn changes_activity_of(event: &Event) -> Option<AgentId> {
    match event {
        Event::OfferPresented { offer, .. } => Some(offer.agent),
        Event::ChatTransferred { from, .. } => Some(*from),
        Event::OfferEnded { agent, .. }
        | Event::ChatRequeued { agent, .. }
        | Event::ChatEnded { agent, .. }
        | Event::ChatClosed { agent, .. }
        | Event::AgentRests { agent, .. }
        | Event::AgentRested { agent }
        | Event::AgentDisconnected { agent }
        | Event::AgentReconnected { agent } => Some(*agent),
        _ => None,
    }
}

/// What an audience is told of an event, if anything.
pub(crate) fn tell(happened: &Happened, audience: Audience, state: Option<&State>) -> Option<Told> {
    match audience {
        Audience::Guest(chat) => {
            (happened.scope.chat == Some(chat)).then(|| tell_guest(&happened.event, state))?
        }
        Audience::Agent(agent) => {
            (happened.scope.agent == Some(agent)).then(|| tell_people(&happened.event, state))?
        }
        Audience::Supervisor(agent) => {
            let private =
                matches!(happened.event, Event::DraftUpdated { .. } | Event::ChatLogDraftSaved { .. });
            let theirs = happened.scope.agent == Some(agent);
            (theirs || !private).then(|| tell_people(&happened.event, state))?
        }
    }
}

fn tell_guest(event: &Event, state: Option<&State>) -> Option<Told> {
    let data = match event {
        Event::ChatQueued { chat, queue, .. } => {
            let title = state.and_then(|state| state.queue(*queue)).map(hark_core::state::Queue::title);
            json!({ "queue": title, "position": state.and_then(|state| state.position(*chat)) })
        }
        Event::OfferEnded { end: OfferEnd::Accepted, agent, .. } => {
            let agent = state.and_then(|state| state.agent(*agent)).map(|agent| agent.profile.name.as_str());
            return Some(Told { kind: "chat.connected", data: json!({ "agent": agent }) });
        }
        Event::ChatTransferred { .. } | Event::ChatRequeued { .. } => json!({}),
        Event::MessageCreated { message, .. } if message.kind.is_for_customer() => value(message),
        Event::MessageRead { side: Side::Agent, receipt, .. } => {
            json!({ "side": Side::Agent, "delivered": receipt.delivered, "read": receipt.read })
        }
        Event::ChatEnded { by, .. } | Event::ChatAbandoned { by, .. } => json!({ "by": by }),
        _ => return None,
    };
    Some(Told { kind: event.name(), data })
}

fn tell_people(event: &Event, state: Option<&State>) -> Option<Told> {
    let data = about_agents(event, state)
        .or_else(|| about_chats(event, state))
        .or_else(|| about_work(event))
        .or_else(|| about_logs(event, state))?;
    Some(Told { kind: event.name(), data })
}

fn about_agents(event: &Event, state: Option<&State>) -> Option<Value> {
    Some(match event {
        Event::AgentSaved { profile } => json!({
            "agent_id": profile.id, "login": profile.login, "name": profile.name, "role": profile.role,
            "capacity": profile.capacity, "disabled": profile.disabled,
        }),
        Event::AgentStatusChanged { agent, .. } => status(*agent, state?)?,
        Event::AgentRests { agent, until } => json!({ "agent_id": agent, "until": until }),
        Event::AgentDisconnected { agent }
        | Event::AgentUnreachable { agent }
        | Event::AgentReconnected { agent }
        | Event::AgentRested { agent } => json!({ "agent_id": agent }),
        // An offer that is over has nothing to show any more; its end is the next event.
        Event::OfferPresented { offer, .. } => {
            let state = state?;
            let view = OfferView::of(state, state.offer(offer.id)?)?;
            with(value(&view), "agent_id", value(&offer.agent))
        }
        Event::OfferEnded { offer, chat, agent, reason, because, .. } => json!({
            "offer_id": offer, "chat_id": chat, "agent_id": agent, "reason": reason, "because": because,
        }),
        Event::Configured { .. } => json!({}),
        _ => return None,
    })
}

/// Everything that happened to a chat, for its audit: in the stream's words, or in the event's own where a view of the
/// moment is gone. What somebody typed and did not send is nobody's to audit.
pub(crate) fn audit(events: &[Happened], state: &State) -> Vec<Value> {
    let unsent =
        |event: &Event| matches!(event, Event::DraftUpdated { .. } | Event::ChatLogDraftSaved { .. });
    let shown = events.iter().filter(|happened| !unsent(&happened.event));
    shown.map(|happened| envelope_of(happened, state)).collect()
}

/// An event as the stream tells it to a supervisor, for what follows the journal: in the event's own words where a view of
/// the moment is gone.
pub fn envelope_of(happened: &Happened, state: &State) -> Value {
    let told = tell_people(&happened.event, Some(state)).unwrap_or_else(|| raw(&happened.event));
    // Nobody is named as the audience: it is the same for all who may see it.
    value(&Envelope::of(happened, Audience::Supervisor(AgentId::from(0)), told))
}

/// An event in its own words.
fn raw(event: &Event) -> Told {
    let fields = value(event).as_object().and_then(|outer| outer.values().next().cloned());
    Told { kind: event.name(), data: fields.unwrap_or_default() }
}

/// An agent's status with their id.
pub(crate) fn status(agent: AgentId, state: &State) -> Option<Value> {
    let view = StatusView::of(state.agent(agent)?);
    Some(with(value(&view), "agent_id", value(&agent)))
}

fn about_chats(event: &Event, state: Option<&State>) -> Option<Value> {
    Some(match event {
        Event::ChatCreated { chat, form, queue, .. } => {
            json!({ "chat_id": chat, "form": form, "queue": name(*queue, state) })
        }
        Event::ChatQueued { chat, queue, priority, .. } => json!({
            "chat_id": chat, "queue": name(*queue, state), "priority": priority,
            "position": state.and_then(|state| state.position(*chat)),
        }),
        Event::ChatRequeued { agent, because, .. } => json!({ "agent_id": agent, "because": because }),
        Event::ChatOverflowed { from, to, .. } => {
            json!({ "from": name(*from, state), "to": name(*to, state) })
        }
        Event::ChatPreferenceEnded { .. } => json!({}),
        Event::ChatRelaxed { step, priority, requirements, .. } => {
            json!({ "step": step, "priority": priority, "skills": requirements })
        }
        Event::ChatLeft { side, then, .. } => json!({ "side": side, "then": then }),
        Event::ChatTransferred { from, to, .. } => match to {
            Target::Queue(queue) => json!({ "from": from, "to_queue": name(*queue, state) }),
            Target::Agent(agent) => json!({ "from": from, "to_agent": agent }),
        },
        Event::ChatAbandoned { by, .. } => json!({ "by": by }),
        Event::ChatEnded { agent, by, .. } => json!({ "agent_id": agent, "by": by }),
        Event::ChatClosed { agent, .. } => json!({ "agent_id": agent }),
        Event::CustomerDisconnected { .. } | Event::CustomerReturned { .. } => {
            json!({ "side": Side::Customer })
        }
        Event::CustomerLookedUp { look_up, .. } => value(look_up),
        Event::CustomerLinked { customer, case, .. } => json!({ "customer": customer, "case_id": case }),
        Event::ScreenPopRequested { chat, .. } => {
            let state = state?;
            value(&ScreenPopView::of(state, state.chat(*chat)?))
        }
        _ => return None,
    })
}

fn about_work(event: &Event) -> Option<Value> {
    Some(match event {
        Event::MessageCreated { message, .. } => value(message),
        Event::MessageRead { side, receipt, .. } => {
            json!({ "side": side, "delivered": receipt.delivered, "read": receipt.read })
        }
        Event::DraftUpdated { text, .. } => json!({ "text": text }),
        Event::DispositionSet { codes, note, .. } => json!({ "codes": codes, "note": note }),
        Event::PostProcessingSet { agent, until, extended, mandatory, .. } => json!({
            "agent_id": agent, "until": until, "extended": extended, "mandatory": mandatory,
        }),
        Event::PostProcessingHeld { agent, missing, .. } => json!({ "agent_id": agent, "missing": missing }),
        Event::PostProcessingFinished { agent, auto, .. } => json!({ "agent_id": agent, "auto": auto }),
        _ => return None,
    })
}

fn about_logs(event: &Event, state: Option<&State>) -> Option<Value> {
    Some(match event {
        Event::ChatLogOpened { log, .. } => {
            let log = state?.log(log.chat).unwrap_or(log);
            value(&LogSummary::of(state?, log))
        }
        Event::ChatLogDraftSaved { body, .. } => json!({ "body": body }),
        Event::ChatLogSaved { version, body, .. } => json!({ "version": version, "body": body }),
        Event::ChatLogFiled { case, .. } => json!({ "case": case }),
        Event::ChatLogFilingFailed { why, .. } => json!({ "why": why }),
        Event::ChatLogSettled { .. } => json!({}),
        _ => return None,
    })
}

fn name(queue: QueueId, state: Option<&State>) -> Option<&str> {
    state.and_then(|state| state.queue(queue)).map(|queue| queue.name.as_str())
}

fn with(mut object: Value, key: &str, value: Value) -> Value {
    object[key] = value;
    object
}

#[cfg(test)]
mod tests {
    use super::{Audience, Envelope, tell};
    use hark_core::state::{EndedBy, Message, MessageKind, Receipt, Side, Token, TokenKind};
    use hark_core::{Actor, AgentId, ChatId, Event, EventId, MessageId, Scope, Time, TokenId};
    use hark_runtime::{Cursor, Happened};
    use serde_json::json;

    fn happened(event: Event) -> Happened {
        let scope = Scope { chat: event.chat(), agent: Some(AgentId::from(1)), queue: None };
        let cursor: Cursor = "c_7_2".parse().expect("a cursor");
        let (id, at, by) = (EventId::from(9), Time::from_millis(1000), Actor::Agent { id: AgentId::from(1) });
        Happened { cursor, id, at, by, scope, event }
    }

    fn kinds(event: &Event) -> [Option<&'static str>; 5] {
        let happened = happened(event.clone());
        let audiences = [
            Audience::Guest(ChatId::from(5)),
            Audience::Guest(ChatId::from(6)),
            Audience::Agent(AgentId::from(1)),
            Audience::Agent(AgentId::from(2)),
            Audience::Supervisor(AgentId::from(3)),
        ];
        audiences.map(|audience| tell(&happened, audience, None).map(|told| told.kind))
    }

    fn message(kind: MessageKind) -> Event {
        let (id, agent_id) = (MessageId::from(4), Some(AgentId::from(1)));
        let (client_id, text, at) = ("c".into(), "Hi".into(), Time::from_millis(1000));
        let message =
            Message { id, seq: 3, from: Side::Agent, agent_id, kind, client_id, text, changed: false, at };
        Event::MessageCreated {
            chat: ChatId::from(5),
            message: Box::new(message),
            policy: None,
            answered: None,
        }
    }

    #[test]
    fn everybody_hears_what_is_theirs_and_nothing_else() {
        let chat = ChatId::from(5);
        let told = Some("message.created");
        assert_eq!(kinds(&message(MessageKind::Text)), [told, None, told, None, told]);
        assert_eq!(kinds(&message(MessageKind::Note)), [None, None, told, None, told], "a note is private");
        let ended = Event::ChatEnded { chat, agent: AgentId::from(1), by: EndedBy::Agent };
        let told = Some("chat.ended");
        assert_eq!(kinds(&ended), [told, None, told, None, told]);
        let draft = Event::DraftUpdated { chat, text: Some("hm".into()) };
        assert_eq!(kinds(&draft), [None, None, Some("draft.updated"), None, None], "not even a supervisor");
        let receipt = Receipt { delivered: 2, read: 1 };
        let own = Event::MessageRead { chat, side: Side::Customer, receipt };
        assert_eq!(kinds(&own)[0], None, "a customer knows how far they have got");
        let theirs = Event::MessageRead { chat, side: Side::Agent, receipt };
        assert_eq!(kinds(&theirs)[0], Some("message.read"));
    }

    #[test]
    fn what_is_secret_or_inner_is_told_to_nobody() {
        let (id, agent, at) = (TokenId::from(8), AgentId::from(1), Time::from_millis(1));
        let (kind, label) = (TokenKind::Session, String::new());
        let token = Token { id, hash: [1; 32], agent, kind, label, made_at: at, expires_at: at };
        assert_eq!(kinds(&Event::TokenOpened { token: Box::new(token) }), [None; 5]);
        assert_eq!(kinds(&Event::TokenClosed { token: id, agent }), [None; 5]);
        assert_eq!(kinds(&Event::EngineOpened {}), [None; 5]);
    }

    #[test]
    fn an_envelope_has_what_the_api_says() {
        let happened = happened(message(MessageKind::Text));
        let audience = Audience::Guest(ChatId::from(5));
        let told = tell(&happened, audience, None).expect("it is theirs");
        let envelope = serde_json::to_value(Envelope::of(&happened, audience, told)).expect("JSON");
        let expected = json!({
            "v": 1, "id": EventId::from(9), "cursor": "c_7_2", "type": "message.created",
            "ts": "1970-01-01T00:00:01.000Z", "chat_id": ChatId::from(5), "seq": 3, "actor": { "kind": "agent" },
            "data": {
                "id": MessageId::from(4), "seq": 3, "from": "agent", "agent_id": AgentId::from(1), "kind": "text",
                "client_id": "c", "text": "Hi", "at": "1970-01-01T00:00:01.000Z",
            },
        });
        assert_eq!(envelope, expected);
        let passing = Envelope::passing("typing.started", Time::from_millis(1), None, json!({})).text();
        assert!(!passing.contains("cursor") && !passing.contains("\"id\""), "{passing}");
    }
}
