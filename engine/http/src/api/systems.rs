//! Asks the systems outside, and tells why when they cannot answer. It knows no plugin: JSON in, JSON out.

use crate::ask::Ask;
use crate::problem::Problem;
use axum::http::StatusCode;
use hark_runtime::{SystemError, SystemErrorKind};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Seconds after which a system that failed may be asked again.
const RETRY_S: u32 = 5;

/// The codes of a kind of system.
pub(super) struct Codes {
    unavailable: &'static str,
    not_found: &'static str,
    refused: &'static str,
    invalid: &'static str,
}

/// The CRM's codes.
pub(super) const CRM: Codes = Codes {
    unavailable: "crm_unavailable",
    not_found: "customer_not_found",
    refused: "crm_refused",
    invalid: "crm_invalid",
};

/// The FAQ's codes.
pub(super) const FAQ: Codes = Codes {
    unavailable: "faq_unavailable",
    not_found: "faq_not_found",
    refused: "faq_refused",
    invalid: "faq_invalid",
};

/// Asks for an operation.
pub(super) async fn ask_system<T: DeserializeOwned>(
    ask: &Ask,
    codes: &Codes,
    operation: &'static str,
    request: &impl Serialize,
) -> Result<T, Problem> {
    let request = serde_json::to_vec(request).expect("our own requests are always JSON");
    let answer = ask.app.systems.ask(operation, request).await.map_err(|error| problem(codes, error))?;
    serde_json::from_slice(&answer).map_err(|error| {
        tracing::warn!(operation, %error, "a system answered with something else than its operation says");
        unavailable(codes, format!("{operation} was answered with something that is no answer to it"))
    })
}

fn problem(codes: &Codes, error: SystemError) -> Problem {
    match error.kind {
        SystemErrorKind::NotFound => Problem::new(StatusCode::NOT_FOUND, codes.not_found, error.message),
        SystemErrorKind::Unavailable | SystemErrorKind::UnknownOperation => unavailable(codes, error.message),
        SystemErrorKind::Refused => Problem::conflict(codes.refused, error.message),
        SystemErrorKind::Invalid => Problem::invalid(codes.invalid, error.message),
    }
}

fn unavailable(codes: &Codes, why: String) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, codes.unavailable, why).retry_after(RETRY_S)
}
