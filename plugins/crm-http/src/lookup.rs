//! Who is it? Way by way, the surest first as they are configured, until one leads to somebody: each way costs a request.

use crate::config::WayConfig;
use crate::crm::{Crm, needed};
use crate::fields;
use hark_plugin_rest::{Asking, Fields, Pick, Request};
use hark_plugin_sdk::crm::{
    Case, Customer, LookupRequest, Match, Ranking, SearchRequest, keys, limit, score, text_score,
};
use hark_plugin_sdk::{Failure, Json};
use std::collections::HashMap;
use tokio::time::timeout;

/// How many of a customer's cases are looked at to count the open ones.
const COUNTED_CASES: u32 = 20;
/// What each place further down a list of hits takes from its share.
const FURTHER_DOWN: f64 = 0.02;

/// One way to find a customer.
pub(crate) struct Way {
    by: String,
    score: u8,
    request: Request,
    customer: String,
    customer_id: Option<Pick>,
    case: Option<String>,
}

impl Way {
    pub(crate) fn compile(config: &WayConfig, at: usize, values: &Fields) -> Result<Self, Failure> {
        let key = format!("lookup[{at}]");
        let known = ["email", "phone", "account", "case", "name"].contains(&config.by.as_str());
        if !known && !config.by.starts_with("field.") {
            let text = "is email, phone, account, case, name, or field.NAME";
            return Err(Failure::invalid(format!("`{key}.by` {text}")));
        }
        let id = config.customer_id.as_ref();
        Ok(Self {
            by: config.by.clone(),
            score: config.score.unwrap_or(usual(&config.by)),
            request: Request::compile(&config.request, &format!("{key}.request"), fields::LOOKUP, values)?,
            customer: config.customer.clone(),
            customer_id: id.map(|pick| Pick::compile(pick, &format!("{key}.customer_id"))).transpose()?,
            case: config.case.clone(),
        })
    }

    /// Whether its records have only the customer's id.
    pub(crate) fn needs_get(&self) -> bool {
        self.customer_id.is_some()
    }

    async fn customer(
        &self,
        crm: &Crm,
        asking: &Asking<'_>,
        record: &Json,
    ) -> Result<Option<Customer>, Failure> {
        let Some(id) = &self.customer_id else {
            return Ok(record.pointer(&self.customer).and_then(|record| crm.customers.read(record)));
        };
        let Some(id) = id.of(record) else { return Ok(None) };
        match crm.get(asking, &id).await {
            Err(Failure::NotFound(_)) => Ok(None),
            other => other.map(Some),
        }
    }
}

fn usual(by: &str) -> u8 {
    match by {
        "case" => score::CASE,
        "account" => score::ACCOUNT,
        "email" => score::EMAIL,
        "phone" => score::PHONE,
        "name" => score::NAME,
        _ => score::FIELD,
    }
}

/// The customers that fit, best first.
pub(crate) async fn lookup(
    crm: &Crm,
    asking: &Asking<'_>,
    request: &LookupRequest,
) -> Result<Vec<Match>, Failure> {
    let limit = limit(request.limit);
    let mut fields = crm.fields(fields::lookup(request));
    fields.insert("limit".to_owned(), limit.to_string());
    let mut found = Found::default();
    for way in &crm.ways {
        if fields.get(&way.by).is_none_or(String::is_empty) {
            continue;
        }
        found.by(way, crm, asking, &fields, limit).await?;
        if !found.customers.is_empty() {
            break;
        }
    }
    if let Some(name) = request.name.as_deref().and_then(keys::name) {
        found.agree(&name);
    }
    let mut matches = found.matches(limit);
    if let [only] = matches.as_mut_slice() {
        only.open_cases = open_cases(crm, asking, &only.customer.id).await;
    }
    Ok(matches)
}

/// Customers that fit a text, in the system's order.
pub(crate) async fn search(
    crm: &Crm,
    asking: &Asking<'_>,
    request: &SearchRequest,
) -> Result<Vec<Match>, Failure> {
    let search = needed(crm.search.as_ref(), "search")?;
    let limit = limit(request.limit);
    let text = request.text.trim();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let fields = [("text".to_owned(), text.to_owned()), ("limit".to_owned(), limit.to_string())];
    let records = asking.list(search, &crm.fields(fields), limit as usize).await?;
    let customers = records.iter().filter_map(|record| crm.customers.read(record));
    let matches = customers.enumerate().map(|(at, customer)| Match {
        customer,
        score: text_score(1.0 - at as f64 * FURTHER_DOWN),
        by: "text".to_owned(),
        ..Match::default()
    });
    Ok(matches.collect())
}

/// A number that helps and is not worth a failure: half of the time that is left is all that it gets.
async fn open_cases(crm: &Crm, asking: &Asking<'_>, customer_id: &str) -> u32 {
    if crm.cases.is_none() {
        return 0;
    }
    let asked = timeout(asking.left() / 2, crm.cases(asking, customer_id, COUNTED_CASES)).await;
    let cases = asked.ok().and_then(Result::ok).unwrap_or_default();
    cases.iter().filter(|case| case.status != "closed").count() as u32
}

#[derive(Default)]
struct Found {
    ranking: Ranking<String, Case>,
    customers: HashMap<String, Customer>,
}

impl Found {
    async fn by(
        &mut self,
        way: &Way,
        crm: &Crm,
        asking: &Asking<'_>,
        fields: &Fields,
        limit: u32,
    ) -> Result<(), Failure> {
        let by = way.by.strip_prefix("field.").unwrap_or(&way.by);
        for record in asking.list(&way.request, fields, limit as usize).await? {
            let Some(customer) = way.customer(crm, asking, &record).await? else { continue };
            let case = way.case.as_ref().and_then(|at| crm.case.as_ref()?.read(record.pointer(at)?));
            let case = case.map(|case| Case { customer_id: Some(customer.id.clone()), ..case });
            self.ranking.add(customer.id.clone(), way.score, by, case);
            self.customers.insert(customer.id.clone(), customer);
        }
        Ok(())
    }

    /// A name tells those apart who share an address.
    fn agree(&mut self, name: &str) {
        for (id, customer) in &self.customers {
            if keys::name(&customer.name).as_deref() == Some(name) {
                self.ranking.agree(id);
            }
        }
    }

    fn matches(mut self, limit: u32) -> Vec<Match> {
        let best = self.ranking.best(limit).into_iter().filter_map(|(id, hit)| {
            let customer = self.customers.remove(&id)?;
            Some(Match { customer, case: hit.case, open_cases: 0, score: hit.score, by: hit.by })
        });
        best.collect()
    }
}
