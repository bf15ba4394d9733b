//! What can go wrong here, and how the caller is told: SQLite's faults become "unavailable" with a sentence for the
//! agent, everything else is said by whoever noticed it. It never shows SQL to anybody.

use hark_plugin_sdk::Failure;
use hark_plugin_sdk::crm::failures;
use rusqlite::ErrorCode;

/// A failed piece of work.
#[derive(Debug)]
pub(crate) enum Error {
    /// SQLite said no.
    Sql(rusqlite::Error),
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
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
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
            Error::Sql(error) => error,
        };
        let what = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => "is busy; try again in a moment",
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => "is damaged",
            Some(ErrorCode::CannotOpen) => "cannot be opened",
            Some(ErrorCode::DiskFull) => "has no room left on its disk",
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => "cannot be written",
            Some(ErrorCode::SystemIoFailure) => "cannot be read or written",
            Some(ErrorCode::TooBig) => return failures::too_long(),
            _ => return failures::unexpected(error),
        };
        failures::unavailable(format_args!("{what} ({error})"))
    }
}
