//! What came of the tests, told as `cargo test` tells it.

use std::fmt;

/// One test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its file and name.
    pub name: String,
    /// Why it failed, with file and line.
    pub failure: Option<String>,
}

/// All tests that were run; prints like a run of Rust tests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The tests in the order of their running.
    pub cases: Vec<Case>,
}

impl Report {
    /// How many passed.
    pub fn passed(&self) -> usize {
        self.cases.iter().filter(|case| case.failure.is_none()).count()
    }

    /// How many failed.
    pub fn failed(&self) -> usize {
        self.cases.len() - self.passed()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.cases.len() == 1 { "" } else { "s" };
        writeln!(f, "running {} test{plural}", self.cases.len())?;
        for case in &self.cases {
            let result = if case.failure.is_none() { "ok" } else { "FAILED" };
            writeln!(f, "test {} ... {result}", case.name)?;
        }
        let failures = self.cases.iter().filter_map(|case| Some((&case.name, case.failure.as_ref()?)));
        for (index, (name, failure)) in failures.enumerate() {
            if index == 0 {
                writeln!(f, "\nfailures:")?;
            }
            writeln!(f, "\n---- {name} ----\n{failure}")?;
        }
        let result = if self.failed() == 0 { "ok" } else { "FAILED" };
        writeln!(f, "\ntest result: {result}. {} passed; {} failed", self.passed(), self.failed())
    }
}
