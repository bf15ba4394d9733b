//! Why a chat went to which agent: each rule that can have a say is named where it had one, and the comparison told is
//! the one that matching made.

mod common;

use common::{Desk, plain};
use hark_core::command::{SetStatus, TransferTo};
use hark_core::explain::{Explanation, Kind, Obstacle, RuleName, Step, Teller};
use hark_core::policy::{
    AfterMissedOffer, Answered, MissedOffer, RankAgents, Relax, Relaxed, Route, RouteChat,
};
use hark_core::setup::{Overflow, QueueSetup, Strategy};
use hark_core::state::Status;
use hark_core::{Action, AgentId, ChatId, Event, Policy, State};
use std::collections::BTreeMap;

/// The explanation of a chat from all turns of a desk.
fn explain(desk: &Desk, chat: ChatId) -> Explanation {
    let mut state = State::new();
    let mut teller = Teller::new(chat, &state);
    desk.turns.iter().for_each(|turn| teller.apply(&mut state, turn));
    assert!(state == desk.state, "explaining replays and nothing else");
    teller.finish_at(&state)
}

fn step(explanation: &Explanation, kind: Kind) -> &Step {
    let found = explanation.steps.iter().rev().find(|step| step.kind == kind);
    found.unwrap_or_else(|| panic!("no {kind:?} in {:#?}", explanation.steps))
}

fn kinds(explanation: &Explanation) -> Vec<Kind> {
    explanation.steps.iter().map(|step| step.kind).collect()
}

fn names(step: &Step, rule: RuleName) -> bool {
    step.rules.iter().any(|said| said.rule == rule)
}

fn obstacle(step: &Step, agent: AgentId) -> Option<Obstacle> {
    let desk = step.desk.as_ref().expect("the desk was looked at");
    let found = desk.candidates.iter().find(|candidate| candidate.agent_id == agent);
    found.expect("the agent is told").obstacle.clone()
}

#[test]
fn the_longest_idle_is_named_with_the_next_one() {
    let mut desk = Desk::new(&[("support", plain())]);
    let ana = desk.staff("ana", &["support"], 1);
    desk.now += 40_000;
    desk.staff("leo", &["support"], 1);
    desk.now += 20_000;
    let chat = desk.ask("Maria", "support");
    desk.now += 3_000;
    desk.accept(ana);
    let told = explain(&desk, chat);
    assert!(told.whole);
    assert_eq!(kinds(&told), [Kind::Requested, Kind::Queued, Kind::Offered, Kind::Accepted]);
    let offered = step(&told, Kind::Offered);
    assert!(names(offered, RuleName::Strategy) && names(offered, RuleName::AcceptanceInterval));
    assert_eq!(
        offered.says,
        "At once it was offered to ANA, because ANA had been without a new chat for longest (1 min 1 s; LEO 20 s)."
    );
    assert_eq!(
        told.summary,
        "ANA got this chat, because ANA had been without a new chat for longest (1 min 1 s; LEO 20 s). From request \
         to acceptance it took 3 s."
    );
}

#[test]
fn a_wait_names_every_obstacle_and_the_chats_ahead() {
    let german = QueueSetup { skills: BTreeMap::from([("german".to_owned(), 5)]), ..plain() };
    let urgent = QueueSetup { priority: 9, ..german.clone() };
    let mut desk = Desk::new(&[("support", german), ("urgent", urgent)]);
    let level = [("german", 6)];
    let full = desk.hire_skilled("full", &["support"], 1, &level);
    let pause = desk.hire_skilled("pause", &["support"], 1, &level);
    let weak = desk.hire_skilled("weak", &["support"], 1, &[("german", 2)]);
    desk.hire_skilled("away", &["support"], 1, &level);
    for agent in [full, weak] {
        desk.choose(agent, Status::Available).expect("Available can be chosen");
    }
    desk.choose(pause, Status::OnBreak).expect("a break can be chosen");
    desk.ask("A", "support");
    desk.accept(full);
    desk.ask("B", "support");
    desk.now += 1000;
    let chat = desk.ask("Maria", "support");
    let told = explain(&desk, chat);
    let waits = step(&told, Kind::Waits);
    assert_eq!(obstacle(waits, full), Some(Obstacle::AtCapacity));
    assert_eq!(obstacle(waits, pause), Some(Obstacle::OnBreak));
    let lacks = Obstacle::LacksSkill { skill: "german".into(), needs: 5, has: 2 };
    assert_eq!(obstacle(waits, weak), Some(lacks));
    let look = waits.desk.as_ref().expect("the desk was looked at");
    assert_eq!((look.place, look.waiting, look.logged_out, look.ahead.len()), (Some(2), 2, 1, 1));
    for rule in [RuleName::Capacity, RuleName::Skills, RuleName::Arrival] {
        assert!(names(waits, rule), "{rule:?} is not in {:?}", waits.rules);
    }
    assert!(names(step(&told, Kind::Queued), RuleName::Skills));
    for part in ["FULL had 1 of 1 chats", "PAUSE was on a break", "WEAK has german 2, and 5 was asked for"] {
        assert!(waits.says.contains(part), "{part} is not in {}", waits.says);
    }
    assert!(told.summary.starts_with("It is still waiting. It had to wait: "), "{}", told.summary);
    desk.pass(90);
    desk.choose(pause, Status::WorkOffline).expect("working offline can be chosen");
    let told = explain(&desk, chat);
    let still = step(&told, Kind::StillWaits);
    assert_eq!(
        obstacle(step(&told, Kind::Waits), pause),
        Some(Obstacle::OnBreak),
        "as it was when the wait began"
    );
    assert_eq!(obstacle(still, pause), Some(Obstacle::WorkOffline), "as it is now");
    assert!(names(still, RuleName::Capacity) && names(still, RuleName::Skills), "{:?}", still.rules);
    assert_eq!(told.summary, format!("It is still waiting. {}", still.says));
    assert!(still.says.starts_with("After 1 min 30 s it still waited: "), "{}", still.says);
    assert!(told.steps.last() == Some(still), "it is told last");
}

#[test]
fn offers_that_came_to_nothing_are_told_with_their_ends() {
    let setup = QueueSetup { reject_allowed: true, ..plain() };
    let mut desk = Desk::new(&[("support", setup)]);
    let (ana, leo) = (desk.staff("ana", &["support"], 1), desk.staff("leo", &["support"], 1));
    let eva = desk.staff("eva", &["support"], 1);
    let chat = desk.ask("Maria", "support");
    desk.now += 2000;
    desk.reject(ana).expect("it is allowed");
    desk.pass(20);
    desk.now += 1000;
    desk.choose(eva, Status::WorkOffline).expect("it can be chosen");
    desk.now += 5000;
    desk.choose(leo, Status::Available).expect("it can be chosen");
    desk.accept(leo);
    let told = explain(&desk, chat);
    let expected = [
        Kind::Requested,
        Kind::Queued,
        Kind::Offered,
        Kind::Rejected,
        Kind::Offered,
        Kind::Expired,
        Kind::Offered,
        Kind::Withdrawn,
        Kind::Waits,
        Kind::Offered,
        Kind::Accepted,
    ];
    assert_eq!(kinds(&told), expected);
    assert_eq!(obstacle(step(&told, Kind::Waits), leo), Some(Obstacle::OnBreak));
    let last = step(&told, Kind::Offered);
    assert_eq!(
        last.says,
        "After 5 s it was offered to LEO, because LEO was the only one who could take it. When the wait began, LEO was \
         on a break."
    );
    assert_eq!(
        step(&told, Kind::Withdrawn).says,
        "The offer to EVA was taken back after 1 s, because EVA chose another status."
    );
}

#[test]
fn overflow_transfer_and_a_lost_agent_are_rules_with_a_say() {
    let overflow = Some(Overflow { to: "backup".into(), after_s: 30 });
    let mut desk = Desk::new(&[("support", QueueSetup { overflow, ..plain() }), ("backup", plain())]);
    let leo = desk.staff("leo", &["backup"], 1);
    let chat = desk.ask("Maria", "support");
    desk.pass(30);
    desk.accept(leo);
    let eva = desk.staff("eva", &["support"], 1);
    desk.transfer(leo, chat, TransferTo::Agent(eva)).expect("Eva is free");
    desk.accept(eva);
    desk.engine(Action::AgentConnected(eva));
    desk.engine(Action::AgentDisconnected(eva));
    desk.pass(400);
    let told = explain(&desk, chat);
    assert!(names(step(&told, Kind::Overflowed), RuleName::Overflow));
    assert!(names(step(&told, Kind::Transferred), RuleName::Transfer));
    assert!(names(step(&told, Kind::Requeued), RuleName::Grace));
    let to_eva = told.steps.iter().find(|step| step.kind == Kind::Offered && step.agent_id == Some(eva));
    let to_eva = to_eva.expect("it was offered to Eva");
    assert!(names(to_eva, RuleName::Transfer), "{:?}", to_eva.rules);
    assert_eq!(to_eva.says, "At once it was offered to EVA, because LEO handed it to EVA.");
}

#[test]
fn a_preferred_agent_is_named_and_so_are_those_who_had_to_leave_it() {
    let mut desk =
        Desk::new(&[("support", QueueSetup { preferred_agent_s: 60, post_processing_s: 0, ..plain() })]);
    let ana = desk.staff("ana", &["support"], 1);
    let first = desk.ask("Maria", "support");
    desk.accept(ana);
    desk.end(ana, first);
    desk.now += 1000;
    let leo = desk.staff("leo", &["support"], 1);
    desk.ask("Otto", "support");
    desk.accept(ana);
    let chat = desk.ask("Maria", "support");
    let told = explain(&desk, chat);
    let queued = step(&told, Kind::Queued);
    let kept = queued.rules.iter().find(|rule| rule.rule == RuleName::PreferredAgent).expect("it is kept");
    assert!(kept.says.contains("ANA, who spoke with this customer last, for 1 min"), "{}", kept.says);
    assert_eq!(obstacle(step(&told, Kind::Waits), leo), Some(Obstacle::HeldForAnother));
    assert_eq!(step(&told, Kind::Waits).desk.as_ref().and_then(|look| look.kept_for), Some(ana));
    desk.pass(60);
    let told = explain(&desk, chat);
    assert!(kinds(&told).ends_with(&[Kind::PreferenceEnded, Kind::Offered]), "{:?}", kinds(&told));
    assert_eq!(step(&told, Kind::Offered).agent_id, Some(leo));
}

/// Answers as a script would, or as the default in a failed one's place.
struct Scripted(Answered);

impl Policy for Scripted {
    fn version(&self) -> &str {
        "v1"
    }

    fn answered(&self) -> Answered {
        self.0.clone()
    }

    fn route_chat(&mut self, _: &RouteChat<'_>) -> Route {
        Route { queue: Some("vip".into()), priority: Some(9), ..Route::default() }
    }
}

#[test]
fn scripts_are_named_with_their_answers_and_a_failed_one_with_its_default() {
    let failed = Answered::Default { file: "vip.lua".into(), why: "vip.lua:3: no such field".into() };
    for answered in [Answered::Script { file: "vip.lua".into() }, failed] {
        let mut desk = Desk::new(&[("support", plain()), ("vip", plain())]);
        desk.policy = Box::new(Scripted(answered.clone()));
        desk.staff("ana", &["vip"], 1);
        let chat = desk.ask("Maria", "support");
        let told = explain(&desk, chat);
        let routed = &step(&told, Kind::Queued).scripts[0];
        assert_eq!((routed.point.as_str(), routed.answered.as_ref()), ("route_chat", Some(&answered)));
        assert_eq!(routed.answer, "queue vip, priority 9");
        let offer = &step(&told, Kind::Offered).scripts[0];
        assert_eq!(offer.point, "reject_permission");
        assert_eq!(offer.answered.as_ref(), Some(&answered));
    }
}

/// A script with a say in who comes first, what follows a missed offer, and a long wait.
struct Waits;

impl Policy for Waits {
    fn version(&self) -> &str {
        "v2"
    }

    fn answered(&self) -> Answered {
        Answered::Script { file: "waits.lua".into() }
    }

    fn rank_agents(&mut self, question: &RankAgents<'_>) -> Vec<AgentId> {
        question.candidates.agents().into_iter().map(hark_core::state::Agent::id).rev().collect()
    }

    fn relax(&mut self, _: &Relax<'_>) -> Relaxed {
        Relaxed { skills: Some(BTreeMap::new()), ..Relaxed::default() }
    }

    fn after_missed_offer(&mut self, _: &AfterMissedOffer<'_>) -> MissedOffer {
        MissedOffer { status: Status::Available, reason: None, pause_s: 90 }
    }
}

#[test]
fn steps_of_a_wait_rankings_and_what_follows_a_missed_offer_are_told_with_their_script() {
    let skills = BTreeMap::from([("german".to_owned(), 3)]);
    let setup = QueueSetup { skills, relax_after_s: vec![30], ..plain() };
    let mut desk = Desk::new(&[("support", setup)]);
    desk.policy = Box::new(Waits);
    desk.staff("ana", &["support"], 1);
    desk.staff("ben", &["support"], 1);
    let chat = desk.ask("Maria", "support");
    desk.pass(30 + 20);
    let told = explain(&desk, chat);
    let relaxed = step(&told, Kind::Relaxed);
    assert_eq!(relaxed.says, "At step 1 of its wait it asks for no skills, with priority 5.");
    assert_eq!((relaxed.scripts[0].point.as_str(), relaxed.rules[0].rule), ("relax", RuleName::Relaxing));
    let offered = told.steps.iter().find(|step| step.kind == Kind::Offered).expect("it was offered");
    assert!(offered.says.contains("because the policy put BEN first"), "{}", offered.says);
    assert_eq!(offered.rules[0].rule, RuleName::Ranking);
    assert_eq!(offered.scripts[0].answer, "BEN first");
    let expired = step(&told, Kind::Expired);
    assert!(expired.says.contains("and is offered nothing for 90 s"), "{}", expired.says);
    assert_eq!(expired.scripts[0].point, "after_missed_offer");
    // The chat went on to ANA at once; BEN's pause stands in the way.
    let desk_then = told.steps.iter().rev().find_map(|step| step.desk.as_ref()).expect("they were compared");
    let ben = desk_then.candidates.iter().find(|candidate| candidate.name == "BEN").expect("he is at work");
    assert_eq!(ben.obstacle, Some(Obstacle::Resting));
}

#[test]
fn a_replay_that_begins_in_the_middle_says_so() {
    let mut desk = Desk::new(&[("support", plain())]);
    let ana = desk.staff("ana", &["support"], 1);
    let chat = desk.ask("Maria", "support");
    let (mut state, met) = (desk.state.clone(), desk.turns.len());
    desk.now += 1000;
    desk.accept(ana);
    let mut teller = Teller::new(chat, &state);
    desk.turns[met..].iter().for_each(|turn| teller.apply(&mut state, turn));
    let told = teller.finish();
    assert!(!told.whole && told.missing.is_some_and(|missing| missing.contains("no longer in the journal")));
    assert_eq!(told.name, "Maria");
    assert_eq!(told.steps.last().map(|step| step.kind), Some(Kind::Accepted));
    assert_eq!(told.steps.first().map(|step| step.kind), Some(Kind::Requested));
}

/// Numbers from a seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }
}

/// One random thing that an agent or a customer does.
fn something(desk: &mut Desk, dice: &mut Dice, agents: &[AgentId], queues: &[&str]) -> Option<ChatId> {
    let agent = agents[dice.roll(agents.len() as u64) as usize];
    desk.pass(dice.roll(3));
    match dice.roll(8) {
        0..=2 => {
            let queue = queues[dice.roll(queues.len() as u64) as usize];
            return desk.try_ask(&format!("C{}", dice.roll(20)), queue).ok();
        }
        3 | 4 => {
            if desk.offer_to(agent).is_some() {
                desk.accept(agent);
            }
        }
        5 => {
            if let Some(chat) = desk.agent(agent).chats.first().copied() {
                desk.end(agent, chat);
            }
        }
        6 => {
            let status = [Status::Available, Status::OnBreak, Status::Available][dice.roll(3) as usize];
            let wish = SetStatus { agent, status: Some(status), reason: None, stop_new: None };
            let _ = desk.by(agent, Action::SetStatus(wish));
        }
        _ => desk.pass(dice.roll(30)),
    }
    None
}

#[test]
fn the_agent_who_got_the_offer_is_always_the_first_of_those_who_could() {
    for seed in 0..4 {
        let mut dice = Dice(seed);
        let strategies =
            [Strategy::LongestIdle, Strategy::LeastBusy, Strategy::RoundRobin, Strategy::MostSkilled];
        let queue = |strategy| QueueSetup {
            strategy,
            preferred_agent_s: 20,
            skills: BTreeMap::from([("german".to_owned(), 3)]),
            ..plain()
        };
        let queues = ["a", "b", "c", "d"];
        let setups: Vec<_> =
            queues.iter().zip(strategies).map(|(name, strategy)| (*name, queue(strategy))).collect();
        let mut desk = Desk::new(&setups);
        let agents: Vec<AgentId> = (0..6_u8)
            .map(|n| desk.hire_skilled(&format!("agent{n}"), &queues, 1 + n % 3, &[("german", 2 + n)]))
            .collect();
        let chats: Vec<ChatId> =
            (0..450).filter_map(|_| something(&mut desk, &mut dice, &agents, &queues)).collect();
        let mut offers = 0;
        for chat in &chats {
            for offered in explain(&desk, *chat).steps.iter().filter(|step| step.kind == Kind::Offered) {
                let look = offered.desk.as_ref().expect("the desk was looked at");
                let first = look.candidates.first().expect("somebody was there");
                assert!(first.could && Some(first.agent_id) == offered.agent_id, "seed {seed}: {offered:#?}");
                offers += 1;
            }
        }
        let made = desk.events().filter(|event| matches!(event, Event::OfferPresented { .. })).count();
        assert_eq!(offers, made, "every offer is explained");
        assert!(offers > 15, "there was something to explain: {offers}");
    }
}
