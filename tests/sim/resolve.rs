//! Turns a wish into the command that the doors would send: what is spoken of has its id by now, or nobody could ask.

use crate::desk_setup::{self, CODES, CUSTOMER_CHARS, QUEUES, TOPIC};
use crate::names::{Names, customer_name};
use crate::step::{Answered, Ask, Label, Who, Wish};
use hark_core::command::{OpenToken, RequestChat, SendMessage, SetStatus, TransferChat, TransferTo};
use hark_core::id::ForeignId;
use hark_core::record::{Case, Customer, Match};
use hark_core::state::{ChosenCode, Form, LogBody, MessageKind, Outcome, Side, Status, TokenKind};
use hark_core::{Action, Actor, ChatId, IdempotencyKey, Time};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Who asks, for what, and under which key.
pub(crate) type Request = (Actor, Action, Option<IdempotencyKey>);

/// The command of a wish, or nothing where it speaks of something that is not there.
pub(crate) fn resolve(wish: &Wish, names: &Names, seed: u64, now: Time) -> Option<Request> {
    let by = match wish.by {
        Who::Engine => Actor::Engine,
        Who::Agent(place) => Actor::Agent { id: names.agent(place)? },
        Who::Customer(label) => Actor::Customer { chat_id: names.chat(label)? },
        Who::Plugin => Actor::Plugin { name: "crm".to_owned() },
    };
    let key =
        wish.key.map(|key| IdempotencyKey { key: format!("key {key}"), request: fingerprint(&wish.ask) });
    let action = match wish.ask {
        Ask::Say { chat, client, text } => say(names.chat(chat)?, &by, client, text),
        _ => action(&wish.ask, names, seed, now)?,
    };
    Some((by, action, key))
}

fn fingerprint(ask: &Ask) -> u64 {
    let mut hasher = DefaultHasher::new();
    format!("{ask:?}").hash(&mut hasher);
    hasher.finish()
}

fn action(ask: &Ask, names: &Names, seed: u64, now: Time) -> Option<Action> {
    Some(match ask {
        Ask::Chat { label, queue, email, watched, form } => {
            Action::RequestChat(Box::new(request(*label, *queue, *email, *watched, *form)))
        }
        Ask::Accept(offer) => Action::AcceptOffer(names.offer(*offer)?),
        Ask::Reject(offer) => Action::RejectOffer { offer: names.offer(*offer)?, reason: None },
        Ask::ToQueue { chat, queue, note } => {
            transfer(names.chat(*chat)?, TransferTo::Queue(QUEUES[*queue].to_owned()), *note)
        }
        Ask::ToAgent { chat, agent, note } => {
            transfer(names.chat(*chat)?, TransferTo::Agent(names.agent(*agent)?), *note)
        }
        Ask::Answer { chat, nth, answered } => {
            Action::AnswerJob { job: names.job(*chat, *nth)?, outcome: Box::new(outcome(*answered, *chat)) }
        }
        Ask::Hire { agent, variant } => {
            Action::SaveAgent(Box::new(desk_setup::profile(seed, *agent, *variant)))
        }
        Ask::Configure(variant) => Action::Configure(Box::new(desk_setup::setup(seed, *variant))),
        _ => presence_or_chat(ask, names, now)?,
    })
}

fn presence_or_chat(ask: &Ask, names: &Names, now: Time) -> Option<Action> {
    Some(match ask {
        Ask::Status { agent, status, stop_new } => status_of(names, *agent, *status, *stop_new)?,
        Ask::AgentHere(agent) => Action::AgentConnected(names.agent(*agent)?),
        Ask::AgentGone(agent) => Action::AgentDisconnected(names.agent(*agent)?),
        Ask::CustomerHere(chat) => Action::CustomerConnected(names.chat(*chat)?),
        Ask::CustomerGone(chat) => Action::CustomerDisconnected(names.chat(*chat)?),
        Ask::LogIn(agent) => log_in(names, *agent, now)?,
        Ask::LogOut { agent, nth } => Action::CloseToken(names.token(*agent, *nth)?),
        Ask::Read { chat, agent, upto } => {
            let side = if *agent { Side::Agent } else { Side::Customer };
            Action::MarkRead { chat: names.chat(*chat)?, side, delivered: *upto, read: *upto / 2 }
        }
        Ask::Draft { chat, text } => {
            let text = (*text > 0).then(|| format!("draft {text}"));
            Action::SaveDraft { chat: names.chat(*chat)?, text }
        }
        Ask::End(chat) => Action::EndChat(names.chat(*chat)?),
        Ask::Codes { chat, codes, note } => Action::SetDisposition {
            chat: names.chat(*chat)?,
            codes: chosen(*codes),
            note: format!("note {note}"),
        },
        Ask::Extend(chat) => Action::ExtendPostProcessing(names.chat(*chat)?),
        Ask::Finish(chat) => Action::FinishPostProcessing(names.chat(*chat)?),
        Ask::Link { chat, customer } => Action::LinkCustomer {
            chat: names.chat(*chat)?,
            customer: customer.map(|number| Box::new(record(number))),
            case: None,
        },
        Ask::LogDraft { chat, body } => {
            let body = (*body > 0).then(|| Box::new(log_body(*body, false)));
            Action::SaveLogDraft { chat: names.chat(*chat)?, body }
        }
        Ask::LogSave { chat, version, body, tied } => Action::SaveLog {
            chat: names.chat(*chat)?,
            version: *version,
            body: Box::new(log_body(*body, *tied)),
        },
        _ => return None,
    })
}

/// A message of the wish's sender.
fn say(chat: ChatId, by: &Actor, client: u32, text: u32) -> Action {
    let from = if matches!(by, Actor::Agent { .. }) { Side::Agent } else { Side::Customer };
    let (client_id, text) = (client_id(client), text_of(text));
    Action::SendMessage(SendMessage { chat, from, client_id, text, kind: MessageKind::Text })
}

/// The id that a page makes for a message.
pub(crate) fn client_id(client: u32) -> String {
    format!("m{client}")
}

/// Texts by number; some are over a customer's limit, one is blank.
pub(crate) fn text_of(text: u32) -> String {
    match text % 40 {
        38 => "\u{e9}".repeat(CUSTOMER_CHARS as usize + 1),
        39 => " \t ".to_owned(),
        _ => format!("text {text}"),
    }
}

fn request(label: Label, queue: usize, email: u32, watched: bool, form: u32) -> RequestChat {
    let name = customer_name(label);
    let email = (!form.is_multiple_of(4)).then(|| format!("c{email}@example.com"));
    let account = form.is_multiple_of(3).then(|| format!("A-{email:?}"));
    let question = form.is_multiple_of(2).then(|| "Where is my parcel?".to_owned());
    let form = Form { name, email, account, question, ..Form::default() };
    RequestChat { form, queue: Some(QUEUES[queue].to_owned()), watched }
}

fn transfer(chat: ChatId, to: TransferTo, note: bool) -> Action {
    let note = note.then(|| "please take over".to_owned());
    Action::TransferChat(Box::new(TransferChat { chat, to, note }))
}

fn status_of(names: &Names, agent: usize, status: u32, stop_new: Option<bool>) -> Option<Action> {
    let agent = names.agent(agent)?;
    let known = [Status::Available, Status::OnBreak, Status::WorkOffline, Status::LoggedOut];
    let status = known.get(status as usize).copied();
    Some(Action::SetStatus(SetStatus { agent, status, reason: None, stop_new }))
}

fn log_in(names: &Names, place: usize, now: Time) -> Option<Action> {
    let (agent, nth) = (names.agent(place)?, names.tokens(place));
    let mut hash = [0; 32];
    hash[0] = u8::try_from(place).ok()?;
    hash[1..9].copy_from_slice(&(nth as u64).to_le_bytes());
    let expires_at = now.plus_s(12 * 3600);
    Some(Action::OpenToken(OpenToken {
        agent,
        kind: TokenKind::Session,
        hash,
        label: "page".to_owned(),
        expires_at,
    }))
}

fn chosen(codes: u32) -> Vec<ChosenCode> {
    let wanted = CODES.iter().enumerate().filter(|(place, _)| codes & (1 << place) > 0);
    let mut chosen: Vec<ChosenCode> =
        wanted.map(|(_, code)| ChosenCode { list: TOPIC.to_owned(), code: (*code).to_owned() }).collect();
    if codes & 8 > 0 {
        chosen.push(ChosenCode { list: TOPIC.to_owned(), code: "none of yours".to_owned() });
    }
    chosen
}

fn log_body(body: u32, tied: bool) -> LogBody {
    let tie = tied.then(|| record(body));
    LogBody {
        subject: format!("subject {body}"),
        notes: format!("notes {body}"),
        customer_id: tie.as_ref().map(|record| record.id.0.clone()),
        customer_name: tie.map(|record| record.name),
        ..LogBody::default()
    }
}

fn record(number: u32) -> Customer {
    Customer {
        id: ForeignId(format!("crm-{number}")),
        name: format!("Record {number}"),
        email: None,
        phone: None,
        account: None,
        company: None,
        language: None,
        vip: number.is_multiple_of(2),
        since: None,
        notes: None,
        fields: BTreeMap::new(),
        version: 1,
    }
}

fn case(number: u32) -> Case {
    let at = "2026-11-01T08:00:00Z".to_owned();
    Case {
        id: ForeignId(format!("case-{number}")),
        number: format!("{number}"),
        customer_id: None,
        subject: "Parcel".to_owned(),
        status: "open".to_owned(),
        opened_at: at.clone(),
        updated_at: at,
        notes: Vec::new(),
    }
}

fn outcome(answered: Answered, label: Label) -> Outcome {
    let found = |number: u32, with_case: bool| Match {
        customer: record(number),
        case: with_case.then(|| case(number)),
        open_cases: 1,
        score: 90,
        by: "email".to_owned(),
    };
    match answered {
        Answered::Matches(count, with_case) => Outcome::Matches(
            (0..u32::from(count)).map(|nth| found(label + nth, with_case && nth == 0)).collect(),
        ),
        Answered::Attached => Outcome::Attached(case(label)),
        Answered::Failed(again) => Outcome::Failed { why: "the CRM is down".to_owned(), again },
        Answered::Flood => {
            let long = "x".repeat(300);
            let huge = |nth| {
                let mut found = found(nth, true);
                found.customer.name.clone_from(&long);
                found.customer.fields = BTreeMap::from([(long.clone(), long.clone())]);
                found
            };
            Outcome::Matches((0..60).map(huge).collect())
        }
    }
}
