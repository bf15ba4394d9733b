//! One file per command. Each checks first and emits after: a refusal leaves nothing behind.

mod accept_offer;
mod agents;
mod answer_job;
mod closing;
mod configure;
mod deadline;
mod dispose;
mod end_chat;
pub(crate) mod greeting;
mod leaving;
mod link_customer;
mod logs;
mod mark_read;
pub(crate) mod offers;
mod post_processing;
mod presence;
pub(crate) mod ranking;
mod record_deed;
mod reject_offer;
pub(crate) mod relaxing;
mod request_chat;
mod routing;
mod save_agent;
mod save_draft;
mod send_message;
mod set_status;
mod text;
mod tokens;
mod transfer_chat;

pub(crate) use deadline::fire;
pub(crate) use routing::{Placed, placed};

use crate::command::{Action, Actor};
use crate::id::{AgentId, ChatId};
use crate::policy::QueueView;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::state::{Chat, Role, State};
use crate::writer::Writer;

/// Carries out one command.
pub(crate) fn handle(w: &mut Writer<'_>, action: Action) -> Result<Reply, Refusal> {
    match action {
        Action::Open => presence::open(w),
        Action::Tick => Ok(Reply::Done),
        Action::Configure(setup) => configure::configure(w, setup),
        Action::SaveAgent(agent) => save_agent::save_agent(w, *agent),
        Action::OpenToken(token) => tokens::open(w, token),
        Action::CloseToken(token) => tokens::close(w, token),
        Action::SetStatus(status) => set_status::set_status(w, status),
        Action::AgentConnected(agent) => presence::agent_connected(w, agent),
        Action::AgentDisconnected(agent) => presence::agent_disconnected(w, agent),
        Action::CustomerConnected(chat) => presence::customer_connected(w, chat),
        Action::CustomerDisconnected(chat) => presence::customer_disconnected(w, chat),
        Action::RequestChat(request) => request_chat::request_chat(w, *request),
        Action::AcceptOffer(offer) => accept_offer::accept_offer(w, offer),
        Action::RejectOffer { offer, reason } => reject_offer::reject_offer(w, offer, reason),
        Action::SendMessage(message) => send_message::send_message(w, message),
        Action::MarkRead { chat, side, delivered, read } => {
            mark_read::mark_read(w, chat, side, delivered, read)
        }
        Action::SaveDraft { chat, text } => save_draft::save_draft(w, chat, text),
        Action::TransferChat(transfer) => transfer_chat::transfer_chat(w, *transfer),
        Action::EndChat(chat) => end_chat::end_chat(w, chat),
        Action::SetDisposition { chat, codes, note } => dispose::set_disposition(w, chat, codes, note),
        Action::ExtendPostProcessing(chat) => post_processing::extend(w, chat),
        Action::FinishPostProcessing(chat) => post_processing::finish(w, chat),
        Action::LinkCustomer { chat, customer, case } => {
            link_customer::link_customer(w, chat, customer, case)
        }
        Action::SaveLogDraft { chat, body } => logs::save_draft(w, chat, body),
        Action::SaveLog { chat, version, body } => logs::save(w, chat, version, body),
        Action::RecordDeed(deed) => record_deed::record_deed(w, deed),
        Action::AnswerJob { job, outcome } => answer_job::answer_job(w, job, *outcome),
    }
}

impl Writer<'_> {
    /// The agent who sent the command, if one did.
    fn asker(&self) -> Option<AgentId> {
        match self.by {
            Actor::Agent { id } => Some(id),
            _ => None,
        }
    }

    /// Whether the command comes from a supervisor, an admin, or Hark itself.
    fn may_steer(&self) -> bool {
        match self.by {
            Actor::Engine | Actor::Plugin { .. } | Actor::Script { .. } => true,
            Actor::Customer { .. } => false,
            Actor::Agent { id } => {
                self.state.agent(id).is_some_and(|agent| agent.profile.role >= Role::Supervisor)
            }
        }
    }

    fn chat(&self, id: ChatId) -> Result<&Chat, Refusal> {
        self.state.chat(id).ok_or(Refusal::UnknownChat)
    }

    /// A chat for its owner or whoever may steer.
    fn own_chat(&self, id: ChatId) -> Result<&Chat, Refusal> {
        let chat = self.chat(id)?;
        let owned = chat.owner().is_some() && chat.owner() == self.asker();
        if owned || self.may_steer() { Ok(chat) } else { Err(Refusal::NotYourChat) }
    }
}

/// The chat's queue as policies see it.
pub(crate) fn queue_of<'a>(state: &'a State, chat: &Chat) -> QueueView<'a> {
    let queue = state.queue(chat.queue).expect("a chat's queue is never removed");
    QueueView { name: &queue.name, setup: &queue.setup }
}
