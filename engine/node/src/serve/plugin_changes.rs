//! The plugins as an admin changes them while the desk runs: a build is proved by the host, written into the journal, and
//! only then lets go to work. It judges no build itself.

use super::audit;
use hark_core::state::Deed;
use hark_http::plugins::{Changed, PluginRefusal, PluginWish, Plugins};
use hark_http::rulebook::Author;
use hark_plugin_host::{Changing, Host, Refusal, Successor};
use hark_runtime::{Handle, SystemReport, Systems as _};
use std::sync::Arc;

/// What the audit calls each deed.
const LOADED: &str = "plugin.loaded";
const RELOADED: &str = "plugin.reloaded";
const UNLOADED: &str = "plugin.unloaded";
/// Letters of a version that a note has room for.
const SHOWN: usize = 40;

/// Where plugins are taken out and put in. Cheap to clone.
#[derive(Clone)]
pub(super) struct Workshop {
    host: Arc<Host>,
    handle: Handle,
}

impl Plugins for Workshop {
    fn change(&self, name: String, wish: PluginWish, by: Author) -> Changed<'_> {
        let workshop = self.clone();
        Box::pin(async move {
            let done = tokio::task::spawn_blocking(move || workshop.change_one(&name, wish, &by)).await;
            done.map_err(|_| PluginRefusal::Failed("a defect was met: the log says more".to_owned()))?
        })
    }
}

impl Workshop {
    pub(super) fn new(host: Arc<Host>, handle: Handle) -> Self {
        Self { host, handle }
    }

    fn change_one(&self, name: &str, wish: PluginWish, by: &Author) -> Result<SystemReport, PluginRefusal> {
        let changing = self.host.changing().ok_or(PluginRefusal::Busy)?;
        let unloaded = changing.is_unloaded(name).map_err(told)?;
        let before = self.report(name)?;
        let changed = match wish {
            PluginWish::Reload => {
                let fit = changing.reload(name).map_err(told);
                fit.and_then(|successor| self.put(&before, successor, RELOADED, by))
            }
            PluginWish::Load if unloaded => {
                let fit = changing.load(name).map_err(told);
                fit.and_then(|successor| self.put(&before, successor, LOADED, by))
            }
            PluginWish::Unload if !unloaded => self.take_out(before, &changing, by),
            PluginWish::Load | PluginWish::Unload => Ok(()),
        };
        if let Err(PluginRefusal::Unfit(wrong)) = &changed {
            tracing::warn!(
                plugin = name,
                ?wrong,
                "the build in the plugin's file cannot serve: nothing has changed"
            );
        }
        changed.and_then(|()| self.report(name))
    }

    fn report(&self, name: &str) -> Result<SystemReport, PluginRefusal> {
        let all = self.host.report();
        all.into_iter().find(|plugin| plugin.name == name).ok_or(PluginRefusal::NotFound)
    }

    /// A build that was proved goes to work.
    fn put(
        &self,
        before: &SystemReport,
        successor: Successor<'_>,
        what: &str,
        by: &Author,
    ) -> Result<(), PluginRefusal> {
        let (look, old) = (successor.look(), shown(&before.version));
        let note = match shown(&look.manifest.version) {
            _ if look.sha256 == before.sha256 => format!("version {old}, the same build"),
            new => format!("version {new} after {old}"),
        };
        let subject = before.name.clone();
        let before = (what != LOADED).then(|| before.sha256.clone());
        self.record(by, Deed { what: what.to_owned(), subject, before, after: Some(look.sha256), note })?;
        successor.take_over();
        Ok(())
    }

    fn take_out(
        &self,
        before: SystemReport,
        changing: &Changing<'_>,
        by: &Author,
    ) -> Result<(), PluginRefusal> {
        let note = format!("version {}", shown(&before.version));
        let (what, subject) = (UNLOADED.to_owned(), before.name.clone());
        self.record(by, Deed { what, subject, before: Some(before.sha256), after: None, note })?;
        changing.unload(&before.name).map_err(told)
    }

    fn record(&self, by: &Author, deed: Deed) -> Result<(), PluginRefusal> {
        audit::record(&self.handle, by, deed).map_err(PluginRefusal::Failed)
    }
}

/// A plugin's version as a note has it: what a plugin says of itself may be long.
fn shown(version: &str) -> String {
    version.chars().take(SHOWN).collect()
}

fn told(refusal: Refusal) -> PluginRefusal {
    match refusal {
        Refusal::Unknown => PluginRefusal::NotFound,
        Refusal::Unloaded => PluginRefusal::Unloaded,
        // One change at a time: what was looked at before is still so.
        Refusal::Loaded => PluginRefusal::Failed(refusal.to_string()),
        Refusal::Unfit(wrong) => PluginRefusal::Unfit(wrong),
    }
}
