//! A `bailiwick dev` of our own, on free ports and in a directory of its own, for as long as a
//! value lives.

use crate::report::Failure;
use crate::{dev, paths, process, report, setup};
use anyhow::{Context, Result};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The first start makes a database cluster, migrates it and fills it, on a busy machine.
const READY_LIMIT: Duration = Duration::from_secs(180);
/// A stop finishes requests and shuts the database down.
const STOP_LIMIT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(100);
/// Lines of the log that a failure shows.
const LOG_TAIL_LINES: usize = 40;

/// The running server.
pub struct Server {
    child: Child,
    folder: PathBuf,
    /// What the server says of itself: `APP_URL`, `MAIL_URL` and so on.
    pub variables: Vec<(String, String)>,
}

impl Server {
    /// Starts one below `folder`, which must not exist, and waits until it is ready.
    pub fn start(folder: &Path, machine: &setup::Machine) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
        let log = File::create(folder.join("server.log")).context("creating the server's log")?;
        let data = folder.join("data");
        let mut command = Command::new(dev::binary());
        command
            .current_dir(paths::root())
            .arg("dev")
            .arg("--data-dir")
            .arg(&data);
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
        command.envs(machine.variables()).stdin(Stdio::null());
        command
            .stdout(log.try_clone().context("sharing the server's log")?)
            .stderr(log);
        let child = command
            .spawn()
            .with_context(|| format!("starting {}", process::shown(&command)))?;
        let mut server = Self {
            child,
            folder: folder.to_path_buf(),
            variables: Vec::new(),
        };
        server.variables = server.wait_until_ready(&data.join("dev.env"))?;
        Ok(server)
    }

    /// The value of a variable that the server announced.
    pub fn variable(&self, name: &str) -> Result<&str> {
        let found = self.variables.iter().find(|(known, _)| known == name);
        found
            .map(|(_, value)| value.as_str())
            .with_context(|| format!("dev.env has no {name}"))
    }

    fn wait_until_ready(&mut self, file: &Path) -> Result<Vec<(String, String)>> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().context("waiting for the server")? {
                return Err(self.failure(&format!(
                    "bailiwick dev ended before it was ready: {status}"
                )));
            }
            // The line comes after the file, so that the file is whole.
            if self
                .log()
                .lines()
                .any(|line| line.trim_start().starts_with("ready"))
            {
                let text = fs::read_to_string(file);
                return parse(&text.with_context(|| format!("reading {}", file.display()))?);
            }
            if start.elapsed() > READY_LIMIT {
                let limit = READY_LIMIT.as_secs();
                return Err(self.failure(&format!("bailiwick dev was not ready after {limit} s")));
            }
            std::thread::sleep(POLL);
        }
    }

    /// What the server printed so far; nothing where it cannot be read.
    fn log(&self) -> String {
        fs::read(self.log_file())
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    fn log_file(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    fn failure(&self, what: &str) -> anyhow::Error {
        let text = self.log();
        let lines: Vec<&str> = text.lines().collect();
        let tail = lines[lines.len().saturating_sub(LOG_TAIL_LINES)..].join("\n    ");
        let way_out = format!(
            "read the end of its log, below; all of it is in {}\n\n    {tail}",
            self.log_file().display()
        );
        Failure::new(what, way_out).into()
    }
}

impl Drop for Server {
    /// A polite end first, so that the database is shut down and nothing is left behind.
    fn drop(&mut self) {
        let id = self.child.id().to_string();
        let asked = process::output(Command::new("kill").args(["-TERM", &id]));
        let ended = asked.and_then(|_| process::wait_within(&mut self.child, STOP_LIMIT));
        if !matches!(ended, Ok(Some(_))) {
            report::note("the server did not stop when asked; killing it");
            if let Err(error) = self.child.kill().and_then(|()| self.child.wait().map(drop)) {
                report::note(&format!("process {id} could not be killed: {error}"));
            }
        }
    }
}

/// `NAME=value`, `export NAME=value`, the value bare or quoted as a shell reads it.
fn parse(text: &str) -> Result<Vec<(String, String)>> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let line = line.strip_prefix("export ").unwrap_or(line);
            let (name, value) = line
                .split_once('=')
                .with_context(|| format!("not NAME=value: {line}"))?;
            Ok((name.to_owned(), unquoted(value)))
        })
        .collect()
}

fn unquoted(value: &str) -> String {
    for quote in ['\'', '"'] {
        if let Some(inner) = value
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote))
        {
            return inner.replace("'\\''", "'");
        }
    }
    value.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variables_of_a_ready_server_are_read_as_a_shell_would() {
        let text = "# ready\nAPP_URL=http://localhost:3000\nexport A='b c'\nQ=\"x=y\"\n\n";
        let expected = [
            ("APP_URL", "http://localhost:3000"),
            ("A", "b c"),
            ("Q", "x=y"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(parse(text).unwrap(), expected);
    }

    #[test]
    fn a_line_without_a_name_is_an_error() {
        assert!(parse("nonsense").is_err());
    }
}
