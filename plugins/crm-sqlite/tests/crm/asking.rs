//! Asking a CRM, and the strings that it is asked with. `crate::Desk` has the plugin in `crm`, whichever it is.

use crate::Desk;
use hark_plugin_sdk::crm::{Customer, LookupAnswer, Match};
use hark_plugin_sdk::{Failure, Json, json};
use serde::de::DeserializeOwned;

impl Desk {
    /// Asks, and reads the answer as its type.
    pub(crate) fn ask<A: DeserializeOwned>(&self, operation: &str, request: Json) -> Result<A, Failure> {
        let answer = self.crm.call(operation, request)?;
        Ok(serde_json::from_value(answer).expect("the answer has the operation's type"))
    }

    pub(crate) fn lookup(&self, request: Json) -> Vec<Match> {
        self.ask::<LookupAnswer>("crm.lookup/1", request).expect("looked up").matches
    }

    pub(crate) fn search(&self, text: &str) -> Vec<Match> {
        self.ask::<LookupAnswer>("crm.search/1", json!({ "text": text, "limit": 100 }))
            .expect("searched")
            .matches
    }

    pub(crate) fn customer(&self, customer: &Json) -> Customer {
        self.ask("crm.create/1", json!({ "customer": customer })).expect("created")
    }
}

pub(crate) fn ids(matches: &[Match]) -> Vec<&str> {
    matches.iter().map(|found| found.customer.id.as_str()).collect()
}

/// The strings that break software.
pub(crate) fn naughty() -> Vec<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/strings/naughty-strings.json");
    let text = std::fs::read_to_string(path).expect("the test data is in the repository");
    let strings: Vec<String> = serde_json::from_str(&text).expect("a list of strings");
    assert!(strings.len() >= 500, "only {} strings", strings.len());
    strings.into_iter().chain(["\u{fffd}\u{202e}".to_owned()]).collect()
}
