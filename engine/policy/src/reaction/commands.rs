//! The commands that a reaction may send, from the tables that scripts write. A small closed set: what is not here, a
//! script cannot do.

use crate::fault::did_you_mean;
use hark_core::command::{SendMessage, SetStatus, TransferChat, TransferTo};
use hark_core::record::Customer;
use hark_core::state::{ChosenCode, MessageKind, Side, Status};
use hark_core::{Action, AgentId, ChatId};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

/// The commands by their names in `hark.commands`.
pub(super) const NAMES: [&str; 6] =
    ["end_chat", "link_customer", "note", "set_codes", "set_status", "transfer"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EndChat {
    chat: ChatId,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkCustomer {
    chat: ChatId,
    #[serde(default)]
    customer: Option<Box<Customer>>,
    #[serde(default)]
    case: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    chat: ChatId,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetCodes {
    chat: ChatId,
    #[serde(default)]
    codes: Vec<ChosenCode>,
    #[serde(default)]
    note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgentsStatus {
    agent: AgentId,
    status: Status,
    #[serde(default)]
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Transfer {
    chat: ChatId,
    #[serde(default)]
    queue: Option<String>,
    #[serde(default)]
    agent: Option<AgentId>,
    #[serde(default)]
    note: Option<String>,
}

/// The command that a table describes. `once` tells two notes of one reaction apart.
///
/// # Errors
/// What is wrong with the table.
pub(super) fn action(name: &str, words: &Json, once: &str) -> Result<Action, String> {
    Ok(match name {
        "end_chat" => Action::EndChat(read::<EndChat>(name, words)?.chat),
        "link_customer" => {
            let LinkCustomer { chat, customer, case } = read(name, words)?;
            Action::LinkCustomer { chat, customer, case }
        }
        "note" => {
            let Note { chat, text } = read(name, words)?;
            let (from, client_id, kind) = (Side::Agent, once.to_owned(), MessageKind::Note);
            Action::SendMessage(SendMessage { chat, from, client_id, text, kind })
        }
        "set_codes" => {
            let SetCodes { chat, codes, note } = read(name, words)?;
            Action::SetDisposition { chat, codes, note }
        }
        "set_status" => {
            let AgentsStatus { agent, status, reason } = read(name, words)?;
            Action::SetStatus(SetStatus { agent, status: Some(status), reason, stop_new: None })
        }
        "transfer" => Action::TransferChat(Box::new(transfer(read(name, words)?)?)),
        other => {
            return Err(format!("there is no command '{other}'{}", did_you_mean(other, NAMES)));
        }
    })
}

fn transfer(wish: Transfer) -> Result<TransferChat, String> {
    let Transfer { chat, queue, agent, note } = wish;
    let to = match (queue, agent) {
        (Some(queue), None) => TransferTo::Queue(queue),
        (None, Some(agent)) => TransferTo::Agent(agent),
        _ => return Err("transfer takes a queue or an agent, one of them".to_owned()),
    };
    Ok(TransferChat { chat, to, note })
}

fn read<T: DeserializeOwned>(name: &str, words: &Json) -> Result<T, String> {
    T::deserialize(words).map_err(|error| format!("hark.commands.{name}: {error}"))
}
