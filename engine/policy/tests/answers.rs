//! Every point asked by the real core, with answers of every kind: what a script says is what the events tell, and what
//! it says wrong is told with file, line, field and what was expected.

mod support;

use hark_core::policy::{LogMode, Permission, ScreenPop};
use hark_core::state::{ChosenCode, Side};
use hark_core::{BuiltIn, Event, Policy, Refusal};
use hark_policy::{Entry, Scripts, defaults};
use support::{Desk, carla, configured, faults_of, script};

fn entry(scripts: &Scripts, point: &str) -> Entry {
    let entries = scripts.stats().entries();
    entries.into_iter().find(|entry| entry.point == point).expect("the script answers the point")
}

/// What went wrong last, as `file:line: message`.
fn last_error(scripts: &Scripts, point: &str) -> String {
    let entry = entry(scripts, point);
    entry.last_error.map(|(fault, _)| fault.to_string()).expect("it failed")
}

fn queued(desk: &Desk<'_>) -> (String, u8, Vec<String>) {
    desk.event(|event| match event {
        Event::ChatQueued { queue, priority, requirements, .. } => {
            let queue = desk.state.queue(*queue).expect("it is configured").name.clone();
            Some((queue, *priority, requirements.keys().cloned().collect()))
        }
        _ => None,
    })
}

fn popped(desk: &Desk<'_>) -> ScreenPop {
    desk.event(|event| match event {
        Event::ScreenPopRequested { pop, .. } => Some(pop.clone()),
        _ => None,
    })
}

#[test]
fn scripts_travel_between_threads() {
    fn check<T: Send>(_: &T) {}
    check(&script("hark.on('auto_log', function() return true end)"));
}

#[test]
fn route_chat_names_queue_priority_and_skills() {
    let mut scripts = script(
        "hark.on('route_chat', function(chat, queues)
            assert(chat.form.language == 'de' and chat.queue == 'support' and #queues == 2 and queues[1].name == 'support')
            return { queue = 'vip', priority = 9, skills = { german = 3 } }
        end)",
    );
    let mut desk = Desk::new(&mut scripts);
    desk.request().expect("let in");
    assert_eq!(queued(&desk), ("vip".to_owned(), 9, vec!["german".to_owned()]));
    assert_eq!(entry(&scripts, "route_chat").answers, 1);
}

#[test]
fn route_chat_turns_away_and_waits_for_an_agent() {
    let mut scripts = script("hark.on('route_chat', function() return { turn_away = 'We open at 8.' } end)");
    let refusal = Desk::new(&mut scripts).request().expect_err("it is turned away");
    assert_eq!(refusal, Refusal::TurnedAway("We open at 8.".to_owned()));

    let mut scripts = script("hark.on('route_chat', function() return { preferred_agent = 'ana' } end)");
    let mut desk = Desk::with(&mut scripts, |setup| {
        setup.queues.get_mut("support").expect("it is there").preferred_agent_s = 30;
    });
    desk.request().expect("let in");
    let preferred = desk.event(|event| match event {
        Event::ChatQueued { preferred, .. } => Some(preferred.map(|preferred| preferred.agent)),
        _ => None,
    });
    assert_eq!(preferred, Some(desk.ana));
}

#[test]
fn reject_permission_sees_agent_chat_and_queue() {
    let mut scripts = script(
        "hark.on('reject_permission', function(agent, chat, queue)
            assert(agent.login == 'ana' and agent.skills.german == 5 and agent.missed_today == 0)
            assert(agent.status == 'available' and agent.capacity == 3 and agent.role == 'agent')
            assert(chat.queue == 'support' and queue.title == 'Support' and queue.reject_allowed == false)
            assert(chat.customer.name == 'Carla' and chat.customer.fields.tier == 'gold')
            return { allowed = agent.skills.german > 4, reason = 'seniors may' }
        end)",
    );
    let mut desk = Desk::new(&mut scripts);
    let offer = desk.offer(vec![carla(false, true)]);
    assert_eq!(offer.reject, Permission { allowed: true, reason: Some("seniors may".to_owned()) });
}

#[test]
fn screen_pop_shows_what_the_script_says() {
    let cases = [
        ("return 'list'", ScreenPop::List),
        ("return { kind = 'record', index = 2 }", ScreenPop::Record { index: 1 }),
        ("return 'case'", ScreenPop::Case { index: 0 }),
        (
            "return { kind = 'url', url = 'https://crm/' .. matches[1].customer.account }",
            ScreenPop::Url { url: "https://crm/A-7".to_owned() },
        ),
        (
            "return { kind = 'blank', fields = { name = chat.form.name } }",
            ScreenPop::Blank { fields: [("name".to_owned(), "Carla".to_owned())].into() },
        ),
        ("return nil", ScreenPop::List),
    ];
    for (body, expected) in cases {
        let text = format!(
            "hark.on('screen_pop', function(chat, agent, matches, event, queue)
                assert(event == 'offered' and #matches == 2 and matches[1].case.number == '4711', event)
                assert(matches.why_none == nil and matches[3] == nil and queue.name == 'support')
                {body}
            end)"
        );
        let mut scripts = script(&text);
        let mut desk = Desk::new(&mut scripts);
        desk.offer(vec![carla(true, false), carla(false, false)]);
        assert_eq!(popped(&desk), expected, "{body}");
        assert_eq!(entry(&scripts, "screen_pop").errors, 0, "{body}");
    }
}

#[test]
fn chat_log_mode_and_auto_log_see_the_customer_and_the_codes() {
    let mut scripts = script(
        "hark.on('chat_log_mode', function(chat, agent, customer)
            assert(chat.ended_by == 'customer', chat.ended_by)
            return if customer then 'none' else 'view'
        end)
        hark.on('auto_log', function(chat, agent, customer)
            for _, chosen in chat.codes do
                if chosen.list == 'reason' and chosen.code == 'spam' then return false end
            end
            return { title = 'By ' .. agent.name, case = 'c1', fields = { note = chat.note } }
        end)",
    );
    let mut desk = Desk::with(&mut scripts, |setup| {
        let code = |code: &str| hark_core::setup::Code { code: code.to_owned(), title: code.to_owned() };
        setup.code_lists.insert("reason".to_owned(), vec![code("spam"), code("order")]);
        let rule = hark_core::setup::CodeRule { list: "reason".to_owned(), mandatory: false, several: false };
        setup.queues.get_mut("support").expect("it is there").codes = vec![rule];
    });
    let code = |code: &str| vec![ChosenCode { list: "reason".to_owned(), code: code.to_owned() }];
    let chat = desk.whole_chat(vec![carla(false, false)], code("order"));
    let log = desk.state.log(chat).expect("it opened").clone();
    assert_eq!((log.mode, log.auto.log, log.auto.title.as_deref()), (LogMode::None, true, Some("By Ana")));
    assert_eq!((log.auto.case.as_deref(), log.auto.fields["note"].as_str()), (Some("c1"), "a note"));
    desk.must(hark_core::Action::FinishPostProcessing(chat));
    let chat = desk.whole_chat(Vec::new(), code("spam"));
    let log = desk.state.log(chat).expect("it opened");
    assert_eq!((log.mode, log.auto.log), (LogMode::View, false));
}

#[test]
fn a_handler_is_given_as_much_of_its_question_as_it_takes() {
    let handlers = [
        "function(message) assert(message.digits == 4) end",
        "function(message, chat) assert(message.digits == 4 and chat.form.name ~= '') end",
        "function(message, chat, agent, queue) assert(chat.queue == queue.name and agent == nil) end",
        "function(...) local message, chat, agent, queue = ... assert(select('#', ...) == 4 and chat.queue == queue.name) end",
        "function(message, ...) assert(select('#', ...) == 3 and (...).queue == 'support') end",
    ];
    for handler in handlers {
        let mut scripts = script(&format!("hark.on('message', {handler})"));
        let mut desk = Desk::new(&mut scripts);
        let chat = desk.request().expect("let in");
        desk.write(chat, Side::Customer, "At 9:15, as the 1st?").expect("it passes");
        let entry = scripts.stats().entries().remove(0);
        assert_eq!((entry.calls, entry.errors), (1, 0), "{handler}: {:?}", entry.last_error);
    }
}

#[test]
fn what_goes_through_too_much_in_one_step_is_told_at_the_scripts_line() {
    let wrong = [
        ("table.remove(table.create(2e5, 0), 1)", "remove: a table of more than 131072 items"),
        ("table.insert(table.create(2e5, 0), 1, 0)", "insert: a table of more than 131072 items"),
        ("string.upper(string.rep('x', 2e6))", "upper: a string of more than 1048576 items"),
        ("string.match(string.rep('x', 1e6), '%a*')", "match: text and searched part are too long"),
    ];
    for (body, told) in wrong {
        let mut scripts = script(&format!("hark.on('message', function(message)\n{body}\nend)"));
        let mut desk = Desk::new(&mut scripts);
        let chat = desk.request().expect("let in");
        assert!(desk.write(chat, Side::Customer, "Hello").is_err(), "{body}");
        let fault = scripts.stats().entries().remove(0).last_error.expect("it failed").0.to_string();
        assert_eq!(fault, format!("policy.lua:2: {told}"));
    }
    let mut scripts = script(
        "hark.on('message', function(message)
            local list = table.create(2e5, 0)
            table.insert(list, 1)
            pcall(table.insert, list, 2)
            assert(#list == 200002 and list[200002] == 2 and #string.rep('x', 2e6) == 2e6)
        end)",
    );
    let mut desk = Desk::new(&mut scripts);
    let chat = desk.request().expect("let in");
    desk.write(chat, Side::Customer, "Hello").expect("what moves nothing is not bounded");
}

#[test]
fn message_sees_sender_chat_and_queue_and_a_failure_holds_it_back() {
    let mut scripts = script(
        "hark.on('message', function(message, chat, agent, queue)
    if message.text == 'fail' then return message.txt end
    if message.text == 'both' then return { text = 'a', refuse = 'b' } end
    if message.from == 'agent' then
        return { refuse = `{agent.login} in {queue.name}: {message.kind}` }
    end
    if agent == nil and chat.messages > 0 then
        return { text = `{message.text}, the second of {chat.form.name}` }
    end
    return true
end)",
    );
    let mut desk = Desk::new(&mut scripts);
    let offer = desk.offer(vec![]);
    desk.accept(&offer);
    let texts = |desk: &Desk<'_>| {
        let chat = desk.state.chat(offer.chat).expect("it is live");
        chat.messages.iter().map(|message| message.text.clone()).collect::<Vec<_>>()
    };
    desk.write(offer.chat, Side::Customer, "one").expect("it passes");
    desk.write(offer.chat, Side::Customer, "two").expect("it is changed");
    assert_eq!(texts(&desk), ["one", "two, the second of Carla"]);
    let refused = |reason: &str| Err(Refusal::MessageRefused(reason.to_owned()));
    assert_eq!(desk.write(offer.chat, Side::Agent, "hello"), refused("ana in support: text"));
    assert_eq!(desk.write(offer.chat, Side::Customer, "fail"), refused(defaults::MESSAGE_HELD));
    assert_eq!(desk.write(offer.chat, Side::Customer, "both"), refused(defaults::MESSAGE_HELD));
    assert_eq!(texts(&desk).len(), 2);
    assert_eq!(last_error(&scripts, "message"), "policy.lua:1: a message is changed or refused, not both");
    let entry = entry(&scripts, "message");
    assert_eq!((entry.calls, entry.answers, entry.errors, entry.defaults), (5, 3, 2, 2));
}

#[test]
fn the_built_in_rules_answer_where_no_script_does() {
    let mut scripts =
        script("hark.on('screen_pop', function() end) hark.on('auto_log', function() return nil end)");
    let mut desk = Desk::new(&mut scripts);
    let chat = desk.whole_chat(vec![carla(false, false)], Vec::new());
    assert_eq!(popped(&desk), ScreenPop::Record { index: 0 });
    let log = desk.state.log(chat).expect("it opened");
    assert_eq!((log.mode, log.auto.log), (LogMode::View, false));
    assert_eq!(
        desk.event(|event| match event {
            Event::OfferPresented { offer, .. } => offer.reject.reason.clone(),
            _ => None,
        }),
        BuiltIn::NO_REJECT
    );
}

#[test]
fn the_first_answer_wins_in_the_order_of_the_configuration() {
    let folder = support::Folder::new(&[
        (
            "one.lua",
            "hark.on('chat_log_mode', function(_, _, customer) if customer then return 'none' end end)",
        ),
        ("two.lua", "hark.on('chat_log_mode', function() return 'edit' end)"),
    ]);
    for (order, expected) in
        [(["one.lua", "two.lua"], LogMode::None), (["two.lua", "one.lua"], LogMode::Edit)]
    {
        let mut scripts = folder.load(&order);
        let mut desk = Desk::new(&mut scripts);
        let chat = desk.whole_chat(vec![carla(false, false)], Vec::new());
        assert_eq!(desk.state.log(chat).expect("it opened").mode, expected);
    }
}

#[test]
fn a_failure_is_answered_by_the_stated_default_and_told_with_its_line() {
    let mut scripts = script(
        "hark.on('reject_permission', function() error('no') end)
hark.on('screen_pop', function(chat)
    return chat.custmer
end)
hark.on('chat_log_mode', function(_, _, _, _, chat) return chat.at_all end)
hark.on('auto_log', function(chat) local x = chat.note.a.b end)
hark.on('route_chat', function(chat) chat.priority = 9 end)",
    );
    let mut desk = Desk::new(&mut scripts);
    let offer = desk.offer(vec![carla(false, false)]);
    assert_eq!(offer.reject, defaults::reject_permission());
    assert_eq!(popped(&desk), ScreenPop::Record { index: 0 });
    desk.accept(&offer);
    desk.must(hark_core::Action::EndChat(offer.chat));
    let log = desk.state.log(offer.chat).expect("it opened");
    assert_eq!((log.mode, log.auto.log), (LogMode::View, true));
    let told = |point: &str, expected: &str| assert_eq!(last_error(&scripts, point), expected);
    told("reject_permission", "policy.lua:1: no");
    told("screen_pop", "policy.lua:3: unknown field 'custmer' of chat, did you mean 'customer'?");
    told("chat_log_mode", "policy.lua:5: attempt to index nil with 'at_all'");
    told("auto_log", "policy.lua:6: attempt to index nil with 'b'");
    let readonly = "policy.lua:7: attempt to change what is read-only: questions, hark, libraries and globals (write `local` for a variable)";
    told("route_chat", readonly);
    let entry = entry(&scripts, "reject_permission");
    assert_eq!((entry.calls, entry.errors, entry.defaults, entry.answers), (1, 1, 1, 0));
}

#[test]
fn wrong_answers_are_told_by_field_and_what_was_expected() {
    let cases = [
        ("route_chat", "return { queue = 'vipp' }", "unknown queue 'vipp', did you mean 'vip'?"),
        (
            "route_chat",
            "return { prority = 1 }",
            "unknown field 'prority' in the answer, did you mean 'priority'?",
        ),
        (
            "route_chat",
            "return { priority = 10 }",
            "field 'priority': expected a whole number from 0 to 9, got 10",
        ),
        (
            "route_chat",
            "return { priority = 1.5 }",
            "field 'priority': expected a whole number from 0 to 9, got 1.5",
        ),
        (
            "route_chat",
            "return { priority = 0/0 }",
            "field 'priority': expected a whole number from 0 to 9, got NaN",
        ),
        (
            "route_chat",
            "return { skills = { german = 'good' } }",
            "field 'skills.german': expected a number, got \"good\"",
        ),
        ("route_chat", "return { 'vip' }", "the answer has the key 1, expected are names"),
        (
            "route_chat",
            "return function() end",
            "wrong answer: expected a queue's name, a table, or nil, got a function",
        ),
        (
            "route_chat",
            "return { turn_away = string.rep('x', 1001) }",
            "field 'turn_away' is longer than 1000 characters",
        ),
        ("route_chat", "return { turn_away = '\\xff' }", "field 'turn_away' is not UTF-8"),
        ("reject_permission", "return { reason = 'x' }", "field 'allowed' is missing"),
        (
            "reject_permission",
            "return 'yes'",
            "wrong answer: expected true, false, a table, or nil, got \"yes\"",
        ),
        ("screen_pop", "return { kind = 'recrod' }", "unknown kind 'recrod', did you mean 'record'?"),
        (
            "screen_pop",
            "return { kind = 'record', index = 2 }",
            "field 'index': expected a whole number from 1 to 1, got 2",
        ),
        ("screen_pop", "return 'case'", "match 1 has no case to show"),
        (
            "screen_pop",
            "return { kind = 'url', url = 'javascript:alert(1)' }",
            "field 'url': expected https://… or http://…",
        ),
        ("screen_pop", "return { kind = 'list', index = 1 }", "unknown field 'index' in the answer"),
        ("chat_log_mode", "return 'veiw'", "unknown mode 'veiw', did you mean 'view'?"),
        ("auto_log", "return { title = 7 }", "field 'title': expected a string, got 7"),
        ("auto_log", "return { fields = { [1] = 'x' } }", "field 'fields': expected names as keys, got 1"),
    ];
    for (point, body, expected) in cases {
        let mut scripts = script(&format!("\nhark.on('{point}', function() {body} end)"));
        Desk::new(&mut scripts).whole_chat(vec![carla(false, false)], Vec::new());
        assert_eq!(last_error(&scripts, point), format!("policy.lua:2: {expected}"), "{body}");
    }
}

#[test]
fn config_now_and_version_are_what_they_say() {
    let text = "hark.on('reject_permission', function()
        assert(hark.config.limit == 3 and hark.config.names[2] == 'b' and hark.config.none == nil)
        assert(not pcall(function() hark.config.limit = 4 end))
        return { allowed = true, reason = string.format('%.0f', hark.now) }
    end)";
    let mut scripts = configured(text, serde_json::json!({ "limit": 3, "names": ["a", "b"] }));
    let version = scripts.version().to_owned();
    let mut desk = Desk::new(&mut scripts);
    let offer = desk.offer(Vec::new());
    assert_eq!(offer.reject.reason, Some(offer.made_at.millis().to_string()));
    let told = desk.event(|event| match event {
        Event::OfferPresented { policy, .. } => Some(policy.clone()),
        _ => None,
    });
    assert_eq!(told, version);
    assert_eq!(version, configured(text, serde_json::json!({ "limit": 3, "names": ["a", "b"] })).version());
    assert_ne!(version, configured(text, serde_json::json!({ "limit": 4, "names": ["a", "b"] })).version());
    assert_ne!(
        version,
        configured(&format!("{text} "), serde_json::json!({ "limit": 3, "names": ["a", "b"] })).version()
    );
}

#[test]
fn a_crm_that_could_not_say_is_seen() {
    let mut scripts = script(
        "hark.on('screen_pop', function(chat, agent, matches)
            for _ in matches do error('there is none') end
            assert(#matches == 0)
            return { kind = 'blank', fields = { why = matches.why_none } }
        end)",
    );
    let mut desk = Desk::new(&mut scripts);
    desk.request().expect("let in");
    desk.crm(&hark_core::state::Outcome::Failed { why: "the CRM is down".to_owned(), again: false });
    desk.available();
    let fields = [("why".to_owned(), "the CRM is down".to_owned())].into();
    assert_eq!(popped(&desk), ScreenPop::Blank { fields });
}

#[test]
fn a_question_that_a_script_keeps_stays_what_it_was() {
    let mut scripts = script(
        "local first
        hark.on('route_chat', function(chat)
            first = first or chat
            return { preferred_agent = first.id, priority = if first == chat then 1 else 2 }
        end)",
    );
    let mut desk = Desk::new(&mut scripts);
    desk.request().expect("let in");
    desk.request_with(|form| form.email = None).expect("let in");
    let priorities: Vec<u8> = desk
        .events
        .iter()
        .filter_map(|event| match event {
            Event::ChatQueued { priority, .. } => Some(*priority),
            _ => None,
        })
        .collect();
    assert_eq!(priorities, [1, 2]);
}

#[test]
fn faults_are_told_all_at_once_with_the_nearest_name() {
    let told = faults_of("hark.on('screen_popp', function() end)\nhark.on('auto_log', 7)\nhark.onn('x')");
    let expected = [
        "policy.lua:1: unknown point 'screen_popp', did you mean 'screen_pop'?",
        "policy.lua:2: hark.on takes a function second, not a number",
        "policy.lua:3: unknown field 'onn' of hark, did you mean 'on'?",
    ];
    for line in expected {
        assert!(told.contains(line), "{line} is not in:\n{told}");
    }
    assert!(faults_of("local x = = 1").starts_with("policy.lua:1: "), "{}", faults_of("local x = = 1"));
    let twice = "hark.on('auto_log', print) hark.on('auto_log', function() end)";
    assert!(faults_of(twice).contains("'print' is not available"), "{}", faults_of(twice));
}
