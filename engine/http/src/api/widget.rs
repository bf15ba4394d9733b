//! The customer's door: what a page needs to begin, and asking for a chat.

use super::guest;
use crate::ask::{Ask, json, ok};
use crate::auth::Caller;
use crate::options::Widget;
use crate::presence::Somebody;
use crate::problem::Problem;
use crate::route::{Outcome, Route, Who, get, post};
use axum::http::StatusCode;
use hark_core::command::RequestChat;
use hark_core::state::{Form, State};
use hark_core::view::GuestChatView;
use hark_core::{Action, Actor, ChatId, IdempotencyKey, Refusal, Reply};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the form has: name, what people read, whether it is needed.
const FIELDS: [(&str, &str, bool); 6] = [
    ("name", "Your name", true),
    ("email", "E-mail", false),
    ("phone", "Telephone", false),
    ("account", "Account number", false),
    ("case", "Case number", false),
    ("question", "How can we help?", false),
];

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/v1/widget/{key}", Who::Anyone, "What a customer's page needs to begin", view)
            .gives::<WidgetView>(),
        post("/v1/widget/{key}/chats", Who::Anyone, "Ask for a chat, or find the one that is there", start)
            .takes::<ChatWish>()
            .gives::<Started>()
            .created(),
        post("/v1/chats", Who::Agent, "Ask for a chat in a customer's name", create)
            .takes::<ChatWish>()
            .gives::<Started>()
            .created(),
    ]
}

/// What a customer's page needs to begin.
#[derive(Serialize, JsonSchema)]
struct WidgetView {
    /// What customers read.
    title: String,
    /// Whether chats can be asked for.
    open: bool,
    /// Queues to choose from.
    queues: Vec<QueueChoice>,
    /// The form before the chat.
    form: FormView,
    /// Longest message, in characters.
    message_limit: u32,
    /// Languages of the page, the first one being the default.
    languages: Vec<String>,
    /// Whether there are FAQs to search.
    faq: bool,
}

/// A queue to choose.
#[derive(Serialize, JsonSchema)]
struct QueueChoice {
    /// Its name, to be sent.
    queue: String,
    /// What people read.
    title: String,
}

/// The form before the chat.
#[derive(Serialize, JsonSchema)]
struct FormView {
    /// Its fields, in order.
    fields: Vec<FieldView>,
}

/// A field of the form.
#[derive(Serialize, JsonSchema)]
struct FieldView {
    /// Its name, to be sent.
    name: &'static str,
    /// What people read.
    title: &'static str,
    /// Whether it must be filled in.
    required: bool,
    /// Longest value, in characters.
    limit: u32,
}

/// A chat that is asked for: the form, and a queue.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ChatWish {
    /// The customer's name.
    name: String,
    /// E-mail address.
    #[serde(default)]
    email: Option<String>,
    /// Telephone number.
    #[serde(default)]
    phone: Option<String>,
    /// Account number.
    #[serde(default)]
    account: Option<String>,
    /// Case number.
    #[serde(default)]
    case: Option<String>,
    /// What they ask.
    #[serde(default)]
    question: Option<String>,
    /// Language of their page, a BCP 47 tag.
    #[serde(default)]
    language: Option<String>,
    /// Address of the page they came from.
    #[serde(default)]
    page: Option<String>,
    /// Id of the FAQ they read last.
    #[serde(default)]
    faq: Option<String>,
    /// Name of the queue; the first one otherwise.
    #[serde(default)]
    queue: Option<String>,
}

impl ChatWish {
    /// The form, in which an empty field is as good as none, and the queue.
    fn split(self) -> (Form, Option<String>) {
        let said = |field: Option<String>| field.filter(|text| !text.trim().is_empty());
        let form = Form {
            name: self.name,
            email: said(self.email),
            phone: said(self.phone),
            account: said(self.account),
            case: said(self.case),
            question: said(self.question),
            language: said(self.language),
            page: said(self.page),
            faq: said(self.faq),
        };
        (form, said(self.queue))
    }
}

/// A chat that was asked for.
#[derive(Serialize, JsonSchema)]
struct Started {
    /// It.
    chat: GuestChatView,
    /// The bearer token of its customer.
    token: String,
}

fn widget(ask: &Ask) -> Result<Widget, Problem> {
    ask.app.widgets.get(ask.param("key")).cloned().ok_or_else(Problem::not_found)
}

async fn view(ask: Ask) -> Outcome {
    let widget = widget(&ask)?;
    let (faq, queues) = (ask.app.systems.has("faq.search/1"), widget.queues.clone());
    let look = move |state: &State| {
        let limit = state.setup().limits.customer_message_chars;
        let open = state.queues().filter(|queue| queue.open);
        let ours = open.filter(|queue| queues.is_empty() || queues.contains(&queue.name));
        let choice = |queue: &hark_core::state::Queue| QueueChoice {
            queue: queue.name.clone(),
            title: queue.title().into(),
        };
        (limit, ours.map(choice).collect::<Vec<_>>())
    };
    let (message_limit, queues) = ask.read(look).await?.value;
    let (title, languages) = (widget.title, widget.languages);
    let form =
        FormView { fields: FIELDS.into_iter().map(|field| field_view(field, message_limit)).collect() };
    Ok(ok(&WidgetView { title, open: !queues.is_empty(), queues, form, message_limit, languages, faq }))
}

fn field_view((name, title, required): (&'static str, &'static str, bool), message_limit: u32) -> FieldView {
    let limit = if name == "question" { message_limit } else { Form::FIELD_LIMIT };
    FieldView { name, title, required, limit }
}

async fn start(ask: Ask) -> Outcome {
    let widget = widget(&ask)?;
    if let Caller::Guest(chat) = ask.caller
        && is_live(&ask, chat).await?
    {
        ask.app.presence.seen(Somebody::Customer(chat));
        return started(&ask, chat, StatusCode::OK).await;
    }
    ask.app.rates.chat(ask.address)?;
    let (form, queue) = ask.body::<ChatWish>()?.split();
    let queue = match queue {
        Some(queue) if widget.queues.is_empty() || widget.queues.contains(&queue) => Some(queue),
        Some(queue) => return Err(Refusal::UnknownQueue(queue).into()),
        None => widget.queues.first().cloned(),
    };
    let key = ask.idempotency_key(&format!("widget {}", widget.key))?;
    let chat = request(&ask, RequestChat { form, queue, watched: true }, key, Actor::Engine).await?;
    ask.app.presence.seen(Somebody::Customer(chat));
    started(&ask, chat, StatusCode::CREATED).await
}

async fn create(ask: Ask) -> Outcome {
    let person = ask.person()?;
    let key = ask.idempotency_key(&person.id.to_string())?;
    let (form, queue) = ask.body::<ChatWish>()?.split();
    let chat = request(&ask, RequestChat { form, queue, watched: false }, key, ask.actor()?).await?;
    started(&ask, chat, StatusCode::CREATED).await
}

async fn request(
    ask: &Ask,
    wish: RequestChat,
    key: Option<IdempotencyKey>,
    by: Actor,
) -> Result<ChatId, Problem> {
    match ask.app.handle.submit(by, Action::RequestChat(Box::new(wish)), key).await?.reply {
        Reply::Chat(chat) => Ok(chat),
        _ => Err(Problem::internal()),
    }
}

async fn is_live(ask: &Ask, chat: ChatId) -> Result<bool, Problem> {
    let look = move |state: &State| state.chat(chat).is_some_and(|chat| !is_over(chat));
    Ok(ask.read(look).await?.value)
}

fn is_over(chat: &hark_core::state::Chat) -> bool {
    matches!(chat.stage, hark_core::state::Stage::Ended { .. })
}

async fn started(ask: &Ask, chat: ChatId, status: StatusCode) -> Outcome {
    let token = ask.app.secrets.guest_token(chat);
    let chat = guest::view_of(ask, chat).await?;
    Ok(json(status, &Started { chat, token }))
}
