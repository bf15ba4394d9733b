//! The part of the configuration that reaches the core as its `Setup`: limits, graces, reasons, queues and code lists.
//! Each key's range is stated here and in config.toml, nowhere else.

use super::read::Section;
use hark_core::setup::{
    Code, CodeRule, Grace, Level, Limits, OrphanRule, Overflow, QueueSetup, Reasons, Setup, Skill, Strategy,
};
use std::collections::{BTreeMap, BTreeSet};

/// Longest time that a key takes, in seconds: a day.
const DAY_S: i64 = 86_400;
/// Longest wait for a plugin's job, in seconds.
const JOB_S: i64 = 300;
/// Longest name of a queue, a code list or a code, in characters.
const NAME_CHARS: usize = 64;
/// The queue that is there when none is configured.
pub(crate) const FIRST_QUEUE: &str = "support";

/// Names that keys may point to, known before any of them is read.
pub(super) struct Names {
    queues: Vec<String>,
    code_lists: Vec<String>,
}

/// The desk as it is when nothing is configured.
pub(crate) fn default_desk() -> Setup {
    let queue = QueueSetup { title: "Support".to_owned(), ..QueueSetup::default() };
    Setup {
        default_queue: FIRST_QUEUE.to_owned(),
        queues: BTreeMap::from([(FIRST_QUEUE.to_owned(), queue)]),
        ..Setup::default()
    }
}

/// Reads the desk's tables. Whether a CRM is there is found out from the plugins, not configured.
pub(super) fn desk(top: &mut Section<'_>) -> Setup {
    let default = default_desk();
    let names = Names {
        queues: top.names("queues").unwrap_or_else(|| default.queues.keys().cloned().collect()),
        code_lists: top.names("code_lists").unwrap_or_default(),
    };
    let queues = top.tables("queues", |name, section| queue(name, section, &names));
    if queues.as_ref().is_some_and(BTreeMap::is_empty) {
        top.fault_at("queues", "a desk needs a queue: write at least one [queues.NAME]");
    }
    Setup {
        limits: top.table("limits", limits),
        grace: top.table("grace", grace),
        reasons: top.table("reasons", reasons),
        default_queue: default_queue(top, &names),
        crm: false,
        queues: queues.unwrap_or(default.queues),
        code_lists: code_lists(top),
    }
}

impl Names {
    /// Faults of those names in a list that are no queues.
    pub(super) fn must_be_queues(&self, section: &Section<'_>, key: &str, queues: &[String]) {
        for queue in queues {
            section.must_be_known(key, queue, "queue", &self.queues);
        }
    }

    /// The names of the queues of a desk.
    pub(super) fn of(setup: &Setup) -> Self {
        let code_lists = setup.code_lists.keys().cloned().collect();
        Self { queues: setup.queues.keys().cloned().collect(), code_lists }
    }
}

fn default_queue(top: &mut Section<'_>, names: &Names) -> String {
    match top.text_if_there("default_queue") {
        Some(name) => {
            top.must_be_known("default_queue", &name, "queue", &names.queues);
            name
        }
        // The first by name is what the core takes as well; said here, so that `check` can print it.
        None if names.queues.iter().any(|name| name == FIRST_QUEUE) => FIRST_QUEUE.to_owned(),
        None => names.queues.first().cloned().unwrap_or_default(),
    }
}

fn limits(section: &mut Section<'_>) -> Limits {
    let default = Limits::default();
    Limits {
        agent_message_chars: section.whole("agent_message_chars", default.agent_message_chars, 1..=20_000),
        customer_message_chars: section.whole(
            "customer_message_chars",
            default.customer_message_chars,
            1..=20_000,
        ),
        messages_per_chat: section.whole("messages_per_chat", default.messages_per_chat, 2..=100_000),
        capacity: section.whole("capacity", default.capacity, 1..=20),
        live_chats: section.whole("live_chats", default.live_chats, 1..=10_000_000),
        log_edit_days: section.whole("log_edit_days", default.log_edit_days, 0..=365),
        answers_kept_hours: section.whole("answers_kept_hours", default.answers_kept_hours, 1..=168),
        job_attempts: section.whole("job_attempts", default.job_attempts, 1..=20),
        job_timeout_s: section.whole("job_timeout_s", default.job_timeout_s, 1..=JOB_S),
    }
}

fn grace(section: &mut Section<'_>) -> Grace {
    let default = Grace::default();
    let grace = Grace {
        customer_waiting_s: section.whole("customer_waiting_s", default.customer_waiting_s, 0..=DAY_S),
        customer_active_s: section.whole("customer_active_s", default.customer_active_s, 0..=DAY_S),
        agent_offers_s: section.whole("agent_offers_s", default.agent_offers_s, 0..=DAY_S),
        agent_log_out_s: section.whole("agent_log_out_s", default.agent_log_out_s, 0..=DAY_S),
        agent_chats: section.choice(
            "agent_chats",
            default.agent_chats,
            &[("keep", OrphanRule::Keep), ("requeue", OrphanRule::Requeue), ("end", OrphanRule::End)],
        ),
    };
    if grace.agent_log_out_s < grace.agent_offers_s {
        section.fault_at(
            "agent_log_out_s",
            format!(
                "grace.agent_log_out_s is {} and must not be less than agent_offers_s, which is {}",
                grace.agent_log_out_s, grace.agent_offers_s
            ),
        );
    }
    grace
}

fn reasons(section: &mut Section<'_>) -> Reasons {
    let mut list = |key| {
        let reasons = section.texts(key).unwrap_or_default();
        names_are_fit(section, key, reasons.iter().map(String::as_str));
        reasons
    };
    Reasons { on_break: list("on_break"), work_offline: list("work_offline"), logged_out: list("logged_out") }
}

fn queue(name: &str, section: &mut Section<'_>, names: &Names) -> QueueSetup {
    if !is_name(name) {
        section.fault(format!(
            "a queue's name is 1 to {NAME_CHARS} letters, digits, '_' or '-'; this is '{name}'"
        ));
    }
    let default = QueueSetup::default();
    let queue = QueueSetup {
        title: section.text("title", &default.title),
        acceptance_s: section.whole("acceptance_s", default.acceptance_s, 1..=3600),
        post_processing_s: section.whole("post_processing_s", default.post_processing_s, 0..=DAY_S),
        extend_s: section.whole("extend_s", default.extend_s, 0..=DAY_S),
        extends: section.whole("extends", default.extends, 0..=100),
        strategy: section.choice("strategy", default.strategy, &STRATEGIES),
        priority: section.whole("priority", default.priority, 0..=9),
        skills: skills(section),
        reject_allowed: section.flag("reject_allowed", default.reject_allowed),
        max_waiting: section.whole("max_waiting", default.max_waiting, 0..=10_000_000),
        transfer_when_full: section.flag("transfer_when_full", default.transfer_when_full),
        transfer_when_empty: section.flag("transfer_when_empty", default.transfer_when_empty),
        overflow: overflow(name, section, names),
        relax_after_s: relax_after_s(section),
        greet_queued: section.text("greet_queued", &default.greet_queued),
        greet_accepted: section.text("greet_accepted", &default.greet_accepted),
        preferred_agent_s: section.whole("preferred_agent_s", default.preferred_agent_s, 0..=DAY_S),
        codes: section.list("codes", |rule| code_rule(rule, names)).unwrap_or_default(),
        auto_log: section.flag("auto_log", default.auto_log),
        service_level_s: section.whole("service_level_s", default.service_level_s, 1..=DAY_S),
    };
    queue_is_fit(name, section, &queue);
    queue
}

const STRATEGIES: [(&str, Strategy); 4] = [
    ("longest_idle", Strategy::LongestIdle),
    ("least_busy", Strategy::LeastBusy),
    ("round_robin", Strategy::RoundRobin),
    ("most_skilled", Strategy::MostSkilled),
];

fn skills(section: &mut Section<'_>) -> BTreeMap<Skill, Level> {
    section.numbers("skills", 1..=10).unwrap_or_default()
}

fn overflow(name: &str, section: &mut Section<'_>, names: &Names) -> Option<Overflow> {
    section.table("overflow", |section| {
        let overflow =
            Overflow { to: section.text("to", ""), after_s: section.whole("after_s", 120, 1..=DAY_S) };
        if !section.is_there() {
            return None;
        }
        section.must_be_known("to", &overflow.to, "queue", &names.queues);
        if overflow.to == name {
            section.fault_at("to", format!("queues.{name}.overflow.to is the queue itself"));
        }
        Some(overflow)
    })
}

/// Steps of a wait, in whole seconds, each later than the one before.
fn relax_after_s(section: &mut Section<'_>) -> Vec<u32> {
    let steps = section.reals("relax_after_s", 1.0..=DAY_S as f64).unwrap_or_default();
    let ascending = steps.windows(2).all(|pair| pair[0] < pair[1]);
    if !ascending || steps.iter().any(|step| step.fract() != 0.0) {
        section
            .fault_at("relax_after_s", "relax_after_s must be whole seconds, each more than the one before");
        return Vec::new();
    }
    steps.into_iter().map(|step| step as u32).collect()
}

fn code_rule(section: &mut Section<'_>, names: &Names) -> CodeRule {
    let rule = CodeRule {
        list: section.needed("list"),
        mandatory: section.flag("mandatory", false),
        several: section.flag("several", false),
    };
    if !rule.list.is_empty() {
        section.must_be_known("list", &rule.list, "code list", &names.code_lists);
    }
    rule
}

/// What no single key can tell.
fn queue_is_fit(name: &str, section: &Section<'_>, queue: &QueueSetup) {
    let mandatory = queue.codes.iter().find(|rule| rule.mandatory);
    if let (Some(rule), 0) = (mandatory, queue.post_processing_s) {
        section.fault_at(
            "post_processing_s",
            format!(
                "queues.{name}.post_processing_s is 0, but the code list '{}' is mandatory: \
                 nobody would have the time to choose a code",
                rule.list
            ),
        );
    }
    let mut lists = BTreeSet::new();
    for rule in queue.codes.iter().filter(|rule| !lists.insert(&rule.list)) {
        section.fault_at("codes", format!("queues.{name}.codes names the code list '{}' twice", rule.list));
    }
}

fn code_lists(top: &mut Section<'_>) -> BTreeMap<String, Vec<Code>> {
    let lists =
        top.lists("code_lists", |code| Code { code: code.needed("code"), title: code.needed("title") });
    let lists = lists.unwrap_or_default();
    for (name, codes) in &lists {
        if codes.is_empty() || !is_name(name) {
            top.fault_at(
                "code_lists",
                format!("the code list '{name}' needs a plain name and at least one code"),
            );
        }
        names_are_fit(top, "code_lists", codes.iter().map(|code| code.code.as_str()));
    }
    lists
}

fn names_are_fit<'n>(section: &Section<'_>, key: &str, names: impl Iterator<Item = &'n str>) {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            section.fault_at(key, format!("{key}: '{name}' is there twice"));
        } else if name.trim().is_empty() || name.chars().count() > NAME_CHARS {
            section.fault_at(key, format!("{key}: '{name}' must have 1 to {NAME_CHARS} characters"));
        }
    }
}

/// Names stand in addresses, file names and logs.
fn is_name(name: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    (1..=NAME_CHARS).contains(&name.chars().count()) && name.chars().all(plain)
}
