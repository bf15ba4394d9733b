//! The desk's twelve steps (domain.md §5) over the API alone: on `hark demo` with its real CRM and FAQ, and on desks of
//! the story's own where the CRM is broken or silent, or time has to run out.

#![forbid(unsafe_code)]

mod crm;
mod existing;
mod logs;
mod pops;

use hark_tests::{AgentClient, Demo, Server};

/// The agent of the demo, Available.
async fn agent(server: &Server, demo: &Demo) -> AgentClient {
    let text = |name: &str| demo.said["agent"][name].as_str().expect("the demo tells its agent").to_owned();
    let mut agent = AgentClient::log_in(server, &text("login"), &text("password")).await;
    assert_eq!(agent.status().await, "on_break", "a log-in leads to On Break");
    assert_eq!(agent.choose("available").await["status"], "available");
    agent
}
