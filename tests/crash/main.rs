//! Crashes of the real thing: the binary is killed, loses power, is stopped, runs out of disk and meets failing disks,
//! while customers and agents work with it. tests/CRASH.md says what is promised and how a seed is told again. It uses
//! the public door and the files alone.

#![forbid(unsafe_code)]

mod arguments;
mod desk;
mod faults;
mod kills;
mod power;
mod shim;

use arguments::Arguments;
use std::time::Instant;

fn main() {
    let arguments = Arguments::of_process();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("an executor can be had");
    for part in &arguments.parts {
        let began = Instant::now();
        eprintln!("crash: {part}");
        match part.as_str() {
            "kills" => runtime.block_on(kills::run(&arguments)),
            "power" => runtime.block_on(power::run(&arguments)),
            "faults" => runtime.block_on(faults::run()),
            other => unreachable!("the arguments know the parts: {other}"),
        }
        eprintln!("crash: {part} took {:.1} s", began.elapsed().as_secs_f64());
    }
}
