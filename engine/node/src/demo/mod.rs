//! `hark demo`: a whole desk in a folder of its own, with people, customers and articles, gone when it stops.

mod people;
mod traffic;

use crate::config::Config;
use crate::error::Error;
use crate::say::{complain, say};
use crate::serve::{self, Desk};
use crate::shipped;
use hark_runtime::Handle;
use people::{Known, Passwords};
use serde_json::json;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

/// The demonstration's configuration.
const DESK: &str = include_str!("desk.toml");
/// Its name in the folder.
const FILE: &str = "config.toml";

/// How the demonstration is wanted.
#[derive(Debug)]
pub(crate) struct Options {
    /// One JSON object on standard output instead of words.
    pub(crate) json: bool,
    /// Where to listen; the usual address, or a free port when that is taken.
    pub(crate) listen: Option<SocketAddr>,
    /// Folder for everything; kept.
    pub(crate) dir: Option<PathBuf>,
    /// Keep the temporary folder.
    pub(crate) keep: bool,
    /// Simulated customers.
    pub(crate) traffic: u16,
}

/// Most simulated customers.
pub(crate) use traffic::MOST as MOST_TRAFFIC;

/// Runs the demonstration until it is told to stop.
///
/// # Errors
/// It could not start, or it could not go on.
pub(crate) fn demo(options: &Options) -> Result<(), Error> {
    let passwords = Passwords::begin();
    let folder = Folder::make(options)?;
    let config = configuration(folder.path())?;
    serve::start_log(&config.log);
    let ended = serve::on_executor(async {
        let mut signals = serve::signals()?;
        let listener = listen(options.listen, config.server.listen)?;
        let desk = Desk::open(&config, listener).await?;
        let known = people::make(&desk.handle, passwords).await?;
        tell(options, &desk, &known, folder.path()).await?;
        let traffic = traffic::begin(&desk.handle, desk.address, options.traffic).await?;
        let end = serve::attend(&desk, &mut signals, async |_| {}).await;
        drop(traffic);
        serve::close(desk, &mut signals).await;
        end
    });
    folder.leave();
    ended
}

/// Writes what the demonstration needs, and reads its configuration. What is there already stays: a folder that was kept
/// goes on where it was.
fn configuration(folder: &Path) -> Result<Config, Error> {
    let file = folder.join(FILE);
    shipped::write_new(&file, DESK)?;
    shipped::write_out(&folder.join("scripts"), shipped::SCRIPTS)?;
    shipped::write_out(&folder.join("faq"), shipped::ARTICLES)?;
    let mut config = Config::load(&file).map_err(Error::Faults)?;
    // Its words go to whoever started it; the log is for what they must know.
    config.log.level =
        std::env::var("HARK_LOG").ok().filter(|level| is_level(level)).unwrap_or("warn".to_owned());
    Ok(config)
}

fn is_level(text: &str) -> bool {
    text.parse::<tracing_subscriber::filter::Targets>().is_ok()
}

/// Listens where it is told, and fails when that is taken; or at the usual address, and elsewhere when that is taken.
fn listen(wanted: Option<SocketAddr>, usual: SocketAddr) -> Result<TcpListener, Error> {
    match wanted {
        Some(address) => serve::listen(address),
        None => serve::listen(usual).or_else(|_| serve::listen(SocketAddr::new(usual.ip(), 0))),
    }
}

async fn tell(options: &Options, desk: &Desk, known: &[Known; 3], folder: &Path) -> Result<(), Error> {
    let [agent, supervisor, admin] = known;
    let base = format!("http://{}", desk.address);
    if options.json {
        let who = |known: &Known| json!({ "login": known.login, "password": known.password });
        let mut told = json!({
            "base_url": base,
            "widget_key": "main",
            "agent": who(agent),
            "supervisor": who(supervisor),
            "admin": who(admin),
            "dir": folder.display().to_string(),
        });
        told["admin"]["token"] = admin.machine(&desk.handle).await?.into();
        say(told);
    } else {
        say(words(&base, known, &desk.handle, folder).await?);
    }
    Ok(())
}

async fn words(base: &str, known: &[Known; 3], handle: &Handle, folder: &Path) -> Result<String, Error> {
    let [agent, supervisor, _] = known;
    let (console, board) = (agent.one_time(handle).await?, supervisor.one_time(handle).await?);
    let passwords: Vec<_> =
        known.iter().map(|known| format!("{} / {}", known.login, known.password)).collect();
    Ok(format!(
        "\nHark is running. Open these, each in a window of its own:\n\n  \
         The agent       {base}/console#login={console}\n  \
         The customer    {base}/support\n  \
         The supervisor  {base}/supervisor#login={board}\n\n\
         As the agent choose Available; as the customer ask for a chat, with the e-mail address\n\
         maria.lopez@example.com or the case number CS-5512 for somebody whom the CRM knows.\n\n\
         The two links log in once. Later log in with\n  {}\n\
         (also leo, rosa and kofi, with the password of {}).\n\n\
         Everything lies in {}. Ctrl+C ends it.\n",
        passwords.join("\n  "),
        agent.login,
        folder.display(),
    ))
}

/// The demonstration's folder.
enum Folder {
    /// Goes when the demonstration ends.
    Passing(tempfile::TempDir),
    /// Stays.
    Kept(PathBuf),
}

impl Folder {
    fn make(options: &Options) -> Result<Self, Error> {
        if let Some(folder) = &options.dir {
            std::fs::create_dir_all(folder).map_err(Error::io("make", folder))?;
            let folder = std::fs::canonicalize(folder).map_err(Error::io("find", folder))?;
            return Ok(Self::Kept(folder));
        }
        let made = tempfile::Builder::new().prefix("hark-demo-").tempdir();
        let made = made.map_err(Error::io("make", std::env::temp_dir()))?;
        Ok(if options.keep { Self::Kept(made.keep()) } else { Self::Passing(made) })
    }

    fn path(&self) -> &Path {
        match self {
            Self::Passing(folder) => folder.path(),
            Self::Kept(folder) => folder,
        }
    }

    fn leave(self) {
        match self {
            Self::Passing(folder) => {
                if let Err(error) = folder.close() {
                    complain(format!("hark: the folder could not be removed: {error}"));
                }
            }
            Self::Kept(folder) => complain(format!("hark: everything is kept in {}", folder.display())),
        }
    }
}
