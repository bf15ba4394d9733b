//! The points that decide how a chat waits, is offered, is left and ends, asked by the real core: what a script says is
//! what the events tell, and what it says wrong is told with file, line, field and what was expected.

mod support;

use hark_core::policy::{Left, MissedOffer};
use hark_core::setup::CodeRule;
use hark_core::state::{MessageKind, Stage, Status};
use hark_core::{Action, Event};
use hark_policy::Scripts;
use support::{Desk, script};

/// The fault of the only script.
fn fault(scripts: &Scripts) -> String {
    let entries = scripts.stats().entries();
    let errors = entries.into_iter().filter_map(|entry| entry.last_error);
    errors.map(|(fault, _)| fault.to_string()).next().expect("it failed")
}

/// What a script at a point that is asked when an offer is missed says, and the agent's status after it.
fn missed(body: &str) -> (Option<MissedOffer>, Status, Scripts) {
    let mut scripts =
        script(&format!("hark.on('after_missed_offer', function(agent, chat, missed, queue) {body} end)"));
    let mut desk = Desk::new(&mut scripts);
    desk.available();
    desk.request().expect("let in");
    desk.pass(20);
    let then = desk.event(|event| match event {
        Event::OfferEnded { then, .. } => Some(then.clone()),
        _ => None,
    });
    let status = desk.state.agent(desk.ana).expect("she is there").status;
    (then, status, scripts)
}

#[test]
fn a_missed_offer_has_the_consequence_that_a_script_names() {
    let (then, status, _) = missed(
        "assert(missed.how == 'expired' and missed.today == 1 and agent.missed_today == 1) return 'work_offline'",
    );
    assert_eq!((then.map(|then| then.status), status), (Some(Status::WorkOffline), Status::WorkOffline));
    let (then, status, _) = missed("return { status = 'available', pause_s = 30 }");
    assert_eq!((then.map(|then| then.pause_s), status), (Some(30), Status::Available));
    let (then, status, _) = missed("return nil");
    assert_eq!((then, status), (None, Status::OnBreak));
}

#[test]
fn wrong_answers_about_a_missed_offer_are_told_and_the_default_follows() {
    let wrong = [
        ("'on_brake'", "unknown status 'on_brake', did you mean 'on_break'?"),
        ("{ status = 'available' }", "field 'pause_s' is missing"),
        ("{ status = 'on_break', pause_s = 5 }", "field 'pause_s' is for who stays available"),
        ("{ status = 'available', pause_s = 0 }", "expected a whole number from 1 to 3600, got 0"),
        ("5", "expected a status, a table, or nil, got 5"),
    ];
    for (answer, told) in wrong {
        let (_, status, scripts) = missed(&format!("return {answer}"));
        assert_eq!(status, Status::OnBreak, "{answer}");
        assert!(fault(&scripts).contains(told), "{answer}: {}", fault(&scripts));
    }
}

#[test]
fn a_waiting_chat_is_let_go_of_what_a_script_names() {
    let text = "hark.on('relax', function(chat, wait, candidates, queue)
        assert(wait.step == 1 and wait.position == 1 and wait.waited_ms == 30000 and queue.name == 'support')
        assert(#candidates == 1 and candidates[1].login == 'ana' and chat.skills.french == 3)
        return { drop = { 'french' }, priority = 9 }
    end)";
    let mut scripts = script(text);
    let mut desk = Desk::with(&mut scripts, |setup| {
        let support = setup.queues.get_mut("support").expect("it is there");
        support.skills.insert("french".to_owned(), 3);
        support.relax_after_s = vec![30];
    });
    desk.available();
    let chat = desk.request().expect("let in");
    desk.pass(29);
    assert_eq!(desk.state.chat(chat).map(|chat| chat.stage.clone()), Some(Stage::Waiting));
    desk.pass(1);
    let chat = desk.state.chat(chat).expect("it is live");
    assert!(matches!(chat.stage, Stage::Offered { .. }));
    assert_eq!((chat.priority, chat.requirements.len()), (9, 0));
}

#[test]
fn wrong_answers_about_a_wait_are_told() {
    let wrong = [
        ("{ drop = { 'frnch' } }", "the chat does not ask for 'frnch', did you mean 'french'?"),
        ("{ drop = 'french' }", "field 'drop': expected a list of names, got \"french\""),
        ("{ skils = {} }", "unknown field 'skils' in the answer, did you mean 'skills'?"),
        ("true", "expected a table, or nil, got true"),
    ];
    for (answer, told) in wrong {
        let mut scripts = script(&format!("hark.on('relax', function(chat) return {answer} end)"));
        let mut desk = Desk::with(&mut scripts, |setup| {
            let support = setup.queues.get_mut("support").expect("it is there");
            support.skills.insert("french".to_owned(), 3);
            support.relax_after_s = vec![30];
        });
        let chat = desk.request().expect("let in");
        desk.pass(31);
        assert_eq!(desk.state.chat(chat).map(|chat| chat.requirements.len()), Some(1), "{answer}");
        assert!(fault(&scripts).contains(told), "{answer}: {}", fault(&scripts));
    }
}

#[test]
fn candidates_are_put_in_order_and_strangers_are_refused() {
    let offered = |answer: &str| {
        let mut scripts = script(&format!(
            "hark.on('rank_agents', function(chat, candidates, queue)
                assert(#candidates == 2 and candidates[1].login == 'ana' and chat.id)
                return {answer}
            end)"
        ));
        let mut desk = Desk::new(&mut scripts);
        desk.available();
        desk.pass(1);
        let ben = desk.another("ben");
        desk.request().expect("let in");
        let to_ben = desk.state.agent(ben).is_some_and(|agent| agent.offer.is_some());
        (to_ben, scripts)
    };
    assert!(offered("{ 'ben', 'ana' }").0);
    assert!(!offered("{ 'ana' }").0);
    assert!(!offered("{}").0);
    let (to_ben, scripts) = offered("{ 'bem' }");
    assert!(!to_ben && fault(&scripts).contains("'bem' is no candidate, did you mean 'ben'?"));
}

#[test]
fn a_greeting_is_a_message_of_the_desks() {
    let said = |answer: &str| {
        let mut scripts =
            script(&format!("hark.on('greet', function(chat, queue, event, wait, agent) {answer} end)"));
        let mut desk = Desk::with(&mut scripts, |setup| {
            setup.queues.get_mut("support").expect("it is there").greet_queued = "One moment.".to_owned();
        });
        desk.available();
        let chat = desk.request().expect("let in");
        let offer = desk.event(|event| match event {
            Event::OfferPresented { offer, .. } => Some((**offer).clone()),
            _ => None,
        });
        desk.accept(&offer);
        let messages = &desk.state.chat(chat).expect("it is active").messages;
        assert!(messages.iter().all(|message| message.kind == MessageKind::Greeting));
        let texts: Vec<String> = messages.iter().map(|message| message.text.clone()).collect();
        (texts, scripts)
    };
    let both =
        "if event == 'queued' then assert(wait.position == 1 and agent == nil) return `{wait.position}` end
        assert(wait == nil) return agent.name";
    assert_eq!(said(both).0, ["1", "Ana"]);
    assert_eq!(said("return false").0, [""; 0]);
    assert_eq!(said("return nil").0, ["One moment."]);
    let (texts, scripts) = said("return 7");
    assert_eq!(texts, ["One moment."]);
    assert!(fault(&scripts).contains("expected a text, false, or nil, got 7"));
    assert!(fault(&said("return ' '").1).contains("expected a text that is not blank"));
}

#[test]
fn who_left_is_answered_for_by_a_script() {
    let left = |answer: &str| {
        let text = format!(
            "hark.on('customer_left', function(chat, agent, queue) assert(agent == nil) return {answer} end)"
        );
        let mut scripts = script(&text);
        let mut desk = Desk::new(&mut scripts);
        let chat = desk.request().expect("let in");
        desk.must(Action::CustomerDisconnected(chat));
        desk.pass(61);
        let live = desk.state.chat(chat).is_some();
        let then = desk.events.iter().find_map(|event| match event {
            Event::ChatLeft { then, .. } => Some(*then),
            _ => None,
        });
        (live, then, scripts)
    };
    let (live, then, _) = left("'keep'");
    assert_eq!((live, then), (true, Some(Left::Keep)));
    let (live, then, _) = left("nil");
    assert_eq!((live, then), (false, None));
    let (live, _, scripts) = left("'kep'");
    assert!(!live && fault(&scripts).contains("unknown answer 'kep', did you mean 'keep'?"));
}

#[test]
fn an_agent_who_left_leaves_their_chat_as_a_script_says() {
    let mut scripts = script(
        "hark.on('agent_left', function(chat, agent) return if agent.login == 'ana' then 'keep' else 'end' end)",
    );
    let mut desk = Desk::new(&mut scripts);
    desk.available();
    let chat = desk.request().expect("let in");
    let offer = desk.event(|event| match event {
        Event::OfferPresented { offer, .. } => Some((**offer).clone()),
        _ => None,
    });
    desk.accept(&offer);
    desk.must(Action::AgentDisconnected(desk.ana));
    desk.pass(301);
    assert!(desk.state.chat(chat).is_some_and(|chat| matches!(chat.stage, Stage::Active { .. })));
}

#[test]
fn a_wrap_up_is_as_long_and_needs_what_a_script_says() {
    let wrapped = |answer: &str| {
        let mut scripts =
            script(&format!("hark.on('post_processing', function(chat, agent, queue) return {answer} end)"));
        let mut desk = Desk::with(&mut scripts, |setup| {
            let rule = CodeRule { list: "reason".to_owned(), mandatory: true, several: false };
            setup.queues.get_mut("support").expect("it is there").codes = vec![rule];
        });
        desk.available();
        let chat = desk.request().expect("let in");
        let offer = desk.event(|event| match event {
            Event::OfferPresented { offer, .. } => Some((**offer).clone()),
            _ => None,
        });
        desk.accept(&offer);
        desk.must(Action::EndChat(chat));
        let set = desk.event(|event| match event {
            Event::PostProcessingSet { until, mandatory, .. } => Some((*until, mandatory.clone())),
            _ => None,
        });
        ((set.0.millis() - desk.state.now().millis()) / 1000, set.1, scripts)
    };
    let (seconds, mandatory, _) = wrapped("{ seconds = 15, mandatory = {} }");
    assert_eq!((seconds, mandatory), (15, Some(Vec::new())));
    let (seconds, mandatory, _) = wrapped("7");
    assert_eq!((seconds, mandatory), (7, None));
    let (seconds, mandatory, _) = wrapped("{ mandatory = { 'reason', 'reason' } }");
    assert_eq!((seconds, mandatory), (60, Some(vec!["reason".to_owned()])));
    let (seconds, mandatory, scripts) = wrapped("{ mandatory = { 'raeson' } }");
    assert_eq!((seconds, mandatory), (60, None));
    assert!(
        fault(&scripts).contains("has no code list 'raeson', did you mean 'reason'?"),
        "{}",
        fault(&scripts)
    );
    let (_, _, scripts) = wrapped("28801");
    assert!(fault(&scripts).contains("expected a whole number from 0 to 28800, got 28801"));
}
