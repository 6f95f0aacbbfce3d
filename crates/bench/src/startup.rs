//! `bailiwick dev` from its start to `ready`, in a new directory and in an existing one.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::measure::median;
use crate::process::Process;
use crate::{Cli, say, table};

/// What the product promises, in seconds.
const GOAL_NEW_S: f64 = 6.0;
const GOAL_EXISTING_S: f64 = 3.0;

/// Measures, and says what came of it.
pub fn run(cli: &Cli) -> anyhow::Result<String> {
    let rounds = cli.rounds.unwrap_or(if cli.quick { 2 } else { 5 });
    let mut rows = Vec::new();
    let debug = cli.debug_binary.as_deref().map(|binary| ("debug", binary));
    for (build, binary) in [("release", cli.binary.as_path())].into_iter().chain(debug) {
        let (mut new, mut existing) = (Vec::new(), Vec::new());
        for round in 1..=rounds {
            let folder = tempfile::Builder::new()
                .prefix("bailiwick-bench-")
                .tempdir()?;
            let data = folder.path().join("data");
            new.push(start(cli, binary, &data)?);
            existing.push(start(cli, binary, &data)?);
            if let ([.., new], [.., existing]) = (&new[..], &existing[..]) {
                say(&format!(
                    "{build}, round {round} of {rounds}: {new:.1} s new, {existing:.1} s existing"
                ));
            }
        }
        for (what, times, goal) in [
            ("new directory", new, GOAL_NEW_S),
            ("existing directory", existing, GOAL_EXISTING_S),
        ] {
            let slowest = times.iter().copied().fold(0.0, f64::max);
            rows.push(vec![
                format!("{build}, {what}"),
                format!("{:.1}", median(times)),
                format!("{slowest:.1}"),
                format!("{goal:.0}"),
            ]);
        }
    }
    Ok(format!(
        "# `bailiwick dev` until it is ready\n\n{}\n{rounds} starts of each kind.\n",
        table::render(&["build", "median s", "slowest s", "goal s"], &rows)
    ))
}

/// Starts it, waits until it is ready and stops it; the seconds until it was ready.
fn start(cli: &Cli, binary: &Path, data: &Path) -> anyhow::Result<f64> {
    let mut command = Command::new(binary);
    command.arg("dev").arg("--data-dir").arg(data);
    for port in [
        "--port",
        "--idp-port",
        "--internal-port",
        "--s3-port",
        "--mail-port",
        "--pg-port",
    ] {
        command.args([port, "0"]);
    }
    if let Some(folder) = &cli.pg_bin {
        command.arg("--pg-bin").arg(folder);
    }
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let started = Instant::now();
    let mut process = Process::spawn(&mut command)?;
    process.wait_for_line("ready")?;
    let ready_s = started.elapsed().as_secs_f64();
    process.stop()?;
    Ok(ready_s)
}
