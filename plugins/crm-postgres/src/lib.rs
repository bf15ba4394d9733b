//! Customers, cases and notes in a PostgreSQL database: for desks whose data lives on a server of its own. A plugin like
//! any other, made with the SDK.
//!
//! It decides nothing about a chat: it finds, keeps and gives back. It never deletes a customer or a case, and no fault
//! of the server ends the engine: a server that is gone, full or too slow is an answer, with a text for the agent.
#![forbid(unsafe_code)]

mod attach;
mod cases;
mod config;
mod customers;
mod error;
mod found;
mod lookup;
mod pool;
mod sample;
mod schema;
mod search;
mod session;
mod storable;
mod store;
mod tls;
mod words;

use config::Config;
use hark_plugin_sdk::crm::{
    AttachLogAnswer, AttachLogRequest, Case, CasesAnswer, CasesRequest, CreateCaseRequest, CreateRequest,
    Crm, Customer, GetRequest, LookupAnswer, LookupRequest, SearchAnswer, SearchRequest, UpdateRequest,
};
use hark_plugin_sdk::{Failure, Health, Host, Json, Manifest, Plugin, export};
use storable::storable;
use store::Store;

/// How many calls may wait at once; those beyond the pool's connections wait for one.
const MAX_IN_FLIGHT: u32 = 32;

/// A customer database on a server.
pub struct CrmPostgres {
    store: Store,
}

impl Plugin for CrmPostgres {
    fn manifest() -> Manifest {
        Manifest::new("crm-postgres", env!("CARGO_PKG_VERSION"))
            .blocking(true)
            .max_in_flight(MAX_IN_FLIGHT)
            .config_schema(Config::schema())
    }

    fn create(config: Json, host: Host) -> Result<Self, Failure> {
        let config = Config::read(config)?;
        let (store, filled) = Store::open(&config)?;
        if filled {
            host.info("the database was empty: sample customers and cases are in it now");
        }
        Ok(Self { store })
    }

    fn health(&self) -> Health {
        self.store.trouble().map_or(Health::Well, Health::Unavailable)
    }
}

impl Crm for CrmPostgres {
    fn lookup(&self, request: LookupRequest) -> Result<LookupAnswer, Failure> {
        let request = storable(request)?;
        let matches = self.store.read(&async |db| lookup::lookup(db, &request).await)?;
        Ok(LookupAnswer { matches })
    }

    fn search(&self, request: SearchRequest) -> Result<SearchAnswer, Failure> {
        let request = storable(request)?;
        let matches = self.store.read(&async |db| search::search(db, &request).await)?;
        Ok(SearchAnswer { matches })
    }

    fn get(&self, request: GetRequest) -> Result<Customer, Failure> {
        let request = storable(request)?;
        self.store.read(&async |db| customers::get(db, &request.id).await)
    }

    fn create(&self, request: CreateRequest) -> Result<Customer, Failure> {
        let request = storable(request)?;
        self.store.write(&async |db| customers::create(db, request.customer.clone()).await)
    }

    fn update(&self, request: UpdateRequest) -> Result<Customer, Failure> {
        let request = storable(request)?;
        self.store.write(&async |db| customers::update(db, request.customer.clone()).await)
    }

    fn cases(&self, request: CasesRequest) -> Result<CasesAnswer, Failure> {
        let request = storable(request)?;
        let cases = self.store.read(&async |db| cases::list(db, &request).await)?;
        Ok(CasesAnswer { cases })
    }

    fn create_case(&self, request: CreateCaseRequest) -> Result<Case, Failure> {
        let request = storable(request)?;
        self.store.write(&async |db| cases::create(db, &request).await)
    }

    fn attach_log(&self, request: AttachLogRequest) -> Result<AttachLogAnswer, Failure> {
        let request = storable(request)?;
        let case = self.store.write(&async |db| attach::attach(db, &request).await)?;
        Ok(AttachLogAnswer { case })
    }
}

export!(CrmPostgres: crm);
