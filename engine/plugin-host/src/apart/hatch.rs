//! Starts a child process and talks with it until there is an instance: open the library, hear what it is, make the
//! instance. All of it blocks, and none of it longer than [`limits::START`] a step.

use super::{leash, words};
use crate::about::About;
use crate::frames::{Frames, ToChild, ToHost};
use crate::instance::NotCreated;
use crate::ledger::Ledger;
use crate::limits;
use crate::listener::Listener as _;
use crate::manifest::Manifest;
use rustix::process::{Pid, Signal, kill_process_group};
use std::io::{self, Read as _, Write as _};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

/// What the program that runs a plugin is told.
const COMMAND: &str = "plugin-host";
/// C's allocator would reserve a piece of address space for each thread.
const FEW_ARENAS: (&str, &str) = ("MALLOC_ARENA_MAX", "2");

/// What is needed to start a child, again and again.
#[derive(Clone)]
pub(crate) struct Nest {
    pub(crate) program: PathBuf,
    pub(crate) library: PathBuf,
    pub(crate) memory_bytes: u64,
    pub(crate) ledger: Arc<Ledger>,
}

/// A child with an open library. Dropped it is killed.
pub(crate) struct Hatched {
    pub(crate) about: About,
    pub(super) memory_bytes: u64,
    talk: Talk,
}

/// The two of us before there is an instance.
struct Talk {
    child: Option<Child>,
    stream: UnixStream,
    frames: Frames,
    ledger: Arc<Ledger>,
}

impl Nest {
    /// Starts a child and opens the library there.
    ///
    /// # Errors
    /// Why the library cannot be used.
    pub(crate) fn hatch(&self) -> Result<Hatched, String> {
        let mut talk = self.spawn().map_err(|error| format!("its process cannot be started: {error}"))?;
        let library = self.library.to_str().ok_or_else(|| "its path is not UTF-8".to_owned())?;
        let (memory_bytes, plugin) = (self.memory_bytes, self.ledger.plugin.as_str());
        let opened = talk.ask(&ToChild::Open { memory_bytes, plugin, library }, |word| match word {
            ToHost::Opened { minor, manifest } => Some(Manifest::read(manifest).map(|read| (minor, read))),
            ToHost::NotOpened { why } => Some(Err(why.to_owned())),
            _ => None,
        });
        let (minor, manifest) = opened.unwrap_or_else(|why| Err(format!("while it was loaded it {why}")))?;
        Ok(Hatched { about: About::new(&self.library, manifest, minor), memory_bytes, talk })
    }

    fn spawn(&self) -> io::Result<Talk> {
        let (ours, theirs) = UnixStream::pair()?;
        let (output, written) = io::pipe()?;
        let also_written = written.try_clone()?;
        let child = Command::new(&self.program)
            .arg(COMMAND)
            .arg(&self.ledger.plugin)
            .env(FEW_ARENAS.0, FEW_ARENAS.1)
            .process_group(0)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::from(written))
            .stderr(Stdio::from(also_written))
            .spawn()?;
        words::pass_on(output, Arc::clone(&self.ledger));
        let (ledger, frames) = (Arc::clone(&self.ledger), Frames::default());
        Ok(Talk { child: Some(child), stream: ours, frames, ledger })
    }
}

impl Hatched {
    /// Makes the instance.
    pub(super) fn create(mut self, config: &str) -> Result<(Child, UnixStream, Frames), NotCreated> {
        let made = self.talk.ask(&ToChild::Create { config }, |word| match word {
            ToHost::Created => Some(Ok(())),
            ToHost::NotCreated { later, why } => Some(Err(NotCreated { later, why: why.to_owned() })),
            _ => None,
        });
        // A child that dies may live another time: the desk goes on without it until then.
        let later = |why| NotCreated { later: true, why: format!("while it was started it {why}") };
        made.map_err(later)??;
        let Talk { child, stream, frames, .. } = &mut self.talk;
        let unusable = |error: io::Error| later(format!("lost its line: {error}"));
        let stream = stream.try_clone().and_then(|stream| stream.set_read_timeout(None).map(|()| stream));
        let child = child.take().ok_or_else(|| later("ended".to_owned()))?;
        Ok((child, stream.map_err(unusable)?, std::mem::take(frames)))
    }
}

impl Talk {
    /// Says something and waits for the word that answers it; meanwhile the plugin's log and health are heard.
    ///
    /// # Errors
    /// What the child did instead, as "it …" goes on.
    fn ask<T>(&mut self, say: &ToChild<'_>, answer: impl Fn(ToHost<'_>) -> Option<T>) -> Result<T, String> {
        let until = Instant::now() + limits::START;
        // A child that does not hear is noticed when it does not answer.
        let _ = self.stream.set_write_timeout(Some(limits::START));
        let _ = self.stream.write_all(&say.encode());
        loop {
            while let Some((kind, body)) =
                self.frames.take().map_err(|_| "spoke what nobody understands".to_owned())?
            {
                match ToHost::decode(kind, body) {
                    Ok(ToHost::Log { level, text }) => self.ledger.log(level, text),
                    // It may be quicker than the word that there is an instance.
                    Ok(ToHost::Health { ailment }) => {
                        self.ledger.diagnose((!ailment.is_empty()).then(|| ailment.to_owned()));
                    }
                    Ok(word) => {
                        if let Some(answer) = answer(word) {
                            return Ok(answer);
                        }
                    }
                    Err(_) => return Err("spoke what nobody understands".to_owned()),
                }
            }
            self.read(until)?;
        }
    }

    fn read(&mut self, until: Instant) -> Result<(), String> {
        let left = until.saturating_duration_since(Instant::now());
        let too_long = || format!("took longer than {} s", limits::START.as_secs());
        if left.is_zero() || self.stream.set_read_timeout(Some(left)).is_err() {
            return Err(too_long());
        }
        let mut chunk = [0; 4096];
        match self.stream.read(&mut chunk) {
            Ok(0) => Err(self.epitaph()),
            Ok(read) => {
                self.frames.put(&chunk[..read]);
                Ok(())
            }
            Err(error) => match error.kind() {
                io::ErrorKind::Interrupted => Ok(()),
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Err(too_long()),
                _ => Err(self.epitaph()),
            },
        }
    }

    /// How it ended.
    fn epitaph(&mut self) -> String {
        let Some(mut child) = self.child.take() else { return "ended".to_owned() };
        // It closed its line, which a living one never does.
        let status = child.try_wait().ok().flatten();
        kill(&mut child);
        match status.map_or_else(|| child.wait().ok(), Some) {
            Some(status) => leash::told(status),
            None => "ended".to_owned(),
        }
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = self.stream.shutdown(Shutdown::Both);
            kill(child);
            let _ = child.wait();
        }
    }
}

/// Kills it with what it started. It has not been waited for, so the number is its own.
fn kill(child: &mut Child) {
    let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
}
