//! `hark-crm-sqlite import DATABASE FILE` and `export DATABASE FILE`: customers as CSV, with a progress bar where somebody
//! watches. It decides nothing; the library does the work.
#![forbid(unsafe_code)]

use hark_crm_sqlite::csv;
use std::fs::File;
use std::io::{BufReader, BufWriter, IsTerminal as _, Write as _, stderr};
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: hark-crm-sqlite import DATABASE FILE.csv
       hark-crm-sqlite export DATABASE FILE.csv
The first line of the file names the columns: id, name, email, phone, account, company, language, vip, since, notes, and
field:NAME for others. A customer whose id, or else account number, is there already is replaced.";
/// Characters of the bar.
const BAR: u64 = 40;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (done, code) = match args.as_slice() {
        ["import", db, file] => (import(Path::new(db), Path::new(file)), 1),
        ["export", db, file] => (export(Path::new(db), Path::new(file)), 1),
        _ => (Err(vec![USAGE.to_owned()]), 2),
    };
    let (lines, code) = match done {
        Ok(line) => (vec![line], 0),
        Err(lines) => (lines, code),
    };
    for line in lines {
        // Nobody is there to hear that nobody hears.
        let _ = writeln!(stderr().lock(), "{line}");
    }
    ExitCode::from(code)
}

fn import(db: &Path, file: &Path) -> Result<String, Vec<String>> {
    let from = File::open(file).map_err(|error| vec![format!("{}: {error}", file.display())])?;
    let imported = csv::import(db, BufReader::new(from), &mut bar())?;
    Ok(format!("{} customers are new, {} were replaced", imported.made, imported.replaced))
}

fn export(db: &Path, file: &Path) -> Result<String, Vec<String>> {
    let to = File::create(file).map_err(|error| vec![format!("{}: {error}", file.display())])?;
    let count = csv::export(db, BufWriter::new(to), &mut bar()).map_err(|error| vec![error])?;
    Ok(format!("{count} customers are in {}", file.display()))
}

/// Draws how much is done, when a terminal shows it.
fn bar() -> impl FnMut(u64, u64) {
    let watched = stderr().is_terminal();
    move |done, all| {
        if !watched {
            return;
        }
        let filled = done * BAR / all.max(1);
        let bar: String = (0..BAR).map(|at| if at < filled { '#' } else { '.' }).collect();
        let end = if done >= all { "\n" } else { "" };
        let _ = write!(stderr().lock(), "\r[{bar}] {done} of {all}{end}");
    }
}
