//! Every operation that is known to this version, with a request as the engine makes it and the type of its answer: for
//! whoever checks plugins or prints schemas. It asks nothing.

use crate::{Json, crm, faq, json};
use serde::de::DeserializeOwned;

/// One operation.
pub struct Payload {
    /// Its name and version.
    pub operation: &'static str,
    /// A usual request, about people and articles that do not exist.
    pub example: fn() -> Json,
    /// Whether the operation changes something in the system behind the plugin.
    pub changes: bool,
    read: fn(&[u8]) -> Result<(), serde_json::Error>,
    #[cfg(feature = "schema")]
    schemas: fn() -> [Json; 2],
}

impl Payload {
    /// Whether the bytes are an answer of this operation.
    ///
    /// # Errors
    /// The place and the reason when they are not.
    pub fn check_answer(&self, bytes: &[u8]) -> Result<(), serde_json::Error> {
        (self.read)(bytes)
    }

    /// JSON Schema of the request.
    #[cfg(feature = "schema")]
    #[must_use]
    pub fn request_schema(&self) -> Json {
        let [request, _] = (self.schemas)();
        request
    }

    /// JSON Schema of the answer.
    #[cfg(feature = "schema")]
    #[must_use]
    pub fn answer_schema(&self) -> Json {
        let [_, answer] = (self.schemas)();
        answer
    }
}

fn reads<T: DeserializeOwned>(bytes: &[u8]) -> Result<(), serde_json::Error> {
    serde_json::from_slice::<T>(bytes).map(drop)
}

macro_rules! payload {
    ($operation:expr, $request:ty, $answer:ty, $changes:ident, $example:tt) => {
        Payload {
            operation: $operation,
            example: || json!($example),
            changes: $changes,
            read: reads::<$answer>,
            #[cfg(feature = "schema")]
            schemas: || [schemars::schema_for!($request).into(), schemars::schema_for!($answer).into()],
        }
    };
}

/// All of them.
pub const PAYLOADS: &[Payload] = &[
    payload!(crm::LOOKUP, crm::LookupRequest, crm::LookupAnswer, false, {
        "email": "ana.novak@example.org", "phone": "+1 555 010 2030", "name": "Ana Novak", "limit": 10
    }),
    payload!(crm::SEARCH, crm::SearchRequest, crm::SearchAnswer, false, { "text": "novak", "limit": 10 }),
    payload!(crm::GET, crm::GetRequest, crm::Customer, false, { "id": "no-such-customer" }),
    payload!(crm::CREATE, crm::CreateRequest, crm::Customer, true, {
        "customer": { "name": "Ana Novak", "email": "ana.novak@example.org" }
    }),
    payload!(crm::UPDATE, crm::UpdateRequest, crm::Customer, true, {
        "customer": { "id": "no-such-customer", "name": "Ana Novak", "version": 1 }
    }),
    payload!(crm::CASES, crm::CasesRequest, crm::CasesAnswer, false, { "customer_id": "no-such-customer", "limit": 10 }),
    payload!(crm::CREATE_CASE, crm::CreateCaseRequest, crm::Case, true, {
        "customer_id": "no-such-customer", "subject": "A broken glaze kit"
    }),
    payload!(crm::ATTACH_LOG, crm::AttachLogRequest, crm::AttachLogAnswer, true, {
        "customer_id": "no-such-customer", "chat_id": "int_0000", "title": "Glaze kit",
        "text": "Ana: Hello\nDana: Hi Ana", "codes": ["delivery"],
        "started_at": "2026-05-02T10:00:00Z", "ended_at": "2026-05-02T10:30:00Z"
    }),
    payload!(faq::SEARCH, faq::SearchRequest, faq::SearchAnswer, false, { "text": "reset password", "limit": 5 }),
    payload!(faq::GET, faq::GetRequest, faq::Article, false, { "id": "no-such-article" }),
    payload!(faq::CATEGORIES, faq::CategoriesRequest, faq::CategoriesAnswer, false, {}),
    payload!(faq::FEEDBACK, faq::FeedbackRequest, faq::FeedbackAnswer, true, {
        "id": "no-such-article", "helpful": true
    }),
];

/// The payloads of an operation, if it is one of those known here.
#[must_use]
pub fn of(operation: &str) -> Option<&'static Payload> {
    PAYLOADS.iter().find(|payload| payload.operation == operation)
}
