//! Changing a customer: what is stored is read first, so that nobody's change is lost unseen, and only what is another
//! than that is sent. What the system cannot be told is refused before anything is.

use crate::config::UpdateConfig;
use crate::crm::{Crm, needed};
use crate::fields;
use hark_plugin_rest::{Asking, Change, Fields, Request};
use hark_plugin_sdk::crm::Customer;
use hark_plugin_sdk::{Failure, Json};

/// How a customer is changed.
pub(crate) struct Update {
    request: Request,
    cleared: Json,
    whole: bool,
}

impl Update {
    pub(crate) fn compile(config: &UpdateConfig, values: &Fields) -> Result<Self, Failure> {
        Ok(Self {
            request: Request::compile(&config.request, "update.request", fields::UPDATE, values)?,
            cleared: config.cleared.clone().map_or(Json::Null, Json::String),
            whole: config.whole,
        })
    }
}

/// Replaces a customer, and reads what is stored then. The version must be the stored one.
pub(crate) async fn update(crm: &Crm, asking: &Asking<'_>, wanted: &Customer) -> Result<Customer, Failure> {
    let update = needed(crm.update.as_ref(), "update")?;
    let (stored, record) = crm.get_record(asking, &wanted.id).await?;
    wanted.clone().changed_from(stored.version)?;
    let after = fields::customer(wanted);
    let change = Change::between(&fields::customer(&stored), &after, update.cleared.clone());
    let unsaid: Vec<&str> = change.names().filter(|name| !update.request.says(name)).collect();
    if !unsaid.is_empty() {
        let names = unsaid.join(", ");
        return Err(Failure::invalid(format!("the CRM does not let Hark change this: {names}")));
    }
    if change.names().next().is_none() {
        return Ok(stored);
    }
    let change = if update.whole { change.whole() } else { change };
    let version = crm.customers.version(&record).map(|version| ("version".to_owned(), version));
    let own = after.into_iter().chain([("id".to_owned(), wanted.id.clone())]).chain(version);
    asking.change(&update.request, &crm.fields(own), &change).await?;
    crm.get(asking, &wanted.id).await
}
