//! Why a chat went to which agent, for those who steer the desk. What is told is the core's.

use crate::ask::{Ask, ok};
use crate::problem::Problem;
use crate::route::{Outcome, Route, Who, get};
use axum::http::StatusCode;
use hark_core::Refusal;
use hark_core::explain::Explanation;
use hark_runtime::{ExplainError, HistoryError};

pub(super) fn routes() -> Vec<Route> {
    let does = "Why a chat went to which agent and when: candidates, rules, scripts, waits and offers";
    vec![get("/v1/chats/{id}/explanation", Who::Supervisor, does, explanation).gives::<Explanation>()]
}

async fn explanation(ask: Ask) -> Outcome {
    let id = ask.id("id")?;
    let told = ask.app.handle.explain(id).await.map_err(|error| match error {
        ExplainError::Unknown => Refusal::UnknownChat.into(),
        ExplainError::Desk(error) => error.into(),
        ExplainError::History(HistoryError::NotYet) => {
            Problem::busy("history is still being opened: try again in a moment")
        }
        error => {
            tracing::error!(%error, "a chat cannot be explained");
            let detail = "the past cannot be read; the log says why";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "past_unavailable", detail)
        }
    })?;
    Ok(ok(&told))
}
