//! Reactions: what a script sees of an event and what it may do after it, within its bounds, and what repeats are known
//! by. When an event is told again is the node's.

mod support;

use hark_core::{Action, ChatId, Time};
use hark_policy::reaction::{Failed, Missed, Outside, Reaction, Told, Wish};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use support::{MORNING, faults_of, script};

const CHAT: &str = "int_01980000000000000000000001";

/// Keeps what was wished for, and answers as it is told.
#[derive(Default)]
struct World {
    answer: Option<Missed>,
    keys: Mutex<Vec<(String, u64)>>,
    actions: Mutex<Vec<Action>>,
}

impl Outside for World {
    fn call(&self, operation: &str, request: Value) -> Result<Value, Missed> {
        match &self.answer {
            Some(missed) => Err(missed.clone()),
            None => Ok(json!({ "asked": operation, "with": request })),
        }
    }

    fn command(&self, wish: Wish<'_>) -> Result<(), Missed> {
        self.keys.lock().expect("no test panics in here").push((wish.key.key, wish.key.request));
        self.actions.lock().expect("no test panics in here").push(wish.action);
        match &self.answer {
            Some(missed) => Err(missed.clone()),
            None => Ok(()),
        }
    }

    fn chat(&self, _: ChatId) -> Result<Option<Value>, Missed> {
        Ok(Some(json!({ "id": CHAT, "form": { "name": "Carla" } })))
    }
}

fn reaction(text: &str) -> Reaction {
    script(text).take_reactions().pop().expect("the script reacts")
}

fn ended() -> Told {
    let at = Time::from_millis(MORNING);
    let json = json!({
        "id": "e", "cursor": "c_7_2", "type": "chat.ended", "ts": at, "chat_id": CHAT, "seq": 7, "at": MORNING,
        "actor": { "kind": "engine" }, "data": { "agent_id": null, "by": "agent" },
    });
    Told { name: "chat_ended", place: "c_7_2".to_owned(), at, json }
}

/// Lets a script react in a world, and gives what came of it and what was done.
fn react(text: &str, world: World) -> (Result<u64, Failed>, Arc<World>) {
    let world = Arc::new(world);
    let outside: Arc<dyn Outside> = Arc::clone(&world) as Arc<dyn Outside>;
    (reaction(text).react(&ended(), &outside), world)
}

fn fault_of(text: &str) -> String {
    let (result, _) = react(text, World::default());
    result.expect_err("the script is faulty").fault.to_string()
}

#[test]
fn an_event_is_plain_data_with_known_fields() {
    let text = "hark.after('chat_ended', function(event)\n
        assert(event.type == 'chat.ended' and event.seq == 7 and event.at == hark.now)
        assert(event.data.by == 'agent' and event.data.agent_id == nil and event.actor.kind == 'engine')
        assert(event.actor.name == nil, 'a field that other events have')
        assert(hark.chat(event.chat_id).form.name == 'Carla')
        local answer = hark.call('crm.get/1', { id = 'cus-1' })
        assert(answer.asked == 'crm.get/1' and answer.with.id == 'cus-1')
    end)";
    assert!(react(text, World::default()).0.is_ok(), "{}", fault_of(text));
    let slip = "hark.after('chat_ended', function(event)\nreturn event.data.agnet_id end)";
    assert_eq!(
        fault_of(slip),
        "policy.lua:2: unknown field 'agnet_id' of chat_ended's data, did you mean 'agent_id'?"
    );
    let change = "hark.after('chat_ended', function(event)\nevent.data.by = 'me' end)";
    assert!(fault_of(change).starts_with("policy.lua:2: attempt to change what is read-only"));
    let command = "hark.after('chat_ended', function(event)\nhark.commands.nota({}) end)";
    assert_eq!(
        fault_of(command),
        "policy.lua:2: unknown field 'nota' of hark.commands, did you mean 'note'?"
    );
}

#[test]
fn what_is_registered_wrongly_is_told_before_it_runs() {
    let text = "hark.after('chat.ended', function() end)\nhark.after('chat_ended', 1)\n\
        hark.after('chat_ended', function() end)\nhark.after('chat_ended', function() end)";
    assert_eq!(
        faults_of(text),
        "policy.lua:1: unknown event 'chat.ended', did you mean 'chat_ended'?\n\
         policy.lua:2: hark.after takes a function second, not a number\n\
         policy.lua:4: this script reacts to 'chat_ended' twice"
    );
    let early = "hark.commands.note({ chat = 'x', text = 'x' })";
    assert_eq!(
        faults_of(early),
        "policy.lua:1: hark.commands is for reactions (hark.after), not for decisions or loading"
    );
}

#[test]
fn a_repeat_of_a_command_has_the_same_key_and_another_command_has_another() {
    let text = "hark.after('chat_ended', function(event)
        hark.commands.note({ chat = event.chat_id, text = 'one' })
        hark.commands.note({ chat = event.chat_id, text = 'one' })
        hark.commands.note({ chat = event.chat_id, text = 'two' })
    end)";
    let world = Arc::new(World::default());
    let outside: Arc<dyn Outside> = Arc::clone(&world) as Arc<dyn Outside>;
    for _ in 0..2 {
        reaction(text).react(&ended(), &outside).expect("it reacts");
    }
    let keys = world.keys.lock().expect("it is whole").clone();
    assert_eq!(keys[..3], keys[3..], "a second try, in another machine, is the same");
    assert_ne!(keys[0], keys[1], "the same words twice are two notes");
    assert!(keys[0].0.starts_with("script:policy.lua:c_7_2#1:"), "{keys:?}");
    let first = world.actions.lock().expect("it is whole")[0].clone();
    let Action::SendMessage(note) = &first else { panic!("a note is a message: {first:?}") };
    assert_eq!((note.text.as_str(), note.chat.to_string().as_str()), ("one", CHAT));
    let mut later = ended();
    later.place = "c_8_0".to_owned();
    reaction(text).react(&later, &outside).expect("it reacts");
    assert_ne!(world.keys.lock().expect("it is whole")[6], keys[0], "another event is another place");
}

#[test]
fn a_refusal_is_told_and_what_may_work_later_fails() {
    let text = "hark.after('chat_ended', function(event)
        local done, code, why = hark.commands.end_chat({ chat = event.chat_id })
        assert(done == false and code == 'chat_ended' and why == 'it is over')
        local answer, no = hark.call('crm.get/1')
        assert(answer == nil and no == 'chat_ended')
    end)";
    let refused = Missed::Refused { code: "chat_ended".to_owned(), message: "it is over".to_owned() };
    let world = World { answer: Some(refused), ..World::default() };
    assert!(react(text, world).0.is_ok());
    let text = "hark.after('chat_ended', function()\nhark.call('crm.get/1', {}) end)";
    let world = World { answer: Some(Missed::Later("the CRM is away".to_owned())), ..World::default() };
    let failed = react(text, world).0.expect_err("it is told again");
    assert_eq!((failed.fault.to_string().as_str(), failed.outside), ("policy.lua:2: the CRM is away", true));
}

#[test]
fn a_reaction_is_stopped_and_the_next_one_works() {
    let text = "local count = 0
    hark.after('chat_ended', function(event)
        count += 1
        if event.data.by == 'agent' then while true do pcall(error, 'x') end end
        for deed = 1, 200 do hark.commands.note({ chat = event.chat_id, text = 'x' }) end
    end)";
    let mut reaction = reaction(text);
    let world = Arc::new(World::default());
    let outside: Arc<dyn Outside> = Arc::clone(&world) as Arc<dyn Outside>;
    let failed = reaction.react(&ended(), &outside).expect_err("it runs on");
    assert!(failed.fault.message.starts_with("stopped after 250 ms"), "{}", failed.fault);
    let mut other = ended();
    other.json["data"]["by"] = json!("customer");
    let failed = reaction.react(&other, &outside).expect_err("it does too much");
    assert_eq!(failed.fault.to_string(), "policy.lua:5: a reaction to one event does at most 100 things");
    assert_eq!(world.keys.lock().expect("it is whole").len(), 100);
}

#[test]
fn a_command_is_checked_before_it_is_sent() {
    let wrong = |words: &str| {
        fault_of(&format!("hark.after('chat_ended', function(event)\nhark.commands.{words} end)"))
    };
    assert!(wrong("note({ chat = event.chat_id, txt = 'x' })").contains("unknown field `txt`"));
    assert!(wrong("end_chat({ chat = 'nobody' })").contains("hark.commands.end_chat: "));
    assert!(wrong("transfer({ chat = event.chat_id })").contains("takes a queue or an agent, one of them"));
    let unknown =
        faults_of("hark.after('chat_ended', function(event)\nhark.commands.note({ text = print }) end)");
    assert!(unknown.contains("'print' is not available"), "{unknown}");
    assert!(
        wrong("note({ chat = event.chat_id, text = error })").contains("data cannot have a function in it")
    );
}
