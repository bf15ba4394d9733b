//! The CRM on a server, through its plugin table, on a real PostgreSQL that the tests start themselves. What it answers
//! is tested by the very files that test crm-sqlite; here is what only a server can do: restart, lock, refuse, encrypt.

#[path = "../../../crm-sqlite/tests/crm/asking.rs"]
mod asking;
#[path = "../../../net/tests/net/authority.rs"]
mod authority;
mod beside;
#[path = "../../../crm-sqlite/tests/crm/cases.rs"]
mod cases;
mod faults;
mod library;
#[path = "../../../crm-sqlite/tests/crm/lookup.rs"]
mod lookup;
#[path = "../../../sdk/tests/plugins/opened.rs"]
mod opened;
#[path = "../../../crm-sqlite/tests/crm/records.rs"]
mod records;
mod schema;
#[path = "../../../crm-sqlite/tests/crm/search.rs"]
mod search;
mod secure;
mod server;

use asking::{ids, naughty};
use hark_plugin_sdk::testing::Driver;
use hark_plugin_sdk::{Failure, Json, json};
use server::Server;
use std::process::id;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Milliseconds for one operation in tests whose subject is not the time: machines that test are busy.
const PATIENT_MS: u32 = 9000;

/// A schema of its own on the tests' server.
struct Desk {
    schema: String,
    crm: Driver,
}

impl Desk {
    fn empty() -> Self {
        Self::open(false)
    }

    fn sample() -> Self {
        Self::open(true)
    }

    fn open(sample: bool) -> Self {
        let schema = new_schema();
        let crm = open(&schema, sample).expect("opened");
        Self { schema, crm }
    }

    fn path(&self) -> String {
        self.schema.clone()
    }

    /// Ends the plugin and opens the same schema again.
    fn reopen(self) -> Self {
        let Self { schema, crm } = self;
        drop(crm);
        let crm = open(&schema, false).expect("opened again");
        Self { schema, crm }
    }
}

/// The server that most tests share; it speaks TLS over TCP.
fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let made = authority::certificate();
        Server::start(Some((&made.certificate, &made.key)))
    })
}

/// A name that no other test uses.
fn new_schema() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("desk_{}_{}", id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

fn open(schema: &str, sample: bool) -> Result<Driver, Failure> {
    create(&json!({ "url": server().url(), "schema": schema, "sample": sample, "timeout_ms": PATIENT_MS }))
}

fn create(config: &Json) -> Result<Driver, Failure> {
    Driver::create(&hark_crm_postgres::hark_plugin_v1, config)
}

#[test]
fn the_manifest_names_every_operation_and_the_schema_says_what_is_taken() {
    let manifest = Driver::manifest(&hark_crm_postgres::hark_plugin_v1);
    assert_eq!(manifest["name"], "crm-postgres");
    assert_eq!(manifest["blocking"], true);
    assert_eq!(manifest["capabilities"], json!(hark_plugin_sdk::crm::OPERATIONS));
    assert_eq!(manifest["config_schema"]["required"], json!(["url"]));
}
