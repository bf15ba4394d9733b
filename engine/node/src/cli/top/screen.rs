//! The terminal: how large it is, whether it shows colours, and a screen of our own while the desk is watched. It is given
//! back as it was.

use super::table::Line;
use rustix::termios::tcgetwinsize;
use std::io::{self, IsTerminal as _, Write as _};

/// Where no terminal tells its size.
const USUAL: Size = Size { columns: 120, rows: 0 };
/// Narrower than this nothing can be read: lines are cut instead.
const NARROWEST: usize = 40;

/// Cells of a terminal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) columns: usize,
    /// 0 when there is no end.
    pub(super) rows: usize,
}

/// Whether somebody watches.
pub(super) fn is_watched() -> bool {
    io::stdout().is_terminal()
}

/// Whether colours are wanted: a terminal, and nobody who said otherwise (<https://no-color.org>).
pub(super) fn has_colour() -> bool {
    is_watched() && std::env::var_os("NO_COLOR").is_none_or(|wish| wish.is_empty())
}

/// How large the terminal is; `COLUMNS` says it where there is none.
pub(super) fn size() -> Size {
    let said = || std::env::var("COLUMNS").ok()?.parse().ok();
    let told = tcgetwinsize(io::stdout()).ok().filter(|size| size.ws_col > 0);
    let size = match told {
        Some(size) => Size { columns: size.ws_col.into(), rows: size.ws_row.into() },
        None => Size { columns: said().unwrap_or(USUAL.columns), ..USUAL },
    };
    Size { columns: size.columns.max(NARROWEST), ..size }
}

/// A screen of our own, for as long as it lives.
pub(super) struct Screen {
    colour: bool,
}

impl Screen {
    /// Takes the terminal's other screen, without a cursor.
    pub(super) fn take() -> Self {
        write("\x1b[?1049h\x1b[?25l");
        Self { colour: has_colour() }
    }

    /// Shows lines in the place of those before. What does not fit is counted.
    pub(super) fn draw(&self, lines: &[Line], rows: usize) {
        let fits = if rows == 0 || lines.len() <= rows { lines.len() } else { rows.saturating_sub(1) };
        let mut shown: Vec<String> = lines[..fits].iter().map(|line| line.paint(self.colour)).collect();
        if fits < lines.len() {
            shown.push(format!("… {} more lines", lines.len() - fits));
        }
        // Each line is cleared before it is written: behind a full one the cursor still stands in its last cell.
        let below = if rows == 0 || shown.len() < rows { "\r\n\x1b[J" } else { "" };
        write(&format!("\x1b[H\x1b[K{}{below}", shown.join("\r\n\x1b[K")));
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        write("\x1b[?25h\x1b[?1049l");
    }
}

/// A terminal that went away watches no more.
fn write(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
