//! The API, one file per resource. Each file lists its routes and answers them; all lists together are the one route
//! table.

mod admin;
mod agents;
mod audit;
mod chats;
mod customers;
mod explanation;
mod faq;
mod guest;
mod logs;
mod messages;
mod offers;
mod ops;
mod plugins;
mod scripts;
mod sessions;
mod streams;
mod systems;
mod widget;
mod wrap_up;

use crate::route::Route;

/// All routes.
pub(crate) fn table() -> Vec<Route> {
    let resources = [
        sessions::routes(),
        streams::routes(),
        widget::routes(),
        guest::routes(),
        faq::routes(),
        chats::routes(),
        explanation::routes(),
        messages::routes(),
        wrap_up::routes(),
        offers::routes(),
        logs::routes(),
        customers::routes(),
        agents::routes(),
        admin::routes(),
        scripts::routes(),
        plugins::routes(),
        audit::routes(),
        ops::routes(),
    ];
    resources.into_iter().flatten().collect()
}
