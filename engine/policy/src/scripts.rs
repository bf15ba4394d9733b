//! All configured scripts as one policy: asked in order, the first answer wins, and a stated default answers for what
//! failed. It never blocks and never panics for a script's sake.

use crate::answer;
use crate::fault::Fault;
use crate::folder::Sources;
use crate::names;
use crate::options::{Budget, Options, SetAside};
use crate::point::Point;
use crate::question::{AboutLeft, AboutLog, Question};
use crate::reaction::Reaction;
use crate::sandbox;
use crate::script::{Outcome, Script};
use crate::stats::StatsHandle;
use hark_core::policy::{
    AfterMissedOffer, Answered, AutoLog, GreetQuestion, Left, LeftQuestion, LogMode, LogQuestion,
    MessageQuestion, MissedOffer, Permission, RankAgents, RejectPermission, Relax, Relaxed, Route, RouteChat,
    ScreenPop, ScreenPopQuestion, Verdict, WrapUp, WrapUpQuestion,
};
use hark_core::{AgentId, BuiltIn, Policy};
use mlua::Value;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::{Arc, Mutex};

/// Bytes of the hash that make the version.
const VERSION_BYTES: usize = 6;

/// Most characters of a failure that an event keeps.
const WHY_LIMIT: usize = 300;
/// Why a script that failed too often did not answer.
const SET_ASIDE: &str = "it failed too often and is set aside";

/// The scripts, loaded and checked.
#[derive(Debug)]
pub struct Scripts {
    scripts: Vec<Script>,
    /// Places of the scripts that answer each point: the others are not even looked at.
    answering: [Vec<usize>; Point::ALL.len()],
    budget: Budget,
    set_aside: SetAside,
    version: String,
    stats: StatsHandle,
    reactions: Vec<Reaction>,
    last: Last,
}

/// Who answered the last question, for the tests of scripts.
#[derive(Debug)]
pub(crate) enum Last {
    /// The script at this place.
    Script(usize),
    BuiltIn,
    /// The default, because the script at this place failed.
    Failed(usize, Fault),
    /// The default, because the script at this place is set aside.
    Aside(usize),
}

/// Who answers when the asking is over.
enum Answerer<A> {
    Script(A),
    /// No script has a say.
    BuiltIn,
    /// A script that should have answered failed, or is set aside.
    Default,
}

impl Scripts {
    /// Loads and checks all scripts.
    ///
    /// # Errors
    /// Everything that is wrong with any of them, by file and line.
    pub fn load(options: Options) -> Result<Self, Vec<Fault>> {
        let sources = Sources::open(&options.root).map_err(|fault| vec![fault])?;
        let sources = Arc::new(Mutex::new(sources));
        let stats = StatsHandle::default();
        let (mut scripts, mut reactions, mut faults) = (Vec::new(), Vec::new(), Vec::new());
        let mut hash = Sha256::new();
        for script in options.scripts {
            let file = name_of(&script.path);
            hash.update(&file);
            hash.update(script.config.to_string());
            match Script::load(file, script.config, &sources, &stats) {
                Ok((script, reaction)) => {
                    scripts.push(script);
                    reactions.extend(reaction);
                }
                Err(more) => faults.extend(more),
            }
        }
        faults.extend(unknown_names(&sources));
        faults.sort();
        faults.dedup_by(is_same);
        if !faults.is_empty() {
            return Err(faults);
        }
        if let Ok(mut sources) = sources.lock() {
            sources.close();
            sources.hash_into(&mut hash);
        }
        let version = hash.finalize().iter().take(VERSION_BYTES).map(|byte| format!("{byte:02x}")).collect();
        let answers = |point: Point| {
            let those = scripts.iter().enumerate().filter(|(_, script)| script.answers(point));
            those.map(|(place, _)| place).collect()
        };
        Ok(Self {
            answering: Point::ALL.map(answers),
            scripts,
            budget: options.budget,
            set_aside: options.set_aside,
            version,
            stats,
            reactions,
            last: Last::BuiltIn,
        })
    }

    /// The numbers of these scripts, readable from any thread.
    pub fn stats(&self) -> StatsHandle {
        self.stats.clone()
    }

    /// The scripts' reactions, for whoever runs them: once, in the scripts' order.
    pub fn take_reactions(&mut self) -> Vec<Reaction> {
        std::mem::take(&mut self.reactions)
    }

    /// The scripts' reactions, for their tests.
    pub(crate) fn reactions(&mut self) -> &mut Vec<Reaction> {
        &mut self.reactions
    }

    /// Who answered the last question.
    pub(crate) fn last(&mut self) -> Last {
        std::mem::replace(&mut self.last, Last::BuiltIn)
    }

    fn ask<A>(&mut self, question: &dyn Question, read: &dyn Fn(&Value) -> Result<A, String>) -> Answerer<A> {
        let point = question.point();
        let mut aside = None;
        self.last = Last::BuiltIn;
        for &place in &self.answering[point.index()] {
            let script = &mut self.scripts[place];
            match script.ask(question, self.budget, self.set_aside, read) {
                Outcome::Answer(answer) => {
                    self.last = Last::Script(place);
                    return Answerer::Script(answer);
                }
                Outcome::Nothing => {}
                Outcome::Aside => aside = aside.or(Some(place)),
                Outcome::Failed(fault) => {
                    script.count_default(point);
                    self.last = Last::Failed(place, fault);
                    return Answerer::Default;
                }
            }
        }
        match aside {
            None => Answerer::BuiltIn,
            Some(place) => {
                self.scripts[place].count_default(point);
                self.last = Last::Aside(place);
                Answerer::Default
            }
        }
    }
}

/// The stated defaults: what answers when the rules that should have answered failed.
pub mod defaults {
    use hark_core::policy::{AutoLog, Permission, Verdict};

    /// The reason told with the "no" of a policy that failed.
    pub const POLICY_FAILED: &str = "the policy for this queue failed, so it is not permitted";

    /// Of `reject_permission`: no.
    pub fn reject_permission() -> Permission {
        Permission { allowed: false, reason: Some(POLICY_FAILED.to_owned()) }
    }

    /// What the sender of a message is told when its policy failed.
    pub const MESSAGE_HELD: &str = "it could not be checked; try again, or write to us in another way";

    /// Of `message`: it is not stored, and its sender is told.
    pub fn message() -> Verdict {
        Verdict::Refuse(MESSAGE_HELD.to_owned())
    }

    /// Of `auto_log`: log.
    pub fn auto_log() -> AutoLog {
        AutoLog { log: true, ..AutoLog::default() }
    }
}

impl Policy for Scripts {
    fn version(&self) -> &str {
        &self.version
    }

    fn answered(&self) -> Answered {
        let file = |place: &usize| self.scripts[*place].file.clone();
        match &self.last {
            Last::BuiltIn => Answered::BuiltIn,
            Last::Script(place) => Answered::Script { file: file(place) },
            Last::Failed(place, fault) => Answered::Default { file: file(place), why: shortened(fault) },
            Last::Aside(place) => Answered::Default { file: file(place), why: SET_ASIDE.to_owned() },
        }
    }

    fn route_chat(&mut self, question: &RouteChat<'_>) -> Route {
        match self.ask(question, &|value| answer::route(value, question)) {
            Answerer::Script(route) => route,
            Answerer::BuiltIn | Answerer::Default => BuiltIn.route_chat(question),
        }
    }

    fn rank_agents(&mut self, question: &RankAgents<'_>) -> Vec<AgentId> {
        match self.ask(question, &|value| answer::ranking(value, question)) {
            Answerer::Script(order) => order,
            Answerer::BuiltIn | Answerer::Default => BuiltIn.rank_agents(question),
        }
    }

    fn relax(&mut self, question: &Relax<'_>) -> Relaxed {
        match self.ask(question, &|value| answer::relaxed(value, question)) {
            Answerer::Script(relaxed) => relaxed,
            Answerer::BuiltIn | Answerer::Default => BuiltIn.relax(question),
        }
    }

    fn after_missed_offer(&mut self, question: &AfterMissedOffer<'_>) -> MissedOffer {
        match self.ask(question, &answer::missed_offer) {
            Answerer::Script(then) => then,
            Answerer::BuiltIn | Answerer::Default => BuiltIn.after_missed_offer(question),
        }
    }

    fn greet(&mut self, question: &GreetQuestion<'_>) -> Option<String> {
        match self.ask(question, &|value| answer::greeting(value, question)) {
            Answerer::Script(text) => text,
            Answerer::BuiltIn | Answerer::Default => BuiltIn.greet(question),
        }
    }

    fn customer_left(&mut self, question: &LeftQuestion<'_>) -> Left {
        match self.ask(&AboutLeft(Point::CustomerLeft, question), &answer::left) {
            Answerer::Script(then) => then,
            Answerer::BuiltIn | Answerer::Default => BuiltIn.customer_left(question),
        }
    }

    fn agent_left(&mut self, question: &LeftQuestion<'_>) -> Left {
        match self.ask(&AboutLeft(Point::AgentLeft, question), &answer::left) {
            Answerer::Script(then) => then,
            Answerer::BuiltIn | Answerer::Default => BuiltIn.agent_left(question),
        }
    }

    fn post_processing(&mut self, question: &WrapUpQuestion<'_>) -> WrapUp {
        let about = AboutLog(Point::PostProcessing, question);
        match self.ask(&about, &|value| answer::wrap_up(value, question)) {
            Answerer::Script(wrap_up) => wrap_up,
            Answerer::BuiltIn | Answerer::Default => BuiltIn.post_processing(question),
        }
    }

    fn reject_permission(&mut self, question: &RejectPermission<'_>) -> Permission {
        match self.ask(question, &answer::permission) {
            Answerer::Script(permission) => permission,
            Answerer::BuiltIn => BuiltIn.reject_permission(question),
            Answerer::Default => defaults::reject_permission(),
        }
    }

    fn screen_pop(&mut self, question: &ScreenPopQuestion<'_>) -> ScreenPop {
        match self.ask(question, &|value| answer::screen_pop(value, question)) {
            Answerer::Script(pop) => pop,
            Answerer::BuiltIn | Answerer::Default => BuiltIn.screen_pop(question),
        }
    }

    fn message(&mut self, question: &MessageQuestion<'_>) -> Verdict {
        match self.ask(question, &|value| answer::verdict(value, question)) {
            Answerer::Script(verdict) => verdict,
            Answerer::BuiltIn => BuiltIn.message(question),
            Answerer::Default => defaults::message(),
        }
    }

    fn chat_log_mode(&mut self, question: &LogQuestion<'_>) -> LogMode {
        match self.ask(&AboutLog(Point::ChatLogMode, question), &answer::log_mode) {
            Answerer::Script(mode) => mode,
            Answerer::BuiltIn | Answerer::Default => BuiltIn.chat_log_mode(question),
        }
    }

    fn auto_log(&mut self, question: &LogQuestion<'_>) -> AutoLog {
        match self.ask(&AboutLog(Point::AutoLog, question), &answer::auto_log) {
            Answerer::Script(log) => log,
            Answerer::BuiltIn => BuiltIn.auto_log(question),
            Answerer::Default => defaults::auto_log(),
        }
    }
}

/// A failure in as many characters as an event keeps of it.
fn shortened(fault: &Fault) -> String {
    fault.to_string().chars().take(WHY_LIMIT).collect()
}

/// Names that nobody gave a value, in all files that compile.
fn unknown_names(sources: &Mutex<Sources>) -> Vec<Fault> {
    let (Ok(sources), Ok((lua, known))) = (sources.lock(), sandbox::names()) else { return Vec::new() };
    let compiling = sources.texts().filter(|(file, text)| sandbox::compile(&lua, file, text).is_ok());
    compiling.flat_map(|(file, text)| names::check(file, text, &known)).collect()
}

/// Whether both tell of one name at one place: loading may have met what the reading of names found too.
fn is_same(later: &mut Fault, earlier: &mut Fault) -> bool {
    let what = |fault: &Fault| fault.message.split(", did you mean").next().map(str::to_owned);
    let same = later.file == earlier.file && later.line == earlier.line && what(later) == what(earlier);
    if same && earlier.column.is_none() {
        *earlier = later.clone();
    }
    same
}

/// A path with `/` between its parts on every system.
fn name_of(path: &Path) -> String {
    let parts = path.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
    parts.collect::<Vec<_>>().join("/")
}
