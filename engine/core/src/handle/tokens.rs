//! Log-ins and machines' tokens begin and end. A person's first log-in takes them from Logged Out to On Break.

use super::{agents, set_status};
use crate::command::OpenToken;
use crate::event::Event;
use crate::id::TokenId;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::state::{Status, Token, TokenKind};
use crate::writer::Writer;
use alloc::boxed::Box;
use alloc::vec::Vec;

pub(super) fn open(w: &mut Writer<'_>, wish: OpenToken) -> Result<Reply, Refusal> {
    let agent = w.state.agent(wish.agent).ok_or(Refusal::UnknownAgent)?;
    if agent.profile.disabled {
        return Err(Refusal::AgentDisabled);
    }
    let logged_out = agent.status == Status::LoggedOut;
    forget_expired(w);
    let OpenToken { agent, kind, hash, label, expires_at } = wish;
    let token = Token { id: w.id(), hash, agent, kind, label, made_at: w.now, expires_at };
    let id = token.id;
    w.emit(Event::TokenOpened { token: Box::new(token) });
    if logged_out && kind == TokenKind::Session {
        agents::change(w, agent, Status::OnBreak, None, false);
    }
    Ok(Reply::Token(id))
}

fn forget_expired(w: &mut Writer<'_>) {
    let expired = w.state.tokens().filter(|token| token.expires_at <= w.now);
    let expired: Vec<_> = expired.map(|token| (token.id, token.agent)).collect();
    for (token, agent) in expired {
        w.emit(Event::TokenClosed { token, agent });
    }
}

/// Ending the last log-in of an agent logs them out, once their chats are done.
pub(super) fn close(w: &mut Writer<'_>, id: TokenId) -> Result<Reply, Refusal> {
    let token = w.state.token(id).ok_or(Refusal::UnknownToken)?;
    let (agent, kind) = (token.agent, token.kind);
    if w.asker() != Some(agent) && !w.may_steer() {
        return Err(Refusal::UnknownToken);
    }
    w.emit(Event::TokenClosed { token: id, agent });
    let others = w.state.tokens().any(|token| token.agent == agent && token.kind == TokenKind::Session);
    if kind == TokenKind::Session && !others {
        set_status::choose(w, agent, Status::LoggedOut, None);
    }
    Ok(Reply::Done)
}
