//! The CRM that Hark brings along: customers, cases and notes in one SQLite file. A plugin like any other, made
//! with the SDK.
//!
//! It decides nothing about a chat: it finds, keeps and gives back. It never deletes a customer or a case, and no
//! fault of the file ends the engine: a busy, missing or damaged database is an answer, with a text for the agent.
#![forbid(unsafe_code)]

mod attach;
mod cases;
mod config;
pub mod csv;
mod customers;
mod error;
mod found;
mod lookup;
mod sample;
mod schema;
mod search;
mod store;

use config::Config;
use hark_plugin_sdk::crm::{
    AttachLogAnswer, AttachLogRequest, Case, CasesAnswer, CasesRequest, CreateCaseRequest, CreateRequest,
    Crm, Customer, GetRequest, LookupAnswer, LookupRequest, SearchAnswer, SearchRequest, UpdateRequest,
};
use hark_plugin_sdk::{Failure, Health, Host, Json, Manifest, Plugin, export};
use store::Store;

/// How many calls may wait at once; each that reads has a connection of its own.
const MAX_IN_FLIGHT: u32 = 16;

/// An open customer database.
pub struct CrmSqlite {
    store: Store,
}

impl Plugin for CrmSqlite {
    fn manifest() -> Manifest {
        Manifest::new("crm-sqlite", env!("CARGO_PKG_VERSION"))
            .blocking(true)
            .max_in_flight(MAX_IN_FLIGHT)
            .config_schema(Config::schema())
    }

    fn create(config: Json, host: Host) -> Result<Self, Failure> {
        let config = Config::read(config)?;
        let store = Store::open(&config.path)?;
        if config.sample && store.write(sample::fill)? {
            host.info("the database was empty: sample customers and cases are in it now");
        }
        Ok(Self { store })
    }

    fn health(&self) -> Health {
        self.store.trouble().map_or(Health::Well, Health::Unavailable)
    }
}

impl Crm for CrmSqlite {
    fn lookup(&self, request: LookupRequest) -> Result<LookupAnswer, Failure> {
        Ok(LookupAnswer { matches: self.store.read(|db| lookup::lookup(db, &request))? })
    }

    fn search(&self, request: SearchRequest) -> Result<SearchAnswer, Failure> {
        Ok(SearchAnswer { matches: self.store.read(|db| search::search(db, &request))? })
    }

    fn get(&self, request: GetRequest) -> Result<Customer, Failure> {
        self.store.read(|db| customers::get(db, &request.id))
    }

    fn create(&self, request: CreateRequest) -> Result<Customer, Failure> {
        self.store.write(|db| customers::create(db, request.customer))
    }

    fn update(&self, request: UpdateRequest) -> Result<Customer, Failure> {
        self.store.write(|db| customers::update(db, request.customer))
    }

    fn cases(&self, request: CasesRequest) -> Result<CasesAnswer, Failure> {
        Ok(CasesAnswer { cases: self.store.read(|db| cases::list(db, &request))? })
    }

    fn create_case(&self, request: CreateCaseRequest) -> Result<Case, Failure> {
        self.store.write(|db| cases::create(db, &request))
    }

    fn attach_log(&self, request: AttachLogRequest) -> Result<AttachLogAnswer, Failure> {
        Ok(AttachLogAnswer { case: self.store.write(|db| attach::attach(db, &request))? })
    }
}

export!(CrmSqlite: crm);
