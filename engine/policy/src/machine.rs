//! One script in a closed machine of its own: what one script does, to its memory or its clock, no other feels. It
//! answers or fails; what follows from a failure is decided elsewhere.

use crate::fault::{Fault, did_you_mean};
use crate::folder::Sources;
use crate::meter::{Meter, Over};
use crate::options::Budget;
use crate::place;
use crate::point::Point;
use crate::question::{Handler, Makers, Question};
use crate::reaction::{self, Deed, Running};
use crate::sandbox;
use hark_core::Time;
use mlua::state::{GcIncParams, GcMode};
use mlua::{Function, Lua, Table, Value, VmState};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

/// What loading a script may cost: it reads its modules and builds its tables.
const LOADING: Budget = Budget { cpu_ms: 200, wall_ms: 2000, memory_bytes: 32 << 20 };

/// How large a machine may grow before it is cleaned, in percent of what it needs: a decision leaves some hundred bytes
/// behind, and each cleaning goes through all of the machine.
const GARBAGE: i32 = 500;

/// What a script registered while it was loaded.
#[derive(Debug, Default)]
struct Registered {
    handlers: [Option<Handler>; Point::ALL.len()],
    reactions: BTreeMap<&'static str, Function>,
    faults: Vec<Fault>,
    closed: bool,
}

/// What a machine's functions share with it.
#[derive(Debug, Default)]
struct Shared {
    registered: Arc<Mutex<Registered>>,
    /// Lines that the running decision has logged.
    logged: Arc<AtomicU32>,
    running: Running,
}

/// Why a decision failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) fault: Fault,
    /// Whether the machine was stopped in the middle of something: it is made anew before it is asked again.
    pub(crate) broken: bool,
}

/// A handler's answer, and where the handler stands.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) value: Value,
    pub(crate) nanos: u64,
}

/// A loaded script.
#[derive(Debug)]
pub(crate) struct Machine {
    lua: Lua,
    meter: Arc<Meter>,
    makers: Makers,
    handlers: [Option<Handler>; Point::ALL.len()],
    file: String,
    /// Bytes in use after loading.
    baseline: usize,
    /// Lines that the running decision has logged.
    logged: Arc<AtomicU32>,
    /// What the script does after events.
    reactions: BTreeMap<&'static str, Function>,
    running: Running,
}

impl Machine {
    /// Makes a machine and runs the script's file in it.
    pub(crate) fn load(
        file: &str,
        config: &serde_json::Value,
        sources: &Arc<Mutex<Sources>>,
    ) -> Result<Self, Vec<Fault>> {
        let inside = |error: mlua::Error| vec![place::of_error(file, &error)];
        let lua = sandbox::machine().map_err(inside)?;
        let meter = Arc::new(Meter::new());
        watch(&lua, &meter);
        let shared = Shared::default();
        let clock = lua.create_buffer(0_f64.to_le_bytes()).map_err(inside)?;
        let (make, hark) = sandbox::prelude(&lua, &clock, &meter).map_err(inside)?;
        let makers = Makers::new(&make, clock).map_err(inside)?;
        furnish(&lua, &hark, file, config, sources, &shared).map_err(inside)?;
        let mut faults = Vec::new();
        if let Err(fault) = run(&lua, file, sources, &meter) {
            faults.push(fault);
        }
        let Shared { registered, logged, running } = shared;
        let mut registered = registered.lock().map_err(|_| Vec::new())?;
        registered.closed = true;
        faults.append(&mut registered.faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        let handlers = std::mem::take(&mut registered.handlers);
        let reactions = std::mem::take(&mut registered.reactions);
        lua.gc_collect().map_err(inside)?;
        lua.gc_set_mode(GcMode::Incremental(GcIncParams::default().goal(GARBAGE)));
        let baseline = lua.used_memory();
        let file = file.to_owned();
        Ok(Self { lua, meter, makers, handlers, file, baseline, logged, reactions, running })
    }

    /// Whether the script answers this point.
    pub(crate) fn answers(&self, point: Point) -> bool {
        self.handlers[point.index()].is_some()
    }

    /// Asks the script.
    pub(crate) fn ask(&mut self, question: &dyn Question, budget: Budget) -> Result<Answered, Failure> {
        let Self { lua, meter, makers, handlers, logged, .. } = self;
        let handler =
            handlers[question.point().index()].as_ref().expect("only a script that answers is asked");
        let ran = within(budget, lua, meter, makers, logged, |makers| question.ask(lua, makers, handler));
        self.judged(ran, budget, || self.place(question.point()))
    }

    /// The events that the script reacts to.
    pub(crate) fn reacts_to(&self) -> BTreeSet<&'static str> {
        self.reactions.keys().copied().collect()
    }

    /// Lets the script react to an event that `make` makes: the nanoseconds that it took, and beside a failure why
    /// something outside could not be had, if that is so.
    pub(crate) fn react(
        &mut self,
        name: &str,
        at: Time,
        make: &dyn Fn(&Lua) -> mlua::Result<Value>,
        deed: Deed,
        budget: Budget,
    ) -> (Result<u64, Failure>, Option<String>) {
        let Self { lua, meter, makers, logged, reactions, running, .. } = self;
        let handler = reactions.get(name).expect("only a script that reacts is told").clone();
        running.begin_deed(deed);
        let ran = within(budget, lua, meter, makers, logged, |makers| {
            make(lua).and_then(|event| makers.ask(lua, &handler, at, event))
        });
        let later = running.end_deed();
        let judged = self.judged(ran, budget, || place_of(&handler, &self.file));
        (judged.map(|answered| answered.nanos), later)
    }

    /// What is made of a run. `place` is told where nothing better is known.
    fn judged(
        &self,
        ran: Ran,
        budget: Budget,
        place: impl FnOnce() -> (String, u32),
    ) -> Result<Answered, Failure> {
        let Ran { told, unlimited, nanos, over } = ran;
        match (told, over) {
            (Ok(value), None) => Ok(Answered { value, nanos }),
            (_, Some(over)) => Err(self.stopped(place(), over, budget)),
            (Err(error), None) => Err(self.failed(place(), &error, unlimited, budget)),
        }
    }

    /// Whether the script keeps so much between decisions that it must be made anew.
    pub(crate) fn hoards(&self, budget: Budget) -> bool {
        let most = self.baseline + budget.memory_bytes / 2;
        if self.lua.used_memory() <= most {
            return false;
        }
        self.lua.gc_collect().is_err() || self.lua.used_memory() > most
    }

    /// Where the handler of a point begins.
    pub(crate) fn place(&self, point: Point) -> (String, u32) {
        let handler = self.handlers[point.index()].as_ref();
        handler.map_or_else(|| (self.file.clone(), 0), |handler| place_of(handler.function(), &self.file))
    }

    fn stopped(&self, place: (String, u32), over: Over, budget: Budget) -> Failure {
        let (file, line) = self.meter.take_place().unwrap_or(place);
        let message = match over {
            Over::Cpu => format!("stopped after {} ms of CPU time", budget.cpu_ms),
            Over::Wall => format!("stopped after {} ms", budget.wall_ms),
        };
        Failure { fault: Fault::new(&file, line, message), broken: true }
    }

    fn failed(&self, place: (String, u32), error: &mlua::Error, unlimited: bool, budget: Budget) -> Failure {
        let mut fault = place::of_error(&self.file, error);
        let out_of_memory = place::is_memory(error);
        if out_of_memory {
            // Without memory there is no trace: the handler's own line stands for it.
            (fault.file, fault.line) = place;
            fault.message = format!("stopped: it took more than {} bytes of memory", budget.memory_bytes);
        }
        Failure { fault, broken: out_of_memory || unlimited }
    }
}

/// How something of the script's ran.
struct Ran {
    told: mlua::Result<Value>,
    /// Whether the memory limit could not be lifted again.
    unlimited: bool,
    nanos: u64,
    over: Option<Over>,
}

/// Runs something of the script's with the clocks on, and with the memory limit that the makers switch on.
fn within(
    budget: Budget,
    lua: &Lua,
    meter: &Meter,
    makers: &mut Makers,
    logged: &AtomicU32,
    run: impl FnOnce(&mut Makers) -> mlua::Result<Value>,
) -> Ran {
    makers.limit(lua.used_memory() + budget.memory_bytes);
    logged.store(0, Relaxed);
    meter.start(budget);
    let told = run(makers);
    let unlimited = lua.set_memory_limit(0).is_err();
    let (nanos, over) = meter.stop();
    Ran { told, unlimited, nanos, over }
}

/// Where a handler begins.
fn place_of(handler: &Function, file: &str) -> (String, u32) {
    let info = handler.info();
    let line = info.line_defined.unwrap_or(0);
    (info.short_src.unwrap_or_else(|| file.to_owned()), u32::try_from(line).unwrap_or(0))
}

/// Sets the interrupt: it asks the meter, and once it must stop it stops everything, again and again, so that no
/// `pcall` outlives it.
pub(crate) fn watch(lua: &Lua, meter: &Arc<Meter>) {
    let meter = Arc::clone(meter);
    lua.set_interrupt(move |lua| {
        if !meter.must_stop() {
            return Ok(VmState::Continue);
        }
        if meter.wants_place()
            && let Some(place) = place::of_stack(lua)
        {
            meter.set_place(place);
        }
        Err(mlua::Error::runtime("out of budget"))
    });
}

/// Gives the machine `hark` and `require`, and closes it.
fn furnish(
    lua: &Lua,
    hark: &Function,
    file: &str,
    config: &serde_json::Value,
    sources: &Arc<Mutex<Sources>>,
    shared: &Shared,
) -> mlua::Result<()> {
    let on = on(lua, file, &shared.registered)?;
    let log = sandbox::log(lua, file, &shared.logged)?;
    let config = sandbox::config(lua, config)?;
    let doors = reaction::doors(lua, after(lua, file, &shared.registered)?, &shared.running)?;
    let hark: Table = hark.call((on, log, config, doors))?;
    let state = Arc::clone(&shared.registered);
    let is_loading = move || state.lock().is_ok_and(|registered| !registered.closed);
    let require = sandbox::require(lua, sources, is_loading)?;
    sandbox::close(lua, hark, require)
}

/// `hark.on(point, handler)`.
fn on(lua: &Lua, file: &str, registered: &Arc<Mutex<Registered>>) -> mlua::Result<Function> {
    let (file, registered) = (file.to_owned(), Arc::clone(registered));
    lua.create_function(move |lua, (point, handler): (Value, Value)| {
        let Ok(mut registered) = registered.lock() else { return Ok(()) };
        if registered.closed {
            return Err(mlua::Error::runtime("hark.on is for the time of loading, not for decisions"));
        }
        let (file, line) = place::of_stack(lua).unwrap_or_else(|| (file.clone(), 0));
        match register(&mut registered, &point, handler) {
            Ok(()) => {}
            Err(message) => registered.faults.push(Fault::new(&file, line, message)),
        }
        Ok(())
    })
}

/// `hark.after(event, handler)`.
fn after(lua: &Lua, file: &str, registered: &Arc<Mutex<Registered>>) -> mlua::Result<Function> {
    let (file, registered) = (file.to_owned(), Arc::clone(registered));
    lua.create_function(move |lua, (event, handler): (Value, Value)| {
        let Ok(mut registered) = registered.lock() else { return Ok(()) };
        if registered.closed {
            return Err(mlua::Error::runtime("hark.after is for the time of loading"));
        }
        if let Err(message) = register_reaction(&mut registered, &event, handler) {
            let (file, line) = place::of_stack(lua).unwrap_or_else(|| (file.clone(), 0));
            registered.faults.push(Fault::new(&file, line, message));
        }
        Ok(())
    })
}

fn register_reaction(registered: &mut Registered, event: &Value, handler: Value) -> Result<(), String> {
    let name = match event {
        Value::String(name) => reaction::known(&name.to_string_lossy())?,
        other => return Err(format!("hark.after takes an event's name first, not {}", sandbox::kind(other))),
    };
    let Value::Function(handler) = handler else {
        return Err(format!("hark.after takes a function second, not {}", sandbox::kind(&handler)));
    };
    match registered.reactions.insert(name, handler) {
        Some(_) => Err(format!("this script reacts to '{name}' twice")),
        None => Ok(()),
    }
}

fn register(registered: &mut Registered, point: &Value, handler: Value) -> Result<(), String> {
    let name = match point {
        Value::String(name) => name.to_string_lossy(),
        other => return Err(format!("hark.on takes a point's name first, not {}", sandbox::kind(other))),
    };
    let Some(point) = Point::named(&name) else {
        let near = did_you_mean(&name, Point::ALL.iter().map(|point| point.name()));
        return Err(format!("unknown point '{name}'{near}"));
    };
    let Value::Function(handler) = handler else {
        return Err(format!("hark.on takes a function second, not {}", sandbox::kind(&handler)));
    };
    let place = &mut registered.handlers[point.index()];
    if place.is_some() {
        return Err(format!("'{name}' is answered twice by this script"));
    }
    *place = Some(Handler::new(handler));
    Ok(())
}

/// Runs the script's file within the budget of loading.
fn run(lua: &Lua, file: &str, sources: &Arc<Mutex<Sources>>, meter: &Meter) -> Result<(), Fault> {
    let text = sources.lock().map_err(|_| Fault::new(file, 0, "not read"))?.read(file)?;
    let chunk = sandbox::compile(lua, file, &text).map_err(|error| place::of_error(file, &error))?;
    meter.start(LOADING);
    let limited = lua.set_memory_limit(lua.used_memory() + LOADING.memory_bytes);
    let result = limited.and_then(|_| chunk.call::<()>(()));
    let lifted = lua.set_memory_limit(0);
    let (_, over) = meter.stop();
    if over.is_some() {
        let (file, line) = meter.take_place().unwrap_or_else(|| (file.to_owned(), 0));
        return Err(Fault::new(&file, line, format!("loading takes more than {} ms", LOADING.cpu_ms)));
    }
    result.and(lifted).map(|_| ()).map_err(|error| place::of_error(file, &error))
}
