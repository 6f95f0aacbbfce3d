//! `bailiwick`: the one binary.

use std::path::PathBuf;
use std::process::ExitCode;

use bailiwick::settings::{Settings, Vars};
use bailiwick::{admin, dev, idp, logging, migrate, serve, webhooks};
use bailiwick_kernel::PlatformRole;
use clap::{Parser, Subcommand};
use secrecy::ExposeSecret as _;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The back end of a B2B SaaS product: organizations, tenants, isolated rows, audited changes.
#[derive(Parser)]
#[command(
    name = "bailiwick",
    version,
    after_help = "Examples:
  bailiwick dev                          everything on one machine
  bailiwick serve --config prod.env      production, with settings from a file
  bailiwick migrate                      bring the database to this version
  bailiwick admin grant me@example.com   make somebody an operator of the installation"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Settings as lines NAME=value; the environment wins over them
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How log lines are written
    #[arg(long, global = true, value_enum, default_value = "auto")]
    log_format: logging::Format,
    /// Which log lines are written, such as `info` or `warn,bailiwick_services=debug`
    #[arg(long, global = true, env = "LOG", value_name = "FILTER")]
    log: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Everything on one machine: database, object store, mailbox, identity provider, server, page
    Dev(dev::Args),
    /// Production: everything outside is named by settings
    Serve,
    /// Bring the database to this version
    Migrate,
    /// People who operate the whole installation
    #[command(subcommand)]
    Admin(AdminCommand),
    /// The identity provider of `bailiwick dev`: users, keys, settings, webhooks
    Idp(idp::Args),
    /// What was received from the identity provider
    #[command(subcommand)]
    Webhooks(WebhooksCommand),
    /// Print the OpenAPI document
    Openapi,
}

#[derive(Subcommand)]
enum AdminCommand {
    /// Give somebody who has signed in a platform role
    #[command(after_help = "Examples:
  bailiwick admin grant me@example.com
  bailiwick admin grant support@example.com --role admin_staff
  bailiwick admin grant gone@example.com --role none")]
    Grant {
        /// Their verified primary e-mail
        email: String,
        /// super_admin, admin_staff or none
        #[arg(long, default_value = "super_admin")]
        role: String,
    },
}

#[derive(Subcommand)]
enum WebhooksCommand {
    /// Process a message anew that was given up
    Replay {
        /// Its id, as the log names it
        message: String,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "the last word of a command that failed"
)]
fn complain(error: &anyhow::Error) {
    eprintln!("bailiwick: {error:#}");
}

fn run(cli: Cli) -> anyhow::Result<()> {
    let quiet = matches!(cli.command, Command::Dev(_) | Command::Idp(_));
    let filter = cli
        .log
        .clone()
        .unwrap_or_else(|| if quiet { "warn" } else { "info" }.to_owned());
    let _lines = logging::start(cli.log_format, &filter)?;
    if matches!(cli.command, Command::Openapi) {
        return print(&bailiwick_api::document().to_pretty_json()?);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(execute(cli))
}

async fn execute(cli: Cli) -> anyhow::Result<()> {
    let vars = Vars::of_process();
    let vars = match &cli.config {
        Some(file) => vars.and_file(file)?,
        None => vars,
    };
    match cli.command {
        Command::Dev(args) => dev::run(args).await,
        Command::Idp(args) => idp::run(args).await,
        Command::Serve => serve::run(&Settings::read(&vars)?).await,
        Command::Migrate => {
            let report =
                migrate::run(vars.secret("DATABASE_MIGRATION_URL", &[])?.expose_secret()).await?;
            let migrate::Report { applied, schemas } = report;
            print(&format!(
                "{applied} migrations applied, {schemas} schemas at the newest version"
            ))
        }
        Command::Admin(AdminCommand::Grant { email, role }) => {
            let known = PlatformRole::from_key(&role)
                .ok_or_else(|| anyhow::anyhow!("no platform role is called {role}"))?;
            let url = vars.secret("DATABASE_URL", &[])?;
            admin::grant(url.expose_secret(), &email, known).await?;
            print(&format!("{email} is {role} now"))
        }
        Command::Webhooks(WebhooksCommand::Replay { message }) => {
            let url = vars.secret("DATABASE_URL", &[])?;
            webhooks::replay(url.expose_secret(), &message).await?;
            print("it will be processed by the running server")
        }
        Command::Openapi => Ok(()),
    }
}

#[expect(clippy::print_stdout, reason = "what a command answers")]
fn print(text: &str) -> anyhow::Result<()> {
    println!("{text}");
    Ok(())
}
