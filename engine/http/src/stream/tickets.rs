//! Stream tickets: a browser cannot send headers with a WebSocket, so it fetches a ticket that works once and for a
//! short while. Nothing else accepts them.

use crate::auth::{Caller, one_time_token};
use crate::options::Limits;
use crate::problem::Problem;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Tickets that may be waiting to be used.
const WAITING: usize = 100_000;

/// See the module.
#[derive(Default)]
pub(crate) struct StreamTickets {
    waiting: Mutex<HashMap<String, (Caller, Instant)>>,
}

impl StreamTickets {
    /// Makes a ticket for a caller.
    pub(crate) fn make(&self, caller: Caller) -> Result<String, Problem> {
        let ticket = one_time_token().replacen("hro_", "stk_", 1);
        let now = Instant::now();
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= WAITING {
            waiting.retain(|_, (_, until)| *until > now);
        }
        if waiting.len() >= WAITING {
            return Err(Problem::busy("too many stream tickets are waiting to be used"));
        }
        waiting.insert(ticket.clone(), (caller, now + Limits::STREAM_TICKET));
        Ok(ticket)
    }

    /// Uses a ticket up.
    pub(crate) fn take(&self, ticket: &str) -> Option<Caller> {
        let taken = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(ticket);
        taken.filter(|(_, until)| *until > Instant::now()).map(|(caller, _)| caller)
    }
}

#[cfg(test)]
mod tests {
    use super::StreamTickets;
    use crate::auth::Caller;
    use hark_core::ChatId;

    #[test]
    fn a_ticket_works_once() {
        let tickets = StreamTickets::default();
        let guest = Caller::Guest(ChatId::from(1));
        let ticket = tickets.make(guest.clone()).expect("there is room");
        assert_eq!(tickets.take(&ticket), Some(guest));
        assert_eq!(tickets.take(&ticket), None);
        assert_eq!(tickets.take("stk_0"), None);
    }
}
