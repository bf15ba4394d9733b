//! The desk of a run: its configuration and its staff, drawn from a number.

use crate::dice::{Dice, mixed};
use hark_core::command::SaveAgent;
use hark_core::setup::{
    Code, CodeRule, Grace, Limits, OrphanRule, Overflow, QueueSetup, Reasons, Setup, Strategy,
};
use hark_core::state::Role;
use std::collections::BTreeMap;

/// Queues that a desk may have.
pub(crate) const QUEUES: [&str; 4] = ["billing", "german", "sales", "support"];
/// Codes of the one list.
pub(crate) const CODES: [&str; 3] = ["12", "31", "47"];
/// The list's name.
pub(crate) const TOPIC: &str = "topic";
/// Longest message of a customer on these desks: short, so that texts over it are cheap to make.
pub(crate) const CUSTOMER_CHARS: u32 = 60;

/// The configuration with this number.
pub(crate) fn setup(seed: u64, variant: u32) -> Setup {
    let mut dice = Dice(mixed(&[seed, variant.into(), 1]));
    // A later variant may leave a queue out; chats in it are served all the same.
    let left_out = if variant > 0 { dice.below(2 * QUEUES.len()) } else { usize::MAX };
    let named = QUEUES.iter().enumerate().filter(|(place, _)| *place != left_out);
    let queues = named.map(|(place, name)| ((*name).to_owned(), queue(place, &mut dice))).collect();
    let codes = CODES.iter().map(|code| Code { code: (*code).to_owned(), title: format!("Topic {code}") });
    Setup {
        limits: limits(&mut dice),
        grace: grace(&mut dice),
        reasons: Reasons::default(),
        default_queue: String::new(),
        crm: dice.roll(4) > 0,
        queues,
        code_lists: BTreeMap::from([(TOPIC.to_owned(), codes.collect())]),
    }
}

fn queue(place: usize, dice: &mut Dice) -> QueueSetup {
    let strategies =
        [Strategy::LongestIdle, Strategy::LeastBusy, Strategy::RoundRobin, Strategy::MostSkilled];
    let rule = CodeRule { list: TOPIC.to_owned(), mandatory: dice.roll(2) == 0, several: dice.roll(2) == 0 };
    let to = QUEUES[(place + 1 + dice.below(QUEUES.len() - 1)) % QUEUES.len()].to_owned();
    let skills =
        if QUEUES[place] == "german" { BTreeMap::from([("german".to_owned(), 3)]) } else { BTreeMap::new() };
    QueueSetup {
        acceptance_s: 5 + dice.small(30),
        post_processing_s: dice.pick(&[0, 20, 60]).expect("there are three"),
        extend_s: 30,
        extends: 2,
        strategy: dice.pick(&strategies).expect("there are four"),
        priority: dice.pick(&[2, 5, 5, 9]).expect("there are four"),
        skills,
        reject_allowed: dice.roll(3) > 0,
        max_waiting: dice.pick(&[0, 0, 2, 8]).expect("there are four"),
        transfer_when_full: dice.roll(4) == 0,
        transfer_when_empty: dice.roll(3) == 0,
        relax_after_s: dice
            .pick::<&[u32]>(&[&[], &[], &[5, 20], &[1, 2, 40]])
            .expect("there are four")
            .to_vec(),
        greet_queued: dice.pick(&["", "", "hello"]).expect("there are three").to_owned(),
        greet_accepted: dice.pick(&["", "", "here we are"]).expect("there are three").to_owned(),
        overflow: (dice.roll(3) == 0).then(|| Overflow { to, after_s: 10 + dice.small(40) }),
        preferred_agent_s: dice.pick(&[0, 0, 20, 60]).expect("there are four"),
        codes: if dice.roll(2) == 0 { vec![rule] } else { Vec::new() },
        auto_log: dice.roll(2) == 0,
        ..QueueSetup::default()
    }
}

fn limits(dice: &mut Dice) -> Limits {
    Limits {
        customer_message_chars: CUSTOMER_CHARS,
        messages_per_chat: dice.pick(&[8, 10_000]).expect("there are two"),
        live_chats: dice.pick(&[40, 200_000]).expect("there are two"),
        log_edit_days: dice.pick(&[0, 0, 1]).expect("there are three"),
        answers_kept_hours: dice.pick(&[1, 24]).expect("there are two"),
        job_attempts: u8::try_from(1 + dice.roll(3)).expect("it is small"),
        ..Limits::default()
    }
}

fn grace(dice: &mut Dice) -> Grace {
    let rules = [OrphanRule::Keep, OrphanRule::Requeue, OrphanRule::Requeue, OrphanRule::End];
    Grace {
        customer_waiting_s: 20 + dice.small(60),
        customer_active_s: 30 + dice.small(100),
        agent_offers_s: 10 + dice.small(30),
        agent_log_out_s: 60 + dice.small(240),
        agent_chats: dice.pick(&rules).expect("there are four"),
    }
}

/// The profile of an agent, as it is in this variant. The first is a supervisor.
pub(crate) fn profile(seed: u64, agent: usize, variant: u32) -> SaveAgent {
    let mut dice = Dice(mixed(&[seed, agent as u64, variant.into(), 2]));
    let serves = QUEUES.iter().filter(|_| dice.roll(2) == 0).map(|name| (*name).to_owned());
    let mut queues: Vec<String> = serves.collect();
    if queues.is_empty() {
        queues.push(QUEUES[agent % QUEUES.len()].to_owned());
    }
    let level = u8::try_from(1 + dice.roll(10)).expect("it is small");
    let german = dice.roll(2) == 0;
    SaveAgent {
        login: format!("agent{agent}"),
        name: format!("Agent {agent}"),
        role: if agent == 0 { Role::Supervisor } else { Role::Agent },
        capacity: u8::try_from(1 + dice.roll(4)).expect("it is small"),
        queues,
        skills: if german { BTreeMap::from([("german".to_owned(), level)]) } else { BTreeMap::new() },
        credential: None,
        disabled: variant > 0 && dice.roll(12) == 0,
    }
}
