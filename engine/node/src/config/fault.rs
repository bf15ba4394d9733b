//! What is wrong with a configuration, and where. Faults are gathered, never thrown at the first one.

use std::fmt;
use std::ops::Range;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fault {
    /// File, or file with line and column.
    pub(crate) place: Place,
    /// What is wrong and what would be right.
    pub(crate) what: String,
}

/// Where a fault is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    file: String,
    /// Line from 1 and, where it is known, column from 1 in characters.
    spot: Option<(usize, Option<usize>)>,
}

impl Place {
    /// The file as a whole.
    pub(crate) fn file(file: impl fmt::Display) -> Self {
        Self { file: file.to_string(), spot: None }
    }

    /// Where the span of bytes begins in the file's text.
    pub(crate) fn span(file: impl fmt::Display, text: &str, span: Range<usize>) -> Self {
        let before = text.get(..span.start.min(text.len())).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { file: file.to_string(), spot: Some((line, Some(column))) }
    }

    /// A line of the file, from 1; 0 is the file as a whole.
    pub(crate) fn at(self, line: u32, column: Option<u32>) -> Self {
        let spot = (line > 0).then_some((line as usize, column.map(|column| column as usize)));
        Self { spot, ..self }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        match self.spot {
            Some((line, Some(column))) => write!(f, ":{line}:{column}"),
            Some((line, None)) => write!(f, ":{line}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}
