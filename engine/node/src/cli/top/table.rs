//! Lines and tables of a given width. It knows cells and paints, and nothing of a desk.

/// How a piece of a line looks where there are colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    Plain,
    Head,
    Faint,
    Good,
    Bad,
}

impl Paint {
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Head => "\x1b[1m",
            Self::Faint => "\x1b[2m",
            Self::Good => "\x1b[32m",
            Self::Bad => "\x1b[31m",
        }
    }
}

/// A piece of text in one paint.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    paint: Paint,
    text: String,
}

/// A piece. What could move a terminal's cursor is taken out: some of these texts come from outside.
pub(super) fn piece(paint: Paint, text: impl Into<String>) -> Piece {
    let text = text.into().chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    Piece { paint, text }
}

/// In no paint.
pub(super) fn plain(text: impl Into<String>) -> Piece {
    piece(Paint::Plain, text)
}

impl Piece {
    fn width(&self) -> usize {
        self.text.chars().count()
    }

    /// Shortened to so many cells; the last one tells that something is missing.
    fn cut(mut self, cells: usize) -> Self {
        if self.width() > cells {
            self.text = self.text.chars().take(cells.saturating_sub(1)).collect();
            if cells > 0 {
                self.text.push('…');
            }
        }
        self
    }
}

/// A line, never wider than it was made for.
#[derive(Debug, Clone, Default)]
pub(super) struct Line(Vec<Piece>);

impl Line {
    /// Pieces one after another, cut where the width ends.
    pub(super) fn of(pieces: Vec<Piece>, width: usize) -> Self {
        let mut left = width;
        let mut line = Vec::new();
        for piece in pieces {
            if left == 0 {
                break;
            }
            let piece = piece.cut(left);
            left -= piece.width();
            line.push(piece);
        }
        Self(line)
    }

    /// The text for a terminal.
    pub(super) fn paint(&self, colour: bool) -> String {
        let mut text = String::new();
        for piece in &self.0 {
            let code = if colour { piece.paint.code() } else { "" };
            text.push_str(code);
            text.push_str(&piece.text);
            text.push_str(if code.is_empty() { "" } else { "\x1b[0m" });
        }
        // Painted spaces at the end are nothing to see.
        if colour { text } else { text.trim_end().to_owned() }
    }
}

/// Between two columns.
const GAP: usize = 2;
/// The first column is never made narrower than this.
const NAME: usize = 12;

/// Columns under a head: the first one is text and gives way when there is too little room, the last one may be text that is
/// cut, all between are numbers or words, to the right.
pub(super) struct Table {
    heads: Vec<&'static str>,
    rows: Vec<Row>,
}

enum Row {
    Cells(Vec<Piece>),
    /// Below a row, over all columns.
    Note(Piece),
}

impl Table {
    pub(super) fn new(heads: &[&'static str]) -> Self {
        Self { heads: heads.to_vec(), rows: Vec::new() }
    }

    pub(super) fn row(&mut self, cells: Vec<Piece>) {
        self.rows.push(Row::Cells(cells));
    }

    pub(super) fn note(&mut self, note: Piece) {
        self.rows.push(Row::Note(note));
    }

    /// The lines, the head first.
    pub(super) fn lines(self, width: usize) -> Vec<Line> {
        let widths = self.widths(width);
        let heads = self.heads.iter().map(|head| piece(Paint::Head, *head)).collect();
        let mut lines = vec![line(heads, &widths, width)];
        for row in self.rows {
            lines.push(match row {
                Row::Cells(cells) => line(cells, &widths, width),
                Row::Note(note) => Line::of(vec![plain("    "), note], width),
            });
        }
        lines
    }

    fn widths(&self, width: usize) -> Vec<usize> {
        let mut widths: Vec<usize> = self.heads.iter().map(|head| head.chars().count()).collect();
        for row in &self.rows {
            let Row::Cells(cells) = row else { continue };
            for (widest, cell) in widths.iter_mut().zip(cells) {
                *widest = (*widest).max(cell.width());
            }
        }
        let middle = &widths[1..widths.len() - 1];
        let taken: usize = middle.iter().map(|column| column + GAP).sum();
        let last = self.heads.last().map_or(0, |head| head.chars().count());
        let room = width.saturating_sub(taken + GAP + last).max(NAME);
        widths[0] = widths[0].min(room);
        widths
    }
}

fn line(cells: Vec<Piece>, widths: &[usize], width: usize) -> Line {
    let last = cells.len().saturating_sub(1);
    let mut pieces = Vec::new();
    for (at, (cell, column)) in cells.into_iter().zip(widths).enumerate() {
        let cell = if at == last { cell } else { cell.cut(*column) };
        let room = " ".repeat(column.saturating_sub(cell.width()));
        match at {
            0 => pieces.extend([cell, plain(room)]),
            _ if at == last => pieces.extend([plain(" ".repeat(GAP)), cell]),
            _ => pieces.extend([plain(" ".repeat(GAP)), plain(room), cell]),
        }
    }
    Line::of(pieces, width)
}
