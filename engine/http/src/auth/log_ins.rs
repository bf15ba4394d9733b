//! A small memory of which tokens speak for whom, so that not every request asks the engine. Events that end or
//! change a log-in clear it; it is never the truth.

use super::Person;
use crate::app::App;
use crate::problem::Problem;
use hark_core::{AgentId, Event, State, Time, TokenId};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Log-ins remembered; beyond it all are forgotten at once.
const REMEMBERED: usize = 20_000;

#[derive(Default)]
struct Memory {
    /// Grows with each thing forgotten, so that what was looked up before is not remembered after.
    forgotten: u64,
    people: HashMap<[u8; 32], Person>,
}

/// See the module.
#[derive(Default)]
pub(crate) struct LogIns {
    memory: Mutex<Memory>,
}

impl LogIns {
    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whom a token speaks for now.
    pub(crate) async fn find(&self, app: &App, hash: [u8; 32]) -> Result<Option<Person>, Problem> {
        let now = app.handle.now();
        let forgotten = {
            let memory = self.lock();
            if let Some(person) = memory.people.get(&hash) {
                return Ok((person.expires_at > now).then(|| person.clone()));
            }
            memory.forgotten
        };
        let found = app.handle.read(move |state| person_of(state, &hash, now)).await?.value;
        if let Some(person) = &found {
            let mut memory = self.lock();
            if memory.forgotten == forgotten {
                if memory.people.len() >= REMEMBERED {
                    memory.people.clear();
                }
                memory.people.insert(hash, person.clone());
            }
        }
        Ok(found)
    }

    /// Forgets a log-in.
    pub(crate) fn forget(&self, token: TokenId) {
        self.retain(|person| person.token != token);
    }

    fn forget_agent(&self, agent: AgentId) {
        self.retain(|person| person.id != agent);
    }

    fn retain(&self, keep: impl Fn(&Person) -> bool) {
        let mut memory = self.lock();
        memory.forgotten += 1;
        memory.people.retain(|_, person| keep(person));
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        self.retain(|_| false);
    }

    /// Forgets what an event has made wrong.
    pub(crate) fn hear(&self, event: &Event) {
        match event {
            Event::TokenClosed { token, .. } => self.forget(*token),
            Event::AgentSaved { profile } => self.forget_agent(profile.id),
            _ => {}
        }
    }
}

/// Whom a token speaks for: nobody when it is over, is for one log-in, or its agent is disabled.
fn person_of(state: &State, hash: &[u8; 32], now: Time) -> Option<Person> {
    let token = state.token_by_hash(hash, now)?;
    let profile = &state.agent(token.agent)?.profile;
    let works = !profile.disabled && token.kind != hark_core::state::TokenKind::OneTime;
    works.then(|| Person {
        id: profile.id,
        login: profile.login.clone(),
        name: profile.name.clone(),
        role: profile.role,
        token: token.id,
        kind: token.kind,
        expires_at: token.expires_at,
    })
}
