//! Several agents could be offered a chat: the policy may put them in another order than the queue's strategy.

use crate::id::{AgentId, ChatId};
use crate::policy::{Candidates, RankAgents, Say};
use crate::writer::Writer;

/// The agent whom the policy puts first, and who said so; the queue's best agent where it says nothing. Whoever the
/// policy names beside the candidates is passed over.
pub(crate) fn rank(w: &mut Writer<'_>, id: ChatId, best: AgentId) -> (AgentId, Option<Say>) {
    if !crate::matching::has_choice(w.state, id) {
        return (best, None);
    }
    let Some(chat) = w.state.chat(id) else { return (best, None) };
    let candidates = Candidates::able(w.state, id);
    let queue = super::queue_of(w.state, chat);
    let order = w.policy.rank_agents(&RankAgents { now: w.now, chat, queue, candidates });
    let say = Say::of(w.policy);
    if order.is_empty() {
        return (best, say);
    }
    let able = candidates.agents();
    let first = order.into_iter().find(|id| able.iter().any(|agent| agent.id() == *id));
    (first.unwrap_or(best), say)
}
