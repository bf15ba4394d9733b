//! A PostgreSQL of the tests' own, in a temporary folder: made by initdb, reached by its Unix socket, or by TCP with a
//! password. It ends and is cleaned away with the test process, however that ends.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The password of the user `postgres` over TCP.
pub(crate) const PASSWORD: &str = "correct horse";
/// How long a start or stop may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Runs a server until its own standard input ends, which it does when the test process ends.
const KEEPER: &str = r#""$@" </dev/null & server=$!; read -r _; kill -INT $server; wait $server"#;
/// Cleans away after the last server of a folder.
const CLEANER: &str = r#"folder=$0; read -r _; sleep 1; rm -rf "$folder""#;

/// A server that can be stopped and started.
pub(crate) struct Server {
    folder: PathBuf,
    port: u16,
    user: Option<u32>,
    running: Option<Child>,
    _cleaner: Child,
}

impl Server {
    /// Makes a new one and starts it. With a certificate and its key, both PEM, it speaks TLS over TCP.
    pub(crate) fn start(tls: Option<(&str, &str)>) -> Self {
        let folder = tempfile::tempdir().expect("a folder").keep();
        let user = unprivileged();
        let cleaner = Command::new("sh").args(["-c", CLEANER]).arg(&folder).stdin(Stdio::piped()).spawn();
        let port = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port").port();
        let mut server =
            Self { folder, port, user, running: None, _cleaner: cleaner.expect("the tests need `sh`") };
        for (name, text) in
            [("password", PASSWORD), ("cert", tls.unwrap_or_default().0), ("key", tls.unwrap_or_default().1)]
        {
            server.write(name, text);
        }
        server.own(&server.folder);
        server.initdb();
        server.run(tls.is_some());
        server
    }

    /// Where it is reached without a password, to the given database.
    pub(crate) fn url(&self) -> String {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{folder}:{}/postgres", self.port)
    }

    /// Where it is reached over TCP, by a name that is in the certificate.
    pub(crate) fn tcp_url(&self, login: &str) -> String {
        format!("postgres://{login}@localhost:{}/postgres", self.port)
    }

    /// A file beside the data that only the server's user can read.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.join(name);
        fs::write(&path, text).expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("changed");
        self.own(&path);
        path
    }

    /// Stops it as an admin does who does not wait.
    pub(crate) fn stop(&mut self) {
        let mut running = self.running.take().expect("it runs");
        drop(running.stdin.take());
        running.wait().expect("it ends");
    }

    /// Starts it again, or for the first time.
    pub(crate) fn run(&mut self, tls: bool) {
        let mut command = self.command("sh");
        command
            .args(["-c", KEEPER, "keeper"])
            .arg(program("postgres"))
            .arg("-D")
            .arg(self.folder.join("data"));
        let mut settings = vec![
            "listen_addresses=127.0.0.1".to_owned(),
            format!("port={}", self.port),
            format!("unix_socket_directories={}", self.folder.display()),
            "max_connections=200".to_owned(),
            "fsync=off".to_owned(),
        ];
        if tls {
            settings.push("ssl=on".to_owned());
            settings.push(format!("ssl_cert_file={}", self.folder.join("cert").display()));
            settings.push(format!("ssl_key_file={}", self.folder.join("key").display()));
        }
        for setting in settings {
            command.args(["-c", &setting]);
        }
        let log = fs::File::create(self.folder.join("log")).expect("made");
        command.stdin(Stdio::piped()).stdout(log.try_clone().expect("shared")).stderr(log);
        self.running = Some(command.spawn().expect("it starts"));
        self.wait();
    }

    fn wait(&self) {
        let end = Instant::now() + PATIENCE;
        let (log, ready) = (self.folder.join("log"), "ready to accept connections");
        while !fs::read_to_string(&log).is_ok_and(|text| text.contains(ready)) {
            let said = || fs::read_to_string(&log).unwrap_or_default();
            assert!(Instant::now() < end, "PostgreSQL does not start: {}", said());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn initdb(&self) {
        let mut command = self.command(program("initdb"));
        command.args(["--username=postgres", "--auth-local=trust", "--auth-host=scram-sha-256"]);
        command.args(["--encoding=UTF8", "--locale=C", "--no-sync", "--pwfile"]);
        command.arg(self.folder.join("password")).arg("-D").arg(self.folder.join("data"));
        let done = command.output().expect("initdb runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    /// PostgreSQL does not run as root: then another user runs it.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = match self.user {
            None => Command::new(program),
            Some(user) => {
                let mut command = Command::new("setpriv");
                command.args([
                    format!("--reuid={user}"),
                    format!("--regid={user}"),
                    "--clear-groups".to_owned(),
                ]);
                command.arg(program);
                command
            }
        };
        command.current_dir(&self.folder).env_remove("LANG").env("LC_ALL", "C");
        command
    }

    fn own(&self, path: &Path) {
        if let Some(user) = self.user {
            chown(path, Some(user), Some(user)).expect("root may");
        }
    }
}

/// The id of a user that is not root, when root runs the tests.
fn unprivileged() -> Option<u32> {
    let id = |args: &[&str]| -> Option<u32> {
        let said = Command::new("id").args(args).output().expect("the tests need `id`");
        String::from_utf8_lossy(&said.stdout).trim().parse().ok()
    };
    if id(&["-u"]) != Some(0) {
        return None;
    }
    id(&["-u", "postgres"]).or_else(|| id(&["-u", "nobody"])).or(Some(65_534))
}

/// A program of PostgreSQL's, where Debian has it, or in the PATH.
fn program(name: &str) -> PathBuf {
    let mut found: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin").join(name))
        .filter(|path| path.exists())
        .collect();
    found.sort();
    found.pop().unwrap_or_else(|| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut all = std::env::split_paths(&path).map(|folder| folder.join(name));
        all.find(|path| path.exists())
            .unwrap_or_else(|| panic!("no {name}: `tests/run --only prepare` installs it"))
    })
}
