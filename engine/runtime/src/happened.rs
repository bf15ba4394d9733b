//! What subscribers are told: events that are durable, and whispers that are not kept.

use crate::cursor::Cursor;
use hark_core::state::Side;
use hark_core::{Actor, AgentId, ChatId, Event, EventId, Scope, Time, Turn};
use hark_journal::Seq;
use hark_journal::history::PastEvent;
use std::sync::Arc;

/// An event that is durable.
#[derive(Debug, Clone, PartialEq)]
pub struct Happened {
    /// Where to go on from after it.
    pub cursor: Cursor,
    /// Its id: the same each time it is told.
    pub id: EventId,
    /// When it happened.
    pub at: Time,
    /// Who brought it about.
    pub by: Actor,
    /// Whom it concerns.
    pub scope: Scope,
    /// What happened.
    pub event: Event,
}

/// Spreads turn and event numbers over the random bits of an id, so that ids look alike nowhere.
const SPREAD: u128 = 0x9E37_79B9_7F4A_7C15;

impl Happened {
    /// All events of a turn.
    pub(crate) fn of_turn(seq: Seq, turn: Turn) -> impl Iterator<Item = Arc<Self>> {
        let Turn { at, by, events } = turn;
        events.into_iter().zip(0_u32..).map(move |(scoped, number)| {
            let cursor = Cursor { turn: seq, event: number };
            let (scope, event) = (scoped.scope, scoped.event);
            Arc::new(Self { cursor, id: event_id(at, cursor), at, by: by.clone(), scope, event })
        })
    }

    /// An event that history kept.
    pub(crate) fn of_past(past: PastEvent) -> Self {
        let PastEvent { turn, number, at, by, scope, event } = past;
        let cursor = Cursor { turn, event: number };
        Self { cursor, id: event_id(at, cursor), at, by, scope, event }
    }
}

/// A UUIDv7 from the event's time and place: the same at every replay.
fn event_id(at: Time, cursor: Cursor) -> EventId {
    let time = u128::from(at.millis() & 0xFFFF_FFFF_FFFF) << 80;
    let place = (u128::from(cursor.turn.0) << 16) | u128::from(cursor.event & 0xFFFF);
    let bits = place.wrapping_mul(SPREAD) & 0x3FFF_FFFF_FFFF_FFFF;
    EventId::from(time | (0x7000_u128 << 64) | 0x8000_0000_0000_0000 | bits)
}

/// Something that is told and not kept: typing, positions, figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Whisper {
    /// Its name on the wire, such as `typing.started`.
    pub kind: &'static str,
    /// The chat that it is about, and whose subscribers hear it.
    pub chat: Option<ChatId>,
    /// The agent who hears it.
    pub agent: Option<AgentId>,
    /// Whose doing it is.
    pub side: Option<Side>,
    /// What it says.
    pub body: serde_json::Value,
}
