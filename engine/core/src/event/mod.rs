//! Events: what happened. They are the truth; the state is what they add up to. Names and fields are written in
//! journals, so they are added to and never renamed.

mod because;
mod scope;

pub use because::{RequeuedBecause, WithdrawnBecause};

use crate::command::Actor;
use crate::id::{AgentId, ChatId, JobId, OfferId, QueueId, TokenId};
use crate::policy::{Answered, Left, MissedOffer, PopMoment, Say, ScreenPop};
use crate::record::{Case, Customer};
use crate::reply::Reply;
use crate::setup::{Level, Setup, Skill};
use crate::state::{
    AgentProfile, ChatLog, ChosenCode, Deed, EndedBy, Form, Job, LogBody, LookUp, Message, NextStatus, Offer,
    OfferEnd, Preference, Receipt, Side, Status, Token,
};
use crate::time::Time;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// All that one command brought about: written to the journal whole, or not at all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// When.
    pub at: Time,
    /// Who brought it about.
    pub by: Actor,
    /// What happened, in order.
    pub events: Vec<Scoped>,
}

/// An event, and whom it concerns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scoped {
    /// Whom it concerns.
    pub scope: Scope,
    /// What happened.
    pub event: Event,
}

/// Whom an event concerns, as it was when it happened: subscribers are told by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Scope {
    /// The chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat: Option<ChatId>,
    /// The agent who has the chat, or whom the event is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
    /// The chat's queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueId>,
}

/// Where a chat was handed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A queue.
    Queue(QueueId),
    /// An agent.
    Agent(AgentId),
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The engine started.
    EngineOpened {},
    /// The configuration is now this.
    Configured {
        /// The configuration.
        setup: Box<Setup>,
        /// Ids of the queues that it names.
        queues: BTreeMap<String, QueueId>,
    },
    /// An agent was made or changed.
    AgentSaved {
        /// What is configured about them.
        profile: Box<AgentProfile>,
    },
    /// A log-in, or a machine's token.
    TokenOpened {
        /// It.
        token: Box<Token>,
    },
    /// A log-in or token ended.
    TokenClosed {
        /// It.
        token: TokenId,
        /// For whom it spoke.
        agent: AgentId,
    },
    /// An agent's chosen status changed, or what follows it.
    AgentStatusChanged {
        /// Whose.
        agent: AgentId,
        /// The status now.
        status: Status,
        /// Reason code.
        reason: Option<String>,
        /// What follows the last wrap-up.
        next: Option<NextStatus>,
        /// Stop New.
        stop_new: bool,
        /// Whether a missed offer is the cause.
        missed: bool,
    },
    /// An agent who missed an offer stays available, and is offered nothing for a while.
    AgentRests {
        /// Who.
        agent: AgentId,
        /// Until when.
        until: Time,
    },
    /// An agent's pause is over.
    AgentRested {
        /// Who.
        agent: AgentId,
    },
    /// An agent's last connection went away.
    AgentDisconnected {
        /// Who.
        agent: AgentId,
    },
    /// The first grace is over: no offers until they are back.
    AgentUnreachable {
        /// Who.
        agent: AgentId,
    },
    /// An agent's connection is there again.
    AgentReconnected {
        /// Who.
        agent: AgentId,
    },
    /// A customer asked for a chat.
    ChatCreated {
        /// The chat.
        chat: ChatId,
        /// What they filled in.
        form: Box<Form>,
        /// Whether their page's going away counts.
        watched: bool,
        /// The queue that was asked for.
        queue: QueueId,
    },
    /// A chat was given its place.
    ChatQueued {
        /// The chat.
        chat: ChatId,
        /// The queue.
        queue: QueueId,
        /// Priority, 0 to 9.
        priority: u8,
        /// Skills with least levels.
        requirements: BTreeMap<Skill, Level>,
        /// An agent to wait for.
        preferred: Option<Preference>,
        /// Version of the policy that answered.
        policy: String,
        /// Who answered; none where nobody was asked, and in journals from before this was written down.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answered: Option<Answered>,
    },
    /// An active chat went back to its place.
    ChatRequeued {
        /// The chat.
        chat: ChatId,
        /// Who had it.
        agent: AgentId,
        /// Why.
        because: RequeuedBecause,
    },
    /// A waiting chat reached a step of its queue's relaxing, and may have been let go of something.
    ChatRelaxed {
        /// The chat.
        chat: ChatId,
        /// Which step, from 1.
        step: u32,
        /// Priority from now on, 0 to 9.
        priority: u8,
        /// Skills with least levels from now on.
        requirements: BTreeMap<Skill, Level>,
        /// Who said so; none where nothing changes because nobody had a say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        say: Option<Say>,
    },
    /// A grace is over, and a policy said what becomes of the chat.
    ChatLeft {
        /// The chat.
        chat: ChatId,
        /// Who went away.
        side: Side,
        /// What becomes of it; what follows is an event of its own.
        then: Left,
        /// Who said so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        say: Option<Say>,
    },
    /// A chat waited too long and went to another queue.
    ChatOverflowed {
        /// The chat.
        chat: ChatId,
        /// The queue it left.
        from: QueueId,
        /// The queue it is in.
        to: QueueId,
    },
    /// A chat no longer waits for its preferred agent.
    ChatPreferenceEnded {
        /// The chat.
        chat: ChatId,
    },
    /// A chat was handed on.
    ChatTransferred {
        /// The chat.
        chat: ChatId,
        /// By whom.
        from: AgentId,
        /// Where to.
        to: Target,
    },
    /// The customer left before an agent accepted.
    ChatAbandoned {
        /// The chat.
        chat: ChatId,
        /// How they left.
        by: EndedBy,
    },
    /// A chat ended.
    ChatEnded {
        /// The chat.
        chat: ChatId,
        /// Whose it was.
        agent: AgentId,
        /// By whom.
        by: EndedBy,
    },
    /// A chat is over with all that belongs to it, and leaves the live state.
    ChatClosed {
        /// The chat.
        chat: ChatId,
        /// Whose it was.
        agent: AgentId,
    },
    /// The customer's last connection went away.
    CustomerDisconnected {
        /// The chat.
        chat: ChatId,
    },
    /// The customer's page is there again.
    CustomerReturned {
        /// The chat.
        chat: ChatId,
    },
    /// A chat is held out to an agent.
    OfferPresented {
        /// The offer.
        offer: Box<Offer>,
        /// Version of the policy that said whether it may be rejected.
        policy: String,
        /// Who answered; none where nobody was asked, and in journals from before this was written down.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answered: Option<Answered>,
        /// Who ranked the agents, where it was not the queue's strategy alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ranked: Option<Say>,
    },
    /// An offer ended, in one of its four ways.
    OfferEnded {
        /// The offer.
        offer: OfferId,
        /// The chat.
        chat: ChatId,
        /// To whom it was made.
        agent: AgentId,
        /// How.
        end: OfferEnd,
        /// Reason code of a rejection.
        reason: Option<String>,
        /// Why it was withdrawn.
        because: Option<WithdrawnBecause>,
        /// What becomes of the agent who missed it, where a policy said so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        then: Option<MissedOffer>,
        /// Who said so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        say: Option<Say>,
    },
    /// A plugin is asked for something, or asked again.
    JobRequested {
        /// The job.
        job: Box<Job>,
    },
    /// A try failed, and the next one waits for its time.
    JobRested {
        /// The job.
        job: JobId,
        /// The chat.
        chat: ChatId,
        /// Why it failed.
        why: String,
        /// When the next try starts.
        until: Time,
    },
    /// A job is over.
    JobEnded {
        /// The job.
        job: JobId,
        /// The chat.
        chat: ChatId,
    },
    /// The CRM answered, or could not.
    CustomerLookedUp {
        /// The chat.
        chat: ChatId,
        /// What is known now.
        look_up: Box<LookUp>,
    },
    /// A chat was tied to a customer's record, or untied.
    CustomerLinked {
        /// The chat.
        chat: ChatId,
        /// The record.
        customer: Option<Box<Customer>>,
        /// Id of the case.
        case: Option<String>,
    },
    /// Something pops for the agent.
    ScreenPopRequested {
        /// The chat.
        chat: ChatId,
        /// For whom.
        agent: AgentId,
        /// The moment.
        on: PopMoment,
        /// What.
        pop: ScreenPop,
        /// Version of the policy that answered.
        policy: String,
        /// Who answered; none where nobody was asked, and in journals from before this was written down.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answered: Option<Answered>,
    },
    /// A message was stored.
    MessageCreated {
        /// The chat.
        chat: ChatId,
        /// The message.
        message: Box<Message>,
        /// Version of the policy that changed its text; none when it is as it was written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        policy: Option<String>,
        /// Who changed its text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answered: Option<Answered>,
    },
    /// One side got further with the other's messages.
    MessageRead {
        /// The chat.
        chat: ChatId,
        /// Which side.
        side: Side,
        /// How far.
        receipt: Receipt,
    },
    /// An agent's unsent text was kept or deleted.
    DraftUpdated {
        /// The chat.
        chat: ChatId,
        /// The text.
        text: Option<String>,
    },
    /// Transaction codes were chosen.
    DispositionSet {
        /// The chat.
        chat: ChatId,
        /// All that apply.
        codes: Vec<ChosenCode>,
        /// Note beside them.
        note: String,
    },
    /// A wrap-up began, or got more time.
    PostProcessingSet {
        /// The chat.
        chat: ChatId,
        /// Whose.
        agent: AgentId,
        /// When it is over.
        until: Time,
        /// How often it was extended.
        extended: u8,
        /// Code lists that it needs, where a policy said so in place of the queue.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mandatory: Option<Vec<String>>,
        /// Who said how long it is and what it needs, where it was a policy.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        say: Option<Say>,
    },
    /// A wrap-up's time is over, but mandatory codes are missing.
    PostProcessingHeld {
        /// The chat.
        chat: ChatId,
        /// Whose.
        agent: AgentId,
        /// Lists without a code.
        missing: Vec<String>,
    },
    /// A wrap-up is over.
    PostProcessingFinished {
        /// The chat.
        chat: ChatId,
        /// Whose.
        agent: AgentId,
        /// Whether its time was over, rather than the agent done.
        auto: bool,
    },
    /// A chat log was made.
    ChatLogOpened {
        /// The log.
        log: Box<ChatLog>,
        /// Version of the policy that answered.
        policy: String,
    },
    /// A log's unsaved changes were kept or discarded.
    ChatLogDraftSaved {
        /// The chat.
        chat: ChatId,
        /// What was typed.
        body: Option<Box<LogBody>>,
    },
    /// A log was saved.
    ChatLogSaved {
        /// The chat.
        chat: ChatId,
        /// Its version now.
        version: u32,
        /// What is saved.
        body: Box<LogBody>,
    },
    /// A log reached the CRM.
    ChatLogFiled {
        /// The chat.
        chat: ChatId,
        /// The case that it is a note of.
        case: Box<Case>,
    },
    /// A log could not be written to the CRM.
    ChatLogFilingFailed {
        /// The chat.
        chat: ChatId,
        /// Why.
        why: String,
    },
    /// A log can no longer change, and leaves the live state.
    ChatLogSettled {
        /// The chat.
        chat: ChatId,
    },
    /// An admin did something to rules or systems.
    DeedRecorded {
        /// Who.
        by: Actor,
        /// What.
        deed: Box<Deed>,
    },
    /// A reply is remembered for its key.
    AnswerRemembered {
        /// The key.
        key: String,
        /// Hash of the request.
        request: u64,
        /// What was told.
        reply: Reply,
        /// When it may be forgotten.
        until: Time,
    },
}
