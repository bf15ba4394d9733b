//! A chat as its agent and supervisors see it.

use crate::id::{AgentId, ChatId};
use crate::policy::{LogMode, PopMoment, ScreenPop};
use crate::record::{Customer, Match};
use crate::setup::CodeRule;
use crate::state::{
    Chat, ChosenCode, Draft, EndedBy, Form, LookUp, Message, Moment, PostProcessing, Presence, Receipt,
    Stage, State,
};
use crate::time::Time;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// What pops, with the records it speaks of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScreenPopView {
    /// `pending` while the CRM has not answered; else `record`, `case`, `list`, `blank`, `url` or `nothing`.
    pub kind: String,
    /// The moment at which it popped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<PopMoment>,
    /// The records: one for `record` and `case`, all for `list`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matches: Vec<Match>,
    /// What a blank form begins with.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// The address for `url`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Why no record was found, when the CRM could not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl ScreenPopView {
    /// What pops for a chat now.
    pub fn of(state: &State, chat: &Chat) -> Self {
        let popped = state.popped(chat.id);
        let why = match &chat.look_up {
            LookUp::Failed { why } => Some(why.clone()),
            _ => None,
        };
        let empty = Self {
            kind: "nothing".into(),
            on: popped.map(|popped| popped.on),
            matches: Vec::new(),
            fields: BTreeMap::new(),
            url: None,
            why,
        };
        let pending = matches!(chat.look_up, LookUp::Pending { .. });
        let Some(popped) = popped else {
            return Self { kind: if pending { "pending" } else { "nothing" }.into(), ..empty };
        };
        let matches = chat.look_up.matches();
        let one = |index: u32| matches.get(index as usize).cloned().into_iter().collect();
        match &popped.pop {
            ScreenPop::Record { index } => Self { kind: "record".into(), matches: one(*index), ..empty },
            ScreenPop::Case { index } => Self { kind: "case".into(), matches: one(*index), ..empty },
            ScreenPop::List => Self { kind: "list".into(), matches: matches.to_vec(), ..empty },
            ScreenPop::Blank { fields } => Self { kind: "blank".into(), fields: fields.clone(), ..empty },
            ScreenPop::Url { url } => Self { kind: "url".into(), url: Some(url.clone()), ..empty },
            ScreenPop::Nothing => empty,
        }
    }
}

/// A chat in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChatSummary {
    /// Its id.
    pub id: ChatId,
    /// `waiting`, `offered`, `active`, `ended`, `closed` or `abandoned`.
    pub state: String,
    /// Its queue's name.
    pub queue: String,
    /// Its queue's title.
    pub queue_title: String,
    /// Priority, 0 to 9.
    pub priority: u8,
    /// Who has it, had it, or is offered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<AgentId>,
    /// The customer's name as given.
    pub name: String,
    /// What the customer asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// When it was requested.
    pub requested_at: Time,
    /// When an agent first accepted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<Time>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Time>,
    /// How many messages it has.
    pub messages: u32,
}

impl ChatSummary {
    /// A live chat in a list.
    pub fn of(state: &State, chat: &Chat) -> Self {
        use crate::state::What;
        let queue = state.queue(chat.queue);
        let moment = |is: fn(&What) -> bool| {
            chat.moments.iter().find(|moment| is(&moment.what)).map(|moment| moment.at)
        };
        Self {
            id: chat.id,
            state: stage_word(&chat.stage).into(),
            queue: queue.map(|queue| queue.name.clone()).unwrap_or_default(),
            queue_title: queue.map(|queue| queue.title().into()).unwrap_or_default(),
            priority: chat.priority,
            agent_id: chat.holder(),
            name: chat.form.name.clone(),
            question: chat.form.question.clone(),
            requested_at: chat.arrived,
            accepted_at: moment(|what| matches!(what, What::Accepted { .. })),
            ended_at: moment(|what| matches!(what, What::Ended { .. })),
            messages: chat.last_seq(),
        }
    }
}

fn stage_word(stage: &Stage) -> &'static str {
    match stage {
        Stage::Waiting => "waiting",
        Stage::Offered { .. } => "offered",
        Stage::Active { .. } => "active",
        Stage::Ended { .. } => "ended",
    }
}

/// A chat with all that its agent needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChatView {
    /// As in a list.
    #[serde(flatten)]
    pub summary: ChatSummary,
    /// What the customer filled in.
    pub form: Form,
    /// Messages, oldest first; the last ones where the request asked for some.
    pub transcript: Vec<Message>,
    /// What happened besides.
    pub moments: Vec<Moment>,
    /// What pops.
    pub screen_pop: ScreenPopView,
    /// The record it is tied to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// Id of the case it is tied to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_id: Option<String>,
    /// Whether the customer's page is connected.
    pub customer_connected: bool,
    /// How far the customer has got.
    pub customer_receipt: Receipt,
    /// How far the agent has got.
    pub agent_receipt: Receipt,
    /// Codes chosen.
    pub codes: Vec<ChosenCode>,
    /// Code lists that apply.
    pub code_rules: Vec<CodeRule>,
    /// Note beside the codes.
    pub note: String,
    /// The agent's unsent text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<Draft>,
    /// Who ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<EndedBy>,
    /// The wrap-up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_processing: Option<PostProcessing>,
    /// How often the wrap-up may still be extended.
    pub extends_left: u8,
    /// How the log opens, once it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_mode: Option<LogMode>,
}

impl ChatView {
    /// A live chat with its last `messages` messages.
    pub fn of(state: &State, chat: &Chat, messages: usize) -> Self {
        let from = chat.messages.len().saturating_sub(messages);
        let setup = state.queue(chat.queue).map(|queue| &queue.setup);
        let (ended_by, post_processing) = match chat.stage {
            Stage::Ended { by, post, .. } => (Some(by), Some(post)),
            _ => (None, None),
        };
        let extended = post_processing.map_or(0, |post| post.extended);
        Self {
            summary: ChatSummary::of(state, chat),
            form: chat.form.clone(),
            transcript: chat.messages[from..].to_vec(),
            moments: chat.moments.clone(),
            screen_pop: ScreenPopView::of(state, chat),
            customer: chat.customer.as_deref().cloned(),
            case_id: chat.case.clone(),
            customer_connected: chat.presence == Presence::Here,
            customer_receipt: chat.customer_receipt,
            agent_receipt: chat.agent_receipt,
            codes: chat.codes.clone(),
            code_rules: setup.map(|setup| chat.code_rules(setup)).unwrap_or_default(),
            note: chat.note.clone(),
            draft: chat.draft.clone(),
            ended_by,
            post_processing,
            extends_left: setup.map_or(0, |setup| setup.extends.saturating_sub(extended)),
            log_mode: state.log(chat.id).map(|log| log.mode),
        }
    }
}
