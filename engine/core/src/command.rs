//! Commands: what somebody wants, when, with which seed, and under which idempotency key.

use crate::id::{AgentId, ChatId, JobId, OfferId, TokenId};
use crate::record::Customer;
use crate::setup::{Level, Setup, Skill};
use crate::state::{ChosenCode, Deed, Form, LogBody, MessageKind, Outcome, Role, Side, Status, TokenKind};
use crate::time::Time;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// One command.
#[derive(Debug, Clone)]
pub struct Command {
    /// When it was taken in. A time before the last one counts as the last one.
    pub at: Time,
    /// Randomness for the ids that it makes.
    pub seed: u64,
    /// Who wants it.
    pub by: Actor,
    /// Lets a repeat be told what the first was told.
    pub key: Option<IdempotencyKey>,
    /// What is wanted.
    pub action: Action,
}

/// Key and hash of a request that may come again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The key, together with whose it is.
    pub key: String,
    /// Hash of the request: the same key with another request is refused.
    pub request: u64,
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// Hark itself: a deadline, a start, a rule.
    Engine,
    /// An agent, supervisor or admin.
    Agent {
        /// Who.
        id: AgentId,
    },
    /// The customer of a chat.
    Customer {
        /// Their chat.
        chat_id: ChatId,
    },
    /// A plugin.
    Plugin {
        /// Its configured name.
        name: String,
    },
    /// A script's reaction to what happened.
    Script {
        /// Its file, relative to the scripts' folder.
        file: String,
    },
}

/// What is wanted. Each has its own file in `handle/`.
#[derive(Debug, Clone)]
pub enum Action {
    /// The engine has started: connections of before are gone.
    Open,
    /// Deadlines that are due.
    Tick,
    /// A new configuration.
    Configure(Box<Setup>),
    /// Makes or changes an agent, found by login.
    SaveAgent(Box<SaveAgent>),
    /// A log-in, or a machine's token.
    OpenToken(OpenToken),
    /// Ends a log-in or token.
    CloseToken(TokenId),
    /// An agent's status, by themselves or by a supervisor.
    SetStatus(SetStatus),
    /// An agent's first connection is there.
    AgentConnected(AgentId),
    /// An agent's last connection is gone.
    AgentDisconnected(AgentId),
    /// A customer's first connection is there.
    CustomerConnected(ChatId),
    /// A customer's last connection is gone.
    CustomerDisconnected(ChatId),
    /// A customer asks for a chat.
    RequestChat(Box<RequestChat>),
    /// An agent takes an offer.
    AcceptOffer(OfferId),
    /// An agent refuses an offer.
    RejectOffer {
        /// The offer.
        offer: OfferId,
        /// Reason code.
        reason: Option<String>,
    },
    /// A message of either side.
    SendMessage(SendMessage),
    /// How far a side has got.
    MarkRead {
        /// The chat.
        chat: ChatId,
        /// Which side.
        side: Side,
        /// Highest sequence number that reached the page.
        delivered: u32,
        /// Highest sequence number read.
        read: u32,
    },
    /// Keeps an agent's unsent text; none deletes it.
    SaveDraft {
        /// The chat.
        chat: ChatId,
        /// The text.
        text: Option<String>,
    },
    /// Hands a chat on.
    TransferChat(Box<TransferChat>),
    /// Ends a chat, or abandons one that no agent has accepted.
    EndChat(ChatId),
    /// Chooses transaction codes.
    SetDisposition {
        /// The chat.
        chat: ChatId,
        /// All codes that apply from now on.
        codes: Vec<ChosenCode>,
        /// Note beside them.
        note: String,
    },
    /// More time for a wrap-up.
    ExtendPostProcessing(ChatId),
    /// Ends a wrap-up by hand.
    FinishPostProcessing(ChatId),
    /// Ties a chat to a customer's record, or unties it.
    LinkCustomer {
        /// The chat.
        chat: ChatId,
        /// The record; none unties.
        customer: Option<Box<Customer>>,
        /// Id of the case.
        case: Option<String>,
    },
    /// Keeps a log's unsaved changes; none discards them.
    SaveLogDraft {
        /// The chat.
        chat: ChatId,
        /// What was typed.
        body: Option<Box<LogBody>>,
    },
    /// Saves a log.
    SaveLog {
        /// The chat.
        chat: ChatId,
        /// The version that the writer saw.
        version: u32,
        /// What is saved.
        body: Box<LogBody>,
    },
    /// Keeps what an admin did to rules and systems.
    RecordDeed(Box<Deed>),
    /// A plugin's answer, or that none can be had.
    AnswerJob {
        /// The job.
        job: JobId,
        /// What came of it.
        outcome: Box<Outcome>,
    },
}

/// See [`Action::SaveAgent`].
#[derive(Debug, Clone)]
pub struct SaveAgent {
    /// Name to log in with.
    pub login: String,
    /// Name that customers see.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Chats at a time.
    pub capacity: u8,
    /// Names of the queues they serve.
    pub queues: Vec<String>,
    /// Skills with levels.
    pub skills: BTreeMap<Skill, Level>,
    /// Password hash; none keeps the old one.
    pub credential: Option<String>,
    /// Whether they may not work any more.
    pub disabled: bool,
}

/// See [`Action::OpenToken`].
#[derive(Debug, Clone)]
pub struct OpenToken {
    /// For whom it speaks.
    pub agent: AgentId,
    /// What it is for.
    pub kind: TokenKind,
    /// SHA-256 of the secret.
    pub hash: [u8; 32],
    /// What people call it.
    pub label: String,
    /// When it stops working.
    pub expires_at: Time,
}

/// See [`Action::SetStatus`].
#[derive(Debug, Clone)]
pub struct SetStatus {
    /// Whose.
    pub agent: AgentId,
    /// The status; none leaves it and speaks of Stop New alone.
    pub status: Option<Status>,
    /// Reason code.
    pub reason: Option<String>,
    /// Stop New: no further chat is wanted while Busy.
    pub stop_new: Option<bool>,
}

/// See [`Action::RequestChat`].
#[derive(Debug, Clone)]
pub struct RequestChat {
    /// What the customer filled in.
    pub form: Form,
    /// Name of the queue; the first configured one otherwise.
    pub queue: Option<String>,
    /// Whether a page of the customer is connected, whose going away counts.
    pub watched: bool,
}

/// See [`Action::SendMessage`].
#[derive(Debug, Clone)]
pub struct SendMessage {
    /// The chat.
    pub chat: ChatId,
    /// Who writes.
    pub from: Side,
    /// Id that the writer's program made, at most [`SendMessage::CLIENT_ID_LIMIT`] characters.
    pub client_id: String,
    /// The text.
    pub text: String,
    /// What it is.
    pub kind: MessageKind,
}

impl SendMessage {
    /// Longest client id, in characters.
    pub const CLIENT_ID_LIMIT: u32 = 64;
}

/// See [`Action::TransferChat`].
#[derive(Debug, Clone)]
pub struct TransferChat {
    /// The chat.
    pub chat: ChatId,
    /// Where to.
    pub to: TransferTo,
    /// A private note for whoever takes it.
    pub note: Option<String>,
}

/// Where a chat is handed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransferTo {
    /// A queue, by name.
    Queue(String),
    /// An agent.
    Agent(AgentId),
}
