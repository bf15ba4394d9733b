//! What follows from the answers at each decision point that changes how a chat waits, is offered, is left and ends.

mod common;

use common::{Desk, plain, with_codes};
use hark_core::policy::{
    AfterMissedOffer, Answered, GreetMoment, GreetQuestion, Left, LeftQuestion, MissedOffer, RankAgents,
    Relax, Relaxed, Route, RouteChat, Say, WrapUp, WrapUpQuestion,
};
use hark_core::setup::{Overflow, QueueSetup};
use hark_core::state::{MessageKind, Side, Stage, Status};
use hark_core::{Action, AgentId, Event, Policy, Refusal};
use std::collections::BTreeMap;

/// Answers the points for which something is given; built-in otherwise.
#[derive(Default)]
struct Rules {
    last: bool,
    order: Option<fn(Vec<AgentId>) -> Vec<AgentId>>,
    relax: Option<fn(&Relax<'_>) -> Relaxed>,
    missed: Option<MissedOffer>,
    greet: Option<fn(&GreetQuestion<'_>) -> Option<String>>,
    customer_left: Option<Left>,
    agent_left: Option<Left>,
    wrap_up: Option<WrapUp>,
    route: Option<Route>,
}

impl Rules {
    fn said<A>(&mut self, answer: Option<A>) -> Option<A> {
        self.last = answer.is_some();
        answer
    }
}

fn script() -> Answered {
    Answered::Script { file: "house.lua".to_owned() }
}

fn say() -> Option<Say> {
    Some(Say { policy: "v3".to_owned(), answered: script() })
}

impl Policy for Rules {
    fn version(&self) -> &str {
        "v3"
    }

    fn answered(&self) -> Answered {
        if self.last { script() } else { Answered::BuiltIn }
    }

    fn route_chat(&mut self, _: &RouteChat<'_>) -> Route {
        let route = self.route.clone();
        self.said(route).unwrap_or_default()
    }

    fn rank_agents(&mut self, question: &RankAgents<'_>) -> Vec<AgentId> {
        let ids = || question.candidates.agents().into_iter().map(hark_core::state::Agent::id).collect();
        let order = self.order.map(|order| order(ids()));
        self.said(order).unwrap_or_default()
    }

    fn relax(&mut self, question: &Relax<'_>) -> Relaxed {
        let relaxed = self.relax.map(|relax| relax(question));
        self.said(relaxed).unwrap_or_default()
    }

    fn after_missed_offer(&mut self, question: &AfterMissedOffer<'_>) -> MissedOffer {
        assert_eq!(question.missed_today, 1, "this one counts");
        let missed = self.missed.clone();
        self.said(missed).unwrap_or_default()
    }

    fn greet(&mut self, question: &GreetQuestion<'_>) -> Option<String> {
        let text = self.greet.map(|greet| greet(question));
        self.said(text).flatten()
    }

    fn customer_left(&mut self, question: &LeftQuestion<'_>) -> Left {
        let left = self.customer_left;
        self.said(left).unwrap_or(question.configured)
    }

    fn agent_left(&mut self, question: &LeftQuestion<'_>) -> Left {
        let left = self.agent_left;
        self.said(left).unwrap_or(question.configured)
    }

    fn post_processing(&mut self, _: &WrapUpQuestion<'_>) -> WrapUp {
        let wrap_up = self.wrap_up.clone();
        self.said(wrap_up).unwrap_or_default()
    }
}

fn desk(queues: &[(&str, QueueSetup)], rules: Rules) -> Desk {
    let mut desk = Desk::new(queues);
    desk.policy = Box::new(rules);
    desk
}

#[test]
fn the_policys_first_candidate_is_offered_the_chat_and_others_are_passed_over() {
    let ranked = |order: fn(Vec<AgentId>) -> Vec<AgentId>| {
        let mut desk = desk(&[("support", plain())], Rules { order: Some(order), ..Rules::default() });
        let ana = desk.staff("ana", &["support"], 1);
        desk.now += 1000;
        let ben = desk.staff("ben", &["support"], 1);
        let chat = desk.ask("Maria", "support");
        let Stage::Offered { agent, .. } = desk.stage(chat) else { panic!("it is offered") };
        let by = desk.events().find_map(|event| match event {
            Event::OfferPresented { ranked, .. } => Some(ranked.clone()),
            _ => None,
        });
        assert_eq!(by, Some(say()));
        (agent == ana, agent == ben)
    };
    assert_eq!(ranked(|order| order.into_iter().rev().collect()), (false, true), "the longest idle is last");
    assert_eq!(ranked(|_| vec![AgentId::from(7)]), (true, false), "nobody's id is passed over");
    assert_eq!(ranked(|_| Vec::new()), (true, false), "no order leaves the strategy's");
}

#[test]
fn without_a_choice_nobody_is_ranked() {
    let rules = Rules { order: Some(|order| order), ..Rules::default() };
    let mut desk = desk(&[("support", plain())], rules);
    desk.staff("ana", &["support"], 1);
    desk.ask("Maria", "support");
    let ranked = desk.events().any(|event| matches!(event, Event::OfferPresented { ranked: Some(_), .. }));
    assert!(!ranked);
}

fn german(steps: &[u32]) -> QueueSetup {
    let skills = BTreeMap::from([("german".to_owned(), 3)]);
    QueueSetup { skills, relax_after_s: steps.to_vec(), ..plain() }
}

#[test]
fn a_step_lets_a_chat_go_of_a_skill_and_the_backlog_is_routed_at_once() {
    let relax = |question: &Relax<'_>| {
        assert_eq!((question.position, question.candidates.agents().len()), (1, 1));
        let drop = if question.step == 2 { vec!["german".to_owned()] } else { Vec::new() };
        Relaxed { drop: drop.into_iter().collect(), priority: Some(8), ..Relaxed::default() }
    };
    let mut desk = desk(&[("support", german(&[30, 60]))], Rules { relax: Some(relax), ..Rules::default() });
    desk.staff("ana", &["support"], 1);
    let chat = desk.ask("Maria", "support");
    desk.pass(30);
    let waiting = desk.state.chat(chat).expect("it waits");
    assert_eq!((waiting.priority, waiting.relaxed, waiting.requirements.len()), (8, 1, 1));
    assert_eq!(waiting.stage, Stage::Waiting);
    desk.pass(30);
    assert!(matches!(desk.stage(chat), Stage::Offered { .. }));
    let steps = desk.events().filter(|event| matches!(event, Event::ChatRelaxed { .. })).count();
    assert_eq!(steps, 2, "each step is asked once");
}

#[test]
fn a_step_may_send_a_chat_to_another_queue_whose_steps_begin_anew() {
    let relax = |_: &Relax<'_>| Relaxed { queue: Some("general".to_owned()), ..Relaxed::default() };
    let queues = [("support", german(&[30])), ("general", QueueSetup { relax_after_s: vec![50], ..plain() })];
    let mut desk = desk(&queues, Rules { relax: Some(relax), ..Rules::default() });
    let chat = desk.ask("Maria", "support");
    let arrived = desk.state.chat(chat).expect("it waits").arrived;
    desk.pass(31);
    let moved = desk.state.chat(chat).expect("it waits").clone();
    assert_eq!(desk.state.queue(moved.queue).map(|queue| queue.name.as_str()), Some("general"));
    assert_eq!((moved.relaxed, moved.arrived, moved.requirements.len()), (0, arrived, 0));
    desk.pass(50);
    assert_eq!(desk.state.chat(chat).map(|chat| chat.relaxed), Some(1), "its own queue is no other one");
}

#[test]
fn without_a_policy_a_step_changes_nothing() {
    let overflow = Overflow { to: "general".to_owned(), after_s: 300 };
    let queues =
        [("support", QueueSetup { overflow: Some(overflow), ..german(&[30]) }), ("general", plain())];
    let mut desk = Desk::new(&queues);
    let chat = desk.ask("Maria", "support");
    let before = desk.state.chat(chat).expect("it waits").clone();
    desk.pass(100);
    let after = desk.state.chat(chat).expect("it waits");
    assert_eq!(
        (after.relaxed, after.priority, &after.requirements),
        (1, before.priority, &before.requirements)
    );
    assert_eq!(after.queue, before.queue);
}

#[test]
fn who_misses_an_offer_rests_where_the_policy_says_so_and_gets_the_next_one_after() {
    let missed = MissedOffer { status: Status::Available, reason: None, pause_s: 45 };
    let mut desk = desk(&[("support", plain())], Rules { missed: Some(missed), ..Rules::default() });
    let ana = desk.staff("ana", &["support"], 1);
    let chat = desk.ask("Maria", "support");
    desk.pass(20);
    let agent = desk.state.agent(ana).expect("she is there");
    assert_eq!(
        (agent.status, agent.is_ready(), desk.stage(chat)),
        (Status::Available, false, Stage::Waiting)
    );
    desk.pass(44);
    assert_eq!(desk.stage(chat), Stage::Waiting);
    desk.pass(1);
    assert!(matches!(desk.stage(chat), Stage::Offered { .. }));
    let by = desk.events().find_map(|event| match event {
        Event::OfferEnded { say, then, .. } => Some((say.clone(), then.as_ref().map(|then| then.pause_s))),
        _ => None,
    });
    assert_eq!(by, Some((say(), Some(45))));
}

#[test]
fn choosing_a_status_ends_the_rest() {
    let missed = MissedOffer { status: Status::Available, reason: None, pause_s: 600 };
    let mut desk = desk(&[("support", plain())], Rules { missed: Some(missed), ..Rules::default() });
    let ana = desk.staff("ana", &["support"], 1);
    desk.ask("Maria", "support");
    desk.pass(20);
    desk.choose(ana, Status::OnBreak).expect("a break can be chosen");
    desk.choose(ana, Status::Available).expect("Available can be chosen");
    assert!(desk.state.agent(ana).is_some_and(|agent| agent.offer.is_some()));
}

#[test]
fn another_status_than_a_break_may_follow_a_missed_offer() {
    let missed = MissedOffer { status: Status::WorkOffline, reason: Some("mail".to_owned()), pause_s: 0 };
    let mut desk = desk(&[("support", plain())], Rules { missed: Some(missed), ..Rules::default() });
    let ana = desk.staff("ana", &["support"], 1);
    desk.ask("Maria", "support");
    desk.pass(20);
    let agent = desk.state.agent(ana).expect("she is there");
    assert_eq!(
        (agent.status, agent.reason.as_deref(), agent.missed),
        (Status::WorkOffline, Some("mail"), true)
    );
}

#[test]
fn the_desk_greets_at_both_moments_with_what_is_configured_or_said() {
    let setup = QueueSetup {
        greet_queued: "One moment.".to_owned(),
        greet_accepted: "Here we are.".to_owned(),
        ..plain()
    };
    let greet = |question: &GreetQuestion<'_>| match question.on {
        GreetMoment::Queued => {
            assert_eq!(question.pace.map(|pace| (pace.position, pace.estimate_s)), Some((1, None)));
            Some("You are the first.".to_owned())
        }
        GreetMoment::Accepted => question.agent.map(|agent| format!("This is {}.", agent.profile.name)),
    };
    let texts = |rules: Rules| {
        let mut desk = desk(&[("support", setup.clone())], rules);
        let ana = desk.staff("ana", &["support"], 1);
        let chat = desk.ask("Maria", "support");
        desk.accept(ana);
        let live = desk.state.chat(chat).expect("it is active");
        assert!(live.messages.iter().all(|message| message.kind == MessageKind::Greeting
            && message.from == Side::Agent
            && message.agent_id.is_none()));
        live.messages.iter().map(|message| message.text.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        texts(Rules { greet: Some(greet), ..Rules::default() }),
        ["You are the first.", "This is ANA."]
    );
    assert_eq!(texts(Rules { greet: Some(|_| None), ..Rules::default() }), [""; 0]);
    let mut configured = Desk::new(&[("support", setup.clone())]);
    let chat = configured.ask("Maria", "support");
    let said = configured.state.chat(chat).map(|chat| chat.messages[0].text.clone());
    assert_eq!(said.as_deref(), Some("One moment."));
}

#[test]
fn a_chat_whose_customer_left_is_kept_requeued_or_ended() {
    let left = |then| {
        let mut desk = desk(&[("support", plain())], Rules { customer_left: Some(then), ..Rules::default() });
        let ana = desk.staff("ana", &["support"], 2);
        let chat = desk.ask("Maria", "support");
        desk.accept(ana);
        desk.engine(Action::CustomerDisconnected(chat));
        desk.pass(121);
        (desk, chat)
    };
    let (desk, chat) = left(Left::End);
    assert!(matches!(desk.stage(chat), Stage::Ended { .. }));
    let (mut desk, chat) = left(Left::Keep);
    assert!(matches!(desk.stage(chat), Stage::Active { .. }));
    desk.pass(10_000);
    assert!(matches!(desk.stage(chat), Stage::Active { .. }), "it is asked once");
    let asked = desk.events().filter(|event| matches!(event, Event::ChatLeft { .. })).count();
    assert_eq!(asked, 1);
    desk.engine(Action::CustomerConnected(chat));
    desk.engine(Action::CustomerDisconnected(chat));
    desk.pass(121);
    let asked = desk.events().filter(|event| matches!(event, Event::ChatLeft { .. })).count();
    assert_eq!(asked, 2, "who came back can leave again");
    let (desk, chat) = left(Left::Requeue);
    assert!(matches!(desk.stage(chat), Stage::Offered { .. }), "she is the only one");
}

#[test]
fn a_waiting_chat_whose_customer_left_keeps_its_place() {
    let rules = Rules { customer_left: Some(Left::Keep), ..Rules::default() };
    let mut desk = desk(&[("support", plain())], rules);
    let chat = desk.ask("Maria", "support");
    desk.engine(Action::CustomerDisconnected(chat));
    desk.pass(500);
    assert_eq!(desk.state.position(chat), Some(1));
    desk.staff("ana", &["support"], 1);
    assert!(matches!(desk.stage(chat), Stage::Offered { .. }));
}

#[test]
fn a_chat_whose_agent_left_follows_the_policy_before_configuration_and_is_routed_anew() {
    let left = |then, route| {
        let rules = Rules { agent_left: Some(then), ..Rules::default() };
        let mut desk = desk(&[("support", plain()), ("general", plain())], rules);
        let ana = desk.staff("ana", &["support"], 1);
        let chat = desk.ask("Maria", "support");
        desk.accept(ana);
        desk.policy = Box::new(Rules { agent_left: Some(then), route, ..Rules::default() });
        desk.engine(Action::AgentDisconnected(ana));
        desk.pass(301);
        (desk, chat)
    };
    let (desk, chat) = left(Left::Keep, None);
    assert!(matches!(desk.stage(chat), Stage::Active { .. }));
    let (desk, chat) = left(Left::End, None);
    assert!(desk.state.chat(chat).is_none_or(|chat| matches!(chat.stage, Stage::Ended { .. })));
    let route = Route { queue: Some("general".to_owned()), priority: Some(9), ..Route::default() };
    let (desk, chat) = left(Left::Requeue, Some(route));
    let moved = desk.state.chat(chat).expect("it waits");
    let queue = desk.state.queue(moved.queue).map(|queue| queue.name.as_str());
    assert_eq!((queue, moved.priority, moved.stage.clone()), (Some("general"), 9, Stage::Waiting));
}

#[test]
fn a_wrap_up_lasts_and_needs_what_the_policy_says() {
    let wrapped = |wrap_up| {
        let mut desk =
            desk(&[("support", with_codes())], Rules { wrap_up: Some(wrap_up), ..Rules::default() });
        let ana = desk.staff("ana", &["support"], 1);
        let chat = desk.ask("Maria", "support");
        desk.accept(ana);
        desk.end(ana, chat);
        let finished = desk.finish(ana, chat);
        (desk, chat, finished)
    };
    let list = with_codes().codes[0].list.clone();
    let none = WrapUp { seconds: Some(10), mandatory: Some(Vec::new()) };
    let (_, _, finished) = wrapped(none);
    assert!(finished.is_ok(), "no list is mandatory");
    let needed = WrapUp { seconds: Some(10), mandatory: Some(vec![list.clone(), "nowhere".to_owned()]) };
    let (mut desk, chat, finished) = wrapped(needed);
    assert_eq!(finished, Err(Refusal::CodesMissing(vec![list])));
    desk.pass(10);
    let Stage::Ended { post, .. } = desk.stage(chat) else { panic!("it is in post processing") };
    assert!(post.held, "its ten seconds are over");
    let (desk, chat, _) = wrapped(WrapUp { seconds: Some(0), mandatory: None });
    assert!(desk.state.chat(chat).is_none(), "without a wrap-up it closes at once");
}
