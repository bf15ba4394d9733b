//! What a plugin in a child process writes to standard output and error: lines for the log, as if it had logged them. It
//! reads as long as anybody writes, so that nobody waits for a reader.

use crate::ledger::Ledger;
use crate::limits;
use crate::listener::Listener as _;
use hark_plugin_abi as abi;
use std::io::{PipeReader, Read as _};
use std::sync::Arc;

/// Reads on a thread of its own, which ends with the last writer.
pub(super) fn pass_on(mut output: PipeReader, ledger: Arc<Ledger>) {
    let name = format!("words-{}", ledger.plugin);
    let body = move || {
        let (mut line, mut chunk) = (Vec::new(), [0; 4096]);
        while let Ok(read @ 1..) = output.read(&mut chunk) {
            take_lines(&chunk[..read], &mut line, |line| ledger.log(abi::LOG_WARN, line));
        }
        take_lines(b"\n", &mut line, |line| ledger.log(abi::LOG_WARN, line));
    };
    // Without a thread nobody hears it, and its writer is told so by a broken pipe.
    let _ = std::thread::Builder::new().name(name).spawn(body);
}

/// Gives each whole line, and keeps the beginning of the next, as much of it as is shown.
fn take_lines(bytes: &[u8], line: &mut Vec<u8>, mut give: impl FnMut(&[u8])) {
    for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
        let (words, whole) = piece.strip_suffix(b"\n").map_or((piece, false), |words| (words, true));
        let room = (limits::LOG_LINE_BYTES + 1).saturating_sub(line.len());
        line.extend_from_slice(&words[..words.len().min(room)]);
        if whole {
            if !line.is_empty() {
                give(line);
            }
            line.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::take_lines;
    use crate::limits;

    #[test]
    fn lines_are_whole_and_bounded_however_they_come() {
        let (mut line, mut seen) = (Vec::new(), Vec::new());
        let text = [&b"one\n\ntwo"[..], b"\n", &vec![b'x'; 100_000], b"\nlast"].concat();
        for piece in text.chunks(7) {
            take_lines(piece, &mut line, |line| seen.push(line.to_vec()));
        }
        take_lines(b"\n", &mut line, |line| seen.push(line.to_vec()));
        let long = vec![b'x'; limits::LOG_LINE_BYTES + 1];
        assert_eq!(seen, [b"one".to_vec(), b"two".to_vec(), long, b"last".to_vec()]);
    }
}
