//! The desk's plugins: looked at by supervisors; loaded, unloaded and reloaded by admins. Every change is audited; whether
//! a build is fit to serve is for those who load it.

use crate::ask::{Ask, List, ok};
use crate::plugins::{PluginRefusal, PluginWish};
use crate::problem::Problem;
use crate::route::{Outcome, Route, Who, get, post};
use axum::http::StatusCode;
use hark_runtime::SystemReport;

/// Seconds after which a change that was under way may be over.
const RETRY_S: u32 = 2;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/v1/plugins", Who::Supervisor, "Plugins: state, calls and errors", list)
            .gives::<List<SystemReport>>(),
        get("/v1/plugins/{name}/stats", Who::Supervisor, "A plugin's state and numbers", stats)
            .gives::<SystemReport>(),
        post("/v1/plugins/{name}/reload", Who::Admin, "Let the build in its file take its place", |ask| {
            change(ask, PluginWish::Reload)
        })
        .gives::<SystemReport>(),
        post("/v1/plugins/{name}/unload", Who::Admin, "Take a plugin out", |ask| {
            change(ask, PluginWish::Unload)
        })
        .gives::<SystemReport>(),
        post("/v1/plugins/{name}/load", Who::Admin, "Start a plugin that was unloaded", |ask| {
            change(ask, PluginWish::Load)
        })
        .gives::<SystemReport>(),
    ]
}

async fn list(ask: Ask) -> Outcome {
    Ok(List::whole(ask.app.systems.report()).answer(&ask))
}

async fn stats(ask: Ask) -> Outcome {
    let mut all = ask.app.systems.report().into_iter();
    let named = all.find(|plugin| plugin.name == ask.param("name"));
    Ok(ok(&named.ok_or(PluginRefusal::NotFound)?))
}

async fn change(ask: Ask, wish: PluginWish) -> Outcome {
    let (name, by) = (ask.param("name").to_owned(), ask.author()?);
    Ok(ok(&ask.app.plugins.change(name, wish, by).await?))
}

impl From<PluginRefusal> for Problem {
    fn from(refusal: PluginRefusal) -> Self {
        match refusal {
            PluginRefusal::NotFound => {
                Self::new(StatusCode::NOT_FOUND, "unknown_plugin", "no plugin of this name is configured")
            }
            PluginRefusal::Busy => {
                Self::conflict("plugin_busy", "another change of plugins is under way").retry_after(RETRY_S)
            }
            PluginRefusal::Unloaded => {
                Self::conflict("plugin_unloaded", "the plugin is unloaded: load it instead")
            }
            PluginRefusal::Unfit(wrong) => {
                let wrong = wrong.join("; ");
                Self::invalid("plugin_unfit", format!("nothing has changed: {wrong}"))
            }
            PluginRefusal::Failed(why) => {
                tracing::error!(%why, "a change of plugins failed");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "plugins_failed", why)
            }
        }
    }
}
