//! A program beside the server.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use super::error::{IoContext, PostgresError};
use super::home::Home;
use super::identity::Identity;
use super::process::{Process, SCRIPT};

/// A program that runs beside the server as the server's user: see [`super::Postgres::companion`].
#[derive(Debug)]
pub struct Companion {
    process: Process,
    log: PathBuf,
}

impl Companion {
    pub(super) fn spawn(
        home: &Home,
        identity: &Identity,
        program: &Path,
        args: &[&str],
    ) -> Result<Self, PostgresError> {
        let name = program.file_name().unwrap_or(program.as_os_str());
        let path = home.dir.join(name).with_extension("log");
        let log = OpenOptions::new().create(true).append(true).open(&path);
        let log = log.during(|| format!("opening {}", path.display()))?;
        let twin = log.try_clone().during(|| "opening the log".to_owned())?;
        let mut command = identity.command(Path::new("/bin/sh"));
        command
            .current_dir(home.cluster())
            .args(["-c", SCRIPT])
            .arg(name)
            .arg(program)
            .args(args)
            .stdout(twin)
            .stderr(log);
        let process = Process::spawn(command, &path)?;
        Ok(Self { process, log: path })
    }

    /// How it ended; `None` while it runs.
    #[must_use]
    pub fn exited(&self) -> Option<String> {
        self.process.exited()
    }

    /// What it says.
    #[must_use]
    pub fn log(&self) -> &Path {
        &self.log
    }
}
