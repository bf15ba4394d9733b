//! Any CRM with a REST interface: requests, answers and log-in are configured by templates, and ready for Salesforce,
//! HubSpot, Zendesk and Dynamics. A plugin like any other, made with the SDK.
//!
//! It keeps no customers of its own, decides nothing about a chat, and sends its secrets nowhere but to the configured
//! addresses. A system that is away, slow or full is an answer, with a text for the agent.
#![forbid(unsafe_code)]

mod attach;
mod config;
mod crm;
mod fields;
mod lookup;
mod records;
mod update;

use attach::Stored;
use config::Config;
use hark_plugin_rest::Client;
use hark_plugin_sdk::crm::{
    ATTACH_LOG, AttachLogAnswer, AttachLogRequest, CASES, CREATE, CREATE_CASE, Case, CasesAnswer,
    CasesRequest, CreateCaseRequest, CreateRequest, Crm, Customer, GET, GetRequest, LOOKUP, LookupAnswer,
    LookupRequest, SEARCH, SearchAnswer, SearchRequest, UPDATE, UpdateRequest, limit,
};
use hark_plugin_sdk::{Failure, Host, Json, Manifest, Plugin, export};

/// How many calls may wait for the other system at once.
const MAX_IN_FLIGHT: u32 = 32;

/// A CRM behind a REST interface.
pub struct CrmHttp {
    client: Client,
    crm: crm::Crm,
    stored: Stored,
}

impl Plugin for CrmHttp {
    fn manifest() -> Manifest {
        Manifest::new("crm-http", env!("CARGO_PKG_VERSION"))
            .blocking(true)
            .max_in_flight(MAX_IN_FLIGHT)
            .capabilities([LOOKUP, SEARCH, GET, CREATE, UPDATE, CASES, CREATE_CASE, ATTACH_LOG])
            .config_schema(Config::schema())
    }

    fn create(config: Json, _host: Host) -> Result<Self, Failure> {
        let config = Config::read(config)?;
        let crm = crm::Crm::compile(&config)?;
        Ok(Self { client: Client::new(&config.server)?, crm, stored: Stored::default() })
    }
}

impl Crm for CrmHttp {
    fn lookup(&self, request: LookupRequest) -> Result<LookupAnswer, Failure> {
        let matches = self.client.run(async |asking| lookup::lookup(&self.crm, asking, &request).await)?;
        Ok(LookupAnswer { matches })
    }

    fn search(&self, request: SearchRequest) -> Result<SearchAnswer, Failure> {
        let matches = self.client.run(async |asking| lookup::search(&self.crm, asking, &request).await)?;
        Ok(SearchAnswer { matches })
    }

    fn get(&self, request: GetRequest) -> Result<Customer, Failure> {
        self.client.run(async |asking| self.crm.get(asking, &request.id).await)
    }

    fn create(&self, request: CreateRequest) -> Result<Customer, Failure> {
        let customer = request.customer.under(String::new());
        customer.check()?;
        let fields = fields::customer(&customer);
        self.client.run(async |asking| self.crm.create(asking, fields).await)
    }

    fn update(&self, request: UpdateRequest) -> Result<Customer, Failure> {
        request.customer.check()?;
        self.client.run(async |asking| update::update(&self.crm, asking, &request.customer).await)
    }

    fn cases(&self, request: CasesRequest) -> Result<CasesAnswer, Failure> {
        let limit = limit(request.limit);
        let cases =
            self.client.run(async |asking| self.crm.cases(asking, &request.customer_id, limit).await)?;
        Ok(CasesAnswer { cases })
    }

    fn create_case(&self, request: CreateCaseRequest) -> Result<Case, Failure> {
        request.check()?;
        let CreateCaseRequest { customer_id, subject } = request;
        self.client.run(async |asking| self.crm.create_case(asking, &customer_id, &subject).await)
    }

    fn attach_log(&self, request: AttachLogRequest) -> Result<AttachLogAnswer, Failure> {
        let case = self
            .client
            .run(async |asking| attach::attach(&self.crm, asking, &self.stored, &request).await)?;
        Ok(AttachLogAnswer { case })
    }
}

export!(CrmHttp: crm);
