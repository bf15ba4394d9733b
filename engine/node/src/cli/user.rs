//! `hark user`: agents, supervisors and admins, while no engine runs. Passwords come from the terminal without being
//! shown, or from standard input; never from the command line, where everybody could read them.

use super::ConfigFile;
use super::store::with_store;
use crate::error::Error;
use crate::people::{role_name, save};
use crate::say::{complain, say};
use clap::{Args, Subcommand, ValueEnum};
use hark_core::command::SaveAgent;
use hark_core::setup::{Level, Skill};
use hark_core::state::{AgentProfile, Role};
use hark_core::{QueueId, State};
use hark_runtime::Handle;
use std::collections::BTreeMap;
use std::io::{BufRead as _, IsTerminal as _, stdin};

/// Shortest password that is taken, in characters (OWASP ASVS 5.0, 6.2.1).
const SHORTEST: usize = 8;

/// What `hark user` can do.
#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Make an agent, supervisor or admin
    Add(Add),
    /// List everybody
    List {
        #[command(flatten)]
        file: ConfigFile,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Set a new password
    Password {
        /// Name to log in with
        login: String,
        #[command(flatten)]
        password: PasswordFrom,
        #[command(flatten)]
        file: ConfigFile,
    },
    /// Let somebody work no more; what they are busy with they may finish
    Disable(Whom),
    /// Let somebody work again
    Enable(Whom),
}

/// Somebody who is there.
#[derive(Debug, Args)]
pub(super) struct Whom {
    /// Name to log in with
    login: String,
    #[command(flatten)]
    file: ConfigFile,
}

/// Where a password comes from.
#[derive(Debug, Args)]
pub(super) struct PasswordFrom {
    /// Read the password from the first line of standard input instead of asking for it
    #[arg(long)]
    password_stdin: bool,
}

/// A new agent.
#[derive(Debug, Args)]
pub(super) struct Add {
    /// Name to log in with
    login: String,
    /// Name that customers see; the login when left out
    #[arg(long)]
    name: Option<String>,
    /// What they may do
    #[arg(long, value_enum, default_value_t = RoleName::Agent)]
    role: RoleName,
    /// Chats at a time
    #[arg(long, value_name = "CHATS", default_value_t = 1)]
    capacity: u8,
    /// A queue that they serve; may be given several times; all queues when left out
    #[arg(long = "queue", value_name = "QUEUE")]
    queues: Vec<String>,
    /// A skill with its level from 1 to 10, such as german=3; may be given several times
    #[arg(long = "skill", value_name = "SKILL=LEVEL", value_parser = skill)]
    skills: Vec<(Skill, Level)>,
    #[command(flatten)]
    password: PasswordFrom,
    #[command(flatten)]
    file: ConfigFile,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleName {
    Agent,
    Supervisor,
    Admin,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Agent => Self::Agent,
            RoleName::Supervisor => Self::Supervisor,
            RoleName::Admin => Self::Admin,
        }
    }
}

fn skill(text: &str) -> Result<(Skill, Level), String> {
    let parts = text.split_once('=').and_then(|(skill, level)| Some((skill.trim(), level.parse().ok()?)));
    match parts {
        Some((skill, level)) if !skill.is_empty() => Ok((skill.to_owned(), level)),
        _ => Err("write it as SKILL=LEVEL, such as german=3".to_owned()),
    }
}

/// Does what `hark user` says.
pub(super) fn user(command: UserCommand) -> Result<(), Error> {
    match command {
        UserCommand::Add(wish) => add(wish),
        UserCommand::List { file, json } => {
            with_store(&file.config, async |handle, _| list(handle, json).await)
        }
        UserCommand::Password { login, password, file } => {
            let credential = Some(hark_http::hash_password(&password.read()?));
            change(&file, &login, move |agent| agent.credential = credential)
        }
        UserCommand::Disable(Whom { login, file }) => change(&file, &login, |agent| agent.disabled = true),
        UserCommand::Enable(Whom { login, file }) => change(&file, &login, |agent| agent.disabled = false),
    }
}

fn add(wish: Add) -> Result<(), Error> {
    let credential = hark_http::hash_password(&wish.password.read()?);
    with_store(&wish.file.config, async |handle, config| {
        let login = wish.login.clone();
        if handle.read(move |state| state.agent_named(&login).is_some()).await?.value {
            let login = wish.login;
            return Err(Error::told(format!(
                "'{login}' is already there; `hark user password {login}` changes the password"
            )));
        }
        let all = || config.setup.queues.keys().cloned().collect();
        let agent = SaveAgent {
            name: wish.name.unwrap_or_else(|| wish.login.clone()),
            role: wish.role.into(),
            capacity: wish.capacity,
            queues: if wish.queues.is_empty() { all() } else { wish.queues },
            skills: wish.skills.into_iter().collect(),
            credential: Some(credential),
            disabled: false,
            login: wish.login,
        };
        let said = format!("{} '{}' is there", role_name(agent.role), agent.login);
        save(handle, agent).await?;
        say(said);
        Ok(())
    })
}

fn change(file: &ConfigFile, login: &str, change: impl FnOnce(&mut SaveAgent)) -> Result<(), Error> {
    with_store(&file.config, async |handle, _| {
        let wanted = login.to_owned();
        let found =
            handle.read(move |state| state.agent_named(&wanted).map(|agent| as_saved(state, &agent.profile)));
        let mut agent = found
            .await?
            .value
            .ok_or_else(|| Error::told(format!("there is no '{login}'; see `hark user list`")))?;
        change(&mut agent);
        save(handle, agent).await?;
        say(format!("'{login}' is changed"));
        Ok(())
    })
}

/// The command that would make an agent what they are.
fn as_saved(state: &State, profile: &AgentProfile) -> SaveAgent {
    SaveAgent {
        login: profile.login.clone(),
        name: profile.name.clone(),
        role: profile.role,
        capacity: profile.capacity,
        queues: queue_names(state, profile.queues.iter()),
        skills: profile.skills.clone(),
        credential: None,
        disabled: profile.disabled,
    }
}

fn queue_names<'q>(state: &State, queues: impl Iterator<Item = &'q QueueId>) -> Vec<String> {
    queues.filter_map(|queue| state.queue(*queue)).map(|queue| queue.name.clone()).collect()
}

async fn list(handle: &Handle, json: bool) -> Result<(), Error> {
    let everybody = handle.read(|state| {
        let line = |agent: &hark_core::state::Agent| as_saved(state, &agent.profile);
        state.agents().map(|agent| (agent.profile.login.clone(), line(agent))).collect::<BTreeMap<_, _>>()
    });
    let everybody = everybody.await?.value;
    if everybody.is_empty() && !json {
        complain("nobody is there yet: hark user add NAME --role admin");
    }
    for agent in everybody.values() {
        say(if json { as_json(agent) } else { as_line(agent) });
    }
    Ok(())
}

fn as_json(agent: &SaveAgent) -> String {
    let SaveAgent { login, name, role, capacity, queues, skills, disabled, .. } = agent;
    serde_json::json!({
        "login": login, "name": name, "role": role, "capacity": capacity, "queues": queues, "skills": skills,
        "disabled": disabled,
    })
    .to_string()
}

fn as_line(agent: &SaveAgent) -> String {
    let skills: Vec<_> = agent.skills.iter().map(|(skill, level)| format!("{skill}={level}")).collect();
    let off = if agent.disabled { "  (disabled)" } else { "" };
    format!(
        "{:<20} {:<10} {:>2}  {}  {}  {}{off}",
        agent.login,
        role_name(agent.role),
        agent.capacity,
        agent.name,
        agent.queues.join(","),
        skills.join(",")
    )
}

impl PasswordFrom {
    fn read(&self) -> Result<String, Error> {
        let password = if self.password_stdin {
            let mut line = String::new();
            stdin().lock().read_line(&mut line).map_err(Error::io("read", "standard input"))?;
            line.trim_end_matches(['\r', '\n']).to_owned()
        } else {
            ask()?
        };
        if password.chars().count() < SHORTEST {
            return Err(Error::told(format!("a password has at least {SHORTEST} characters")));
        }
        Ok(password)
    }
}

fn ask() -> Result<String, Error> {
    if !stdin().is_terminal() {
        return Err(Error::told("there is no terminal to ask for the password: use --password-stdin"));
    }
    let prompt = |text| rpassword::prompt_password(text).map_err(Error::io("read", "the terminal"));
    let password = prompt("Password: ")?;
    if prompt("Once more: ")? != password {
        return Err(Error::told("the two passwords differ"));
    }
    Ok(password)
}
