//! Writes what an admin does outside of the state into the journal, so that `GET /v1/audit` tells of it. It decides
//! nothing, and whoever calls it does nothing that could not be written.

use hark_core::state::Deed;
use hark_core::{Action, Actor};
use hark_http::rulebook::Author;
use hark_runtime::Handle;

/// Writes a deed down. It blocks: called off the executor only.
///
/// # Errors
/// Why it could not be written.
pub(super) fn record(handle: &Handle, by: &Author, deed: Deed) -> Result<(), String> {
    let Deed { what, subject, before, after, .. } = deed.clone();
    let action = Action::RecordDeed(Box::new(deed));
    let submit = handle.submit(Actor::Agent { id: by.id }, action, None);
    let recorded = tokio::runtime::Handle::current().block_on(submit);
    recorded.map_err(|error| format!("it could not be audited: {error}"))?;
    tracing::info!(%what, %subject, by = %by.name, ?before, ?after, "an admin changes something");
    Ok(())
}
