//! What admins did to scripts and plugins: who, when, from which version to which. The journal has all of it, this list
//! the last of it.

use crate::ask::{Ask, List};
use crate::route::{Outcome, Route, Who, get};
use hark_core::Actor;
use hark_core::state::{Audited, State};
use schemars::JsonSchema;
use serde::Serialize;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/v1/audit", Who::Supervisor, "What admins did to scripts and plugins, newest first", list)
            .query(&[
                ("subject", "Only what was done to this script or plugin"),
                ("limit", "Entries, at most 200"),
                ("after", "Where to go on: `next` of the last answer"),
            ])
            .gives::<List<AuditView>>(),
    ]
}

/// Something that was done.
#[derive(Serialize, JsonSchema)]
struct AuditView {
    #[serde(flatten)]
    deed: Audited,
    /// Name of the one who did it.
    name: Option<String>,
}

impl AuditView {
    fn of(state: &State, deed: &Audited) -> Self {
        let name = match deed.by {
            Actor::Agent { id } => state.agent(id).map(|agent| agent.profile.name.clone()),
            _ => None,
        };
        Self { deed: deed.clone(), name }
    }
}

async fn list(ask: Ask) -> Outcome {
    let (limit, after, subject) = (ask.limit()?, ask.query_as::<u64>("after")?, ask.query("subject"));
    let look = move |state: &State| {
        let older = state.audit().newest().filter(|deed| after.is_none_or(|after| deed.number < after));
        let wanted =
            older.filter(|deed| subject.as_ref().is_none_or(|subject| *subject == deed.deed.subject));
        wanted.take(limit + 1).map(|deed| AuditView::of(state, deed)).collect::<Vec<_>>()
    };
    let data = ask.read(look).await?.value;
    Ok(List::page(data, limit, |view| view.deed.number.to_string()).answer(&ask))
}
