//! Who gets which chat: order, strategies, skills, overflow, preference and transfer.

mod common;

use common::{Desk, customer, plain};
use hark_core::command::TransferTo;
use hark_core::setup::{Overflow, QueueSetup, Strategy};
use hark_core::state::{Shown, Stage, Status};
use hark_core::{Action, Actor, IdempotencyKey, Refusal};
use std::collections::BTreeMap;

#[test]
fn the_backlog_is_served_by_priority_then_arrival() {
    let urgent = QueueSetup { priority: 9, ..plain() };
    let mut desk = Desk::new(&[("support", plain()), ("urgent", urgent)]);
    let first = desk.ask("A", "support");
    desk.now += 1000;
    let second = desk.ask("B", "support");
    desk.now += 1000;
    let third = desk.ask("C", "urgent");
    let ana = desk.staff("ana", &["support", "urgent"], 3);
    assert_eq!([desk.accept(ana), desk.accept(ana), desk.accept(ana)], [third, first, second]);
}

#[test]
fn least_busy_and_round_robin_choose_differently_from_longest_idle() {
    let mut desk = Desk::new(&[("support", QueueSetup { strategy: Strategy::LeastBusy, ..plain() })]);
    let (ana, leo) = (desk.staff("ana", &["support"], 3), desk.staff("leo", &["support"], 3));
    desk.ask("A", "support");
    desk.accept(ana);
    desk.ask("B", "support");
    assert!(desk.offer_to(leo).is_some(), "Leo has fewer chats");

    let mut desk = Desk::new(&[("support", QueueSetup { strategy: Strategy::RoundRobin, ..plain() })]);
    let agents = [desk.staff("ana", &["support"], 2), desk.staff("leo", &["support"], 2)];
    let mut order = Vec::new();
    for name in ["A", "B", "C", "D"] {
        desk.ask(name, "support");
        let agent = *agents.iter().find(|agent| desk.offer_to(**agent).is_some()).expect("it is offered");
        desk.accept(agent);
        order.push(agent);
    }
    assert_eq!(order, [agents[0], agents[1], agents[0], agents[1]]);
}

#[test]
fn skills_and_levels_decide_who_can_serve() {
    let german = QueueSetup { skills: BTreeMap::from([("german".to_owned(), 5)]), ..plain() };
    let expert = QueueSetup { strategy: Strategy::MostSkilled, ..german.clone() };
    let mut desk = Desk::new(&[("german", german), ("expert", expert)]);
    let all = ["german", "expert"];
    let beginner = desk.hire_skilled("ana", &all, 1, &[("german", 2)]);
    let good = desk.hire_skilled("leo", &all, 1, &[("german", 6)]);
    let native = desk.hire_skilled("eva", &all, 1, &[("german", 10)]);
    for agent in [beginner, good, native] {
        desk.now += 1000;
        desk.choose(agent, Status::Available).expect("Available can be chosen");
    }
    desk.ask("Hans", "expert");
    assert!(desk.offer_to(native).is_some(), "the most skilled first");
    desk.ask("Grete", "german");
    assert!(desk.offer_to(good).is_some());
    let waits = desk.ask("Otto", "german");
    assert_eq!((desk.stage(waits), desk.offer_to(beginner)), (Stage::Waiting, None));
}

#[test]
fn a_chat_that_waited_long_enough_overflows_and_keeps_its_arrival() {
    let overflow = Some(Overflow { to: "backup".into(), after_s: 30 });
    let mut desk = Desk::new(&[("support", QueueSetup { overflow, ..plain() }), ("backup", plain())]);
    let chat = desk.ask("Maria", "support");
    let arrived = desk.chat(chat).arrived;
    let leo = desk.staff("leo", &["backup"], 1);
    desk.pass(28);
    assert_eq!(desk.stage(chat), Stage::Waiting);
    desk.pass(2);
    assert_eq!(desk.offer_to(leo).map(|(_, chat)| chat), Some(chat));
    assert_eq!(desk.chat(chat).arrived, arrived);
}

#[test]
fn a_returning_customer_waits_for_their_agent_only_while_that_agent_can_take_them() {
    let mut desk = Desk::new(&[("support", QueueSetup { preferred_agent_s: 120, ..plain() })]);
    let (ana, leo) = (desk.staff("ana", &["support"], 1), desk.staff("leo", &["support"], 1));
    desk.ask("Maria", "support");
    let first = desk.accept(ana);
    desk.end(ana, first);
    let again = desk.ask("Maria", "support");
    assert_eq!(
        (desk.stage(again), desk.offer_to(leo)),
        (Stage::Waiting, None),
        "Leo is free, but Ana is nearly"
    );
    desk.finish(ana, first).expect("nothing holds it");
    assert_eq!(desk.offer_to(ana).map(|(_, chat)| chat), Some(again));
    desk.choose(ana, Status::OnBreak).expect("it can be chosen");
    assert_eq!(desk.offer_to(leo).map(|(_, chat)| chat), Some(again), "on a break she cannot take it");
}

#[test]
fn a_preference_ends_with_its_time() {
    let mut desk = Desk::new(&[("support", QueueSetup { preferred_agent_s: 45, ..plain() })]);
    let ana = desk.staff("ana", &["support"], 1);
    desk.ask("Maria", "support");
    let chat = desk.accept(ana);
    let leo = desk.staff("leo", &["support"], 1);
    let again = desk.ask("Maria", "support");
    desk.pass(44);
    assert_eq!((desk.stage(again), desk.stage(chat)), (Stage::Waiting, Stage::Active { agent: ana }));
    desk.pass(1);
    assert_eq!(desk.offer_to(leo).map(|(_, chat)| chat), Some(again));
}

#[test]
fn a_transfer_to_a_queue_that_nobody_serves_or_that_is_full_is_refused_unless_it_says_otherwise() {
    let full = QueueSetup { max_waiting: 1, ..plain() };
    let open = QueueSetup { max_waiting: 1, transfer_when_full: true, transfer_when_empty: true, ..plain() };
    let mut desk = Desk::new(&[("support", plain()), ("billing", full), ("sales", open)]);
    let ana = desk.staff("ana", &["support"], 1);
    desk.ask("Maria", "support");
    let chat = desk.accept(ana);
    let to = |queue: &str| TransferTo::Queue(queue.into());
    assert_eq!(desk.transfer(ana, chat, to("nowhere")), Err(Refusal::UnknownQueue("nowhere".into())));
    assert_eq!(desk.transfer(ana, chat, to("billing")), Err(Refusal::QueueEmpty("billing".into())));
    desk.ask("Wei", "billing");
    assert_eq!(desk.try_ask("Lea", "billing"), Err(Refusal::QueueFull("billing".into())));
    assert_eq!(desk.transfer(ana, chat, to("billing")), Err(Refusal::QueueFull("billing".into())));
    desk.ask("Tom", "sales");
    desk.transfer(ana, chat, to("sales")).expect("this queue takes it all the same");
    assert_eq!((desk.stage(chat), desk.shown(ana)), (Stage::Waiting, Shown::Available));
    assert_eq!(desk.chat(chat).messages.last().map(|note| note.text.as_str()), Some("please"));
}

#[test]
fn a_transfer_to_an_agent_is_offered_to_them_alone_and_comes_back_to_its_queue_when_missed() {
    let mut desk = Desk::new(&[("support", plain())]);
    let (ana, leo) = (desk.staff("ana", &["support"], 1), desk.staff("leo", &["support"], 1));
    desk.ask("Maria", "support");
    let chat = desk.accept(ana);
    assert_eq!(desk.transfer(ana, chat, TransferTo::Agent(ana)), Err(Refusal::AlreadyThere));
    desk.transfer(ana, chat, TransferTo::Agent(leo)).expect("Leo is free");
    assert_eq!(desk.offer_to(leo).map(|(_, chat)| chat), Some(chat));
    desk.pass(20);
    assert_eq!(desk.shown(leo), Shown::OnBreak);
    assert_eq!(desk.offer_to(ana).map(|(_, chat)| chat), Some(chat), "the next who can is Ana herself");
    assert_eq!(desk.transfer(ana, chat, TransferTo::Agent(leo)), Err(Refusal::NotYourChat));
}

#[test]
fn a_repeat_with_the_same_key_is_told_the_same_and_another_request_is_refused() {
    let mut desk = Desk::new(&[("support", plain())]);
    let form = hark_core::state::Form { name: "Maria".into(), ..Default::default() };
    let request = hark_core::command::RequestChat { form, queue: None, watched: true };
    let send = |desk: &mut Desk, hash: u64| {
        let key = Some(IdempotencyKey { key: "guest:k1".into(), request: hash });
        desk.send(Actor::Engine, Action::RequestChat(Box::new(request.clone())), key)
    };
    let first = send(&mut desk, 7).expect("taken");
    assert_eq!(send(&mut desk, 7), Ok(first));
    assert_eq!(send(&mut desk, 8), Err(Refusal::IdempotencyKeyReused));
    assert_eq!(desk.state.chat_count(), 1);
    // Nothing has swept it away, but its day is over.
    desk.pass(24 * 3600 + 1);
    let anew = send(&mut desk, 8).expect("taken");
    assert_ne!(anew, first);
    assert_eq!(send(&mut desk, 8), Ok(anew));
}

#[test]
fn limits_are_counted_in_characters_and_nothing_is_cut() {
    let mut desk = Desk::new(&[("support", plain())]);
    let ana = desk.staff("ana", &["support"], 1);
    desk.ask("Maria", "support");
    let chat = desk.accept(ana);
    let (fits, over) = ("🙂".repeat(500), "🙂".repeat(501));
    desk.say(customer(chat), chat, "1", &fits).expect("500 characters");
    let refused = desk.say(customer(chat), chat, "2", &over);
    assert_eq!(refused, Err(Refusal::TooLong { limit: 500, length: 501 }));
    let by_ana = Actor::Agent { id: ana };
    desk.say(by_ana.clone(), chat, "1", &"é".repeat(5000)).expect("5000 characters");
    assert_eq!(
        desk.say(by_ana, chat, "2", &"é".repeat(5001)),
        Err(Refusal::TooLong { limit: 5000, length: 5001 })
    );
    assert_eq!(desk.chat(chat).messages[0].text, fits);
}
