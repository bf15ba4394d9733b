//! Why something happened, where an event has to say it. Written in journals like the events themselves.

use serde::{Deserialize, Serialize};

/// Why a chat went back to its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequeuedBecause {
    /// Its agent did not come back in time.
    AgentGone,
    /// Its customer did not come back in time, and a policy lets it wait for them.
    CustomerGone,
}

/// Why an offer was withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawnBecause {
    /// The customer left.
    CustomerLeft,
    /// The agent chose another status, or Stop New.
    AgentLeft,
    /// The agent's connection is gone.
    AgentUnreachable,
    /// A supervisor changed the agent's status.
    Supervisor,
}
