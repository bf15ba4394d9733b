//! Tests of scripts, written in Luau by whoever writes scripts: `describe`, `it`, `expect`, builders, and policies that
//! are loaded and asked as the desk does it. Never part of a running desk.

mod after;
mod asking;
mod described;
mod report;

pub use report::{Case, Report};

use crate::fault::{Fault, did_you_mean};
use crate::folder::Sources;
use crate::json::to_json;
use crate::machine::watch;
use crate::meter::Meter;
use crate::options::{Budget, Options, ScriptOptions};
use crate::scripts::{Last, Scripts};
use crate::{calendar, place, sandbox};
use described::Described;
use mlua::{Function, Lua, Table, Value};
use serde_json::{Map, Value as Json};
use std::path::Path;
use std::sync::{Arc, Mutex};

/// Folder of the tests, under the scripts' root.
const FOLDER: &str = "test";
/// What one test may cost.
const BUDGET: Budget = Budget { cpu_ms: 1000, wall_ms: 30_000, memory_bytes: 64 << 20 };

const PRELUDE: &str = include_str!("prelude.luau");

/// The tests that a file told of, in order.
type Found = Arc<Mutex<Vec<(String, Function)>>>;

/// Runs the files of `test/` under the scripts' root, in the order of their names: all tests, or those whose file or name
/// contains `only`. A file that cannot be read as tests is a failed test whatever is wanted.
pub fn run(root: &Path, only: Option<&str>) -> Report {
    let mut report = Report::default();
    for file in files(root) {
        match run_file(root, &file, only) {
            Ok(cases) => report.cases.extend(cases),
            Err(fault) => report.cases.push(Case { name: file, failure: Some(fault.to_string()) }),
        }
    }
    report
}

fn files(root: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(root.join(FOLDER)).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut files: Vec<String> = names
        .filter(|name| name.ends_with(".lua") || name.ends_with(".luau"))
        .map(|name| format!("{FOLDER}/{name}"))
        .collect();
    files.sort();
    files
}

fn run_file(root: &Path, file: &str, only: Option<&str>) -> Result<Vec<Case>, Fault> {
    let inside = |error: mlua::Error| place::of_error(file, &error);
    let sources = Arc::new(Mutex::new(Sources::open(root)?));
    let lua = sandbox::machine().map_err(inside)?;
    let meter = Arc::new(Meter::new());
    watch(&lua, &meter);
    let found = Found::default();
    furnish(&lua, root, file, &sources, &found).map_err(inside)?;
    let text = sources.lock().map_err(|_| Fault::new(file, 0, "not read"))?.read(file)?;
    let chunk = sandbox::compile(&lua, file, &text).map_err(inside)?;
    timed(file, &lua, &meter, &chunk)?;
    let tests = found.lock().map(|mut found| std::mem::take(&mut *found)).unwrap_or_default();
    let named = tests.into_iter().map(|(name, body)| (format!("{file}: {name}"), body));
    let wanted = named.filter(|(name, _)| only.is_none_or(|only| name.contains(only)));
    let cases = wanted.map(|(name, body)| {
        let failure = timed(file, &lua, &meter, &body).err().map(|fault| fault.to_string());
        Case { name, failure }
    });
    Ok(cases.collect())
}

fn timed(file: &str, lua: &Lua, meter: &Meter, body: &Function) -> Result<(), Fault> {
    meter.start(BUDGET);
    let limited = lua.set_memory_limit(lua.used_memory() + BUDGET.memory_bytes);
    let result = limited.and_then(|_| body.call::<()>(()));
    let lifted = lua.set_memory_limit(0);
    let (_, over) = meter.stop();
    if over.is_some() {
        let (file, line) = meter.take_place().unwrap_or_else(|| (file.to_owned(), 0));
        return Err(Fault::new(&file, line, format!("stopped after {} ms of CPU time", BUDGET.cpu_ms)));
    }
    result.and(lifted).map(|_| ()).map_err(|error| place::of_error(file, &error))
}

/// Gives a test file its functions and closes its machine.
fn furnish(
    lua: &Lua,
    root: &Path,
    file: &str,
    sources: &Arc<Mutex<Sources>>,
    found: &Found,
) -> mlua::Result<()> {
    let policies: Arc<Mutex<Vec<Scripts>>> = Arc::default();
    let found = Arc::clone(found);
    let on_it = lua.create_function(move |_, (name, body): (String, Function)| {
        found.lock().map_err(|_| broken())?.push((name, body));
        Ok(())
    })?;
    let unknown = lua.create_function(|_, (kind, field, known): (String, String, Vec<String>)| {
        let near = did_you_mean(&field, known.iter().map(String::as_str));
        Ok(format!("unknown field '{field}' of {kind}{near}"))
    })?;
    let load = load(lua, root, &policies)?;
    let ask = ask(lua, &policies)?;
    let (after, time_at) = (after(lua, &policies)?, calendar::at(lua)?);
    lua.load(PRELUDE).set_name("=prelude").call::<()>((ask, load, unknown, on_it, time_at, after))?;
    let hark = lua.create_table()?;
    hark.raw_set("log", sandbox::log(lua, file, &Arc::default())?)?;
    let require = sandbox::require(lua, sources, || true)?;
    sandbox::close(lua, hark, require)
}

fn broken() -> mlua::Error {
    mlua::Error::runtime("an earlier test broke the runner")
}

fn load(lua: &Lua, root: &Path, policies: &Arc<Mutex<Vec<Scripts>>>) -> mlua::Result<Function> {
    let (root, policies) = (root.to_owned(), Arc::clone(policies));
    lua.create_function(move |_, (files, config): (Vec<String>, Value)| {
        let mut options = Options::new(&root, &[]);
        options.scripts = files.iter().map(ScriptOptions::new).collect();
        if let Some(first) = options.scripts.first_mut() {
            first.config = to_json(&config)?.unwrap_or_default();
        }
        let scripts = Scripts::load(options).map_err(|faults| {
            let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
            mlua::Error::runtime(told.join("; "))
        })?;
        let mut policies = policies.lock().map_err(|_| broken())?;
        policies.push(scripts);
        Ok(policies.len() - 1)
    })
}

/// Asks a loaded policy, and tells its answer and who gave it.
fn ask(lua: &Lua, policies: &Arc<Mutex<Vec<Scripts>>>) -> mlua::Result<Function> {
    let policies = Arc::clone(policies);
    lua.create_function(move |lua, (id, point, question): (usize, String, Table)| {
        let question = to_json(&Value::Table(question))?.unwrap_or_else(|| Json::Object(Map::new()));
        let described: Described = serde_json::from_value(question).map_err(mlua::Error::external)?;
        let mut policies = policies.lock().map_err(|_| broken())?;
        let scripts = policies.get_mut(id).ok_or_else(broken)?;
        let answer = asking::answer(scripts, &point, &described).map_err(mlua::Error::runtime)?;
        let by = match scripts.last() {
            Last::Failed(_, fault) => {
                return Err(mlua::Error::runtime(format!("the script failed: {fault}")));
            }
            Last::Script(_) => "script",
            Last::BuiltIn | Last::Aside(_) => "built-in",
        };
        Ok((sandbox::frozen(lua, &answer, 0)?, by))
    })
}

/// Lets a loaded policy react, and tells what it would have done.
fn after(lua: &Lua, policies: &Arc<Mutex<Vec<Scripts>>>) -> mlua::Result<Function> {
    let policies = Arc::clone(policies);
    lua.create_function(move |lua, (id, name, event, world): (usize, String, Value, Value)| {
        let (event, world) = (to_json(&event)?, to_json(&world)?);
        let mut policies = policies.lock().map_err(|_| broken())?;
        let scripts = policies.get_mut(id).ok_or_else(broken)?;
        let did = after::after(scripts.reactions(), &name, event, world).map_err(mlua::Error::runtime)?;
        sandbox::frozen(lua, &did, 0)
    })
}
