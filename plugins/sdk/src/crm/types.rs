//! The payloads of the capability `crm`, as JSON objects with these very names. The engine's core has twins of
//! them; a test compares. Unknown fields are ignored when read, missing optional ones are their defaults.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A person that the CRM knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Customer {
    /// The CRM's own id; the engine hands it back as it is.
    pub id: String,
    /// Full name as it should be shown.
    pub name: String,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Phone number as a person writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Account number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Preferred language, a BCP 47 tag such as `es`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Whether agents should take particular care.
    #[serde(default)]
    pub vip: bool,
    /// Customer since, an ISO date such as `2021-03-14`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// What agents should know, free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Whatever else the CRM keeps, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// Grows with each change; sent back with an update.
    #[serde(default)]
    pub version: u64,
}

/// A customer that the CRM does not have yet: [`Customer`] without id and version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewCustomer {
    /// Full name as it should be shown.
    pub name: String,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Phone number as a person writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Account number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Preferred language, a BCP 47 tag such as `es`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Whether agents should take particular care.
    #[serde(default)]
    pub vip: bool,
    /// Customer since, an ISO date such as `2021-03-14`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// What agents should know, free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Whatever else the CRM keeps, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
}

/// A matter that is followed for a customer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Case {
    /// The CRM's own id.
    pub id: String,
    /// The number that people use, such as `CS-5512`.
    pub number: String,
    /// The customer whose case it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    /// What it is about.
    pub subject: String,
    /// `open`, `pending` or `closed`.
    pub status: String,
    /// When it was opened, RFC 3339.
    pub opened_at: String,
    /// When it last changed, RFC 3339.
    pub updated_at: String,
    /// What was written to it, oldest first.
    #[serde(default)]
    pub notes: Vec<CaseNote>,
}

/// One entry of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CaseNote {
    /// When, RFC 3339.
    pub at: String,
    /// Who wrote it.
    pub author: String,
    /// What they wrote.
    pub text: String,
}

/// A customer that fits, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Match {
    /// The customer.
    pub customer: Customer,
    /// The case, when a case number led here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<Case>,
    /// How many of the customer's cases are not closed.
    #[serde(default)]
    pub open_cases: u32,
    /// How sure it is, 0 to 100.
    pub score: u8,
    /// What fitted: `email`, `phone`, `account`, `case`, `name`, or another field's name.
    pub by: String,
}

/// `crm.lookup/1`: what a customer's form says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LookupRequest {
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Account number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Case number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// Name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Other fields of the form, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// How many matches at most; 0 means the plugin's own limit.
    #[serde(default)]
    pub limit: u32,
}

/// The answer of `crm.lookup/1`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LookupAnswer {
    /// Who fits, best first.
    pub matches: Vec<Match>,
}

/// `crm.search/1`: what an agent types into pick-a-customer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SearchRequest {
    /// Any words of name, e-mail, phone, account or company.
    pub text: String,
    /// How many matches at most; 0 means the plugin's own limit.
    #[serde(default)]
    pub limit: u32,
}

/// The answer of `crm.search/1`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SearchAnswer {
    /// Who fits, best first.
    pub matches: Vec<Match>,
}

/// `crm.get/1`; the answer is a [`Customer`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GetRequest {
    /// The customer's id.
    pub id: String,
}

/// `crm.create/1`; the answer is the stored [`Customer`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CreateRequest {
    /// What to store.
    pub customer: NewCustomer,
}

/// `crm.update/1`; the answer is the stored [`Customer`] with its new version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UpdateRequest {
    /// The whole customer, with the version that was read.
    pub customer: Customer,
}

/// `crm.cases/1`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CasesRequest {
    /// Whose cases.
    pub customer_id: String,
    /// How many at most; 0 means the plugin's own limit.
    #[serde(default)]
    pub limit: u32,
}

/// The answer of `crm.cases/1`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CasesAnswer {
    /// The cases, newest first.
    pub cases: Vec<Case>,
}

/// `crm.create_case/1`; the answer is the [`Case`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CreateCaseRequest {
    /// Whose case.
    pub customer_id: String,
    /// What it is about.
    pub subject: String,
}

/// `crm.attach_log/1`: the log of a finished chat.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AttachLogRequest {
    /// Whose chat it was.
    pub customer_id: String,
    /// The case to attach it to; none means the newest open case, or a new one with the title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_id: Option<String>,
    /// The chat; a second request with the same one changes nothing.
    pub chat_id: String,
    /// What it was about.
    pub title: String,
    /// The log itself, plain text.
    pub text: String,
    /// Transaction codes that the agent picked.
    #[serde(default)]
    pub codes: Vec<String>,
    /// When the chat began, RFC 3339.
    pub started_at: String,
    /// When the chat ended, RFC 3339.
    pub ended_at: String,
}

/// The answer of `crm.attach_log/1`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AttachLogAnswer {
    /// The case that holds the log, with its notes.
    pub case: Case,
}
