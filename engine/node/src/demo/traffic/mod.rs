//! `hark demo --traffic`: simulated customers and agents move the desk through the public API, at the pace of people.
//! They are in Billing and Sales, and some ring in Support: that queue is for whoever tries the demonstration.

mod agent;
mod customer;
mod dialogues;
mod wire;

use crate::error::Error;
use crate::people::{open_token, save};
use dialogues::Dialogue;
use hark_core::command::SaveAgent;
use hark_core::state::{Role, TokenKind};
use hark_runtime::Handle;
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;
use tokio::task::JoinSet;
use wire::Wire;

/// Most simulated customers: more would be a load test, which is another tool's work.
pub(crate) const MOST: u16 = 200;
/// How often everybody looks.
const LOOK: Duration = Duration::from_secs(1);
/// Customers for each simulated agent.
const CUSTOMERS_PER_AGENT: u16 = 3;
/// For how long the agents' links work, in seconds.
const LINK_S: u64 = 60;

static DIALOGUES: LazyLock<Vec<Dialogue>> = LazyLock::new(dialogues::all);

/// Begins with so many customers, and agents for them. It ends when what it answers with is dropped.
///
/// # Errors
/// The engine has stopped.
pub(super) async fn begin(
    handle: &Handle,
    address: SocketAddr,
    customers: u16,
) -> Result<JoinSet<()>, Error> {
    let wire = Wire::new(address);
    let mut people = JoinSet::new();
    for number in 1..=customers.div_ceil(CUSTOMERS_PER_AGENT) {
        let agent = save(handle, simulated(number)).await?;
        let (link, _) = open_token(handle, agent, TokenKind::OneTime, "traffic", LINK_S).await?;
        people.spawn(agent::work(wire.clone(), link, &DIALOGUES));
    }
    for _ in 0..customers {
        people.spawn(customer::live(wire.clone(), &DIALOGUES));
    }
    Ok(people)
}

fn simulated(number: u16) -> SaveAgent {
    SaveAgent {
        login: format!("sim-{number}"),
        name: format!("Sim {number}"),
        role: Role::Agent,
        capacity: 2,
        queues: vec!["billing".to_owned(), "sales".to_owned()],
        skills: std::iter::once(("english".to_owned(), 7)).collect(),
        credential: None,
        disabled: false,
    }
}

/// A number below `sides`.
fn roll(sides: usize) -> usize {
    getrandom::u64().map_or(0, |number| (number % sides.max(1) as u64) as usize)
}

/// Waits between so many seconds.
async fn pause(least: u32, most: u32) {
    let millis = u64::from(least) * 1000 + roll((most - least) as usize * 1000) as u64;
    tokio::time::sleep(Duration::from_millis(millis)).await;
}
