//! For those who run Hark: is it up, does it serve, which version is it, and the API's own description.

use crate::ask::{Ask, ok};
use crate::openapi;
use crate::problem::Problem;
use crate::route::{Outcome, Route, Who, get};
use axum::http::StatusCode;
use hark_runtime::Room;
use schemars::JsonSchema;
use serde::Serialize;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/healthz", Who::Anyone, "The process is up", health).gives::<Health>(),
        get("/readyz", Who::Anyone, "Hark takes commands", ready).gives::<Health>(),
        get("/v1/version", Who::Anyone, "Which version this is", version).gives::<Version>(),
        get("/v1/openapi.json", Who::Anyone, "This description", description).gives::<serde_json::Value>(),
    ]
}

/// How Hark is.
#[derive(Serialize, JsonSchema)]
struct Health {
    /// `ok`.
    status: &'static str,
}

/// Which version this is.
#[derive(Serialize, JsonSchema)]
struct Version {
    /// The program's.
    version: &'static str,
    /// The API's.
    api: &'static str,
}

async fn health(_: Ask) -> Outcome {
    Ok(ok(&Health { status: "ok" }))
}

async fn ready(ask: Ask) -> Outcome {
    let not = |why: &str| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", why);
    if *ask.app.stopping.borrow() {
        return Err(not("Hark is stopping"));
    }
    let health = ask.app.handle.health();
    match (health.stopped, health.room) {
        (Some(why), _) => Err(not(&why)),
        (None, Room::Enough) => Ok(ok(&Health { status: "ok" })),
        (None, Room::Short | Room::None) => {
            Err(not("the disk is full: no commands are taken until there is room"))
        }
    }
}

async fn version(_: Ask) -> Outcome {
    Ok(ok(&Version { version: env!("CARGO_PKG_VERSION"), api: "v1" }))
}

async fn description(_: Ask) -> Outcome {
    Ok(ok(openapi::document()))
}
