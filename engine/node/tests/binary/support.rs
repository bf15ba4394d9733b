//! Starts the real binary and speaks HTTP with it. Nothing here outlives its test.

use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

/// Longest that anything here may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often something that cannot be waited for is looked at.
const GLANCE: Duration = Duration::from_millis(10);

/// A command of the binary, to be run to its end.
pub(crate) fn hark(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hark"));
    command.args(args).env_remove("STATE_DIRECTORY").env_remove("NOTIFY_SOCKET").stdin(Stdio::null());
    command
}

/// Runs a command to its end, with something on its standard input.
pub(crate) fn hark_with_input(args: &[&str], input: &str) -> Output {
    let mut command = hark(args);
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("the binary starts");
    child.stdin.take().expect("it is piped").write_all(input.as_bytes()).expect("it reads");
    child.wait_with_output().expect("it ends")
}

/// What a command printed on both outputs.
pub(crate) fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A running binary that serves.
pub(crate) struct Running {
    child: Child,
    /// Kept open: a process whose reader went away must not notice.
    stderr: Option<BufReader<ChildStderr>>,
    /// `127.0.0.1:PORT`.
    pub(crate) address: String,
    /// What `hark demo --json` told.
    pub(crate) told: Value,
}

impl Running {
    /// `hark demo --json` on a free port.
    pub(crate) fn demo(args: &[&str]) -> Self {
        let mut command = hark(&["demo", "--json", "--listen", "127.0.0.1:0"]);
        let mut child = command.args(args).stdout(Stdio::piped()).spawn().expect("the binary starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut line).expect("it prints");
        let told: Value = serde_json::from_str(&line).expect("the first line is JSON");
        let address = told["base_url"].as_str().expect("it is told").trim_start_matches("http://").to_owned();
        Self { child, stderr: None, address, told }
    }

    /// `hark serve` of a configuration that listens on port 0.
    pub(crate) fn serve(file: &Path) -> Self {
        let mut command = hark(&["serve", "--config", &file.display().to_string()]);
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the binary starts");
        let mut stderr = BufReader::new(child.stderr.take().expect("it is piped"));
        let address = loop {
            let mut line = String::new();
            assert_ne!(stderr.read_line(&mut line).expect("it prints"), 0, "it ended before it served");
            if let Some((_, address)) = line.trim().split_once("serving on http://") {
                break address.to_owned();
            }
        };
        Self { child, stderr: Some(stderr), address, told: Value::Null }
    }

    /// Sends a signal by name.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &pid]).status().expect("there is a kill");
        assert!(sent.success());
    }

    /// Reads its configuration again, and answers what the log says of it.
    pub(crate) fn reload(&mut self) -> String {
        self.signal("HUP");
        let stderr = self.stderr.as_mut().expect("it serves");
        let mut said = String::new();
        loop {
            let begin = said.len();
            assert_ne!(stderr.read_line(&mut said).expect("it prints"), 0, "it ended before it reloaded");
            if said[begin..].contains("reloaded") {
                return said;
            }
        }
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let status = || self.child.try_wait().expect("it is ours");
        eventually("the process ends", status)
    }

    pub(crate) fn get(&self, path: &str, token: &str) -> (u16, Value) {
        request(&self.address, "GET", path, token, "")
    }

    pub(crate) fn post(&self, path: &str, token: &str, body: &Value) -> (u16, Value) {
        request(&self.address, "POST", path, token, &body.to_string())
    }

    pub(crate) fn send(&self, method: &str, path: &str, token: &str, body: &Value) -> (u16, Value) {
        request(&self.address, method, path, token, &body.to_string())
    }

    /// Status of a log-in.
    pub(crate) fn log_in(&self, login: &str, password: &str) -> (u16, Value) {
        self.post("/v1/sessions", "", &serde_json::json!({ "login": login, "password": password }))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended already is no fault.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Looks again and again until something is there.
pub(crate) fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "{what}: not within {PATIENCE:?}");
        std::thread::sleep(GLANCE);
    }
}

fn request(address: &str, method: &str, path: &str, token: &str, body: &str) -> (u16, Value) {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time can be set");
    let bearer = if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n{bearer}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers in UTF-8");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head ends");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    (status, serde_json::from_str(body).unwrap_or(Value::Null))
}
