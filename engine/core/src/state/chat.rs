//! A chat: one customer's interaction, from the request to the end of its post processing.

use super::agent::Presence;
use super::messages::Messages;
use crate::id::{AgentId, ChatId, JobId, MessageId, OfferId, QueueId};
use crate::record::{Customer, Match};
use crate::setup::{CodeRule, Level, QueueSetup, Skill};
use crate::time::Time;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// What the customer filled in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Form {
    /// Their name.
    pub name: String,
    /// E-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Account number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Case number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// What they ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// Language of their page, a BCP 47 tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Address of the page they came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// Id of the FAQ they read last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub faq: Option<String>,
}

impl Form {
    /// Longest value of a field, in characters; the question has the limit of a customer's message.
    pub const FIELD_LIMIT: u32 = 200;

    /// Longest address of a page, in characters.
    pub const PAGE_LIMIT: u32 = 2000;

    /// What a blank record of a new customer can begin with.
    pub fn known(&self) -> BTreeMap<String, String> {
        let name = (!self.name.is_empty()).then(|| self.name.clone());
        let fields = [("name", name), ("email", self.email.clone()), ("phone", self.phone.clone())];
        let more = [("account", self.account.clone())];
        let known = fields.into_iter().chain(more);
        known.filter_map(|(field, value)| Some((field.to_string(), value?))).collect()
    }

    /// Whether there is anything that a CRM could look for.
    pub fn can_be_looked_up(&self) -> bool {
        self.email.is_some() || self.phone.is_some() || self.account.is_some() || self.case.is_some()
    }
}

/// Where a chat is on its way: `waiting → offered → active → ended`, then it is closed and leaves the live state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// In its queue.
    Waiting,
    /// Held out to one agent.
    Offered {
        /// The offer.
        offer: OfferId,
        /// To whom.
        agent: AgentId,
    },
    /// Both sides write.
    Active {
        /// Its one owner.
        agent: AgentId,
    },
    /// In post processing.
    Ended {
        /// Whose wrap-up it is.
        agent: AgentId,
        /// Who ended it.
        by: EndedBy,
        /// The wrap-up.
        post: PostProcessing,
    },
}

/// Who ended a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    /// The agent.
    Agent,
    /// The customer, by their button.
    Customer,
    /// The customer's page went away and did not come back in time.
    CustomerGone,
    /// A supervisor.
    Supervisor,
    /// The agent went away and did not come back in time.
    AgentGone,
    /// The customer left before an agent accepted.
    Abandoned,
}

/// The wrap-up of one ended chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PostProcessing {
    /// When it began.
    pub since: Time,
    /// When it is over.
    pub until: Time,
    /// How often it was extended.
    pub extended: u8,
    /// Whether its time is over and only missing mandatory codes keep it open.
    pub held: bool,
}

/// One side of a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The customer.
    Customer,
    /// The agent.
    Agent,
}

impl Side {
    /// The other side.
    pub const fn other(self) -> Self {
        match self {
            Self::Customer => Self::Agent,
            Self::Agent => Self::Customer,
        }
    }
}

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// Said to the other side.
    #[default]
    Text,
    /// A private note: no customer ever sees it.
    Note,
    /// An FAQ that the agent inserted.
    Faq,
    /// Said to the customer by the desk itself.
    Greeting,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Its place in the chat, from 1, without gaps.
    pub seq: u32,
    /// Who wrote it.
    pub from: Side,
    /// The agent who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<AgentId>,
    /// What it is.
    #[serde(default)]
    pub kind: MessageKind,
    /// Id that its writer's program made; the same id is stored once.
    pub client_id: String,
    /// Exactly what was written, unless it was changed.
    pub text: String,
    /// Whether a policy changed what was written. Left out when not.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub changed: bool,
    /// When it was stored.
    pub at: Time,
}

/// How far one side has got with the other's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Receipt {
    /// Highest sequence number that reached their page.
    pub delivered: u32,
    /// Highest sequence number that they had before their eyes.
    pub read: u32,
}

/// What is known about the customer's record.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum LookUp {
    /// Nothing in the form could be looked up, or no CRM is configured.
    #[default]
    NotAsked,
    /// The CRM has been asked.
    Pending {
        /// The job.
        job: JobId,
    },
    /// The CRM answered; an empty list means that nobody matched.
    Found {
        /// Best first.
        matches: Vec<Match>,
    },
    /// The CRM could not say.
    Failed {
        /// Why, for the agent to read.
        why: String,
    },
}

/// An agent to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preference {
    /// Who.
    pub agent: AgentId,
    /// Until when.
    pub until: Time,
}

/// A transaction code that was chosen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChosenCode {
    /// Name of its list.
    pub list: String,
    /// The code.
    pub code: String,
}

/// Something that happened to the chat, between messages: what a log tells beside the transcript.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Moment {
    /// When.
    pub at: Time,
    /// Sequence number of the last message before it.
    pub after_seq: u32,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What happened to a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// It was requested.
    Requested,
    /// It entered a queue.
    Queued {
        /// The queue's name.
        queue: String,
    },
    /// It was offered.
    Offered {
        /// To whom, by name.
        agent: String,
    },
    /// It was rejected or left to expire.
    Missed {
        /// By whom, by name.
        agent: String,
    },
    /// An agent accepted it.
    Accepted {
        /// Who, by name.
        agent: String,
    },
    /// It was handed on.
    Transferred {
        /// By whom, by name.
        from: String,
        /// To which agent or queue, by name.
        to: String,
    },
    /// The customer's page went away.
    CustomerDisconnected,
    /// The customer's page came back.
    CustomerReturned,
    /// It ended.
    Ended {
        /// By whom.
        by: EndedBy,
    },
}

/// What an agent has typed and not sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Draft {
    /// The text.
    pub text: String,
    /// When it was kept.
    pub updated_at: Time,
}

/// A chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chat {
    /// Its id.
    pub id: ChatId,
    /// The queue it is in or came from.
    pub queue: QueueId,
    /// Priority, 0 to 9.
    pub priority: u8,
    /// When it was requested: its place in every queue, for ever.
    pub arrived: Time,
    /// When it entered its present queue.
    pub queued_at: Time,
    /// Skills with least levels that its agent must have.
    pub requirements: BTreeMap<Skill, Level>,
    /// What the customer filled in.
    pub form: Form,
    /// Whether a page of the customer is connected, whose going away counts.
    pub watched: bool,
    /// Where it is on its way.
    pub stage: Stage,
    /// The customer's connection.
    pub presence: Presence,
    /// An agent to wait for.
    pub preferred: Option<Preference>,
    /// The CRM's answer.
    pub look_up: LookUp,
    /// The record that it is tied to.
    pub customer: Option<Box<Customer>>,
    /// Id of the case that it is tied to.
    pub case: Option<String>,
    /// What was written.
    pub messages: Messages,
    /// What happened besides.
    pub moments: Vec<Moment>,
    /// How far the customer has got.
    pub customer_receipt: Receipt,
    /// How far the agent has got.
    pub agent_receipt: Receipt,
    /// Codes chosen.
    pub codes: Vec<ChosenCode>,
    /// Note beside the codes.
    pub note: String,
    /// The agent's unsent text.
    pub draft: Option<Draft>,
    /// Offers made so far.
    pub offers_made: u32,
    /// Steps of its queue's relaxing that are done.
    #[serde(default)]
    pub relaxed: u32,
    /// Code lists that its wrap-up needs, where a policy said so in place of the queue.
    #[serde(default)]
    pub mandatory: Option<Vec<String>>,
}

impl Chat {
    /// A chat as it is when it has just been requested.
    pub(crate) fn new(id: ChatId, at: Time, form: Form, watched: bool, queue: QueueId) -> Self {
        Self {
            id,
            queue,
            priority: 0,
            arrived: at,
            queued_at: at,
            requirements: BTreeMap::new(),
            form,
            watched,
            stage: Stage::Waiting,
            presence: Presence::Here,
            preferred: None,
            look_up: LookUp::NotAsked,
            customer: None,
            case: None,
            messages: Messages::default(),
            moments: Vec::from([Moment { at, after_seq: 0, what: What::Requested }]),
            customer_receipt: Receipt::default(),
            agent_receipt: Receipt::default(),
            codes: Vec::new(),
            note: String::new(),
            draft: None,
            offers_made: 0,
            relaxed: 0,
            mandatory: None,
        }
    }

    /// The agent who has it, or had it when it ended.
    pub fn owner(&self) -> Option<AgentId> {
        match self.stage {
            Stage::Active { agent } | Stage::Ended { agent, .. } => Some(agent),
            Stage::Waiting | Stage::Offered { .. } => None,
        }
    }

    /// The owner, or to whom it is offered.
    pub fn holder(&self) -> Option<AgentId> {
        match self.stage {
            Stage::Offered { agent, .. } => Some(agent),
            _ => self.owner(),
        }
    }

    /// Sequence number of the last message, 0 when there is none.
    pub fn last_seq(&self) -> u32 {
        self.messages.last().map_or(0, |message| message.seq)
    }

    /// The message that this side sent under this client id.
    pub fn sent(&self, from: Side, client_id: &str) -> Option<&Message> {
        self.messages.sent(from, client_id)
    }

    /// The code lists that apply to it: its queue's, mandatory where a policy said so in the queue's place.
    pub fn code_rules(&self, setup: &QueueSetup) -> Vec<CodeRule> {
        let mut rules = setup.codes.clone();
        if let Some(mandatory) = &self.mandatory {
            rules.iter_mut().for_each(|rule| rule.mandatory = mandatory.contains(&rule.list));
        }
        rules
    }

    /// Whether an agent has not accepted it yet.
    pub fn is_before_agent(&self) -> bool {
        matches!(self.stage, Stage::Waiting | Stage::Offered { .. })
    }

    /// How far this side has got.
    pub fn receipt(&self, side: Side) -> Receipt {
        match side {
            Side::Customer => self.customer_receipt,
            Side::Agent => self.agent_receipt,
        }
    }
}
