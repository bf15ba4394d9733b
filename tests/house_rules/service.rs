//! The systemd unit that ships: it says what the binary does, and systemd takes it. No service is started.

use crate::house::{Fault, read, tell, verdict};
use std::fs;
use std::process::Command;

const UNIT: &str = "engine/node/packaging/hark.service";
/// What the unit and the binary, or the unit and its promises, must agree on.
const LINES: [&str; 10] = [
    "Type=notify",
    "ExecStartPre=/usr/bin/hark check --config /etc/hark/config.toml",
    "ExecStart=/usr/bin/hark serve --config /etc/hark/config.toml",
    "ExecReload=/bin/kill -HUP $MAINPID",
    "DynamicUser=yes",
    "StateDirectory=hark",
    "ProtectSystem=strict",
    "NoNewPrivileges=yes",
    "MemoryDenyWriteExecute=yes",
    "LimitNOFILE=262144",
];

const AGREE: &str = "bring the unit, the binary's command line and service.rs to one mind";
const MEND: &str = "mend the line: systemd would ignore it or refuse the unit";

fn disagreements(unit: &str) -> Vec<Fault> {
    let missing = LINES.iter().filter(|line| !unit.lines().any(|found| found == **line));
    let mut faults: Vec<_> =
        missing.map(|line| Fault::new(UNIT, format!("does not say `{line}`"), AGREE)).collect();
    if !unit
        .lines()
        .any(|line| line.strip_prefix("WatchdogSec=").is_some_and(|secs| secs.parse::<u32>().is_ok()))
    {
        faults.push(Fault::new(UNIT, "has no WatchdogSec in seconds", AGREE));
    }
    faults
}

/// What systemd says of a unit, line by line. None: there is no systemd here.
fn complaints(unit: &str) -> Option<Vec<String>> {
    // The binary is not installed where tests run; everything else about the unit is looked at as it is.
    let unit = unit.replace("/usr/bin/hark", "/bin/true");
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join("hark.service");
    fs::write(&path, unit).expect("the copy can be written");
    let output = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&path).output().ok()?;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    Some(told.lines().filter(|line| line.contains("hark.service")).map(str::to_owned).collect())
}

#[test]
fn the_unit_says_what_the_binary_does() {
    verdict("the unit and the binary agree", disagreements(&read(UNIT)));
}

#[test]
fn systemd_takes_the_unit() {
    let Some(complaints) = complaints(&read(UNIT)) else {
        return tell("systemd_takes_the_unit: not looked at, there is no systemd-analyze here");
    };
    verdict(
        "systemd takes the unit",
        complaints.into_iter().map(|said| Fault::new(UNIT, said, MEND)).collect(),
    );
}

#[test]
fn a_unit_with_faults_is_found() {
    let unit = read(UNIT).replace("Type=notify", "Typ=notify").replace("WatchdogSec=", "WatchdogSec=x");
    assert_eq!(disagreements(&unit).len(), 2);
    if let Some(complaints) = complaints(&unit) {
        assert!(complaints.iter().any(|said| said.contains("Typ")), "{complaints:?}");
    }
}
