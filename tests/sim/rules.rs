//! Policies of a run: the built-in answers, or rules that slip now and then. A slip is either no answer, after which
//! the stated default follows, or one that makes no sense here. What it says follows from the chat, so that a step
//! left out changes nothing elsewhere.

use crate::desk_setup::QUEUES;
use crate::dice::{Dice, mixed};
use hark_core::policy::{
    AfterMissedOffer, Answered, AutoLog, GreetQuestion, Left, LeftQuestion, LogMode, LogQuestion,
    MessageQuestion, MissedOffer, Permission, RankAgents, RejectPermission, Relax, Relaxed, Route, RouteChat,
    ScreenPop, ScreenPopQuestion, Verdict, WrapUp, WrapUpQuestion,
};
use hark_core::state::{Chat, Status};
use hark_core::{AgentId, BuiltIn, Policy};
use hark_policy::{Budget, Options, Scripts};
use std::collections::BTreeMap;
use std::sync::OnceLock;
use tempfile::TempDir;

/// The number of the rules that are a script in the real machine.
pub(crate) const SCRIPTED: u32 = 100;
/// The script: it fails, never ends, and answers what makes no sense.
const SCRIPT: &str = include_str!("scripted.luau");
/// What one decision of the script may cost: little, so that those that never end do.
const BUDGET: Budget = Budget { cpu_ms: 2, wall_ms: 100, memory_bytes: 8 << 20 };

/// The rules with this number; none slip with 0.
pub(crate) fn rules(seed: u64, number: u32) -> Box<dyn Policy + Send> {
    match number {
        0 => Box::new(BuiltIn),
        SCRIPTED => Box::new(scripted()),
        _ => Box::new(Slipping { seed, version: format!("slipping {number}"), default: BuiltIn }),
    }
}

fn scripted() -> Scripts {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        std::fs::write(folder.path().join("rules.luau"), SCRIPT).expect("the script can be written");
        folder
    });
    let mut options = Options::new(folder.path(), &["rules.luau"]);
    options.budget = BUDGET;
    Scripts::load(options).unwrap_or_else(|faults| panic!("the script does not load: {faults:?}"))
}

struct Slipping {
    seed: u64,
    version: String,
    default: BuiltIn,
}

impl Slipping {
    fn dice(&self, chat: &Chat, point: u64) -> Dice {
        let name = chat.form.name.bytes().fold(point, |sum, byte| sum.wrapping_mul(31) + u64::from(byte));
        Dice(mixed(&[self.seed, name, chat.offers_made.into(), self.version.len() as u64]))
    }
}

impl Policy for Slipping {
    fn version(&self) -> &str {
        &self.version
    }

    fn route_chat(&mut self, question: &RouteChat<'_>) -> Route {
        let mut dice = self.dice(question.chat, 1);
        let unknown = || Some("nowhere".to_owned());
        match dice.roll(9) {
            0 => Route { queue: unknown(), ..Route::default() },
            1 => Route { priority: Some(255), ..Route::default() },
            2 => Route { preferred_agent: unknown(), ..Route::default() },
            3 => Route { preferred_agent: Some("agent1".to_owned()), ..Route::default() },
            4 => Route { skills: Some(BTreeMap::from([("klingon".to_owned(), 10)])), ..Route::default() },
            5 => Route { turn_away: Some("not today".to_owned()), ..Route::default() },
            6 => {
                Route { queue: dice.pick(&QUEUES).map(str::to_owned), priority: Some(0), ..Route::default() }
            }
            _ => self.default.route_chat(question),
        }
    }

    fn answered(&self) -> Answered {
        Answered::Script { file: "slipping".to_owned() }
    }

    fn rank_agents(&mut self, question: &RankAgents<'_>) -> Vec<AgentId> {
        let candidates = || question.candidates.agents().into_iter().map(hark_core::state::Agent::id);
        match self.dice(question.chat, 7).roll(4) {
            0 => candidates().rev().collect(),
            1 => vec![AgentId::from(u128::MAX)],
            2 => candidates().cycle().take(100).collect(),
            _ => self.default.rank_agents(question),
        }
    }

    fn relax(&mut self, question: &Relax<'_>) -> Relaxed {
        let mut dice = self.dice(question.chat, 8 + u64::from(question.step));
        let all = || question.chat.requirements.keys().cloned();
        match dice.roll(6) {
            0 => Relaxed { drop: all().collect(), ..Relaxed::default() },
            1 => Relaxed { priority: Some(255), ..Relaxed::default() },
            2 => Relaxed { queue: Some("nowhere".to_owned()), ..Relaxed::default() },
            3 => Relaxed { queue: dice.pick(&QUEUES).map(str::to_owned), ..Relaxed::default() },
            4 => Relaxed { skills: Some(BTreeMap::from([("klingon".to_owned(), 10)])), ..Relaxed::default() },
            _ => self.default.relax(question),
        }
    }

    fn after_missed_offer(&mut self, question: &AfterMissedOffer<'_>) -> MissedOffer {
        let then =
            |status, pause_s| MissedOffer { status, reason: Some("no such reason".to_owned()), pause_s };
        match self.dice(question.chat, 40).roll(8) {
            0 => then(Status::Available, 0),
            1 => then(Status::Available, u32::MAX),
            2 => then(Status::Available, 5),
            3 => then(Status::LoggedOut, 5),
            4 => then(Status::WorkOffline, 0),
            _ => self.default.after_missed_offer(question),
        }
    }

    fn greet(&mut self, question: &GreetQuestion<'_>) -> Option<String> {
        match self.dice(question.chat, 41).roll(6) {
            0 => Some(String::new()),
            1 => Some("x".repeat(question.limit as usize + 1)),
            2 => Some("welcome".to_owned()),
            _ => self.default.greet(question),
        }
    }

    fn customer_left(&mut self, question: &LeftQuestion<'_>) -> Left {
        match self.dice(question.chat, 42).roll(5) {
            0 => Left::Requeue,
            1 => Left::Keep,
            _ => self.default.customer_left(question),
        }
    }

    fn agent_left(&mut self, question: &LeftQuestion<'_>) -> Left {
        match self.dice(question.chat, 43).roll(5) {
            0 => Left::Requeue,
            1 => Left::Keep,
            2 => Left::End,
            _ => self.default.agent_left(question),
        }
    }

    fn post_processing(&mut self, question: &WrapUpQuestion<'_>) -> WrapUp {
        match self.dice(question.chat, 44).roll(6) {
            0 => WrapUp { seconds: Some(0), mandatory: Some(Vec::new()) },
            1 => WrapUp { seconds: Some(u32::MAX), mandatory: None },
            2 => WrapUp { seconds: None, mandatory: Some(vec!["nowhere".to_owned(), "topic".to_owned()]) },
            _ => self.default.post_processing(question),
        }
    }

    fn reject_permission(&mut self, question: &RejectPermission<'_>) -> Permission {
        match self.dice(question.chat, 2).roll(4) {
            0 => Permission { allowed: false, reason: None },
            1 => Permission { allowed: true, reason: Some(String::new()) },
            _ => self.default.reject_permission(question),
        }
    }

    fn screen_pop(&mut self, question: &ScreenPopQuestion<'_>) -> ScreenPop {
        match self.dice(question.chat, 3).roll(6) {
            0 => ScreenPop::Record { index: 7000 },
            1 => ScreenPop::Case { index: u32::MAX },
            2 => ScreenPop::Url { url: "javascript:alert(1)".to_owned() },
            3 => ScreenPop::List,
            _ => self.default.screen_pop(question),
        }
    }

    fn message(&mut self, question: &MessageQuestion<'_>) -> Verdict {
        // Too long to be stored, and nothing at all: neither may be.
        match self.dice(question.chat, 6).roll(6) {
            0 => Verdict::Refuse("not like this".to_owned()),
            1 => Verdict::Change("x".repeat(question.limit as usize + 1)),
            2 => Verdict::Change(" ".to_owned()),
            _ => self.default.message(question),
        }
    }

    fn chat_log_mode(&mut self, question: &LogQuestion<'_>) -> LogMode {
        match self.dice(question.chat, 4).roll(4) {
            0 => LogMode::None,
            1 => LogMode::View,
            _ => self.default.chat_log_mode(question),
        }
    }

    fn auto_log(&mut self, question: &LogQuestion<'_>) -> AutoLog {
        match self.dice(question.chat, 5).roll(4) {
            0 => AutoLog { log: true, case: Some("no such case".to_owned()), ..AutoLog::default() },
            1 => AutoLog { log: true, title: Some(String::new()), ..AutoLog::default() },
            _ => self.default.auto_log(question),
        }
    }
}
