//! The capability `crm`: customers, their cases, and the logs of their chats. Payloads are in [`types`]; here are
//! the operations' names, the trait that answers them, and what CRMs of one's own need: how identifiers compare, who
//! comes first, what may be stored. It never stores anything.

use crate::{Call, Failure, Plugin};

pub mod failures;
pub mod keys;
mod ranking;
pub mod sample;
mod storing;
mod types;
pub mod words;

pub use ranking::{Hit, Ranking, limit, score, text_score};
pub use storing::NotesBudget;
pub use types::{
    AttachLogAnswer, AttachLogRequest, Case, CaseNote, CasesAnswer, CasesRequest, CreateCaseRequest,
    CreateRequest, Customer, GetRequest, LookupAnswer, LookupRequest, Match, NewCustomer, SearchAnswer,
    SearchRequest, UpdateRequest,
};

/// Finds customers by what a form says.
pub const LOOKUP: &str = "crm.lookup/1";
/// Finds customers by free text, for pick-a-customer.
pub const SEARCH: &str = "crm.search/1";
/// Reads one customer.
pub const GET: &str = "crm.get/1";
/// Makes a customer.
pub const CREATE: &str = "crm.create/1";
/// Changes a customer.
pub const UPDATE: &str = "crm.update/1";
/// Lists a customer's cases.
pub const CASES: &str = "crm.cases/1";
/// Opens a case.
pub const CREATE_CASE: &str = "crm.create_case/1";
/// Stores a chat's log with a case.
pub const ATTACH_LOG: &str = "crm.attach_log/1";
/// All of them.
pub const OPERATIONS: &[&str] = &[LOOKUP, SEARCH, GET, CREATE, UPDATE, CASES, CREATE_CASE, ATTACH_LOG];

/// Customers and cases. What a plugin does not override answers "unknown operation"; list the others in the
/// manifest's capabilities.
pub trait Crm: Plugin {
    /// Customers that fit the form, best first; nobody is an empty list, not a failure.
    ///
    /// # Errors
    /// Any [`Failure`]; the chat goes on with "no record found, and why".
    fn lookup(&self, request: LookupRequest) -> Result<LookupAnswer, Failure> {
        unknown(LOOKUP, request)
    }

    /// Customers that fit a text, best first.
    ///
    /// # Errors
    /// Any [`Failure`].
    fn search(&self, request: SearchRequest) -> Result<SearchAnswer, Failure> {
        unknown(SEARCH, request)
    }

    /// The customer with this id.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when there is none; any other [`Failure`].
    fn get(&self, request: GetRequest) -> Result<Customer, Failure> {
        unknown(GET, request)
    }

    /// Stores a new customer and gives it an id and version 1.
    ///
    /// # Errors
    /// [`Failure::Invalid`] when a field is wrong; any other [`Failure`].
    fn create(&self, request: CreateRequest) -> Result<Customer, Failure> {
        unknown(CREATE, request)
    }

    /// Replaces a customer's fields.
    ///
    /// # Errors
    /// [`Failure::Refused`] when the version is not the stored one; [`Failure::NotFound`]; any other [`Failure`].
    fn update(&self, request: UpdateRequest) -> Result<Customer, Failure> {
        unknown(UPDATE, request)
    }

    /// A customer's cases, newest first.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when there is no such customer; any other [`Failure`].
    fn cases(&self, request: CasesRequest) -> Result<CasesAnswer, Failure> {
        unknown(CASES, request)
    }

    /// Opens a case for a customer.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when there is no such customer; any other [`Failure`].
    fn create_case(&self, request: CreateCaseRequest) -> Result<Case, Failure> {
        unknown(CREATE_CASE, request)
    }

    /// Stores a chat's log with a case. The engine asks at least once: the same chat attached again is stored once
    /// and answered as before.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when there is no such customer or case; any other [`Failure`].
    fn attach_log(&self, request: AttachLogRequest) -> Result<AttachLogAnswer, Failure> {
        unknown(ATTACH_LOG, request)
    }
}

fn unknown<Q, A>(operation: &str, _request: Q) -> Result<A, Failure> {
    Err(Failure::unknown_operation(operation))
}

/// Whether the operation belongs to this capability, known or not.
#[must_use]
pub fn serves(operation: &str) -> bool {
    operation.starts_with("crm.")
}

/// Decodes a call, asks the method that it names, and answers.
pub fn dispatch<P: Crm>(plugin: &P, call: Call<'_>) {
    match call.operation() {
        LOOKUP => call.reply(|request| plugin.lookup(request)),
        SEARCH => call.reply(|request| plugin.search(request)),
        GET => call.reply(|request| plugin.get(request)),
        CREATE => call.reply(|request| Crm::create(plugin, request)),
        UPDATE => call.reply(|request| plugin.update(request)),
        CASES => call.reply(|request| plugin.cases(request)),
        CREATE_CASE => call.reply(|request| plugin.create_case(request)),
        ATTACH_LOG => call.reply(|request| plugin.attach_log(request)),
        other => call.fail(&Failure::unknown_operation(other)),
    }
}
