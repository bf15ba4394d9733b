//! The events that scripts may react to, by name, with the fields that each tells. They are the event stream's, as a
//! supervisor hears it; what it tells nobody (log-ins, unsent texts, the engine's own errands) scripts do not hear either.

use crate::fault::did_you_mean;

/// An event's name as `hark.after` takes it, its name on the wire, and what its `data` may have.
type Row = (&'static str, &'static str, &'static [&'static str]);

const OFFER_END: &[&str] = &["offer_id", "chat_id", "agent_id", "reason", "because"];
const WRAP_UP: &[&str] = &["agent_id", "until", "extended"];

/// All events that can be reacted to.
const EVENTS: [Row; 41] = [
    (
        "agent_settings_changed",
        "agent.settings_changed",
        &["agent_id", "login", "name", "role", "capacity", "disabled"],
    ),
    (
        "agent_status_changed",
        "agent.status_changed",
        &["agent_id", "status", "reason", "next", "stop_new", "missed"],
    ),
    ("agent_pause_started", "agent.pause_started", &["agent_id", "until"]),
    ("agent_pause_ended", "agent.pause_ended", &["agent_id"]),
    ("agent_disconnected", "agent.disconnected", &["agent_id"]),
    ("agent_unreachable", "agent.unreachable", &["agent_id"]),
    ("agent_reconnected", "agent.reconnected", &["agent_id"]),
    ("chat_abandoned", "chat.abandoned", &["by"]),
    ("chat_closed", "chat.closed", &["agent_id"]),
    ("chat_created", "chat.created", &["chat_id", "form", "queue"]),
    ("chat_ended", "chat.ended", &["agent_id", "by"]),
    ("chat_overflowed", "chat.overflowed", &["from", "to"]),
    ("chat_preference_ended", "chat.preference_ended", &[]),
    ("chat_queued", "chat.queued", &["chat_id", "queue", "priority"]),
    ("chat_requeued", "chat.requeued", &["agent_id", "because"]),
    ("chat_transferred", "chat.transferred", &["from", "to_queue", "to_agent"]),
    ("chat_left", "chat.left", &["side", "then"]),
    ("chat_relaxed", "chat.relaxed", &["step", "priority", "skills"]),
    ("chat_log_filed", "chat_log.filed", &["case"]),
    ("chat_log_filing_failed", "chat_log.filing_failed", &["why"]),
    (
        "chat_log_opened",
        "chat_log.opened",
        &[
            "chat_id",
            "agent_id",
            "queue",
            "customer",
            "subject",
            "status",
            "mode",
            "version",
            "started_at",
            "ended_at",
            "updated_at",
        ],
    ),
    ("chat_log_saved", "chat_log.saved", &["version", "body"]),
    ("chat_log_settled", "chat_log.settled", &[]),
    ("config_changed", "config.changed", &[]),
    ("customer_linked", "customer.linked", &["customer", "case_id"]),
    ("customer_looked_up", "customer.looked_up", &["state", "matches", "why", "job"]),
    ("disposition_set", "disposition.set", &["codes", "note"]),
    (
        "message_created",
        "message.created",
        &["id", "seq", "from", "agent_id", "kind", "client_id", "text", "changed", "at"],
    ),
    ("message_read", "message.read", &["side", "delivered", "read"]),
    ("offer_accepted", "offer.accepted", OFFER_END),
    ("offer_expired", "offer.expired", OFFER_END),
    ("offer_presented", "offer.presented", &["offer_id", "chat_id", "agent_id", "made_at", "expires_at"]),
    ("offer_rejected", "offer.rejected", OFFER_END),
    ("offer_withdrawn", "offer.withdrawn", OFFER_END),
    ("participant_disconnected", "participant.disconnected", &["side"]),
    ("participant_returned", "participant.returned", &["side"]),
    ("post_processing_extended", "post_processing.extended", WRAP_UP),
    ("post_processing_finished", "post_processing.finished", &["agent_id", "auto"]),
    ("post_processing_held", "post_processing.held", &["agent_id", "missing"]),
    ("post_processing_started", "post_processing.started", WRAP_UP),
    ("screen_pop_requested", "screen_pop.requested", &["agent_id", "on", "pop"]),
];

/// The fields of an event itself.
pub(super) const EVENT: &[&str] = &["id", "cursor", "type", "ts", "chat_id", "actor", "data", "seq", "at"];

/// Fields of what lies inside of an event or a chat, by the name that it has there.
const INSIDE: [(&str, &[&str]); 6] = [
    ("actor", &["kind", "id", "chat_id", "name", "file"]),
    ("case", &["id", "number", "customer_id", "subject", "status", "opened_at", "updated_at"]),
    (
        "chat",
        &[
            "id",
            "state",
            "queue",
            "queue_title",
            "priority",
            "agent_id",
            "name",
            "question",
            "requested_at",
            "accepted_at",
            "ended_at",
            "messages",
            "form",
            "transcript",
            "moments",
            "screen_pop",
            "customer",
            "case_id",
            "customer_connected",
            "customer_receipt",
            "agent_receipt",
            "codes",
            "code_rules",
            "note",
            "ended_by",
            "post_processing",
            "extends_left",
            "log_mode",
        ],
    ),
    (
        "customer",
        &[
            "id", "name", "email", "phone", "account", "company", "language", "vip", "since", "notes",
            "fields",
        ],
    ),
    ("form", &["name", "email", "phone", "account", "case", "question", "language", "page", "faq"]),
    ("transcript", &["id", "seq", "from", "agent_id", "kind", "client_id", "text", "changed", "at"]),
];

/// The names that `hark.after` takes, in the order of the reference page.
pub fn event_names() -> impl Iterator<Item = &'static str> {
    EVENTS.iter().map(|(name, ..)| *name)
}

/// The name that `hark.after` takes for an event of the wire; none when scripts do not hear of it.
pub fn event_named(wire: &str) -> Option<&'static str> {
    EVENTS.iter().find(|(_, known, _)| *known == wire).map(|(name, ..)| *name)
}

/// An event of that name, or what is wrong with the name.
pub(crate) fn known(name: &str) -> Result<&'static str, String> {
    let found = event_names().find(|known| *known == name);
    found.ok_or_else(|| format!("unknown event '{name}'{}", did_you_mean(name, event_names())))
}

/// An event's name on the wire.
pub(crate) fn wire(name: &str) -> &'static str {
    EVENTS.iter().find(|(known, ..)| *known == name).map_or("", |(_, wire, _)| wire)
}

/// What an event's `data` may have.
pub(super) fn fields(name: &str) -> &'static [&'static str] {
    EVENTS.iter().find(|(known, ..)| *known == name).map_or(&[], |(_, _, fields)| fields)
}

/// What the object of this name may have, where that is known.
pub(super) fn inside(name: &str) -> Option<&'static [&'static str]> {
    INSIDE.iter().find(|(known, _)| *known == name).map(|(_, fields)| *fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_wires_with_other_signs() {
        for (name, wire, _) in &EVENTS {
            assert_eq!(wire.replace('.', "_"), *name);
            assert_eq!(event_named(wire), Some(*name));
            assert_eq!(known(name), Ok(*name));
        }
    }

    #[test]
    fn an_unknown_name_is_told_with_the_nearest() {
        let told = "unknown event 'chat.ended', did you mean 'chat_ended'?";
        assert_eq!(known("chat.ended"), Err(told.to_owned()));
        assert_eq!(known("route_chat"), Err("unknown event 'route_chat'".to_owned()));
    }
}
