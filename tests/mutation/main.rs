//! Deliberate bugs, to prove that the simulator can fail: each is put into a copy of the sources, never into the sources
//! themselves, and the simulator has to notice. See tests/SIMULATION.md.
//!
//! Without arguments it checks that every line of the table still fits the sources; `--all`, `--some N`,
//! `--only TEXT` (part of a name) and `--under PATH` (of their files) build and run mutants.
#![allow(clippy::print_stdout, reason = "it tells which mutant was caught, and by what")]

mod copy;
mod table;
mod trial;

use copy::Copied;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};
use table::Mutant;
use trial::Verdict;

/// What the command line asks for.
enum Wanted {
    Check,
    All,
    Some(usize),
    Only(String),
    Under(String),
}

fn wanted() -> Option<Wanted> {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        None => Some(Wanted::Check),
        Some("--all") => Some(Wanted::All),
        Some("--some") => arguments.next()?.parse().ok().map(Wanted::Some),
        Some("--only") => arguments.next().map(Wanted::Only),
        Some("--under") => arguments.next().map(Wanted::Under),
        Some("--list") => None,
        Some(flag) if flag.starts_with('-') => Some(Wanted::Check),
        Some(name) => "mutation".contains(name).then_some(Wanted::Check),
    }
}

fn main() -> ExitCode {
    let Some(wanted) = wanted() else { return ExitCode::SUCCESS };
    let check = matches!(wanted, Wanted::Check);
    let chosen = chosen(table::read(), &wanted);
    let misfits: Vec<String> = chosen.iter().filter_map(Mutant::misfit).collect();
    misfits.iter().for_each(|misfit| println!("{misfit}"));
    if !misfits.is_empty() {
        println!(
            "mend tests/mutation/table.toml: a mutant is a file, a text that is there once, and another text"
        );
        return ExitCode::FAILURE;
    }
    if check {
        println!("{} mutants fit the sources", chosen.len());
        return ExitCode::SUCCESS;
    }
    if all_caught(&chosen) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn chosen(mutants: Vec<Mutant>, wanted: &Wanted) -> Vec<Mutant> {
    let count = mutants.len();
    match wanted {
        Wanted::Check | Wanted::All => mutants,
        Wanted::Only(name) => {
            mutants.into_iter().filter(|mutant| mutant.name.contains(name.as_str())).collect()
        }
        Wanted::Under(path) => mutants.into_iter().filter(|mutant| mutant.file.starts_with(path)).collect(),
        // Another few each day, so that all have their turn.
        Wanted::Some(some) => {
            let day = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs() / 86_400);
            let first = usize::try_from(day).unwrap_or(0) * some % count;
            mutants.into_iter().cycle().skip(first).take((*some).min(count)).collect()
        }
    }
}

fn all_caught(mutants: &[Mutant]) -> bool {
    let copied = Copied::new();
    if let Verdict::Caught { why, .. } = trial::run(&copied, None) {
        println!("the sources themselves fail: {why}");
        return false;
    }
    let mut all = true;
    println!("| mutant | what caught it | after chats |\n| --- | --- | --- |");
    for mutant in mutants {
        match trial::run(&copied, Some(mutant)) {
            Verdict::Caught { why, chats } => println!("| {} | {why} | {chats} |", mutant.name),
            other => {
                println!("| {} | {} | |", mutant.name, other.told());
                all = false;
            }
        }
    }
    all
}
