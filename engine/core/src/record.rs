//! What a CRM tells about a customer. These are the engine's twins of the plugin kit's payloads, name by name;
//! a test compares both. Nothing here is looked up or decided.

use crate::id::ForeignId;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A customer's record as the CRM has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Customer {
    /// Id in the CRM.
    pub id: ForeignId,
    /// Full name.
    pub name: String,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Telephone number as the CRM writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Account number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Preferred language, a BCP 47 tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Marked for special care.
    #[serde(default)]
    pub vip: bool,
    /// Customer since this date, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Free notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Fields that only this CRM has.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// Grows with each change; an update must name the version it changes.
    #[serde(default)]
    pub version: u64,
}

/// A case of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Case {
    /// Id in the CRM.
    pub id: ForeignId,
    /// Number that people quote.
    pub number: String,
    /// Whose case it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<ForeignId>,
    /// One line about it.
    pub subject: String,
    /// `open`, `pending` or `closed`.
    pub status: String,
    /// When it was opened, RFC 3339 as the CRM writes it.
    pub opened_at: String,
    /// When it last changed, RFC 3339 as the CRM writes it.
    pub updated_at: String,
    /// Notes, oldest first.
    #[serde(default)]
    pub notes: Vec<CaseNote>,
}

/// A note on a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CaseNote {
    /// When, RFC 3339 as the CRM writes it.
    pub at: String,
    /// Who wrote it.
    pub author: String,
    /// What it says.
    pub text: String,
}

/// One record that may be the customer who writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Match {
    /// The record.
    pub customer: Customer,
    /// The case, when a case number was given and found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<Case>,
    /// How many cases of this customer are open.
    #[serde(default)]
    pub open_cases: u32,
    /// How sure the CRM is, 0 to 100.
    pub score: u8,
    /// What matched: `email`, `phone`, `account`, `case`, `name`, …
    pub by: String,
}
