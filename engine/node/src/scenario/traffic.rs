//! Who comes, and how chats go in each queue.

use super::Known;
use super::draws::{arrivals, draw};
use crate::config::read::Section;
use hark_core::state::Form;
use hark_sim::{Handling, Kind};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Reads all `[[traffic]]`.
pub(super) fn traffic(top: &mut Section<'_>, known: &Known<'_>) -> Vec<Kind> {
    let mut names = BTreeSet::new();
    let kinds = top.list("traffic", |section| {
        let kind = kind(section, known);
        if !names.insert(kind.name.clone()) {
            section.fault_at("name", format!("there are two kinds of customers named '{}'", kind.name));
        }
        kind
    });
    kinds.unwrap_or_default()
}

fn kind(section: &mut Section<'_>, known: &Known<'_>) -> Kind {
    let queue = section.text_if_there("queue");
    if let Some(queue) = &queue {
        section.must_be_known("queue", queue, "queue", &known.queues);
    }
    let usual = queue.clone().unwrap_or_else(|| known.setup.default_queue.clone());
    let name = section.text("name", &usual);
    // 10 stands for none: priorities go from 0 to 9.
    let priority = Some(section.whole("priority", 10, 0..=9)).filter(|priority| *priority < 10);
    Kind {
        queue,
        arrivals: arrivals(section),
        patience: draw(section, "patience"),
        handle: draw(section, "handle"),
        form: section.table("form", form),
        forms: Arc::default(),
        priority,
        skills: section.numbers("skills", 1..=10),
        name,
    }
}

fn form(section: &mut Section<'_>) -> Form {
    Form {
        name: section.text("name", "Customer"),
        email: section.text_if_there("email"),
        phone: section.text_if_there("phone"),
        account: section.text_if_there("account"),
        case: section.text_if_there("case"),
        question: section.text_if_there("question"),
        language: section.text_if_there("language"),
        page: section.text_if_there("page"),
        faq: section.text_if_there("faq"),
    }
}

/// Reads all `[queues.NAME]`.
pub(super) fn queues(top: &mut Section<'_>, known: &Known<'_>) -> BTreeMap<String, Handling> {
    let queues = top.tables("queues", |name, section| {
        if !known.queues.iter().any(|known| known == name) {
            let nearest = crate::config::read::nearest(name, known.queues.iter().map(String::as_str));
            let meant = nearest.map(|near| format!(", did you mean '{near}'?")).unwrap_or_default();
            section.fault(format!("there is no queue '{name}'{meant}"));
        }
        handling(name, section, known)
    });
    queues.unwrap_or_default()
}

fn handling(name: &str, section: &mut Section<'_>, known: &Known<'_>) -> Handling {
    let transfers = section.list("transfers", |section| {
        let to = section.needed("to");
        section.must_be_known("to", &to, "queue", &known.queues);
        (to, section.real_needed("chance", 0.0..=1.0))
    });
    let transfers = transfers.unwrap_or_default();
    if transfers.iter().map(|(_, chance)| chance).sum::<f64>() > 1.0 {
        section.fault_at("transfers", format!("the chances of queues.{name}.transfers are above 1 together"));
    }
    Handling { handle: draw(section, "handle"), wrap_up: draw(section, "wrap_up"), transfers }
}
