//! The people of the demonstration, with passwords that are made for this one run.

use crate::error::Error;
use crate::people::{open_token, save};
use hark_core::AgentId;
use hark_core::command::SaveAgent;
use hark_core::state::{Role, TokenKind};
use hark_runtime::Handle;
use std::thread;

/// For how long links and the admin's token work, in seconds.
const DAY_S: u64 = 86_400;
/// Letters of a password, in groups of four: no two of them look alike.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Letters of a password: five bits each.
const PASSWORD_LETTERS: usize = 20;

/// One of them: login, name, role, capacity, queues, and skills.
type Person = (&'static str, &'static str, Role, u8, &'static [&'static str], &'static [(&'static str, u8)]);

/// Those whose passwords are told come first.
const PEOPLE: [Person; 6] = [
    ("ana", "Ana", Role::Agent, 2, &["support", "billing", "sales"], &[("spanish", 9), ("english", 8)]),
    ("sofia", "Sofia", Role::Supervisor, 1, &[], &[("english", 9)]),
    ("admin", "Alex", Role::Admin, 1, &[], &[]),
    ("leo", "Leo", Role::Agent, 3, &["support", "sales"], &[("english", 9), ("german", 6)]),
    ("rosa", "Rosa", Role::Agent, 2, &["billing"], &[("english", 7), ("spanish", 10)]),
    ("kofi", "Kofi", Role::Agent, 1, &["support"], &[("english", 9), ("french", 8)]),
];

/// Somebody with a password.
pub(super) struct Known {
    /// Name to log in with.
    pub(super) login: &'static str,
    /// Their password.
    pub(super) password: String,
    id: AgentId,
}

/// Passwords whose hashes are being made: that takes tens of milliseconds each, so it begins before the desk opens.
pub(super) struct Passwords(Vec<(String, thread::JoinHandle<String>)>);

impl Passwords {
    /// Makes a password for the agents, one for the supervisor and one for the admin.
    pub(super) fn begin() -> Self {
        let make = || {
            let password = password();
            let hashed = password.clone();
            (password, thread::spawn(move || hark_http::hash_password(&hashed)))
        };
        Self((0..3).map(|_| make()).collect())
    }

    fn finish(self) -> Vec<(String, String)> {
        let hash = |hashing: thread::JoinHandle<String>| hashing.join().expect("hashing does not fail");
        self.0.into_iter().map(|(password, hashing)| (password, hash(hashing))).collect()
    }
}

/// Makes everybody, and answers with the agent, the supervisor and the admin. All agents have the agent's password.
///
/// # Errors
/// The engine has stopped.
pub(super) async fn make(handle: &Handle, passwords: Passwords) -> Result<[Known; 3], Error> {
    let passwords = tokio::task::spawn_blocking(|| passwords.finish()).await;
    let passwords = passwords.map_err(|_| Error::told("passwords could not be made"))?;
    let mut known = Vec::new();
    for person in &PEOPLE {
        let (password, hash) = &passwords[person.2 as usize];
        let id = save(handle, agent(person, hash.clone())).await?;
        known.push(Known { login: person.0, password: password.clone(), id });
    }
    known.truncate(3);
    Ok(known.try_into().unwrap_or_else(|_| unreachable!("the first three are told")))
}

fn agent((login, name, role, capacity, queues, skills): &Person, hash: String) -> SaveAgent {
    SaveAgent {
        login: (*login).to_owned(),
        name: (*name).to_owned(),
        role: *role,
        capacity: *capacity,
        queues: queues.iter().map(|queue| (*queue).to_owned()).collect(),
        skills: skills.iter().map(|(skill, level)| ((*skill).to_owned(), *level)).collect(),
        credential: Some(hash),
        disabled: false,
    }
}

impl Known {
    /// A secret that logs them in once.
    ///
    /// # Errors
    /// The engine has stopped.
    pub(super) async fn one_time(&self, handle: &Handle) -> Result<String, Error> {
        Ok(open_token(handle, self.id, TokenKind::OneTime, "demo", DAY_S).await?.0)
    }

    /// A bearer token.
    ///
    /// # Errors
    /// The engine has stopped.
    pub(super) async fn machine(&self, handle: &Handle) -> Result<String, Error> {
        Ok(open_token(handle, self.id, TokenKind::Machine, "demo", DAY_S).await?.0)
    }
}

fn password() -> String {
    let mut bytes = [0_u8; PASSWORD_LETTERS];
    getrandom::fill(&mut bytes).expect("the system has random bytes");
    let letter = |byte: &u8| char::from(LETTERS[usize::from(byte % 32)]);
    let groups = bytes.chunks(4).map(|group| group.iter().map(letter).collect::<String>());
    groups.collect::<Vec<_>>().join("-")
}
