//! The live desk for supervisors: figures, agents, queues, and another's status.

use super::sessions::{StatusWish, set_status};
use crate::ask::{Ask, List, ok};
use crate::problem::Problem;
use crate::route::{Outcome, Route, Who, get, put};
use hark_core::state::State;
use hark_core::view::{AgentView, ChatSummary, QueueView, StatusView, Wallboard};
use hark_core::{AgentId, QueueId, Refusal};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/v1/metrics/realtime", Who::Supervisor, "Queues and agents at this moment", wallboard)
            .gives::<Wallboard>(),
        get("/v1/agents", Who::Agent, "All agents: whom a chat can be handed to", list)
            .query(&[
                ("limit", "Entries, at most 200"),
                ("after", "Where to go on: `next` of the last answer"),
            ])
            .gives::<List<AgentView>>(),
        get("/v1/agents/{id}", Who::Supervisor, "An agent", view).gives::<AgentView>(),
        put("/v1/agents/{id}/status", Who::Supervisor, "Set an agent's status", force_status)
            .takes::<StatusWish>()
            .gives::<StatusView>(),
        get("/v1/queues", Who::Supervisor, "Open queues at this moment", queues).gives::<List<QueueView>>(),
        get("/v1/queues/{id}/waiting", Who::Supervisor, "Chats that wait in a queue, in order", waiting)
            .query(&[("limit", "Entries, at most 200")])
            .gives::<List<ChatSummary>>(),
    ]
}

async fn wallboard(ask: Ask) -> Outcome {
    let now = ask.app.handle.now();
    Ok(ok(&ask.read(move |state| Wallboard::of(state, now)).await?.value))
}

async fn list(ask: Ask) -> Outcome {
    let (now, limit) = (ask.app.handle.now(), ask.limit()?);
    let after: Option<AgentId> = ask.query_as("after")?;
    let look = move |state: &State| {
        let agents = state.agents().filter(|agent| after.is_none_or(|after| agent.id() > after));
        agents.take(limit + 1).map(|agent| AgentView::of(state, agent, now)).collect::<Vec<_>>()
    };
    let data = ask.read(look).await?.value;
    Ok(List::page(data, limit, |agent| agent.id.to_string()).answer(&ask))
}

async fn view(ask: Ask) -> Outcome {
    let id = ask.id("id")?;
    Ok(ok(&view_of(&ask, id).await?))
}

/// An agent as supervisors see them.
pub(super) async fn view_of(ask: &Ask, id: AgentId) -> Result<AgentView, Problem> {
    let now = ask.app.handle.now();
    let look = move |state: &State| state.agent(id).map(|agent| AgentView::of(state, agent, now));
    Ok(ask.read(look).await?.value.ok_or(Refusal::UnknownAgent)?)
}

async fn force_status(ask: Ask) -> Outcome {
    let id = ask.id("id")?;
    set_status(&ask, id).await
}

async fn queues(ask: Ask) -> Outcome {
    let now = ask.app.handle.now();
    let queues = ask.read(move |state| Wallboard::of(state, now).queues).await?.value;
    Ok(List::whole(queues).answer(&ask))
}

async fn waiting(ask: Ask) -> Outcome {
    let (name, limit) = (ask.param("id").to_owned(), ask.limit()?);
    let look = move |state: &State| {
        let by_id = name.parse::<QueueId>().ok().and_then(|id| state.queue(id));
        let queue = by_id.or_else(|| state.queue_named(&name)).ok_or(Refusal::UnknownQueue(name))?;
        let waiting = state.waiting(queue.id).into_iter().take(limit + 1);
        Ok::<_, Refusal>(waiting.map(|chat| ChatSummary::of(state, chat)).collect::<Vec<_>>())
    };
    let data = ask.read(look).await?.value?;
    // Places change while somebody pages: the first ones are all that is asked for.
    let has_more = data.len() > limit;
    let data = data.into_iter().take(limit).collect();
    Ok(List { data, next: None, has_more }.answer(&ask))
}
