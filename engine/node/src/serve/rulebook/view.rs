//! A script as people see it: its file, its switch, its numbers and its last version, put together. It changes nothing.

use super::shelf;
use super::switches::Switches;
use super::versions::Versions;
use crate::config::Config;
use hark_core::Time;
use hark_http::rulebook::{
    LastError, PointView, ScriptFault, ScriptKind, ScriptRefusal, ScriptState, ScriptView,
};
use hark_policy::{Entry, Lately};
use std::path::Path;

/// All that a view is made of.
pub(super) struct Looking<'a> {
    pub(super) config: &'a Config,
    pub(super) data: &'a Path,
    pub(super) switches: &'a Switches,
    pub(super) numbers: &'a [(Entry, Lately)],
}

/// All scripts: those that are asked, in their order, then drafts and parts, then tests.
pub(super) fn all(looking: &Looking<'_>) -> Vec<ScriptView> {
    let root = looking.config.below_base(&looking.config.scripts.root);
    let views = shelf::names(&root).into_iter().filter_map(|name| {
        // One that went away meanwhile is none.
        let text = shelf::read(&root, &name).ok()?;
        looking.one(&name, &text).ok()
    });
    let mut views: Vec<_> = views.collect();
    views.sort_by_key(|view| (view.kind == ScriptKind::Test, view.place.unwrap_or(usize::MAX)));
    views
}

impl Looking<'_> {
    /// One script with this text.
    ///
    /// # Errors
    /// Its versions cannot be read.
    pub(super) fn one(&self, name: &str, text: &str) -> Result<ScriptView, ScriptRefusal> {
        let points = self.points(name);
        let version = shelf::version_of(text);
        let (changed_at, changed_by) = self.changed(name, &version)?;
        let most = |of: fn(&PointView) -> f64| points.iter().map(of).fold(0.0, f64::max);
        Ok(ScriptView {
            name: name.to_owned(),
            kind: kind_of(name),
            state: self.state(name),
            place: self.switches.asked(self.config).iter().position(|asked| asked == name).map(|at| at + 1),
            version,
            changed_at,
            changed_by,
            calls: points.iter().map(|point| point.calls).sum(),
            // A sum of nothing would be -0.
            calls_per_minute: points.iter().fold(0.0, |sum, point| sum + point.calls_per_minute),
            p50_us: most(|point| point.p50_us),
            p95_us: most(|point| point.p95_us),
            errors: points.iter().map(|point| point.errors).sum(),
            errors_last_hour: points.iter().map(|point| point.errors_last_hour).sum(),
            last_error: points.iter().filter_map(|point| point.last_error.clone()).max_by_key(|last| last.at),
            points,
        })
    }

    /// When and by whom: by nobody whom we know when the file is not what was published last.
    fn changed(&self, name: &str, version: &str) -> Result<(Option<Time>, Option<String>), ScriptRefusal> {
        let versions = Versions::open(self.data, name)?;
        if let Some(last) = versions.last().filter(|last| last.version == version) {
            return Ok((Some(last.at), last.by.clone()));
        }
        let root = self.config.below_base(&self.config.scripts.root);
        Ok((shelf::written_at(&root, name).map(Time::from_millis), None))
    }

    fn state(&self, name: &str) -> ScriptState {
        let aside = self.numbers.iter().any(|(entry, _)| entry.script == name && entry.set_aside);
        if self.switches.off.iter().any(|off| off == name) {
            ScriptState::Off
        } else if !self.switches.asked(self.config).iter().any(|asked| asked == name) {
            ScriptState::NotAsked
        } else if aside {
            ScriptState::SetAside
        } else {
            ScriptState::On
        }
    }

    fn points(&self, name: &str) -> Vec<PointView> {
        let own = self.numbers.iter().filter(|(entry, _)| entry.script == name);
        own.map(|(entry, lately)| point(entry, *lately)).collect()
    }
}

/// What a file is, by where it lies.
pub(super) fn kind_of(name: &str) -> ScriptKind {
    if name.starts_with(shelf::TESTS) { ScriptKind::Test } else { ScriptKind::Policy }
}

fn point(entry: &Entry, lately: Lately) -> PointView {
    let last_error = entry.last_error.as_ref().map(|(fault, at)| LastError {
        at: *at,
        point: entry.point.to_owned(),
        fault: ScriptFault {
            file: fault.file.clone(),
            line: fault.line,
            column: fault.column,
            message: fault.message.clone(),
        },
    });
    PointView {
        point: entry.point.to_owned(),
        calls: entry.calls,
        answers: entry.answers,
        calls_per_minute: lately.calls_per_minute,
        p50_us: entry.p50_us,
        p95_us: entry.p95_us,
        errors: entry.errors,
        errors_last_hour: lately.errors_last_hour,
        defaults: entry.defaults,
        last_error,
    }
}
