//! What can go wrong here, and how the caller is told: the server's faults become "unavailable" with a sentence for the
//! agent, everything else is said by whoever noticed it. It never shows SQL, data or the URL to anybody.

use hark_plugin_sdk::Failure;
use hark_plugin_sdk::crm::failures::{self, unavailable};
use tokio_postgres::error::SqlState;

/// A failed piece of work.
#[derive(Debug)]
pub(crate) enum Error {
    /// PostgreSQL said no, or nothing.
    Sql(tokio_postgres::Error),
    /// It took longer than may be waited.
    TooSlow,
    /// We said no.
    Failure(Failure),
}

impl Error {
    /// There is no such customer.
    pub(crate) fn no_customer(id: &str) -> Self {
        Self::Failure(failures::no_customer(id))
    }

    /// There is no such case.
    pub(crate) fn no_case(id: &str) -> Self {
        Self::Failure(failures::no_case(id))
    }

    /// Whether the same work may succeed at once: somebody else was in its way.
    pub(crate) fn was_in_the_way(&self) -> bool {
        let Self::Sql(error) = self else { return false };
        let ways = [
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::UNIQUE_VIOLATION,
        ];
        error.code().is_some_and(|code| ways.contains(code))
    }

    /// Why the plugin cannot start: a wrong log-in or name is the configuration's fault.
    pub(crate) fn at_start(self) -> Failure {
        let Self::Sql(error) = &self else { return self.into() };
        let Some(state) = error.as_db_error() else { return self.into() };
        let code = state.code().code();
        let configured = code.starts_with("28") || ["3D000", "42501", "42704"].contains(&code);
        if configured {
            Failure::invalid(format!("the customer database says: {}", state.message()))
        } else {
            self.into()
        }
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let error = match error {
            Error::Failure(failure) => return failure,
            Error::TooSlow => return unavailable("did not answer in time"),
            Error::Sql(error) => error,
        };
        let Some(state) = error.as_db_error() else {
            return unreachable(&error);
        };
        let code = state.code().code();
        match (code, code.get(..2).unwrap_or_default()) {
            ("57014" | "55P03", _) => unavailable("took too long"),
            ("53300", _) => unavailable("has no free connection"),
            ("53100", _) => unavailable("has no room left on its disk"),
            ("25006", _) => unavailable("takes no changes at the moment"),
            ("54000", _) => failures::too_long(),
            (_, "08" | "57") => unavailable("is starting, stopping or gone"),
            (_, "28") => unavailable("refuses Hark's log-in"),
            (_, "40") => unavailable("is busy; try again in a moment"),
            (_, "53") => unavailable("has no room for this"),
            _ => failures::unexpected(format_args!("{} ({code})", state.message())),
        }
    }
}

/// No answer of the server's: what the system or TLS said is told, as far down as it goes.
fn unreachable(error: &tokio_postgres::Error) -> Failure {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    unavailable(format_args!("cannot be reached ({cause})"))
}
