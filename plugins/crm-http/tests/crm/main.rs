//! CRMs behind REST interfaces, through the plugin's table: each ready system is replayed in its documented shapes by an
//! HTTPS server of the tests' own, which also holds every request against what that system takes.

#[path = "../../../net/tests/net/authority.rs"]
mod authority;
mod changes;
mod dynamics;
mod hubspot;
mod library;
#[path = "../../../sdk/tests/plugins/opened.rs"]
mod opened;
mod own;
mod salesforce;
#[path = "../../../rest/tests/rest/server.rs"]
#[allow(dead_code, reason = "other plugins' tests use all of it")]
mod server;
mod zendesk;

use hark_plugin_sdk::crm::{AttachLogAnswer, Case, CasesAnswer, Customer, LookupAnswer, Match};
use hark_plugin_sdk::testing::Driver;
use hark_plugin_sdk::{Failure, Json, json};
use serde::de::DeserializeOwned;
use server::Server;

/// A plugin that is configured for a server.
struct Desk {
    server: Server,
    config: Json,
    crm: Driver,
}

impl Desk {
    /// With a ready system and a log-in.
    fn preset(name: &str, server: Server, auth: &Json) -> Self {
        let config = json!({ "preset": name, "server": server.config(auth) });
        Self::open(server, config)
    }

    fn open(server: Server, config: Json) -> Self {
        let crm = create(&config).expect("created");
        Self { server, config, crm }
    }

    /// Another engine's plugin, which remembers nothing.
    fn reopen(self) -> Self {
        let config = self.config.clone();
        self.with(config)
    }

    /// The same server, and a plugin of another configuration.
    fn with(self, config: Json) -> Self {
        let Self { server, crm, .. } = self;
        drop(crm);
        Self::open(server, config)
    }

    fn ask<A: DeserializeOwned>(&self, operation: &str, request: &Json) -> Result<A, Failure> {
        let answer = self.crm.call(operation, request)?;
        Ok(serde_json::from_value(answer).expect("the answer has the operation's type"))
    }

    fn lookup(&self, request: &Json) -> Vec<Match> {
        self.ask::<LookupAnswer>("crm.lookup/1", request).expect("looked up").matches
    }

    fn search(&self, text: &str) -> Vec<Match> {
        let request = json!({ "text": text, "limit": 5 });
        self.ask::<LookupAnswer>("crm.search/1", &request).expect("searched").matches
    }

    fn get(&self, id: &str) -> Result<Customer, Failure> {
        self.ask("crm.get/1", &json!({ "id": id }))
    }

    fn make(&self, customer: &Json) -> Result<Customer, Failure> {
        self.ask("crm.create/1", &json!({ "customer": customer }))
    }

    fn cases(&self, customer: &str) -> Vec<Case> {
        let request = json!({ "customer_id": customer, "limit": 5 });
        self.ask::<CasesAnswer>("crm.cases/1", &request).expect("listed").cases
    }

    fn attach(&self, customer: &str, chat: &str) -> Result<Case, Failure> {
        let log = json!({
            "customer_id": customer, "chat_id": chat, "title": "A broken kit", "text": "Maria: <b>hello</b>\nDana: hi",
            "codes": ["delivery"], "started_at": "2026-01-02T03:04:05Z", "ended_at": "2026-01-02T03:14:05Z"
        });
        self.ask::<AttachLogAnswer>("crm.attach_log/1", &log).map(|answer| answer.case)
    }

    /// The bodies of all requests with this method and path so far.
    fn sent(&self, line: &str) -> Vec<Json> {
        self.server.seen().into_iter().filter(|seen| seen.line() == line).map(|seen| seen.body).collect()
    }

    /// Attaches the same chat three times, once after a restart, and returns what was stored under `line`.
    fn attach_thrice(self, customer: &str, line: &str) -> Vec<Json> {
        let first = self.attach(customer, "int_01J").expect("attached");
        assert_eq!(self.attach(customer, "int_01J").expect("answered again"), first);
        let desk = self.reopen();
        let again = desk.attach(customer, "int_01J").expect("found");
        assert_eq!((&again.id, &again.number), (&first.id, &first.number));
        desk.sent(line)
    }
}

fn create(config: &Json) -> Result<Driver, Failure> {
    Driver::create(&hark_crm_http::hark_plugin_v1, config)
}

#[test]
fn the_manifest_names_what_it_does() {
    let manifest = Driver::manifest(&hark_crm_http::hark_plugin_v1);
    assert_eq!(manifest["name"], "crm-http");
    assert_eq!(manifest["capabilities"], json!(hark_plugin_sdk::crm::OPERATIONS));
    assert_eq!(manifest["config_schema"]["required"], json!(["server"]));
}
