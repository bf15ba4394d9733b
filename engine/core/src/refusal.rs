//! Why a command was refused: one enum with stable codes. A refusal changes nothing.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No such agent, or not one that the asker may know of.
    UnknownAgent,
    /// No such chat among the live ones, or not one that the asker may know of.
    UnknownChat,
    /// No queue of this name.
    UnknownQueue(String),
    /// No such offer, or not the asker's.
    UnknownOffer,
    /// No such chat log that can still change.
    UnknownLog,
    /// No such log-in or token.
    UnknownToken,
    /// The answer belongs to a job that has ended.
    JobOver,
    /// The offer was accepted by somebody else, expired, rejected or withdrawn.
    OfferTaken {
        /// How it ended.
        how: &'static str,
    },
    /// Policy does not let this agent reject this offer.
    RejectNotPermitted(String),
    /// Only the chat's own agent may do this.
    NotYourChat,
    /// The chat has ended: nobody can write, transfer or end it any more.
    ChatEnded,
    /// The chat is not active, so it has nothing to transfer or end for an agent.
    ChatNotActive,
    /// The chat has not ended, so it has no post processing.
    NotInPostProcessing,
    /// Mandatory code lists without a chosen code.
    CodesMissing(Vec<String>),
    /// A code that is in none of the queue's lists.
    UnknownCode(String),
    /// A list that takes one code got several.
    TooManyCodes(String),
    /// The text is over the limit.
    TooLong {
        /// Most characters allowed.
        limit: u32,
        /// Characters sent.
        length: u32,
    },
    /// The field must not be empty.
    Empty(&'static str),
    /// The chat has as many messages as one may have.
    TooManyMessages(u32),
    /// As many chats are live as may be.
    TooManyChats(u32),
    /// The queue has as many waiting chats as it may have.
    QueueFull(String),
    /// Nobody serves the queue at the moment.
    QueueEmpty(String),
    /// The agent cannot take a chat now.
    AgentUnavailable,
    /// A chat is already there.
    AlreadyThere,
    /// The reason code is not in the configured list, or is missing.
    BadReason(String),
    /// No further extension of this post processing.
    NoMoreExtensions(u8),
    /// The log has changed since the version that the writer saw.
    StaleVersion {
        /// The version now.
        current: u32,
    },
    /// The same idempotency key came with another request.
    IdempotencyKeyReused,
    /// The same client id came with another text.
    ClientIdReused,
    /// Another agent has this login.
    LoginTaken(String),
    /// A value is outside its range; the text names both.
    OutOfRange(String),
    /// A policy turned the chat away with this text.
    TurnedAway(String),
    /// A policy did not let the message pass, for this reason.
    MessageRefused(String),
    /// The agent is disabled.
    AgentDisabled,
    /// Stop New was asked for by an agent who is in no chat.
    NotBusy,
}

/// What kind of refusal it is; doors map it to their own statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// There is no such thing, or the asker may not know of it.
    NotFound,
    /// The asker may know of it but may not do this.
    Forbidden,
    /// It cannot be done in the present state.
    Conflict,
    /// The command itself is wrong.
    Invalid,
    /// The writer worked on an old version.
    Stale,
    /// No room for it now; later there may be.
    Busy,
}

impl Refusal {
    /// The stable code: part of the API, never renamed.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownAgent => "agent_not_found",
            Self::UnknownChat => "chat_not_found",
            Self::UnknownQueue(_) => "queue_not_found",
            Self::UnknownOffer => "offer_not_found",
            Self::UnknownLog => "chat_log_not_found",
            Self::UnknownToken => "token_not_found",
            Self::JobOver => "job_over",
            Self::OfferTaken { .. } => "offer_taken",
            Self::RejectNotPermitted(_) => "reject_not_permitted",
            Self::NotYourChat => "not_your_chat",
            Self::ChatEnded => "chat_ended",
            Self::ChatNotActive => "chat_not_active",
            Self::NotInPostProcessing => "not_in_post_processing",
            Self::CodesMissing(_) => "codes_missing",
            Self::UnknownCode(_) => "code_not_found",
            Self::TooManyCodes(_) => "too_many_codes",
            Self::TooLong { .. } => "too_long",
            Self::Empty(_) => "empty",
            Self::TooManyMessages(_) => "too_many_messages",
            Self::TooManyChats(_) => "too_many_chats",
            Self::QueueFull(_) => "queue_full",
            Self::QueueEmpty(_) => "queue_empty",
            Self::AgentUnavailable => "agent_unavailable",
            Self::AlreadyThere => "already_there",
            Self::BadReason(_) => "bad_reason",
            Self::NoMoreExtensions(_) => "no_more_extensions",
            Self::StaleVersion { .. } => "stale_version",
            Self::IdempotencyKeyReused => "idempotency_key_reused",
            Self::ClientIdReused => "client_id_reused",
            Self::LoginTaken(_) => "login_taken",
            Self::OutOfRange(_) => "out_of_range",
            Self::TurnedAway(_) => "turned_away",
            Self::MessageRefused(_) => "message_refused",
            Self::AgentDisabled => "agent_disabled",
            Self::NotBusy => "not_busy",
        }
    }

    /// What kind of refusal it is.
    pub fn class(&self) -> Class {
        match self {
            Self::UnknownAgent | Self::UnknownChat | Self::UnknownQueue(_) | Self::UnknownOffer => {
                Class::NotFound
            }
            Self::UnknownLog | Self::UnknownToken => Class::NotFound,
            Self::RejectNotPermitted(_) | Self::NotYourChat | Self::AgentDisabled => Class::Forbidden,
            Self::UnknownCode(_) | Self::TooManyCodes(_) | Self::TooLong { .. } | Self::Empty(_) => {
                Class::Invalid
            }
            Self::BadReason(_) | Self::OutOfRange(_) | Self::IdempotencyKeyReused => Class::Invalid,
            Self::ClientIdReused | Self::MessageRefused(_) => Class::Invalid,
            Self::StaleVersion { .. } => Class::Stale,
            Self::TooManyChats(_) => Class::Busy,
            _ => Class::Conflict,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownAgent => f.write_str("there is no such agent"),
            Self::UnknownChat => f.write_str("there is no such chat"),
            Self::UnknownQueue(name) => write!(f, "there is no queue '{name}'"),
            Self::UnknownOffer => f.write_str("there is no such offer"),
            Self::UnknownLog => f.write_str("there is no such chat log that can still be changed"),
            Self::UnknownToken => f.write_str("there is no such token"),
            Self::JobOver => f.write_str("the job has ended before this answer came"),
            Self::OfferTaken { how } => write!(f, "the offer is over: {how}"),
            Self::RejectNotPermitted(why) => write!(f, "rejecting this offer is not permitted: {why}"),
            Self::NotYourChat => f.write_str("only the agent who has this chat may do that"),
            Self::ChatEnded => f.write_str("the chat has ended"),
            Self::ChatNotActive => f.write_str("the chat is not active"),
            Self::NotInPostProcessing => f.write_str("the chat is not in post processing"),
            Self::CodesMissing(lists) => write!(f, "a code is mandatory from: {}", lists.join(", ")),
            Self::UnknownCode(code) => write!(f, "'{code}' is in none of the queue's code lists"),
            Self::TooManyCodes(list) => write!(f, "the list '{list}' takes one code"),
            Self::TooLong { limit, length } => write!(f, "{length} characters, at most {limit} are allowed"),
            Self::Empty(field) => write!(f, "{field} must not be empty"),
            Self::TooManyMessages(limit) => write!(f, "the chat has {limit} messages, the most one may have"),
            Self::TooManyChats(limit) => write!(f, "{limit} chats are live, the most there may be"),
            Self::QueueFull(name) => write!(f, "the queue '{name}' is full"),
            Self::QueueEmpty(name) => write!(f, "nobody serves the queue '{name}' at the moment"),
            Self::AgentUnavailable => f.write_str("the agent cannot take a chat now"),
            Self::AlreadyThere => f.write_str("the chat is already there"),
            Self::BadReason(reason) => write!(f, "'{reason}' is not one of the configured reasons"),
            Self::NoMoreExtensions(most) => write!(f, "post processing can be extended {most} times"),
            Self::StaleVersion { current } => write!(f, "it has changed: the version is now {current}"),
            Self::IdempotencyKeyReused => f.write_str("this idempotency key belongs to another request"),
            Self::ClientIdReused => f.write_str("this client id belongs to another text"),
            Self::LoginTaken(login) => write!(f, "another agent has the login '{login}'"),
            Self::OutOfRange(what) => f.write_str(what),
            Self::TurnedAway(text) => f.write_str(text),
            Self::MessageRefused(why) => write!(f, "the message was not sent: {why}"),
            Self::AgentDisabled => f.write_str("this agent is disabled"),
            Self::NotBusy => f.write_str("only an agent who is in a chat can stop new ones"),
        }
    }
}
