//! `bailiwick idp settings`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bailiwick_idp::{Idp, Settings};

use super::print;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// What is in force: the defaults, idp.toml, and what the Backend API changed
    #[command(after_help = "Examples:
  bailiwick idp settings export                  without secrets
  bailiwick idp settings export --with-secrets > idp.toml")]
    Export {
        /// With the secrets of providers
        #[arg(long)]
        with_secrets: bool,
    },
    /// Whether a file can be read; without one, the data directory's together with what is stored
    #[command(after_help = "Examples:
  bailiwick idp settings check idp.toml
  bailiwick idp settings check")]
    Check {
        /// The file
        file: Option<PathBuf>,
    },
}

/// Does it.
pub async fn run(idp: &Idp, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Export { with_secrets: true } => print(&idp.settings().export_with_secrets()?)?,
        Command::Export {
            with_secrets: false,
        } => print(&idp.settings().export()?)?,
        // The instance could not have been opened with settings that cannot be read.
        Command::Check { .. } => print("the settings can be read")?,
    }
    Ok(())
}

/// Whether a file can be read. Needs no data directory.
///
/// # Errors
/// What is wrong, with its line.
pub fn check(file: &Path) -> anyhow::Result<()> {
    let at = || format!("reading {}", file.display());
    let text = fs::read_to_string(file).with_context(at)?;
    Settings::read(&text)
        .map_err(anyhow::Error::from)
        .with_context(at)?;
    print("the settings can be read")
}
