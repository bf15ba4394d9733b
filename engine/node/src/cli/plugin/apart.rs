//! One test more than the contract has: the plugin served by the real host, behind its walls and in a process of its own,
//! as a desk runs it with `isolation = "process"`.

use hark_plugin_host::{Isolation, PluginOptions, Solo};
use hark_plugin_sdk::payloads::PAYLOADS;
use hark_runtime::SystemReport;
use serde_json::Value;
use std::path::Path;
use tokio::runtime::Builder;

/// The test's name in the report.
pub(super) const NAME: &str = "it_serves_in_a_process_of_its_own";

/// Starts it, asks whatever changes nothing, and ends it.
pub(super) fn serves(file: &Path, settings: &Value, deadline_ms: u64) -> Result<(), String> {
    let runtime = Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("there are no threads: {error}"))?;
    let _inside = runtime.enter();
    let plugin = PluginOptions {
        isolation: Isolation::Process,
        config: settings.clone(),
        deadline_ms: u32::try_from(deadline_ms).unwrap_or(u32::MAX),
        ..PluginOptions::new("it", file)
    };
    let told = |faults: Vec<_>| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    let solo = Solo::open(plugin).map_err(told)?;
    let provides = |operation: &str| solo.manifest().capabilities.iter().any(|known| known == operation);
    let report = runtime.block_on(async {
        for payload in PAYLOADS.iter().filter(|payload| !payload.changes && provides(payload.operation)) {
            // What it answers is another test's business; whether it lives is told below.
            let _ = solo.ask(payload.operation, (payload.example)().to_string().into_bytes()).await;
        }
        solo.report()
    });
    runtime.block_on(solo.end());
    judge(&report)
}

fn judge(report: &SystemReport) -> Result<(), String> {
    let counts = [
        ("had to be restarted", report.restarts),
        ("did not answer in time", report.timeouts),
        ("answered what nobody waited for", report.dropped),
    ];
    let wrong = counts.iter().filter(|(_, times)| *times > 0);
    let wrong: Vec<String> = wrong.map(|(what, times)| format!("it {what}, {times} times")).collect();
    match (wrong.is_empty(), &report.last_error) {
        (true, _) => Ok(()),
        (false, Some(last)) => Err(format!("{}; last: {last}", wrong.join("; "))),
        (false, None) => Err(wrong.join("; ")),
    }
}
