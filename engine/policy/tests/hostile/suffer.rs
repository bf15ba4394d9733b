//! A desk that suffers a hostile script: Mallory's chat meets it, Carla's chat comes after, and a second script beside it
//! has to know of both.

use crate::cost::{self, Cost};
use crate::support::{Desk, Folder};
use hark_core::policy::{LogMode, Permission};
use hark_core::state::Side;
use hark_core::{Action, Event};
use hark_policy::{Entry, Scripts, defaults};

/// By point: the parameters of its handler, and the right answer to Carla.
const POINTS: [(&str, &str, &str); 8] = [
    ("route_chat", "chat, queues", "{ priority = 8 }"),
    ("reject_permission", "agent, chat, queue", "true"),
    ("screen_pop", "chat, agent, matches, event, queue", "'nothing'"),
    ("message", "message, chat, agent, queue", "true"),
    ("chat_log_mode", "chat, agent, customer, queue", "'edit'"),
    ("auto_log", "chat, agent, customer, queue", "false"),
    ("greet", "chat, queue, event, wait, agent", "false"),
    ("post_processing", "chat, agent, queue", "60"),
];

/// A script that harms at customers named Mallory, from its third line on, and answers rightly for everybody else.
pub(crate) fn text(point: &str, body: &str) -> String {
    let (_, parameters, right) = POINTS.iter().find(|(name, ..)| *name == point).expect("it is a point");
    format!(
        "hark.on('{point}', function({parameters})\nif chat.form.name == 'Mallory' then\n{body}\nend return {right} end)"
    )
}

/// A script that remembers how often it was asked: what another does to its own machine is not felt here. It answers a
/// point that `point` is not.
pub(crate) fn calm(point: &str) -> &'static str {
    if point == "reject_permission" {
        "local seen = 0 hark.on('chat_log_mode', function() seen += 1 return if seen == 2 then 'none' else 'edit' end)"
    } else {
        "local seen = 0 hark.on('reject_permission', function() seen += 1 return seen == 2 end)"
    }
}

pub(crate) fn load(point: &str, body: &str) -> Scripts {
    let folder = Folder::new(&[("harm.lua", &text(point, body)), ("calm.lua", calm(point))]);
    folder.load(&["harm.lua", "calm.lua"])
}

/// What a whole chat showed.
pub(crate) struct Seen {
    pub(crate) permission: Permission,
    pub(crate) mode: LogMode,
    /// Whether the customer's message came through.
    pub(crate) wrote: bool,
    /// Of the costliest command.
    pub(crate) cost: Cost,
}

/// A chat from request to end.
pub(crate) fn chat(desk: &mut Desk<'_>, name: &str) -> Seen {
    desk.events.clear();
    let (chat, requested) = cost::of(|| {
        desk.request_with(|form| {
            form.name = name.to_owned();
            form.email = None;
        })
    });
    let chat = chat.expect("the chat is let in");
    let offer = desk.event(|event| match event {
        Event::OfferPresented { offer, .. } => Some((**offer).clone()),
        _ => None,
    });
    assert_eq!(offer.chat, chat);
    let ((), accepted) = cost::of(|| desk.accept(&offer));
    let (wrote, written) = cost::of(|| desk.write(chat, Side::Customer, "Hello").is_ok());
    let (_, ended) = cost::of(|| desk.must(Action::EndChat(chat)));
    desk.must(Action::FinishPostProcessing(chat));
    let mode = desk.event(|event| match event {
        Event::ChatLogOpened { log, .. } => Some(log.mode),
        _ => None,
    });
    let cost = [accepted, written, ended].into_iter().fold(requested, Cost::worst);
    Seen { permission: offer.reject, mode, wrote, cost }
}

/// Mallory, then Carla: the default answers the first, the script the second, and the other script knows both. What was
/// told of the failure, and what Mallory's chat cost.
pub(crate) fn suffer(what: &str, point: &str, scripts: &mut Scripts) -> (String, Cost) {
    let stats = scripts.stats();
    let entry =
        |file: &str| stats.entries().into_iter().find(|entry| entry.script == file).expect("it is counted");
    let mut desk = Desk::new(scripts);
    desk.available();
    let mallory = chat(&mut desk, "Mallory");
    if point == "reject_permission" {
        assert_eq!(mallory.permission, defaults::reject_permission(), "{what}");
    }
    assert_eq!(mallory.wrote, point != "message", "{what}");
    let harmed: Entry = entry("harm.lua");
    assert!(harmed.errors > 0 && harmed.errors == harmed.calls, "{what}: {harmed:?}");
    assert_eq!((harmed.defaults, harmed.answers), (harmed.errors, 0), "{what}");
    let carla = chat(&mut desk, "Carla");
    let after = entry("harm.lua");
    assert_eq!((after.errors, after.answers), (harmed.errors, harmed.calls), "{what}: the next is wrong");
    assert!(carla.permission.allowed && carla.wrote, "{what}: {:?}", carla.permission);
    if point == "reject_permission" {
        assert_eq!(carla.mode, LogMode::None, "{what}: the other script lost what it knew");
    }
    let calm = entry("calm.lua");
    assert_eq!((calm.calls, calm.errors), (2, 0), "{what}");
    (harmed.last_error.expect("it failed").0.to_string(), mallory.cost)
}
