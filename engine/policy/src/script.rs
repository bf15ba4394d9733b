//! One script and its record: asked through its machine, made anew when that was stopped, set aside when it fails too
//! often. It says what happened; the stated defaults are another's.

use crate::fault::Fault;
use crate::folder::Sources;
use crate::machine::{Failure, Machine};
use crate::options::{Budget, SetAside};
use crate::point::Point;
use crate::question::Question;
use crate::reaction::Reaction;
use crate::stats::StatsHandle;
use hark_core::Time;
use mlua::Value;
use serde_json::Value as Json;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// Failures of one point within this many seconds are one burst, and are logged once.
const BURST_S: u64 = 60;

/// What came of asking.
pub(crate) enum Outcome<A> {
    Answer(A),
    /// The script leaves it to others.
    Nothing,
    /// It was asked in vain; the failure is counted and logged.
    Failed(Fault),
    /// It would have been asked, but is set aside.
    Aside,
}

/// One burst of failures at one point.
#[derive(Debug, Default, Clone, Copy)]
struct Burst {
    told: Option<Time>,
    untold: u32,
}

/// A configured script.
#[derive(Debug)]
pub(crate) struct Script {
    pub(crate) file: String,
    config: Json,
    sources: Arc<Mutex<Sources>>,
    machine: Option<Machine>,
    points: [Option<usize>; Point::ALL.len()],
    failures: VecDeque<Time>,
    bursts: [Burst; Point::ALL.len()],
    aside: bool,
    stats: StatsHandle,
}

impl Script {
    /// Loads a script; with its reactions, if it has any.
    pub(crate) fn load(
        file: String,
        config: Json,
        sources: &Arc<Mutex<Sources>>,
        stats: &StatsHandle,
    ) -> Result<(Self, Option<Reaction>), Vec<Fault>> {
        let machine = Machine::load(&file, &config, sources)?;
        let names = machine.reacts_to();
        let reaction = (!names.is_empty()).then(|| Reaction::new(&file, &config, sources, names));
        let points = Point::ALL.map(|point| machine.answers(point).then(|| stats.add(&file, point)));
        let script = Self {
            file,
            config,
            sources: Arc::clone(sources),
            machine: Some(machine),
            points,
            failures: VecDeque::new(),
            bursts: [Burst::default(); Point::ALL.len()],
            aside: false,
            stats: stats.clone(),
        };
        Ok((script, reaction))
    }

    /// Whether the script answers this point.
    pub(crate) fn answers(&self, point: Point) -> bool {
        self.points[point.index()].is_some()
    }

    /// Asks the script, if it answers the point at all, and checks its answer.
    pub(crate) fn ask<A>(
        &mut self,
        question: &dyn Question,
        budget: Budget,
        set_aside: SetAside,
        read: &dyn Fn(&Value) -> Result<A, String>,
    ) -> Outcome<A> {
        let point = question.point();
        let Some(row) = self.points[point.index()] else { return Outcome::Nothing };
        if self.aside {
            self.stats.change(row, |row| row.asked(question.now(), false));
            return Outcome::Aside;
        }
        match self.run(question, budget, read) {
            Ok((answer, nanos)) => {
                self.stats.change(row, |row| {
                    row.asked(question.now(), false);
                    row.answers += u64::from(answer.is_some());
                    row.took(nanos);
                });
                answer.map_or(Outcome::Nothing, Outcome::Answer)
            }
            Err(failure) => {
                if failure.broken {
                    self.machine = None;
                }
                self.stats.change(row, |row| {
                    row.asked(question.now(), true);
                    row.last_error = Some((failure.fault.clone(), question.now()));
                });
                self.tell(point, question.now(), &failure.fault);
                self.count_failure(question.now(), set_aside);
                Outcome::Failed(failure.fault)
            }
        }
    }

    /// The stated default answers in this script's place.
    pub(crate) fn count_default(&self, point: Point) {
        if let Some(row) = self.points[point.index()] {
            self.stats.change(row, |row| row.defaults += 1);
        }
    }

    fn run<A>(
        &mut self,
        question: &dyn Question,
        budget: Budget,
        read: &dyn Fn(&Value) -> Result<A, String>,
    ) -> Result<(Option<A>, u64), Failure> {
        if self.machine.as_ref().is_some_and(|machine| machine.hoards(budget)) {
            tracing::warn!(script = %self.file, "keeps memory between decisions: it is started anew");
            self.machine = None;
        }
        let machine = self.machine()?;
        let answered = machine.ask(question, budget)?;
        if answered.value.is_nil() {
            return Ok((None, answered.nanos));
        }
        read(&answered.value).map(|answer| (Some(answer), answered.nanos)).map_err(|message| {
            let (file, line) = machine.place(question.point());
            Failure { fault: Fault::new(&file, line, message), broken: false }
        })
    }

    /// The machine, made anew from the kept sources when the last one was stopped.
    fn machine(&mut self) -> Result<&mut Machine, Failure> {
        if self.machine.is_none() {
            let made = Machine::load(&self.file, &self.config, &self.sources);
            let machine = made.map_err(|faults| {
                let none = || Fault::new(&self.file, 0, "could not be started anew");
                Failure { fault: faults.into_iter().next().unwrap_or_else(none), broken: true }
            })?;
            self.machine = Some(machine);
        }
        Ok(self.machine.as_mut().expect("it was just made"))
    }

    /// Logs the first failure of a burst, and with the next burst how many were not logged.
    fn tell(&mut self, point: Point, now: Time, fault: &Fault) {
        let burst = &mut self.bursts[point.index()];
        if burst.told.is_some_and(|told| now < told.plus_s(BURST_S)) {
            burst.untold += 1;
            return;
        }
        let untold = std::mem::take(&mut burst.untold);
        burst.told = Some(now);
        tracing::error!(
            script = %self.file,
            point = point.name(),
            untold,
            "{fault}; the stated default answers"
        );
    }

    fn count_failure(&mut self, now: Time, set_aside: SetAside) {
        self.failures.push_back(now);
        while self.failures.front().is_some_and(|at| at.plus_s(set_aside.window_s.into()) < now) {
            self.failures.pop_front();
        }
        let most = set_aside.failures as usize;
        if most == 0 {
            self.failures.clear();
        } else if self.failures.len() >= most {
            self.put_aside(set_aside);
        }
    }

    fn put_aside(&mut self, rule: SetAside) {
        self.aside = true;
        self.machine = None;
        self.failures.clear();
        for row in self.points.into_iter().flatten() {
            self.stats.change(row, |row| row.set_aside = true);
        }
        tracing::error!(
            script = %self.file,
            "SET ASIDE after {} failures within {} s: it is asked no more until scripts are loaded anew",
            rule.failures,
            rule.window_s
        );
    }
}
