//! Where in a script something happened: from an error's text and trace, or from the running stack.

use crate::fault::Fault;
use mlua::{Error, Lua};

/// Deepest frame that is looked at for a line of the script's.
const DEEPEST: usize = 64;
/// Longest message that is kept, in characters: a script can raise megabytes.
const MESSAGE_LIMIT: usize = 500;
/// What is looked at of an error's text, in bytes: its beginning, and its end, where the trace is.
const HEAD: usize = 4096;
const TAIL: usize = 8192;

/// File and line of the innermost running function that comes from a script.
pub(crate) fn of_stack(lua: &Lua) -> Option<(String, u32)> {
    for level in 0..DEEPEST {
        let found = lua.inspect_stack(level, |frame| {
            let file = frame.source().short_src.map(std::borrow::Cow::into_owned).unwrap_or_default();
            (file, frame.current_line())
        })?;
        if let (file, Some(line)) = found
            && is_script(&file)
        {
            return Some((file, u32::try_from(line).unwrap_or(0)));
        }
    }
    None
}

/// The fault that an error tells of. `file` stands where no script is named.
pub(crate) fn of_error(file: &str, error: &Error) -> Fault {
    let (text, trace) = flatten(error);
    let (message, own_trace) = match text.split_once("\nstack traceback:") {
        Some((message, trace)) => (message.to_owned(), trace.to_owned()),
        None => (text, String::new()),
    };
    if let Some((place, rest)) = position(&message) {
        return Fault::new(&place.0, place.1, shorten(rest));
    }
    let traced = own_trace.lines().chain(trace.lines()).find_map(|line| position(line.trim()));
    let (place, line) = traced.map_or((file.to_owned(), 0), |(place, _)| place);
    Fault::new(&place, line, shorten(&message))
}

/// Whether memory ran out.
pub(crate) fn is_memory(error: &Error) -> bool {
    match error {
        Error::MemoryError(_) => true,
        Error::CallbackError { cause, .. } => is_memory(cause),
        Error::RuntimeError(text) => text.contains("not enough memory"),
        _ => false,
    }
}

/// The message at the bottom of nested errors, and their traces.
fn flatten(error: &Error) -> (String, String) {
    match error {
        Error::CallbackError { traceback, cause } => {
            let (text, trace) = flatten(cause);
            (text, format!("{trace}\n{traceback}"))
        }
        Error::RuntimeError(text) | Error::MemoryError(text) => (bounded(text), String::new()),
        Error::SyntaxError { message, .. } => (message.clone(), String::new()),
        other => (other.to_string(), String::new()),
    }
}

/// A text without its middle when it is long.
fn bounded(text: &str) -> String {
    if text.len() <= HEAD + TAIL {
        return text.to_owned();
    }
    let (head, tail) = (text.floor_char_boundary(HEAD), text.ceil_char_boundary(text.len() - TAIL));
    format!("{}…{}", &text[..head], &text[tail..])
}

/// `file:line` at the beginning of a text, when the file is a script, and what follows.
fn position(text: &str) -> Option<((String, u32), &str)> {
    let (file, rest) = text.split_once(':')?;
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let line = rest.get(..digits)?.parse().ok()?;
    let rest = rest[digits..].trim_start_matches([':', ' ']);
    is_script(file).then(|| ((file.to_owned(), line), rest))
}

fn is_script(file: &str) -> bool {
    (file.ends_with(".lua") || file.ends_with(".luau")) && !file.starts_with('[')
}

/// The trusted part raises errors in the script's name.
fn without_prelude(message: &str) -> &str {
    let rest = message.strip_prefix("prelude:").and_then(|rest| rest.split_once(": "));
    match rest {
        Some((line, rest)) if line.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        _ => message,
    }
}

fn shorten(message: &str) -> String {
    let explained = without_prelude(message).replace(
        "attempt to modify a readonly table",
        "attempt to change what is read-only: questions, hark, libraries and globals (write `local` for a variable)",
    );
    match explained.char_indices().nth(MESSAGE_LIMIT) {
        Some((end, _)) => format!("{}…", &explained[..end]),
        None => explained,
    }
}
