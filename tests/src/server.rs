//! The real binary as a child process on a folder and a port of its own: started, killed as a power cut would, started
//! again, stopped. It never touches another process and looks at nothing of the desk but whether it is ready.

use crate::client::{Api, NoAnswer, soon};
use crate::{repository, within};
use hyper::Method;
use serde_json::{Value, json};
use std::fs::{self, File, OpenOptions};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, thread};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};

/// How long the binary may take until it serves, on a machine that does much else.
const START: Duration = Duration::from_secs(60);
/// How long it may take to stop: its own drain and something over.
const STOP: Duration = Duration::from_secs(30);
/// Between two looks whether it serves.
const LOOK: Duration = Duration::from_millis(20);
/// Lines of its log that a failure shows.
const LOG_LINES: usize = 40;
/// Ports below those that systems hand out for outgoing connections: a client that tries again while nobody listens
/// could otherwise be given the very port that it wants to reach.
const PORTS: std::ops::Range<u16> = 20_000..32_000;
/// Everybody's password in a story's desk.
const PASSWORD: &str = "a story's own password";

/// The binary under test: `HARK_BIN`, or the one beside the test's own.
///
/// # Panics
/// It is not there.
#[must_use]
pub fn binary() -> PathBuf {
    let beside = || {
        let own = env::current_exe().expect("a test knows where it lies");
        own.ancestors().nth(2).expect("a test lies in deps of the target folder").join("hark")
    };
    let binary = env::var_os("HARK_BIN").map_or_else(beside, PathBuf::from);
    assert!(
        binary.exists(),
        "{} is missing: run `cargo build --workspace`, or set HARK_BIN",
        binary.display()
    );
    binary
}

/// A port that nobody listens on.
///
/// # Panics
/// There is none.
#[must_use]
pub fn free_port() -> u16 {
    // Tests run at the same time, in threads and in processes: each takes another port.
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    let begin = std::process::id().wrapping_mul(97);
    let count = u32::from(PORTS.end - PORTS.start);
    for _ in 0..count {
        let place = begin.wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed)) % count;
        let port = PORTS.start + u16::try_from(place).expect("a place among the ports");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free")
}

/// A text as TOML writes it.
#[must_use]
pub fn quote(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

/// Somebody who can log in.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their id.
    pub id: String,
    /// Name to log in with.
    pub login: String,
    /// Their password.
    pub password: String,
}

/// What `hark demo --json` says on its first line.
#[derive(Debug, Clone)]
pub struct Demo {
    /// All of it.
    pub said: Value,
    /// The widget's key.
    pub widget: String,
}

/// The running binary.
#[derive(Debug)]
pub struct Server {
    child: Option<Child>,
    arguments: Vec<String>,
    folder: TempDir,
    base: String,
    api: Api,
    first_line: String,
    admin: Option<String>,
    environment: Vec<(String, String)>,
}

impl Server {
    /// Starts `hark serve` on a configuration of the story's own: the given lines, with `[server]` written for it, and
    /// an admin. `{repository}` becomes the repository's folder.
    ///
    /// # Panics
    /// It does not start.
    pub async fn serve(settings: &str) -> Self {
        Self::serve_with(settings, "").await
    }

    /// As [`Server::serve`], with further lines of `[server]`.
    ///
    /// # Panics
    /// It does not start.
    pub async fn serve_with(settings: &str, of_server: &str) -> Self {
        Self::begin(Self::configured(settings, of_server)).await
    }

    /// As [`Server::serve`], after `furnish` has put something into its folder.
    ///
    /// # Panics
    /// It does not start.
    pub async fn serve_after(settings: &str, furnish: impl FnOnce(&Path)) -> Self {
        let server = Self::configured(settings, "");
        furnish(server.folder());
        Self::begin(server).await
    }

    async fn begin(mut server: Self) -> Self {
        let file = server.folder().join("config.toml").display().to_string();
        run(&["user", "add", "admin", "--role", "admin", "--password-stdin", "--config", &file], PASSWORD)
            .await;
        let token = run(&["token", "add", "admin", "--config", &file], "").await.trim().to_owned();
        server.admin = Some(token);
        server.start().await;
        server
    }

    /// A server that does not run yet, on the data that `fill` puts into its data folder: people and tokens are those of
    /// the server that the data is of.
    ///
    /// # Panics
    /// Its folder cannot be made.
    pub fn over(&self, settings: &str, fill: impl FnOnce(&Path)) -> Self {
        let mut server = Self::configured(settings, "");
        server.admin.clone_from(&self.admin);
        fill(&server.data());
        server
    }

    /// The configuration in a folder of its own.
    fn configured(settings: &str, of_server: &str) -> Self {
        let folder = TempDir::with_prefix("hark-story-").expect("a temporary folder can be made");
        let port = free_port();
        let settings = settings.replace("{repository}", &repository().display().to_string());
        let config = format!(
            "{settings}\n[server]\nlisten = \"127.0.0.1:{port}\"\ndata_dir = \"data\"\n{of_server}\n"
        );
        let file = folder.path().join("config.toml");
        fs::write(&file, config).expect("a configuration can be written");
        let arguments = ["serve", "--config", &file.display().to_string()].map(str::to_owned).to_vec();
        Self::new(arguments, folder, port)
    }

    /// Its data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    /// Sets a variable of the environment for all starts from now on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Starts `hark demo --json` in a folder of its own.
    ///
    /// # Panics
    /// It does not start, or says something else than it promises.
    pub async fn demo() -> (Self, Demo) {
        let folder = TempDir::with_prefix("hark-story-").expect("a temporary folder can be made");
        let port = free_port();
        let dir = folder.path().display().to_string();
        let listen = format!("127.0.0.1:{port}");
        let arguments = ["demo", "--json", "--listen", &listen, "--dir", &dir].map(str::to_owned).to_vec();
        let mut server = Self::new(arguments, folder, port);
        server.start().await;
        let said: Value = serde_json::from_str(&server.first_line).expect("the first line is JSON");
        server.admin = said["admin"]["token"].as_str().map(str::to_owned);
        let widget = said["widget_key"].as_str().expect("the demo has a widget").to_owned();
        (server, Demo { said, widget })
    }

    fn new(arguments: Vec<String>, folder: TempDir, port: u16) -> Self {
        let base = format!("http://127.0.0.1:{port}");
        let api = Api::new(&base);
        let (first_line, environment) = (String::new(), Vec::new());
        Self { child: None, arguments, folder, base, api, first_line, admin: None, environment }
    }

    /// Its address, `http://…`.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Its folder: configuration, data, log.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its process.
    ///
    /// # Panics
    /// It does not run.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.as_ref().and_then(Child::id).expect("it runs")
    }

    /// Nobody's way to the API. All ways of one server count the faults of all.
    #[must_use]
    pub fn nobody(&self) -> Api {
        self.api.clone()
    }

    /// The admin's way to the API, by a machine's token.
    ///
    /// # Panics
    /// There is no admin.
    #[must_use]
    pub fn admin(&self) -> Api {
        self.nobody().with(self.admin.as_deref().expect("there is an admin"))
    }

    /// Makes an agent or supervisor.
    ///
    /// # Panics
    /// It is refused.
    pub async fn hire(&self, login: &str, role: &str, capacity: u64, queues: &[&str]) -> Person {
        let wish = json!({
            "login": login, "name": login, "password": PASSWORD, "role": role, "capacity": capacity, "queues": queues,
        });
        let made = self.admin().post("/v1/agents", &wish).await.is(201);
        let id = made["id"].as_str().expect("an agent has an id").to_owned();
        Person { id, login: login.to_owned(), password: PASSWORD.to_owned() }
    }

    /// The process alone, on the same folder: for what a second server does there.
    ///
    /// # Panics
    /// It cannot be started.
    pub async fn second(&self) -> (ExitStatus, String) {
        let mut command = Command::new(binary());
        command.args(&self.arguments).envs(self.environment.iter().map(|(name, value)| (name, value)));
        let command = command.stdin(Stdio::null()).kill_on_drop(true).output();
        let output =
            within(START, "the second server's end", command).await.expect("the binary can be started");
        (output.status, String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// Starts it, again or for the first time, and waits until it serves.
    ///
    /// # Panics
    /// It runs already, or does not start.
    pub async fn start(&mut self) {
        let stdout = self.spawn();
        let json = self.arguments.iter().any(|argument| argument == "--json");
        if json {
            let mut line = String::new();
            let mut lines = BufReader::new(stdout);
            within(START, "the first line", lines.read_line(&mut line))
                .await
                .expect("standard output is text");
            self.first_line = line;
        }
        self.wait_until_ready().await;
    }

    /// Starts it and waits for nothing; gives its standard output.
    ///
    /// # Panics
    /// It runs already, or cannot be started.
    pub fn spawn(&mut self) -> ChildStdout {
        assert!(self.child.is_none(), "it runs already");
        let log = OpenOptions::new().create(true).append(true).open(self.log_file());
        let log: File = log.expect("the log can be written");
        let mut command = Command::new(binary());
        command
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true);
        let mut child = command.spawn().expect("the binary can be started");
        let stdout = child.stdout.take().expect("it is piped");
        self.child = Some(child);
        stdout
    }

    async fn wait_until_ready(&mut self) {
        let (api, until) = (self.nobody(), Instant::now() + START);
        loop {
            let last = match soon(api.try_send(Method::GET, "/readyz", None)).await {
                Ok(answer) if answer.status == 200 => return,
                Ok(answer) => answer.to_string(),
                Err(NoAnswer(why)) => why,
            };
            let ended = self.child.as_mut().expect("it runs").try_wait().expect("a child can be asked");
            assert!(ended.is_none(), "hark ended with {ended:?}\n{}", self.log());
            assert!(Instant::now() < until, "hark does not serve: {last}\n{}", self.log());
            tokio::time::sleep(LOOK).await;
        }
    }

    /// SIGKILL: no clean-up, as in a crash. The folder stays.
    ///
    /// # Panics
    /// It does not run.
    pub async fn kill(&mut self) {
        let mut child = self.child.take().expect("it runs");
        child.start_kill().expect("a child can be killed");
        within(STOP, "the end after SIGKILL", child.wait()).await.expect("a child can be waited for");
    }

    /// SIGTERM, and its end.
    ///
    /// # Panics
    /// It does not run, or does not end.
    pub async fn stop(&mut self) -> ExitStatus {
        self.signal("TERM").await;
        self.ended().await
    }

    /// Sends a signal by name, such as `TERM`.
    ///
    /// # Panics
    /// It does not run.
    pub async fn signal(&self, name: &str) {
        let told = Command::new("sh").arg("-c").arg(format!("kill -{name} {}", self.pid())).status().await;
        assert!(told.expect("a shell can be started").success(), "the signal was sent");
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// It does not end.
    pub async fn ended(&mut self) -> ExitStatus {
        let mut child = self.child.take().expect("it runs");
        within(STOP, "the end", child.wait()).await.expect("a child can be waited for")
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("stderr.log")
    }

    /// Whether its log says this anywhere.
    #[must_use]
    pub fn has_said(&self, text: &str) -> bool {
        fs::read_to_string(self.log_file()).is_ok_and(|log| log.contains(text))
    }

    /// The last lines of its log.
    #[must_use]
    pub fn log(&self) -> String {
        let log = fs::read_to_string(self.log_file()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("the end of hark's log:\n{}", self.log());
        }
    }
}

/// Runs a command of the binary to its end and gives what it printed.
async fn run(arguments: &[&str], input: &str) -> String {
    let mut command = Command::new(binary());
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command.spawn().expect("the binary can be started");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(format!("{input}\n").as_bytes()).await.expect("it reads");
    drop(stdin);
    let output =
        within(START, "the end of a command", child.wait_with_output()).await.expect("a child has an end");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "hark {arguments:?}: {}\n{complaint}", output.status);
    String::from_utf8(output.stdout).expect("a command prints text")
}
