//! The doors of the event stream: ticket, WebSocket, server-sent events, long-poll.

use crate::ask::{Ask, json, ok};
use crate::auth::Caller;
use crate::options::Limits;
use crate::problem::Problem;
use crate::route::{Outcome, Route, Who, get, post};
use crate::stream::{self, Feed, Polled};
use axum::http::StatusCode;
use hark_core::Time;
use hark_runtime::Cursor;
use schemars::JsonSchema;
use serde::Serialize;
use std::time::Duration;

/// Longest wait of a long-poll, in seconds; also what it is unless asked otherwise.
const WAIT_S: u64 = 25;

const AFTER: (&str, &str) = ("after", "Cursor after which to begin; from now on otherwise");

pub(super) fn routes() -> Vec<Route> {
    vec![
        post(
            "/v1/stream/tickets",
            Who::GuestOrAgent,
            "A single-use ticket for the WebSocket",
            make_stream_ticket,
        )
        .gives::<StreamTicket>()
        .created(),
        get("/v1/stream", Who::Anyone, "The event stream as a WebSocket", socket)
            .query(&[("ticket", "A stream ticket, in place of other credentials"), AFTER])
            .status(StatusCode::SWITCHING_PROTOCOLS),
        get("/v1/events", Who::GuestOrAgent, "The event stream as server-sent events", events)
            .query(&[AFTER])
            .content("text/event-stream"),
        get("/v1/events/poll", Who::GuestOrAgent, "The event stream by long-poll", poll)
            .query(&[AFTER, ("wait", "Seconds to wait for an event, at most 25")])
            .gives::<Polled>(),
    ]
}

/// A stream ticket.
#[derive(Serialize, JsonSchema)]
struct StreamTicket {
    /// It: works once.
    ticket: String,
    /// Until when it works.
    expires_at: Time,
}

async fn make_stream_ticket(ask: Ask) -> Outcome {
    let ticket = ask.app.stream_tickets.make(ask.caller.clone())?;
    let expires_at = ask.app.handle.now().plus_s(Limits::STREAM_TICKET.as_secs());
    Ok(json(StatusCode::CREATED, &StreamTicket { ticket, expires_at }))
}

async fn socket(ask: Ask) -> Outcome {
    let caller = match ask.query("ticket") {
        Some(ticket) => ask.app.stream_tickets.take(&ticket).ok_or_else(|| {
            let detail = "this stream ticket was used already, is too old, or is none";
            Problem::new(StatusCode::UNAUTHORIZED, "bad_stream_ticket", detail)
        })?,
        None => ask.caller.clone(),
    };
    if caller == Caller::Nobody {
        return Err(Problem::unauthorized());
    }
    let after = after(&ask)?;
    stream::connect(ask, caller, after).await
}

async fn events(ask: Ask) -> Outcome {
    let feed = Feed::open(&ask.app, ask.caller.clone(), after(&ask)?).await?;
    Ok(stream::events(feed))
}

async fn poll(ask: Ask) -> Outcome {
    let wait = ask.query_as::<u64>("wait")?.unwrap_or(WAIT_S).min(WAIT_S);
    let feed = Feed::open(&ask.app, ask.caller.clone(), after(&ask)?).await?;
    Ok(ok(&stream::poll(feed, Duration::from_secs(wait)).await?))
}

/// Where the listener wants to go on. What EventSource sends by itself counts more than the address it was given.
fn after(ask: &Ask) -> Result<Option<Cursor>, Problem> {
    let text = ask.header("last-event-id").map(str::to_owned).or_else(|| ask.query("after"));
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let wrong = |_| Problem::invalid("invalid_parameter", format!("{text:?} is not a cursor"));
    text.parse().map(Some).map_err(wrong)
}
