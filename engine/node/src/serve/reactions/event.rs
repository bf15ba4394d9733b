//! An event as reactions are told of it: what the stream tells a supervisor, but of then and not of now, since a reaction
//! may come late.

use hark_core::state::State;
use hark_core::{Event, Scope};
use hark_http::envelope_of;
use hark_policy::reaction::Told;
use hark_runtime::Happened;
use serde_json::{Value, json};

/// The event for scripts; none when they do not hear of such.
pub(super) fn name_of(happened: &Happened) -> Option<&'static str> {
    hark_policy::reaction::event_named(happened.event.name())
}

/// All that scripts are told of it.
pub(super) fn told(happened: &Happened, name: &'static str, state: &State) -> Told {
    let mut json = envelope_of(happened, state);
    if let Some(data) = of_then(&happened.event) {
        json["data"] = data;
    }
    if let Some(fields) = json.as_object_mut() {
        fields.remove("v");
        // Where the customer stands in line is told of now.
        if let Some(Value::Object(data)) = fields.get_mut("data") {
            data.remove("position");
        }
    }
    let Scope { chat, .. } = happened.scope;
    json["chat_id"] = json!(chat);
    json["seq"] = json!(happened.cursor.turn().0);
    json["at"] = json!(happened.at.millis());
    Told { name, place: happened.cursor.to_string(), at: happened.at, json }
}

/// What the stream tells by a look at the desk, told by the event itself.
fn of_then(event: &Event) -> Option<Value> {
    Some(match event {
        Event::AgentStatusChanged { agent, status, reason, next, stop_new, missed } => json!({
            "agent_id": agent, "status": status, "reason": reason, "next": next, "stop_new": stop_new,
            "missed": missed,
        }),
        Event::OfferPresented { offer, .. } => json!({
            "offer_id": offer.id, "chat_id": offer.chat, "agent_id": offer.agent, "made_at": offer.made_at,
            "expires_at": offer.expires_at,
        }),
        Event::ScreenPopRequested { agent, on, pop, .. } => {
            json!({ "agent_id": agent, "on": on, "pop": pop })
        }
        _ => return None,
    })
}
