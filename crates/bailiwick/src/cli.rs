//! The command line: what `bailiwick` understands, and so does the binary of a product that adds
//! modules of its own to it.

use std::path::PathBuf;
use std::process::ExitCode;

use bailiwick_api::Module;
use bailiwick_kernel::PlatformRole;
use bailiwick_services::sync::sweep::Options as SweepOptions;
use clap::{Parser, Subcommand};
use secrecy::ExposeSecret as _;

use crate::output::{self, print};
use crate::settings::{Settings, Vars};
use crate::{
    admin, audit, dev, doctor, idp, logging, migrate, policy, serve, sync, tenants, webhooks,
};

/// The back end of a B2B SaaS product: organizations, tenants, isolated rows, audited changes.
#[derive(Parser)]
#[command(
    name = "bailiwick",
    version,
    after_help = "Examples:
  bailiwick dev                          everything on one machine
  bailiwick serve --config prod.env      production, with settings from a file
  bailiwick migrate                      bring the database to this version
  bailiwick policy matrix default        who may do what, as tables
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
    Migrate(migrate::Args),
    /// What is wrong with the database, or with a Citus cluster, and what mends it
    Doctor(doctor::Args),
    /// Where every organization's data lives: at which version, in which state, on which move
    #[command(subcommand)]
    Tenants(tenants::Command),
    /// People who operate the whole installation
    #[command(subcommand)]
    Admin(AdminCommand),
    /// The log of what was done
    #[command(subcommand)]
    Audit(AuditCommand),
    /// The identity provider of `bailiwick dev`: users, keys, settings, webhooks
    Idp(idp::Args),
    /// What was received from the identity provider
    #[command(subcommand)]
    Webhooks(WebhooksCommand),
    /// The mirror of users, organizations and memberships beside the identity provider
    #[command(subcommand)]
    Sync(SyncCommand),
    /// Policy packs: who may do what
    #[command(subcommand)]
    Policy(policy::Command),
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
    /// Let an organization have more people than its plan allows, or fewer
    #[command(after_help = "Examples:
  bailiwick admin limit harbour-works --members 25
  bailiwick admin limit harbour-works              as its plan allows again")]
    Limit {
        /// The organization's slug
        organization: String,
        /// How many, whoever is invited included
        #[arg(long, value_parser = clap::value_parser!(i32).range(1..=1_000_000))]
        members: Option<i32>,
    },
}

#[derive(Subcommand)]
enum WebhooksCommand {
    /// The newest messages, a line each
    #[command(after_help = "Examples:
  bailiwick webhooks list --state dead
  bailiwick webhooks list --limit 500")]
    List {
        /// Only those that are received, parked, done, ignored or dead
        #[arg(long, value_parser = webhooks::STATES)]
        state: Option<String>,
        /// So many at most
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
    },
    /// One message and its body
    Show {
        /// Its id, as the list names it
        message: String,
    },
    /// Process messages anew that were given up
    Replay {
        /// The id of one, as the list names it
        #[arg(required_unless_present = "all")]
        message: Option<String>,
        /// All of them, the oldest first
        #[arg(long, conflicts_with = "message")]
        all: bool,
    },
}

#[derive(Subcommand)]
enum SyncCommand {
    /// Compare all of the mirror with the provider and repair what differs
    #[command(after_help = "Examples:
  bailiwick sync sweep --dry-run               what differs, and nothing changed
  bailiwick sync sweep                         repair it
  bailiwick sync sweep --allow-deletions 900   though so much is gone at the provider")]
    Sweep {
        /// Only look
        #[arg(long)]
        dry_run: bool,
        /// How many of each kind may be ended because the provider has them no more; 50 or a fifth
        /// of all where it is not given
        #[arg(long, value_name = "NUMBER")]
        allow_deletions: Option<u64>,
    },
    /// The newest sweeps, a line each
    Status,
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Prove that no fact was edited, deleted, reordered or cut off
    #[command(after_help = "Examples:
  bailiwick audit verify --config prod.env
  bailiwick audit verify --config .bailiwick/dev.env
  bailiwick audit verify --tenant 0191f3c8-7b1e-7c3a-9d2e-0a1b2c3d4e5f

It reads DATABASE_URL, AUDIT_KEYS and the settings of the object store, and fails where it finds
anything. docs/guides/audit.md says what it proves and what it cannot.")]
    Verify(audit::VerifyArgs),
}

/// The whole program, with these modules of a product's own beside ours.
#[must_use]
pub fn main(modules: &'static [Module]) -> ExitCode {
    match run(Cli::parse(), modules) {
        Ok(()) => ExitCode::SUCCESS,
        // Who reads has seen enough, as with `| head`.
        Err(error) if error.is::<output::Closed>() => ExitCode::SUCCESS,
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

fn run(cli: Cli, modules: &'static [Module]) -> anyhow::Result<()> {
    let quiet = matches!(
        cli.command,
        Command::Dev(_)
            | Command::Idp(_)
            | Command::Sync(_)
            | Command::Migrate(_)
            | Command::Tenants(_)
            | Command::Doctor(_)
    );
    let filter = cli
        .log
        .clone()
        .unwrap_or_else(|| if quiet { "warn" } else { "info" }.to_owned());
    let _lines = logging::start(cli.log_format, &filter)?;
    if matches!(cli.command, Command::Openapi) {
        return print(&bailiwick_api::document_with(modules)?.to_pretty_json()?);
    }
    if let Command::Policy(command) = &cli.command {
        return print(&policy::run(command, modules)?);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(execute(cli, modules))
}

async fn execute(cli: Cli, modules: &'static [Module]) -> anyhow::Result<()> {
    let vars = Vars::of_process();
    let vars = match &cli.config {
        Some(file) => vars.and_file(file)?,
        None => vars,
    };
    match cli.command {
        Command::Dev(args) => dev::run(args, modules).await,
        Command::Idp(args) => idp::run(args).await,
        Command::Serve => serve::run(&Settings::read(&vars)?, modules).await,
        Command::Migrate(args) => {
            let url = vars.secret("DATABASE_MIGRATION_URL", &[])?;
            print(&migrate::command(url.expose_secret(), modules, &args).await?)
        }
        Command::Doctor(args) => print(&doctor::run(&vars, modules, &args).await?),
        Command::Tenants(command) => print(&tenants::run(&vars, modules, command).await?),
        Command::Admin(AdminCommand::Grant { email, role }) => {
            let known = PlatformRole::from_key(&role)
                .ok_or_else(|| anyhow::anyhow!("no platform role is called {role}"))?;
            admin::grant(&vars, &email, known).await?;
            print(&format!("{email} is {role} now"))
        }
        Command::Admin(AdminCommand::Limit {
            organization,
            members,
        }) => {
            admin::limit(&vars, &organization, members).await?;
            print(&match members {
                Some(most) => format!("{organization} may have {most} people now"),
                None => format!("{organization} may have as many people as its plan allows"),
            })
        }
        Command::Audit(AuditCommand::Verify(args)) => print(&audit::verify(&vars, &args).await?),
        Command::Webhooks(command) => {
            let url = vars.secret("DATABASE_URL", &[])?;
            print(&inbox(url.expose_secret(), command).await?)
        }
        Command::Sync(SyncCommand::Sweep {
            dry_run,
            allow_deletions,
        }) => {
            let options = SweepOptions {
                dry_run,
                deletions_max: allow_deletions,
            };
            print(&sync::sweep(&Settings::read(&vars)?, modules, options).await?)
        }
        Command::Sync(SyncCommand::Status) => {
            let url = vars.secret("DATABASE_URL", &[])?;
            print(&sync::status(url.expose_secret()).await?)
        }
        Command::Policy(_) | Command::Openapi => Ok(()),
    }
}

async fn inbox(app_url: &str, command: WebhooksCommand) -> anyhow::Result<String> {
    match command {
        WebhooksCommand::List { state, limit } => {
            webhooks::list(app_url, state.as_deref(), limit).await
        }
        WebhooksCommand::Show { message } => webhooks::show(app_url, &message).await,
        WebhooksCommand::Replay {
            message: Some(message),
            ..
        } => {
            webhooks::replay(app_url, &message).await?;
            Ok("it will be processed by the running server".to_owned())
        }
        WebhooksCommand::Replay { message: None, .. } => {
            let opened = webhooks::replay_all(app_url).await?;
            Ok(format!("{opened} will be processed by the running server"))
        }
    }
}
