//! Customers and cases of the CRM, and tying a chat to them. The CRM holds them; Hark only asks.

use super::systems::{CRM, ask_system};
use crate::ask::{Ask, List, empty, json, ok, with_etag};
use crate::problem::Problem;
use crate::route::{Outcome, Route, Who, get, patch, post, put};
use axum::http::StatusCode;
use hark_core::record::{Case, Customer, Match};
use hark_core::{Action, ChatId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json as object};
use std::collections::BTreeMap;

/// Matches asked for at most.
const MATCHES: u32 = 20;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/v1/customers", Who::Agent, "Search customers", search)
            .query(&[("q", "Any words of name, e-mail, phone, account or company"), ("limit", "At most 20")])
            .gives::<List<Match>>(),
        get("/v1/customers/lookup", Who::Agent, "Customers who fit exactly", lookup)
            .query(&[
                ("email", "E-mail address"),
                ("phone", "Telephone number"),
                ("account", "Account number"),
                ("case", "Case number"),
            ])
            .gives::<List<Match>>(),
        post("/v1/customers", Who::Agent, "A new customer", create)
            .takes::<NewCustomer>()
            .gives::<Customer>()
            .created(),
        get("/v1/customers/{id}", Who::Agent, "A customer", view).gives::<Customer>(),
        patch("/v1/customers/{id}", Who::Agent, "Change a customer", change)
            .takes::<CustomerChange>()
            .gives::<Customer>(),
        get("/v1/customers/{id}/cases", Who::Agent, "The cases of a customer", cases).gives::<List<Case>>(),
        post("/v1/cases", Who::Agent, "A new case", create_case).takes::<NewCase>().gives::<Case>().created(),
        put("/v1/chats/{id}/customer", Who::Agent, "Tie a chat to a customer, or untie it", link)
            .takes::<Link>()
            .empty(),
    ]
}

/// What a CRM finds.
#[derive(Deserialize)]
struct Matches {
    matches: Vec<Match>,
}

/// A customer that the CRM does not have yet.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewCustomer {
    /// Full name.
    name: String,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// Telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    /// Account number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    /// Company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    /// Preferred language, a BCP 47 tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    /// Marked for special care.
    #[serde(default)]
    vip: bool,
    /// Customer since, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    /// Free notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    notes: Option<String>,
    /// Further fields, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    fields: BTreeMap<String, String>,
}

/// Fields of a customer that change; what is left out stays, an empty text deletes.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CustomerChange {
    /// Full name.
    #[serde(default)]
    name: Option<String>,
    /// E-mail address.
    #[serde(default)]
    email: Option<String>,
    /// Telephone number.
    #[serde(default)]
    phone: Option<String>,
    /// Account number.
    #[serde(default)]
    account: Option<String>,
    /// Company.
    #[serde(default)]
    company: Option<String>,
    /// Preferred language, a BCP 47 tag.
    #[serde(default)]
    language: Option<String>,
    /// Marked for special care.
    #[serde(default)]
    vip: Option<bool>,
    /// Free notes.
    #[serde(default)]
    notes: Option<String>,
    /// Further fields, by name; all of them.
    #[serde(default)]
    fields: Option<BTreeMap<String, String>>,
}

impl CustomerChange {
    fn apply(self, customer: &mut Customer) {
        let fields = [
            (&mut customer.email, self.email),
            (&mut customer.phone, self.phone),
            (&mut customer.account, self.account),
            (&mut customer.company, self.company),
            (&mut customer.language, self.language),
            (&mut customer.notes, self.notes),
        ];
        for (field, change) in fields {
            if let Some(text) = change {
                *field = Some(text).filter(|text| !text.is_empty());
            }
        }
        customer.name = self.name.unwrap_or_else(|| customer.name.clone());
        customer.vip = self.vip.unwrap_or(customer.vip);
        customer.fields = self.fields.unwrap_or_else(|| customer.fields.clone());
    }
}

/// A case that the CRM does not have yet.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewCase {
    /// Whose.
    customer_id: String,
    /// One line about it.
    subject: String,
}

/// What a chat is tied to.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Link {
    /// Id of the customer; none unties.
    #[serde(default)]
    customer_id: Option<String>,
    /// Id of the case.
    #[serde(default)]
    case_id: Option<String>,
}

async fn search(ask: Ask) -> Outcome {
    let limit = ask.query_as::<u32>("limit")?.unwrap_or(MATCHES).clamp(1, MATCHES);
    let request = object!({ "text": ask.query("q").unwrap_or_default(), "limit": limit });
    let found: Matches = ask_system(&ask, &CRM, "crm.search/1", &request).await?;
    Ok(List::whole(found.matches).answer(&ask))
}

async fn lookup(ask: Ask) -> Outcome {
    let mut request = object!({ "limit": MATCHES });
    for name in ["email", "phone", "account", "case"] {
        if let Some(value) = ask.query(name).filter(|value| !value.is_empty()) {
            request[name] = Value::String(value);
        }
    }
    let found: Matches = ask_system(&ask, &CRM, "crm.lookup/1", &request).await?;
    Ok(List::whole(found.matches).answer(&ask))
}

async fn create(ask: Ask) -> Outcome {
    let new: NewCustomer = ask.body()?;
    let made: Customer = ask_system(&ask, &CRM, "crm.create/1", &object!({ "customer": new })).await?;
    Ok(with_etag(json(StatusCode::CREATED, &made), made.version))
}

async fn view(ask: Ask) -> Outcome {
    let customer = fetch(&ask, ask.param("id")).await?;
    Ok(with_etag(ok(&customer), customer.version))
}

async fn fetch(ask: &Ask, id: &str) -> Result<Customer, Problem> {
    ask_system(ask, &CRM, "crm.get/1", &object!({ "id": id })).await
}

async fn change(ask: Ask) -> Outcome {
    let (change, version) = (ask.body::<CustomerChange>()?, ask.if_match()?);
    let mut customer = fetch(&ask, ask.param("id")).await?;
    if customer.version != version {
        return Err(hark_core::Refusal::StaleVersion {
            current: u32::try_from(customer.version).unwrap_or(u32::MAX),
        }
        .into());
    }
    change.apply(&mut customer);
    let changed: Customer =
        ask_system(&ask, &CRM, "crm.update/1", &object!({ "customer": customer })).await?;
    Ok(with_etag(ok(&changed), changed.version))
}

/// What a CRM says about a customer's cases.
#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

async fn cases(ask: Ask) -> Outcome {
    let request = object!({ "customer_id": ask.param("id") });
    let found: Cases = ask_system(&ask, &CRM, "crm.cases/1", &request).await?;
    Ok(List::whole(found.cases).answer(&ask))
}

async fn create_case(ask: Ask) -> Outcome {
    let new: NewCase = ask.body()?;
    let made: Case = ask_system(&ask, &CRM, "crm.create_case/1", &new).await?;
    Ok(json(StatusCode::CREATED, &made))
}

async fn link(ask: Ask) -> Outcome {
    let (chat, link): (ChatId, Link) = (ask.id("id")?, ask.body()?);
    let customer = match &link.customer_id {
        Some(id) => Some(Box::new(fetch(&ask, id).await?)),
        None => None,
    };
    ask.submit(Action::LinkCustomer { chat, customer, case: link.case_id }).await?;
    Ok(empty())
}
