//! What agents read when a CRM with a database of its own cannot do what it was asked: one wording, whichever database it
//! is. Which fault of a database is which of these, its plugin knows.

use crate::Failure;
use std::fmt::Display;

/// There is no customer with this id.
#[must_use]
pub fn no_customer(id: &str) -> Failure {
    Failure::not_found(format!("there is no customer {id}"))
}

/// There is no case with this id.
#[must_use]
pub fn no_case(id: &str) -> Failure {
    Failure::not_found(format!("there is no case {id}"))
}

/// The database cannot be used now. `what` goes on after "the customer database": "is busy; try again in a moment".
#[must_use]
pub fn unavailable(what: impl Display) -> Failure {
    Failure::unavailable(format!("the customer database {what}"))
}

/// What was to be stored is longer than the database takes.
#[must_use]
pub fn too_long() -> Failure {
    Failure::invalid("this is too long to be stored")
}

/// The database says what it never should: a fault of the plugin.
#[must_use]
pub fn unexpected(what: impl Display) -> Failure {
    Failure::Internal(format!("the customer database: {what}"))
}
