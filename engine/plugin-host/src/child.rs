//! The other end: what runs in a child process that holds one plugin. It loads the library, makes the instance, and
//! carries operations to it and answers back. It decides nothing: deadlines, queues and what an answer is worth are the
//! host's. When the host is gone, or its line is broken, it ends at once with everything that the plugin started.

mod walls;
mod wire;

use crate::border::Lent;
use crate::frames::{Frames, ToChild, ToHost};
use crate::in_process::InProcess;
use crate::instance::Instance;
use crate::library::Library;
use crate::limits;
use crate::transport::{Order, Transport as _};
use std::io::{self, Read as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use wire::Wire;

/// Was not started by a host.
const MISUSED: u8 = 2;

/// Runs one plugin for the host at the other end of standard input, which is a socket. It returns only if there is no
/// host: nobody is to start it by hand. It must be called before the process has any other thread.
#[must_use]
pub fn run() -> ExitCode {
    match walls::line() {
        Ok(line) => serve(line),
        // Nobody may be reading; there is nothing else to tell it to.
        Err(_) => ExitCode::from(MISUSED),
    }
}

fn serve(mut line: UnixStream) -> ! {
    let Ok(writer) = line.try_clone() else { walls::end() };
    let (wire, running) = (Arc::new(Wire::new(writer)), Arc::new(OnceLock::new()));
    let (steps, to_do) = channel();
    let starter = Starter { wire: Arc::clone(&wire), running: Arc::clone(&running) };
    let begun =
        std::thread::Builder::new().name("plugin-start".to_owned()).spawn(move || starter.run(&to_do));
    if begun.is_ok() {
        // What it returns with is the end of the line. That is never closed here: a plugin may have done so, and to close
        // what is closed already would be told as a death of another kind.
        let _ = listen(&mut line, &Nest { wire, running, steps });
    }
    walls::end()
}

/// A word for the thread that starts the plugin.
enum Step {
    Open { memory_bytes: u64, plugin: String, library: String },
    Create { config: String },
}

/// What the thread that reads the line works with. It never runs a function of the plugin, so it always answers.
struct Nest {
    wire: Arc<Wire>,
    running: Arc<OnceLock<InProcess>>,
    steps: Sender<Step>,
}

fn listen(line: &mut UnixStream, nest: &Nest) -> io::Result<()> {
    let (mut frames, mut chunk) = (Frames::default(), vec![0; limits::CHUNK_BYTES]);
    let broken = |_| io::Error::from(io::ErrorKind::InvalidData);
    loop {
        match line.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(read) => frames.put(&chunk[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        while let Some((kind, body)) = frames.take().map_err(broken)? {
            nest.hear(ToChild::decode(kind, body).map_err(broken)?);
        }
    }
}

impl Nest {
    fn hear(&self, word: ToChild<'_>) {
        match word {
            ToChild::Open { memory_bytes, plugin, library } => {
                let (plugin, library) = (plugin.to_owned(), library.to_owned());
                let _ = self.steps.send(Step::Open { memory_bytes, plugin, library });
            }
            ToChild::Create { config } => {
                let _ = self.steps.send(Step::Create { config: config.to_owned() });
            }
            ToChild::Call { id, deadline_ms, operation, request } => {
                let until = Instant::now() + Duration::from_millis(deadline_ms.into());
                let (operation, request) = (operation.to_owned().into(), request.to_vec());
                self.call(Order { id, operation, request, until, seat: None });
            }
            ToChild::Cancel { id } => {
                self.wire.cancelled(id);
                if let Some(running) = self.running.get() {
                    running.cancel(id);
                }
            }
            ToChild::Ping => self.wire.send(&ToHost::Pong),
            ToChild::End { within_ms } => self.end(Duration::from_millis(within_ms.into())),
        }
    }

    fn call(&self, order: Order) {
        let Some(running) = self.running.get() else {
            return self.wire.send(&ToHost::KeptBack { id: order.id, why: "it has not started" });
        };
        self.wire.opened(order.id);
        running.start(order);
    }

    /// Ends apart: this thread still reads, so that a host that goes away meanwhile is noticed.
    fn end(&self, within: Duration) {
        let running = Arc::clone(&self.running);
        let body = move || {
            if let Some(running) = running.get() {
                running.end(within);
            }
            walls::end()
        };
        if std::thread::Builder::new().name("plugin-end".to_owned()).spawn(body).is_err() {
            walls::end()
        }
    }
}

/// Opens the library and makes the instance, on a thread that may hang in either.
struct Starter {
    wire: Arc<Wire>,
    running: Arc<OnceLock<InProcess>>,
}

impl Starter {
    fn run(&self, steps: &Receiver<Step>) {
        let Ok(Step::Open { memory_bytes, plugin, library }) = steps.recv() else { walls::end() };
        if let Err(error) = walls::close_in(memory_bytes) {
            self.wire.warn(&format!("its memory is not limited: {error}"));
        }
        let library = match Library::open(Path::new(&library)) {
            Ok(library) => library,
            Err(why) => return self.wire.send(&ToHost::NotOpened { why: &why }),
        };
        let (minor, manifest) = (library.about.minor, library.described());
        self.wire.send(&ToHost::Opened { minor, manifest });
        let Ok(Step::Create { config }) = steps.recv() else { walls::end() };
        match self.create(&plugin, &library, &config) {
            Ok(()) => self.wire.send(&ToHost::Created),
            Err((later, why)) => self.wire.send(&ToHost::NotCreated { later, why: &why }),
        }
    }

    fn create(&self, plugin: &str, library: &Library, config: &str) -> Result<(), (bool, String)> {
        let lent = Lent::new(Arc::clone(&self.wire) as _);
        let instance = Instance::create(library, lent, config).map_err(|not| (not.later, not.why))?;
        let running =
            InProcess::start(plugin, Arc::clone(&self.wire) as _, &library.about.manifest, instance, false);
        let running = running.map_err(|error| (true, format!("there is no thread for it: {error}")))?;
        // It is set once: only this thread does.
        let _ = self.running.set(running);
        Ok(())
    }
}
