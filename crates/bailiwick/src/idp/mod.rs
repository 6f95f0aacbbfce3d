//! `bailiwick idp`: the identity provider of a data directory, whether `bailiwick dev` runs there
//! or not.

mod attach;
mod keys;
mod settings;
mod users;
mod webhooks;

use std::path::PathBuf;

use attach::Attached;

use crate::output;

/// What is to be done, and where.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  bailiwick idp users import people.csv --dry-run   what an import would do
  bailiwick idp users export > people.ndjson        everybody, a line each
  bailiwick idp users reset-password me@example.com a new password, printed once
  bailiwick idp keys rotate                         a new signing key, published before it signs
  bailiwick idp settings check idp.toml             whether a settings file can be read
  bailiwick idp webhooks replay ep_… --since 24h    send again what was given up")]
pub struct Args {
    /// Data directory of `bailiwick dev`
    #[arg(long, global = true, default_value = ".bailiwick", value_name = "DIR")]
    pub data_dir: PathBuf,
    /// Directory of PostgreSQL's programs, where the system's are not to be used
    #[arg(long, global = true, env = "BAILIWICK_PG_BIN", value_name = "DIR")]
    pub pg_bin: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Users from and to files, and their passwords
    #[command(subcommand)]
    Users(users::Command),
    /// Signing keys
    #[command(subcommand)]
    Keys(keys::Command),
    /// What the provider is told
    #[command(subcommand)]
    Settings(settings::Command),
    /// Endpoints of webhooks
    #[command(subcommand)]
    Webhooks(webhooks::Command),
}

/// Does what is asked for.
///
/// # Errors
/// No such directory, a command's own, the database's.
pub async fn run(args: Args) -> anyhow::Result<()> {
    if let Command::Settings(settings::Command::Check { file: Some(file) }) = &args.command {
        return settings::check(file);
    }
    let attached = Attached::open(&args.data_dir, args.pg_bin.as_deref()).await?;
    let done = match args.command {
        Command::Users(command) => users::run(&attached.idp, command).await,
        Command::Keys(command) => keys::run(&attached.idp, command).await,
        Command::Settings(command) => settings::run(&attached.idp, command).await,
        Command::Webhooks(command) => webhooks::run(&attached.idp, command).await,
    };
    attached.close().await?;
    done
}

/// A command's answer.
fn print(text: &str) -> anyhow::Result<()> {
    output::print(text.trim_end())
}

/// What a person at the terminal should know beside the answer.
#[expect(clippy::print_stderr, reason = "stdout is for the answer")]
fn note(text: &str) {
    eprintln!("{text}");
}
