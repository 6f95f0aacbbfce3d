//! Child processes: output passed through or captured, a bound on time, and a clear line where
//! the program is missing.

use crate::paths;
use crate::report::Failure;
use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

/// How often a bounded wait looks again.
const POLL: Duration = Duration::from_millis(50);

/// `cargo`, the one that runs us, in the root of the repository.
///
/// What `cargo run` sets for this crate is taken away again, or build scripts of the nested call
/// would see other variables than in a plain one and run anew.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_of_this_crate) {
            command.env_remove(name);
        }
    }
    command.current_dir(paths::root());
    command
}

fn is_of_this_crate(name: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
        || ["CARGO_CRATE_NAME", "CARGO_BIN_NAME", "OUT_DIR"].contains(&name)
}

/// `npm` in the folder, quiet about what is none of our business, and never asking.
pub fn npm(folder: &Path) -> Command {
    let mut command = Command::new("npm");
    command
        .current_dir(folder)
        .stdin(Stdio::null())
        .env("npm_config_fund", "false")
        .env("npm_config_audit", "false")
        .env("npm_config_update_notifier", "false");
    command
}

/// Runs it with its output passed through; anything but success is an error.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().map_err(|error| missing(command, error))?;
    check(command, status)
}

/// Runs it and gives its stdout; where it fails, the error holds what it printed.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.output().map_err(|error| missing(command, error))?;
    if !output.status.success() {
        bail!(
            "`{}`: {}\n{}",
            shown(command),
            output.status,
            printed(&output)
        );
    }
    String::from_utf8(output.stdout).with_context(|| format!("output of `{}`", shown(command)))
}

/// Like [`run`], but stopped after `limit`.
pub fn run_within(command: &mut Command, limit: Duration) -> Result<()> {
    let mut child = command.spawn().map_err(|error| missing(command, error))?;
    match wait_within(&mut child, limit)? {
        Some(status) => check(command, status),
        None => {
            child
                .kill()
                .and_then(|()| child.wait())
                .context("stopping a child that hangs")?;
            bail!(
                "`{}` took longer than {} s",
                shown(command),
                limit.as_secs()
            )
        }
    }
}

/// The child's end, where it comes within `limit`.
pub fn wait_within(child: &mut Child, limit: Duration) -> Result<Option<ExitStatus>> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().context("waiting for a child process")? {
            return Ok(Some(status));
        }
        if start.elapsed() >= limit {
            return Ok(None);
        }
        std::thread::sleep(POLL);
    }
}

/// Takes this process's place with `command`: signals and exit status are then its own.
pub fn exec(command: &mut Command) -> anyhow::Error {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    missing(command, error)
}

/// The command as one would type it.
pub fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    std::iter::once(program.file_name().unwrap_or(program.as_os_str()))
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}

fn check(command: &Command, status: ExitStatus) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    bail!("`{}`: {status}", shown(command))
}

fn printed(output: &Output) -> String {
    let both = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    both.iter()
        .map(|text| text.trim_end())
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

fn missing(command: &Command, error: io::Error) -> anyhow::Error {
    let program = command.get_program().to_string_lossy();
    if error.kind() == io::ErrorKind::NotFound {
        return Failure::new(
            format!("the program `{program}` is missing"),
            format!("install `{program}` so that it is on PATH, and run the same command again"),
        )
        .into();
    }
    anyhow::Error::new(error).context(format!("starting `{}`", shown(command)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_named_with_a_way_out() {
        let error = run(&mut Command::new("no-such-program-here")).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("`no-such-program-here` is missing"),
            "{error}"
        );
        assert!(error.to_string().contains("way out"), "{error}");
    }

    #[test]
    fn a_failing_command_shows_what_it_printed() {
        let error = output(Command::new("sh").args(["-c", "echo oops >&2; exit 3"])).unwrap_err();
        assert!(error.to_string().contains("oops"), "{error}");
        assert!(error.to_string().contains('3'), "{error}");
    }

    #[test]
    fn a_command_over_its_limit_is_stopped() {
        let error = run_within(Command::new("sleep").arg("60"), Duration::from_millis(100));
        assert!(error.unwrap_err().to_string().contains("took longer"));
    }
}
